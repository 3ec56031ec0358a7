"""From a feed into the store, symbol by symbol; what was stored stays stored when it is interrupted.

A feed that has patience (`core.feeds.base.Patient`) is asked for what lacks only, and each series is stored soon after
it has come. Any other one is asked batch by batch.

New bars join those stored earlier if both stand on one price base. A dividend or a split restates a whole
history (metrics.md 0.2): then, and where the two do not meet, the symbol is asked for whole, as far back as
it is stored. A series is never put together from two bases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.feeds.base import Feed, FeedState, Fetched, Patient
from core.feeds.splice import OVERLAP, SAME_BASE
from core.i18n import _
from core.model import Instant, Instrument, Problem, Rejected, Session
from core.panel import COLUMNS, Bars

if TYPE_CHECKING:
    from core.sessions import Clock
    from core.store import Store

BATCH = 20
"""Symbols asked for, or stored, at once: an interruption loses no more than these."""

COMMIT_EVERY = 2.0
"""Seconds after which fewer are stored, where they come slowly."""

PATIENCE = 120.0
"""Seconds that a symbol waits where the source refuses."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a fetch has come: symbols done of all, the one done last, and how many brought nothing.

    `state`: how the feed is doing.
    """

    done: int
    total: int
    symbol: str
    failed: int = 0
    state: FeedState = field(default_factory=FeedState)

    @property
    def waits(self) -> str:
        """Why nothing is asked at present, and until when, in words; "" while something is."""
        if not self.state.open or self.state.next_try is None:
            return ""
        text = _("{cause}; waits until {time:%H:%M}")
        return text.format(cause=self.state.cause, time=self.state.next_try)


Progress: TypeAlias = Callable[[Step], None]
"""Called after every symbol, and now and then while none comes."""


@dataclass(slots=True)
class _Count:
    """How many of `total` symbols are done, and how many of these brought nothing; `progress` is told of each."""

    total: int
    feed: Feed
    progress: Progress
    done: int = 0
    failed: int = 0
    symbol: str = ""

    def step(self, symbol: str, *, failed: bool) -> None:
        self.done += 1
        self.failed += failed
        self.symbol = symbol
        self.tell()

    def tell(self) -> None:
        self.progress(Step(self.done, self.total, self.symbol, self.failed, self.feed.state()))


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a fetch stored: series and their bars; how many were complete already; and what went wrong."""

    stored: int
    rows: int
    problems: tuple[Problem, ...]
    complete: int = 0


def fill(
    store: Store,
    feed: Feed,
    wanted: Sequence[Instrument],
    first: date,
    last: Session,
    *,
    clock: Clock,
    progress: Progress,
) -> FetchReport:
    """Store the bars of `wanted` from `first` to `last`. Raises StoreError, and FeedError where nothing was given."""
    count = _Count(len(wanted), feed, progress)
    if isinstance(feed, Patient):
        return _fill_patiently(store, feed, wanted, first, last, clock=clock, count=count)
    return _fill_batches(store, feed, wanted, first, last, at=clock.now(), count=count)


def _fill_batches(
    store: Store,
    feed: Feed,
    wanted: Sequence[Instrument],
    first: date,
    last: Session,
    *,
    at: Instant,
    count: _Count,
) -> FetchReport:
    stored = rows = 0
    problems: dict[Problem, None] = {}  # what a feed says of no symbol in particular it says in every batch
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        # A damaged series counts as none: the new one takes its place.
        kept, _damaged = store.load_sound(instrument.symbol for instrument in batch)
        joined, notes = _ask(feed, batch, kept, first, last)
        problems |= dict.fromkeys(notes)
        for instrument in batch:
            series = joined.get(instrument.symbol)
            if series is not None:
                store.replace(series, source=feed.name, fetched_at=at)
                stored, rows = stored + 1, rows + len(series)
            count.step(instrument.symbol, failed=series is None)
    return FetchReport(stored, rows, tuple(problems))


def _fill_patiently(
    store: Store,
    feed: Patient,
    wanted: Sequence[Instrument],
    first: date,
    last: Session,
    *,
    clock: Clock,
    count: _Count,
) -> FetchReport:
    """Store what the store lacks of the bars of `wanted` from `first` to `last`, a few symbols in each transaction.

    Raises StoreError, and FeedError where the source was given up before it had answered at all.
    """
    batch = _Batch(store, feed, clock)
    problems: list[Problem] = []
    complete = 0
    try:
        with closing(feed.stream(wanted, first, last, patience=PATIENCE, idle=count.tell)) as coming:
            for fetched in coming:
                state = feed.state()
                if fetched.error is not None and state.open and not state.answered:
                    raise fetched.error
                batch.add(fetched)
                problems += fetched.problems
                complete += fetched.error is None and not fetched.fresh
                count.step(fetched.symbol, failed=fetched.error is not None)
    finally:
        batch.commit()  # of an interrupted fill, too
    return FetchReport(batch.stored, batch.rows, tuple(problems), complete)


class _Batch:
    """What has come and is not stored yet; and how much was stored."""

    def __init__(self, store: Store, feed: Patient, clock: Clock) -> None:
        self._store = store
        self._source = feed.name
        self._clock = clock
        self._fresh: dict[str, Bars] = {}
        self._rejected: list[Rejected] = []
        self._since = clock.monotonic()
        self.stored = 0
        self.rows = 0

    def add(self, fetched: Fetched) -> None:
        """Take one, and store all there are if it is time."""
        if fetched.fresh and fetched.bars is not None:
            self._fresh[fetched.symbol] = fetched.bars
        self._rejected += fetched.rejected
        if len(self._fresh) >= BATCH or self._clock.monotonic() - self._since >= COMMIT_EVERY:
            self.commit()

    def commit(self) -> None:
        """Store all there are."""
        fresh, rejected, at = self._fresh, self._rejected, self._clock.now()
        self._fresh, self._rejected, self._since = {}, [], self._clock.monotonic()
        self._store.merge_many(fresh.values(), join, source=self._source, fetched_at=at)
        self._store.put_rejected(rejected, source=self._source, at=at)
        self.stored += len(fresh)
        self.rows += sum(map(len, fresh.values()))


def join(stored: Bars | None, fresh: Bars) -> Bars | None:
    """`fresh` with the stored bars of sessions it lacks; None where the two cannot be shown to be on one base.

    What reaches as far as the stored ones either way stands alone then: the history was restated.
    """
    if stored is None or len(stored) == 0:
        return fresh
    kept = ~np.isin(stored.sessions, fresh.sessions)
    if not kept.any():
        return fresh
    if stored.adjusted != fresh.adjusted or not _on_one_base(stored, fresh):
        reaches = fresh.sessions[0] <= stored.sessions[0] and fresh.sessions[-1] >= stored.sessions[-1]
        return fresh if reaches else None
    sessions = np.concatenate([stored.sessions[kept], fresh.sessions])
    columns = {name: np.concatenate([getattr(stored, name)[kept], getattr(fresh, name)]) for name in COLUMNS}
    return Bars(fresh.symbol, sessions, **columns, adjusted=fresh.adjusted).taken(np.argsort(sessions))


def _ask(
    feed: Feed, batch: Sequence[Instrument], kept: Mapping[str, Bars], first: date, last: Session
) -> tuple[dict[str, Bars], list[Problem]]:
    """Of each symbol the series to be stored, and what went wrong."""
    given = feed.history(batch, first, last)
    problems = list(given.problems)
    joined = {symbol: join(kept.get(symbol), bars) for symbol, bars in given.bars.items()}
    apart = [i for i in batch if i.symbol in joined and joined[i.symbol] is None]
    if apart:
        begin: date = min(kept[i.symbol].sessions[0] for i in apart).item()
        whole = feed.history(apart, min(first, begin), last).bars
        joined |= {i.symbol: join(kept[i.symbol], whole[i.symbol]) for i in apart if i.symbol in whole}
    text = _(
        "{symbol}: the prices were restated since they were stored, and the feed does not reach as far: "
        "left as it was; fetch into a new store to begin anew"
    )
    problems += [
        Problem("restated", symbol, text.format(symbol=symbol)) for symbol, bars in joined.items() if bars is None
    ]
    return {symbol: bars for symbol, bars in joined.items() if bars is not None}, problems


def _on_one_base(a: Bars, b: Bars) -> bool:
    _common, of_a, of_b = np.intersect1d(a.sessions, b.sessions, assume_unique=True, return_indices=True)
    ratio = a.adj_close[of_a] / b.adj_close[of_b]
    ratio = ratio[np.isfinite(ratio)]
    return len(ratio) >= OVERLAP and bool((np.abs(ratio - 1.0) <= SAME_BASE).all())
