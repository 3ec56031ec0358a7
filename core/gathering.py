"""What a refresh is given: bars and quotes of the feed, what was stored before, and what comes once a day.

All of it is kept: a quote gives way to a newer one only, by whatever road that comes, and the store has what a
restart needs. What goes wrong on the way is a problem to be shown, beside what there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from core.daily import Beside, Daily
from core.doubts import told
from core.feeds.base import Feed, History, Quotes
from core.feeds.sanitise import leapt
from core.i18n import _
from core.keeping import Keeper
from core.model import Doubt, Instant, Instrument, Place, Problem, Quote, Rejected
from core.moment import Moment
from core.sessions import Calendar
from core.tape import Tape

if TYPE_CHECKING:
    from core.store import Store


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What a refresh was given at a moment: bars as they came, with all that is wrong so far."""

    moment: Moment
    history: History
    beside: Beside


class Gatherer:
    """Asks one feed about `wanted`, for any thread; `weighable` as in `core.daily`.

    `past`: the past is looked at, which nobody quotes and nothing is stored of.
    """

    def __init__(
        self,
        feed: Feed,
        store: Store | None,
        calendar: Calendar,
        wanted: Sequence[Instrument],
        weighable: Sequence[str],
        *,
        past: bool,
    ) -> None:
        self._feed = feed
        self._wanted = wanted
        self._daily = Daily(feed, store, calendar, weighable, past=past)
        self._tape = Tape()
        self._lock = Lock()
        self._closes: Mapping[str, float] = {}
        self._classes = {instrument.symbol: instrument.cls for instrument in wanted}
        self._doubted: dict[Place, Rejected] = {}
        self._asked_doubts: tuple[Doubt, ...] = ()
        self._streamed_doubts: dict[str, Doubt] = {}
        self._unkept: dict[Place, Rejected] = {}
        self._recalled = False
        self._keeper: Keeper | None = None
        if store is not None and not past:
            self._keeper = Keeper(store, feed.name, [instrument.symbol for instrument in wanted])

    def gather(self, moment: Moment, first: date, *, patience: float | None) -> Given:
        """Ask for bars from `first` on, and for quotes of a session in progress. Raises FeedError.

        `patience`: seconds to wait for what comes once a day, after the prices; None not to ask for it.
        """
        last = moment.finished if self._feed.always_open else moment.session
        history = self._feed.history(self._wanted, first, last)
        quotes = self._feed.quotes(self._wanted, moment.session, moment.now) if moment.in_progress else Quotes()
        stored, unread = self._recall()
        self._tape.take((*stored.values(), *quotes.quotes.values()))
        self._asked_doubts = quotes.doubts
        self._remember(history)
        unwritten = self._keep(history, quotes, moment.now)
        beside, unknown = self._daily.at(moment, history.bars, self._tape.quotes(), patience=patience)
        problems = (*history.problems, *quotes.problems, *unread, *unwritten, *unknown)
        return Given(moment, replace(history, problems=problems), beside)

    def history(self, wanted: Sequence[Instrument], first: date, last: date, at: Instant) -> History:
        """Ask for the bars of any instruments, and keep them. Raises FeedError."""
        history = self._feed.history(wanted, first, last)
        unwritten = self._keep(history, Quotes(), at)
        return replace(history, problems=(*history.problems, *unwritten))

    def take(self, quotes: Iterable[Quote]) -> None:
        """Take what was streamed; a price that leaps from the last close (`sanitise.leapt`) is not believed."""
        believed = []
        with self._lock:
            for quote in quotes:
                close = self._closes.get(quote.symbol)
                if close is not None and leapt(quote.price, close, self._classes[quote.symbol]):
                    reason = _("a jump like that of a split or a slip")
                    doubted = Rejected(quote.symbol, quote.session, "price", quote.price, reason)
                    self._doubted[doubted.place] = doubted
                    self._streamed_doubts.setdefault(quote.symbol, Doubt(quote.symbol, quote.asof, reason))
                else:
                    self._streamed_doubts.pop(quote.symbol, None)
                    believed.append(quote)
        self._tape.take(believed)

    def in_doubt(self, streamed: Iterable[Doubt], now: Instant) -> tuple[Problem, ...]:
        """What prices of now are not believed; `streamed`: what the stream did not even hand over."""
        with self._lock:
            doubts = (*self._asked_doubts, *self._streamed_doubts.values(), *streamed)
        return told(doubts, self._tape.quotes(), now)

    def quotes(self) -> dict[str, Quote]:
        """The newest quote of each symbol, whatever session it is of."""
        return self._tape.quotes()

    def quarantined(self) -> int:
        """How many values were ever rejected, or where nothing is stored, since the start."""
        return self._keeper.quarantined() if self._keeper else len(self._unkept)

    def rejected(self) -> tuple[Rejected, ...]:
        """These values, the newest session first. Raises StoreError."""
        found = self._keeper.rejected() if self._keeper else tuple(self._unkept.values())
        by_place = sorted(found, key=lambda one: (one.symbol, one.field))
        return tuple(sorted(by_place, key=lambda one: one.session, reverse=True))

    @property
    def keeps(self) -> bool:
        """Whether there is a store, and what is gathered goes there."""
        return self._keeper is not None

    def keep_snapshot(self, document: bytes, at: Instant) -> tuple[Problem, ...]:
        """Store the last snapshot, if there is a store. What failed, if anything."""
        return self._keeper.snapshot(document, at) if self._keeper else ()

    def _recall(self) -> tuple[Mapping[str, Quote], tuple[Problem, ...]]:
        """The quotes stored last, once."""
        if self._keeper is None or self._recalled:
            return {}, ()
        self._recalled = True
        return self._keeper.quotes()

    def _remember(self, history: History) -> None:
        """The closes that streamed prices are held against."""
        with self._lock:
            self._closes = {symbol: float(bars.close[-1]) for symbol, bars in history.bars.items()}

    def _keep(self, history: History, quotes: Quotes, at: Instant) -> tuple[Problem, ...]:
        with self._lock:
            doubted, self._doubted = self._doubted, {}
        rejected = (*history.rejected, *quotes.rejected, *doubted.values())
        if self._keeper is None:
            self._unkept |= {one.place: one for one in rejected}
            return ()
        return self._keeper.keep(history.fresh, self._tape.quotes(), rejected, at)
