"""The state machine every rule runs through (warnings.md C.1): hysteresis, memory, at most one step a session.

    CLEAR --watch, min_in in a row--> WATCH      CLEAR|WATCH --warn, min_in in a row--> WARNING
    WARNING --not warn, min_out in a row--> WATCH      WATCH --exit, min_out in a row--> CLEAR

A session whose inputs are missing changes nothing but what is shown: counters and state wait, frozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

EvidenceValue: TypeAlias = float | int | str | bool | None


class State(StrEnum):
    """What a rule says. Rules that only inform have INFO as their one raised state."""

    NOT_EVALUATED = "NOT_EVALUATED"
    CLEAR = "CLEAR"
    INFO = "INFO"
    WATCH = "WATCH"
    WARNING = "WARNING"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A rule's conditions at one session, and what they were judged on.

    `missing` names required inputs that are absent: then nothing else counts. `partial` names optional ones.
    `warn` implies `watch`; where `watch` holds `exit` is False.
    """

    watch: bool = False
    warn: bool = False
    exit: bool = False
    missing: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    evidence: Mapping[str, EvidenceValue] = field(default_factory=dict)
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Hysteresis:
    """How many sessions in a row a condition must hold; warnings.md gives 2 in and 3 out unless a rule says so."""

    watch_in: int = 2
    warn_in: int = 2
    out: int = 3


@dataclass(frozen=True, slots=True)
class Machine:
    """The state of one rule on one subject after some sessions; every step gives a new machine.

    `since` is the row of the session of the last transition, or of the first evaluated session while there
    was none (`moved` False). `age` counts evaluated sessions from `since` inclusive.
    """

    hysteresis: Hysteresis = Hysteresis()
    state: State = State.CLEAR
    since: int | None = None
    moved: bool = False
    age: int = 0
    last: int | None = None
    watching: int = 0
    warning: int = 0
    leaving: int = 0
    calming: int = 0

    def step(self, judgement: Judgement, t: int) -> Machine:
        """The machine after the session of row t."""
        if judgement.missing:
            return self
        counted = Machine(
            hysteresis=self.hysteresis,
            state=self.state,
            since=t if self.since is None else self.since,
            moved=self.moved,
            age=self.age + 1,
            last=t,
            watching=self.watching + 1 if judgement.watch else 0,
            warning=self.warning + 1 if judgement.warn else 0,
            leaving=self.leaving + 1 if judgement.exit else 0,
            calming=0 if judgement.warn else self.calming + 1,
        )
        state = counted.next_state()
        return counted if state is self.state else replace(counted, state=state, since=t, moved=True, age=1)

    def next_state(self) -> State:
        """Where the counters lead: the transitions in the order in which they are tried."""
        if self.state is not State.WARNING and self.warning >= self.hysteresis.warn_in:
            return State.WARNING
        if self.state is State.CLEAR and self.watching >= self.hysteresis.watch_in:
            return State.WATCH
        if self.state is State.WARNING and self.calming >= self.hysteresis.out:
            return State.WATCH
        if self.state is State.WATCH and self.leaving >= self.hysteresis.out:
            return State.CLEAR
        return self.state
