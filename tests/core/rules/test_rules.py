"""Each rule: where its thresholds lie, every state it has, what it says, and what it does without its inputs."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pytest

from core.engine import Engine
from core.metrics.leadership import SpreadValues
from core.panel import LiveRow, Panel
from core.rules import catalogue
from core.rules.board import RuleBoard
from core.rules.machine import Judgement
from core.rules.market import Health
from core.snapshot import RiskWarning
from tests.core import builders
from tests.core.rules.reading import Reading, judged
from tests.reference.data import SECTORS
from tests.reference.rules import States, rule_states

NAN = math.nan
ALL = {"NOT_EVALUATED", "CLEAR", "WATCH", "WARNING"}
STATES = {"W01": ALL, "W01b": {"NOT_EVALUATED", "CLEAR", "INFO"}, "W02": ALL - {"WARNING"}}
INSTANCES = [
    *((rule, "IWM-SPY") for rule in STATES),
    *((rule, fund) for rule in ("W06", "W07", "W19", "W19b") for fund in builders.FUNDS),
]


@pytest.fixture(scope="session")
def reference(eventful: Panel) -> States:
    return rule_states(builders.reference_data(eventful))


@pytest.mark.parametrize(("rule_id", "subject"), INSTANCES)
def test_every_state_is_reached_when_the_reference_says_so(
    rule_id: str, subject: str, eventful: Panel, board: RuleBoard, reference: States
) -> None:
    found = builders.states(board, eventful.sessions, builders.rule(rule_id), subject)
    assert found == [tuple(row[1:]) for row in reference[rule_id, subject]]
    if subject != "IWM" or rule_id == "W06":
        assert {state for state, _since, _sessions in found} == STATES.get(rule_id, ALL)


# --- thresholds -----------------------------------------------------------------------------------------------------


def lead(**changes: Any) -> SpreadValues:
    """A small lead that all windows and bases agree on."""
    usual: dict[str, Any] = {
        "spread": dict.fromkeys((5, 21, 42, 63, 126, 252), 0.02),
        "relative": {},
        "z21": 0.5,
        "band": (0.01, 0.03),
        "agree": 6,
        "t63": 0.4,
        "lead_streak": 9,
        "daily_streak": 1,
        "lead_share": 0.9,
        "ratio_gap": 0.01,
    }
    return SpreadValues(**{**usual, **changes})


@pytest.mark.parametrize(
    ("z21", "share", "gap", "expected"),
    [
        (-1.0, 0.60, -0.01, "watch"),
        (-0.999, 0.60, -0.01, "between"),
        (-1.749, 0.60, -0.01, "watch"),
        (-1.75, 0.60, -0.01, "warn"),
        (-3.0, 0.599, -0.01, "between"),
        (-3.0, 0.60, 0.0, "between"),
        (-3.0, 0.60, 1e-15, "between"),
        (-3.0, 0.60, 0.01, "exit"),
        (0.0, 0.60, -0.01, "between"),
        (0.001, 0.60, -0.01, "exit"),
    ],
)
def test_w01(z21: float, share: float, gap: float, expected: str) -> None:
    assert judged("W01", Reading(lead=lead(z21=z21, lead_share=share, ratio_gap=gap)), "IWM-SPY") == expected


@pytest.mark.parametrize(
    ("z21", "share", "gap", "expected"),
    [
        (1.0, 0.40, 0.01, "watch"),
        (0.999, 0.40, 0.01, "between"),
        (5.0, 0.10, 0.05, "watch"),
        (3.0, 0.401, 0.01, "between"),
        (3.0, 0.40, 0.0, "between"),
        (3.0, 0.40, -0.01, "exit"),
        (0.0, 0.40, 0.01, "between"),
        (-0.001, 0.40, 0.01, "exit"),
    ],
)
def test_w01b_mirrors_it_and_never_warns(z21: float, share: float, gap: float, expected: str) -> None:
    assert judged("W01b", Reading(lead=lead(z21=z21, lead_share=share, ratio_gap=gap)), "IWM-SPY") == expected


@pytest.mark.parametrize(
    ("band", "s21", "s63", "s126", "expected"),
    [
        ((0.01, 0.03), 0.01, 0.02, 0.03, "exit"),
        ((-0.03, -0.01), -0.01, -0.02, -0.03, "exit"),
        ((-0.01, 0.03), 0.01, 0.02, 0.03, "watch"),
        ((0.01, 0.03), -0.01, 0.02, 0.03, "watch"),
        ((0.01, 0.03), 0.01, 0.02, -0.03, "watch"),
        ((0.01, 0.03), 0.0, 0.02, 0.03, "watch"),  # the sign of zero disagrees with both
        ((0.0, 0.03), 0.01, 0.02, 0.03, "between"),  # neither both signs nor one
    ],
)
def test_w02(band: tuple[float, float], s21: float, s63: float, s126: float, expected: str) -> None:
    spread = {5: -1.0, 21: s21, 42: -1.0, 63: s63, 126: s126, 252: -1.0}
    assert judged("W02", Reading(lead=lead(band=band, spread=spread)), "IWM-SPY") == expected


@pytest.mark.parametrize(
    ("rsi", "pct_b", "stretch", "momentum", "expected"),
    [
        (70.0, 1.0, 0.95, 0.95, "warn"),
        (69.9, 1.0, 0.95, 0.95, "warn"),
        (69.9, 0.99, 0.95, 0.95, "watch"),
        (70.0, 1.0, 0.949, 0.949, "watch"),
        (70.0, 0.99, 0.949, 0.949, "between"),  # one point, but the RSI is not under 65
        (65.0, 1.0, 0.5, 0.5, "between"),
        (64.9, 1.0, 0.5, 0.5, "exit"),
        (64.9, 0.5, 0.949, 0.949, "exit"),
        (64.9, 0.5, 0.95, 0.95, "watch"),
    ],
)
def test_w06(rsi: float, pct_b: float, stretch: float, momentum: float, expected: str) -> None:
    percentiles = {"dist_sma50": stretch, "ret_63s": momentum}
    assert judged("W06", Reading({"rsi14": rsi, "pct_b": pct_b}, percentiles=percentiles)) == expected


@pytest.mark.parametrize(
    ("distance", "extension", "expected"),
    [
        (0.0, 1.0, "watch"),
        (-0.01, 1.0, "watch"),
        (-0.0101, 1.9, "between"),
        (0.0, 0.99, "between"),
        (-0.01, 1.3, "warn"),
        (0.0, 1.29, "watch"),
        (0.0, 0.6, "between"),
        (0.0, 0.59, "exit"),
        (-0.03, 0.9, "between"),
        (-0.0301, 1.9, "exit"),
    ],
)
def test_w07(distance: float, extension: float, expected: str) -> None:
    assert judged("W07", Reading({"dist_high_close_252": distance, "extension": extension})) == expected


@pytest.mark.parametrize(
    ("drawdown", "expected", "label"),
    [
        (0.0, "exit", None),
        (-0.0299, "exit", None),
        (-0.03, "between", None),
        (-0.0499, "between", None),
        (-0.05, "watch", "pullback"),
        (-0.0999, "watch", "pullback"),
        (-0.10, "warn", "correction"),
        (-0.1999, "warn", "correction"),
        (-0.20, "warn", "bear"),
    ],
)
def test_w19(drawdown: float, expected: str, label: str | None) -> None:
    reading = Reading({"drawdown_252": drawdown})
    assert judged("W19", reading) == expected
    assert builders.rule("W19").judge(reading, "SPY", 0).label == label


@pytest.mark.parametrize(
    ("side", "slope", "expected"),
    [
        (-1, -0.001, "warn"),
        (-1, 0.0, "watch"),
        (-1, 0.001, "watch"),
        (0, -0.001, "between"),
        (1, -0.001, "exit"),
        (1, 0.001, "exit"),
    ],
)
def test_w19b(side: int, slope: float, expected: str) -> None:
    """`side` of the 200-session average: -1 below, 0 on it."""
    values = {"below_sma200": float(side < 0), "above_sma200": float(side > 0), "slope_sma200": slope}
    assert judged("W19b", Reading({**values, "dist_sma200": 0.01 * side})) == expected


@pytest.mark.parametrize(
    ("missing", "stale", "coverage", "age", "expected"),
    [
        ((), (), 1.0, None, "exit"),
        ((), (), 1.0, 24.0, "exit"),
        ((), (), 1.0, 24.1, "warn"),
        (("XLB",), (), 0.96, None, "watch"),
        ((), ("QQQ",), 1.0, None, "watch"),
        ((), (), 0.95, None, "exit"),
        ((), (), 0.949, None, "watch"),
        ((), (), 0.80, None, "watch"),
        ((), (), 0.799, None, "warn"),
        (("SPY",), (), 0.96, None, "warn"),
        (("IWM",), (), 0.96, None, "warn"),
    ],
)
def test_w20(
    missing: tuple[str, ...], stale: tuple[str, ...], coverage: float, age: float | None, expected: str
) -> None:
    assert judged("W20", Reading(health=Health(missing, stale, coverage, age)), "data") == expected


@pytest.mark.parametrize(
    ("coverage", "suspect", "expected"),
    [
        (1.0, 0.0, "exit"),
        (0.95, 0.005, "exit"),
        (0.949, 0.0, "watch"),
        (1.0, 0.0051, "watch"),
        (0.80, 0.2, "watch"),
        (0.799, 0.0, "warn"),
    ],
)
def test_w20_of_the_members(coverage: float, suspect: float, expected: str) -> None:
    """Worse than 95 % or 80 % of the members, or more than half a percent of them in doubt."""
    health = Health((), (), 1.0, universe_coverage=coverage, suspect_share=suspect)
    assert judged("W20", Reading(health=health), "data") == expected


# --- without inputs -------------------------------------------------------------------------------------------------

Warnings = dict[tuple[str, str], RiskWarning]

NEEDS = {
    **{rule: {"IWM", "SPY"} for rule in ("W01", "W01b", "W02", "W03")},
    "W04": {"^VIX", "SPY"},
    "W10": {"RSP", "SPY"},
    **{rule: set(SECTORS) for rule in ("W15", "W16")},
    "W18": {"IWM", "QQQ"},
}
"""The symbols a rule cannot do without, of those the eventful market has; the rules of one fund need that fund."""
OF_A_FUND = ("W06", "W07", "W19", "W19b")


def warnings_of(engine: Engine, session: date, live: LiveRow | None = None) -> Warnings:
    warnings = engine.snapshot(live, builders.view(session)).warnings
    return {(warning.id, warning.subject): warning for warning in warnings}


def without_quote(live: LiveRow, column: int) -> LiveRow:
    fields = {name: getattr(live, name).copy() for name in ("open", "high", "low", "px", "volume")}
    for values in fields.values():
        values[column] = np.nan
    return replace(live, **fields)


@pytest.fixture(scope="module")
def soaring(eventful: Panel) -> Panel:
    """The first 590 sessions: all rules can be evaluated, some are raised."""
    return builders.part(eventful, slice(590))


@pytest.fixture(scope="module")
def engine(soaring: Panel) -> Engine:
    return builders.engine(soaring)


def check_lacking(found: Warnings, complete: Warnings, symbol: str, health: str) -> None:
    """oracles.md F, 12: NOT_EVALUATED, never CLEAR, and nothing else changes. W20 alone is always evaluated."""
    judged_before = {key for key, warning in complete.items() if warning.state != "NOT_EVALUATED"}
    needing = {key for key in judged_before if symbol in NEEDS.get(key[0], {key[1]} if key[0] in OF_A_FUND else ())}
    for key in judged_before:
        warning = found[key]
        if key[0] == "W20":
            assert warning.state == health
            assert (symbol in str(warning.evidence["missing"])) is (health != "CLEAR")
        elif key in needing:
            assert (warning.state, warning.since, warning.sessions) == ("NOT_EVALUATED", None, None)
            assert symbol in warning.missing
            assert symbol in warning.text
        else:
            before = complete[key]
            assert (warning.state, warning.since, warning.sessions) == (before.state, before.since, before.sessions)
    assert all(found[key].state == "NOT_EVALUATED" for key in complete.keys() - judged_before)


def test_what_has_its_inputs_is_evaluated(engine: Engine, soaring: Panel) -> None:
    warnings = warnings_of(engine, builders.last_day(soaring)).values()
    evaluated = [warning for warning in warnings if warning.state != "NOT_EVALUATED"]
    assert {warning.state for warning in evaluated} == {"CLEAR", "WATCH", "WARNING"}
    assert {warning.id for warning in evaluated} == {*NEEDS, *OF_A_FUND, "W20"}
    assert {warning.id for warning in evaluated if warning.missing} == {"W10"}  # without weights it is partial


@pytest.mark.parametrize(
    ("symbol", "health"),
    [("SPY", "WARNING"), ("IWM", "WARNING"), ("QQQ", "WATCH"), ("XLB", "WATCH"), ("^VIX", "WATCH"), ("RSP", "CLEAR")],
)
def test_a_missing_quote_takes_down_the_rules_that_need_it_and_no_other(
    symbol: str, health: str, engine: Engine, eventful: Panel
) -> None:
    live = builders.live_row(eventful, 590)
    lacking = without_quote(live, eventful.symbols.index(symbol))
    complete = warnings_of(engine, live.session, live)
    check_lacking(warnings_of(engine, live.session, lacking), complete, symbol, health)


def test_a_symbol_without_any_data_takes_down_the_rules_that_need_it(engine: Engine, soaring: Panel) -> None:
    day = builders.last_day(soaring)
    found = warnings_of(builders.engine(builders.without(soaring, "SPY")), day)
    check_lacking(found, warnings_of(engine, day), "SPY", "WARNING")


@pytest.mark.parametrize("rule_id", ["W01", "W01b", "W02", "W06", "W07", "W19", "W19b"])
def test_a_rule_begins_when_its_history_is_long_enough(rule_id: str, board: RuleBoard) -> None:
    """Rows: 127 for W01, 127 for the 126-session spread of W02, 63 + 504 for W06, 252, 252, and 200 + 20 for W19b."""
    rule = builders.rule(rule_id)
    judgements = [judgement for judgement, _machine in board.course(rule, rule.subjects[0])]
    first = next(t for t, judgement in enumerate(judgements) if not judgement.missing)
    rows = {"W01": 127, "W01b": 127, "W02": 127, "W06": 567, "W07": 252, "W19": 252, "W19b": 220}
    assert first == rows[rule_id] - 1
    assert all(judgement.missing for judgement in judgements[:first])
    assert not any(judgement.missing for judgement in judgements[first:])
    assert "full history" in judgements[0].missing[0]


def lacking(whole: Panel, rule_id: str, t: int) -> tuple[str, ...]:
    rule = builders.rule(rule_id)
    return rule.judge(builders.board(whole).market, rule.subjects[0], t).missing


@pytest.mark.parametrize(
    ("rule_id", "symbol"), [("W15", "XLK"), ("W16", "XLK"), ("W17", "XLK"), ("W01", "SPY"), ("W01", "IWM")]
)
def test_what_is_not_evaluated_for_a_gap_names_who_has_it_and_till_when_it_was_good(
    rule_id: str, symbol: str, soaring: Panel
) -> None:
    t = len(soaring.sessions) - 1
    holed = builders.without(soaring, symbol, rows=slice(t - 12, t - 9))
    good = soaring.sessions[t - 13]
    assert lacking(holed, rule_id, t) == (f"full history of {symbol} (last good session before its gap {good})",)


def test_who_began_late_is_named_when_nobody_has_a_gap(soaring: Panel) -> None:
    t = len(soaring.sessions) - 1
    young = builders.without(soaring, "XLC", rows=slice(t - 30))
    began = soaring.sessions[t - 30]
    assert lacking(young, "W16", t) == (f"full history of XLC (its first session {began})",)


# --- words ----------------------------------------------------------------------------------------------------------


def test_every_rule_says_what_it_is_when_it_holds_and_why(board: RuleBoard) -> None:
    for rule in catalogue.rules(builders.settings().warnings):
        for subject in rule.subjects:
            assert rule.title(subject)
            assert "left" in rule.condition(subject)
            last: Judgement = list(board.course(rule, subject))[-1][0]
            if last.missing:
                continue
            text = rule.text(subject, last)
            assert text
            assert "nan" not in text.lower()
            for value in last.evidence.values():
                assert not (isinstance(value, float) and np.isnan(value))


def test_w07_says_that_history_shows_no_raised_risk(board: RuleBoard) -> None:
    """C.2 asks for this sentence."""
    rule = builders.rule("W07")
    last = list(board.course(rule, "SPY"))[-1][0]
    assert "history shows no raised risk" in rule.text("SPY", last)
    assert "no raised risk" in rule.condition("SPY")


@pytest.mark.parametrize(("exit_z", "above", "below"), [(0.0, "0.00", "0.00"), (-0.2, "-0.20", "0.20")])
def test_w01_tells_the_threshold_it_is_left_at(exit_z: float, above: str, below: str) -> None:
    shipped = builders.settings()
    limits = msgspec.structs.replace(shipped.warnings.W01, exit_z=exit_z)
    chosen = msgspec.structs.replace(shipped, warnings=msgspec.structs.replace(shipped.warnings, W01=limits))
    assert f"z21 is above {above} or" in builders.rule("W01", chosen).condition("IWM-SPY")
    assert f"z21 is below {below} or" in builders.rule("W01b", chosen).condition("IWM-SPY")


def test_a_part_is_counted_under_its_rule() -> None:
    rules = catalogue.rules(builders.settings().warnings)
    assert sorted({catalogue.number(rule.id) for rule in rules}) == [f"W{n:02}" for n in range(1, 21)]
