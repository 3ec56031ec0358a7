"""The migrations that lead to the tables of the store.

The schema's version stands in `PRAGMA user_version`, and `PRAGMA application_id` marks the file as ours; both
are part of the file's header and change in the transaction of the migration. Migration n leads from version
n - 1 to n. It is never edited once released: it says what was, in SQL; `core.store_tables` says what is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from core.errors import StoreError
from core.files import shown
from core.i18n import _
from core.model import Instant
from core.store_file import connect, peek

APPLICATION_ID = 0x54426F61  # "TBoa"

Migration: TypeAlias = Callable[[Connection], None]


def _first_tables(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(
        "CREATE TABLE series (symbol TEXT NOT NULL PRIMARY KEY, first_session DATE NOT NULL, "
        "last_session DATE NOT NULL, row_count INTEGER NOT NULL, source TEXT NOT NULL, "
        "fetched_at INTEGER NOT NULL, data BLOB NOT NULL)"
    )
    connection.exec_driver_sql(
        "CREATE TABLE quotes (symbol TEXT NOT NULL PRIMARY KEY, session DATE NOT NULL, asof INTEGER NOT NULL, "
        "price REAL NOT NULL, open REAL, high REAL, low REAL, volume REAL, source TEXT NOT NULL)"
    )
    connection.exec_driver_sql(
        "CREATE TABLE snapshot (id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL, "
        "document BLOB NOT NULL)"
    )


def _quarantine(connection: Connection) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE quarantine (symbol TEXT NOT NULL, session DATE NOT NULL, field TEXT NOT NULL, value REAL, "
        "reason TEXT NOT NULL, source TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (symbol, session, field))"
    )


def _fundamentals(connection: Connection) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE fundamentals (symbol TEXT NOT NULL, session DATE NOT NULL, asof INTEGER NOT NULL, "
        "fetched_at INTEGER NOT NULL, source TEXT NOT NULL, trailing_pe REAL, forward_pe REAL, price_to_book REAL, "
        "shares REAL, price REAL, losses TEXT NOT NULL, PRIMARY KEY (symbol, session))"
    )
    connection.exec_driver_sql(
        "CREATE TABLE market_caps (symbol TEXT NOT NULL PRIMARY KEY, session DATE NOT NULL, cap REAL NOT NULL, "
        "source TEXT NOT NULL)"
    )


def _journal_and_backtests(connection: Connection) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE journal (id INTEGER NOT NULL PRIMARY KEY, rule TEXT NOT NULL, subject TEXT NOT NULL, "
        "universe TEXT NOT NULL, session DATE NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, kind TEXT NOT NULL, "
        "evidence TEXT NOT NULL, rule_set TEXT NOT NULL, data_hash TEXT NOT NULL, at INTEGER NOT NULL)"
    )
    connection.exec_driver_sql(
        "CREATE TABLE backtests (rule TEXT NOT NULL, subject TEXT NOT NULL, rule_set TEXT NOT NULL, "
        "data_hash TEXT NOT NULL, at INTEGER NOT NULL, document BLOB NOT NULL, "
        "PRIMARY KEY (rule, subject, rule_set, data_hash))"
    )


def _attention(connection: Connection) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE acknowledged (universe TEXT NOT NULL, rule TEXT NOT NULL, subject TEXT NOT NULL, "
        "state TEXT NOT NULL, session DATE NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (universe, rule, subject))"
    )
    connection.exec_driver_sql(
        "CREATE TABLE muted (rule TEXT NOT NULL PRIMARY KEY, until DATE NOT NULL, at INTEGER NOT NULL)"
    )
    connection.exec_driver_sql(
        "CREATE TABLE notices (universe TEXT NOT NULL, rule TEXT NOT NULL, subject TEXT NOT NULL, "
        "state TEXT NOT NULL, session DATE NOT NULL, target TEXT NOT NULL, at INTEGER NOT NULL, "
        "PRIMARY KEY (universe, rule, subject, state, session, target))"
    )


MIGRATIONS: tuple[Migration, ...] = (
    _first_tables,
    _quarantine,
    _fundamentals,
    _journal_and_backtests,
    _attention,
)

VERSION = len(MIGRATIONS)


def examine(path: Path) -> int:
    """The version of the schema at `path`, 0 where a store can be made. StoreError on what is not ours or newer."""
    if not path.exists():
        return 0
    try:
        with closing(peek(path)) as connection:
            return _version_of_ours(connection, path)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
    # A process was killed inside a write: SQLite first takes back that half, as any reader of the file must.
    with closing(connect(path, "mode=rw")) as connection:
        return _version_of_ours(connection, path)


def _version_of_ours(connection: sqlite3.Connection, path: Path) -> int:
    connection.execute("BEGIN")  # one view of the file: another process may be making the store at this moment
    application, version, tables = (
        connection.execute(query).fetchone()[0]
        for query in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    )
    name = shown(path)
    if application != APPLICATION_ID and (application or version or tables):
        raise StoreError(
            _("{path} is a database of another program; it was left as it is").format(path=name),
            _("name another file with --store"),
        )
    if version > VERSION:
        raise StoreError(
            _("The store {path} was written by a newer Tapeboard; it was left as it is").format(path=name),
            _("update Tapeboard, or name another file with --store"),
        )
    return int(version)


def migrate(engine: Engine, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Lead the schema forward to version `len(migrations)`, each step in a transaction of its own."""
    with engine.connect() as connection:
        version = version_of(connection)
    for target, step in enumerate(migrations[version:], start=version + 1):
        with transaction(engine) as connection:
            if version_of(connection) >= target:  # another process was faster
                continue
            step(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {target}")


def share(engine: Engine) -> None:
    """Let readers and the writer work side by side (WAL); the mode is a lasting property of the file."""
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    except DBAPIError as error:
        # Of two processes that open a new store at once, SQLite sends one away: the other does it.
        if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
            raise


def version_of(connection: Connection) -> int:
    """The version of the schema, 0 for a file without one."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A connection inside a write transaction: committed at the end, rolled back by an exception.

    The write lock is taken at once, where SQLite waits for it; a transaction that begins by reading and
    then wants to write fails without waiting when somebody else has written in between.
    """
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_microseconds(at: Instant) -> int:
    """How an instant stands in a column: microseconds since 1970 UTC. Raises TypeError without an offset."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_microseconds(value: int) -> Instant:
    """The inverse of `to_microseconds`, in UTC."""
    return _EPOCH + timedelta(microseconds=value)
