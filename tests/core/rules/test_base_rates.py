"""What is told of a rule's past, beside it: on hand-made closes, where every number can be counted."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from core.panel import Panel
from core.rules.base_rates import Record, look_ahead, record, target
from core.rules.board import RuleBoard
from core.rules.course import CLEAR, NOT_EVALUATED, RAISED, WARNED, Course, follow
from core.rules.machine import Judgement, Machine, State
from tests.core import builders

UNTIL = date(2026, 1, 9)


def course(*judgements: Judgement) -> Course:
    """W19 of SPY, were it judged so."""
    rule = builders.rule("W19")
    steps, machine = [], Machine(rule.hysteresis)
    for t, judgement in enumerate(judgements):
        machine = machine.step(judgement, t)
        steps.append((judgement, machine))
    return follow(rule, "SPY", steps)


OUT, IN, HIGH = Judgement(exit=True), Judgement(watch=True), Judgement(watch=True, warn=True)
ABSENT = Judgement(missing=("SPY",))


def test_a_course_holds_every_state_and_step() -> None:
    found = course(ABSENT, OUT, IN, IN, ABSENT, HIGH, HIGH, OUT, OUT, OUT)
    # Two sessions in, three out; left by way of WATCH, and no more than one step a session.
    expected = [NOT_EVALUATED, CLEAR, CLEAR, RAISED, NOT_EVALUATED, RAISED, WARNED, WARNED, WARNED, RAISED]
    assert found.levels.tolist() == expected
    steps = [(step.t, step.old, step.new) for step in found.transitions]
    assert steps == [
        (3, State.CLEAR, State.WATCH),
        (6, State.WATCH, State.WARNING),
        (9, State.WARNING, State.WATCH),
    ]
    assert found.entries.tolist() == [3]


def test_windows_begin_at_the_close_and_are_whole() -> None:
    ahead = look_ahead(np.array([100.0, 90.0, 110.0, 120.0, np.nan, 100.0, 50.0, 60.0]), 2)
    assert ahead.low[:2] == pytest.approx([-0.1, 110 / 90 - 1])
    assert ahead.ret[:2] == pytest.approx([0.1, 120 / 90 - 1])
    assert ahead.low[5] == pytest.approx(-0.5)
    assert ahead.ret[5] == pytest.approx(-0.4)
    assert np.isnan(ahead.low[[2, 3, 4, 6, 7]]).all()  # a hole inside, or the end of the data
    assert np.isnan(ahead.ret[[2, 3, 4, 6, 7]]).all()
    assert np.isnan(look_ahead(np.ones(3), 3).low).all()


def test_a_record_counts_whole_windows_and_evaluated_days_only() -> None:
    found = course(ABSENT, OUT, IN, IN, OUT, OUT, OUT, IN, IN, OUT)
    closes = np.array([100.0, 100, 100, 100, 100, 94, 100, 100, 100, 100])
    told = record(found, look_ahead(closes, 2), UNTIL)
    # Raised at rows 3 and 8, of which row 3 alone has its two sessions; days with two: rows 1 to 7.
    assert (told.fired, told.n, told.p_entry) == (2, 1, 1.0)
    assert told.p_base == pytest.approx(2 / 7)
    assert told.years == 0.0
    assert told.until == UNTIL


def test_the_sentence_is_that_of_the_specification() -> None:
    many = Record(fired=25, years=7.1, n=24, p_entry=0.44, p_base=0.32, until=UNTIL)
    assert many.sentence() == (
        "History: fired 25 times in 7 years; followed by a ≥5 % lower close within 63 sessions in 44 % of cases "
        "(any day: 32 %)"
    )
    few = Record(fired=4, years=2.4, n=3, p_entry=1 / 3, p_base=0.32, until=UNTIL)
    assert few.sentence().startswith("History: fired 4 times in 2.4 years; followed by")
    assert few.sentence().endswith("in 33 % of cases (any day: 32 %); n = 3: anecdote, not evidence")
    cut = Record(fired=1, years=2.4, n=0, p_entry=None, p_base=0.32, until=UNTIL)
    assert cut.sentence() == "History: fired once in 2.4 years, none with 63 sessions behind it"
    never = Record(fired=0, years=7.1, n=0, p_entry=None, p_base=0.32, until=UNTIL)
    assert never.sentence() == "History: never fired in 7 years"
    unknown = Record(fired=0, years=0.0, n=0, p_entry=None, p_base=None, until=UNTIL)
    assert unknown.sentence() == "History: never evaluated"


@pytest.mark.parametrize(
    ("rule", "subject", "expected"),
    [
        ("W06", "QQQ", "QQQ"),
        ("W01", "IWM-SPY", "IWM"),
        ("W01b", "IWM-SPY", "SPY"),
        ("W04", "market", "SPY"),
        ("W18", "IWM-QQQ", "IWM"),
        ("W20", "data", None),
    ],
)
def test_a_rule_is_measured_on_what_it_is_about(rule: str, subject: str, expected: str | None) -> None:
    assert target(rule, subject, builders.FUNDS) == expected


def test_every_rule_of_prices_tells_its_record_and_data_health_none(board: RuleBoard, eventful: Panel) -> None:
    warnings = board.warnings(len(eventful.sessions) - 1, builders.last_day(eventful), None)
    told = {(w.id, w.subject): w.history for w in warnings}
    for found in board.courses:
        history = told[found.rule.id, found.subject]
        if found.rule.id == "W20":
            assert history == {}
        else:
            assert history["fired"] == len(found.entries)
            assert history["until"] == builders.last_day(eventful).isoformat()
            assert str(history["text"]).startswith("History: ")


def test_a_kept_record_stands_before_that_of_the_replay(eventful: Panel) -> None:
    kept = Record(fired=25, years=30.0, n=25, p_entry=0.44, p_base=0.32, until=UNTIL, low=0.2, high=0.6)
    found = builders.board(eventful, kept={("W19", "SPY"): kept})
    told = found.warnings(len(eventful.sessions) - 1, builders.last_day(eventful), None)
    assert next(w for w in told if (w.id, w.subject) == ("W19", "SPY")).history == kept.told() | {"target": "SPY"}
