"""What can be wrong with a store, for `tapeboard doctor`: a line for people each, with its mend."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from core.errors import StoreError
from core.files import shown
from core.i18n import _
from core.packing import unpack
from core.store_tables import SERIES
from core.text import clean

SMALLEST: Final = 10_000_000
"""The bytes of a store that has been filled: whoever has less of it has not fetched yet."""


def damages(connection: Connection) -> Iterator[str]:
    """What the file holds and cannot be read."""
    for finding in connection.exec_driver_sql("PRAGMA integrity_check").scalars():
        if finding != "ok":
            yield _("The store is damaged ({finding}): move the file away and run `tapeboard fetch`").format(
                finding=clean(finding)
            )
    for symbol, packed in connection.execute(select(SERIES.c.symbol, SERIES.c.data)):
        try:
            unpack(symbol, packed)
        except StoreError as error:
            yield str(error)


def obstacles(connection: Connection, path: Path) -> Iterator[str]:
    """What stands in the way of writing; `connection` can write, if the file system lets it."""
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        yield _("The store {path} is read-only: make the file and its folder writable").format(path=shown(path))
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    if mode != "wal":
        yield _(
            "The file system of {path} lets no second terminal read while one writes: put it on a local disk"
        ).format(path=shown(path))
    size, free = max(path.stat().st_size, SMALLEST), shutil.disk_usage(path.parent).free
    if free < size:  # the write-ahead log of a full fetch is as large as the store
        yield _("Only {free:.0f} MB are free on the disk of {path}: a full fetch needs {size:.0f} MB").format(
            free=free / 1e6, size=size / 1e6, path=shown(path)
        )
