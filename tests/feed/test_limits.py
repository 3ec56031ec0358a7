"""The limits that the feed keeps under the worst faults, with 60 symbols; `python -m bench feed` tells the seconds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from concurrent.futures import Future, wait
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import msgspec
import pytest

from core.pipeline import Pipeline, open_pipeline
from core.sessions import FixedClock
from core.settings_load import defaults
from core.snapshot import Snapshot
from tests.core.feeds.yahoo_rig import PANDAS
from tests.emulator import Emulator
from tests.emulator.log import Log
from tests.feed import stage
from tests.feed.fill import Filling
from tests.feed.screen import PATIENCE, Screen

if TYPE_CHECKING:
    from concurrent.futures._base import DoneAndNotDoneFutures

pytestmark = pytest.mark.filterwarnings(PANDAS)

SECONDS = 15
SHIPPED = defaults().settings.feed.yahoo

TOLD = 25.0
"""Seconds until every symbol has its error where Yahoo does not answer."""

LATENCY = 0.05
FILLED = [f"S{number:03}" for number in range(60)]
THREADS = CONNECTIONS = 12
BESIDE = 10
"""Requests of a fill beside its charts, however many these are: with 500 of them, 1.02 a symbol."""


@pytest.fixture(scope="module")
def wednesday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of Wednesday evening, which lacks one session at noon of Friday."""
    store = tmp_path_factory.mktemp("stores") / "wednesday.sqlite3"
    stage.make_store(store, stage.WEDNESDAY_EVENING, years=1)
    return store


@pytest.fixture
def store(wednesday: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copy(wednesday, tmp_path / "store.sqlite3"))


class Live:
    """A pipeline with 60 symbols whose clock is that of the emulator."""

    def __init__(self, pipe: Pipeline, clock: FixedClock, emulator: Emulator) -> None:
        self._pipe = pipe
        self._clock = clock
        self._emulator = emulator

    def refresh(self, after: float = 0.0) -> Snapshot:
        """One refresh, so many seconds later."""
        self._clock.advance(after)
        self._emulator.clock.set(self._clock.now())
        return self._pipe.refresh()


@contextmanager
def live(emulator: Emulator, store: Path, **changes: object) -> Iterator[Live]:
    settings = stage.settings(store, years=1)
    yahoo = msgspec.structs.replace(settings.feed.yahoo, **{"cookie_timeout": 0.3, **changes})
    settings = msgspec.structs.replace(settings, feed=msgspec.structs.replace(settings.feed, yahoo=yahoo))
    clock = FixedClock(stage.NOON)
    emulator.clock.set(stage.NOON)
    with (
        mock.patch.dict(os.environ, emulator.environment()),
        closing(open_pipeline(settings, clock=clock)) as pipe,
    ):
        pipe.follow(lambda: None)  # as a screen does: what comes once a day is not waited for
        yield Live(pipe, clock, emulator)


def problems(snapshot: Snapshot, text: str) -> int:
    return sum(text in note.text for note in snapshot.source.problems if note.symbol)


def test_a_refusal_of_everything_costs_six_requests_in_its_first_minute(emulator: Emulator, store: Path) -> None:
    before = stage.stored_rows(store)
    emulator.faults.set("429")
    with live(emulator, store) as screen:
        for seconds in (0, *[SECONDS] * 3):
            snapshot = screen.refresh(seconds)
            assert problems(snapshot, "Yahoo refuses (429)") == len(stage.SYMBOLS)
            assert stage.lost_prices(before, stage.rows(snapshot), emulator) == set()
    assert emulator.log.count() <= 6


def test_what_stalls_everywhere_ends_in_an_error_for_each_symbol(emulator: Emulator, store: Path) -> None:
    before = stage.stored_rows(store)
    emulator.faults.set("stall")
    with live(emulator, store, timeout=0.5) as screen:
        snapshot = screen.refresh()
    assert problems(snapshot, "Yahoo does not answer in time") == len(stage.SYMBOLS)
    assert stage.lost_prices(before, stage.rows(snapshot), emulator) == set()
    assert emulator.log.count() <= 6


def test_all_prices_are_good_while_the_crumb_stalls(emulator: Emulator, store: Path) -> None:
    emulator.faults.set("stall_getcrumb")
    with live(emulator, store, budget_per_minute=stage.UNLIMITED) as screen:
        for seconds in (0, 120):  # the second time no history is asked for, whose charts tell the price as well
            snapshot = screen.refresh(seconds)
            rows = stage.rows(snapshot)
            assert stage.fresh_prices(rows, emulator, stage.SESSION) == set(stage.SYMBOLS)
            assert {row.asof for row in rows.values()} == {emulator.clock.now()}
    assert emulator.log.by_endpoint()["quote"] == 0


@pytest.mark.parametrize("fault", ["429", "stall", "trickle", "no_tunnel"])
def test_the_screen_lives_and_can_be_left_while_a_fault_lasts(emulator: Emulator, store: Path, fault: str) -> None:
    """With an hour's patience for everything, whatever waited for Yahoo would never end here."""
    emulator.clock.set(stage.NOON)
    emulator.faults.set(fault)
    with Screen(emulator.environment(), store, stage.NOON, endless=True, watched=True) as screen:
        screen.wait("opened")
        emulator.log.wait(lambda log: log.tunnels > 0 and (fault == "429" or log.open > 1), PATIENCE)
        assert screen.report().header
        if fault != "429":
            assert emulator.log.open > 1, "they hang"
        on_loop = screen.report().on_loop
        screen.leave()
    assert on_loop == ()


def test_a_refresh_waits_for_no_more_than_25_seconds_as_configured(emulator: Emulator, store: Path) -> None:
    """Every wait of a refresh comes to nothing at once, and only says how long it would have been."""
    waits: list[float] = []

    def give_up(jobs: Collection[Future[None]], timeout: float) -> DoneAndNotDoneFutures[None]:
        waits.append(timeout)
        return wait(jobs, timeout=0.0)

    emulator.faults.set("stall")
    with ExitStack() as patched:
        for module in ("yahoo", "yahoo_live", "yahoo_fundamentals"):
            patched.enter_context(mock.patch(f"core.feeds.{module}.wait", give_up))
        with live(emulator, store, cookie_timeout=SHIPPED.cookie_timeout) as screen:
            screen.refresh()
    assert len(waits) >= 2, "for bars and for quotes"
    assert sum(waits) <= TOLD
    assert max(SHIPPED.timeout, SHIPPED.cookie_timeout) <= SHIPPED.deadline


def asked(log: Log, count: int) -> bool:
    return log.count("chart") >= count


def test_a_fill_keeps_to_few_threads_connections_and_requests(emulator: Emulator, tmp_path: Path) -> None:
    emulator.latency = LATENCY
    process = Filling(emulator, tmp_path, (), watchlist=FILLED).begin(tmp_path / "store.sqlite3")
    threads = []
    for count in range(1, len(FILLED), 5):
        emulator.log.wait(partial(asked, count=count), PATIENCE)
        threads.append(len(list(Path(f"/proc/{process.pid}/task").iterdir())))
    _output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")
    assert len(stage.stored_bars(tmp_path / "store.sqlite3")) == len(FILLED)
    assert max(threads) <= THREADS
    assert emulator.log.most_open <= CONNECTIONS
    assert emulator.log.count("chart") == len(FILLED)
    assert emulator.log.count() - len(FILLED) <= BESIDE
