"""One symbol of the emulated market: its walk, and what happened to it and is to happen.

Prices and amounts stand in the unit of the walk; `unit` leads from there to what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np

from core.model import Instant, Session
from core.panel import Days, Floats
from core.sessions import NEW_YORK, Calendar
from tests.emulator.walk import FIRST, Walk, make_walk, minutes


class Rows:
    """The sessions of the exchange by row: `days`, and `opens` in seconds."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.days: Days = calendar.sessions(FIRST, date(datetime.now(NEW_YORK).year + 1, 12, 31))
        self.opens = np.array([int(calendar.open_at(day).timestamp()) for day in self.days.tolist()])
        self._row = {day: row for row, day in enumerate(self.days.tolist())}

    def of(self, session: Session) -> int:
        """The row of `session`; raises `ValueError` where there is none."""
        if session not in self._row:
            raise ValueError(f"{session} is not a session")
        return self._row[session]

    def day(self, row: int) -> Session:
        """The session of `row`."""
        session: Session = self.days[row].item()
        return session


@dataclass(frozen=True, slots=True)
class Trade:
    """The last price at a moment, and the volume of the session until then."""

    at: Instant
    price: float
    volume: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A session until a moment; `at` is its last trade."""

    at: Instant
    open: float
    high: float
    low: float
    close: float
    volume: float


@dataclass(slots=True, eq=False)
class Listing:
    """What is known of one symbol; splits (new shares for an old one), dividends and trades by session."""

    symbol: str
    rows: Rows
    walk: Walk
    splits: dict[Session, float]
    dividends: dict[Session, float]
    scale: float = 1.0
    first: Session = FIRST
    dropped: set[Session] = field(default_factory=set)
    trades: dict[Session, list[Trade]] = field(default_factory=dict)
    fundamentals: dict[str, float | None] = field(default_factory=dict)

    @classmethod
    def of(cls, symbol: str, rows: Rows) -> Listing:
        """The listing of `symbol` as its walk has it."""
        walk = make_walk(symbol, len(rows.days))
        splits = {rows.day(row): ratio for row, ratio in walk.splits.items()}
        return cls(symbol, rows, walk, splits, {rows.day(row): amount for row, amount in walk.dividends.items()})

    def unit(self, session: Session) -> float:
        """What to multiply a price with to have what is shown when `session` was the last to begin."""
        return self.scale / float(np.prod([ratio for day, ratio in self.splits.items() if day <= session]))

    def bar(self, row: int, now: Instant) -> Bar:
        """The bar of a session that has begun, as far as it is known at `now`."""
        walk, session = self.walk, self.rows.day(row)
        closed = self.rows.calendar.close_at(session)
        trades = [trade for trade in self.trades.get(session, ()) if trade.at <= now]
        first = float(walk.open[row])
        if trades:
            prices = [first, *(trade.price for trade in trades)]
            return Bar(trades[-1].at, first, max(prices), min(prices), prices[-1], trades[-1].volume)
        if now >= closed:
            high, low, close, volume = (float(column[row]) for column in (walk.high, walk.low, walk.close, walk.volume))
            return Bar(closed, first, high, low, close, volume)
        path = self.path(row)
        elapsed = (now - self.rows.calendar.open_at(session)).total_seconds() / 60
        last = float(np.interp(elapsed, np.arange(len(path)), path))
        seen = [*path[: int(elapsed) + 1].tolist(), last]
        volume = float(walk.volume[row]) * elapsed / (len(path) - 1)
        return Bar(now, first, max(seen), min(seen), last, volume)

    def bars(self, rows: int, now: Instant) -> list[Floats]:
        """Open, high, low, close and volume of the first `rows` sessions."""
        walk = self.walk
        columns = [column[:rows].copy() for column in (walk.open, walk.high, walk.low, walk.close, walk.volume)]
        special = {self.rows.of(session) for session in self.trades} | {rows - 1}
        for row in special & set(range(rows)):
            bar = self.bar(row, now)
            for column, value in zip(columns, (bar.open, bar.high, bar.low, bar.close, bar.volume), strict=True):
                column[row] = value
        return columns

    def path(self, row: int) -> Floats:
        """The price at each minute of a session, from its open to its close; trades are left out."""
        session = self.rows.day(row)
        length = self.rows.calendar.close_at(session) - self.rows.calendar.open_at(session)
        count = round(length.total_seconds() / 60)
        ends = np.log([self.walk.open[row], self.walk.close[row]])
        wandering = np.interp(np.arange(count + 1), [0, count], ends) + minutes(self.symbol, row, count)
        inside: Floats = np.clip(np.exp(wandering), self.walk.low[row], self.walk.high[row])
        return inside

    def adjusted(self, close: Floats) -> Floats:
        """`close`, less the dividends paid after each session."""
        factors = np.ones(len(close))
        for session, amount in self.dividends.items():
            row = self.rows.of(session)
            if 0 < row < len(close):
                factors[row - 1] *= 1 - amount / close[row - 1]
        product: Floats = close * np.cumprod(factors[::-1])[::-1]
        return product
