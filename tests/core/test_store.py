"""What a store keeps, refuses and survives inside one process."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import numpy as np
import pytest

from core.model import Quote, Rejected
from core.panel import Bars
from core.store import SeriesInfo, Store, default_url
from tests.core.store_builders import (
    AT,
    document,
    loaded,
    put,
    same,
    series,
    url_of,
)

QUOTE = Quote("SPY", date(2026, 1, 9), 690.5, AT, 688.0, 691.0, 687.5, 5.1e7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tapeboard.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store.open(url_of(path))) as opened:
        yield opened


# --- what it keeps -------------------------------------------------------------------------------------------


def test_series_come_back_as_they_were(store: Store, path: Path) -> None:
    gaps = replace(series("^VIX", adjusted=False), volume=np.full(3, np.nan))
    put(store, series("SPY", rows=504), gaps)
    store.close()
    with closing(Store.open(url_of(path))) as reopened:
        bars = reopened.load(["SPY", "^VIX", "ABSENT"])
    assert bars.keys() == {"SPY", "^VIX"}
    assert same(bars["SPY"], series("SPY", rows=504))
    assert same(bars["^VIX"], gaps)


def test_only_the_symbols_asked_for_are_loaded(store: Store) -> None:
    put(store, series("SPY"), series("IWM"))
    assert store.load(["IWM"]).keys() == {"IWM"}
    assert store.load([]) == {}


def test_a_series_replaces_the_whole_one_before(store: Store) -> None:
    store.replace(series("SPY", rows=10), source="files", fetched_at=AT)
    store.replace(series("SPY", rows=2, value=7.0), source="yahoo", fetched_at=AT + timedelta(hours=1))
    assert same(loaded(store, "SPY"), series("SPY", rows=2, value=7.0))
    assert store.symbols() == {
        "SPY": SeriesInfo(date(2024, 1, 2), date(2024, 1, 3), 2, "yahoo", AT + timedelta(hours=1))
    }


def test_merged_series_are_all_stored_or_none(store: Store) -> None:
    store.replace(series("SPY", rows=10), source="files", fetched_at=AT)
    seen: dict[str, int] = {}

    def longer(stored: Bars | None, given: Bars) -> Bars | None:
        seen[given.symbol] = 0 if stored is None else len(stored)
        return None if stored is not None and len(stored) > len(given) else given

    later = AT + timedelta(hours=1)
    store.merge_many([series("SPY", rows=2), series("IWM", rows=3)], longer, source="yahoo", fetched_at=later)
    assert seen == {"SPY": 10, "IWM": 0}
    assert same(loaded(store, "SPY"), series("SPY", rows=10))
    assert same(loaded(store, "IWM"), series("IWM", rows=3))
    assert store.symbols()["SPY"].source == "files"

    def broken(stored: Bars | None, given: Bars) -> Bars | None:
        if given.symbol == "IWM":
            raise LookupError
        return given

    with pytest.raises(LookupError):
        store.merge_many([series("SPY", rows=2), series("IWM", rows=9)], broken, source="yahoo", fetched_at=later)
    assert same(loaded(store, "SPY"), series("SPY", rows=10))


def test_the_newest_fetch_is_remembered(store: Store) -> None:
    assert store.fetched_at() is None
    store.replace(series("SPY"), source="yahoo", fetched_at=AT)
    store.replace(series("IWM"), source="yahoo", fetched_at=AT - timedelta(days=1))
    assert store.fetched_at() == AT


def test_the_last_snapshot_comes_back(store: Store) -> None:
    assert store.snapshot() is None
    store.put_snapshot(document(feed="files"), AT)
    store.put_snapshot(document(), AT + timedelta(minutes=1))
    assert store.snapshot() == (document(), AT + timedelta(minutes=1))


def test_quotes_come_back_with_their_own_time(store: Store) -> None:
    sparse = Quote("IWM", date(2026, 1, 9), 260.0, AT.astimezone(timezone(timedelta(hours=-5))))
    store.put_quotes([QUOTE, sparse], source="yahoo")
    assert store.quotes(["SPY", "IWM", "ABSENT"]) == {"SPY": QUOTE, "IWM": sparse}


def test_a_part_that_is_no_number_is_missing(store: Store) -> None:
    store.put_quotes([replace(QUOTE, open=float("nan"))], source="yahoo")
    assert store.quotes(["SPY"])["SPY"] == replace(QUOTE, open=None)


def test_a_quote_gives_way_to_one_as_new_or_newer_only(store: Store) -> None:
    store.put_quotes([QUOTE], source="yahoo")
    store.put_quotes([replace(QUOTE, price=1.0, asof=AT - timedelta(microseconds=1))], source="yahoo")
    assert store.quotes(["SPY"])["SPY"].price == 690.5
    store.put_quotes([replace(QUOTE, price=2.0)], source="yahoo")
    assert store.quotes(["SPY"])["SPY"].price == 2.0
    later = replace(QUOTE, price=3.0, asof=AT + timedelta(microseconds=1))
    store.put_quotes([later, replace(QUOTE, price=4.0)], source="yahoo")
    assert store.quotes(["SPY"])["SPY"] == later


def test_what_was_rejected_is_kept_with_its_reason(store: Store) -> None:
    friday, monday = date(2026, 1, 9), date(2026, 1, 12)
    wrong = Rejected("SPY", friday, "close", 6905.0, "ten times the close before")
    absent = Rejected("SPY", friday, "open", float("nan"), "no number")
    wild = Rejected("SPY", monday, "high", float("inf"), "no number")
    store.put_rejected([wild, wrong, absent, replace(wrong, symbol="IWM")], source="yahoo", at=AT)
    kept = store.rejected(["SPY"])
    assert kept[0] == wrong
    assert (kept[1].field, math.isnan(kept[1].value), kept[1].reason) == ("open", True, "no number")
    assert kept[2:] == [wild]
    assert store.rejected(["ABSENT"]) == []


def test_of_what_was_rejected_twice_the_last_word_stands(store: Store) -> None:
    first = Rejected("SPY", date(2026, 1, 9), "close", 1.0, "too low")
    store.put_rejected([first], source="yahoo", at=AT)
    store.put_rejected([replace(first, value=9e9, reason="too high")], source="yahoo", at=AT)
    assert [(one.value, one.reason) for one in store.rejected(["SPY"])] == [(9e9, "too high")]


def test_nothing_to_write_is_no_write(store: Store) -> None:
    put(store)
    store.put_quotes([], source="yahoo")
    store.put_rejected([], source="yahoo", at=AT)
    assert store.symbols() == {}
    assert store.rejected(["SPY"]) == []


def test_threads_write_and_read_at_once(store: Store) -> None:
    failures: list[Exception] = []

    def work(number: int) -> None:
        symbol = f"T{number}"
        try:
            for value in range(10):
                store.replace(series(symbol, value=float(value)), source="yahoo", fetched_at=AT)
                assert same(loaded(store, symbol), series(symbol, value=float(value)))
        except Exception as error:  # noqa: BLE001  # the test's own thread reports it
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(store.symbols()) == 8


def test_the_store_lies_in_the_data_folder_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_url() == url_of(tmp_path / "tapeboard" / "tapeboard.sqlite3")
    Store.open(default_url()).close()
    assert (tmp_path / "tapeboard" / "tapeboard.sqlite3").exists()


def test_instants_come_back_in_utc(store: Store) -> None:
    early = datetime(1969, 12, 31, 19, 0, 0, 1, tzinfo=timezone(timedelta(hours=-5)))
    store.put_snapshot(document(), early)
    stored = store.snapshot()
    assert stored is not None
    assert stored[1] == early
    assert stored[1].tzinfo is UTC


# --- what it refuses to keep ---------------------------------------------------------------------------------


def test_simulated_numbers_never_enter(store: Store) -> None:
    with pytest.raises(ValueError, match="simulated"):
        store.replace(series("SPY"), source="simulated", fetched_at=AT)
    with pytest.raises(ValueError, match="simulated"):
        store.replace_many([series("SPY")], source="simulated", fetched_at=AT)
    with pytest.raises(ValueError, match="simulated"):
        store.put_quotes([QUOTE], source="simulated")
    for marked in (document(simulated=True), document(feed="simulated")):
        with pytest.raises(ValueError, match="simulated"):
            store.put_snapshot(marked, AT)
    assert (store.symbols(), store.quotes(["SPY"]), store.snapshot()) == ({}, {}, None)


def test_an_empty_series_deletes_no_history(store: Store) -> None:
    put(store, series("SPY"))
    with pytest.raises(ValueError, match="SPY: a series without bars"):
        put(store, series("IWM"), series("SPY", rows=0))
    assert store.symbols().keys() == {"SPY"}
    assert same(loaded(store, "SPY"), series("SPY"))


@pytest.mark.parametrize("price", [float("nan"), float("inf")])
def test_a_quote_without_a_price_is_a_defect(store: Store, price: float) -> None:
    with pytest.raises(ValueError, match="SPY: the price"):
        store.put_quotes([replace(QUOTE, price=price)], source="yahoo")


def test_an_instant_without_an_offset_is_a_defect(store: Store) -> None:
    naive = AT.replace(tzinfo=None)
    with pytest.raises(TypeError):
        store.replace(series("SPY"), source="yahoo", fetched_at=naive)
    with pytest.raises(TypeError):
        store.put_quotes([replace(QUOTE, asof=naive)], source="yahoo")
    with pytest.raises(TypeError):
        store.put_snapshot(document(), naive)


def test_a_document_that_is_no_snapshot_is_a_defect(store: Store) -> None:
    with pytest.raises(msgspec.DecodeError):
        store.put_snapshot(b'{"leadership": 7}', AT)
