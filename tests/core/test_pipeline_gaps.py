"""What Yahoo leaves out, on the whole road: named, not ranked with others, and mended when it comes.

Each is an issue that users of yfinance filed: 2704, 2895, 2925, 2964.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from unittest import mock

import msgspec
import pytest

from core.pipeline import Pipeline, open_pipeline
from core.sessions import FixedClock
from core.settings import Settings
from core.snapshot import Row, Snapshot
from tests.core.fakes import FRIDAY, clock_at, rows, settings
from tests.core.feeds.yahoo_rig import PANDAS
from tests.emulator import Emulator
from tests.emulator import bad_data as bad
from tests.emulator.catalogue import CATALOGUE, Kind, Manner
from tests.emulator.wire import Answer, Endpoint, Request

pytestmark = pytest.mark.filterwarnings(PANDAS)

THURSDAY = date(2026, 1, 8)
GROUPS = ("index_funds", "size")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running, mock.patch.dict(os.environ, running.environment()):
        yield running


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    made = settings(feed="yahoo", store=f"sqlite:///{tmp_path}/store.sqlite3", show=GROUPS, years=2)
    yahoo = msgspec.structs.replace(made.feed.yahoo, budget_per_minute=1000)
    return msgspec.structs.replace(made, feed=msgspec.structs.replace(made.feed, yahoo=yahoo))


@pytest.fixture
def clock() -> FixedClock:
    return clock_at(FRIDAY, "20:00")


@pytest.fixture
def pipe(emulator: Emulator, chosen: Settings, clock: FixedClock) -> Iterator[Pipeline]:
    """A program that is started on a Friday evening, with nothing stored."""
    emulator.clock.set(clock.now())
    with closing(open_pipeline(chosen, clock=clock)) as opened:
        yield opened


def named(snapshot: Snapshot) -> dict[str | None, str]:
    return {note.symbol: note.text for note in snapshot.source.problems}


def volume_only(request: Request, answer: Answer, _symbols: frozenset[str]) -> Answer:
    """The last bar of a chart has a volume and no price."""
    assert request.endpoint is Endpoint.CHART
    for row in (answer.document or {})["chart"]["result"]:
        bad.last(None, *bad.PRICES)(row)
    return answer


def unranked(snapshot: Snapshot, symbols: set[str]) -> None:
    """These are of an earlier session and in no ranking; all others are of the session and ranked among themselves."""
    assert (snapshot.session, snapshot.session_status) == (FRIDAY, "final")
    found = rows(snapshot)
    assert {symbol for symbol, row in found.items() if row.session != FRIDAY} == symbols
    for symbol, row in found.items():
        group = [other for other in found.values() if other.group == row.group]
        there = [other for other in group if other.symbol not in symbols]
        if symbol in symbols:
            assert set(row.rank.values()) == {None}
            assert reason(row, "rank.63s") in ("stale_input", "missing_input")
        else:
            assert row.rank_of["63s"] == len(there)
            assert row.rank["63s"] in range(1, len(there) + 1)


def reason(row: Row, field: str) -> str:
    return row.status if isinstance(row.status, str) else row.status[field]


def test_2964_a_session_that_is_absent_for_two_symbols_leaves_these_behind(
    pipe: Pipeline, emulator: Emulator, clock: FixedClock
) -> None:
    for symbol in ("IWM", "RSP"):
        emulator.market.drop_session(symbol, FRIDAY)
    snapshot = pipe.refresh()
    unranked(snapshot, {"IWM", "RSP"})
    assert {rows(snapshot)[symbol].session for symbol in ("IWM", "RSP")} == {THURSDAY}
    assert set(named(snapshot)) == {"IWM", "RSP"}
    assert all(FRIDAY.isoformat() in text for text in named(snapshot).values())
    assert set(pipe.incomplete(snapshot)) == {"IWM", "RSP"}

    for symbol in ("IWM", "RSP"):
        emulator.market.restore_session(symbol, FRIDAY)
    clock.advance(3600)
    emulator.clock.set(clock.now())
    mended = pipe.refresh()
    unranked(mended, set())
    assert mended.source.problems == ()


def test_2925_a_last_bar_of_a_volume_only_is_put_aside_and_no_price(pipe: Pipeline, emulator: Emulator) -> None:
    fault = Kind(Manner.ANSWER, frozenset({Endpoint.CHART}), volume_only)
    with mock.patch.dict(CATALOGUE, {"volume_only": fault}):
        emulator.faults.set("volume_only", symbols=["SPY", "QQQ"])
        snapshot = pipe.refresh()
    unranked(snapshot, {"SPY", "QQQ"})
    assert set(named(snapshot)) == {"SPY", "QQQ"}
    assert snapshot.source.quarantined == 2
    told = [(one.symbol, one.session, one.field, one.reason) for one in pipe.feed_health().rejected]
    assert told == [(symbol, FRIDAY, "close", "not a price") for symbol in ("QQQ", "SPY")]


def test_2895_a_close_that_is_lost_next_to_a_volume_is_no_price(pipe: Pipeline, emulator: Emulator) -> None:
    emulator.faults.set("null_close", symbols=["IWM"])
    snapshot = pipe.refresh()
    unranked(snapshot, {"IWM"})
    assert FRIDAY.isoformat() in named(snapshot)["IWM"]


def test_a_hole_before_the_session_costs_what_needs_it_and_is_named(pipe: Pipeline, emulator: Emulator) -> None:
    emulator.market.drop_session("IWM", THURSDAY)
    snapshot = pipe.refresh()
    found = rows(snapshot)["IWM"]
    assert (found.session, found.chg_1s, reason(found, "chg_1s")) == (FRIDAY, None, "gap")
    assert (found.rank["1s"], found.rank["5s"] is None) == (None, False)
    assert THURSDAY.isoformat() in named(snapshot)["IWM"]


def test_2704_a_symbol_that_comes_back_empty_is_absent_with_its_name(pipe: Pipeline, emulator: Emulator) -> None:
    emulator.faults.set("empty_result", symbols=["MDY"])
    snapshot = pipe.refresh()
    unranked(snapshot, {"MDY"})
    assert (rows(snapshot)["MDY"].last, rows(snapshot)["MDY"].session) == (None, None)
    assert "MDY" in named(snapshot)


def test_a_tail_that_ends_days_ago_is_not_ranked_with_the_others(pipe: Pipeline, emulator: Emulator) -> None:
    emulator.faults.set("stale", symbols=["IJR"])
    snapshot = pipe.refresh()
    unranked(snapshot, {"IJR"})
    assert rows(snapshot)["IJR"].session == date(2026, 1, 2)
    assert "IJR" in named(snapshot)


def test_without_a_store_what_was_not_believed_is_told_as_long_as_the_program_runs(
    emulator: Emulator, chosen: Settings, clock: FixedClock
) -> None:
    emulator.clock.set(clock.now())
    emulator.faults.set("negative", symbols=["DIA"])
    forgetful = msgspec.structs.replace(chosen, store=msgspec.structs.replace(chosen.store, url="none"))
    with closing(open_pipeline(forgetful, clock=clock)) as opened:
        snapshot = opened.refresh()
        health = opened.feed_health()
    assert snapshot.source.quarantined == len(health.rejected) > 0
    assert {one.symbol for one in health.rejected} == {"DIA"}
    assert health.requests == emulator.log.count()
