from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.feeds.sanitise import Checked, check, misplaced, stranger
from core.metrics.suspects import looks_wrong
from core.model import Session, SymbolClass
from core.panel import COLUMNS, Bars
from tests.core.feeds.bars import CALENDAR, bars, rows, same, sessions, times, with_values, without

NAN, INF = float("nan"), float("inf")
SERIES = bars()
LAST = len(SERIES) - 1


def checked(
    given_bars: Bars,
    *,
    cls: SymbolClass = SymbolClass.FUND,
    splits: Mapping[Session, float] | None = None,
    expected: int = 30,
) -> Checked:
    return check(given_bars, sessions(expected), cls, splits or {})


def told(result: Checked) -> list[tuple[str, str, str]]:
    return [(str(one.session), one.field, one.reason) for one in result.rejected]


def missing(result: Checked) -> list[str]:
    return [str(day) for day in result.missing]


def test_a_sound_series_passes_unchanged() -> None:
    result = checked(SERIES)
    assert same(result.bars, SERIES)
    assert (result.rejected, missing(result)) == ((), [])


def test_nothing_given_is_everything_missing() -> None:
    result = checked(rows(SERIES, []))
    assert len(result.bars) == 0
    assert len(result.missing) == 30


# What others ran into: issues of ranaroussi/yfinance


def test_2964_a_session_that_is_absent_is_named() -> None:
    # 2026-08-28 came for no day of a week for ^GSPC, ^IXIC, IWM and RSP; the rows around it were fine.
    august = bars(10, last=date(2026, 9, 2))
    row = august.sessions.tolist().index(date(2026, 8, 28))
    result = check(without(august, row), august.sessions, SymbolClass.INDEX, {})
    assert missing(result) == ["2026-08-28"]
    assert result.rejected == ()


def test_2925_a_last_bar_of_a_volume_only_is_no_bar_and_named() -> None:
    july = with_values(bars(10, last=date(2026, 7, 24)), 9, dict.fromkeys(COLUMNS[:5], NAN))
    result = check(july, july.sessions, SymbolClass.STOCK, {})
    assert missing(result) == ["2026-07-24"]
    assert told(result) == [("2026-07-24", "close", "not a price")]


def test_2895_a_bar_in_the_middle_without_prices_but_with_a_volume_is_named() -> None:
    july = with_values(bars(10, last=date(2026, 7, 10)), 8, dict.fromkeys(COLUMNS[:5], NAN) | {"volume": 6527.0})
    result = check(july, july.sessions, SymbolClass.STOCK, {})
    assert missing(result) == ["2026-07-09"]
    assert (result.rejected[0].field, result.rejected[0].reason) == ("close", "not a price")


def test_2704_a_symbol_that_comes_back_empty_lacks_every_session() -> None:
    nothing = {name: np.full(len(SERIES), NAN) for name in COLUMNS}
    result = checked(Bars("SPY", SERIES.sessions, **nothing, adjusted=True))
    assert len(result.bars) == 0
    assert missing(result) == [str(day) for day in SERIES.sessions]
    assert result.rejected == ()


# Rows


def test_rows_out_of_order_are_put_in_order() -> None:
    assert same(checked(rows(SERIES, [*range(15, 30), *range(15)])).bars, SERIES)


def test_of_two_rows_of_a_session_the_later_stands() -> None:
    doubled = rows(SERIES, [*range(30), 4])
    result = checked(with_values(doubled, 30, {"close": float(SERIES.close[4]) + 0.25}))
    assert result.bars.close[4] == SERIES.close[4] + 0.25
    assert [(one.field, one.value) for one in result.rejected] == [("close", SERIES.close[4])]


def test_rows_outside_of_what_was_asked_are_no_part_of_the_question() -> None:
    result = check(SERIES, SERIES.sessions[5:-3], SymbolClass.FUND, {})
    assert same(result.bars, rows(SERIES, [*range(5, 27)]))
    assert result.rejected == ()


def test_a_row_of_a_day_without_a_session_is_rejected() -> None:
    saturday = replace(SERIES, sessions=np.where(np.arange(30) == 12, np.datetime64("2025-12-13"), SERIES.sessions))
    result = checked(rows(saturday, [*range(30)]))
    assert [reason for _day, _field, reason in told(result)] == ["the exchange was closed"]
    assert "2025-12-13" not in [str(day) for day in result.bars.sessions]


def test_rates_and_volatility_keep_holidays_of_their_own() -> None:
    # CBOE's VIX has a row on Thanksgiving, when the exchange is closed; bond rates have none on Veterans Day.
    vix = replace(SERIES, sessions=np.where(np.arange(30) == 1, np.datetime64("2025-11-27"), SERIES.sessions))
    result = checked(without(vix, 12), cls=SymbolClass.VOLATILITY)
    assert (result.rejected, missing(result)) == ((), [])
    assert len(result.bars) == 28
    assert missing(checked(without(SERIES, 29), cls=SymbolClass.RATE)) == [str(SERIES.sessions[29])]


def test_a_symbol_listed_later_lacks_nothing_before_its_first_bar() -> None:
    assert missing(checked(rows(SERIES, [*range(20, 30)]))) == []


def test_a_tail_that_ends_days_ago_is_named() -> None:
    assert missing(checked(rows(SERIES, [*range(25)]))) == [str(day) for day in SERIES.sessions[25:]]


# Values


@pytest.mark.parametrize("price", [NAN, INF, -INF, 0.0, -12.5])
def test_a_close_that_is_no_price_takes_its_row_with_it(price: float) -> None:
    result = checked(with_values(SERIES, LAST, {"close": price}))
    assert same(result.bars, rows(SERIES, [*range(29)]))
    assert told(result) == [("2026-01-09", "close", "not a price")]
    assert missing(result) == ["2026-01-09"]


@pytest.mark.parametrize("field", ["open", "high", "low", "adj_close"])
@pytest.mark.parametrize("price", [INF, 0.0, -12.5])
def test_another_value_that_is_no_price_is_blanked(field: str, price: float) -> None:
    result = checked(with_values(SERIES, 7, {field: price}))
    assert same(result.bars, with_values(SERIES, 7, {field: NAN}))
    assert told(result) == [(str(SERIES.sessions[7]), field, "not a price")]


def test_a_value_that_is_absent_is_absent_and_no_fault() -> None:
    close_only = with_values(SERIES, 7, {"open": NAN, "high": NAN, "low": NAN, "volume": NAN})
    result = checked(close_only)
    assert same(result.bars, close_only)
    assert result.rejected == ()


@pytest.mark.parametrize("volume", [-1.0, INF])
def test_a_volume_that_cannot_be_is_blanked(volume: float) -> None:
    result = checked(with_values(SERIES, 7, {"volume": volume}))
    assert same(result.bars, with_values(SERIES, 7, {"volume": NAN}))


def test_a_high_below_the_low_takes_both() -> None:
    low = float(SERIES.low[7])
    result = checked(with_values(SERIES, 7, {"high": low * 0.99}))
    assert np.isnan([result.bars.high[7], result.bars.low[7], result.bars.open[7]]).all()
    assert result.bars.close[7] == SERIES.close[7]
    assert {field for _day, field, _reason in told(result)} == {"open", "high", "low"}


@pytest.mark.parametrize(("field", "value"), [("high", -0.3), ("low", 0.3), ("open", 3.0)])
def test_a_range_that_does_not_hold_its_prices_is_blanked(field: str, value: float) -> None:
    result = checked(with_values(SERIES, 7, {field: float(SERIES.close[7]) + value}))
    assert np.isnan(getattr(result.bars, field)[7])
    assert field in {one.field for one in result.rejected}


def test_rounding_to_32_bits_is_no_fault() -> None:
    rounded = with_values(SERIES, 7, {"high": float(SERIES.close[7]) * (1 - 1e-7)})
    assert checked(rounded).rejected == ()


# A bar that does not move


def repeated(series: Bars, times_over: int, row: int = 10) -> Bars:
    return rows(series, [min(number, row) if number < row + times_over else number for number in range(30)])


def dated(series: Bars) -> Bars:
    return replace(series, sessions=SERIES.sessions)


def test_a_bar_repeated_for_five_sessions_is_one_bar() -> None:
    result = checked(dated(repeated(SERIES, 5)))
    assert missing(result) == [str(day) for day in SERIES.sessions[11:15]]
    assert {one.reason for one in result.rejected} == {"the bar of an earlier session once more"}


def test_four_may_be_chance() -> None:
    assert missing(checked(dated(repeated(SERIES, 4)))) == []


def test_a_halted_stock_stands_still_and_stays() -> None:
    halted = SERIES
    for row in range(10, 20):
        halted = with_values(halted, row, dict.fromkeys(COLUMNS[:5], float(SERIES.close[9])) | {"volume": 0.0})
    result = checked(halted)
    assert (result.rejected, missing(result)) == ((), [])


# Jumps


@pytest.mark.parametrize("factor", [10.0, 0.1, 2.0, 0.5, 0.25, 1e10])
def test_a_last_bar_that_jumps_like_a_split_or_a_slip_waits(factor: float) -> None:
    result = checked(times(with_values(SERIES, LAST, {"close": float(SERIES.close[LAST - 1])}), factor, slice(29, 30)))
    assert same(result.bars, rows(SERIES, [*range(29)]))
    assert missing(result) == ["2026-01-09"]
    assert "without a split" in result.rejected[-1].reason


def test_a_spike_is_taken_out_and_what_follows_stays() -> None:
    result = checked(times(SERIES, 10.0, slice(12, 13)))
    assert same(result.bars, without(SERIES, 12))
    assert [str(one.session) for one in result.rejected] == [str(SERIES.sessions[12])]


def test_three_closes_that_stay_clear_a_jump() -> None:
    level = times(SERIES, 0.5, slice(26, 30))
    assert checked(level).rejected == ()
    pending = checked(times(SERIES, 0.5, slice(27, 30)))
    assert [str(one.session) for one in pending.rejected] == [str(day) for day in SERIES.sessions[27:]]


@pytest.mark.parametrize("crash", [0.56, 0.62])
def test_a_crash_that_is_no_split_stays(crash: float) -> None:
    # FISV lost 44 % and CNC 40 % in a day.
    assert checked(times(SERIES, crash, slice(29, 30))).rejected == ()


def test_a_split_that_was_announced_and_not_applied_is_never_cleared() -> None:
    day: date = SERIES.sessions[20].item()
    result = checked(times(SERIES, 0.25, slice(20, 30)), splits={day: 4.0})
    assert same(result.bars, rows(SERIES, [*range(20)]))
    assert {one.reason for one in result.rejected} == {
        "a split was announced, but older prices are not adjusted for it"
    }


def test_a_split_that_was_applied_is_none_of_our_business() -> None:
    assert checked(SERIES, splits={SERIES.sessions[20].item(): 4.0}).rejected == ()


def test_volatility_may_double_in_a_day() -> None:
    assert checked(times(SERIES, 2.0, slice(29, 30)), cls=SymbolClass.VOLATILITY).rejected == ()


@pytest.mark.parametrize("factor", [10.0, 0.1, 1e12])
def test_a_slip_of_what_has_no_returns_is_left_out(factor: float) -> None:
    result = checked(times(SERIES, factor, slice(29, 30)), cls=SymbolClass.RATE)
    assert same(result.bars, rows(SERIES, [*range(29)]))
    assert {one.reason for one in result.rejected} == {"a jump like that of a split or a slip, without a split"}


def test_after_a_slip_of_what_has_no_returns_it_may_come_back_on_another_level() -> None:
    slipped = times(times(SERIES, 10.0, slice(20, 21)), 1.6, slice(21, 30))
    assert same(checked(slipped, cls=SymbolClass.VOLATILITY).bars, rows(slipped, [*range(20), *range(21, 30)]))


def test_a_yield_near_zero_may_multiply() -> None:
    small = times(SERIES, 0.02 / float(SERIES.close[0]), slice(None))
    assert checked(times(small, 8.0, slice(29, 30)), cls=SymbolClass.RATE).rejected == ()


@given(ratio=st.floats(0.61, 1.39))
def test_a_move_within_forty_percent_is_never_in_doubt(ratio: float) -> None:
    assert not looks_wrong(ratio)


# The answer as a whole


@pytest.mark.parametrize(
    ("symbol", "zone", "reason"),
    [
        ("SPY", "America/New_York", ""),
        ("spy", "America/Chicago", ""),
        ("OTHER", "America/New_York", "it is about OTHER"),
        (None, "America/New_York", "it is about no symbol"),
        ("SPY", "Asia/Tokyo", "its time zone is Asia/Tokyo, not New York"),
        ("SPY", None, "its time zone is unknown, not New York"),
    ],
)
def test_an_answer_about_somebody_else_is_known(symbol: str | None, zone: str | None, reason: str) -> None:
    assert stranger("SPY", symbol, zone) == reason


@pytest.mark.parametrize(("factor", "elsewhere"), [(1.0, False), (10.0, True), (0.25, True), (1.3, False)])
def test_a_history_on_another_level_than_its_own_price_is_misplaced(factor: float, elsewhere: bool) -> None:
    last = float(SERIES.close[-1])
    assert misplaced(times(SERIES, factor), last, 80.0, 120.0) is elsewhere


def test_a_crash_today_does_not_misplace_the_history() -> None:
    assert not misplaced(SERIES, float(SERIES.close[-1]) / 10, 8.0, 120.0)


def test_a_range_that_lags_behind_a_split_does_not_misplace_it_either() -> None:
    assert not misplaced(SERIES, float(SERIES.close[-1]), 800.0, 1200.0)


# Everything at once


PRICES = st.one_of(st.just(100.0), st.floats(allow_nan=True, allow_infinity=True), st.floats(1e-3, 1e6))


@given(
    days=st.lists(st.integers(-3, 45), max_size=40),
    values=st.lists(st.tuples(PRICES, PRICES, PRICES, PRICES, PRICES, PRICES), min_size=40, max_size=40),
    cls=st.sampled_from(list(SymbolClass)),
)
def test_whatever_is_given_what_comes_out_can_be_computed_with(
    days: list[int], values: list[tuple[float, ...]], cls: SymbolClass
) -> None:
    start = np.datetime64("2025-12-01")
    columns = dict(zip(COLUMNS, np.array(values[: len(days)]).reshape(-1, 6).T, strict=True))
    expected = CALENDAR.sessions(date(2025, 12, 1), date(2026, 1, 9))
    result = check(Bars("X", start + np.array(days, "timedelta64[D]"), **columns, adjusted=True), expected, cls, {})
    out = result.bars
    assert (np.diff(out.sessions) > np.timedelta64(0, "D")).all()
    assert np.isin(out.sessions, expected).all()
    assert (np.isfinite(out.close) & (out.close > 0)).all()
    for name in ("open", "high", "low", "adj_close", "volume"):
        column = getattr(out, name)
        assert (np.isnan(column) | (np.isfinite(column) & (column >= 0))).all()
    assert not (out.low > out.high * 1.000003).any()
    assert not (out.close > out.high * 1.000003).any()
    assert not np.isin(result.missing, out.sessions).any()


def test_of_the_real_market_next_to_nothing_is_rejected(market: Path) -> None:
    import pandas as pd  # noqa: PLC0415 - only this test needs it

    frame = pd.read_parquet(market / "stocks_daily.parquet")
    bad: dict[str, int] = {}
    for symbol, part in frame.groupby("symbol"):
        columns = {name: part[name].to_numpy(dtype=np.float64) for name in ("open", "high", "low", "close", "volume")}
        days = part["date"].to_numpy().astype("datetime64[D]")
        series = Bars(str(symbol), days, **columns, adj_close=columns["close"], adjusted=True)
        expected = CALENDAR.sessions(days.min().item(), days.max().item())
        if rejected := check(series, expected, SymbolClass.STOCK, {}).rejected:
            bad[str(symbol)] = len(rejected)
    # One of 628: a stock that rose 3 to 2 in a day, and fell back before three closes could clear it.
    assert bad == {"PARA": 2}
