"""The scene of the proofs of the feed: 60 symbols on a Friday noon in New York, and stores of the evenings before.

Yahoo is the emulator, the feed has the shipped settings unless a proof says otherwise.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest import mock

import msgspec
import numpy as np

from core import universe
from core.model import Instant, Session
from core.panel import Bars
from core.pipeline import open_pipeline
from core.sessions import NEW_YORK, FixedClock, exchange_time
from core.settings import Settings
from core.settings_load import defaults
from core.snapshot import Row, Snapshot, from_json
from core.store import Store
from tests.emulator import Emulator

SESSION = date(2026, 1, 9)
NOON = datetime(2026, 1, 9, 12, tzinfo=NEW_YORK)
THURSDAY_EVENING = datetime(2026, 1, 8, 20, tzinfo=NEW_YORK)
WEDNESDAY_EVENING = datetime(2026, 1, 7, 20, tzinfo=NEW_YORK)

WATCHED = ("AAPL", "MSFT", "NVDA", "AMZN")
"""What makes 60 symbols of those that are shown by default."""

UNLIMITED = 10_000
SAME = 1e-6
"""Prices are 32-bit numbers where they come from."""


class RunningClock:
    """The clock of this computer, as if it had been `start` when it was made."""

    def __init__(self, start: Instant) -> None:
        self._start = start
        self._begun = time.monotonic()

    def now(self) -> Instant:
        """The present instant, on New York's wall clock."""
        return exchange_time(self._start + timedelta(seconds=time.monotonic() - self._begun))

    def monotonic(self) -> float:
        """Seconds since the computer started."""
        return time.monotonic()


def url_of(store: Path) -> str:
    """The address of a store."""
    return f"sqlite:///{store}"


def settings(store: Path | None, *, budget: int | None = None, stream: bool = False, years: int = 10) -> Settings:
    """The shipped settings with the feed `yahoo` and 60 symbols."""
    url = "none" if store is None else url_of(store)
    shipped = defaults().with_overrides(feed="yahoo", store=url).settings
    yahoo = msgspec.structs.replace(shipped.feed.yahoo, stream=stream)
    if budget is not None:
        yahoo = msgspec.structs.replace(yahoo, budget_per_minute=budget)
    return msgspec.structs.replace(
        shipped,
        feed=msgspec.structs.replace(shipped.feed, yahoo=yahoo),
        metrics=msgspec.structs.replace(shipped.metrics, years=years),
        watchlist={"megacaps": WATCHED},
    )


SYMBOLS = tuple(instrument.symbol for instrument in universe.build(settings(None)).instruments)


def make_store(store: Path, at: datetime, *, years: int = 10) -> None:
    """A store as a screen leaves it that was used `at`, without any fault."""
    with Emulator() as emulator, mock.patch.dict(os.environ, emulator.environment()):
        emulator.clock.set(at)
        with closing(open_pipeline(settings(store, budget=UNLIMITED, years=years), clock=FixedClock(at))) as pipe:
            snapshot = pipe.refresh()
    if snapshot.source.problems:
        raise RuntimeError(f"nothing is wrong, and yet: {snapshot.source.problems}")


def rows(snapshot: Snapshot) -> dict[str, Row]:
    """The rows of a snapshot by symbol."""
    return {row.symbol: row for row in (*snapshot.leadership, *snapshot.sectors, *snapshot.watchlist)}


def stored_rows(store: Path) -> dict[str, Row]:
    """Those of the snapshot that is stored."""
    with closing(Store.open(url_of(store), read_only=True)) as opened:
        document = opened.snapshot()
    return {} if document is None else rows(from_json(document[0]))


def stored_bars(store: Path) -> dict[str, Bars]:
    """Every series that is stored."""
    with closing(Store.open(url_of(store), read_only=True)) as opened:
        return opened.load(opened.symbols())


def lost_prices(before: Mapping[str, Row], after: Mapping[str, Row], emulator: Emulator) -> set[str]:
    """The symbols whose price has become empty, older or another than Yahoo's true one."""
    return {s for s, row in before.items() if not _kept(row, after.get(s), emulator)}


def fresh_prices(after: Mapping[str, Row], emulator: Emulator, session: Session) -> set[str]:
    """The symbols with the true price of `session`."""
    return {s for s, row in after.items() if row.session == session and _true(row, emulator)}


def lost_bars(before: Mapping[str, Bars], after: Mapping[str, Bars], emulator: Emulator) -> set[str]:
    """The symbols that have lost a stored bar, or have one with other closes than before that are not true either."""
    return {s for s, bars in before.items() if s not in after or not _kept_bars(bars, after[s], emulator)}


def _kept(before: Row, after: Row | None, emulator: Emulator) -> bool:
    if before.last is None or before.session is None:
        return True
    if after is None or after.last is None or after.session is None or after.session < before.session:
        return False
    if before.asof is not None and after.session == before.session and (after.asof or before.asof) < before.asof:
        return False
    same = after.session == before.session and abs(after.last / before.last - 1) < SAME
    return same or _true(after, emulator)


def _true(row: Row, emulator: Emulator) -> bool:
    if row.last is None or row.session is None:
        return False
    return abs(row.last / emulator.market.price(row.symbol, row.session) - 1) < SAME


def _kept_bars(before: Bars, after: Bars, emulator: Emulator) -> bool:
    if not np.isin(before.sessions, after.sessions).all():
        return False
    true = emulator.market.series(before.symbol)
    for bars, name in ((before, "close"), (before, "adj_close")):
        values = getattr(after, name)[np.isin(after.sessions, bars.sessions)]
        right = getattr(true, name)[np.isin(true.days, bars.sessions)]
        kept = np.abs(values / getattr(bars, name) - 1) < SAME
        if not (kept | (np.abs(values / right - 1) < SAME)).all():
            return False
    return True
