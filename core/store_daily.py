"""What the store keeps once a day: fundamentals of the funds, and market caps of the members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from sqlalchemy import RowMapping, select

from core.model import Session
from core.store_part import StorePart
from core.store_rows import put, refuse_simulated
from core.store_schema import from_microseconds, to_microseconds
from core.store_tables import FUNDAMENTALS, MARKET_CAPS
from core.valuation import Fundamentals


class DailyStore(StorePart):
    """That part of a `core.store.Store`; its methods raise what the others do."""

    def fundamentals(self) -> tuple[Fundamentals, ...]:
        """Every snapshot of the fundamentals, by session; their times in UTC."""
        query = select(FUNDAMENTALS).order_by(FUNDAMENTALS.c.session, FUNDAMENTALS.c.symbol)
        with self._reading() as connection:
            return tuple(_fundamentals_of(row) for row in connection.execute(query).mappings())

    def put_fundamentals(self, found: Iterable[Fundamentals]) -> None:
        """Keep each; of one fund at one session the last word stands. ValueError on simulated ones."""
        rows = [_fundamentals_row(one) for one in found]
        if not rows:
            return
        with self._writing() as connection:
            put(connection, FUNDAMENTALS, rows)

    def market_caps(self, symbols: Iterable[str]) -> dict[str, tuple[float, Session]]:
        """The market capitalisation of each of `symbols` at the close of a session; those without one are left out."""
        query = select(MARKET_CAPS).where(MARKET_CAPS.c.symbol.in_(tuple(symbols)))
        with self._reading() as connection:
            return {row.symbol: (row.cap, row.session) for row in connection.execute(query)}

    def put_market_caps(self, caps: Mapping[str, float], session: Session, *, source: str) -> None:
        """Keep the market capitalisations at the close of `session`. ValueError on simulated ones."""
        refuse_simulated(source)
        rows = [{"symbol": s, "session": session, "cap": cap, "source": source} for s, cap in caps.items()]
        if not rows:
            return
        with self._writing() as connection:
            put(connection, MARKET_CAPS, rows)


def _fundamentals_row(found: Fundamentals) -> dict[str, object]:
    refuse_simulated(found.source)
    times = {"asof": to_microseconds(found.asof), "fetched_at": to_microseconds(found.fetched_at)}
    return asdict(found) | times


def _fundamentals_of(row: RowMapping) -> Fundamentals:
    times = {name: from_microseconds(row[name]) for name in ("asof", "fetched_at")}
    return Fundamentals(**{**row, **times})
