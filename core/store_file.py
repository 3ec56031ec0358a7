"""The store as a file: where it is, and how to look at it without leaving a trace.

Standard library only: the first paint reads the file before SQLAlchemy and numpy are imported.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from platformdirs import user_data_path

from core.errors import StoreError
from core.i18n import _
from core.text import clean

BUSY_TIMEOUT = 10.0
"""Seconds to wait while another process writes; the longest write of ours takes a fraction of one."""

_SCHEME = "sqlite:///"
_PASSWORD = re.compile(r"(?<=:)[^:/@\s]+(?=@)")
"""What nobody else should read in the address of a database that is none of ours."""

_IN_USE = {"-wal": 1, "-journal": 1, "-shm": 32_768}
"""The files SQLite keeps beside a database, and how many bytes they have at least when they matter."""


def default_url() -> str:
    """The store of this user: `tapeboard.sqlite3` in the data folder of the platform."""
    return f"{_SCHEME}{(user_data_path('tapeboard', appauthor=False) / 'tapeboard.sqlite3').as_posix()}"


def path_of(url: str) -> Path:
    """The absolute path that `sqlite:///PATH` names; `~` is the home folder. Raises StoreError on any other URL."""
    name = url.removeprefix(_SCHEME)
    if name in ("", url, ":memory:") or "\0" in name:
        raise _no_path(url)
    try:
        return Path(name).expanduser().absolute()
    except RuntimeError as error:  # `~somebody` who has no home
        raise _no_path(url) from error


def absent(path: Path) -> bool:
    """Whether there is no store at `path`; one that cannot be looked at is there, and opening it tells why."""
    try:
        return not path.exists()
    except OSError:  # a folder that may not be searched
        return False


def _no_path(url: str) -> StoreError:
    return StoreError(
        _("{url} names no store file").format(url=clean(_PASSWORD.sub("***", url)) or '""'),
        _("write sqlite:///PATH, for example {example}").format(example=clean(default_url())),
    )


def connect(path: Path, mode: str, *, wait: bool = True) -> sqlite3.Connection:
    """A connection in autocommit mode, for one thread at a time. `mode` is the query of SQLite's URI.

    Without `wait`, a lock of somebody else is an error at once. Raises sqlite3.Error.
    """
    return sqlite3.connect(
        f"{path.as_uri()}?{mode}",
        uri=True,
        timeout=BUSY_TIMEOUT if wait else 0.0,
        isolation_level=None,
        check_same_thread=False,
    )


def peek(path: Path, *, wait: bool = True) -> sqlite3.Connection:
    """A connection for one short read of what is committed at `path`, which creates and changes no file.

    The file is never opened by any other means than SQLite: closing such a descriptor would drop the locks
    that other connections of this process hold on it.
    """
    # Reading a WAL file the ordinary way leaves `-wal` and `-shm` beside it, or fails where the folder is
    # read-only or the disk full. With nothing of use beside it no writer is at work and the file alone is
    # the whole truth: `immutable` reads just that. Otherwise SQLite must look there, and finds what it needs.
    beside = any(_size(Path(f"{path}{suffix}")) >= least for suffix, least in _IN_USE.items())
    return connect(path, "mode=ro" if beside else "mode=ro&immutable=1", wait=wait)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
