"""The store: history, quotes and the last snapshot, which outlive the process.

One SQLite file; one packed series per symbol, replaced atomically (`core.packing`); tables in
`core.store_tables`, migrations in `core.store_schema`, the file itself in `core.store_file`, what SQLite's
errors mean in `core.store_errors`. Any number of threads and processes read while one writes; a writer waits
for the one before it. When a method that writes has returned, its data are committed and survive the end of the
process at any instant.

Numbers of a simulated feed never enter: that is a ValueError.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, create_engine, func, select
from sqlalchemy.pool import NullPool, QueuePool

from core.errors import SeriesDamaged, StoreError, StoreWriteError
from core.files import shown
from core.i18n import _
from core.model import Instant, Quote, Rejected, Session
from core.panel import Bars
from core.snapshot import from_json
from core.store_attention import AttentionStore
from core.store_daily import DailyStore
from core.store_errors import translated
from core.store_file import connect, default_url, path_of, peek
from core.store_health import damages, obstacles
from core.store_rows import (
    SIMULATED,
    put,
    quote_of,
    quote_row,
    refuse_simulated,
    rejected_of,
    rejected_row,
    series_of,
    series_row,
)
from core.store_schema import VERSION, examine, from_microseconds, migrate, share, to_microseconds, transaction
from core.store_tables import QUARANTINE, QUOTES, SERIES, SNAPSHOT
from core.store_warnings import WarningStore

__all__ = ["SeriesInfo", "Store", "default_url"]


Merge: TypeAlias = Callable[[Bars | None, Bars], Bars | None]
"""What becomes of a stored series, if there is one, and a given one."""


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """What is stored of one symbol: its first and last session, the number of bars, whence and since when."""

    first: Session
    last: Session
    rows: int
    source: str
    fetched_at: Instant


class Store(DailyStore, WarningStore, AttentionStore):
    """An open store, for any number of threads. Every method may raise StoreError, those that write StoreWriteError.

    After a failed write everything stored before is still there, and the store goes on working.
    """

    def __init__(self, path: Path, refusal: StoreWriteError | None = None) -> None:
        """For `open`. With a `refusal` the store only reads, and answers every write with it."""
        self.path = path
        self.refusal = refusal
        self._closed = False
        # A store that only reads keeps no connection: `peek` holds for one short read.
        pooling = {"poolclass": NullPool} if refusal else {"poolclass": QueuePool, "max_overflow": -1}
        self._engine = create_engine("sqlite://", creator=self._connect, **pooling)

    @classmethod
    def open(cls, url: str, *, read_only: bool = False) -> Store:
        """The store at `url` (`sqlite:///PATH`), made if there is none, its schema brought up to date.

        Where it can be read but not written, the store opens all the same and `refusal` says why it does not
        write. `read_only` asks for that: such a store must exist, and reading it leaves no trace on the disk.
        Raises StoreError, with the file untouched, on another kind of URL or file, on a newer schema, and
        where reading is not permitted.
        """
        path = path_of(url)
        with translated(path, writing=False):
            version = examine(path)
        if read_only:
            if version != VERSION:
                raise StoreError(
                    _("There is no up-to-date store {path}").format(path=shown(path)), _("run `tapeboard fetch`")
                )
            return cls(path, StoreWriteError(_("The store was opened for reading only")))
        try:
            return cls._open_to_write(path)
        except StoreWriteError as error:
            if version != VERSION:
                raise
            return cls(path, StoreWriteError(error.message, error.mend))

    @classmethod
    def _open_to_write(cls, path: Path) -> Store:
        store = cls(path)
        try:
            with translated(path, writing=True):
                path.parent.mkdir(parents=True, exist_ok=True)
                migrate(store._engine)
                share(store._engine)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close the file. Later calls raise StoreError."""
        self._closed = True
        self._engine.dispose()

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreError(_("The store is closed"))
        if self.refusal is not None:
            return peek(self.path)
        connection = connect(self.path, "mode=rwc")
        try:
            # In WAL mode NORMAL loses nothing to the end of a process: a commit has handed its pages to the
            # system. Only a loss of power can take the last commits, never the file's consistency, and
            # history can be fetched again; FULL would pay an fsync per commit for that.
            connection.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A connection to read with; SQLite's errors leave it as StoreError."""
        with translated(self.path, writing=False), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A connection in a write transaction; SQLite's errors leave it as StoreWriteError."""
        if self.refusal is not None:
            raise StoreWriteError(self.refusal.message, self.refusal.mend)
        with translated(self.path, writing=True), transaction(self._engine) as connection:
            yield connection

    def load(self, symbols: Iterable[str]) -> dict[str, Bars]:
        """The whole stored series of each of `symbols`; those without one are left out. Arrays are read-only."""
        sound, damaged = self.load_sound(symbols)
        for error in damaged.values():
            raise error
        return sound

    def load_sound(self, symbols: Iterable[str]) -> tuple[dict[str, Bars], dict[str, SeriesDamaged]]:
        """As `load`, with the damaged series apart: what is wrong with each."""
        with self._reading() as connection:
            return series_of(connection, symbols)

    def symbols(self) -> dict[str, SeriesInfo]:
        """What is stored, per symbol."""
        query = select(*(column for column in SERIES.c if column is not SERIES.c.data))
        with self._reading() as connection:
            return {
                row.symbol: SeriesInfo(
                    row.first_session, row.last_session, row.row_count, row.source, from_microseconds(row.fetched_at)
                )
                for row in connection.execute(query)
            }

    def fetched_at(self) -> Instant | None:
        """When history was fetched last, in UTC; None if never."""
        with self._reading() as connection:
            newest = connection.execute(select(func.max(SERIES.c.fetched_at))).scalar_one()
        return None if newest is None else from_microseconds(newest)

    def replace(self, bars: Bars, *, source: str, fetched_at: Instant) -> None:
        """Put `bars` in the place of the whole series of their symbol. ValueError on a series without bars."""
        self.replace_many((bars,), source=source, fetched_at=fetched_at)

    def replace_many(self, series: Iterable[Bars], *, source: str, fetched_at: Instant) -> None:
        """`replace` for each of `series`: all of them or, on an error, none."""
        refuse_simulated(source)
        at = to_microseconds(fetched_at)
        # Packed before the transaction begins: nobody waits for whatever makes the series.
        rows = [series_row(bars, source, at) for bars in series]
        if not rows:
            return
        with self._writing() as connection:
            put(connection, SERIES, rows)

    def merge_many(self, series: Iterable[Bars], merge: Merge, *, source: str, fetched_at: Instant) -> None:
        """Put `merge(stored, given)` in the place of each stored series; where it is None, that one stays.

        One transaction, so that nothing another process stores meanwhile is lost. What is damaged counts as none.
        """
        refuse_simulated(source)
        given = {bars.symbol: bars for bars in series}
        if not given:
            return
        with self._writing() as connection:
            stored, _damaged = series_of(connection, given)
            merged = (merge(stored.get(symbol), bars) for symbol, bars in given.items())
            at = to_microseconds(fetched_at)
            rows = [series_row(bars, source, at) for bars in merged if bars is not None]
            if rows:
                put(connection, SERIES, rows)

    def quotes(self, symbols: Iterable[str]) -> dict[str, Quote]:
        """The newest stored quote of each of `symbols`, its `asof` in UTC; those without one are left out."""
        query = select(QUOTES).where(QUOTES.c.symbol.in_(tuple(symbols)))
        with self._reading() as connection:
            return {row["symbol"]: quote_of(row) for row in connection.execute(query).mappings()}

    def put_quotes(self, quotes: Iterable[Quote], *, source: str) -> None:
        """Store each quote unless a newer one is there. ValueError on a price that is no number; other NaN are None."""
        refuse_simulated(source)
        rows = [quote_row(quote, source) for quote in quotes]
        if not rows:
            return
        with self._writing() as connection:
            put(connection, QUOTES, rows, not_before="asof")

    def rejected(self, symbols: Iterable[str]) -> list[Rejected]:
        """What was ever rejected of `symbols`, by symbol, session and field."""
        columns = QUARANTINE.c
        key = (columns.symbol, columns.session, columns.field)
        query = select(*key, columns.value, columns.reason).where(columns.symbol.in_(tuple(symbols))).order_by(*key)
        with self._reading() as connection:
            return [rejected_of(row) for row in connection.execute(query).mappings()]

    def put_rejected(self, rejected: Iterable[Rejected], *, source: str, at: Instant) -> None:
        """Keep in quarantine what was rejected; of one field of one session the last word stands."""
        refuse_simulated(source)
        rows = [rejected_row(one, source, to_microseconds(at)) for one in rejected]
        if not rows:
            return
        with self._writing() as connection:
            put(connection, QUARANTINE, rows)

    def snapshot(self) -> tuple[bytes, Instant] | None:
        """The snapshot stored last as JSON, and its instant in UTC; None if there is none."""
        with self._reading() as connection:
            row = connection.execute(select(SNAPSHOT.c.document, SNAPSHOT.c.at)).one_or_none()
        return None if row is None else (row.document, from_microseconds(row.at))

    def put_snapshot(self, document: bytes, at: Instant) -> None:
        """Store `document` (of `core.snapshot.to_json`) as the last snapshot. msgspec.ValidationError on any other."""
        source = from_json(document).source
        refuse_simulated(SIMULATED if source.simulated else source.feed)
        with self._writing() as connection:
            put(connection, SNAPSHOT, [{"id": 1, "at": to_microseconds(at), "document": document}])

    def check(self) -> list[str]:
        """What is wrong with the store, a line each with its mend; empty where it is sound and can be written."""
        problems: list[str] = []
        try:
            with self._reading() as connection:
                problems += damages(connection)
            with self._writing() as connection:
                problems += obstacles(connection, self.path)
        except StoreError as error:
            problems.append(str(error))
        return problems
