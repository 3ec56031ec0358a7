"""What the store keeps as rows of its tables, and back; numbers of a simulated feed are refused."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, RowMapping, Table, select
from sqlalchemy.dialects.sqlite import insert

from core.errors import SeriesDamaged
from core.model import Quote, Rejected
from core.packing import pack, unpack
from core.panel import Bars
from core.store_schema import from_microseconds, to_microseconds
from core.store_tables import SERIES

SIMULATED = "simulated"


def refuse_simulated(source: str) -> None:
    """Raise ValueError where the source is the simulated feed."""
    if source == SIMULATED:
        msg = "simulated data never enter the store"
        raise ValueError(msg)


def series_row(bars: Bars, source: str, fetched_at: int) -> dict[str, object]:
    """The row of a series; ValueError where it has no bars or is none."""
    if len(bars) == 0:
        msg = f"{bars.symbol}: a series without bars would delete history"
        raise ValueError(msg)
    return {
        "symbol": bars.symbol,
        "first_session": bars.sessions[0].item(),
        "last_session": bars.sessions[-1].item(),
        "row_count": len(bars),
        "source": source,
        "fetched_at": fetched_at,
        "data": pack(bars),
    }


def put(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, object]], *, not_before: str | None = None
) -> None:
    """Put each row in the place of the one with the same primary key.

    With `not_before` a stored row stays whose value in that column is greater.
    """
    statement = insert(table)
    key = [column.name for column in table.primary_key]
    values = {column.name: column for column in statement.excluded if column.name not in key}
    where = None if not_before is None else statement.excluded[not_before] >= table.c[not_before]
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=values, where=where), rows)


def series_of(connection: Connection, symbols: Iterable[str]) -> tuple[dict[str, Bars], dict[str, SeriesDamaged]]:
    """The sound ones of the stored series of `symbols`, and what is wrong with the others."""
    query = select(SERIES.c.symbol, SERIES.c.data).where(SERIES.c.symbol.in_(tuple(symbols)))
    sound: dict[str, Bars] = {}
    damaged: dict[str, SeriesDamaged] = {}
    for symbol, data in connection.execute(query):
        try:
            sound[symbol] = unpack(symbol, data)
        except SeriesDamaged as error:
            damaged[symbol] = error
    return sound, damaged


def quote_row(quote: Quote, source: str) -> dict[str, object]:
    """The row of a quote; ValueError where its price is no number."""
    if not math.isfinite(quote.price):
        msg = f"{quote.symbol}: the price of a quote is {quote.price}"
        raise ValueError(msg)
    # SQLite stores NaN as NULL: a part that is no number comes back as None.
    return {**asdict(quote), "asof": to_microseconds(quote.asof), "source": source}


def quote_of(row: RowMapping) -> Quote:
    """The inverse of `quote_row`, its time in UTC."""
    return Quote(
        symbol=row["symbol"],
        session=row["session"],
        price=row["price"],
        asof=from_microseconds(row["asof"]),
        open=row["open"],
        high=row["high"],
        low=row["low"],
        volume=row["volume"],
    )


def rejected_row(rejected: Rejected, source: str, at: int) -> dict[str, object]:
    """The row of a rejected value; one that is no number becomes NULL."""
    return {**asdict(rejected), "source": source, "at": at}


def rejected_of(row: RowMapping) -> Rejected:
    """The inverse of `rejected_row`."""
    value = math.nan if row["value"] is None else row["value"]
    return Rejected(row["symbol"], row["session"], row["field"], value, row["reason"])
