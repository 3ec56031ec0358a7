"""What the refusals of SQLite and of the file system mean to the user: the one place where they become ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from core.errors import StoreError, StoreWriteError
from core.files import shown
from core.i18n import _
from core.text import clean


@contextmanager
def translated(path: Path, *, writing: bool) -> Iterator[None]:
    """Foreign errors leave this block as StoreError; as StoreWriteError if `writing`, unless the file is spoilt."""
    try:
        yield
    except sqlite3.Error as error:
        raise store_error(error, path, writing=writing) from error
    except DBAPIError as error:
        if not isinstance(error.orig, sqlite3.Error):
            raise
        raise store_error(error.orig, path, writing=writing) from error
    except OSError as error:
        reason = clean(error.strerror or str(error))
        raise (StoreWriteError if writing else StoreError)(
            _("The store {path} cannot be used ({reason})").format(path=shown(path), reason=reason),
            _("check the path and its permissions, or name another file with --store"),
        ) from error


def store_error(error: sqlite3.Error, path: Path, *, writing: bool) -> StoreError:
    """What `error` means for the store at `path`; a StoreWriteError if `writing`, unless the file is spoilt."""
    # Errors of Python's own module, such as text that is not UTF-8, carry no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    unknown = (_("The store {path} failed ({reason})"), _("run `tapeboard doctor`"))
    what, mend = _meanings().get(code, unknown)
    spoilt = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    kind = StoreWriteError if writing and not spoilt else StoreError
    return kind(what.format(path=shown(path), reason=clean(str(error))), mend)


def _meanings() -> dict[int, tuple[str, str]]:
    """What happened and the mend, per primary result code of SQLite; a call, since the language is set at start."""
    locked = (_("Another program keeps the store {path} locked"), _("end that program, or try again"))
    closed = (_("The store {path} cannot be opened"), _("check the permissions of the file and its folder"))
    return {
        sqlite3.SQLITE_FULL: (
            _("The disk of the store {path} is full"),
            _("free some space; what was stored is still there"),
        ),
        sqlite3.SQLITE_READONLY: (
            _("The store {path} is read-only"),
            _("make the file and its folder writable, or name another file with --store"),
        ),
        sqlite3.SQLITE_IOERR: (
            _("The disk of the store {path} failed ({reason})"),
            _("check the disk and the space left on it"),
        ),
        sqlite3.SQLITE_BUSY: locked,
        sqlite3.SQLITE_LOCKED: locked,
        sqlite3.SQLITE_PROTOCOL: locked,
        sqlite3.SQLITE_CANTOPEN: closed,
        sqlite3.SQLITE_PERM: closed,
        sqlite3.SQLITE_AUTH: closed,
        sqlite3.SQLITE_CORRUPT: (_("The store {path} is damaged"), _("move the file away and run `tapeboard fetch`")),
        sqlite3.SQLITE_NOTADB: (
            _("{path} is not a database; it was left as it is"),
            _("name another file with --store"),
        ),
    }
