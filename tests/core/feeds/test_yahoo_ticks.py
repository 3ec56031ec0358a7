"""Reading Yahoo's messages, and the latest quote of each symbol."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yfinance.pricing_pb2 import PricingData

from core.errors import FeedError, TapeboardError, UsageError
from core.feeds.yahoo_quotes import AHEAD
from core.feeds.yahoo_ticks import LatestQuotes, TickReader, shortest
from core.model import Instant, Quote, Session
from core.sessions import FixedClock
from tests.core.feeds.stream_server import OPEN, SYMBOLS, message, session_of, tick

NOW = OPEN + timedelta(hours=1)
RECORDED = b'{"message":"CgRBQVBMFZqZ4UMYoI+hlvlcKgNOTVMwCDgBRXIUSr9IyOXZDmWAwmXA2AEE"}'
"""One message of Yahoo's, of August 2020, as printed in the public description of the stream."""


def reader(*symbols: str) -> TickReader:
    return TickReader(symbols or SYMBOLS, FixedClock(NOW), session_of)


def read(text: str | bytes) -> Quote | None:
    return reader().read(text.encode() if isinstance(text, str) else text)


def test_a_message_of_yahoos_own() -> None:
    quote = reader("AAPL").read(RECORDED)
    assert quote is not None
    assert (quote.symbol, quote.price, quote.volume) == ("AAPL", 451.2, 15_415_652)
    assert quote.asof.isoformat() == "2020-08-07T10:47:30-04:00"
    assert quote.session == session_of(quote.asof)
    assert (quote.open, quote.high, quote.low) == (None, None, None)


def test_all_parts_of_a_tick() -> None:
    text = tick("^GSPC", 6543.21, after=1.5, day_volume=7, open_price=6500.1, day_high=6550.55, day_low=6499.9)
    asof = OPEN + timedelta(seconds=1.5)
    assert read(text) == Quote("^GSPC", session_of(OPEN), 6543.21, asof, 6500.1, 6550.55, 6499.9, 7.0)


@pytest.mark.parametrize("hours", [0, 2, 3])
def test_a_trade_outside_the_regular_hours_makes_no_price(hours: int) -> None:
    assert read(tick(hours=hours)) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds no tick"),
        ("no json", "holds no tick"),
        (b"\xff\xfe", "holds no tick"),
        ("[" * 60_000, "holds no tick"),
        ("[1]", "holds no tick"),
        ("{}", "holds no tick"),
        ('{"message": 7}', "holds no tick"),
        ('{"message": "%%%"}', "holds no tick"),
        (message(b"\x0a\xff"), "holds no tick"),
        (message(b"\x0a\x02\xff\xfe"), "holds no tick"),
        (message(b""), "not asked for"),
        (tick("TSLA"), "not asked for"),
        (tick(price=0.0), "SPY without a price"),
        (tick(price=-1.0), "SPY without a price"),
        (tick(price=float("nan")), "SPY without a price"),
        (tick(price=float("inf")), "SPY without a price"),
        (tick(day_volume=-1), "SPY with a negative volume"),
        (tick(day_high=99.0, day_low=101.0), "SPY with a high below its low"),
        (tick(open_price=102.0, day_high=101.0), "SPY with a high below its low"),
        (tick(after=-OPEN.timestamp()), "SPY without a time"),
        (tick(after=1e15), "ahead of this computer's clock"),
        (tick(after=3600 + AHEAD.total_seconds() + 1), "ahead of this computer's clock"),
    ],
)
def test_what_is_not_a_sane_tick_is_refused_with_the_reason(text: str | bytes, why: str) -> None:
    with pytest.raises(FeedError, match=why):
        read(text)


def test_a_tick_may_be_a_little_ahead_of_the_clock() -> None:
    assert read(tick(after=3600 + AHEAD.total_seconds())) is not None


def test_a_time_beyond_the_calendar_is_refused() -> None:
    def beyond(instant: Instant) -> Session:
        raise UsageError(f"no session at {instant}")

    with pytest.raises(UsageError):
        TickReader(SYMBOLS, FixedClock(NOW), beyond).read(tick().encode())


@given(st.binary() | st.binary(max_size=60).map(lambda data: message(data).encode()))
@example(RECORDED)
def test_whatever_comes_is_a_quote_or_a_refusal(data: bytes) -> None:
    try:
        quote = reader("AAPL", "\x00").read(data)
    except TapeboardError:
        return
    assert quote is None or quote.price > 0


@given(st.floats(width=32, min_value=2**-20, max_value=2**40))
def test_prices_are_the_shortest_decimals_of_their_float32(value: float) -> None:
    short = shortest(value)
    assert np.float32(short) == np.float32(value)
    digits = len(Decimal(repr(short)).normalize().as_tuple().digits)
    assert digits == 1 or np.float32(f"{value:.{digits - 2}e}") != np.float32(value)


@pytest.mark.parametrize("price", [0.01, 1.1, 123.45, 6543.21, 46123.45, 745123.5])
def test_a_price_survives_its_way_through_float32(price: float) -> None:
    assert shortest(PricingData(price=price).price) == price


# The latest quote of each symbol


def quote(price: float, after: float, volume: float | None = None, **parts: float) -> Quote:
    asof = OPEN + timedelta(seconds=after)
    return Quote("SPY", session_of(asof), price, asof, volume=volume, **parts)


def test_nothing_is_handed_over_twice_nor_for_a_tick_that_changes_nothing() -> None:
    latest = LatestQuotes()
    latest.take(quote(100.0, 10))
    assert latest.drain() == {"SPY": quote(100.0, 10)}
    assert latest.drain() == {}
    latest.take(quote(98.0, 9))
    latest.take(quote(100.0, 10))
    assert latest.drain() == {}


def test_a_price_that_went_and_came_back_between_two_batches_is_no_news() -> None:
    latest = LatestQuotes()
    latest.take(quote(2.0, 0, None))
    assert latest.drain() == {"SPY": quote(2.0, 0, None)}
    latest.take(quote(1.0, 0, None))
    latest.take(quote(2.0, 0, None))
    assert latest.drain() == {}


TICKS = st.builds(
    lambda symbol, price, after, volume: replace(quote(price, after, volume), symbol=symbol),
    st.sampled_from(SYMBOLS),
    st.floats(1, 1000),
    st.integers(0, 3 * 86_400),
    st.none() | st.floats(1, 1e9),
)


@given(st.lists(TICKS | st.none(), max_size=60))
def test_coalescing_loses_no_last_tick_goes_never_back_and_never_sheds_volume(script: list[Quote | None]) -> None:
    """None stands for a moment at which the quotes are handed over."""
    latest, batches = LatestQuotes(), []
    for step in [*script, None]:
        if step is None:
            batches.append(latest.drain())
        else:
            latest.take(step)
    ticks = [step for step in script if step is not None]
    for symbol in SYMBOLS:
        mine = [each for each in ticks if each.symbol == symbol]
        given_out = [batch[symbol] for batch in batches if symbol in batch]
        assert bool(mine) == bool(given_out)
        if mine:
            newest = max(each.asof for each in mine)
            last = [each for each in mine if each.asof == newest][-1]
            assert (given_out[-1].price, given_out[-1].asof) == (last.price, last.asof)
        for before, after in pairwise(given_out):
            assert before != after
            assert before.asof <= after.asof
            assert before.session < after.session or (before.volume or 0) <= (after.volume or 0)
