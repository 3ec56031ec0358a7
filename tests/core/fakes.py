"""A feed that answers from a script, and what the tests of the pipeline give it: settings, walks, files."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np

from core import universe
from core.errors import FeedError
from core.feeds.base import FeedState, History, Quotes
from core.model import Instant, Instrument, Problem, Quote, Session, SymbolClass
from core.panel import Bars, Days
from core.pipeline import Pipeline
from core.sessions import NEW_YORK, Calendar, FixedClock
from core.settings import FeedName, Settings
from core.settings_load import defaults
from core.snapshot import Row, Snapshot

FRIDAY, SUNDAY, MONDAY = date(2026, 1, 9), date(2026, 1, 11), date(2026, 1, 12)
HALF_DAY = date(2025, 11, 28)

COLUMNS = ("open", "high", "low", "close", "adj_close", "volume")
LEVELS = {SymbolClass.RATE: 4.0, SymbolClass.VOLATILITY: 18.0, SymbolClass.INDEX: 5000.0}


class FakeFeed:
    """Gives what its attributes say at the moment of the call, and writes down what it was asked."""

    name = "fake"
    simulated = False
    always_open = False

    def __init__(self, *bars: Bars) -> None:
        self.bars = {series.symbol: series for series in bars}
        self.current: dict[str, Quote] = {}
        self.problems: tuple[Problem, ...] = ()
        self.fetched_at: Instant | None = None
        self.failure: FeedError | None = None
        self.asked: list[tuple[tuple[str, ...], Session, Session]] = []
        self.condition = FeedState()
        self.closed = False

    def history(self, wanted: Sequence[Instrument], first: Session, last: Session) -> History:
        symbols = tuple(instrument.symbol for instrument in wanted)
        self.asked.append((symbols, first, last))
        if self.failure is not None:
            raise self.failure
        parts = {symbol: self.bars[symbol].since(first).upto(last) for symbol in symbols if symbol in self.bars}
        bars = {symbol: part for symbol, part in parts.items() if len(part)}
        missing = tuple(Problem("missing", symbol, f"{symbol} is absent") for symbol in symbols if symbol not in bars)
        return History(bars, (*self.problems, *missing), self.fetched_at)

    def quotes(self, wanted: Sequence[Instrument], session: Session, now: Instant) -> Quotes:
        symbols = {instrument.symbol for instrument in wanted}
        return Quotes({symbol: quote for symbol, quote in self.current.items() if symbol in symbols})

    def state(self) -> FeedState:
        return self.condition

    def known(self) -> frozenset[str]:
        return frozenset(self.bars)

    def close(self) -> None:
        self.closed = True


def new_york(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=NEW_YORK)


def clock_at(day: date, clock: str) -> FixedClock:
    return FixedClock(new_york(day, clock))


def settings(
    *,
    feed: FeedName = "auto",
    data: Sequence[Path] = (),
    store: str = "none",
    show: Sequence[str] = ("index_funds", "sectors", "indices", "volatility", "rates"),
    watchlist: Mapping[str, tuple[str, ...]] | None = None,
    years: int = 10,
) -> Settings:
    """The shipped settings, watching a few groups only."""
    shipped = defaults().with_overrides(feed=feed, data=[str(path) for path in data], store=store).settings
    simulated = msgspec.structs.replace(shipped.feed.simulated, sessions=300)
    return msgspec.structs.replace(
        shipped,
        feed=msgspec.structs.replace(shipped.feed, simulated=simulated),
        universe=msgspec.structs.replace(shipped.universe, show=tuple(show)),
        metrics=msgspec.structs.replace(shipped.metrics, years=years),
        watchlist=dict(watchlist or {}),
    )


def sessions(count: int = 80, last: Session = FRIDAY) -> Days:
    """The last `count` sessions of the exchange up to `last`."""
    return Calendar().sessions(last - timedelta(days=2 * count), last)[-count:]


def walk(instrument: Instrument, days: Days) -> Bars:
    """A random walk of daily bars, always the same for a symbol; an index has neither range nor volume."""
    rng = np.random.default_rng(zlib.crc32(instrument.symbol.encode()))
    close = LEVELS.get(instrument.cls, 100.0) * np.exp(np.cumsum(0.01 * rng.standard_normal(len(days))))
    nothing = np.full(len(days), np.nan)
    if not instrument.cls.has_total_return:
        return Bars(instrument.symbol, days, nothing, nothing, nothing, close, close, nothing)
    adjusted = close * np.exp(5e-5 * np.arange(1 - len(days), 1))  # it ends at the price, as quotes go on from there
    volume = rng.uniform(1e6, 2e6, len(days))
    return Bars(instrument.symbol, days, close * 0.999, close * 1.01, close * 0.99, close, adjusted, volume)


def market(chosen: Settings, days: Days, *, without: Iterable[str] = ()) -> FakeFeed:
    """A feed with a walk for every symbol of the settings, but for `without`."""
    watched = universe.build(chosen).instruments
    return FakeFeed(*(walk(i, days) for i in watched if i.symbol not in set(without)))


def quote(symbol: str, price: float, at: datetime, **parts: float) -> Quote:
    return Quote(symbol, at.date(), price, at, **parts)


def quotes(feed: FakeFeed, at: datetime, *, factor: float = 1.01) -> dict[str, Quote]:
    """A quote for every symbol of the feed: its last close times `factor`."""
    return {s: quote(s, float(series.close[-1]) * factor, at) for s, series in feed.bars.items()}


def times(series: Bars, factor: float, *names: str) -> Bars:
    """The series with some columns (all prices, by default) multiplied."""
    names = names or COLUMNS[:-1]
    return replace(series, **{name: getattr(series, name) * factor for name in names})


def write_csv(path: Path, series: Iterable[Bars]) -> Path:
    """A file in long form."""
    lines = ["symbol,date,open,high,low,close,adj_close,volume"]
    for bars in series:
        rows = zip(bars.sessions.tolist(), *(getattr(bars, name).tolist() for name in COLUMNS), strict=True)
        lines += [f"{bars.symbol},{day}," + ",".join(map(repr, row)) for day, *row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rows(snapshot: Snapshot) -> dict[str, Row]:
    return {row.symbol: row for row in (*snapshot.leadership, *snapshot.sectors, *snapshot.watchlist)}


def engine_of(pipe: Pipeline) -> object:
    assert pipe._folder.latest is not None
    return pipe._folder.latest.engine
