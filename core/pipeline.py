"""The whole road in one short method: `Pipeline.refresh`. Read this first.

    feed -> store -> engine (metrics) -> rules (warnings) -> snapshot

Blocks while it works, so the screen calls it from a daemon thread. A pipeline belongs to one configuration;
it folds the history once, and again only when a session was finished or a series changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import msgspec

from core import charts, intake, universe
from core.backtest.ground import Ground
from core.breadth_board import GOOD_COVERAGE
from core.chronicle import Chronicle
from core.constituents import Constituents
from core.daily import FETCH_PATIENCE, Daily
from core.engine import Engine
from core.errors import NoDataError, UsageError
from core.feeds.base import Feed, FeedState, History, Patient, Quotes
from core.feeds.choose import NO_STORE, choose_feed, open_store
from core.feeds.stored import StoredFeed
from core.fetching import FetchReport, Progress, Step, fill, fill_patiently
from core.folding import MEMBERS, Folder
from core.i18n import _
from core.journal import Journal
from core.keeping import Keeper
from core.model import Problem, Quote, Session
from core.moment import Moment
from core.panel import Bars, LiveRow, Panel, align
from core.period import Base, Period, period_table
from core.series import GaugeSeries, Leaders, Lines, PriceSeries, RatioSeries, Timeline
from core.sessions import FIRST_YEAR, Calendar, Clock, FixedClock, SystemClock, end_of_day
from core.settings import CORE, Basis, Settings
from core.snapshot import ProblemNote, Snapshot, to_json
from core.tape import Tape
from core.viewing import Shown, Viewer

if TYPE_CHECKING:
    from core.backtest.result import RuleResult
    from core.store import Store

T = TypeVar("T")

_AT_HAND = (StoredFeed.name, "files", "simulated")
"""Feeds that answer from this computer."""

PERIOD_LEAD = 14
"""Days before a period in which the close before it is looked for; no closure of the exchange lasted as long."""

__all__ = ["NO_STORE", "FetchReport", "Pipeline", "Progress", "Step", "open_pipeline"]


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """What a refresh was given: bars as they came, and all that is wrong so far."""

    history: History
    problems: tuple[Problem, ...]


class Opening:
    """How pipelines of one configuration are opened; with `as_of` the clock stands at 23:59 New York of that day."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None, as_of: date | None = None) -> None:
        self.settings = settings
        self._past = as_of is not None
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
        feed = wrapped(choose_feed(settings, self._calendar, self._asking, store))
        return Pipeline(settings, clock=self._clock, calendar=self._calendar, feed=feed, store=store, past=self._past)


def open_pipeline(settings: Settings, *, clock: Clock | None = None, as_of: date | None = None) -> Pipeline:
    """A pipeline for the effective configuration (`Opening`); for `auto`, Yahoo is asked whether it answers.

    Raises StoreError, FeedUnavailable, or UsageError for a day outside the exchange calendar.
    """
    opening = Opening(settings, clock=clock, as_of=as_of)
    if not opening.automatic:
        return opening.pipeline(settings)
    from core.automatic import settled  # noqa: PLC0415 - it builds on this module

    return settled(opening)


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
        self._daily = Daily(feed, store, calendar, self._constituents.weighable, past=past)
        self._viewer = Viewer(self._universe, self._constituents, calendar, feed, past=past)
        self._tape = Tape()
        self._keeper: Keeper | None = None
        if store is not None and not past:
            self._keeper = Keeper(store, feed.name, [instrument.symbol for instrument in self._wanted])
        self._recalled = False
        self._chronicle = Chronicle(None if past else store, settings)
        self._folder = Folder(settings, self._universe, self._constituents, calendar, self._chronicle.records)
        self._lock = Lock()  # a refresh that was given up may still be at work when the next one begins

    def refresh(self) -> Snapshot:
        """One refresh. Raises FeedError where nothing can be had, NoDataError where nothing can be computed."""
        moment = self._moment()
        snapshot = self._compute(self._ask(moment), moment)
        engine = self._answer(lambda latest: latest)
        unwritten = self._chronicle.write(engine.board, engine.panels, moment.now)
        return self._keep(_told(snapshot, unwritten), moment)

    def ready(self) -> bool:
        """Ask the feed and compute nothing: whether its source has answered by now. Raises FeedError."""
        self._ask(self._moment())
        return self._feed.state().answered

    def feed_state(self) -> FeedState:
        """How the feed is doing at this moment, whatever the last snapshot says."""
        return self._feed.state()

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
            raise UsageError(_("fetch needs a real feed"), "--feed yahoo, --feed files --data PATH")
        if self._settings.store.url == NO_STORE:
            raise UsageError(_("fetch needs a store"), _("--store sqlite:///PATH, or no --store for your own"))
        moment = self._moment()
        first, last = since or self._first(moment.finished), moment.finished
        if first > last:
            message = _("no session has finished since {since}, the last one was {last}")
            raise UsageError(message.format(since=first, last=last), _("give an earlier --since"))
        from core.store import Store  # noqa: PLC0415 - SQLAlchemy takes time that a snapshot need not spend

        feed, wanted = self._feed, self._wanted
        with closing(Store.open(self._settings.store.url)) as store:
            if isinstance(feed, Patient):
                report = fill_patiently(store, feed, wanted, first, last, clock=self._clock, progress=progress)
            else:
                report = fill(store, feed, wanted, first, last, at=moment.now, progress=progress)
            daily = Daily(feed, store, self._calendar, (), past=False)
            _beside, unknown = daily.at(moment, {}, {}, patience=FETCH_PATIENCE)
        return replace(report, problems=self._viewer.explained((*report.problems, *unknown)))

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

    def lines(self, symbols: Sequence[str]) -> Lines:
        """Watched symbols over the past year from one base. Raises NoDataError."""
        return self._answer(lambda e: charts.lines(e.shown, e.columns, symbols))

    def timeline(self) -> Timeline:
        """The states of the rules over the past year. Raises NoDataError."""
        return self._answer(lambda e: charts.timeline(e.board))

    def gauge(self, rule_id: str, subject: str) -> GaugeSeries | None:
        """The number that decides a rule over the past year; None where no single one does. Raises NoDataError."""
        return self._answer(lambda e: e.board.gauge_series(rule_id, subject))

    def panel(self, symbols: Sequence[str], first: date, last: date) -> Panel:
        """The finished bars of any symbols from `first` to `last`. Raises FeedError, UsageError where invented."""
        if self._feed.simulated:
            raise UsageError(_("a claim is not judged by invented prices"), _("give --feed files --data PATH"))
        end = min(last, self._moment().finished)
        history = self._feed.history([universe.instrument(self._universe, symbol) for symbol in symbols], first, end)
        return align(history.bars, symbols, self._calendar.sessions(first, end))

    def ground(self) -> Ground:
        """All finished sessions the feed holds at hand, for a backtest. Raises FeedError, NoDataError."""
        moment = self._moment()
        remote = self._feed.name not in _AT_HAND  # which is asked for no more than the screen would
        first = self._first(moment.finished) if remote else date(FIRST_YEAR, 1, 1)
        history = self._feed.history(self._wanted, first, moment.finished)
        percent, _quotes = intake.in_percent(history, Quotes(), self._wanted)
        return self._folder.ground(percent.bars, moment, self._feed.known)

    def keep_backtests(self, results: Sequence[RuleResult]) -> None:
        """Keep results to be shown beside their rules; nothing where the feed is not stored. Raises StoreWriteError."""
        self._chronicle.keep(results, self._clock.now())

    def journal(self, since: date | None) -> Journal:
        """Every step of the warnings from session `since` on, brought up to date. Raises what `refresh` does."""
        self.refresh()
        return Journal(
            feed=self._feed.name,
            simulated=self._feed.simulated,
            derived=not self._chronicle.keeps,
            universe=self._settings.universe.breadth,
            entries=self._answer(lambda engine: self._chronicle.entries(engine.board, engine.panels, since)),
        )

    @property
    def feed_name(self) -> str:
        """The name of the feed that serves."""
        return self._feed.name

    @property
    def simulated(self) -> bool:
        """Whether its numbers are invented."""
        return self._feed.simulated

    def close(self) -> None:
        """Let go of feed and store."""
        self._feed.close()
        if self._store is not None:
            self._store.close()

    def _answer(self, question: Callable[[Engine], T]) -> T:
        """What the engine of the last refresh knows; the feed is not asked."""
        with self._lock:
            if self._folder.latest is None:
                raise NoDataError(_("nothing has been computed yet"), _("wait for the first refresh"))
            return question(self._folder.latest.engine)

    def _watched(self, *symbols: str) -> None:
        for symbol in set(symbols).difference(self._universe.symbols):
            raise NoDataError(_("{symbol} is not watched").format(symbol=symbol), _("add it under [watchlist]"))

    def _moment(self) -> Moment:
        grace = timedelta(hours=self._settings.warnings.W20.grace_hours)
        always_open = self._feed.always_open and not self._past
        return Moment.of(self._calendar, self._clock.now(), grace=grace, always_open=always_open)

    def _first(self, last: Session) -> date:
        return max(last - timedelta(days=round(365.25 * self._settings.metrics.years)), date(FIRST_YEAR, 1, 1))

    def _ask(self, moment: Moment) -> _Given:
        """What the feed has: bars up to the session in progress, and quotes, which join those known before."""
        last = moment.finished if self._feed.always_open else moment.session
        history = self._feed.history(self._wanted, self._first(last), last)
        quotes = self._feed.quotes(self._wanted, moment.session, moment.now) if moment.in_progress else Quotes()
        stored, unread = self._recall()
        self._tape.take((*stored.values(), *quotes.quotes.values()))
        kept = self._keeper.keep(history, quotes, self._tape.quotes(), moment.now) if self._keeper else ()
        beside, unknown = self._daily.at(moment, history.bars, self._tape.quotes())
        with self._lock:
            self._folder.beside = beside
        return _Given(history, (*history.problems, *quotes.problems, *unread, *kept, *unknown))

    def _recall(self) -> tuple[Mapping[str, Quote], tuple[Problem, ...]]:
        """The quotes stored last, once."""
        if self._keeper is None or self._recalled:
            return {}, ()
        self._recalled = True
        return self._keeper.quotes()

    def _compute(self, given: _Given, moment: Moment) -> Snapshot:
        """The snapshot of what was given and of the newest quotes, at `moment`."""
        history = replace(given.history, problems=given.problems)
        history, quotes = intake.in_percent(history, Quotes(self._tape.quotes()), self._wanted)
        rejected = self._keeper.quarantined() if self._keeper else 0
        with self._lock:
            at, live = self._live(moment, history.bars, quotes.quotes)
            folding = self._folder.folded(history.bars, at, live=live is not None, known=self._feed.known)
            shown = Shown(moment, folding.session, live, history.fetched_at, history.problems, rejected)
            behind = {
                name: intake.live_row(panel.symbols, at.session, quotes.quotes, history.bars) if live else None
                for name, panel in folding.behind.items()
            }
            return folding.engine.snapshot(live, self._viewer.view(shown), behind.pop(MEMBERS, None), behind)

    def _live(
        self, moment: Moment, bars: Mapping[str, Bars], quotes: Mapping[str, Quote]
    ) -> tuple[Moment, LiveRow | None]:
        """The session of which only quotes tell: that in progress, or one over whose bars could not be had.

        It comes with the moment as it looks from there; None where bars tell all.
        """
        symbols = self._universe.symbols
        if moment.in_progress and (live := intake.live_row(symbols, moment.session, quotes, bars)):
            return moment, live
        barred = intake.reached(bars[s].sessions[-1].item() for s in symbols if s in bars)
        quoted = intake.reached(quotes[s].session for s in symbols if s in quotes)
        if barred is None or quoted is None or self._past or not barred < quoted <= moment.finished:
            return moment, None
        lacking = {s: q for s, q in quotes.items() if s in bars and bars[s].sessions[-1].item() < quoted}
        live = intake.live_row(symbols, quoted, lacking, bars)
        return moment if live is None else moment.of_quotes(quoted, self._calendar), live

    def _keep(self, snapshot: Snapshot, moment: Moment) -> Snapshot:
        """Store a live snapshot of the default universe as the last one; a disk that refuses is a problem to show."""
        if self._keeper is None or self._settings.universe.breadth != CORE:
            return snapshot
        return _told(snapshot, self._keeper.snapshot(to_json(snapshot), moment.now))


def _told(snapshot: Snapshot, problems: tuple[Problem, ...]) -> Snapshot:
    """The snapshot with more problems to show."""
    if not problems:
        return snapshot
    notes = (ProblemNote(kind=p.kind, symbol=p.symbol, text=p.text) for p in problems)
    source = msgspec.structs.replace(snapshot.source, problems=(*snapshot.source.problems, *notes))
    return msgspec.structs.replace(snapshot, source=source)
