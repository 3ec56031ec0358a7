"""What became of a rule on one subject over all finished sessions: its states, and each step between them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

from core.rules.machine import EvidenceValue, Judgement, Machine, State
from core.rules.rule import Rule

Levels: TypeAlias = npt.NDArray[np.int8]

NOT_EVALUATED, CLEAR, RAISED, WARNED = -1, 0, 1, 2
"""What `Course.levels` holds; a raised rule that only informs is RAISED."""

_LEVELS = {State.CLEAR: CLEAR, State.WATCH: RAISED, State.WARNING: WARNED}
_STATES = {level: state for state, level in _LEVELS.items()}


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one state to another at the session of row `t`, as they are shown, and what it was judged on."""

    t: int
    old: State
    new: State
    evidence: Mapping[str, EvidenceValue]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A rule followed over the sessions: its `levels` (T,), and its `machine` as it is after all of them."""

    rule: Rule
    subject: str
    machine: Machine
    levels: Levels
    transitions: tuple[Transition, ...]

    @property
    def entries(self) -> npt.NDArray[np.intp]:
        """The rows at which the rule was raised out of CLEAR, (entries,), in order."""
        return np.array([step.t for step in self.transitions if step.old is State.CLEAR], dtype=np.intp)

    def at(self, t: int) -> Machine:
        """The machine after the session of row t, as it is told: without the counters of what may come next."""
        evaluated = np.flatnonzero(self.levels[: t + 1] >= CLEAR)
        if not len(evaluated):
            return Machine(self.rule.hysteresis)
        moves = bisect_right(self.transitions, t, key=lambda step: step.t)
        since = self.transitions[moves - 1].t if moves else int(evaluated[0])
        return Machine(
            self.rule.hysteresis,
            state=_STATES[int(self.levels[evaluated[-1]])],
            since=since,
            moved=moves > 0,
            age=int((evaluated >= since).sum()),
            last=int(evaluated[-1]),
        )

    def until(self, t: int) -> Self:
        """The course as it was known after the session of row t."""
        moves = bisect_right(self.transitions, t, key=lambda step: step.t)
        return replace(self, machine=self.at(t), levels=self.levels[: t + 1], transitions=self.transitions[:moves])


def follow(rule: Rule, subject: str, steps: Iterable[tuple[Judgement, Machine]]) -> Course:
    """The course of a rule; `steps` are its judgement and its machine at every session from the first one on."""
    machine = Machine(rule.hysteresis)
    levels: list[int] = []
    transitions: list[Transition] = []
    for t, (judgement, after) in enumerate(steps):
        if after.state is not machine.state:
            old, new = (shown(state, informs=rule.informs) for state in (machine.state, after.state))
            transitions.append(Transition(t, old, new, dict(judgement.evidence)))
        levels.append(NOT_EVALUATED if judgement.missing else _LEVELS[after.state])
        machine = after
    return Course(rule, subject, machine, np.array(levels, dtype=np.int8), tuple(transitions))


def shown(state: State, *, informs: bool) -> State:
    """The state as it is shown: INFO is the one raised state of a rule that only informs."""
    return State.INFO if informs and state is State.WATCH else state
