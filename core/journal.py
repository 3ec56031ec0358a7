"""The journal of the warnings: every step of every rule from one state to another, with the evidence of that session.

One chain for each rule, subject and universe: the old state of an entry is the new state of the one before it. What
has been written is never changed. `live`: written when its session was the last finished one; `replayed`: the replay
told it of an earlier session, when the program did not run or the rule was not known yet; `restated`: other data or
thresholds tell the past otherwise than it was told, and the chain is led over to what they tell now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

import msgspec

from core.panel import Days
from core.rules.base_rates import measurable
from core.rules.course import CLEAR, Course, shown
from core.rules.machine import EvidenceValue, State

Kind: TypeAlias = Literal["live", "replayed", "restated"]
Key: TypeAlias = tuple[str, str]
"""A rule's id and its subject."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One step. `at` is when it was written, None of one that no store holds."""

    rule: str
    subject: str
    universe: str
    session: date
    old: str
    new: str
    kind: Kind
    evidence: dict[str, EvidenceValue]
    rule_set: str
    data_hash: str
    at: datetime | None = None


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """The entries in the order of their sessions. `derived`: no store keeps them, a replay of the feed tells them."""

    feed: str
    simulated: bool
    derived: bool
    universe: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """By which rules and from which data the courses were made, and of which breadth universe."""

    universe: str
    rule_set: str
    data_hash: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What the replay tells of one rule and subject: its steps in order, and its state after session `last`.

    Where it could not be `evaluated` at that session the state is the one remembered, perhaps of no session at all.
    """

    key: Key
    state: State
    evaluated: bool
    last: date
    steps: tuple[Entry, ...]


def chains(courses: Iterable[Course], sessions: Days, origin: Origin) -> list[Chain]:
    """What the courses tell, but of rules about the data, which are judged by the clock and leave no trace (C.2)."""
    last: date = sessions[-1].item()
    return [
        Chain(
            key=(course.rule.id, course.subject),
            state=shown(course.machine.state, informs=course.rule.informs),
            evaluated=bool(course.levels[-1] >= CLEAR),
            last=last,
            steps=tuple(_steps(course, sessions, last, origin)),
        )
        for course in courses
        if measurable(course.rule.id)
    ]


def news(told: Sequence[Chain], written: Mapping[Key, tuple[date, str]], origin: Origin) -> list[Entry]:
    """What is to be written, in the order of the sessions; `written` has session and state of each chain's end."""
    fresh = [entry for chain in told for entry in _continued(chain, written.get(chain.key), origin)]
    return sorted(fresh, key=lambda entry: entry.session)  # stable: of one chain the order stays


def _steps(course: Course, sessions: Days, last: date, origin: Origin) -> Iterator[Entry]:
    for step in course.transitions:
        session: date = sessions[step.t].item()
        yield Entry(
            rule=course.rule.id,
            subject=course.subject,
            universe=origin.universe,
            session=session,
            old=step.old.value,
            new=step.new.value,
            kind="live" if session == last else "replayed",
            evidence=dict(step.evidence),
            rule_set=origin.rule_set,
            data_hash=origin.data_hash,
        )


def _continued(chain: Chain, end: tuple[date, str] | None, origin: Origin) -> list[Entry]:
    """The steps after the end of the written chain, led over to them where it does not end as they begin."""
    if end is None:
        return list(chain.steps)
    session, state = end
    steps = [step for step in chain.steps if step.session > session]
    onward = steps[0].old if steps else chain.state.value
    if onward == state:
        return steps
    if chain.last < session or not chain.evaluated:  # older data, or too few of them, tell nothing of what was told
        return []
    rule, subject = chain.key
    bridge = Entry(
        rule=rule,
        subject=subject,
        universe=origin.universe,
        session=steps[0].session if steps else chain.last,
        old=state,
        new=onward,
        kind="restated",
        evidence={},
        rule_set=origin.rule_set,
        data_hash=origin.data_hash,
    )
    return [bridge, *steps]
