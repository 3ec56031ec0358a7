"""Where a symbol is listed, in Yahoo's words, and the hours of the exchange as Yahoo states them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.model import Instant, SymbolClass
from core.sessions import NEW_YORK, Phase
from tests.emulator.market import Market
from tests.emulator.wire import Json


@dataclass(frozen=True, slots=True)
class Venue:
    """An exchange, and the type Yahoo gives to what is listed there."""

    kind: str
    exchange: str
    name: str
    zone: ZoneInfo = NEW_YORK
    price_hint: int = 2
    extended_hours: bool = False


_CHICAGO = ZoneInfo("America/Chicago")

VENUES = {
    SymbolClass.STOCK: Venue("EQUITY", "NMS", "NasdaqGS", extended_hours=True),
    SymbolClass.FUND: Venue("ETF", "PCX", "NYSEArca", extended_hours=True),
    SymbolClass.INDEX: Venue("INDEX", "SNP", "SNP"),
    # Yahoo has the indices of Cboe in Chicago.
    SymbolClass.RATE: Venue("INDEX", "CGI", "Cboe Indices", _CHICAGO, 4),
    SymbolClass.VOLATILITY: Venue("INDEX", "CXI", "Cboe Indices", _CHICAGO),
}


def short_zone(zone: ZoneInfo, now: Instant) -> str:
    """The zone's abbreviation at `now`, as EST."""
    return now.astimezone(zone).strftime("%Z")


def offset(zone: ZoneInfo, now: Instant) -> int:
    """The zone's offset from UTC at `now`, in seconds."""
    difference = now.astimezone(zone).utcoffset()
    return int(difference.total_seconds()) if difference else 0


def trading_period(market: Market, venue: Venue, now: Instant) -> Json:
    """`currentTradingPeriod`: the session whose after hours have not ended yet, in seconds since 1970."""
    state = market.calendar.state(now)
    session = state.session if state.phase in (Phase.OPEN, Phase.AFTER) else state.next_session
    opened, closed = market.calendar.open_at(session), market.calendar.close_at(session)
    before, after = (timedelta(hours=5.5), timedelta(hours=4)) if venue.extended_hours else (timedelta(), timedelta())

    def period(start: datetime, end: datetime) -> Json:
        return {
            "timezone": short_zone(venue.zone, opened),
            "start": int(start.timestamp()),
            "end": int(end.timestamp()),
            "gmtoffset": offset(venue.zone, opened),
        }

    return {
        "pre": period(opened - before, opened),
        "regular": period(opened, closed),
        "post": period(closed, closed + after),
    }
