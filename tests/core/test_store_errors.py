from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from core.errors import StoreError, StoreWriteError
from core.store_errors import store_error, translated

PATH = Path("/data/tape{board}.sqlite3")

LIMITS_AND_ACTIONS = ("SQLITE_LIMIT_", "SQLITE_CREATE_", "SQLITE_DROP_")

CODES = sorted(
    {
        value & 0xFF
        for name, value in vars(sqlite3).items()
        if name.startswith("SQLITE_") and isinstance(value, int) and not name.startswith(LIMITS_AND_ACTIONS)
    }
    - {sqlite3.SQLITE_OK, sqlite3.SQLITE_ROW, sqlite3.SQLITE_DONE}
)
"""Every primary result code that the module knows, and then some: a mapping that is total stands those too."""

CLASSES = (
    sqlite3.OperationalError,
    sqlite3.DatabaseError,
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InternalError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.NotSupportedError,
)


def raised(code: int, kind: type[sqlite3.Error] = sqlite3.OperationalError) -> sqlite3.Error:
    error = kind("what SQLite says\x1b[31m")
    error.sqlite_errorcode = code
    error.sqlite_errorname = "SQLITE_WHATEVER"
    return error


@pytest.mark.parametrize("writing", [False, True])
@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_of_sqlite_is_one_line_with_a_mend(kind: type[sqlite3.Error], *, writing: bool) -> None:
    assert {1, 5, 8, 10, 11, 13, 14, 26} <= set(CODES)
    for code in CODES:
        for extended in (code, code | 3 << 8):
            ours = store_error(raised(extended, kind), PATH, writing=writing)
            assert str(PATH) in ours.message
            assert ours.mend
            assert "\x1b" not in str(ours)
            assert "{reason}" not in str(ours)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_without_a_code_is_told_too(kind: type[sqlite3.Error]) -> None:
    ours = store_error(kind("Could not decode to UTF-8"), PATH, writing=False)
    assert str(ours) == f"The store {PATH} failed (Could not decode to UTF-8): run `tapeboard doctor`"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_FULL, "is full: free some space"),
        (sqlite3.SQLITE_READONLY, "is read-only: make the file and its folder writable"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "is read-only: make the file and its folder writable"),
        (sqlite3.SQLITE_IOERR_WRITE, "failed (what SQLite says[31m): check the disk"),
        (sqlite3.SQLITE_BUSY, "locked: end that program"),
        (sqlite3.SQLITE_BUSY_RECOVERY, "locked: end that program"),
        (sqlite3.SQLITE_LOCKED, "locked: end that program"),
        (sqlite3.SQLITE_CANTOPEN, "cannot be opened: check the permissions"),
        (sqlite3.SQLITE_CORRUPT, "is damaged: move the file away"),
        (sqlite3.SQLITE_NOTADB, "is not a database; it was left as it is"),
        (sqlite3.SQLITE_ERROR, "failed (what SQLite says[31m): run `tapeboard doctor`"),
    ],
)
def test_what_the_user_can_mend_is_told_in_words(code: int, words: str) -> None:
    assert words in str(store_error(raised(code), PATH, writing=True))


@pytest.mark.parametrize("code", CODES)
def test_a_failed_write_says_that_what_was_stored_stays_unless_the_file_is_spoilt(code: int) -> None:
    spoilt = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    assert isinstance(store_error(raised(code), PATH, writing=True), StoreWriteError) is not spoilt
    assert type(store_error(raised(code), PATH, writing=False)) is StoreError


@pytest.mark.parametrize("writing", [False, True])
def test_refusals_of_the_file_system_are_ours_too(*, writing: bool) -> None:
    words = r"cannot be used \(No space left on device\): check the path"
    with pytest.raises(StoreError, match=words) as caught, translated(PATH, writing=writing):
        raise OSError(28, "No space left on device")
    assert isinstance(caught.value, StoreWriteError) is writing


def test_defects_of_ours_stay_what_they_are() -> None:
    with pytest.raises(ZeroDivisionError), translated(PATH, writing=False):
        raise ZeroDivisionError
