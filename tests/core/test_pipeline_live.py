"""The whole road with the feed `yahoo` before an emulated Yahoo, on one clock that stands still: a session from its
open to the evening, restarts without a network, streamed prices, and what is asked for when.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

import msgspec
import pytest

from core import universe
from core.errors import StoreWriteError
from core.feeds.yahoo_stream import THREAD
from core.model import Quote
from core.pipeline import Pipeline, open_pipeline
from core.sessions import FixedClock, exchange_time
from core.settings import Settings
from core.snapshot import Snapshot, to_json
from core.store import Store
from core.valuation import FUNDS
from tests.core.fakes import FRIDAY, HALF_DAY, clock_at, engine_of, new_york, rows, settings
from tests.core.feeds.yahoo_rig import PANDAS
from tests.emulator import Emulator
from tui.bridge import next_beat

pytestmark = pytest.mark.filterwarnings(PANDAS)

PATIENCE = 20.0


class Day:
    """A program on one day: Yahoo, a store, and the one clock of both."""

    def __init__(self, emulator: Emulator, chosen: Settings, clock: FixedClock) -> None:
        self.emulator = emulator
        self.settings = chosen
        self.clock = clock
        self.pipe = self.started()
        self.emulator.clock.set(clock.now())

    def started(self) -> Pipeline:
        pipe = open_pipeline(self.settings, clock=self.clock)
        pipe.follow(lambda: None)
        return pipe

    def restart(self) -> None:
        self.pipe.close()
        self.pipe = self.started()

    def at(self, clock: str, day: date = FRIDAY) -> Snapshot:
        """What a refresh shows so late."""
        now = new_york(day, clock)
        self.clock.advance((now - self.clock.now()).total_seconds())
        self.emulator.clock.set(now)
        return self.pipe.refresh()

    def tick(self, symbol: str, factor: float) -> Quote:
        """A trade of this moment, at so many times the price on the screen."""
        assert self.pipe.latest is not None
        last = rows(self.pipe.latest)[symbol].last
        assert last is not None
        now = self.clock.now()
        return Quote(symbol, now.date(), last * factor, now)

    def asked(self) -> Counter[str]:
        """How many requests for prices there were since this was asked last, by endpoint."""
        entries = [e for e in self.emulator.log.entries if e.endpoint in ("chart", "quote")]
        self.emulator.log.clear()
        # Once a session those of the funds' fundamentals are asked for, when nothing else waits.
        return Counter(e.endpoint.value for e in entries if set(e.symbols) != set(FUNDS))


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """What every program of this test finds by its environment."""
    with Emulator() as running, mock.patch.dict(os.environ, running.environment()):
        yield running


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    """Two groups over two years; as many requests as they need, because no time passes."""
    made = settings(
        feed="yahoo", store=f"sqlite:///{tmp_path}/store.sqlite3", show=("index_funds", "sectors", "rates"), years=2
    )
    yahoo = msgspec.structs.replace(made.feed.yahoo, budget_per_minute=1000)
    return msgspec.structs.replace(made, feed=msgspec.structs.replace(made.feed, yahoo=yahoo))


@pytest.fixture
def day(emulator: Emulator, chosen: Settings) -> Iterator[Day]:
    """A Friday from 11:00 on."""
    running = Day(emulator, chosen, clock_at(FRIDAY, "11:00"))
    yield running
    running.pipe.close()


def lasts(snapshot: Snapshot) -> dict[str, float | None]:
    return {symbol: row.last for symbol, row in rows(snapshot).items()}


def same_but_for_the_source(one: Snapshot, other: Snapshot) -> bool:
    return to_json(msgspec.structs.replace(one, source=other.source, viewed_at=other.viewed_at)) == to_json(other)


class TestSession:
    def test_a_day_from_the_morning_to_the_evening(self, day: Day) -> None:
        count = len(universe.build(day.settings).symbols)
        morning = day.at("11:00")
        assert (morning.source.feed, morning.session, morning.session_status) == ("yahoo", FRIDAY, "intraday")
        assert morning.source.problems == ()
        assert day.asked() == {"chart": count}  # which tells the present price, too
        later = day.at("11:01")
        assert day.asked() == {"quote": 1}
        assert lasts(later) != lasts(morning)
        closed = day.at("16:01")
        assert (closed.phase, closed.session_status) == ("after", "intraday")
        assert next_beat(closed, day.settings.refresh) == new_york(FRIDAY, "16:15")
        day.asked()
        final = day.at("16:15")
        assert (final.session, final.session_status) == (FRIDAY, "final")
        assert lasts(final) == pytest.approx({s: day.emulator.market.price(s, FRIDAY) for s in lasts(final)}, rel=1e-6)
        assert day.asked() == {"chart": count}
        assert next_beat(final, day.settings.refresh) == final.next_open
        day.at("20:30")
        assert day.asked() == {}

    def test_a_half_day_is_over_at_one(self, emulator: Emulator, chosen: Settings) -> None:
        day = Day(emulator, chosen, clock_at(HALF_DAY, "12:59"))
        with closing(day.pipe):
            assert day.at("12:59", HALF_DAY).session_status == "intraday"
            closed = day.at("13:01", HALF_DAY)
            assert next_beat(closed, chosen.refresh) == new_york(HALF_DAY, "13:15")
            final = day.at("13:15", HALF_DAY)
            assert (final.session_status, final.half_day) == ("final", True)
            assert final.next_open == new_york(date(2025, 12, 1), "09:30")

    def test_each_price_has_its_own_time_and_the_oldest_is_told(self, day: Day) -> None:
        before = day.at("11:00")
        assert before.source.final_at == new_york(FRIDAY, "16:15")
        symbols = [symbol for symbol in lasts(before) if not symbol.startswith("^")]
        day.clock.advance(60)
        ticks = {symbol: day.tick(symbol, 1.001) for symbol in symbols}
        day.pipe.take({"SPY": ticks["SPY"]})
        assert day.pipe.latest is not None
        assert (day.pipe.latest.source.asof, day.pipe.latest.source.oldest) == (ticks["SPY"].asof, before.source.asof)
        day.pipe.take(ticks)
        found = rows(day.pipe.latest)
        assert found["^TNX"].asof == before.source.asof
        assert day.pipe.latest.source.oldest == ticks["SPY"].asof  # yields keep other hours, and do not count


class TestRestart:
    def test_without_a_network_it_shows_what_it_had_with_its_age(self, day: Day) -> None:
        before = day.at("11:00")
        day.emulator.faults.set("unreachable")
        day.restart()
        after = day.at("14:00")
        assert lasts(after) == lasts(before)
        assert (after.session_status, after.source.asof) == ("intraday", before.source.asof)
        assert after.source.fetched_at == exchange_time(new_york(FRIDAY, "11:00"))
        assert after.source.breaker == "Yahoo cannot be reached"
        assert after.source.next_try is not None
        assert after.source.next_try > new_york(FRIDAY, "14:00")

    def test_the_time_of_fetching_is_that_of_the_newest_quote_at_least(self, day: Day) -> None:
        day.at("11:00")
        assert day.at("13:01").source.fetched_at == new_york(FRIDAY, "13:01")
        day.emulator.faults.set("unreachable")
        day.restart()
        after = day.at("14:00").source
        assert after.fetched_at is not None
        assert after.asof is not None
        assert after.fetched_at >= after.asof == new_york(FRIDAY, "13:01")

    def test_without_a_network_until_the_evening_the_last_quotes_stay_and_are_stale(self, day: Day) -> None:
        before = day.at("11:00")
        day.emulator.faults.set("unreachable")
        day.restart()
        for clock, weekday in (("20:00", FRIDAY), ("08:00", date(2026, 1, 12)), ("11:00", date(2026, 1, 13))):
            after = day.at(clock, weekday)
            assert lasts(after) == lasts(before)
            assert (after.session, after.session_status) == (FRIDAY, "stale")
            assert (after.source.asof, after.source.oldest) == (before.source.asof, before.source.oldest)
            assert set(day.pipe.incomplete(after)) == set(lasts(after))

    def test_nothing_is_lost_when_yahoo_goes_and_comes_back(self, day: Day) -> None:
        before = day.at("11:00")
        day.emulator.faults.set("429")
        refused = day.at("11:10")
        assert lasts(refused) == lasts(before)
        assert refused.source.breaker == "Yahoo refuses (429)"
        assert day.pipe.feed_state().open
        day.emulator.faults.clear()
        again = day.at("11:30")
        assert (again.source.breaker, again.source.problems) == ("", ())
        assert again.source.asof is not None
        assert again.source.asof > new_york(FRIDAY, "11:29")

    def test_after_a_restart_nothing_known_is_asked_for(self, day: Day) -> None:
        before = day.at("20:00")
        day.asked()
        day.restart()
        assert same_but_for_the_source(day.at("20:00"), before)
        assert day.asked() == {}

    def test_a_full_disk_is_a_problem_and_no_lost_screen(self, day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*_arguments: object, **_options: object) -> None:
            raise StoreWriteError("the disk is full", "free some space")

        with monkeypatch.context() as broken:
            for name in ("merge_many", "put_quotes", "put_rejected", "put_snapshot"):
                broken.setattr(Store, name, full)
            snapshot = day.at("11:00")
            assert {note.text for note in snapshot.source.problems} == {"the disk is full: free some space"}
            assert lasts(snapshot)["SPY"] is not None
        mended = day.at("11:01")
        assert mended.source.problems == ()
        with closing(Store.open(day.settings.store.url)) as store:
            assert set(store.symbols()) == set(lasts(snapshot))  # what was told once is stored once it can be
            assert set(store.quotes(["SPY", "^TNX"])) == {"SPY", "^TNX"}

    def test_what_is_not_believed_is_kept_aside_and_counted(self, day: Day) -> None:
        day.at("11:00")
        day.emulator.faults.set("x10_last", symbols=["SPY"])
        snapshot = day.at("11:01")
        assert snapshot.source.quarantined == 1
        with closing(Store.open(day.settings.store.url)) as store:
            assert [one.field for one in store.rejected(["SPY"])] == ["price"]
        day.restart()
        assert day.at("11:02").source.quarantined == 1


class TestInDoubt:
    """A current price that is not believed is a problem until a good one comes; the one before it stands."""

    def test_a_quote_that_is_rejected_is_told_until_a_good_one_comes(self, day: Day) -> None:
        before = day.at("11:00")
        day.emulator.faults.set("negative", symbols=["QQQ"])
        told = f"QQQ: its price is not believed since 11:01 (not a price); {lasts(before)['QQQ']:,.2f} of 11:00 stands"
        for clock in ("11:01", "11:01", "11:02"):
            snapshot = day.at(clock)
            assert [(note.kind, note.symbol, note.text) for note in snapshot.source.problems] == [
                ("rejected", "QQQ", told)
            ]
            assert lasts(snapshot)["QQQ"] == lasts(before)["QQQ"]
        day.emulator.faults.clear()
        assert day.at("11:03").source.problems == ()

    def test_so_is_a_streamed_one(self, day: Day) -> None:
        day.at("11:00")
        day.clock.advance(60)
        day.pipe.take({"SPY": day.tick("SPY", 10.0)})
        assert problems(day.pipe.latest) == [("rejected", "SPY")]
        day.clock.advance(60)
        day.pipe.take({"SPY": day.tick("SPY", 1.01)})
        assert problems(day.pipe.latest) == []

    def test_a_good_price_by_another_road_ends_it(self, day: Day) -> None:
        day.at("11:00")
        day.clock.advance(60)
        day.pipe.take({"SPY": day.tick("SPY", 10.0)})
        assert problems(day.at("11:02")) == []

    def test_the_evening_has_no_current_price_to_doubt(self, day: Day) -> None:
        day.at("11:00")
        day.emulator.faults.set("negative", symbols=["QQQ"])
        assert problems(day.at("11:01")) == [("rejected", "QQQ")]
        day.emulator.faults.clear()
        assert problems(day.at("16:15")) == []


def problems(snapshot: Snapshot | None) -> list[tuple[str, str | None]]:
    """The kinds and symbols of what is wrong."""
    assert snapshot is not None
    return [(note.kind, note.symbol) for note in snapshot.source.problems]


class TestStreamed:
    def test_a_streamed_price_is_shown_without_asking(self, day: Day) -> None:
        told: list[Snapshot | None] = []
        day.pipe.follow(lambda: told.append(day.pipe.latest))
        before = day.at("11:00")
        engine = engine_of(day.pipe)
        day.asked()
        tick = day.tick("SPY", 1.01)
        day.pipe.take({"SPY": tick})
        (snapshot,) = told
        assert snapshot is not None
        assert rows(snapshot)["SPY"].last == tick.price
        assert rows(snapshot)["IWM"].last == rows(before)["IWM"].last
        assert snapshot.source.asof == tick.asof
        assert day.asked() == {}
        assert engine_of(day.pipe) is engine

    def test_an_older_one_and_one_that_jumps_change_nothing(self, day: Day) -> None:
        before = day.at("11:00")
        tick = day.tick("SPY", 1.01)
        day.pipe.take({"SPY": replace(tick, asof=tick.asof - timedelta(hours=1))})
        for _again in range(3):
            day.pipe.take({"SPY": day.tick("SPY", 10.0)})
        day.pipe.take({"^TNX": day.tick("^TNX", 10.0)})
        assert day.pipe.latest is not None
        assert lasts(day.pipe.latest) == lasts(before)
        assert day.at("11:00").source.quarantined == 2

    def test_one_of_a_new_session_waits_for_the_next_refresh(self, day: Day) -> None:
        before = day.at("20:00")
        told: list[int] = []
        day.pipe.follow(lambda: told.append(1))
        monday = new_york(date(2026, 1, 12), "09:30:01")
        day.clock.advance((monday - day.clock.now()).total_seconds())
        tick = day.tick("SPY", 1.01)
        day.pipe.take({"SPY": tick})
        assert told == []
        assert day.pipe.latest is before

    def test_a_refresh_does_not_give_way_to_what_was_streamed_before(self, day: Day) -> None:
        day.at("11:00")
        tick = day.tick("SPY", 1.01)
        day.pipe.take({"SPY": tick})
        snapshot = day.at("11:01")
        assert day.pipe.latest is snapshot
        assert snapshot.source.asof is not None
        assert snapshot.source.asof > tick.asof

    def test_the_stream_runs_from_the_open_to_the_close(self, emulator: Emulator, chosen: Settings) -> None:
        yahoo = msgspec.structs.replace(chosen.feed.yahoo, stream=True)
        feed = msgspec.structs.replace(chosen.feed, yahoo=yahoo)
        day = Day(emulator, msgspec.structs.replace(chosen, feed=feed), clock_at(FRIDAY, "09:00"))
        published = threading.Event()
        with closing(day.pipe):
            day.pipe.follow(published.set)
            day.at("09:00")
            assert streams() == []
            day.at("11:00")
            day.asked()
            day.clock.advance(60)
            emulator.clock.set(day.clock.now())
            while day.pipe.latest is None or day.pipe.latest.source.asof != new_york(FRIDAY, "11:01"):
                published.clear()
                emulator.tick()
                assert published.wait(PATIENCE)
            assert "quote" not in day.asked()
            (stream,) = streams()
            day.at("16:00")
            stream.join(PATIENCE)
            assert streams() == []


def streams() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == THREAD]
