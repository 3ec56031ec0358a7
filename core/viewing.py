"""What a snapshot says of its moment and its source: from where and when the numbers are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from core import intake
from core.constituents import Constituents
from core.feeds.base import Feed
from core.model import Instant, Problem, Session
from core.moment import Moment
from core.panel import LiveRow
from core.sessions import Calendar, exchange_time
from core.settings_load import defaults
from core.snapshot import ProblemNote, SessionStatus, Source
from core.universe import Universe
from core.view import View


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is shown at a moment: which session, the quotes of it where it has no bars yet, and what is wrong.

    `fetched_at` is None where nobody fetched; `quarantined` counts values that were rejected.
    """

    moment: Moment
    session: Session
    live: LiveRow | None
    fetched_at: Instant | None
    problems: tuple[Problem, ...]
    quarantined: int


class Viewer:
    """Tells about one feed. `past`: every session is over."""

    def __init__(
        self, universe: Universe, constituents: Constituents, calendar: Calendar, feed: Feed, *, past: bool
    ) -> None:
        self._universe = universe
        self._constituents = constituents
        self._calendar = calendar
        self._feed = feed
        self._past = past

    def view(self, shown: Shown) -> View:
        """From where and when `shown` is looked at."""
        moment = shown.moment
        final_asof = self._calendar.close_at(shown.session)
        fetched = exchange_time(shown.fetched_at or moment.now)
        return View(
            viewed_at=moment.now,
            phase=moment.phase,
            session_status=_status(shown),
            half_day=self._calendar.is_half_day(shown.session),
            past=self._past,
            next_session=moment.next_session,
            next_open=moment.next_open,
            expected=moment.expected,
            final_asof=final_asof,
            source=self._source(shown, final_asof, fetched),
            fetch_age_hours=(moment.now - fetched) / timedelta(hours=1) if self._ages(shown, fetched) else None,
        )

    def explained(self, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        """Problems with symbols, an unknown one answered with the nearest that is known, members in one line."""
        problems = self._constituents.told(problems, self._universe.symbols)
        if not any(problem.kind == "missing" for problem in problems):
            return problems
        return intake.with_suggestions(problems, self._shipped | self._feed.known())

    def _source(self, shown: Shown, final_asof: Instant, fetched: Instant) -> Source:
        state = self._feed.state()
        times = [final_asof]
        priced = times
        if shown.live is not None:
            told = list(zip(self._universe.instruments, shown.live.asof, strict=True))
            times = [time for _instrument, time in told if time is not None]
            priced = [time for instrument, time in told if time is not None and instrument.cls.has_returns]
        problems = dict.fromkeys(self.explained(shown.problems))  # a disk that is full is told by whoever writes
        return Source(
            feed=self._feed.name,
            simulated=self._feed.simulated,
            asof=max(times, default=None),
            oldest=min(priced, default=None),
            fetched_at=fetched,
            final_at=self._calendar.final_at(shown.moment.session),
            breaker=state.cause,
            next_try=state.next_try,
            quarantined=shown.quarantined,
            problems=tuple(ProblemNote(kind=p.kind, symbol=p.symbol, text=p.text) for p in problems),
        )

    def _ages(self, shown: Shown, fetched: Instant) -> bool:
        """Whether the age of the fetch matters: somebody fetched, and there was something to fetch since.

        A feed that is silent from one final session to the next open is not late before that open.
        """
        moment = shown.moment
        if shown.fetched_at is None or self._past or not self._calendar.is_session(moment.now.date()):
            return False
        return moment.in_progress or fetched < self._calendar.final_at(moment.finished)

    @cached_property
    def _shipped(self) -> frozenset[str]:
        """The symbols of the shipped groups: spelt right, whatever the user's own file says."""
        groups = defaults().settings.universe.groups.values()
        return frozenset(symbol for group in groups for symbol in group.symbols)


def _status(shown: Shown) -> SessionStatus:
    """Quotes of a session that is over, for want of its bars, are stale like bars of an earlier one."""
    moment = shown.moment
    if shown.live is not None:
        return "intraday" if moment.in_progress and shown.session == moment.session else "stale"
    return "final" if shown.session == moment.finished else "stale"
