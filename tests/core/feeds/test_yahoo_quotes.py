from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from core.feeds.yahoo_answers import Chart
from core.feeds.yahoo_quotes import Known, QuoteBook, Reading, of_chart, of_row
from core.model import Instrument, Quote, SymbolClass
from core.sessions import exchange_time
from tests.core.feeds.bars import CALENDAR, LAST, bars, with_values

NOW = exchange_time(datetime(2026, 1, 9, 17, tzinfo=UTC))
SPY = Instrument("SPY", "S&P 500", SymbolClass.FUND, "index_funds")
KNOWN = Known(SPY, 689.0, CALENDAR, NOW)
ROW: dict[str, Any] = {
    "symbol": "SPY",
    "exchangeTimezoneName": "America/New_York",
    "regularMarketPrice": 690.5,
    "regularMarketTime": int(NOW.timestamp()) - 2,
    "regularMarketOpen": 688.25,
    "regularMarketDayHigh": 691.0,
    "regularMarketDayLow": 687.5,
    "regularMarketVolume": 51_000_000,
    "marketCap": 6.3e11,
    "marketState": "REGULAR",
}
QUOTE = Quote("SPY", LAST, 690.5, NOW - timedelta(seconds=2), 688.25, 691.0, 687.5, 5.1e7)


def read(known: Known = KNOWN, /, **changes: Any) -> Reading:
    return of_row(ROW | changes, known)


def test_a_row_becomes_a_quote_with_the_time_of_its_own() -> None:
    assert read() == Reading(QUOTE, (), 6.3e11)


def test_prices_are_the_decimal_numbers_they_were() -> None:
    reading = read(regularMarketPrice=float(np.float32(690.51)))
    assert reading.quote is not None
    assert reading.quote.price == 690.51


@pytest.mark.parametrize("price", [None, 0, -1.0, float("nan"), float("inf"), "690", 1e12, 6905.0])
def test_a_price_that_is_none_or_wild_is_no_quote(price: object) -> None:
    reading = read(regularMarketPrice=price)
    assert reading.quote is None
    assert [(one.field, one.session) for one in reading.rejected] == [("price", LAST)]
    assert reading.market_cap is None


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (3600, "its time is ahead of this computer's clock"),
        (-40 * 86_400, "its time is long past"),
        (-8 * 86_400, "the exchange was closed"),  # New Year's day
    ],
)
def test_a_time_that_cannot_be_is_no_quote(seconds: int, reason: str) -> None:
    reading = read(regularMarketTime=int(NOW.timestamp()) + seconds)
    assert reading.quote is None
    assert [one.reason for one in reading.rejected] == [reason]


def test_a_row_that_says_only_whom_it_is_about_says_nothing() -> None:
    assert of_row({"symbol": "SPY"}, KNOWN) == Reading(None)


def test_a_row_from_elsewhere_is_no_quote() -> None:
    assert read(exchangeTimezoneName="Asia/Tokyo").rejected[0].reason.startswith("its time zone is Asia/Tokyo")


@pytest.mark.parametrize("name", ["regularMarketOpen", "regularMarketDayHigh", "regularMarketDayLow"])
@pytest.mark.parametrize("value", [None, 0.0, float("inf"), -3.0])
def test_a_part_that_is_no_price_is_absent(name: str, value: object) -> None:
    part = {"regularMarketOpen": "open", "regularMarketDayHigh": "high", "regularMarketDayLow": "low"}[name]
    reading, absent = read(**{name: value}), {part: None}
    assert reading.quote == replace(QUOTE, **absent)  # type: ignore[arg-type]  # the name is not known to mypy
    assert [one.field for one in reading.rejected] == ([] if value is None else [part])


def test_a_range_upside_down_is_absent_and_told() -> None:
    reading = read(regularMarketDayHigh=680.0)
    assert reading.quote == replace(QUOTE, high=None, low=None)
    assert {one.field for one in reading.rejected} == {"high", "low"}


def test_a_price_beyond_the_range_widens_it() -> None:
    reading = read(regularMarketDayHigh=690.0)
    assert reading.quote == replace(QUOTE, high=690.5)


@pytest.mark.parametrize("price", [344.5, 172.25, 1378.0])
def test_a_price_at_a_split_from_the_last_close_is_in_doubt_unless_nothing_is_known(price: float) -> None:
    assert read(regularMarketPrice=price).quote is None
    assert read(replace(KNOWN, close=None), regularMarketPrice=price).quote is not None
    vix = Instrument("^VIX", "VIX", SymbolClass.VOLATILITY, "volatility")
    assert read(replace(KNOWN, instrument=vix), regularMarketPrice=price).quote is not None


def test_ten_times_the_last_close_is_a_slip_of_the_vix_too() -> None:
    vix = Instrument("^VIX", "VIX", SymbolClass.VOLATILITY, "volatility")
    assert read(replace(KNOWN, instrument=vix), regularMarketPrice=6890.0).quote is None


# Of a chart


def chart(**changes: Any) -> Chart:
    series = with_values(bars(3, price=690.0), 2, {"close": 690.5})
    values: dict[str, Any] = {
        "bars": series,
        "splits": {},
        "symbol": "SPY",
        "zone": "America/New_York",
        "price": 690.5,
        "at": NOW - timedelta(seconds=2),
        "closes_at": None,
        "first_trade": None,
        "year_low": 500.0,
        "year_high": 700.0,
    }
    return Chart(**(values | changes))


def test_a_chart_ends_with_the_session_in_progress() -> None:
    made = chart()
    quote = of_chart(made, KNOWN).quote
    assert quote is not None
    assert (quote.price, quote.session, quote.volume) == (690.5, LAST, float(made.bars.volume[-1]))
    assert quote.open is not None


def test_a_price_of_a_later_session_has_no_bar() -> None:
    made = chart(bars=bars(3, last=CALENDAR.previous(LAST), price=690.0))
    assert of_chart(made, KNOWN).quote == Quote("SPY", LAST, 690.5, NOW - timedelta(seconds=2))


def test_a_chart_without_a_time_has_no_quote() -> None:
    assert of_chart(chart(at=None), KNOWN) == Reading(None)


def test_the_book_keeps_the_last_good_quote_and_tells_each_rejection_once() -> None:
    book = QuoteBook()
    assert book.due("SPY", 0.0, 5.0)
    book.take("SPY", read(), 100.0)
    book.take("SPY", read(regularMarketPrice=0.0), 102.0)
    book.take("SPY", Reading(None), 103.0)
    assert book.of(["SPY", "IWM"], LAST) == {"SPY": QUOTE}
    assert book.of(["SPY"], CALENDAR.previous(LAST)) == {}
    assert [one.field for one in book.rejected()] == ["price"]
    assert book.rejected() == ()
    assert (book.due("SPY", 107.9, 5.0), book.due("SPY", 108.0, 5.0)) == (False, True)
    assert book.market_caps == {"SPY": (6.3e11, QUOTE.asof)}
