"""The market behind the emulator: the same for everybody, consistent in itself, and as of its clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from core.sessions import NEW_YORK
from tests.emulator.chart import chart
from tests.emulator.clock import VirtualClock
from tests.emulator.market import Market
from tests.emulator.quote import quote_row
from tests.emulator.walk import make_walk
from tests.emulator.wire import Json

BEFORE = date(2025, 11, 26)
THANKSGIVING = date(2025, 11, 27)
HALF_DAY = date(2025, 11, 28)
SUNDAY = date(2025, 11, 30)
NEXT = date(2025, 12, 1)
AFTER_NEXT = date(2025, 12, 2)


def at(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=NEW_YORK)


@pytest.fixture
def clock() -> VirtualClock:
    clock = VirtualClock()
    clock.set(at(HALF_DAY, "11:15"))
    return clock


@pytest.fixture
def market(clock: VirtualClock) -> Market:
    return Market(clock)


def result(market: Market, clock: VirtualClock, symbol: str, **query: str) -> Json:
    document = chart(market, clock.now(), symbol, query).document
    assert document is not None
    row: Json = document["chart"]["result"][0]
    return row


def test_a_symbol_is_the_same_in_every_market_and_unlike_any_other(market: Market, clock: VirtualClock) -> None:
    again = Market(clock).series("ABC")
    first = market.series("ABC")
    assert np.array_equal(first.close, again.close)
    assert np.array_equal(first.volume, again.volume)
    assert not np.array_equal(first.close, market.series("ABD").close)


def test_the_walk_of_the_past_does_not_depend_on_the_length_of_the_future() -> None:
    short, long = make_walk("ABC", 3_000), make_walk("ABC", 3_300)
    assert np.array_equal(short.close, long.close[:3_000])
    assert np.array_equal(short.high, long.high[:3_000])


@pytest.mark.parametrize("symbol", ["SPY", "AAPL", "ABC", "^GSPC", "^VIX", "^TNX"])
def test_bars_are_sound(market: Market, symbol: str) -> None:
    bars = market.series(symbol)
    assert np.array_equal(bars.days, market.calendar.sessions(date(2000, 1, 3), HALF_DAY))
    assert (bars.low > 0).all()
    assert (bars.low <= np.minimum(bars.open, bars.close)).all()
    assert (bars.high >= np.maximum(bars.open, bars.close)).all()
    assert np.abs(np.diff(np.log(bars.close))).max() < 0.5
    assert bars.close[-1] == market.price(symbol, HALF_DAY) == market.live(symbol).price


def test_only_what_pays_has_an_adjusted_close_of_its_own(market: Market) -> None:
    spy, index = market.series("SPY"), market.series("^GSPC")
    assert spy.adj_close[0] < spy.close[0]
    assert spy.adj_close[-1] == spy.close[-1]
    assert np.array_equal(index.adj_close, index.close)


def test_an_ex_date_restates_the_adjusted_closes_before_it(market: Market, clock: VirtualClock) -> None:
    market.dividend("^GSPC", NEXT, market.price("^GSPC", HALF_DAY) / 10)
    before = market.series("^GSPC")
    clock.set(at(NEXT, "09:31"))
    after = market.series("^GSPC")
    assert np.array_equal(before.adj_close, before.close)
    assert after.adj_close[-3] / after.close[-3] == pytest.approx(
        1 - before.close[-1] / 10 / market.price("^GSPC", HALF_DAY)
    )
    assert after.dividends == {NEXT: pytest.approx(before.close[-1] / 10)}


def test_a_split_restates_the_history_when_its_session_opens(market: Market, clock: VirtualClock) -> None:
    market.split("AAPL", NEXT, 4)
    before = market.price("AAPL", BEFORE)
    clock.set(at(NEXT, "09:29"))
    assert market.price("AAPL", BEFORE) == before
    clock.set(at(NEXT, "09:30"))
    assert market.price("AAPL", BEFORE) == pytest.approx(before / 4)
    assert market.live("AAPL").price == pytest.approx(before / 4, rel=0.2)
    events = result(market, clock, "AAPL", range="5d")["events"]["splits"]
    assert [event["splitRatio"] for event in events.values()] == ["4:1"]


def test_a_restatement_comes_without_an_event(market: Market, clock: VirtualClock) -> None:
    before = market.series("AAPL")
    market.restate("AAPL", 0.25)
    after = market.series("AAPL")
    assert after.close == pytest.approx(before.close / 4)
    assert after.splits == before.splits == {}


def test_a_session_can_be_left_out_and_given_again(market: Market) -> None:
    market.drop_session("AAPL", BEFORE)
    assert np.datetime64(BEFORE) not in market.series("AAPL").days
    market.restore_session("AAPL", BEFORE)
    assert np.datetime64(BEFORE) in market.series("AAPL").days


def test_a_young_symbol_has_no_bars_before_its_first(market: Market, clock: VirtualClock) -> None:
    market.list_from("YOUNG", BEFORE)
    assert market.series("YOUNG").days.tolist() == [BEFORE, HALF_DAY]
    early = chart(market, clock.now(), "YOUNG", {"period1": "946900000", "period2": "1000000000"})
    assert early.status == 400


def test_a_trade_is_the_last_price_and_at_the_end_the_close(market: Market, clock: VirtualClock) -> None:
    market.set_live("AAPL", 200.0, volume=1_000, at=at(HALF_DAY, "11:00"))
    market.set_live("AAPL", 210.0, volume=2_000)
    live = market.live("AAPL")
    assert (live.price, live.volume, live.at) == (210.0, 2_000, clock.now())
    assert live.low <= 200.0
    assert live.high >= 210.0
    clock.set(at(NEXT, "08:00"))
    assert market.price("AAPL", HALF_DAY) == 210.0
    with pytest.raises(ValueError, match="no session is in progress"):
        market.set_live("AAPL", 1.0)


def test_the_session_in_progress_moves_and_ends_as_the_daily_bar(market: Market, clock: VirtualClock) -> None:
    early = market.live("AAPL")
    clock.advance(3_600)
    late = market.live("AAPL")
    assert late.price != early.price
    assert late.volume > early.volume
    assert late.high >= early.high
    clock.set(at(AFTER_NEXT, "12:00"))
    final = market.series("AAPL")
    row = int(np.searchsorted(final.days, np.datetime64(HALF_DAY)))
    assert final.high[row] >= late.high
    assert final.low[row] <= late.low


@pytest.mark.parametrize(
    ("now", "state", "traded"),
    [
        (at(HALF_DAY, "03:59"), "PREPRE", at(BEFORE, "16:00")),
        (at(HALF_DAY, "09:29"), "PRE", at(BEFORE, "16:00")),
        (at(HALF_DAY, "09:30"), "REGULAR", at(HALF_DAY, "09:30")),
        (at(HALF_DAY, "12:59"), "REGULAR", at(HALF_DAY, "12:59")),
        (at(HALF_DAY, "13:00"), "POST", at(HALF_DAY, "13:00")),
        (at(HALF_DAY, "17:00"), "POSTPOST", at(HALF_DAY, "13:00")),
        (at(THANKSGIVING, "12:00"), "CLOSED", at(BEFORE, "16:00")),
        (at(SUNDAY, "12:00"), "CLOSED", at(HALF_DAY, "13:00")),
        (at(NEXT, "15:59"), "REGULAR", at(NEXT, "15:59")),
        (at(NEXT, "16:00"), "POST", at(NEXT, "16:00")),
    ],
)
def test_a_quote_follows_the_clock(
    market: Market, clock: VirtualClock, now: datetime, state: str, traded: datetime
) -> None:
    clock.set(now)
    row = quote_row(market, clock.now(), "SPY")
    assert row["marketState"] == state
    assert row["regularMarketTime"] == traded.timestamp()
    assert row["regularMarketPrice"] == market.price("SPY", traded.date())
    assert ("preMarketPrice" in row) == (state == "PRE")
    assert ("postMarketPrice" in row) == (state not in ("PRE", "REGULAR"))


def test_the_trading_period_is_the_next_one_when_the_after_hours_are_over(market: Market, clock: VirtualClock) -> None:
    for now, session, closes in (("16:59", HALF_DAY, "13:00"), ("17:00", NEXT, "16:00")):
        clock.set(at(HALF_DAY, now))
        period = result(market, clock, "SPY", range="1d")["meta"]["currentTradingPeriod"]
        assert period["regular"]["start"] == at(session, "09:30").timestamp()
        assert period["regular"]["end"] == at(session, closes).timestamp()
        assert period["post"]["end"] == (at(session, closes) + timedelta(hours=4)).timestamp()


def test_a_chart_has_what_was_asked_for(market: Market, clock: VirtualClock) -> None:
    for span, first in (("1d", HALF_DAY), ("5d", date(2025, 11, 21)), ("1mo", date(2025, 10, 28))):
        times = result(market, clock, "AAPL", range=span)["timestamp"]
        assert times[-1] == clock.now().timestamp()
        assert len(times) == len(market.calendar.sessions(first, HALF_DAY))
    start, end = (str(int(at(day, "00:00").timestamp())) for day in (BEFORE, HALF_DAY))
    window = result(market, clock, "AAPL", period1=start, period2=end)
    assert window["timestamp"] == [at(BEFORE, "09:30").timestamp()]
    assert window["indicators"]["quote"][0]["close"] == [market.price("AAPL", BEFORE)]
    later = str(int(at(NEXT, "00:00").timestamp()))
    assert "timestamp" not in result(market, clock, "AAPL", period1=later, period2=later)


def test_minute_bars_end_now(market: Market, clock: VirtualClock) -> None:
    minutes = result(market, clock, "AAPL", range="1d", interval="15m")
    assert minutes["timestamp"][0] == at(HALF_DAY, "09:30").timestamp()
    assert minutes["timestamp"][-1] == at(HALF_DAY, "11:00").timestamp()
    assert {len(column) for column in minutes["indicators"]["quote"][0].values()} == {7}


def test_yields_and_volatility_are_quoted_in_chicago(market: Market, clock: VirtualClock) -> None:
    zones = {
        symbol: result(market, clock, symbol, range="1d")["meta"]["exchangeTimezoneName"]
        for symbol in ("^TNX", "^VIX", "^GSPC", "SPY")
    }
    assert zones == {
        "^TNX": "America/Chicago",
        "^VIX": "America/Chicago",
        "^GSPC": "America/New_York",
        "SPY": "America/New_York",
    }


def test_fundamentals_can_be_replaced_and_negative_earnings_have_no_ratio(market: Market, clock: VirtualClock) -> None:
    market.set_fundamentals("SPY", sharesOutstanding=1e9, forwardPE=20.0, priceToBook=None)
    row = quote_row(market, clock.now(), "SPY")
    assert (row["sharesOutstanding"], row["forwardPE"]) == (1e9, 20.0)
    assert "priceToBook" not in row
    stocks = [quote_row(market, clock.now(), f"S{number}") for number in range(30)]
    losing = [row for row in stocks if row["epsTrailingTwelveMonths"] < 0]
    assert 0 < len(losing) < len(stocks)
    assert not any("trailingPE" in row for row in losing)


def test_a_future_session_has_no_price(market: Market) -> None:
    with pytest.raises(ValueError, match="has not begun"):
        market.price("AAPL", NEXT)
    with pytest.raises(ValueError, match="is not a session"):
        market.drop_session("AAPL", THANKSGIVING)


def test_a_clock_stands_runs_and_follows(clock: VirtualClock) -> None:
    assert clock.now() == clock.now() == at(HALF_DAY, "11:15")
    clock.advance(60)
    assert clock.now() == at(HALF_DAY, "11:16")
    clock.set(at(HALF_DAY, "11:15"), running=True)
    assert at(HALF_DAY, "11:15") <= clock.now() <= clock.now()
    clock.follow_system()
    assert abs(clock.now() - datetime.now(NEW_YORK)) < timedelta(minutes=1)
