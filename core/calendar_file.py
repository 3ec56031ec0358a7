"""The exchange calendar as a small file in the user's cache folder, so that only one start in many imports pandas.

The file is named after what it was made from: the version of the library and the years. Where it is absent,
damaged or unreadable it is made anew, where it cannot be written the next start takes its time again; neither
is worth a word to the user. No reader ever sees half of it.

    offset  what                                              (all little-endian)
    0       magic "TBxc", CRC-32 of the rest
    8       sessions, opens, closes: as many int64 each
"""

from __future__ import annotations

import logging
import struct
import zlib
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from platformdirs import user_cache_path

from core.errors import TapeboardError
from core.files import write_whole

Table: TypeAlias = npt.NDArray[np.int64]
"""Shape (3, sessions): days since 1970-01-01; opens and closes in seconds since then."""

LIBRARY = "exchange-calendars"

_HEADER = struct.Struct("<4sI")
_MAGIC = b"TBxc"

_log = logging.getLogger(__name__)


def kept(name: str, make: Callable[[], Table]) -> Table:
    """The table called `name`: from the file of this version of the library, else from `make`, and then kept."""
    path = table_file(name)
    table = None if path is None else _read(path)
    if table is None:
        table = make()
        if path is not None:
            _write(path, table)
    return table


def table_file(name: str) -> Path | None:
    """Where the table called `name` is kept; None where there is no place for it."""
    try:
        path = user_cache_path("tapeboard", appauthor=False) / f"{name}-{version(LIBRARY)}.bin"
    except PackageNotFoundError:  # packed without its metadata: nobody knows when the file would be out of date
        return None
    return path if path.is_absolute() else None  # a user without a home folder


def _read(path: Path) -> Table | None:
    try:
        content = path.read_bytes()
    except OSError as error:
        _log.debug("no calendar file: %s", error)
        return None
    body = memoryview(content)[_HEADER.size :]
    if len(body) == 0 or len(body) % 24 or content[: _HEADER.size] != _HEADER.pack(_MAGIC, zlib.crc32(body)):
        _log.debug("the calendar file is damaged: %s", path)
        return None
    return np.frombuffer(body, "<i8").reshape(3, -1).astype(np.int64, copy=False)


def _write(path: Path, table: Table) -> None:
    body = table.astype("<i8", copy=False).tobytes()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(_HEADER.pack(_MAGIC, zlib.crc32(body)) + body, path)
    except (OSError, TapeboardError) as error:
        _log.debug("the calendar is not kept: %s", error)
