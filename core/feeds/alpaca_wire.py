"""What Alpaca sends, typed, and what becomes of it: `Bars` and `Quote`.

Fields that nobody reads are not declared and cost nothing. Every row is checked before it becomes a number of
ours: a session of the exchange, finite and positive prices, low <= open, close <= high.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Meta

from core.i18n import _
from core.model import Instant, Problem, Quote, Session
from core.panel import Bars, Days, Floats
from core.sessions import exchange_time

Stamp: TypeAlias = Annotated[datetime, Meta(tz=True)]

ROUNDING: Final = 1e-4
"""By this ratio an adjusted close may leave the range of its day: Alpaca rounds each price by itself."""

_PRICES = ("o", "h", "l", "c")
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

    bars: dict[str, list[DailyBar]] | None = None
    next_page_token: str | None = None


SnapshotPage: TypeAlias = dict[str, StockSnapshot | None]


def to_bars(
    symbol: str, px: Sequence[DailyBar], tr: Sequence[DailyBar], sessions: Days
) -> tuple[Bars | None, tuple[Problem, ...]]:
    """The series on both bases over `sessions`, None where nothing is left; what was left out of it is told.

    `px` is adjusted for splits, `tr` for dividends too. A row counts where both have it.
    """
    days, prices, volume = _columns(px)
    other_days, other_prices, _volume = _columns(tr)
    _common, here, there = np.intersect1d(days, other_days, return_indices=True)
    sound = np.isin(days[here], sessions) & _possible(prices[:, here]) & _possible(other_prices[:, there])
    here, there = here[sound], there[sound]
    opens, highs, lows, closes = prices[:, here]
    bars = Bars(symbol, days[here], opens, highs, lows, closes, other_prices[3, there], volume[here])
    lost = np.setdiff1d(np.union1d(days, other_days), bars.sessions)
    return bars if len(bars) else None, (_rejected(symbol, lost),) if len(lost) else ()


def to_quote(
    symbol: str, sent: StockSnapshot | None, session: Session, hours: tuple[Instant, Instant], *, partial: bool
) -> Quote | None:
    """The state of `session` with its regular `hours`; None before its first trade.

    After the close the price is that of the close. `partial`: not all exchanges count, so the volume is left out.
    """
    open_at, close_at = hours
    trade, bar = (sent.latest_trade, sent.daily_bar) if sent else (None, None)
    day = _day(bar, session)
    price, asof = (trade.p, trade.t) if trade else (np.nan, open_at)
    if asof > close_at:  # a trade after hours
        price, asof = (day["c"] if day else np.nan), close_at
    if asof < open_at or not (np.isfinite(price) and price > 0):
        return None
    return Quote(
        symbol=symbol,
        session=session,
        price=price,
        asof=exchange_time(asof),
        open=day["o"] if day else None,
        high=max(day["h"], price) if day else None,  # odd lots trade at prices that widen no range
        low=min(day["l"], price) if day else None,
        volume=bar.v if bar and day and not partial else None,
    )


def _columns(rows: Sequence[DailyBar]) -> tuple[Days, Floats, Floats]:
    """Sessions (n,), open, high, low and close (4, n), and volume (n,)."""
    seconds = np.array([row.t.timestamp() for row in rows], dtype=np.int64)
    # Midnight in New York is 4:00 UTC in summer and 5:00 in winter.
    days: Days = (seconds.astype("datetime64[s]") - _EASTERN_STANDARD).astype("datetime64[D]")
    prices = np.array([[getattr(row, name) for row in rows] for name in _PRICES], dtype=np.float64)
    return days, prices, np.array([row.v for row in rows], dtype=np.float64)


def _possible(prices: Floats) -> npt.NDArray[np.bool_]:
    """Which columns of open, high, low and close (4, n) can be a session."""
    opens, highs, lows, closes = prices
    low, high = np.minimum(opens, closes) * (1 + ROUNDING), np.maximum(opens, closes) * (1 - ROUNDING)
    sound = np.isfinite(prices) & (prices > 0)
    possible: npt.NDArray[np.bool_] = sound.all(axis=0) & (lows <= low) & (high <= highs)
    return possible


def _day(bar: DailyBar | None, session: Session) -> dict[str, float] | None:
    """The prices of `bar` if it is of `session` and possible."""
    if bar is None:
        return None
    days, prices, _volume = _columns([bar])
    if days[0] != np.datetime64(session, "D") or not _possible(prices)[0]:
        return None
    return dict(zip(_PRICES, prices[:, 0].tolist(), strict=True))


def _rejected(symbol: str, lost: Days) -> Problem:
    text = _("{symbol}: {count} × impossible or incomplete bar, left out (first {day})")
    return Problem("rejected", symbol, text.format(symbol=symbol, count=len(lost), day=lost.min()))
