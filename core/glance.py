"""The last stored snapshot, read before anything heavy is imported: what the screen shows first.

Imports the standard library's sqlite3 and `core.snapshot`, never SQLAlchemy, numpy or pandas.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing

import msgspec

from core.errors import StoreError
from core.snapshot import SCHEMA, Snapshot, from_json
from core.store_file import path_of, peek

_log = logging.getLogger(__name__)

_UNREADABLE = (
    StoreError,
    sqlite3.Error,
    OSError,
    msgspec.MsgspecError,
    UnicodeDecodeError,
    RecursionError,  # brackets without end
    TypeError,  # the column of a spoilt file holds a number
)


def last_snapshot(url: str) -> Snapshot | None:
    """The snapshot stored last, None if there is none or it cannot be read for whatever reason.

    Creates and changes no file and waits for no lock. What is wrong with a store is not told here:
    `Store.open` follows in a moment and does.
    """
    try:
        with closing(peek(path_of(url), wait=False)) as connection:
            row = connection.execute("SELECT document FROM snapshot").fetchone()
        snapshot = None if row is None else from_json(row[0])
    except _UNREADABLE as error:
        _log.debug("no snapshot at first glance: %s", error)
        return None
    return snapshot if snapshot is not None and snapshot.schema == SCHEMA else None
