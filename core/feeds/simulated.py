"""The simulated feed: the whole universe invented from one seed, with a session that is always open.

Nothing here touches the network, a file, the clock or any global random state. The same seed gives the
same closes for the same sessions counted back from `last` (`core.feeds.factor_model`), and the same walk
inside the open session (`core.feeds.session_walk`), where each call of `quotes` is one tick. A symbol does
not depend on which others are asked for. A new session starts the walk again from the last close.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import Protocol

import numpy as np

from core.errors import NoDataError
from core.feeds.base import FeedState, History, Quotes
from core.feeds.factor_model import Factors, simulate_bars, simulate_factors
from core.feeds.loadings import KNOWN, profile
from core.feeds.session_walk import CommonWalk, SymbolWalk
from core.i18n import _
from core.model import Instant, Instrument, Session
from core.panel import Bars, Days


class SessionSource(Protocol):
    """What the feed needs of the exchange calendar."""

    def sessions(self, first: Session, last: Session) -> Days:
        """The sessions from `first` to `last` inclusive, `datetime64[D]`."""
        ...


class SimulatedFeed:
    """A `Feed` of invented data: at most `sessions` finished sessions, and one in progress."""

    name = "simulated"
    simulated = True
    always_open = True

    def __init__(self, seed: int, sessions: int, calendar: SessionSource) -> None:
        self._seed, self._sessions, self._calendar = seed, sessions, calendar
        self._lock = Lock()  # a late job may still be at work when the next one calls
        self._period: tuple[Session, Session] | None = None
        self._days: Days = np.array([], "datetime64[D]")
        self._bars: dict[str, Bars] = {}
        self._session: Session | None = None
        self._newest: Instant | None = None
        self._common = CommonWalk(seed)
        self._walks: dict[str, SymbolWalk] = {}

    def history(self, wanted: Sequence[Instrument], first: Session, last: Session) -> History:
        """Bars of every wanted symbol; those of index, rate and volatility symbols have no volume.

        The same period gives the same objects again, so that a refresh can tell that nothing is new.

        Raises:
            NoDataError: there is no session from `first` to `last`.
        """
        with self._lock:
            if (first, last) != self._period:
                self._period, self._days, self._bars = (first, last), self._newest_days(first, last), {}
            for i in wanted:
                if i.symbol not in self._bars:
                    made = profile(i.symbol, i.cls)
                    self._bars[i.symbol] = simulate_bars(i.symbol, made, self._factors, self._days)
            return History({i.symbol: self._bars[i.symbol] for i in wanted})

    def quotes(self, wanted: Sequence[Instrument], session: Session, now: Instant) -> Quotes:
        """One tick on in `session`; the first call of a session shows how it opened."""
        with self._lock:
            if session != self._session:
                self._session, self._common, self._walks = session, CommonWalk(self._seed), {}
            else:
                self._common.advance()
            # A clock that is set back does not make the market stand still.
            self._newest = max(self._newest or now, now)
            return Quotes({i.symbol: self._walk(i, session).quote(session, self._newest) for i in wanted})

    def state(self) -> FeedState:
        """That of a feed without a source to be asked."""
        return FeedState()

    def known(self) -> frozenset[str]:
        """The symbols with a make-up of their own; any other is invented from its name."""
        return frozenset(KNOWN)

    def close(self) -> None:
        """Nothing is ever under way."""

    def _newest_days(self, first: Session, last: Session) -> Days:
        days = self._calendar.sessions(first, last)
        days = days[max(len(days) - self._sessions, 0) :]
        if len(days) == 0:
            raise NoDataError(
                _("there is no session from {first} to {last} to simulate").format(first=first, last=last),
                _("ask for a longer period, and for at least one session in [feed.simulated]"),
            )
        return days

    @cached_property
    def _factors(self) -> Factors:
        return simulate_factors(self._seed, self._sessions + 1)

    def _walk(self, instrument: Instrument, session: Session) -> SymbolWalk:
        """The walk of one symbol, one tick on or at its beginning."""
        symbol = instrument.symbol
        if walk := self._walks.get(symbol):
            walk.advance()
            return walk
        made = profile(symbol, instrument.cls)
        before = simulate_bars(symbol, made, self._factors, np.array([session], "datetime64[D]"))
        walk = self._walks[symbol] = SymbolWalk(self._seed, symbol, made, float(before.close[-1]), self._common)
        return walk
