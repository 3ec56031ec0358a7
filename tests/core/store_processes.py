"""What other processes do to a store in `test_store_processes`. Light: every child imports it."""

from __future__ import annotations

import sqlite3
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from core.panel import Bars
from core.store import Store
from tests.core.store_builders import AT, same, series, url_of

SYMBOLS = tuple(f"S{number}" for number in range(6))


def generation(number: int) -> list[Bars]:
    """The series of all SYMBOLS as of the commit `number`; their lengths change from one to the next."""
    return [series(symbol, rows=200 + number % 7 * 300, value=float(number)) for symbol in SYMBOLS]


def write_for_ever(path: Path, first: int, reports: Connection) -> None:
    """Commit one generation after the other and report each after its commit."""
    store = Store.open(url_of(path))
    number = first
    while True:
        store.replace_many(generation(number), source="yahoo", fetched_at=AT)
        reports.send(number)
        number += 1


def write_without_an_end(path: Path, reports: Connection) -> None:
    """Write so much in one transaction of a rollback journal that it reaches the file, and never commit."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE series SET data = zeroblob(1000000), source = 'torn'")
    reports.send(0)
    reports.poll(None)


def write_and_read_beside_another(path: Path, own: str, writes: int, start: Barrier, reports: Connection) -> None:
    """Write `own` and a series both write, and read both after every write; report what is wrong, or nothing."""
    start.wait(60)
    store = Store.open(url_of(path))
    wrong = []
    for value in range(writes):
        store.replace(series(own, rows=600, value=float(value)), source="yahoo", fetched_at=AT)
        store.replace(series("BOTH", rows=600, value=float(value)), source="yahoo", fetched_at=AT)
        read = store.load([own, "BOTH"])
        both = float(read["BOTH"].open[0])
        if not same(read[own], series(own, rows=600, value=float(value))):
            wrong.append(f"{own} is not what was written last")
        if not same(read["BOTH"], series("BOTH", rows=600, value=both)):
            wrong.append("BOTH is a mixture")
    store.close()
    reports.send(wrong)
