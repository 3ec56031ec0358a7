"""What a live pipeline leaves in the store, so that a restart without a network shows what there was.

A disk that refuses loses no screen: what could not be stored is told as a problem, kept, and tried again next time.
Nothing stored gives way to less: a series that reaches further stays, and so does a newer quote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING

from core.errors import StoreError
from core.fetching import join
from core.model import Instant, Place, Problem, Quote, Rejected

if TYPE_CHECKING:
    from core.panel import Bars
    from core.store import Store


class Keeper:
    """Stores for one feed, called `source`, about `symbols`; any thread may call it."""

    def __init__(self, store: Store, source: str, symbols: Iterable[str]) -> None:
        self._store = store
        self._source = source
        self._symbols = tuple(symbols)
        self._lock = Lock()
        self._series: dict[str, Bars] = {}
        self._quotes: dict[str, Quote] = {}
        self._stored_quotes: dict[str, Quote] = {}
        self._rejected: dict[Place, Rejected] = {}
        self._quarantine: set[Place] | None = None

    def quotes(self) -> tuple[dict[str, Quote], tuple[Problem, ...]]:
        """The quotes that were stored last, whatever session they are of, and why they cannot be read."""
        try:
            with self._lock:
                self._stored_quotes = self._store.quotes(self._symbols)
                return dict(self._stored_quotes), ()
        except StoreError as error:
            return {}, (Problem.of_store(error),)

    def keep(
        self, series: Iterable[Bars], newest: Mapping[str, Quote], rejected: Iterable[Rejected], at: Instant
    ) -> tuple[Problem, ...]:
        """Store what came, fetched `at`, and of the `newest` quotes those that are new. What failed, if anything."""
        with self._lock:
            self._series |= {bars.symbol: bars for bars in series}
            self._quotes |= {s: quote for s, quote in newest.items() if quote != self._stored_quotes.get(s)}
            self._rejected |= {one.place: one for one in rejected}
            try:
                self._write(at)
            except StoreError as error:
                return (Problem.of_store(error),)
        return ()

    def snapshot(self, document: bytes, at: Instant) -> tuple[Problem, ...]:
        """Store `document` as the last snapshot. What failed, if anything."""
        try:
            self._store.put_snapshot(document, at)
        except StoreError as error:
            return (Problem.of_store(error),)
        return ()

    def rejected(self) -> tuple[Rejected, ...]:
        """What of the symbols was ever rejected, in any order. Raises StoreError."""
        with self._lock:
            stored = {one.place: one for one in self._store.rejected(self._symbols)}
            return tuple((stored | self._rejected).values())

    def quarantined(self) -> int:
        """How many values of the symbols were ever rejected."""
        with self._lock:
            if self._quarantine is None:
                try:
                    stored = self._store.rejected(self._symbols)
                except StoreError:  # told by whatever is written next
                    return len(self._rejected)
                self._quarantine = {one.place for one in stored}
            return len(self._quarantine | self._rejected.keys())

    def _write(self, at: Instant) -> None:
        if self._series:
            self._store.merge_many(self._series.values(), join, source=self._source, fetched_at=at)
            self._series = {}
        if self._quotes:
            self._store.put_quotes(self._quotes.values(), source=self._source)
            self._stored_quotes |= self._quotes
            self._quotes = {}
        if self._rejected:
            self._store.put_rejected(self._rejected.values(), source=self._source, at=at)
            if self._quarantine is not None:
                self._quarantine |= self._rejected.keys()
            self._rejected = {}
