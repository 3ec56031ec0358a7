"""What a store will not open, and how it opens where it cannot write."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core import store_file
from core.errors import StoreError, StoreWriteError
from core.store import Store
from tests.core.store_builders import (
    contents,
    loaded,
    put,
    readable_folder,
    same,
    series,
    unprivileged,
    url_of,
    write_protected,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tapeboard.sqlite3"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "none",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "postgresql://h/d",
        "tapeboard.sqlite3",
        "sqlite:///a\0b",
    ],
)
def test_a_url_that_names_no_file_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="names no store file: write sqlite:///PATH"):
        Store.open(url)


def test_a_password_in_it_is_not_repeated() -> None:
    with pytest.raises(StoreError, match=r"postgresql://me:\*\*\*@host/db names no store file") as caught:
        Store.open("postgresql://me:secret@host/db")
    assert "secret" not in str(caught.value)


def test_home_is_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert store_file.path_of("sqlite:///~/tape.sqlite3") == tmp_path / "tape.sqlite3"
    with pytest.raises(StoreError, match="names no store file"):
        Store.open("sqlite:///~nobody-of-this-name/tape.sqlite3")


@pytest.mark.parametrize("content", [b"no", b"date,close\n2026-01-09,690.5\n" * 40])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is not a database; it was left as it is"):
        Store.open(url_of(path))
    assert contents(tmp_path) == {path.name: content}


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
@pytest.mark.parametrize("version", [0, 1])
def test_a_database_of_another_program_is_left_alone(tmp_path: Path, journal: str, version: int) -> None:
    path = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"PRAGMA journal_mode = {journal}")
        other.execute(f"PRAGMA user_version = {version}")
        other.execute("CREATE TABLE series (title TEXT)")
    before = contents(tmp_path)
    with pytest.raises(StoreError, match="is a database of another program"):
        Store.open(url_of(path))
    assert contents(tmp_path) == before


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be opened|failed"):
        Store.open(url_of(tmp_path))


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be used"):
        Store.open(url_of(tmp_path / "data" / "tapeboard.sqlite3"))


def test_a_file_that_may_not_be_read_is_refused() -> None:
    with readable_folder() as folder:
        path = folder / "tapeboard.sqlite3"
        Store.open(url_of(path)).close()
        before = contents(folder)
        path.chmod(0o000)
        with unprivileged(), pytest.raises(StoreError, match="cannot be opened: check the permissions"):
            Store.open(url_of(path))
        path.chmod(0o600)
        assert contents(folder) == before


def test_a_store_cannot_be_made_in_a_read_only_folder() -> None:
    with readable_folder() as folder:
        with write_protected(folder), pytest.raises(StoreWriteError, match="cannot be opened: check the permissions"):
            Store.open(url_of(folder / "tapeboard.sqlite3"))
        with write_protected(folder), pytest.raises(StoreWriteError, match="Permission denied"):
            Store.open(url_of(folder / "data" / "tapeboard.sqlite3"))
        assert contents(folder) == {}


def test_a_closed_store_says_so(path: Path) -> None:
    store = Store.open(url_of(path))
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.symbols()
    with pytest.raises(StoreError, match="closed"):
        put(store, series("SPY"))


# --- reading only --------------------------------------------------------------------------------------------


def test_a_store_opened_for_reading_must_exist(path: Path) -> None:
    with pytest.raises(StoreError, match=r"There is no up-to-date store .*: run `tapeboard fetch`"):
        Store.open(url_of(path), read_only=True)
    assert not path.parent.exists()


def test_a_store_opened_for_reading_leaves_no_trace(path: Path) -> None:
    with closing(Store.open(url_of(path))) as writer:
        put(writer, series("SPY"))
    before = contents(path.parent)
    assert list(before) == [path.name]
    with closing(Store.open(url_of(path), read_only=True)) as store:
        assert same(loaded(store, "SPY"), series("SPY"))
        with pytest.raises(StoreWriteError, match="opened for reading only"):
            put(store, series("SPY", value=1.0))
        assert contents(path.parent) == before


def test_a_store_opened_for_reading_sees_what_another_commits(path: Path) -> None:
    with closing(Store.open(url_of(path))) as writer, closing(Store.open(url_of(path), read_only=True)) as reader:
        for value in (1.0, 2.0):
            put(writer, series("SPY", value=value))
            assert same(loaded(reader, "SPY"), series("SPY", value=value))
        assert reader.check() == ["The store was opened for reading only"]


def test_a_read_only_disk_is_read_and_says_why_it_is_not_written() -> None:
    with readable_folder() as folder:
        path = folder / "tapeboard.sqlite3"
        with closing(Store.open(url_of(path))) as writer:
            put(writer, series("SPY"))
            assert writer.refusal is None
        before = contents(folder)
        with write_protected(folder), closing(Store.open(url_of(path))) as store:
            assert same(loaded(store, "SPY"), series("SPY"))
            assert "read-only: make the file and its folder writable" in str(store.refusal)
            for _attempt in range(2):
                with pytest.raises(StoreWriteError, match="read-only: make the file and its folder writable"):
                    put(store, series("SPY", value=1.0))
            assert same(loaded(store, "SPY"), series("SPY"))
            assert store.check() == [str(store.refusal)]
        assert contents(folder) == before
