"""When the stream runs, and what becomes of it; the real client before the emulator's stream."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from unittest import mock

import pytest

from core.feeds.yahoo_stream import THREAD
from core.model import Quote
from core.sessions import Calendar, FixedClock
from core.streaming import Streaming
from tests.core.fakes import new_york
from tests.emulator import Emulator

PATIENCE = 20.0
NOON = new_york(date(2026, 1, 9), "12:00")
SYMBOLS = ("SPY", "IWM")


class Taken:
    """What was handed over, to be waited for."""

    def __init__(self) -> None:
        self.quotes: dict[str, Quote] = {}
        self._changed = threading.Condition()

    def __call__(self, quotes: Mapping[str, Quote]) -> None:
        with self._changed:
            self.quotes |= quotes
            self._changed.notify_all()

    def wait(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.quotes.keys() == set(SYMBOLS), PATIENCE)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running, mock.patch.dict(os.environ, running.environment()):
        running.clock.set(NOON)
        yield running


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
def streaming(emulator: Emulator, taken: Taken) -> Iterator[Streaming]:
    with closing(Streaming(SYMBOLS, taken, FixedClock(NOON), Calendar())) as made:
        yield made
    for thread in threads():
        thread.join(PATIENCE)
    assert threads() == []


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == THREAD]


def test_it_streams_while_the_exchange_is_open(emulator: Emulator, streaming: Streaming, taken: Taken) -> None:
    for phase in ("pre", "closed", "simulated"):
        streaming.attend(phase)
        assert threads() == []
    streaming.attend("open")
    streaming.attend("open")
    taken.wait()
    assert len(threads()) == 1
    assert streaming.problems() == ()
    assert taken.quotes["SPY"].asof == emulator.market.live("SPY").at
    (running,) = threads()
    streaming.attend("after")
    running.join(PATIENCE)
    assert threads() == []
    assert streaming.problems() == ()


def test_it_begins_again_the_next_day(streaming: Streaming, taken: Taken) -> None:
    streaming.attend("open")
    taken.wait()
    streaming.attend("closed")
    taken.quotes.clear()
    streaming.attend("open")
    taken.wait()


def test_a_stream_that_does_not_come_is_a_problem(emulator: Emulator, streaming: Streaming) -> None:
    emulator.faults.set("unreachable")
    streaming.attend("open")
    emulator.log.wait(lambda log: log.tunnels >= 1, PATIENCE)
    (problem,) = streaming.problems()
    assert (problem.kind, problem.symbol) == ("stream", None)


def test_once_closed_it_does_not_begin(streaming: Streaming) -> None:
    streaming.close()
    streaming.attend("open")
    assert threads() == []
