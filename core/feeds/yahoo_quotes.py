"""From what Yahoo says of a session in progress to a `Quote`, checked. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np

from core.feeds.sanitise import TOLERANCE, leapt, stranger
from core.feeds.yahoo_answers import Chart, decimals, instant, number
from core.i18n import _
from core.model import Doubt, Instant, Instrument, Quote, Rejected, Session
from core.sessions import Calendar
from core.tape import newer

AHEAD = timedelta(minutes=5)
"""A quote may be so much ahead of this computer's clock; one further ahead would hide all true ones after it."""

BEHIND = timedelta(days=30)
"""An older quote is of no session that could matter."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of quotes: the quote, or the doubt in it, and what is not believed; the market cap in its currency."""

    quote: Quote | None
    rejected: tuple[Rejected, ...] = ()
    market_cap: float | None = None
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a quote is held against; `close` is the last finished one, None where it is not known."""

    instrument: Instrument
    close: float | None
    calendar: Calendar
    now: Instant


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said about a symbol, unchecked; NaN where nothing was."""

    price: float
    at: Instant
    open: float
    high: float
    low: float
    volume: float
    zone: str | None


def of_row(row: Mapping[str, Any], known: Known) -> Reading:
    """A row of the quote endpoint."""
    at, zone = instant(row.get("regularMarketTime")), row.get("exchangeTimezoneName")
    if at is None:
        return Reading(None)
    said = _Said(
        price=_price(row.get("regularMarketPrice")),
        at=at,
        open=_price(row.get("regularMarketOpen")),
        high=_price(row.get("regularMarketDayHigh")),
        low=_price(row.get("regularMarketDayLow")),
        volume=number(row.get("regularMarketVolume")),
        zone=zone if isinstance(zone, str) else None,
    )
    reading = _read(said, known)
    if reading.quote is None:
        return reading
    cap = number(row.get("marketCap"))
    return replace(reading, market_cap=cap if cap > 0 else None)


def of_chart(chart: Chart, known: Known) -> Reading:
    """The present price told with a chart that is believed, and its bar of that session where it ends with one."""
    bars, at = chart.bars, chart.at
    if at is None:
        return Reading(None)
    live = len(bars) > 0 and bars.sessions[-1].item() == at.date()
    parts = {name: float(getattr(bars, name)[-1]) if live else np.nan for name in ("open", "high", "low", "volume")}
    return _read(_Said(price=_price(chart.price), at=at, zone=chart.zone, **parts), known)


class QuoteBook:
    """The newest believed quote of each symbol; times are seconds of a monotonic clock. For one thread at a time."""

    def __init__(self) -> None:
        self._quotes: dict[str, Quote] = {}
        self._asked: dict[str, float] = {}
        self._rejected: list[Rejected] = []
        self._doubts: dict[str, Doubt] = {}
        self.market_caps: dict[str, tuple[float, Instant]] = {}

    def take(self, symbol: str, reading: Reading, at: float) -> None:
        """What was read at `at`: no quote gives way to none or to an older one."""
        self._asked[symbol] = at
        self._rejected += reading.rejected
        quote = reading.quote
        if reading.doubt is not None:
            since = self._doubts.get(symbol, reading.doubt).since
            self._doubts[symbol] = replace(reading.doubt, since=since)
        if quote is None:
            return
        self._doubts.pop(symbol, None)
        self._quotes[symbol] = newer(self._quotes.get(symbol), quote)
        if reading.market_cap is not None:
            self.market_caps[symbol] = (reading.market_cap, quote.asof)

    def due(self, symbol: str, now: float, rest: float) -> bool:
        """Whether nothing was read of the symbol for `rest` seconds."""
        return now - self._asked.get(symbol, -np.inf) >= rest

    def of(self, symbols: Iterable[str], session: Session) -> dict[str, Quote]:
        """Their quotes of `session`."""
        found = {symbol: self._quotes[symbol] for symbol in symbols if symbol in self._quotes}
        return {symbol: quote for symbol, quote in found.items() if quote.session == session}

    def doubts(self, symbols: Iterable[str]) -> tuple[Doubt, ...]:
        """Those of them whose newest price was rejected, each since the first time in a row."""
        return tuple(self._doubts[symbol] for symbol in symbols if symbol in self._doubts)

    def rejected(self) -> tuple[Rejected, ...]:
        """What was rejected since the last call."""
        rejected, self._rejected = tuple(self._rejected), []
        return rejected


def _price(value: object) -> float:
    return float(decimals(np.array([number(value)]))[0])


def _read(said: _Said, known: Known) -> Reading:
    symbol, session = known.instrument.symbol, said.at.date()
    if reason := stranger(symbol, symbol, said.zone) or _doubt(said, known):
        rejected = Rejected(symbol, session, "price", said.price, reason)
        return Reading(None, (rejected,), doubt=Doubt(symbol, known.now, reason))
    notes = [
        Rejected(symbol, session, name, value, _("not a price"))
        for name, value in (("open", said.open), ("high", said.high), ("low", said.low))
        if not np.isnan(value) and _part(value) is None
    ]
    opened, high, low = _part(said.open), _part(said.high), _part(said.low)
    if high is not None and low is not None and low > high * (1 + TOLERANCE):
        notes.append(Rejected(symbol, session, "high", high, _("below the low")))
        notes.append(Rejected(symbol, session, "low", low, _("above the high")))
        high = low = None
    if opened is not None and not (low or 0) * (1 - TOLERANCE) <= opened <= (high or np.inf) * (1 + TOLERANCE):
        notes.append(Rejected(symbol, session, "open", opened, _("outside of low and high")))
        opened = None
    quote = Quote(
        symbol,
        session,
        said.price,
        said.at,
        opened,
        None if high is None else max(high, said.price),  # it was traded there
        None if low is None else min(low, said.price),
        said.volume if 0 <= said.volume < np.inf else None,
    )
    return Reading(quote, tuple(notes))


def _part(price: float) -> float | None:
    return price if np.isfinite(price) and price > 0 else None


def _doubt(said: _Said, known: Known) -> str:
    """Why the price cannot be one of a session until now, in words; "" where it can."""
    if _part(said.price) is None:
        return _("not a price")
    if said.at > known.now + AHEAD:
        return _("its time is ahead of this computer's clock")
    if said.at < known.now - BEHIND:
        return _("its time is long past")
    if not known.calendar.is_session(said.at.date()):
        return _("the exchange was closed")
    if known.close is not None and leapt(said.price, known.close, known.instrument.cls):
        return _("a jump like that of a split or a slip")
    return ""
