"""A calendar of weekdays, and simulated feeds that run on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np

from core.feeds.base import History
from core.feeds.loadings import KNOWN
from core.feeds.simulated import SimulatedFeed
from core.model import Instrument, Session, SymbolClass
from core.panel import Bars, Days
from core.settings_load import defaults

FIRST, LAST, LIVE = date(2015, 1, 1), date(2026, 1, 9), date(2026, 1, 12)
NOW = datetime(2026, 1, 12, 17, 30, tzinfo=UTC)
SHIPPED_SEED = defaults().settings.feed.simulated.seed
UNIVERSE = tuple(Instrument(symbol, symbol, made.cls, "known") for symbol, made in KNOWN.items())


class Weekdays:
    """Every weekday is a session."""

    def sessions(self, first: Session, last: Session) -> Days:
        days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
        return days[np.is_busday(days)]


def feed(seed: int = SHIPPED_SEED, sessions: int = 1000) -> SimulatedFeed:
    return SimulatedFeed(seed, sessions, Weekdays())


def instrument(symbol: str, cls: SymbolClass = SymbolClass.FUND) -> Instrument:
    return Instrument(symbol, symbol, cls, "watchlist")


def history(seed: int = SHIPPED_SEED, sessions: int = 1000, wanted: Sequence[Instrument] = UNIVERSE) -> History:
    return feed(seed, sessions).history(wanted, FIRST, LAST)


def same(a: Bars, b: Bars) -> bool:
    fields = ("sessions", "open", "high", "low", "close", "adj_close", "volume")
    return all(np.array_equal(getattr(a, name), getattr(b, name), equal_nan=name == "volume") for name in fields)
