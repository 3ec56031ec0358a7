"""Which feed serves, and which store is opened for it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import StoreError
from core.feeds.choose import choose_feed, open_store
from core.model import Instrument, SymbolClass
from core.sessions import Calendar, SystemClock
from core.settings import FeedName, Settings
from core.store import Store
from tests.core.fakes import FRIDAY, new_york, sessions, settings, walk
from tests.core.store_builders import unprivileged

SPY = Instrument("SPY", "SPY", SymbolClass.FUND, "group")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store that holds one series."""
    url = f"sqlite:///{tmp_path}/filled.sqlite3"
    with closing(Store.open(url)) as store:
        store.replace(walk(SPY, sessions(5)), source="files", fetched_at=new_york(FRIDAY, "17:00"))
    return url


def chosen(given: Settings) -> str:
    store = open_store(given)
    try:
        return choose_feed(given, Calendar(), SystemClock(), store).name
    finally:
        if store is not None:
            store.close()


class TestAuto:
    def test_files_that_are_named_come_first(self, url: str, tmp_path: Path) -> None:
        assert chosen(settings(data=[tmp_path], store=url)) == "files"

    def test_then_what_is_stored(self, url: str) -> None:
        assert chosen(settings(store=url)) == "store"

    def test_then_simulated_data(self, tmp_path: Path) -> None:
        assert chosen(settings(store=f"sqlite:///{tmp_path}/absent.sqlite3")) == "simulated"
        assert chosen(settings(store="none")) == "simulated"
        assert list(tmp_path.iterdir()) == []

    def test_an_empty_store_has_nothing_to_serve(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path}/empty.sqlite3"
        Store.open(url).close()
        assert chosen(settings(store=url)) == "simulated"


@pytest.mark.parametrize("name", ["files", "simulated"])
def test_a_feed_that_is_named_serves_and_no_store_is_opened(name: FeedName, url: str, tmp_path: Path) -> None:
    given = settings(feed=name, data=[tmp_path], store=url)
    assert open_store(given) is None
    assert chosen(given) == name


class TestYahoo:
    def test_it_makes_its_store_and_reads_what_is_there(self, url: str, tmp_path: Path) -> None:
        assert chosen(settings(feed="yahoo", store=f"sqlite:///{tmp_path}/new/store.sqlite3")) == "yahoo"
        assert (tmp_path / "new" / "store.sqlite3").exists()
        store = open_store(settings(feed="yahoo", store=url))
        assert store is not None
        with closing(store):
            assert set(store.symbols()) == {"SPY"}

    def test_without_a_store_it_serves_all_the_same(self) -> None:
        assert chosen(settings(feed="yahoo", store="none")) == "yahoo"

    def test_for_reading_only_no_store_is_made(self, tmp_path: Path) -> None:
        given = settings(feed="yahoo", store=f"sqlite:///{tmp_path}/absent.sqlite3")
        assert open_store(given, read_only=True) is None
        assert list(tmp_path.iterdir()) == []


class TestStore:
    def test_for_reading_only_it_writes_nothing(self, url: str) -> None:
        store = open_store(settings(store=url), read_only=True)
        assert store is not None
        with closing(store), pytest.raises(StoreError, match="for reading only"):
            store.replace(walk(SPY, sessions(5)), source="files", fetched_at=new_york(FRIDAY, "18:00"))

    def test_one_that_cannot_be_used_is_refused_and_not_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / "text").write_text("hello", encoding="utf-8")
        with pytest.raises(StoreError, match="is not a database"):
            open_store(settings(store=f"sqlite:///{tmp_path}/text"))
        with pytest.raises(StoreError, match="names no store file"):
            open_store(settings(store="mysql://somewhere"))

    def test_one_in_a_folder_that_may_not_be_searched_is_refused_too(self, url: str, tmp_path: Path) -> None:
        tmp_path.chmod(0o600)
        try:
            with unprivileged(), pytest.raises(StoreError, match="Permission denied"):
                open_store(settings(store=url))
        finally:
            tmp_path.chmod(0o700)


@pytest.mark.parametrize("options", ["feed='simulated'", "feed='yahoo', store='none'", "feed='files', data=['/x']"])
def test_no_feed_loads_what_it_may_not_need(options: str) -> None:
    program = (
        "import sys; from core.settings_load import defaults; from core import pipeline;"
        f"settings = defaults().with_overrides({options}).settings;"
        "pipeline.open_pipeline(settings);"
        "print(*sorted({'pandas', 'sqlalchemy', 'exchange_calendars'} & set(sys.modules)))"
    )
    run = [sys.executable, "-c", program]
    subprocess.run(run, check=True, capture_output=True)  # the first start imports the calendar, and keeps it
    again = subprocess.run(run, check=True, capture_output=True, text=True)
    assert again.stdout.split() == []
