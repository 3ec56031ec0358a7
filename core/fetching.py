"""From a feed into the store, symbol by symbol; what was stored stays stored when it is interrupted.

New bars join those stored earlier if both stand on one price base. A dividend or a split restates a whole
history (metrics.md 0.2): then, and where the two do not meet, the symbol is asked for whole, as far back as
it is stored. A series is never put together from two bases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.feeds.base import Feed
from core.i18n import _
from core.model import Instant, Instrument, Problem, Session
from core.panel import Bars

if TYPE_CHECKING:
    from core.store import Store

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called with the number of symbols done, of all, and the symbol done last."""

BATCH = 20
"""Symbols asked for at once: an interruption loses no more than these."""

SAME_BASE = 1e-6
"""Adjusted closes of two fetches may differ by this ratio; more is a restatement (metrics.md 0.2)."""

LEAST_COMMON = 5
"""So many sessions must two series have in common before they can be said to stand on one base."""

_COLUMNS = ("sessions", "open", "high", "low", "close", "adj_close", "volume")


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a fetch stored: series and their bars; and what went wrong."""

    stored: int
    rows: int
    problems: tuple[Problem, ...]


def fill(
    store: Store,
    feed: Feed,
    wanted: Sequence[Instrument],
    first: date,
    last: Session,
    *,
    at: Instant,
    progress: Progress,
) -> FetchReport:
    """Store the bars of `wanted` from `first` to `last`, as fetched `at`. Raises FeedError, StoreError."""
    stored = rows = done = 0
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
            done += 1
            progress(done, len(wanted), instrument.symbol)
    return FetchReport(stored, rows, tuple(problems))


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
    order = np.argsort(sessions)
    parts = {name: np.concatenate([getattr(stored, name)[kept], getattr(fresh, name)])[order] for name in _COLUMNS}
    return Bars(symbol=fresh.symbol, adjusted=fresh.adjusted, **parts)


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
    return len(ratio) >= LEAST_COMMON and bool((np.abs(ratio - 1.0) <= SAME_BASE).all())
