"""warnings.md C.1: the state machine every rule shares, as written there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True)
class Inputs:
    """What a rule says of one session. A session on which it cannot be judged has None in place of this."""

    watch: bool
    warn: bool
    exit: bool


class StateRow(NamedTuple):
    """A rule's state after one session; `since` and `sessions` are None while it is not evaluated."""

    session: date
    state: str
    since: date | None
    sessions: int | None


@dataclass
class Counters:
    """Consecutive sessions of watch, warn, exit and not-warn; they run in every state and no transition resets them."""

    watch: int = 0
    warn: int = 0
    exit: int = 0
    not_warn: int = 0

    def advance(self, x: Inputs) -> None:
        self.watch = self.watch + 1 if x.watch else 0
        self.warn = self.warn + 1 if x.warn else 0
        self.exit = self.exit + 1 if x.exit else 0
        self.not_warn = self.not_warn + 1 if not x.warn else 0


def next_state(state: str, count: Counters, min_in: int, warn_in: int, min_out: int) -> str:
    """At most one transition, tried in the order of C.1."""
    if state in {"CLEAR", "WATCH"} and count.warn >= warn_in:
        return "WARNING"
    if state == "CLEAR" and count.watch >= min_in:
        return "WATCH"
    if state == "WARNING" and count.not_warn >= min_out:
        return "WATCH"
    if state == "WATCH" and count.exit >= min_out:
        return "CLEAR"
    return state


def replay(
    sessions: list[date],
    inputs: list[Inputs | None],
    *,
    raised: str = "WATCH",
    min_in: int = 2,
    warn_in: int | None = None,
    min_out: int = 3,
) -> list[StateRow]:
    """Run the machine from the first session; `raised` is the name WATCH has in this rule (INFO for an INFO rule).

    `warn_in` is the `min_in` of WARNING where a rule has one of its own (W05).
    """
    rows, count = [], Counters()
    state, lasted = "CLEAR", 0
    since: date | None = None
    for session, x in zip(sessions, inputs, strict=True):
        if x is None:
            rows.append(StateRow(session, "NOT_EVALUATED", None, None))
            continue
        if (x.warn and not x.watch) or (x.watch and x.exit):
            raise ValueError(f"C.1 forbids these inputs on {session}: {x}")
        count.advance(x)
        new = next_state(state, count, min_in, min_in if warn_in is None else warn_in, min_out)
        if new != state or since is None:
            state, since, lasted = new, session, 0
        lasted += 1
        rows.append(StateRow(session, raised if state == "WATCH" else state, since, lasted))
    return rows
