"""What Alpaca sends, typed, and what becomes of it: `Bars` and `Quote`. Fields that nobody reads are not declared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec
import numpy as np
from msgspec import Meta

from core.model import Instant, Quote, Session
from core.panel import Bars, Days, Floats
from core.sessions import exchange_time

Stamp: TypeAlias = Annotated[datetime, Meta(tz=True)]

_EASTERN_STANDARD = np.timedelta64(4, "h")


class DailyBar(msgspec.Struct, frozen=True, gc=False):
    """One session: `t` is its midnight in New York."""

    t: Stamp
    o: float | None = None
    h: float | None = None
    l: float | None = None  # noqa: E741 - Alpaca's name
    c: float | None = None
    v: float | None = None


class Trade(msgspec.Struct, frozen=True, gc=False):
    """The last trade: its time and price."""

    t: Stamp
    p: float


class StockSnapshot(msgspec.Struct, frozen=True, rename="camel"):
    """The present state of one symbol, in regular hours and outside them."""

    latest_trade: Trade | None = None
    daily_bar: DailyBar | None = None


class BarsPage(msgspec.Struct, frozen=True):
    """One page of daily bars: symbols in the order of the alphabet, then sessions."""

    bars: dict[str, list[DailyBar]] | None
    next_page_token: str | None = None


SnapshotPage: TypeAlias = dict[str, StockSnapshot | None]


def to_bars(symbol: str, px: Sequence[DailyBar], tr: Sequence[DailyBar]) -> Bars:
    """The series on both bases, unchecked: `px` is adjusted for splits, `tr` for dividends too."""
    paid = {row.t: row.c for row in tr}
    return Bars(
        symbol=symbol,
        sessions=_sessions(px),
        open=_column(row.o for row in px),
        high=_column(row.h for row in px),
        low=_column(row.l for row in px),
        close=_column(row.c for row in px),
        adj_close=_column(paid.get(row.t) for row in px),
        volume=_column(row.v for row in px),
    )


def to_quote(
    symbol: str, sent: StockSnapshot | None, session: Session, hours: tuple[Instant, Instant], *, partial: bool
) -> Quote | None:
    """The state of `session` with its regular `hours`; None before its first trade.

    After the close the price is that of the close. `partial`: not all exchanges count, so the volume is left out.
    """
    open_at, close_at = hours
    trade, bar = (sent.latest_trade, sent.daily_bar) if sent else (None, None)
    if bar is not None and (exchange_time(bar.t).date() != session or not _possible(bar)):
        bar = None
    price, asof = (trade.p, trade.t) if trade else (None, open_at)
    if asof > close_at:  # a trade after hours
        price, asof = (bar.c if bar else None), close_at
    if asof < open_at or not price or price < 0:
        return None
    quote = Quote(symbol, session, price, exchange_time(asof))
    if bar is None:
        return quote
    # The last trade may be one that counts for no range: an odd lot.
    high, low = max(bar.h or price, price), min(bar.l or price, price)
    return replace(quote, open=bar.o, high=high, low=low, volume=None if partial else bar.v)


def _sessions(rows: Sequence[DailyBar]) -> Days:
    seconds = np.array([row.t.timestamp() for row in rows], dtype=np.int64)
    # Midnight in New York is 4:00 UTC in summer and 5:00 in winter.
    days: Days = (seconds.astype("datetime64[s]") - _EASTERN_STANDARD).astype("datetime64[D]")
    return days


def _column(values: Iterable[float | None]) -> Floats:
    return np.array(list(values), dtype=np.float64)


def _possible(bar: DailyBar) -> bool:
    opened, high, low, close = bar.o or 0.0, bar.h or 0.0, bar.l or 0.0, bar.c or 0.0
    return 0 < low <= min(opened, close) and max(opened, close) <= high
