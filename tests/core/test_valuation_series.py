"""Own snapshots of fundamentals over time: L2, L3 and F1 as of any session, and the block that shows them."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.valuation import flow
from core.snapshot import Snapshot
from core.valuation import FUNDS, Fundamentals
from core.valuation_series import FROZEN, Reading, ValuationSeries
from tests.core import builders
from tests.core.builders import examples

FIRST = date(2026, 1, 5)


def snapshot(symbol: str, session: date, **values: Any) -> Fundamentals:
    at = datetime(session.year, session.month, session.day, 21, tzinfo=UTC)
    usual = {"trailing_pe": 20.0, "price_to_book": 2.0, "shares": 1e9, "price": 100.0}
    return Fundamentals(symbol, session, at, at, "yahoo", **{**usual, **values})


def day(k: int) -> date:
    return FIRST + timedelta(days=k)


def pairs(relative: list[float]) -> list[Fundamentals]:
    """IWM and SPY on days in a row, with these relative P/E."""
    small = [snapshot("IWM", day(k), trailing_pe=20.0 * x, shares=1e9 + k) for k, x in enumerate(relative)]
    return [*small, *(snapshot("SPY", day(k), shares=1e9 + k) for k in range(len(relative)))]


# --- as of a session --------------------------------------------------------------------------------------------------


def test_without_snapshots_nothing_is_known() -> None:
    series = ValuationSeries([], 250)
    assert series.reading(FIRST, 0.04).newest is None
    assert math.isnan(series.reading(FIRST, 0.04).gap)
    assert series.of("IWM", FIRST) is None


def test_the_first_day_has_ratios_and_gap_and_no_percentile() -> None:
    found = ValuationSeries(pairs([0.9]), 250).reading(FIRST, 0.0421)
    assert (found.relative_pe, found.snapshots) == (0.9, 1)
    assert found.gap == pytest.approx(1 / 18 - 0.0421)
    assert math.isnan(found.percentile)


def test_the_percentile_is_that_of_pandas_over_five_years() -> None:
    relative = np.random.default_rng(3).uniform(0.5, 1.5, 1300).round(2).tolist()
    series = ValuationSeries(pairs(relative), 250)
    expected = pd.Series(relative).rolling(1260, min_periods=250).rank(pct=True)
    for k in (0, 248, 249, 250, 700, 1259, 1260, 1299):
        found = series.reading(day(k), 0.04).percentile
        assert found == pytest.approx(expected[k], rel=1e-12, nan_ok=True), k


@given(st.lists(st.floats(0.3, 3.0), min_size=1, max_size=30), st.integers(0, 29), st.integers(0, 9))
@examples(60)
def test_no_reading_looks_ahead(relative: list[float], k: int, age: int) -> None:
    k = min(k, len(relative) - 1)
    until = [one for one in pairs(relative) if one.session <= day(k)]
    whole, cut = ValuationSeries(pairs(relative), 3), ValuationSeries(until, 3)
    at = day(k) if age == 0 else day(len(relative) - 1 + age)
    if at == day(k):
        assert repr(whole.reading(at, 0.04)) == repr(cut.reading(at, 0.04))
        assert repr(whole.flow("IWM", at)) == repr(cut.flow("IWM", at))
    else:
        assert (whole.of("IWM", at) is None) == (age > 7)


@pytest.mark.parametrize(("age", "serves"), [(0, True), (7, True), (8, False)])
def test_a_snapshot_serves_for_a_week(age: int, *, serves: bool) -> None:
    found = ValuationSeries(pairs([0.9]), 1).reading(day(age), 0.04)
    assert (found.small is not None, found.relative_pe == 0.9, found.newest) == (serves, serves, FIRST)
    assert math.isnan(found.gap) is not serves


def test_one_that_says_nothing_is_none() -> None:
    empty = dict.fromkeys(("trailing_pe", "price_to_book", "shares", "price"))
    assert ValuationSeries([snapshot("IWM", FIRST, **empty)], 1).of("IWM", FIRST) is None


# --- flows ------------------------------------------------------------------------------------------------------------


def flows(*shares: float) -> ValuationSeries:
    return ValuationSeries([snapshot("IWM", day(k), shares=x, price=50.0) for k, x in enumerate(shares)], 250)


def test_a_flow_needs_two_snapshots() -> None:
    series = flows(1e9, 1.01e9)
    assert math.isnan(series.flow("IWM", day(0)).dollars)
    found = series.flow("IWM", day(1))
    assert found.dollars == pytest.approx(1e7 * 50)
    assert found.since == day(0)


@pytest.mark.parametrize("ratio", [1.21, 2.0, 0.5, 0.1])
def test_a_split_is_no_flow(ratio: float) -> None:
    assert flows(1e9, ratio * 1e9).flow("IWM", day(1)).split
    assert math.isnan(flow(1e9, ratio * 1e9, 50.0))


def test_shares_that_never_change_are_not_kept_up_by_the_source() -> None:
    series = flows(*[1e9] * (FROZEN + 1), 1.001e9)
    assert series.flow("IWM", day(FROZEN - 1)).dollars == 0.0
    frozen = series.flow("IWM", day(FROZEN))
    assert (math.isnan(frozen.dollars), frozen.unchanged) == (True, FIRST)
    assert series.flow("IWM", day(FROZEN + 1)).dollars > 0


# --- the block --------------------------------------------------------------------------------------------------------


def shown(found: list[Fundamentals] | None) -> Snapshot:
    whole = builders.panel()
    return builders.look(builders.engine(whole, fundamentals=found), whole)


def today(**values: Any) -> list[Fundamentals]:
    last = builders.last_day(builders.panel())
    return [snapshot(fund, last, **values) for fund in FUNDS]


LACKING = ("L1", "L2", "L3", "F1")


def test_a_feed_without_fundamentals_says_so() -> None:
    found = shown(None)
    assert found.valuation.status == {"funds": "missing_input"}
    assert {found.not_evaluated[name] for name in LACKING} == {"no fundamentals source"}
    rule = next(warning for warning in found.warnings if warning.id == "W12")
    assert (rule.state, rule.text) == ("NOT_EVALUATED", "needs a fundamentals source")


def test_a_source_that_has_not_answered_yet_is_told_apart() -> None:
    found = shown([])
    assert {found.not_evaluated[name] for name in LACKING} == {"no fundamentals fetched yet"}
    rule = next(warning for warning in found.warnings if warning.id == "W12")
    assert (rule.state, rule.text) == ("NOT_EVALUATED", "needs fundamentals (none fetched yet)")


def test_from_the_first_day_all_but_flows_are_evaluated() -> None:
    found = shown(today())
    assert set(LACKING) & set(found.not_evaluated) == {"F1"}
    block = found.valuation
    assert set(block.funds) == set(FUNDS)
    fund = block.funds["IWM"]
    level = next(row.last for row in found.leadership if row.symbol == "^TNX")
    assert level is not None
    assert fund.earnings_yield_gap == pytest.approx(1 / 20 - level / 100)
    assert (fund.trailing_pe, fund.price_to_book, fund.shares) == (20.0, 2.0, 1e9)
    assert fund.status == {"forward_pe": "missing_input", "flow": "short_history"}
    assert (block.relative_pe, block.snapshots, block.needed) == (1.0, 1, 250)
    assert (block.source, block.negative_earnings) == ("yahoo", "unknown")
    assert block.status == {"relative_pe_pr": "short_history"}


def test_from_the_second_day_there_are_flows() -> None:
    now = today(shares=1.001e9)
    before = [snapshot(one.symbol, one.session - timedelta(days=1)) for one in now]
    found = shown([*before, *now])
    assert not set(LACKING) & set(found.not_evaluated)
    fund = found.valuation.funds["SPY"]
    assert fund.flow == pytest.approx(1e6 * 100)
    assert fund.flow_since == before[0].session


def test_a_source_that_gave_nothing_of_use_is_told() -> None:
    found = shown(today(trailing_pe=None, price_to_book=None))
    assert found.not_evaluated["L1"] == "the source gave no ratios"
    assert found.not_evaluated["L2"] == "the source gave no P/E of IWM and SPY for one session"
    assert found.not_evaluated["L3"] == "needs P/E and the 10-year yield"


def test_a_reading_of_nothing_is_empty() -> None:
    assert Reading().small is Reading().large is None
