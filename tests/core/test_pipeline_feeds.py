"""The whole road with each of the feeds: what it is called, what its past is, and that only a real one is stored."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from core.errors import DataFileError, NoDataError, UsageError
from core.pipeline import Pipeline, open_pipeline
from core.sessions import FixedClock, exchange_time
from core.store import Store
from tests.core.fakes import (
    FRIDAY,
    MONDAY,
    SUNDAY,
    clock_at,
    engine_of,
    market,
    new_york,
    rows,
    sessions,
    settings,
    times,
    write_csv,
)

DAYS = sessions()
WITH_MONDAY = sessions(last=MONDAY)


class TestFiles:
    @pytest.fixture
    def prices(self, tmp_path: Path) -> Path:
        return write_csv(tmp_path / "prices.csv", market(settings(), WITH_MONDAY).bars.values())

    def opened(self, prices: Path, clock: FixedClock, years: int = 10) -> Pipeline:
        return open_pipeline(settings(feed="files", data=[prices], years=years), clock=clock)

    def test_the_past_ends_at_midnight_of_its_day(self, prices: Path) -> None:
        snapshot = open_pipeline(settings(feed="files", data=[prices]), as_of=SUNDAY).refresh()
        assert (snapshot.session, snapshot.session_status) == (FRIDAY, "final")
        assert snapshot.viewed_at == new_york(SUNDAY, "23:59")
        assert open_pipeline(settings(feed="files", data=[prices]), as_of=MONDAY).refresh().session == MONDAY

    def test_a_day_ahead_finds_stale_data(self, prices: Path) -> None:
        pipe = open_pipeline(settings(feed="files", data=[prices]), as_of=date(2026, 6, 1))
        snapshot = pipe.refresh()
        assert (snapshot.session, snapshot.session_status) == (MONDAY, "stale")
        assert len(pipe.incomplete(snapshot)) == len(rows(snapshot))

    def test_a_day_before_all_data_has_none(self, prices: Path) -> None:
        with pytest.raises(NoDataError):
            open_pipeline(settings(feed="files", data=[prices]), as_of=date(2015, 1, 1)).refresh()

    @pytest.mark.parametrize("day", [date(1989, 1, 1), date(2099, 1, 1)])
    def test_a_day_beyond_the_calendar_is_refused(self, prices: Path, day: date) -> None:
        with pytest.raises(UsageError, match="the exchange calendar knows"):
            open_pipeline(settings(feed="files", data=[prices]), as_of=day).refresh()

    def test_a_session_in_progress_is_folded_once_and_again_when_the_file_changes(self, prices: Path) -> None:
        pipe = self.opened(prices, clock_at(MONDAY, "11:00"), years=1)  # cut, so that no series is the object read
        assert pipe.refresh().session_status == "intraday"
        engine = engine_of(pipe)
        pipe.refresh()
        assert engine_of(pipe) is engine
        changed = market(settings(), WITH_MONDAY).bars
        changed["XLB"] = times(changed["XLB"], 3.0)
        write_csv(prices, changed.values())
        assert rows(pipe.refresh())["XLB"].last == pytest.approx(changed["XLB"].close[-1])
        assert engine_of(pipe) is not engine

    def test_files_never_write_a_store(self, prices: Path, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path}/store.sqlite3"
        for chosen in (settings(feed="files", data=[prices], store=url), settings(data=[prices], store=url)):
            pipe = open_pipeline(chosen, clock=clock_at(SUNDAY, "12:00"))
            assert pipe.refresh().source.feed == "files"
            pipe.close()
        assert not (tmp_path / "store.sqlite3").exists()

    def test_no_such_file_is_exit_2(self, tmp_path: Path) -> None:
        with pytest.raises(DataFileError, match=r"absent\.csv") as caught:
            open_pipeline(settings(feed="files", data=[tmp_path / "absent.csv"])).refresh()
        assert caught.value.exit_code == 2


class TestSimulated:
    def test_it_is_always_open_and_moves(self) -> None:
        pipe = open_pipeline(settings(feed="simulated"), clock=clock_at(SUNDAY, "12:00"))
        first, second = pipe.refresh(), pipe.refresh()
        for snapshot in (first, second):
            assert snapshot.source.simulated
            assert (snapshot.session_status, snapshot.phase) == ("intraday", "simulated")
            assert snapshot.source.asof == new_york(SUNDAY, "12:00")
            assert pipe.incomplete(snapshot) == ()
        assert [row.last for row in first.leadership] != [row.last for row in second.leadership]

    def test_the_same_seed_makes_the_same_market(self) -> None:
        runs = []
        for _ in range(2):
            pipe = open_pipeline(settings(feed="simulated"), clock=clock_at(SUNDAY, "12:00"))
            runs.append([[row.last for row in pipe.refresh().leadership] for _tick in range(3)])
        assert runs[0] == runs[1]

    def test_its_past_is_final(self) -> None:
        snapshot = open_pipeline(settings(feed="simulated"), as_of=SUNDAY).refresh()
        assert (snapshot.session, snapshot.session_status, snapshot.phase) == (FRIDAY, "final", "closed")
        assert snapshot.source.simulated

    def test_it_neither_makes_nor_changes_a_store(self, tmp_path: Path) -> None:
        path = tmp_path / "store.sqlite3"
        url = f"sqlite:///{path}"
        pipe = open_pipeline(settings(feed="simulated", store=url), clock=clock_at(SUNDAY, "12:00"))
        assert pipe.refresh().source.simulated
        pipe.close()
        assert list(tmp_path.iterdir()) == []

    def test_the_next_session_begins_with_the_last_as_history(self) -> None:
        clock = clock_at(MONDAY, "09:29")
        pipe = open_pipeline(settings(feed="simulated"), clock=clock)
        assert pipe.refresh().session == FRIDAY
        clock.advance(60)
        assert pipe.refresh().session == MONDAY


class TestStored:
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/store.sqlite3"

    @pytest.fixture(autouse=True)
    def _fetched(self, tmp_path: Path, url: str) -> None:
        prices = write_csv(tmp_path / "prices.csv", market(settings(), DAYS).bars.values())
        pipe = open_pipeline(settings(data=[prices], store=url), clock=clock_at(SUNDAY, "09:00"))
        pipe.fetch(None, lambda _step: None)
        pipe.close()

    def test_auto_serves_what_was_fetched_with_its_age(self, url: str) -> None:
        pipe = open_pipeline(settings(store=url), clock=clock_at(SUNDAY, "12:00"))
        snapshot = pipe.refresh()
        assert (snapshot.source.feed, snapshot.source.simulated) == ("store", False)
        assert snapshot.source.fetched_at == new_york(SUNDAY, "09:00")
        assert snapshot.session == FRIDAY
        engine = engine_of(pipe)
        pipe.refresh()
        assert engine_of(pipe) is engine
        pipe.close()
        with closing(Store.open(url)) as store:
            assert store.snapshot() is not None

    def test_its_past_leaves_the_store_as_it_was(self, url: str, tmp_path: Path) -> None:
        before = (tmp_path / "store.sqlite3").read_bytes()
        pipe = open_pipeline(settings(store=url), as_of=SUNDAY)
        snapshot = pipe.refresh()
        pipe.close()
        assert (snapshot.source.feed, snapshot.session_status) == ("store", "final")
        assert snapshot.source.fetched_at == exchange_time(new_york(SUNDAY, "09:00"))
        assert (tmp_path / "store.sqlite3").read_bytes() == before

    def test_files_that_are_named_come_first(self, url: str, tmp_path: Path) -> None:
        pipe = open_pipeline(settings(data=[tmp_path / "prices.csv"], store=url), clock=clock_at(MONDAY, "20:00"))
        snapshot = pipe.refresh()
        assert snapshot.source.feed == "files"
        assert snapshot.source.fetched_at == new_york(MONDAY, "20:00")  # not when something else was fetched

    def test_without_a_store_it_is_simulated(self) -> None:
        assert open_pipeline(settings(), clock=clock_at(SUNDAY, "12:00")).refresh().source.simulated
