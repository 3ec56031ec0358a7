"""warnings.md C.1, warm start: a state does not depend on when the program was started.

As it was checked there: the features keep their own look-back, only the replay of the machine is shorter.
"""

from __future__ import annotations

import numpy as np
import pytest

from core.rules import catalogue
from core.rules.board import RuleBoard
from core.rules.machine import Judgement, Machine, State
from core.rules.rule import Rule
from tests.core import builders

SAMPLES = 2_000


@pytest.fixture(scope="module")
def courses(real_board: RuleBoard) -> list[tuple[Rule, list[tuple[Judgement, Machine]]]]:
    """What every rule judged of every subject at every session, and its state of the full history."""
    return [
        (rule, list(real_board.course(rule, subject)))
        for rule in catalogue.rules(builders.settings().warnings)
        if rule.id != "W20"  # it forgets at once: one session in, one session out
        for subject in rule.subjects
    ]


def replayed(rule: Rule, course: list[tuple[Judgement, Machine]], t: int, sessions: int) -> State:
    """The state at row t of a machine that began so many sessions earlier."""
    machine = Machine(rule.hysteresis)
    for row in range(t - sessions, t + 1):
        machine = machine.step(course[row][0], row)
    return machine.state


@pytest.mark.parametrize("sessions", [126, 260, 504, 756])
def test_a_late_start_ends_in_the_state_of_the_full_history(
    sessions: int, courses: list[tuple[Rule, list[tuple[Judgement, Machine]]]]
) -> None:
    evaluated = [
        (rule, course, t) for rule, course in courses for t in range(sessions, len(course)) if not course[t][0].missing
    ]
    wrong = []
    for place in np.random.default_rng(20260109).choice(len(evaluated), SAMPLES, replace=False):
        rule, course, t = evaluated[place]
        found, expected = replayed(rule, course, t, sessions), course[t][1].state
        if found is not expected:
            wrong.append((rule.id, t, found, expected))
    assert wrong == []
