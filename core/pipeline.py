"""The whole road in one short method: `Pipeline.refresh`. Read this first.

    feed -> store -> engine (metrics) -> rules (warnings) -> snapshot

Blocks while it works, so the screen calls it from a daemon thread. A pipeline belongs to one configuration;
it folds the history once, and again only when a session was finished or a series changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

import msgspec

from core import intake, universe
from core.answers import Answers
from core.attention import Attention
from core.chronicle import Chronicle
from core.constituents import Constituents
from core.daily import FETCH_PATIENCE, PATIENCE, Daily
from core.errors import NoDataError, UsageError
from core.evenings import Evenings
from core.feeds.base import Feed, FeedState, Quotes
from core.feeds.choose import NO_STORE
from core.feeds.stored import StoredFeed
from core.fetching import FetchReport, Progress, Step, fill
from core.folding import MEMBERS, Folder
from core.gathering import Gatherer, Given
from core.i18n import _
from core.inquiries import Inquiries
from core.model import FeedHealth, Instant, Problem, Quote, Session, Stage, Watch, unwatched
from core.moment import Moment
from core.notices import Notices, eased
from core.sessions import FIRST_YEAR, Calendar, Clock
from core.settings import CORE, Basis, Settings
from core.snapshot import ProblemNote, Snapshot, to_json
from core.streaming import Streaming
from core.viewing import Shown, Viewer

if TYPE_CHECKING:
    from core.store import Store

T = TypeVar("T")

__all__ = ["NO_STORE", "FetchReport", "Pipeline", "Progress", "Step", "open_pipeline"]


def open_pipeline(
    settings: Settings, *, clock: Clock | None = None, as_of: date | None = None, watch: Watch = unwatched
) -> Pipeline:
    """A pipeline for the effective configuration (`Opening`); for `auto`, Yahoo is asked whether it answers.

    Raises StoreError, FeedUnavailable, or UsageError for a day outside the exchange calendar.
    """
    from core.automatic import settled  # noqa: PLC0415 - it builds on this module
    from core.opening import Opening  # noqa: PLC0415 - likewise

    opening = Opening(settings, clock=clock, as_of=as_of, watch=watch)
    return settled(opening) if opening.automatic else opening.pipeline(settings)


class Pipeline(Answers, Inquiries):
    """One feed and one engine. `store` is where live snapshots are kept; `past`: every session is over.

    `watch` is told when all is gathered.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        calendar: Calendar,
        feed: Feed,
        store: Store | None,
        past: bool = False,
        watch: Watch = unwatched,
    ) -> None:
        self._settings = settings
        self._watch = watch
        self._universe = universe.build(settings)
        self._constituents = Constituents(settings)
        self._wanted = (*self._universe.instruments, *self._constituents.instruments(self._universe.symbols))
        self._clock, self._calendar, self._feed, self._store = clock, calendar, feed, store
        self._grace = timedelta(hours=settings.warnings.W20.grace_hours)
        self._past = past
        self._gatherer = Gatherer(feed, store, calendar, self._wanted, self._constituents.weighable, past=past)
        self._viewer = Viewer(self._universe, self._constituents, calendar, feed, past=past)
        self._given: Given | None = None
        self._latest: Snapshot | None = None
        self._stream: Streaming | None = None
        self._publish: Callable[[], None] | None = None
        memory, breadth = None if past else store, settings.universe.breadth
        self._chronicle = Chronicle(memory, settings)
        self.attention = Attention(memory, breadth, calendar, clock)
        self.notices = Notices(memory, settings.notify, breadth, clock)
        folder = Folder(settings, self._universe, self._constituents, calendar, self._chronicle.records)
        back = Viewer(self._universe, self._constituents, calendar, feed, past=True)
        evenings = Evenings(calendar, back, self._grace)
        super().__init__(self._universe, self._constituents, folder, evenings)

    def refresh(self) -> Snapshot:
        """One refresh. Raises FeedError where nothing can be had, NoDataError where nothing can be computed."""
        moment = self._moment()
        if self._stream is not None:
            self._stream.attend(moment.phase)
        self._given = given = self._gather(moment, PATIENCE if self._publish is None else 0.0)
        unread = self.attention.recall()
        self._watch(Stage.COMPUTING)
        computed = self._compute(given, moment)
        engine = self._answer(lambda engine: engine)
        unwritten = self._chronicle.write(engine.board, engine.panels, moment.now)
        snapshot = self._keep(_told(computed, (*unread, *unwritten)), moment)
        with self._lock:
            if self._latest is computed:  # else a streamed price has come since
                self._latest = snapshot
        return snapshot

    @property
    def latest(self) -> Snapshot | None:
        """The newest snapshot; None before the first."""
        return self._latest

    def follow(self, publish: Callable[[], None]) -> None:
        """Stream prices from now on while the exchange is open, if that is configured; refreshes wait for nothing else.

        `publish` is called when `latest` is new, between refreshes, four times a second at most, from any thread.
        """
        self._publish = publish
        if self._feed.name == "yahoo" and self._settings.feed.yahoo.stream and not self._past:
            self._stream = Streaming(self._universe.symbols, self.take, self._clock, self._calendar)

    def take(self, quotes: Mapping[str, Quote]) -> None:
        """Make `latest` of streamed quotes, without asking the feed; those of a new session wait for its refresh."""
        self._gatherer.take(quotes.values())
        given, moment = self._given, self._moment()
        if given is None or not given.moment.same_sessions(moment):
            return
        try:
            self._compute(given, moment)
        except NoDataError:  # the refresh that was given these bars has told so
            return
        if self._publish is not None:
            self._publish()

    def show_basis(self, basis: Basis) -> None:
        """Show returns on this basis from now on, and make `latest` of it without asking the feed."""
        with self._lock:
            self._folder.show_basis(basis)
        given, moment = self._given, self._moment()
        if given is not None:
            self._compute(given, moment if given.moment.same_sessions(moment) else given.moment)
            if self._publish is not None:
                self._publish()

    def ready(self) -> bool:
        """Ask the feed and compute nothing: whether its source has answered by now. Raises FeedError."""
        self._gather(self._moment(), None)
        return self._feed.state().answered

    def feed_state(self) -> FeedState:
        """How the feed is doing at this moment, whatever the last snapshot says."""
        return self._feed.state()

    def feed_health(self) -> FeedHealth:
        """How much the feed asks, and what it did not believe. Raises StoreError."""
        return FeedHealth(self._feed.state().requests, self._gatherer.rejected())

    def incomplete(self, snapshot: Snapshot) -> tuple[str, ...]:
        """The symbols of the effective configuration that have no bar of the session, or all where it is stale.

        A breadth universe of which too little is there stands by its name.
        """
        stale = snapshot.session_status == "stale"
        rows = (*snapshot.leadership, *snapshot.sectors, *snapshot.watchlist)
        lacking = (row.symbol for row in rows if stale or row.session != snapshot.session)
        breadth = snapshot.breadth
        failed = breadth.members > 0 and not (breadth.coverage or 0.0) >= universe.WHOLE
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

        with closing(Store.open(self._settings.store.url)) as store:
            report = fill(store, self._feed, self._wanted, first, last, clock=self._clock, progress=progress)
            daily = Daily(self._feed, store, self._calendar, (), past=False)
            _beside, unknown = daily.at(moment, {}, {}, patience=FETCH_PATIENCE)
        return replace(report, problems=self._viewer.explained((*report.problems, *unknown)))

    @property
    def feed_name(self) -> str:
        """The name of the feed that serves."""
        return self._feed.name

    @property
    def simulated(self) -> bool:
        """Whether its numbers are invented."""
        return self._feed.simulated

    def close(self) -> None:
        """Let go of stream, feed and store."""
        if self._stream is not None:
            self._stream.close()
        self._feed.close()
        if self._store is not None:
            self._store.close()

    def _moment(self) -> Moment:
        always_open = self._feed.always_open and not self._past
        return Moment.of(self._calendar, self._clock.now(), grace=self._grace, always_open=always_open)

    def _first(self, last: Session) -> date:
        return max(last - timedelta(days=round(365.25 * self._settings.metrics.years)), date(FIRST_YEAR, 1, 1))

    def _gather(self, moment: Moment, patience: float | None) -> Given:
        last = moment.finished if self._feed.always_open else moment.session
        return self._gatherer.gather(moment, self._first(last), patience=patience)

    def _compute(self, given: Given, moment: Moment) -> Snapshot:
        """The snapshot of what was given and of the newest quotes, at `moment`."""
        newest, rejected = Quotes(self._gatherer.quotes()), self._gatherer.quarantined()
        with self._lock:
            given = self._given or given  # a refresh may have brought other bars since the caller looked
            history, taped = intake.in_percent(given.history, newest, self._wanted)
            bars, quotes = history.bars, taped.quotes
            at, live = intake.live_session(self._universe.symbols, moment, quotes, bars, self._calendar)
            if live is None:
                bars = intake.led_on(bars, quotes, moment.finished)
            self._folder.beside = given.beside
            self._evenings.fetched_at = fetched_at = _fetched_at(history.fetched_at, quotes.values(), moment)
            folding = self._folder.folded(bars, at, live=live is not None, known=self._feed.known)
            problems = (*history.problems, *self._current_problems(moment))
            shown = Shown(moment, folding.session, live, fetched_at, problems, rejected)
            behind = {
                name: intake.live_row(panel.symbols, at.session, quotes, bars) if live else None
                for name, panel in folding.behind.items()
            }
            view = self._viewer.view(shown)
            computed = folding.engine.snapshot(live, view, behind.pop(MEMBERS, None), behind)
            self._latest = snapshot = self.notices.marked(self.attention.marked(computed))
            if not self._past:
                self.notices.see(snapshot, eased(folding.engine.board))
            return snapshot

    def _current_problems(self, moment: Moment) -> tuple[Problem, ...]:
        """What is wrong with the prices of now: they are not believed, or do not come by the stream."""
        failed, refused = (self._stream.problems(), self._stream.doubts()) if self._stream else ((), ())
        return (*(self._gatherer.in_doubt(refused, moment.now) if moment.in_progress else ()), *failed)

    def _keep(self, snapshot: Snapshot, moment: Moment) -> Snapshot:
        """Store a live snapshot of the default universe as the last one; a disk that refuses is a problem to show."""
        if not self._gatherer.keeps or self._settings.universe.breadth != CORE:
            return snapshot
        return _told(snapshot, self._gatherer.keep_snapshot(to_json(snapshot), moment.now))


def _fetched_at(bars_at: Instant | None, quotes: Iterable[Quote], moment: Moment) -> Instant | None:
    """When anything was fetched last, bars or a quote, which was fetched when it was made or later; None for nobody."""
    if bars_at is None:
        return None
    return max([bars_at, *(min(quote.asof, moment.now) for quote in quotes)])


def _told(snapshot: Snapshot, problems: tuple[Problem, ...]) -> Snapshot:
    """The snapshot with more problems to show."""
    if not problems:
        return snapshot
    notes = (ProblemNote(kind=p.kind, symbol=p.symbol, text=p.text) for p in problems)
    source = msgspec.structs.replace(snapshot.source, problems=(*snapshot.source.problems, *notes))
    return msgspec.structs.replace(snapshot, source=source)
