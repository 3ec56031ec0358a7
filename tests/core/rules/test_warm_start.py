"""warnings.md C.1, warm start: a state does not depend on when the program was started.

First as it was checked there: the features keep their own look-back, only the replay of the machine is shorter. Then
from so many bars and nothing before them: what a condition needs more of is NOT EVALUATED, and where a state is held
from before the bars, the clear one that is told instead is told as "at least since".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest

from core.panel import Panel
from core.rules import catalogue
from core.rules.board import RuleBoard
from core.rules.machine import Judgement, Machine, State
from core.rules.rule import Rule
from core.snapshot import RiskWarning
from tests.core import builders

SAMPLES = 2_000
EVENINGS = 25
"""Sampled of each number of bars; at each all rules are looked at."""
HELD = 0.05
"""The share of judged states, at most, that are held from before the bars."""


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


class Pair(NamedTuple):
    """A warning from a few bars and from all, and how many bars its condition needs (None: it never has its inputs)."""

    short: RiskWarning
    full: RiskWarning
    needs: int | None


@pytest.fixture(scope="module")
def whole(real_panel: Panel) -> RuleBoard:
    return builders.board(real_panel)


def sampled(whole: RuleBoard, panel: Panel, bars: int) -> Iterator[Pair]:
    """All rules but data health on evenings by chance, from so many bars up to each."""
    first = {(c.rule.id, c.subject): int(np.argmax(c.levels >= 0)) for c in whole.courses if (c.levels >= 0).any()}
    for end in (
        np.random.default_rng(bars).choice(np.arange(760, len(panel.sessions)), EVENINGS, replace=False).tolist()
    ):
        day = panel.sessions[end].item()
        short = builders.board(builders.part(panel, slice(end + 1 - bars, end + 1)))
        pairs = zip(short.warnings(bars - 1, day, None), whole.warnings(end, day, None), strict=True)
        for found, expected in pairs:
            if found.id != "W20":
                row = first.get((found.id, found.subject))
                yield Pair(found, expected, None if row is None else row + 1)


@pytest.mark.parametrize("bars", [126, 260, 504])
def test_from_few_bars_a_state_is_that_of_all_or_says_what_it_cannot_know(
    bars: int, whole: RuleBoard, real_panel: Panel
) -> None:
    pairs = list(sampled(whole, real_panel, bars))
    judged = [pair for pair in pairs if pair.short.state != "NOT_EVALUATED"]
    for short, _full, needs in pairs:
        enough = needs is not None and bars >= needs
        assert (short.state != "NOT_EVALUATED") is enough, (short.id, short.subject, needs)
        assert enough or short.missing, short.id
    held = [(short, full) for short, full, _needs in judged if short.state != full.state]
    for short, full in held:
        told = (short.id, short.subject, full.state, full.since)
        assert (short.state, short.since_at_least) == ("CLEAR", True), told
    assert len(judged) >= 3 * EVENINGS
    assert len(held) <= HELD * len(judged)
