"""How the pipelines of one configuration are opened: clock, calendar, store and feed, put together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from core import heaps
from core.feeds.base import Feed
from core.feeds.choose import choose_feed, open_store
from core.model import Watch, unwatched
from core.pipeline import Pipeline
from core.sessions import Calendar, Clock, FixedClock, SystemClock, end_of_day
from core.settings import Settings


class Opening:
    """How pipelines of one configuration are opened; with `as_of` the clock stands at 23:59 New York of that day.

    `watch` is told how far their refreshes are.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        as_of: date | None = None,
        watch: Watch = unwatched,
    ) -> None:
        heaps.keep_few()  # the threads of feeds begin with them
        self.settings = settings
        self._past = as_of is not None
        self._watch = watch
        self._asking = clock or SystemClock()  # whatever day is looked at, a source is asked now
        self._clock = self._asking if clock or as_of is None else FixedClock(end_of_day(as_of))
        self._calendar = Calendar(settings.sessions.extra_closures)

    @property
    def automatic(self) -> bool:
        """Whether the best feed there is serves, and no files were named."""
        return self.settings.feed.name == "auto" and not self.settings.feed.data

    def pipeline(self, settings: Settings, wrapped: Callable[[Feed], Feed] = lambda feed: feed) -> Pipeline:
        """One that reads the feed of `settings`, as it is `wrapped`. Raises what `open_pipeline` does."""
        store = open_store(settings, read_only=self._past)
        feed = wrapped(choose_feed(settings, self._calendar, self._asking, store, self._watch))
        return Pipeline(
            settings,
            clock=self._clock,
            calendar=self._calendar,
            feed=feed,
            store=store,
            past=self._past,
            watch=self._watch,
        )
