"""The number that decides a rule: a piece of its evidence, its thresholds in order, and its course over a year."""

from __future__ import annotations

import pytest

from core.panel import Panel
from core.rules import catalogue
from core.rules.board import RuleBoard
from core.rules.rule import Rule
from tests.core import builders

RULES = catalogue.rules(builders.settings().warnings)
GAUGED = [(rule, subject) for rule in RULES for subject in rule.subjects if rule.gauge(subject) is not None]
NAMES = [f"{rule.id} {subject}" for rule, subject in GAUGED]
ALONE = ("W05", "W15", "W18", "W19", "W20")
"""Rules whose condition is a threshold of that one number."""


def test_all_rules_but_one_have_a_gauge() -> None:
    """W09 is decided by highs, lows and McClellan together."""
    assert {rule.id for rule in RULES} - {rule.id for rule, _subject in GAUGED} == {"W09"}


@pytest.mark.parametrize(("rule", "subject"), GAUGED, ids=NAMES)
def test_thresholds_stand_in_the_order_of_the_direction(rule: Rule, subject: str) -> None:
    gauge = rule.gauge(subject)
    assert gauge is not None
    assert gauge.label
    ladder = [limit for limit in (gauge.leave, gauge.enter, gauge.warn) if limit is not None]
    assert ladder == sorted(ladder, reverse=gauge.direction == "below")
    assert bool(ladder) is (rule.id != "W02")  # signs decide it; how many windows agree has no threshold


@pytest.mark.parametrize(("rule", "subject"), GAUGED, ids=NAMES)
def test_a_gauge_is_read_off_the_evidence(rule: Rule, subject: str, board: RuleBoard) -> None:
    gauge = rule.gauge(subject)
    assert gauge is not None
    for judgement, _machine in board.course(rule, subject):
        value = judgement.evidence.get(gauge.id)
        assert isinstance(value, int | float) or judgement.missing or judgement.partial or rule.id == "W02"
        if rule.id in ALONE and not judgement.missing:
            assert isinstance(value, int | float)
            assert gauge.enter is not None
            raised = value >= gauge.enter if gauge.direction == "above" else value <= gauge.enter
            assert judgement.watch is raised


@pytest.mark.parametrize(("rule_id", "subject"), [("W03", "IWM-SPY"), ("W19", "IWM"), ("W20", "data"), ("W13", "IWM")])
def test_the_series_of_a_gauge_ends_with_what_the_warning_says(
    rule_id: str, subject: str, board: RuleBoard, eventful: Panel
) -> None:
    last = len(eventful.sessions) - 1
    warnings = board.warnings(last, builders.last_day(eventful), None)
    gauge = next(w.gauge for w in warnings if (w.id, w.subject) == (rule_id, subject))
    series = board.gauge_series(rule_id, subject, len(board.sessions) - 1)
    assert series is not None
    assert gauge is not None
    assert (len(series.sessions), len(series.values)) == (252, 252)
    assert series.sessions[-1] == builders.last_day(eventful)
    assert series.values[-1] == gauge.value
    assert (gauge.value is None) is (rule_id == "W13")  # this market has no bonds
    assert (series.gauge.enter, series.gauge.leave) == (gauge.enter, gauge.leave)


def test_a_rule_of_many_numbers_or_none_has_no_series(board: RuleBoard) -> None:
    assert board.gauge_series("W09", "SPY", len(board.sessions) - 1) is None
    assert board.gauge_series("W19", "XLB", 0) is None
    assert board.gauge_series("W99", "SPY", 0) is None


def test_a_short_history_has_a_short_series(eventful: Panel) -> None:
    series = builders.board(builders.part(eventful, slice(100))).gauge_series("W19", "SPY", 99)
    assert series is not None
    assert series.values == (None,) * 100  # 252 sessions are needed
