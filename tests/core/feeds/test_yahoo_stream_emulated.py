"""The stream's client in its own thread against the emulated Yahoo: proxy, TLS, protobuf, faults and hours."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import repeat

import pytest

from core.feeds.yahoo_stream import THREAD, StreamClient, StreamState
from core.model import Instant, Quote, Session
from core.sessions import NEW_YORK, Clock, FixedClock
from tests.emulator import Emulator
from tests.support.virtual_time import PATIENCE

OPEN = datetime(2025, 11, 25, 11, 0, tzinfo=NEW_YORK)
AFTER_HOURS = datetime(2025, 11, 25, 17, 0, tzinfo=NEW_YORK)
SYMBOLS = ("SPY", "^GSPC", "^VIX")


@pytest.fixture
def yahoo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with Emulator() as emulator:
        for name, value in emulator.environment().items():
            monkeypatch.setenv(name, value)
        emulator.clock.set(OPEN)
        emulator.stream_interval = 0.02
        yield emulator


class Told:
    """What the client's thread has said, to be waited for."""

    def __init__(self) -> None:
        self._said: queue.Queue[StreamState | Mapping[str, Quote]] = queue.Queue()
        self.quotes: dict[str, Quote] = {}

    def take(self, said: StreamState | Mapping[str, Quote]) -> None:
        self._said.put(said)

    def state(self, condition: Callable[[StreamState], bool]) -> StreamState:
        """The next state for which `condition` holds; the quotes said until then are kept."""
        while True:
            said = self._said.get(timeout=PATIENCE)
            if not isinstance(said, StreamState):
                self.quotes |= said
            elif condition(said):
                return said


@contextmanager
def streaming(yahoo: Emulator, clock: Clock) -> Iterator[Told]:
    """A client with the shipped address, led to the emulator by the environment alone; it tries again at once."""
    told = Told()

    def session_of(at: Instant) -> Session:
        return yahoo.market.calendar.state(at).session

    client = StreamClient(
        SYMBOLS, told.take, told.take, clock=clock, calendar_session=session_of, reconnect=lambda: repeat(0.0)
    )
    client.start()
    try:
        yield told
    finally:
        client.stop()
        for thread in threading.enumerate():
            if thread.name == THREAD:
                thread.join(PATIENCE)
                assert not thread.is_alive()


def test_the_market_arrives_through_proxy_and_tls(yahoo: Emulator) -> None:
    with streaming(yahoo, FixedClock(OPEN)) as told:
        told.state(lambda state: state.ticks >= len(SYMBOLS))
        told.state(lambda state: state.ticks >= 2 * len(SYMBOLS))
    for symbol in SYMBOLS:
        live, quote = yahoo.market.live(symbol), told.quotes[symbol]
        assert (quote.session, quote.asof) == (OPEN.date(), live.at)
        assert (quote.price, quote.open, quote.high, quote.low) == pytest.approx(
            (live.price, live.open, live.high, live.low), rel=1e-7
        )
        assert quote.volume == (live.volume or None)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("stream_close", "The stream was closed by the server (1000)"),
        ("stream_abort", "The connection to the stream was lost"),
        ("bad_certificate", "The certificate of the stream is not trusted"),
        ("unreachable", "The proxy refuses the stream (502)"),
        ("down", "The stream's server or the proxy is not reached"),
    ],
)
def test_it_tells_what_is_wrong_and_recovers(yahoo: Emulator, fault: str, words: str) -> None:
    yahoo.faults.set(fault)
    with streaming(yahoo, FixedClock(OPEN)) as told:
        assert told.state(lambda state: "next try" in state.cause).cause.startswith(words)
        yahoo.faults.clear()
        told.state(lambda state: state.connected and state.ticks >= len(SYMBOLS))


def test_garbage_between_good_ticks_is_counted(yahoo: Emulator) -> None:
    yahoo.faults.set("stream_garbage")
    with streaming(yahoo, FixedClock(OPEN)) as told:
        assert told.state(lambda state: state.rejected > 0 and state.ticks >= len(SYMBOLS)).connected


def test_trades_after_hours_make_no_quotes(yahoo: Emulator) -> None:
    yahoo.clock.set(AFTER_HOURS)
    with streaming(yahoo, FixedClock(AFTER_HOURS)) as told:
        told.state(lambda state: state.connected)
        yahoo.faults.set("stream_garbage")
        told.state(lambda state: state.rejected > 1)  # by then a round of trades has come between two of garbage
        assert told.quotes == {}
