"""The feed `store`: the real bars and quotes an earlier fetch left behind, with their age. Asks nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.feeds.base import FeedState, History, Quotes
from core.i18n import _
from core.model import Instant, Instrument, Problem, Session

if TYPE_CHECKING:
    from core.store import Store


class StoredFeed:
    """Daily bars from the store. It is a real feed, of data as old as `Store.fetched_at` says."""

    name = "store"
    simulated = False
    always_open = False

    def __init__(self, store: Store) -> None:
        self._store = store

    def history(self, wanted: Sequence[Instrument], first: Session, last: Session) -> History:
        """The stored bars of `wanted`, `first` to `last` inclusive. Raises StoreError."""
        symbols = [instrument.symbol for instrument in wanted]
        stored, damaged = self._store.load_sound(symbols)
        parts = {symbol: bars.since(first).upto(last) for symbol, bars in stored.items()}
        problems = [Problem.of_store(error, symbol) for symbol, error in damaged.items()]
        for symbol in dict.fromkeys(symbols):
            if symbol in damaged or len(parts.get(symbol, ())):
                continue
            text = _("{symbol} is not stored")
            if symbol in stored:
                text = _("{symbol}: no price from {first} to {last} is stored")
            problems.append(Problem("missing", symbol, text.format(symbol=symbol, first=first, last=last)))
        bars = {symbol: part for symbol, part in parts.items() if len(part)}
        return History(bars, tuple(problems), self._store.fetched_at())

    def quotes(self, wanted: Sequence[Instrument], session: Session, now: Instant) -> Quotes:
        """The stored quotes of `session`; those of an earlier one have become bars or are out of date."""
        stored = self._store.quotes(instrument.symbol for instrument in wanted)
        return Quotes({symbol: quote for symbol, quote in stored.items() if quote.session == session})

    def state(self) -> FeedState:
        """That of a feed without a source to be asked."""
        return FeedState()

    def known(self) -> frozenset[str]:
        """Every stored symbol."""
        return frozenset(self._store.symbols())

    def close(self) -> None:
        """The store belongs to whoever opened it."""
