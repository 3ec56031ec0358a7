"""The feed `auto` before an emulated Yahoo: who serves, what is told meanwhile, and when Yahoo takes over."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import pytest

from core import automatic
from core.automatic import Succession, filling
from core.feeds.base import Quotes
from core.opening import Opening
from core.pipeline import Pipeline, open_pipeline
from core.sessions import FixedClock
from core.settings import Settings
from core.store import Store
from tests.core.fakes import FRIDAY, SUNDAY, clock_at, market, new_york, sessions, settings
from tests.core.feeds.yahoo_rig import PANDAS
from tests.emulator import Emulator

pytestmark = pytest.mark.filterwarnings(PANDAS)

PATIENCE = 20.0
EVENING = ("2026-01-09", "20:00")


@pytest.fixture
def clock() -> FixedClock:
    return clock_at(FRIDAY, "20:00")


@pytest.fixture
def emulator(clock: FixedClock) -> Iterator[Emulator]:
    """Yahoo on a Friday evening, which every program of this test finds by its environment."""
    with Emulator() as running, mock.patch.dict(os.environ, running.environment()):
        running.clock.set(clock.now())
        yield running


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.sqlite3"


@pytest.fixture
def chosen(url: str) -> Settings:
    """Two groups over two years; as many requests as they need, because no time passes."""
    made = settings(store=url, show=("index_funds", "sectors"), years=2)
    yahoo = msgspec.structs.replace(made.feed.yahoo, budget_per_minute=1000)
    return msgspec.structs.replace(made, feed=msgspec.structs.replace(made.feed, yahoo=yahoo))


@pytest.fixture
def filled(chosen: Settings, url: str) -> str:
    """The store, with real data up to Thursday."""
    bars = market(chosen, sessions(300, date(2026, 1, 8))).bars.values()
    with closing(Store.open(url)) as store:
        store.replace_many(bars, source="files", fetched_at=new_york(date(2026, 1, 8), "17:00"))
    return url


def told(pipe: Pipeline) -> tuple[str, bool, list[str]]:
    """The feed of a refresh, whether it is simulated, and the kinds of problems that are about no symbol."""
    source = pipe.refresh().source
    return source.feed, source.simulated, [note.kind for note in source.problems if note.symbol is None]


class TestCommand:
    def test_yahoo_serves_when_it_answers(self, emulator: Emulator, chosen: Settings, clock: FixedClock) -> None:
        with closing(open_pipeline(chosen, clock=clock)) as pipe:
            snapshot = pipe.refresh()
        assert (snapshot.source.feed, snapshot.session, snapshot.session_status) == ("yahoo", FRIDAY, "final")
        assert emulator.log.count("chart") == 15

    def test_stored_data_serve_when_it_does_not(
        self, emulator: Emulator, chosen: Settings, clock: FixedClock, filled: str
    ) -> None:
        emulator.faults.set("unreachable")
        with closing(open_pipeline(chosen, clock=clock)) as pipe:
            snapshot = pipe.refresh()
        assert (snapshot.source.feed, snapshot.session, snapshot.session_status) == ("store", date(2026, 1, 8), "stale")
        assert snapshot.source.fetched_at == new_york(date(2026, 1, 8), "17:00")
        assert snapshot.source.breaker == "Yahoo cannot be reached"
        assert snapshot.source.next_try is not None

    def test_else_they_are_simulated_and_say_why(
        self, emulator: Emulator, chosen: Settings, clock: FixedClock, url: str
    ) -> None:
        emulator.faults.set("429")
        with closing(open_pipeline(chosen, clock=clock)) as pipe:
            source = pipe.refresh().source
        assert source.simulated
        assert source.problems[0].kind == "feed"
        assert source.problems[0].text.startswith("Yahoo refuses (429)")
        assert emulator.log.count() <= 6
        with closing(Store.open(url)) as store:
            assert (store.symbols(), store.snapshot()) == ({}, None)

    def test_what_is_complete_is_served_without_a_question(
        self, emulator: Emulator, chosen: Settings, clock: FixedClock
    ) -> None:
        with closing(open_pipeline(chosen, clock=clock)) as pipe:
            first = pipe.refresh()
        emulator.log.clear()
        with closing(open_pipeline(chosen, clock=clock)) as pipe:
            again = pipe.refresh()
        assert emulator.log.count("chart") == emulator.log.count("quote") == 0
        assert (again.source.feed, again.source.breaker) == ("store", "")
        assert [row.last for row in again.leadership] == [row.last for row in first.leadership]

    def test_the_past_is_asked_for_as_well(self, emulator: Emulator, chosen: Settings) -> None:
        with closing(open_pipeline(chosen, as_of=SUNDAY)) as pipe:
            snapshot = pipe.refresh()
        assert (snapshot.source.feed, snapshot.session, snapshot.session_status) == ("yahoo", FRIDAY, "final")

    def test_a_folder_in_which_no_store_can_be_made_is_told(self, chosen: Settings, clock: FixedClock) -> None:
        impossible = msgspec.structs.replace(
            chosen, store=msgspec.structs.replace(chosen.store, url="sqlite:////proc/tapeboard/store.sqlite3")
        )
        with closing(open_pipeline(impossible, clock=clock)) as pipe:
            source = pipe.refresh().source
        assert source.simulated
        assert "/proc/tapeboard" in source.problems[0].text


class TestScreen:
    @pytest.fixture(autouse=True)
    def _soon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(automatic, "AGAIN", 0.01)
        monkeypatch.setattr(automatic, "HEAD_START", 0.1)

    def test_the_first_screen_waits_for_nobody(self, emulator: Emulator, chosen: Settings, clock: FixedClock) -> None:
        emulator.faults.set("stall")
        with closing(Succession(Opening(chosen, clock=clock)).first()) as first:
            assert told(first) == ("simulated", True, ["late"])
        assert emulator.log.count() == 0

    def test_who_is_being_asked_is_not_said_to_refuse_in_the_same_breath(
        self, emulator: Emulator, chosen: Settings, clock: FixedClock
    ) -> None:
        emulator.faults.set("unreachable")
        succession = Succession(Opening(chosen, clock=clock))
        first = succession.first()
        seen = first._feed.quotes

        def fail_meanwhile(*arguments: Any) -> Quotes:  # between what is told and how the feed is found
            waiting.start()
            emulator.log.wait(lambda log: log.tunnels >= 1, PATIENCE)
            while succession._prospect.asking:
                waiting.join(0.01)
            return seen(*arguments)

        waiting = threading.Thread(target=succession.then)
        with closing(first), mock.patch.object(first._feed, "quotes", fail_meanwhile):
            source = first.refresh().source
            assert ([note.kind for note in source.problems], source.breaker) == (["late"], "")
        waiting.join(PATIENCE)

    def test_it_begins_with_stored_data(
        self, emulator: Emulator, chosen: Settings, clock: FixedClock, filled: str
    ) -> None:
        with closing(Succession(Opening(chosen, clock=clock)).first()) as first:
            assert told(first)[:2] == ("store", False)

    def test_yahoo_takes_over_when_it_answers_at_last(
        self, emulator: Emulator, chosen: Settings, clock: FixedClock
    ) -> None:
        emulator.faults.set("503")
        succession = Succession(Opening(chosen, clock=clock))
        successors: list[Pipeline | None] = []
        with closing(succession.first()) as first:
            waiting = threading.Thread(target=lambda: successors.append(succession.then()))
            waiting.start()
            emulator.log.wait(lambda log: log.count("chart") >= 4 and log.in_flight == 0, PATIENCE)
            while not first.refresh().source.breaker:
                waiting.join(0.01)
            source = first.refresh().source
            assert (source.simulated, source.breaker) == (True, "Yahoo fails (503)")
            asked = emulator.log.count()
            emulator.faults.clear()
            assert emulator.log.count() == asked  # as long as the breaker is open
            clock.advance(3600)
            emulator.clock.set(clock.now())
            waiting.join(PATIENCE)
            (live,) = successors
            assert live is not None
            with closing(live):
                assert told(live) == ("yahoo", False, [])

    def test_who_leaves_is_not_waited_for(self, emulator: Emulator, chosen: Settings, clock: FixedClock) -> None:
        emulator.faults.set("unreachable")
        succession = Succession(Opening(chosen, clock=clock))
        first = succession.first()
        successors: list[Pipeline | None] = []
        waiting = threading.Thread(target=lambda: successors.append(succession.then()))
        waiting.start()
        first.close()
        waiting.join(PATIENCE)
        assert successors == [None]

    def test_another_feed_has_no_successor(self) -> None:
        succession = Succession(Opening(settings(feed="simulated")))
        with closing(succession.first()) as first:
            assert told(first) == ("simulated", True, [])
        assert succession.then() is None


def test_a_store_is_filled_from_yahoo_unless_files_are_named(tmp_path: Path) -> None:
    assert filling(settings()).feed.name == "yahoo"
    for other in (settings(data=[tmp_path]), settings(feed="files", data=[tmp_path]), settings(feed="simulated")):
        assert filling(other) is other
