"""Failing writes, damage, and what the doctor tells of them."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from core import store_file
from core.errors import StoreError, StoreWriteError
from core.glance import last_snapshot
from core.packing import pack
from core.store import Store
from core.store_health import obstacles
from tests.core.store_builders import (
    AT,
    document,
    loaded,
    put,
    same,
    series,
    url_of,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tapeboard.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store.open(url_of(path))) as opened:
        yield opened


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes inside this block: the system refuses the write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_keeps_what_was_stored(store: Store) -> None:
    old = [series(f"S{number}", rows=50) for number in range(8)]
    put(store, *old)
    with store._reading() as connection:  # the one connection of the pool
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreWriteError, match="is full: free some space; what was stored is still there"):
        put(store, *(series(bars.symbol, rows=5000) for bars in old))
    assert all(same(loaded(store, bars.symbol), bars) for bars in old)
    put(store, series("S0", rows=40))
    assert same(loaded(store, "S0"), series("S0", rows=40))
    assert store.check() == []


def test_a_failing_disk_keeps_what_was_stored(store: Store, path: Path) -> None:
    put(store, series("SPY", rows=50))
    with files_limited_to(path.with_name(f"{path.name}-wal").stat().st_size + 10_000):
        with pytest.raises(StoreWriteError, match=r"failed .*: check the disk"):
            put(store, series("SPY", rows=5000), series("IWM"))
        assert same(loaded(store, "SPY"), series("SPY", rows=50))
        assert store.symbols().keys() == {"SPY"}
    put(store, series("SPY", rows=5000))
    assert same(loaded(store, "SPY"), series("SPY", rows=5000))
    assert store.check() == []


def test_a_disk_without_room_for_anything_is_still_read(path: Path) -> None:
    with closing(Store.open(url_of(path))) as store:
        put(store, series("SPY"))
        store.put_snapshot(document(), AT)
    with files_limited_to(100), closing(Store.open(url_of(path))) as store:
        assert last_snapshot(url_of(path)) is not None
        assert same(loaded(store, "SPY"), series("SPY"))
        with pytest.raises(StoreWriteError, match=r"failed .*: check the disk"):
            put(store, series("SPY", value=1.0))


def test_a_lock_of_another_program_is_waited_for_and_then_told(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, series("SPY"))
    store.close()
    monkeypatch.setattr(store_file, "BUSY_TIMEOUT", 0.0)
    with closing(Store.open(url_of(path))) as impatient, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreWriteError, match="locked: end that program, or try again"):
            put(impatient, series("SPY", value=1.0))
        assert same(loaded(impatient, "SPY"), series("SPY"))
        other.execute("ROLLBACK")
        put(impatient, series("SPY", value=1.0))
        assert same(loaded(impatient, "SPY"), series("SPY", value=1.0))


def test_a_writer_waits_for_the_one_before_it(store: Store, path: Path) -> None:
    began, done = threading.Event(), threading.Event()

    def second_writer() -> None:
        began.set()
        put(store, series("SPY", value=2.0))
        done.set()

    thread = threading.Thread(target=second_writer)
    with closing(sqlite3.connect(path, isolation_level=None)) as first:
        first.execute("BEGIN IMMEDIATE")
        thread.start()
        assert began.wait(30)
        assert not done.is_set()
        first.execute("COMMIT")
    thread.join()
    assert same(loaded(store, "SPY"), series("SPY", value=2.0))


# --- damage and the doctor -----------------------------------------------------------------------------------


def test_a_sound_store_has_no_problems(store: Store) -> None:
    put(store, series("SPY"), series("IWM", rows=9))
    assert store.check() == []


def test_a_damaged_series_is_named_and_mended_by_a_fetch(store: Store, path: Path) -> None:
    put(store, series("SPY"), series("IWM"))
    packed = bytearray(pack(series("IWM")))
    packed[100] ^= 1
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE series SET data = ? WHERE symbol = 'IWM'", (bytes(packed),))
    with pytest.raises(StoreError, match="history of IWM is damaged"):
        store.load(["SPY", "IWM"])
    assert same(loaded(store, "SPY"), series("SPY"))
    assert store.check() == ["The stored history of IWM is damaged: load it anew with `tapeboard fetch`"]
    put(store, series("IWM"))
    assert store.check() == []


def test_a_damaged_file_is_told(path: Path) -> None:
    with closing(Store.open(url_of(path))) as store:
        put(store, *(series(f"S{number}", rows=500) for number in range(20)))
    content = bytearray(path.read_bytes())
    content[4096 : len(content) // 2] = b"\xa5" * (len(content) // 2 - 4096)
    path.write_bytes(content)
    with closing(Store.open(url_of(path))) as store:
        with pytest.raises(StoreError, match="is damaged: move the file away"):
            store.symbols()
        with pytest.raises(StoreError, match="is damaged: move the file away") as caught:
            put(store, series("S1"))
        assert not isinstance(caught.value, StoreWriteError), "what was stored is not still there"
        assert any("damaged" in problem for problem in store.check())


def test_the_doctor_tells_of_a_disk_nearly_full(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, series("SPY", rows=5000))
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    (problem,) = store.check()
    assert problem.startswith("Only 0 MB are free")
    assert problem.endswith("a full fetch needs 10 MB")


def test_the_doctor_tells_of_a_store_that_cannot_be_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, series("SPY", rows=500))
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # root may write whatever the permissions are
    (problem,) = store.check()
    assert "is read-only: make the file and its folder writable" in problem


def test_the_doctor_tells_of_a_file_system_without_shared_memory(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a)")
        (problem,) = obstacles(connection, path)
    engine.dispose()
    assert problem.endswith("put it on a local disk")
