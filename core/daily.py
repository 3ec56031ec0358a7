"""What comes once a day beside the prices: fundamentals of the funds, and weights of SPY from market caps.

Kept in the store, so that a restart asks for nothing a second time and the next start has them. What fails here is told
and tried again later; prices never wait for it. Not every feed has them: without a source and without anything stored
there are none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from core.errors import StoreError
from core.feeds.base import Feed
from core.holdings import from_market_caps
from core.model import Instant, Problem, Quote, Rejected, Session
from core.moment import Moment
from core.panel import Bars
from core.sessions import Calendar, exchange_time
from core.universe import ENOUGH, LARGE
from core.valuation import FUNDS, Answer, Fundamentals
from core.weights import Weights

if TYPE_CHECKING:
    from core.store import Store


PATIENCE: Final = 5.0
"""Seconds that a refresh waits for fundamentals, once a day: what comes later is on the next screen."""

FETCH_PATIENCE: Final = 90.0
"""The same for a fetch, which may have used up the requests of a minute."""

AGAIN: Final = timedelta(hours=1)
"""A source that did not answer another process is left alone for so long."""


@runtime_checkable
class GivesFundamentals(Protocol):
    """A feed with fundamentals of the funds."""

    def fundamentals(self, patience: float) -> Answer | None:
        """Those of now, asked for when nothing else waits: what comes within `patience` seconds, and was not told yet.

        None where nobody was asked.
        """
        ...


@runtime_checkable
class GivesMarketCaps(Protocol):
    """A feed that knows market caps."""

    def market_caps(self) -> Mapping[str, tuple[float, Instant]]:
        """The market capitalisation of each symbol that was quoted, with the time of the quote."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """What is known: every own snapshot of fundamentals, None where there is no source; and weights of SPY, if any.

    The same object until something new has come.
    """

    fundamentals: tuple[Fundamentals, ...] | None = None
    weights: Weights | None = None


@contextmanager
def _told(problems: list[Problem]) -> Iterator[None]:
    """What a store cannot do inside is a problem to be shown, and prices go on."""
    try:
        yield
    except StoreError as error:
        problems.append(Problem.of_store(error))


class Daily:
    """Once a day for one pipeline; any thread may call it. `large` are the members that market caps are wanted of.

    `past`: the past is looked at, and nobody is asked.
    """

    def __init__(
        self, feed: Feed, store: Store | None, calendar: Calendar, large: Sequence[str], *, past: bool
    ) -> None:
        self._store = store
        self._calendar = calendar
        self._large = tuple(large)
        self._name = feed.name
        self._asked = feed if isinstance(feed, GivesFundamentals) and not past else None
        self._caps = feed if isinstance(feed, GivesMarketCaps) and not past else None
        self._sourced = isinstance(feed, GivesFundamentals)
        self._asking = False
        self._weighed: tuple[Session, int] | None = None
        self._beside: Beside | None = None
        self._lock = Lock()

    def at(
        self,
        moment: Moment,
        bars: Mapping[str, Bars],
        quotes: Mapping[str, Quote],
        *,
        patience: float | None = PATIENCE,
    ) -> tuple[Beside, tuple[Problem, ...]]:
        """What is known at `moment`, and what went wrong. Only sessions that are in progress have market caps.

        `patience`: seconds to wait for fundamentals, None to ask nobody for them.
        """
        with self._lock:
            problems: list[Problem] = []
            if self._beside is None:
                self._beside = self._recalled(problems)
            if self._asked is not None and patience is not None and self._due(moment):
                # Another process may have asked meanwhile.
                self._know(self._stored_fundamentals(problems))
                if self._due(moment):
                    self._ask(self._asked, moment, patience, problems)
            if self._caps is not None and self._large and moment.in_progress:
                self._weigh(self._caps, moment, bars, quotes, problems)
            return self._beside, tuple(problems)

    def _recalled(self, problems: list[Problem]) -> Beside:
        """What is stored."""
        stored = self._stored_fundamentals(problems)
        caps = self._stored_caps(problems)
        return Beside(stored if stored or self._sourced else None, self._weights(caps) if caps else None)

    def _stored_fundamentals(self, problems: list[Problem]) -> tuple[Fundamentals, ...]:
        if self._store is not None:
            with _told(problems):
                return self._store.fundamentals()
        return ()

    def _stored_caps(self, problems: list[Problem]) -> dict[str, tuple[float, Session]]:
        if self._store is not None and self._large:
            with _told(problems):
                return self._store.market_caps(self._large)
        return {}

    @property
    def _known(self) -> tuple[Fundamentals, ...]:
        return (self._beside.fundamentals if self._beside else None) or ()

    def _know(self, found: Sequence[Fundamentals]) -> None:
        """Add snapshots; of one fund at one session the last word stands."""
        before = {(one.session, one.symbol): one for one in self._known}
        now = before | {(one.session, one.symbol): one for one in found}
        if now != before and self._beside is not None:
            self._beside = dataclasses.replace(self._beside, fundamentals=tuple(now[key] for key in sorted(now)))

    def _due(self, moment: Moment) -> bool:
        """Whether more is on its way, or a session has begun that there is no snapshot of, and nobody has asked."""
        if self._asking:
            return True
        answers = [one for one in self._known if one.source]
        newest = max((one.session for one in answers), default=None)
        asked = max((exchange_time(one.fetched_at).date() for one in answers), default=None)
        tried = max((one.fetched_at for one in self._known if not one.source), default=None)
        begun = newest is None or newest < moment.session
        return (
            begun
            and (asked is None or asked < exchange_time(moment.now).date())
            and (tried is None or moment.now - tried >= AGAIN)
        )

    def _ask(self, source: GivesFundamentals, moment: Moment, patience: float, problems: list[Problem]) -> None:
        """Ask, and keep what has come; that it was asked in vain is kept as well, for processes that come after."""
        begins = not self._asking
        answer = source.fundamentals(patience)
        self._asking = answer is not None and (answer.more or bool(answer.failure))
        if answer is None:
            return
        if answer.failure:
            problems.append(Problem("fundamentals", None, answer.failure))
        found = answer.found
        if begins and not found and (answer.failure or (answer.more and patience > 0)):
            found = tuple(Fundamentals(fund, moment.session, moment.now, moment.now, source="") for fund in FUNDS)
        self._know(found)
        self._put(found, answer.rejected, moment, problems)

    def _put(
        self, found: Sequence[Fundamentals], no: Sequence[Rejected], moment: Moment, problems: list[Problem]
    ) -> None:
        if self._store is not None:
            with _told(problems):
                self._store.put_fundamentals(found)
                self._store.put_rejected(no, source=self._name, at=moment.now)

    def _weigh(
        self,
        source: GivesMarketCaps,
        moment: Moment,
        bars: Mapping[str, Bars],
        quotes: Mapping[str, Quote],
        problems: list[Problem],
    ) -> None:
        """Weights as of the last close, once a session, and again where more members have been quoted since."""
        caps = self._at_last_close(source.market_caps(), moment, bars, quotes)
        known = (moment.finished, len(caps))
        if len(caps) < ENOUGH * len(self._large) or (self._weighed is not None and known <= self._weighed):
            return
        self._weighed = known
        dated = {symbol: (cap, moment.finished) for symbol, cap in caps.items()}
        self._beside = dataclasses.replace(self._beside or Beside(), weights=self._weights(dated))
        if self._store is not None:
            with _told(problems):
                self._store.put_market_caps(caps, moment.finished, source=self._name)

    def _at_last_close(
        self,
        caps: Mapping[str, tuple[float, Instant]],
        moment: Moment,
        bars: Mapping[str, Bars],
        quotes: Mapping[str, Quote],
    ) -> dict[str, float]:
        """Caps of this session taken back to the close before it, from which weights are rolled by prices."""
        found: dict[str, float] = {}
        for symbol in self._large:
            series, quote, told = bars.get(symbol), quotes.get(symbol), caps.get(symbol)
            if series is None or quote is None or told is None or quote.session != told[1].date():
                continue
            if series.sessions[-1].item() == moment.finished:
                found[symbol] = told[0] * float(series.close[-1]) / quote.price
        return found

    def _weights(self, caps: Mapping[str, tuple[float, Session]]) -> Weights:
        """Weights by market cap; members without one lower the coverage by their number."""
        quoted = {symbol: (cap, self._calendar.close_at(day)) for symbol, (cap, day) in caps.items()}
        weights = from_market_caps(quoted, LARGE)
        share = min(1.0, len(caps) / len(self._large))
        return dataclasses.replace(weights, coverage=weights.coverage * share)
