"""The feed `yahoo` with the real yfinance and curl before an emulated Yahoo, on a clock that stands still."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from unittest import mock

import msgspec

from core.feeds.base import History, Quotes
from core.feeds.yahoo import YahooFeed
from core.model import Instrument, SymbolClass
from core.sessions import NEW_YORK, Calendar, FixedClock
from core.settings import YahooSettings
from core.settings_load import defaults
from core.store import Store
from tests.emulator import Emulator

SESSION = date(2026, 1, 9)  # a Friday
FIRST = date(2025, 7, 1)
NOON = datetime(2026, 1, 9, 12, tzinfo=NEW_YORK)
EVENING = datetime(2026, 1, 9, 20, tzinfo=NEW_YORK)

CALENDAR = Calendar()
SHIPPED = defaults().settings.feed.yahoo

PANDAS = "ignore::pandas.errors.Pandas4Warning"
"""For pytest's filter: yfinance 1.7 uses what pandas 3.1 deprecates."""


def instruments(count: int) -> list[Instrument]:
    """Funds with names of their own."""
    return [Instrument(f"F{number:03}", f"Fund {number}", SymbolClass.FUND, "funds") for number in range(count)]


def fund(symbol: str, cls: SymbolClass = SymbolClass.FUND) -> Instrument:
    return Instrument(symbol, symbol, cls, "funds")


class Rig:
    """A feed, the emulator behind it, and the one clock of both."""

    def __init__(self, emulator: Emulator, settings: YahooSettings, now: datetime, store: Store | None) -> None:
        self.emulator = emulator
        self.clock = FixedClock(now)
        self.store = store
        self.feed = YahooFeed(settings, self.clock, CALENDAR, store)
        emulator.clock.set(now)

    def at(self, now: datetime) -> None:
        """Make it `now`, later than before, for the feed and for Yahoo."""
        self.clock.advance((now - self.clock.now()).total_seconds())
        self.emulator.clock.set(now)

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.emulator.clock.set(self.clock.now())

    def history(self, wanted: Sequence[Instrument], first: date = FIRST, last: date = SESSION) -> History:
        return self.feed.history(wanted, first, last)

    def quotes(self, wanted: Sequence[Instrument], session: date = SESSION) -> Quotes:
        return self.feed.quotes(wanted, session, self.clock.now())

    def charts(self) -> list[str]:
        """The symbols whose charts were asked for, in order."""
        return [entry.symbols[0] for entry in self.emulator.log.entries if entry.endpoint == "chart"]

    def keep(self, history: History) -> None:
        """Store what the feed says is to be stored."""
        assert self.store is not None
        self.store.replace_many(history.fresh, source="yahoo", fetched_at=self.clock.now())
        self.store.put_rejected(history.rejected, source="yahoo", at=self.clock.now())


@contextmanager
def rig(
    emulator: Emulator, *, now: datetime = EVENING, store: Store | None = None, budget: int = 10_000, **changes: object
) -> Iterator[Rig]:
    """A feed of the shipped settings with another budget, because no time passes that could fill it again."""
    settings = msgspec.structs.replace(SHIPPED, budget_per_minute=budget, **changes)
    with mock.patch.dict(os.environ, emulator.environment()):
        made = Rig(emulator, settings, now, store)
        yield made
        made.feed.close()
