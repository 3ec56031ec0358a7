from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.glance import last_snapshot
from core.snapshot import to_json
from core.store import Store
from tests.core.store_builders import (
    AT,
    contents,
    document,
    readable_folder,
    unprivileged,
    url_of,
    write_protected,
)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A store that holds a snapshot and that nobody has open, alone in its folder."""
    path = tmp_path / "store" / "tapeboard.sqlite3"
    fill(path)
    return path


def fill(path: Path) -> None:
    with closing(Store.open(url_of(path))) as store:
        store.put_snapshot(document(), AT)


def assert_reads(path: Path) -> None:
    snapshot = last_snapshot(url_of(path))
    assert snapshot is not None
    assert to_json(snapshot) == document()


def test_the_snapshot_of_a_closed_store_is_read_without_a_trace(stored: Path) -> None:
    before = contents(stored.parent)
    assert list(before) == [stored.name]
    assert_reads(stored)
    assert contents(stored.parent) == before


def test_the_snapshot_is_read_while_another_has_the_store_open(stored: Path) -> None:
    with closing(Store.open(url_of(stored))) as store:
        store.put_snapshot(document(feed="files"), AT)
        names = set(contents(stored.parent))
        snapshot = last_snapshot(url_of(stored))
        assert snapshot is not None
        assert snapshot.source.feed == "files", "what is committed to the write-ahead log counts"
        assert set(contents(stored.parent)) == names


def test_the_snapshot_is_read_in_a_read_only_folder() -> None:
    with readable_folder() as folder:
        path = folder / "tapeboard.sqlite3"
        fill(path)
        before = contents(folder)
        with write_protected(folder):
            assert_reads(path)
        assert contents(folder) == before


def test_a_copy_with_its_write_ahead_log_is_read_to_the_end(stored: Path, tmp_path: Path) -> None:
    copy = tmp_path / stored.name
    with closing(Store.open(url_of(stored))) as store:
        store.put_snapshot(document(feed="files"), AT)
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{stored}{suffix}", f"{copy}{suffix}")
    snapshot = last_snapshot(url_of(copy))
    assert snapshot is not None
    assert snapshot.source.feed == "files"


def test_a_folder_that_may_not_be_entered_gives_nothing() -> None:
    with readable_folder() as folder:
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        fill(closed / "tapeboard.sqlite3")
        closed.chmod(0o000)
        with unprivileged():
            assert last_snapshot(url_of(closed / "tapeboard.sqlite3")) is None
        closed.chmod(0o700)


def test_nothing_is_made_where_nothing_is(tmp_path: Path) -> None:
    assert last_snapshot(url_of(tmp_path / "absent" / "tapeboard.sqlite3")) is None
    assert last_snapshot(url_of(tmp_path / "tapeboard.sqlite3")) is None
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("url", ["none", "", "postgresql://host/db", "sqlite:///:memory:"])
def test_what_names_no_file_gives_nothing(url: str) -> None:
    assert last_snapshot(url) is None


def test_a_store_without_a_snapshot_gives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tapeboard.sqlite3"
    Store.open(url_of(path)).close()
    assert last_snapshot(url_of(path)) is None


SPOILT = {
    "not JSON": b"{",
    "another document": b"[1, 2]",
    "a field of another type": b'{"leadership": 7}',
    "not UTF-8": b'{"tapeboard": "\xff"}',
    "brackets without end": b'{"unknown": ' + b"[" * 100_000,
    "a number": 7,
    "a schema to come": json.dumps({**json.loads(document()), "schema": 2}).encode(),
}


@pytest.mark.parametrize("value", SPOILT.values(), ids=SPOILT)
def test_a_document_that_is_not_a_snapshot_gives_nothing(stored: Path, value: object) -> None:
    with closing(sqlite3.connect(stored)) as connection, connection:
        connection.execute("UPDATE snapshot SET document = ?", (value,))
    assert last_snapshot(url_of(stored)) is None


@pytest.mark.parametrize("content", [b"", b"x", b"something else entirely" * 100])
def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tapeboard.sqlite3"
    path.write_bytes(content)
    assert last_snapshot(url_of(path)) is None
    assert contents(tmp_path) == {path.name: content}


def test_a_locked_store_is_not_waited_for(stored: Path) -> None:
    with closing(sqlite3.connect(stored, isolation_level=None)) as holder:
        holder.execute("PRAGMA journal_mode = DELETE")
        holder.execute("BEGIN EXCLUSIVE")
        holder.execute("DELETE FROM snapshot")
        assert last_snapshot(url_of(stored)) is None
        holder.execute("ROLLBACK")
    assert_reads(stored)


def test_nothing_heavy_is_imported() -> None:
    code = "import sys, core.glance; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "msgspec" in loaded
    assert not {"sqlalchemy", "numpy", "pandas", "exchange_calendars", "textual", "asyncio"} & set(loaded)
