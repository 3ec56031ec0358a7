"""The whole road in one short method: `Pipeline.refresh`. Read this first.

    feed -> store -> engine (metrics) -> rules (warnings) -> snapshot

Blocks while it works, so the screen calls it from a daemon thread. A pipeline belongs to one configuration;
it folds the history once and again only when a session was finished or a series changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
import numpy as np

from core import intake, universe
from core.engine import Engine, View
from core.errors import NoDataError, StoreWriteError, UsageError
from core.feeds.base import Feed, History, Quotes
from core.feeds.choose import choose_feed
from core.i18n import _
from core.model import Instant, Problem, Session
from core.panel import Bars, LiveRow, align
from core.sessions import Calendar, Clock, FixedClock, MarketState, SystemClock, end_of_day
from core.settings import Settings
from core.snapshot import ProblemNote, Snapshot, Source, to_json
from core.store import Store

Progress = Callable[[int, int, str], None]
"""Called with the number of symbols done, of all, and the symbol done last."""

NO_STORE = "none"
SAME_BASE = 1e-6
"""Adjusted closes of two fetches may differ by this ratio; more is a restatement (metrics.md 0.2)."""


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a fetch stored: series, bars, and what went wrong."""

    stored: int
    rows: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Moment:
    """One instant on the exchange: the session in progress or last begun, and the last finished one."""

    now: Instant
    state: MarketState
    session: Session
    finished: Session


def open_pipeline(settings: Settings, *, clock: Clock | None = None, as_of: date | None = None) -> Pipeline:
    """A pipeline for the effective configuration; with `as_of` the clock stands at 23:59 New York of that day.

    Raises SettingsError, StoreError or FeedUnavailable.
    """
    if clock is None:
        clock = SystemClock() if as_of is None else FixedClock(end_of_day(as_of))
    calendar = Calendar(settings.sessions.extra_closures)
    wants_store = settings.feed.name not in ("files", "simulated") and settings.store.url != NO_STORE
    store = Store.open(settings.store.url) if wants_store else None
    feed = choose_feed(settings, calendar, store)
    return Pipeline(settings, clock=clock, calendar=calendar, feed=feed, store=store, past=as_of is not None)


class Pipeline:
    """One feed, one store, one engine. `past`: the clock stands in the past, so every session is over."""

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
        self._clock = clock
        self._calendar = calendar
        self._feed = feed
        self._store = store
        self._past = past
        self._engine: Engine | None = None
        self._folded: tuple[Session, bool, Mapping[str, Bars]] | None = None
        self._stored: bytes | None = None

    def refresh(self) -> Snapshot:
        """One refresh. Raises FeedError where nothing can be had, NoDataError where nothing can be computed."""
        moment = self._moment()
        history = self._history(moment)
        live, quotes = self._live(moment, history)
        engine, session = self._engine_for(history.bars, moment, live=live is not None)
        problems = intake.with_suggestions((*history.problems, *quotes.problems), self._known(history.bars))
        snapshot = engine.snapshot(live, self._view(moment, session, live, problems))
        return self._keep(snapshot, moment.now)

    def incomplete(self, snapshot: Snapshot) -> tuple[str, ...]:
        """The symbols of the effective configuration that have no bar of the session, or all where it is stale."""
        stale = snapshot.session_status == "stale"
        rows = (*snapshot.leadership, *snapshot.sectors, *snapshot.watchlist)
        lacking = (row.symbol for row in rows if stale or row.session != snapshot.session)
        return tuple(dict.fromkeys(lacking))

    def fetch(self, since: date | None, progress: Progress) -> FetchReport:
        """Fill the store from the feed, symbol by symbol; what is stored stays stored when it is interrupted.

        `since` is the first day asked for, None for `metrics.years` back. Bars stored of earlier sessions are
        kept, unless a restatement has put the new ones on another base: then that symbol is left as it was.
        Raises UsageError where the feed is simulated or there is no store.
        """
        if self._feed.simulated or self._settings.store.url == NO_STORE:
            raise UsageError(_("there is nothing to fetch into a store"), _("--feed files --data PATH"))
        store = self._store or Store.open(self._settings.store.url)
        self._store = store
        moment = self._moment()
        wanted = self._universe.instruments
        history = self._feed.history(wanted, since or self._first(moment.finished), moment.finished)
        problems = list(intake.with_suggestions(history.problems, self._known(history.bars)))
        stored = store.load(history.bars)
        written = rows = 0
        for done, (symbol, bars) in enumerate(history.bars.items(), start=1):
            merged = _merged(stored.get(symbol), bars)
            if merged is None:
                text = _("{symbol} was restated since it was stored: fetch it again without --since")
                problems.append(Problem("restated", symbol, text.format(symbol=symbol)))
            else:
                store.replace(merged, source=self._feed.name, fetched_at=moment.now)
                written, rows = written + 1, rows + len(merged)
            progress(done, len(history.bars), symbol)
        return FetchReport(written, rows, tuple(problems))

    def close(self) -> None:
        """Let go of feed and store."""
        self._feed.close()
        if self._store is not None:
            self._store.close()

    def _moment(self) -> _Moment:
        now = self._clock.now()
        state = self._calendar.state(now)
        if self._always_open:
            return _Moment(now, state, state.session, self._calendar.previous(state.session))
        return _Moment(now, state, state.session, state.last_finished)

    @property
    def _always_open(self) -> bool:
        return self._feed.always_open and not self._past

    def _first(self, last: Session) -> Session:
        return last - timedelta(days=round(365.25 * self._settings.metrics.years))

    def _history(self, moment: _Moment) -> History:
        """Bars up to the session in progress, yields in percent."""
        last = moment.finished if self._feed.always_open else moment.session
        given = self._feed.history(self._universe.instruments, self._first(last), last)
        bars, notes = intake.in_percent(given.bars, self._universe.instruments)
        return History(bars, (*given.problems, *notes))

    def _live(self, moment: _Moment, history: History) -> tuple[LiveRow | None, Quotes]:
        """The provisional row of the session in progress, if there is one."""
        if self._past or moment.session == moment.finished:
            return None, Quotes()
        quotes = self._feed.quotes(self._universe.instruments, moment.session, moment.now)
        row = intake.live_row(self._universe.symbols, moment.session, quotes.quotes)
        return row or intake.live_bars(history.bars, moment.session, self._universe.symbols), quotes

    def _engine_for(self, bars: Mapping[str, Bars], moment: _Moment, *, live: bool) -> tuple[Engine, Session]:
        """The engine over the finished sessions, folded anew only when a session or a series is new."""
        newest = intake.newest_session(bars.values(), moment.finished)
        if newest is None:
            raise NoDataError(
                _("there is no price up to {day}").format(day=moment.finished),
                _("give other files, or a later --as-of; 'tapeboard doctor' helps"),
            )
        # Under a live row the sessions must be without a hole, or the bases n sessions back would slip.
        last = moment.finished if live else newest
        if self._engine is None or self._folded is None or not _same(self._folded, (last, live, bars)):
            days = self._calendar.sessions(intake.first_session(bars.values()), last)
            panel = align(bars, self._universe.symbols, days)
            self._engine = Engine(self._universe, self._settings, panel)
            self._folded = (last, live, dict(bars))
        return self._engine, moment.session if live else newest

    def _view(self, moment: _Moment, session: Session, live: LiveRow | None, problems: tuple[Problem, ...]) -> View:
        calendar, state = self._calendar, moment.state
        grace = timedelta(hours=self._settings.warnings.W20.grace_hours)
        final_asof = calendar.close_at(session)
        asof = max((a for a in live.asof if a is not None), default=None) if live else final_asof
        fetched = self._store.fetched_at() if self._store is not None else None
        trading_day = calendar.is_session(moment.now.date())
        age = (moment.now - fetched).total_seconds() / 3600 if fetched is not None and trading_day else None
        return View(
            viewed_at=moment.now,
            phase="simulated" if self._always_open else state.phase.value,
            session_status="intraday" if live else "final" if session == moment.finished else "stale",
            half_day=calendar.is_half_day(session),
            next_session=state.next_session,
            next_open=state.next_open,
            expected=moment.finished if self._always_open else calendar.state(moment.now - grace).last_finished,
            final_asof=final_asof,
            source=Source(
                feed=self._feed.name,
                simulated=self._feed.simulated,
                asof=asof,
                fetched_at=fetched or moment.now,
                problems=tuple(ProblemNote(kind=p.kind, symbol=p.symbol, text=p.text) for p in problems),
            ),
            fetch_age_hours=None if self._past else age,
        )

    def _known(self, bars: Mapping[str, Bars]) -> frozenset[str]:
        """Every symbol that is spelt right: of the shipped groups, of the feed, and those that have data."""
        shipped = (s for group in self._settings.universe.groups.values() for s in group.symbols)
        return frozenset((*shipped, *self._feed.known(), *bars))

    def _keep(self, snapshot: Snapshot, now: Instant) -> Snapshot:
        """Store a live snapshot of a real feed as the last one; a disk that refuses is a problem to be shown."""
        if self._store is None or self._past or self._feed.simulated or self._feed.name == "files":
            return snapshot
        document = to_json(snapshot)
        try:
            self._store.put_snapshot(document, now)
        except StoreWriteError as error:
            note = ProblemNote(kind="store", text=str(error))
            source = msgspec.structs.replace(snapshot.source, problems=(*snapshot.source.problems, note))
            return msgspec.structs.replace(snapshot, source=source)
        return snapshot


def _same(a: tuple[Session, bool, Mapping[str, Bars]], b: tuple[Session, bool, Mapping[str, Bars]]) -> bool:
    """Whether two foldings are of the same series, object by object, up to the same session."""
    return a[:2] == b[:2] and a[2].keys() == b[2].keys() and all(a[2][symbol] is b[2][symbol] for symbol in a[2])


def _merged(stored: Bars | None, fresh: Bars) -> Bars | None:
    """`fresh` with the stored bars before and after it; None where the two are not on one base."""
    if stored is None or len(stored) == 0 or len(fresh) == 0:
        return fresh
    common, old, new = np.intersect1d(stored.sessions, fresh.sessions, return_indices=True)
    before = stored.sessions < fresh.sessions[0]
    after = stored.sessions > fresh.sessions[-1]
    if not before.any() and not after.any():
        return fresh
    ratio = stored.adj_close[old] / fresh.adj_close[new]
    if len(common) == 0 or not (np.abs(ratio - 1.0) <= SAME_BASE).all():
        return None
    columns = ("sessions", "open", "high", "low", "close", "adj_close", "volume")
    parts = {
        name: np.concatenate([getattr(stored, name)[before], getattr(fresh, name), getattr(stored, name)[after]])
        for name in columns
    }
    return Bars(symbol=fresh.symbol, adjusted=fresh.adjusted and stored.adjusted, **parts)
