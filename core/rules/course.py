"""What became of a rule on one subject over all finished sessions: its states, and each step between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from core.rules.machine import EvidenceValue, Judgement, Machine, State
from core.rules.rule import Rule

Levels: TypeAlias = npt.NDArray[np.int8]

NOT_EVALUATED, CLEAR, RAISED, WARNED = -1, 0, 1, 2
"""What `Course.levels` holds; a raised rule that only informs is RAISED."""

_LEVELS = {State.CLEAR: CLEAR, State.WATCH: RAISED, State.WARNING: WARNED}


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one state to another at the session of row `t`, as they are shown, and what it was judged on."""

    t: int
    old: State
    new: State
    evidence: Mapping[str, EvidenceValue]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A rule followed over the sessions: `machine` after all of them, `before` after all but the last."""

    rule: Rule
    subject: str
    machine: Machine
    before: Machine
    levels: Levels
    transitions: tuple[Transition, ...]

    @property
    def entries(self) -> npt.NDArray[np.intp]:
        """The rows at which the rule was raised out of CLEAR."""
        return np.array([step.t for step in self.transitions if step.old is State.CLEAR], dtype=np.intp)


def follow(rule: Rule, subject: str, steps: Iterable[tuple[Judgement, Machine]]) -> Course:
    """The course of a rule; `steps` are its judgement and its machine at every session from the first one on."""
    before = machine = Machine(rule.hysteresis)
    levels: list[int] = []
    transitions: list[Transition] = []
    for t, (judgement, after) in enumerate(steps):
        if after.state is not machine.state:
            old, new = (shown(state, informs=rule.informs) for state in (machine.state, after.state))
            transitions.append(Transition(t, old, new, dict(judgement.evidence)))
        levels.append(NOT_EVALUATED if judgement.missing else _LEVELS[after.state])
        before, machine = machine, after
    return Course(rule, subject, machine, before, np.array(levels, dtype=np.int8), tuple(transitions))


def shown(state: State, *, informs: bool) -> State:
    """The state as it is shown: INFO is the one raised state of a rule that only informs."""
    return State.INFO if informs and state is State.WATCH else state
