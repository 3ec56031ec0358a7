"""The whole road in one short method: `Pipeline.refresh`. Read this first.

    feed -> store -> engine (metrics) -> rules (warnings) -> snapshot

Blocks while it works, so the screen calls it from a daemon thread. A pipeline belongs to one configuration;
it folds the history once, and again only when a session was finished or a series changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import msgspec

from core import charts, intake, universe
from core.breadth_board import GOOD_COVERAGE
from core.constituents import Constituents
from core.engine import Engine, View
from core.errors import NoDataError, StoreError, UsageError
from core.feeds.base import Feed, History, Quotes
from core.feeds.choose import NO_STORE, choose_feed, open_store
from core.feeds.stored import StoredFeed
from core.fetching import FetchReport, Progress, fill
from core.i18n import _
from core.model import Problem, Session
from core.moment import Moment
from core.panel import Bars, LiveRow, Panel, align
from core.period import Base, Period, period_table
from core.series import Leaders, PriceSeries, RatioSeries
from core.sessions import FIRST_YEAR, Calendar, Clock, FixedClock, SystemClock, end_of_day, exchange_time
from core.settings import CORE, Basis, Settings
from core.settings_load import defaults
from core.snapshot import ProblemNote, Snapshot, Source, to_json

if TYPE_CHECKING:
    from core.store import Store

T = TypeVar("T")

MEMBERS = "members"
PERIOD_LEAD = 14
"""Days before a period in which the close before it is looked for; no closure of the exchange lasted as long."""

__all__ = ["NO_STORE", "FetchReport", "Pipeline", "Progress", "open_pipeline"]


@dataclass(frozen=True, slots=True, eq=False)
class _Folding:
    """An engine, the session it shows, what it was folded from, and the panels behind the funds by their names."""

    engine: Engine
    session: Session
    finished: Session
    live: bool
    bars: Mapping[str, Bars]
    behind: Mapping[str, Panel]


def open_pipeline(settings: Settings, *, clock: Clock | None = None, as_of: date | None = None) -> Pipeline:
    """A pipeline for the effective configuration; with `as_of` the clock stands at 23:59 New York of that day.

    Raises StoreError, FeedUnavailable, or UsageError for a day outside the exchange calendar.
    """
    asking = clock or SystemClock()  # whatever day is looked at, a source is asked now
    if clock is None:
        clock = asking if as_of is None else FixedClock(end_of_day(as_of))
    past = as_of is not None
    calendar = Calendar(settings.sessions.extra_closures)
    store = open_store(settings, read_only=past)
    feed = choose_feed(settings, calendar, asking, store)
    return Pipeline(settings, clock=clock, calendar=calendar, feed=feed, store=store, past=past)


class Pipeline:
    """One feed and one engine. `store` is where live snapshots are kept; `past`: every session is over."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        calendar: Calendar,
        feed: Feed,
        store: Store | None,
        past: bool = False,
    ) -> None:
        self._settings = settings
        self._universe = universe.build(settings)
        self._constituents = Constituents(settings)
        self._wanted = (*self._universe.instruments, *self._constituents.instruments(self._universe.symbols))
        self._clock = clock
        self._calendar = calendar
        self._feed = feed
        self._store = store
        self._past = past
        self._folding: _Folding | None = None
        self._lock = Lock()  # a refresh that was given up may still be at work when the next one begins

    def refresh(self) -> Snapshot:
        """One refresh. Raises FeedError where nothing can be had, NoDataError where nothing can be computed."""
        moment = self._moment()
        history, quotes = self._ask(moment)
        live = None
        if moment.in_progress:
            live = intake.live_row(self._universe.symbols, moment.session, quotes.quotes, history.bars)
        with self._lock:
            folding = self._folded(history.bars, moment, live=live is not None)
            view = self._view(moment, folding, live, history, quotes)
            behind = {name: self._row_of(panel, moment, history, quotes) for name, panel in folding.behind.items()}
            snapshot = folding.engine.snapshot(live, view, behind.pop(MEMBERS, None), behind)
        return self._keep(snapshot, moment)

    def incomplete(self, snapshot: Snapshot) -> tuple[str, ...]:
        """The symbols of the effective configuration that have no bar of the session, or all where it is stale.

        A breadth universe of which too little is there stands by its name.
        """
        stale = snapshot.session_status == "stale"
        rows = (*snapshot.leadership, *snapshot.sectors, *snapshot.watchlist)
        lacking = (row.symbol for row in rows if stale or row.session != snapshot.session)
        breadth = snapshot.breadth
        failed = breadth.members > 0 and not (breadth.coverage or 0.0) >= GOOD_COVERAGE
        return tuple(dict.fromkeys((*lacking, *((breadth.universe,) if failed else ()))))

    def fetch(self, since: date | None, progress: Progress) -> FetchReport:
        """Fill the store from the feed; what is stored stays stored when it is interrupted (`core.fetching`).

        `since` is the first day asked for, None for `metrics.years` back. Raises UsageError where there is
        nothing to fetch from, no store, or no session since then, StoreError, and FeedError.
        """
        if self._feed.simulated or self._feed.name == StoredFeed.name:
            raise UsageError(_("fetch needs a real feed"), "--feed files --data PATH")
        if self._settings.store.url == NO_STORE:
            raise UsageError(_("fetch needs a store"), _("--store sqlite:///PATH, or no --store for your own"))
        moment = self._moment()
        first, last = since or self._first(moment.finished), moment.finished
        if first > last:
            message = _("no session has finished since {since}, the last one was {last}")
            raise UsageError(message.format(since=first, last=last), _("give an earlier --since"))
        from core.store import Store  # noqa: PLC0415 - SQLAlchemy takes time that a snapshot need not spend

        with closing(Store.open(self._settings.store.url)) as store:
            report = fill(store, self._feed, self._wanted, first, last, at=moment.now, progress=progress)
        return FetchReport(report.stored, report.rows, self._explained(report.problems))

    def period(self, first: date, last: date, *, base: Base, basis: Basis, ddof: int) -> Period:
        """Return, volatility and volume of every symbol from `first` to `last`. Raises FeedError, NoDataError."""
        moment = self._moment()
        before = max(first - timedelta(days=PERIOD_LEAD), date(FIRST_YEAR, 1, 1)) if first.year >= FIRST_YEAR else first
        end = max(min(last, moment.finished), before)
        days = self._calendar.sessions(before, end)
        # An invented market hangs on its last session: it is asked up to there, and told as everywhere.
        reach = moment.finished if self._feed.simulated else end
        history = self._feed.history(self._universe.instruments, before, reach)
        panel = align(history.bars, self._universe.symbols, days)
        table = period_table(panel, self._universe.instruments, first, last, base=base, basis=basis, ddof=ddof)
        if table is None:
            raise NoDataError(
                _("no session has finished from {first} to {last}").format(first=first, last=last),
                _("give a period with at least one session"),
            )
        if all(row.last is None for row in table.rows):
            ends = max((series.sessions[-1] for series in history.bars.values()), default=None)
            message = _("there is no price on {day}").format(day=table.last_session)
            raise NoDataError(message, _("the prices end on {day}").format(day=ends) if ends else _("give other files"))
        return msgspec.structs.replace(table, feed=self._feed.name, simulated=self._feed.simulated)

    def leaders(self, window: str) -> tuple[Leaders, ...]:
        """Who led each ranked group by `window` over the past year, one result for each. Raises NoDataError."""
        ranked = [group for group in self._universe.groups if group.ranked]
        return self._answer(lambda e: tuple(charts.leaders(e.shown, e.columns, group, window) for group in ranked))

    def ratio(self, above: str, below: str) -> RatioSeries:
        """The ratio of two watched symbols over the past year. Raises NoDataError."""
        self._watched(above, below)
        return self._answer(lambda e: charts.ratio_series(e.shown, e.columns, above, below))

    def prices(self, symbol: str) -> PriceSeries:
        """The bars of one watched symbol over the past year. Raises NoDataError."""
        self._watched(symbol)
        return self._answer(lambda e: charts.price_series(e.history, e.panel, symbol))

    def panel(self, symbols: Sequence[str], first: date, last: date) -> Panel:
        """The finished bars of any symbols from `first` to `last`. Raises FeedError, UsageError where invented."""
        if self._feed.simulated:
            raise UsageError(_("a claim is not judged by invented prices"), _("give --feed files --data PATH"))
        end = min(last, self._moment().finished)
        history = self._feed.history([universe.instrument(self._universe, symbol) for symbol in symbols], first, end)
        return align(history.bars, symbols, self._calendar.sessions(first, end))

    @property
    def feed_name(self) -> str:
        """The name of the feed that serves."""
        return self._feed.name

    def close(self) -> None:
        """Let go of feed and store."""
        self._feed.close()
        if self._store is not None:
            self._store.close()

    def _answer(self, question: Callable[[Engine], T]) -> T:
        """What the engine of the last refresh knows; the feed is not asked."""
        with self._lock:
            if self._folding is None:
                raise NoDataError(_("nothing has been computed yet"), _("wait for the first refresh"))
            return question(self._folding.engine)

    def _watched(self, *symbols: str) -> None:
        for symbol in set(symbols).difference(self._universe.symbols):
            raise NoDataError(_("{symbol} is not watched").format(symbol=symbol), _("add it under [watchlist]"))

    def _moment(self) -> Moment:
        grace = timedelta(hours=self._settings.warnings.W20.grace_hours)
        always_open = self._feed.always_open and not self._past
        return Moment.of(self._calendar, self._clock.now(), grace=grace, always_open=always_open)

    def _first(self, last: Session) -> date:
        return max(last - timedelta(days=round(365.25 * self._settings.metrics.years)), date(FIRST_YEAR, 1, 1))

    def _ask(self, moment: Moment) -> tuple[History, Quotes]:
        """What the feed has: bars up to the session in progress, and its quotes; yields in percent."""
        wanted = self._wanted
        last = moment.finished if self._feed.always_open else moment.session
        history = self._feed.history(wanted, self._first(last), last)
        quotes = self._feed.quotes(wanted, moment.session, moment.now) if moment.in_progress else Quotes()
        return intake.in_percent(history, quotes, wanted)

    def _folded(self, bars: Mapping[str, Bars], moment: Moment, *, live: bool) -> _Folding:
        """The engine over the finished sessions, folded anew only when a session or a series is new."""
        kept = self._folding
        if kept and (kept.finished, kept.live) == (moment.finished, live) and intake.same(kept.bars, bars):
            return kept
        first = intake.first_session(bars.values())
        days = self._calendar.sessions(first or moment.finished, moment.finished)
        panel = align(bars, self._universe.symbols, days)
        newest = intake.newest_row(panel)
        if newest is None:
            message = _("there is no price of a watched symbol up to {day}").format(day=moment.finished)
            others = len(self._feed.known() - set(self._universe.symbols))
            mend = _("the feed has {n} others: watch them under [watchlist], or give other files").format(n=others)
            raise NoDataError(message, mend if others else _("give other files, or a later --as-of"))
        if not live:  # under a live row every session must stand, or the bases n sessions back would slip
            panel = align(bars, self._universe.symbols, days[: newest + 1])
        session = moment.session if live else days[newest].item()
        members = self._constituents.universe(bars, panel.sessions)
        lines = self._constituents.lines(bars, panel.sessions, members)
        engine = Engine(self._universe, self._settings, panel, members, lines)
        behind = {fund: part.panel for fund, part in lines.items()} | ({MEMBERS: members.panel} if members else {})
        self._folding = _Folding(engine, session, moment.finished, live, dict(bars), behind)
        return self._folding

    @staticmethod
    def _row_of(panel: Panel, moment: Moment, history: History, quotes: Quotes) -> LiveRow | None:
        """The session in progress for the symbols of `panel`."""
        known = {symbol: history.bars[symbol] for symbol in panel.symbols if symbol in history.bars}
        return intake.live_row(panel.symbols, moment.session, quotes.quotes, known) if moment.in_progress else None

    def _view(self, moment: Moment, folding: _Folding, live: LiveRow | None, history: History, quotes: Quotes) -> View:
        problems = self._explained((*history.problems, *quotes.problems))
        final_asof = self._calendar.close_at(folding.session)
        times = [time for time in live.asof if time is not None] if live else [final_asof]
        fetched = exchange_time(history.fetched_at or moment.now)
        # How old a fetch is matters on a day that brings new prices, and only where somebody fetched.
        aging = history.fetched_at is not None and not self._past and self._calendar.is_session(moment.now.date())
        return View(
            viewed_at=moment.now,
            phase=moment.phase,
            session_status="intraday" if live else "final" if folding.session == moment.finished else "stale",
            half_day=self._calendar.is_half_day(folding.session),
            next_session=moment.next_session,
            next_open=moment.next_open,
            expected=moment.expected,
            final_asof=final_asof,
            source=Source(
                feed=self._feed.name,
                simulated=self._feed.simulated,
                asof=max(times, default=None),
                fetched_at=fetched,
                problems=tuple(ProblemNote(kind=p.kind, symbol=p.symbol, text=p.text) for p in problems),
            ),
            fetch_age_hours=(moment.now - fetched) / timedelta(hours=1) if aging else None,
        )

    def _explained(self, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        """Problems with symbols, an unknown one answered with the nearest that is known, members in one line."""
        problems = self._constituents.told(problems, self._universe.symbols)
        if not any(problem.kind == "missing" for problem in problems):
            return problems
        return intake.with_suggestions(problems, self._shipped | self._feed.known())

    @cached_property
    def _shipped(self) -> frozenset[str]:
        """The symbols of the shipped groups: spelt right, whatever the user's own file says."""
        groups = defaults().settings.universe.groups.values()
        return frozenset(symbol for group in groups for symbol in group.symbols)

    def _keep(self, snapshot: Snapshot, moment: Moment) -> Snapshot:
        """Store a live snapshot of the default universe as the last one; a disk that refuses is a problem to show."""
        if self._store is None or self._past or self._settings.universe.breadth != CORE:
            return snapshot
        try:
            self._store.put_snapshot(to_json(snapshot), moment.now)
        except StoreError as error:
            note = ProblemNote(kind="store", text=str(error))
            source = msgspec.structs.replace(snapshot.source, problems=(*snapshot.source.problems, note))
            return msgspec.structs.replace(snapshot, source=source)
        return snapshot
