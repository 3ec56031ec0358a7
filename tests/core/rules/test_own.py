"""Rules of the user's own: thresholds, states, display, and what they do without their inputs."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from core.panel import Panel
from core.rules.machine import Hysteresis, Judgement
from core.rules.own import OwnRule
from core.settings import Settings
from core.settings_warnings import OwnRuleSettings
from core.snapshot import RiskWarning, Snapshot, from_json, to_json
from tests.core import builders
from tests.core.rules.reading import Reading

LAST = 319


def own(**changes: Any) -> OwnRuleSettings:
    usual: dict[str, Any] = {
        "metric": "rsi14",
        "subjects": ("SPY",),
        "comparison": "above",
        "enter": 70.0,
        "leave": 65.0,
    }
    return OwnRuleSettings(**{**usual, **changes})


def with_rules(**rules: OwnRuleSettings) -> Settings:
    return msgspec.structs.replace(builders.settings(), rules=rules)


@pytest.fixture(scope="module")
def whole() -> Panel:
    return builders.panel(0, LAST + 1)


def seen(whole: Panel, **rules: OwnRuleSettings) -> Snapshot:
    return builders.look(builders.engine(whole, with_rules(**rules)), whole)


def of(snapshot: Snapshot, rule_id: str) -> list[RiskWarning]:
    return [warning for warning in snapshot.warnings if warning.id == rule_id]


@pytest.mark.parametrize(
    ("limits", "value", "expected"),
    [
        (own(), 70.0, "watch"),
        (own(), 69.9, "between"),
        (own(), 65.0, "between"),
        (own(), 64.9, "exit"),
        (own(severity="warning"), 70.0, "warn"),
        (own(severity="warning", warning=80.0), 79.9, "watch"),
        (own(severity="warning", warning=80.0), 80.0, "warn"),
        (own(comparison="below", enter=30.0, leave=35.0), 30.0, "watch"),
        (own(comparison="below", enter=30.0, leave=35.0), 30.1, "between"),
        (own(comparison="below", enter=30.0, leave=35.0), 35.0, "between"),
        (own(comparison="below", enter=30.0, leave=35.0), 35.1, "exit"),
        (own(comparison="below", enter=30.0, leave=35.0, severity="warning", warning=20.0), 20.0, "warn"),
        (own(comparison="below", enter=30.0, leave=35.0, severity="warning", warning=20.0), 20.1, "watch"),
        (own(leave=70.0), 69.9, "exit"),
    ],
)
def test_thresholds(limits: OwnRuleSettings, value: float, expected: str) -> None:
    found = OwnRule("mine", limits).judge(Reading({"rsi14": value}), "SPY", 0)
    told = "warn" if found.warn else "watch" if found.watch else "exit" if found.exit else "between"
    assert told == expected
    assert found.evidence == {"rsi14": value}
    assert not (found.warn and not found.watch)
    assert not (found.watch and found.exit)


def test_it_has_the_sessions_of_its_owner() -> None:
    assert OwnRule("mine", own(min_in=4, min_out=5)).hysteresis == Hysteresis(watch_in=4, warn_in=4, out=5)


def test_it_reaches_every_state_and_waits_its_sessions(whole: Panel) -> None:
    """The price itself as metric: below, above for a while, below again."""
    prices = np.full(LAST + 1, 100.0)
    prices[50:60], prices[60:70] = 111.0, 121.0
    priced = builders.priced(whole, "SPY", prices)
    limits = own(metric="px", enter=110.0, leave=105.0, warning=120.0, severity="warning", min_in=3, min_out=2)
    for severity, raised in (("warning", ["WATCH", "WARNING", "WATCH"]), ("watch", ["WATCH"]), ("info", ["INFO"])):
        changes: dict[str, Any] = {"severity": severity, "warning": 120.0 if severity == "warning" else None}
        rule = OwnRule("mine", msgspec.structs.replace(limits, **changes))
        board = builders.engine(priced, with_rules(mine=msgspec.structs.replace(limits, **changes))).board
        found = [state for state, _since, _sessions in builders.states(board, priced.sessions, rule, "SPY")]
        kinds = [state for k, state in enumerate(found) if k == 0 or found[k - 1] != state]
        assert kinds == ["CLEAR", *raised, "CLEAR"]
        assert found[51:53] == ["CLEAR", raised[0]]
    lacking = builders.without(priced, "SPY", rows=slice(300, None))
    board = builders.engine(lacking, with_rules(mine=limits)).board
    assert builders.states(board, lacking.sessions, OwnRule("mine", limits), "SPY")[-1][0] == "NOT_EVALUATED"


def test_it_stands_in_the_snapshot_like_any_other(whole: Panel) -> None:
    plain = from_json(to_json(seen(whole)))
    limits = own(metric="beta63", subjects=("IWM", "QQQ"), enter=-9.0, leave=-9.5, title="Beta", text="so they say")
    snapshot = from_json(to_json(seen(whole, betas=limits)))
    found = of(snapshot, "betas")
    assert [warning.subject for warning in found] == ["IWM", "QQQ"]
    first = found[0]
    assert (first.title, first.state) == ("Beta", "WATCH")
    assert first.since is not None
    assert first.sessions is not None
    beta = next(row.beta63 for row in snapshot.leadership if row.symbol == "IWM")
    assert first.evidence == {"beta63": pytest.approx(beta)}
    assert first.text.endswith("   so they say")
    assert first.condition == "beta63 at least -9; left below -9.5; 2 sessions in a row to enter, 3 to leave"
    assert first.history["fired"] == 1
    counted, before = snapshot.evaluated, plain.evaluated
    assert (counted.rules, counted.of) == (before.rules + 1, before.of + 1)
    others = [told(warning) for warning in snapshot.warnings if warning.id != "betas"]
    assert others == [told(warning) for warning in plain.warnings]


@pytest.mark.parametrize(
    ("metric", "limits", "value", "text", "condition"),
    [
        ("ret_21s", (-0.03, -0.05, -0.01), 0.0034356, "+0.3 %", "at most -3.0 % (warning -5.0 %); left above -1.0 %"),
        ("sigma20", (0.01, None, 0.0125), 0.0123, "1.2 %", "at most 1.0 %; left above 1.25 %"),
        ("spread.63s", (0.0, None, 0.005), -0.0114, "-1.1 pp", "at most 0.0 pp; left above +0.5 pp"),
        ("risk.rate_21s_bp", (-25, None, -12.5), -31.2, "-31 bp", "at most -25 bp; left above -12.5 bp"),
        ("breadth.high_low_index", (20, None, 30), 84.13, "84.1 %", "at most 20.0 %; left above 30.0 %"),
        ("rsi14", (30, None, 35), 41.234567, "41.235", "at most 30; left above 35"),
    ],
)
def test_its_numbers_have_the_unit_of_its_metric(
    metric: str, limits: tuple[float, float | None, float], value: float, text: str, condition: str
) -> None:
    enter, warning, leave = limits
    severity = "watch" if warning is None else "warning"
    changes = {"enter": enter, "warning": warning, "leave": leave, "severity": severity}
    rule = OwnRule("mine", own(metric=metric, comparison="below", min_in=1, **changes))
    assert rule.text("SPY", Judgement(evidence={metric: value})) == f"{metric} {text}"
    assert rule.condition("SPY") == f"{metric} {condition}; 1 session to enter, 3 to leave"
    gauge = rule.gauge("SPY")
    assert gauge is not None
    assert gauge.unit == ("fraction" if metric in ("ret_21s", "sigma20", "spread.63s") else "number")


def told(warning: RiskWarning) -> tuple[object, ...]:
    return warning.id, warning.subject, warning.state, warning.since, warning.sessions, warning.text


def test_its_name_is_its_title_where_it_has_none(whole: Panel) -> None:
    assert of(seen(whole, club=own()), "club")[0].title == "club"


@pytest.mark.parametrize("symbol", ["IWM", "SPY"])
def test_a_spread_is_that_of_the_snapshot_and_needs_both(symbol: str, whole: Panel) -> None:
    limits = own(metric="spread.63s", subjects=("IWM-SPY",), comparison="below", enter=0.0, leave=0.01)
    found = of(seen(whole, lead=limits), "lead")[0]
    spread = next(s for s in seen(whole).spreads if s.id == "IWM-SPY")
    assert found.evidence == {"spread.63s": pytest.approx(spread.s63)}
    lacking = of(seen(builders.without(whole, symbol), lead=limits), "lead")[0]
    assert (lacking.state, lacking.missing) == ("NOT_EVALUATED", (symbol,))


def test_a_series_of_the_market_is_that_of_the_snapshot(whole: Panel) -> None:
    limits = own(metric="risk.vix", subjects=(), enter=1.0, leave=0.5, severity="info")
    snapshot = seen(whole, fear=limits)
    found = of(snapshot, "fear")[0]
    assert (found.subject, found.state) == ("market", "INFO")
    assert found.evidence == {"risk.vix": snapshot.risk.vix}
    lacking = of(seen(builders.without(whole, "^VIX"), fear=limits), "fear")[0]
    assert (lacking.state, lacking.missing) == ("NOT_EVALUATED", ("risk.vix",))


@pytest.mark.parametrize(
    ("size", "state", "partial"), [(24, "WATCH", False), (26, "WATCH", True), (31, "NOT_EVALUATED", False)]
)
def test_breadth_counts_with_its_coverage(size: int, state: str, partial: bool, whole: Panel) -> None:
    limits = own(metric="breadth.above_sma50", subjects=(), enter=-1.0, leave=-2.0)
    members = builders.walks(24, LAST + 1)
    engine = builders.engine_with_members(whole, members, size=size, chosen=with_rules(broad=limits))
    found = of(builders.look(engine, whole), "broad")[0]
    assert (found.state, found.partial) == (state, partial)


def test_breadth_without_a_universe_is_not_evaluated(whole: Panel) -> None:
    limits = own(metric="breadth.above_sma50", subjects=(), enter=0.0, leave=-1.0)
    found = of(seen(whole, broad=limits), "broad")[0]
    assert (found.state, found.missing) == ("NOT_EVALUATED", ("members of a breadth universe",))


def test_a_provisional_session_is_judged_like_a_final_one(whole: Panel) -> None:
    """A metric that is kept for its sake alone, on a day without dividends."""
    plain = builders.part(whole, slice(LAST))
    rules = {"mine": own(metric="atr14", enter=0.0, leave=-1.0)}
    expected = of(seen(whole, **rules), "mine")[0]
    engine = builders.engine(plain, with_rules(**rules))
    live = builders.live_row(whole, LAST)
    found = of(engine.snapshot(live, builders.view(live.session)), "mine")[0]
    assert found.provisional
    assert (found.state, found.since, found.sessions) == (expected.state, expected.since, expected.sessions)
    assert found.evidence == pytest.approx(expected.evidence)
