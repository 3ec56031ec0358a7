from __future__ import annotations

import threading
from datetime import datetime, timedelta

from core.model import Quote
from core.sessions import NEW_YORK
from core.tape import Tape, newer

OPEN = datetime(2026, 1, 9, 9, 30, tzinfo=NEW_YORK)
DAY = 86_400


def quote(price: float, after: float, volume: float | None = None, *, symbol: str = "SPY", **parts: float) -> Quote:
    """A quote so many seconds after the open."""
    asof = OPEN + timedelta(seconds=after)
    return Quote(symbol, asof.date(), price, asof, volume=volume, **parts)


def test_a_newer_quote_replaces_and_an_older_one_does_not() -> None:
    known = quote(100.0, 10)
    assert newer(None, known) == known
    assert newer(known, quote(101.0, 11)).price == 101.0
    assert newer(known, quote(99.0, 10)).price == 99.0  # Yahoo's times are whole seconds: the last one wins
    assert newer(known, quote(98.0, 9)) is known


def test_what_a_quote_does_not_say_is_kept_within_the_session_only() -> None:
    known = quote(100.0, 10, 500.0, open=99.0, high=100.5, low=98.5)
    assert newer(known, quote(100.2, 11)) == quote(100.2, 11, 500.0, open=99.0, high=100.5, low=98.5)
    tomorrow = quote(100.2, DAY)
    assert newer(known, tomorrow) == tomorrow


def test_the_volume_never_falls() -> None:
    assert newer(quote(100.0, 10, 500.0), quote(100.0, 11, 400.0)).volume == 500.0


def test_the_range_holds_the_price() -> None:
    known = quote(100.0, 10, high=100.5, low=98.5)
    assert newer(known, quote(101.0, 11)).high == 101.0
    assert newer(known, quote(98.0, 11)).low == 98.0
    assert newer(None, quote(102.0, 11, high=101.0, low=100.0)).high == 102.0


def test_a_tape_keeps_the_newest_of_each_symbol() -> None:
    tape = Tape()
    tape.take([quote(100.0, 10), quote(50.0, 10, symbol="IWM")])
    tape.take([quote(99.0, 9), quote(51.0, DAY, symbol="IWM")])
    assert tape.quotes() == {"SPY": quote(100.0, 10), "IWM": quote(51.0, DAY, symbol="IWM")}


def test_threads_lose_nothing_to_each_other() -> None:
    tape = Tape()

    def stream(symbol: str) -> None:
        for second in range(500):
            tape.take([quote(float(second + 1), second, symbol=symbol)])

    threads = [threading.Thread(target=stream, args=(name,)) for name in ("SPY", "SPY", "IWM", "QQQ")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {symbol: found.price for symbol, found in tape.quotes().items()} == {
        "SPY": 500.0,
        "IWM": 500.0,
        "QQQ": 500.0,
    }
