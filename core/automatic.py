"""The feed `auto`: Yahoo once it has answered; until then what is stored, with its age, or else simulated data.

Two pipelines, of which one serves at a time; neither knows of the other. A command asks Yahoo once, for a short
while (`settled`). A screen begins at once with what needs nobody's answer (`Succession.first`) and goes over to
Yahoo when there is one (`Succession.then`); until then each snapshot tells how Yahoo is doing (`StandIn`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from threading import Event
from typing import Final

import msgspec

from core.errors import FeedError, StoreError, TapeboardError
from core.feeds.base import Feed, FeedState, History, Quotes
from core.i18n import _
from core.model import Instant, Instrument, Problem, Session
from core.opening import Opening
from core.pipeline import Pipeline
from core.settings import Settings

SHORT: Final = 5.0
"""Seconds a command waits for bars, and as many for quotes, before it takes what needs no answer."""

HEAD_START: Final = 3.0
"""Seconds at most that a screen has for its first snapshot before Yahoo, with all it imports, takes time from it."""

AGAIN: Final = 3.0
"""Seconds between two looks at whether Yahoo answers; where the feed deems it too early nothing is sent."""

_TICK = 0.05  # seconds between two looks at whether there is a first snapshot


class Prospect:
    """How it stands with the feed that is waited for. `error`: why it does not serve; None while it is asked."""

    def __init__(self) -> None:
        self.state = FeedState()
        self.error: TapeboardError | None = None
        self.asking = True
        self.abandoned = Event()

    def of(self, live: Pipeline) -> bool:
        """Ask once; whether it has answered."""
        try:
            answered = live.ready()
        except (FeedError, StoreError) as error:
            answered, self.error = False, error.detached()
        else:
            self.error = None
        self.state, self.asking = live.feed_state(), False
        return answered


class StandIn:
    """A feed that serves until a better one does: its own data, and how it stands with the other."""

    def __init__(self, feed: Feed, prospect: Prospect) -> None:
        self._feed = feed
        self._prospect = prospect
        self._awaiting = False
        self.name = feed.name
        self.simulated = feed.simulated
        self.always_open = feed.always_open

    def history(self, wanted: Sequence[Instrument], first: Session, last: Session) -> History:
        """The bars of the feed that serves; why the other one does not is a problem of theirs."""
        history = self._feed.history(wanted, first, last)
        self._awaiting = self._prospect.asking
        if self._awaiting:
            problem = Problem("late", None, _("Yahoo is being asked"))
        elif self._prospect.error is not None:
            problem = Problem("feed", None, str(self._prospect.error))
        else:
            return history
        return replace(history, problems=(problem, *history.problems))

    def quotes(self, wanted: Sequence[Instrument], session: Session, now: Instant) -> Quotes:
        """Those of the feed that serves."""
        return self._feed.quotes(wanted, session, now)

    def state(self) -> FeedState:
        """How the feed that is waited for is doing; it does not refuse as long as it was last said to be asked."""
        state = self._prospect.state
        return FeedState(requests=state.requests) if self._awaiting else state

    def known(self) -> frozenset[str]:
        """What the feed that serves knows."""
        return self._feed.known()

    def close(self) -> None:
        """Close the feed that serves, and wait for no other one."""
        self._prospect.abandoned.set()
        self._feed.close()


def settled(opening: Opening) -> Pipeline:
    """The pipeline of Yahoo if it answers within a short while, else that of what is at hand.

    Raises StoreError for a store that cannot be used.
    """
    prospect = Prospect()
    try:
        live = opening.pipeline(by_yahoo(opening.settings, most=SHORT))
    except StoreError as error:
        prospect.error, prospect.asking = error, False
    else:
        if prospect.of(live):
            return live
        live.close()
    return opening.pipeline(opening.settings, lambda feed: StandIn(feed, prospect))


class Succession:
    """The pipelines of a screen, one after the other; for another feed than `auto` there is only the first."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._prospect = Prospect()
        self._first: Pipeline | None = None

    def first(self) -> Pipeline:
        """The one to begin with; for `auto` it has its data at hand. Raises what `open_pipeline` does."""
        if not self._opening.automatic:
            return self._opening.pipeline(self._opening.settings)
        self._first = self._opening.pipeline(self._opening.settings, lambda feed: StandIn(feed, self._prospect))
        return self._first

    def then(self) -> Pipeline | None:
        """The one to go over to, as soon as it has answered. Blocks.

        None where there is no other feed, where it needs a store that cannot be made, or once the first was closed.
        """
        if self._first is None:
            return None
        self._let_begin(self._first)
        try:
            live = self._opening.pipeline(by_yahoo(self._opening.settings))
        except StoreError as error:
            self._prospect.error, self._prospect.asking = error, False
            return None
        while not self._prospect.of(live):
            if self._prospect.abandoned.wait(AGAIN):
                live.close()
                return None
        return live

    def _let_begin(self, first: Pipeline) -> None:
        until = time.monotonic() + HEAD_START
        while first.latest is None and time.monotonic() < until:
            if self._prospect.abandoned.wait(_TICK):
                return


def filling(settings: Settings) -> Settings:
    """The same settings with a feed that can fill a store: for `auto` without files that is `yahoo`."""
    return by_yahoo(settings) if settings.feed.name == "auto" and not settings.feed.data else settings


def by_yahoo(settings: Settings, *, most: float | None = None) -> Settings:
    """The same settings with the feed `yahoo`, which waits for an answer `most` seconds."""
    yahoo = settings.feed.yahoo
    if most is not None:
        yahoo = msgspec.structs.replace(yahoo, deadline=min(yahoo.deadline, most))
    return msgspec.structs.replace(settings, feed=msgspec.structs.replace(settings.feed, name="yahoo", yahoo=yahoo))
