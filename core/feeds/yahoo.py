"""The feed `yahoo`: Yahoo Finance by way of yfinance, asked for little and believed with reserve.

    wanted -> what is lacking (yahoo_history) -> jobs by urgency (daemon_pool) -> yfinance (yahoo_client)
           -> our session (yahoo_session) -> budget and breaker (throttle, breaker) -> checks (sanitise)
           -> joined with what was stored (splice)

What is stored is read once; what lacks is asked for, and an answer only ever adds to a series or restates it as a
whole. A call waits for its jobs until the deadline; what comes later is there for the next call. What fails is
asked for again, less and less often.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import date, timedelta
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeAlias

from core.errors import FeedError, FeedPaused, FeedTimeout, NoDataError, StoreError
from core.feeds.base import FeedState, Fetched, History, Quotes
from core.feeds.breaker import Backoff, Breaker
from core.feeds.daemon_pool import DaemonPool, failures
from core.feeds.throttle import Budget, Throttle
from core.feeds.yahoo_answers import Chart
from core.feeds.yahoo_fundamentals import FundamentalsDesk
from core.feeds.yahoo_history import Wanted, insisting, top_up
from core.feeds.yahoo_live import LiveQuotes
from core.feeds.yahoo_series import Series
from core.i18n import _
from core.model import Instant, Instrument, Problem, Session
from core.panel import Days
from core.sessions import Calendar, Clock, Phase
from core.settings import YahooSettings
from core.valuation import Answer

if TYPE_CHECKING:
    from core.feeds.yahoo_client import YahooClient
    from core.store import Store

Jobs: TypeAlias = list[Future[None]]

THREAD: Final = "tapeboard-yahoo"

IDLE: Final = 1.0
"""Seconds without a symbol, after which whoever waits for a fill is told so."""

REFUSALS: Final = 3
"""So often a symbol of a fill is asked for again that was refused, after the pause."""

EVENTS_AFTER: Final = timedelta(minutes=5)
"""So long after the open Yahoo has restated the histories of those who pay or split on that day."""


class YahooFeed:
    """History and quotes from Yahoo; what `store` holds is not asked for again. Any thread may call it.

    It reads the store and never writes: what is to be stored is told by `History` and `Fetched`.
    """

    name = "yahoo"
    simulated = False
    always_open = False

    def __init__(self, settings: YahooSettings, clock: Clock, calendar: Calendar, store: Store | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._calendar = calendar
        self._store = store
        breaker = Breaker(settings.breaker.failures, Backoff(settings.breaker.first, settings.breaker.most))
        budget = Budget(settings.budget_per_minute)
        # Quotes have urgency 0 and the first symbol 1: as many as one minute holds go at once, all others in step.
        self._throttle = Throttle(budget, breaker, clock, paced_from=1 + settings.budget_per_minute)
        self._pool = DaemonPool(THREAD, settings.threads)
        self._lock = threading.RLock()
        self._client_made: YahooClient | None = None
        self._series: dict[str, Series] = {}
        self._store_problems: tuple[Problem, ...] = ()
        self._live = LiveQuotes(
            settings,
            clock,
            calendar,
            self._throttle,
            charts=self._pool,
            client=self._client,
            chart=self._chart,
            close_of=self._close_of,
        )
        # The last of the requests that go at once: in step, four of them would take longer than a command waits.
        self._fundamentals = FundamentalsDesk(
            self._client, clock, calendar, self._pool, self._throttle, urgency=settings.budget_per_minute
        )

    def history(self, wanted: Sequence[Instrument], first: Session, last: Session) -> History:
        """The finished bars of `wanted`, in their order of urgency, `first` to `last` inclusive.

        Raises FeedError if nothing at all came, NoDataError where no session of these is finished.
        """
        sessions = self._finished(first, last)
        begun, _under_way = self._ask(wanted, sessions)
        failures(wait(begun, timeout=self._settings.deadline).done)
        with self._lock:
            return self._given(wanted, first, last, sessions)

    def stream(
        self,
        wanted: Sequence[Instrument],
        first: Session,
        last: Session,
        *,
        patience: float = 0.0,
        idle: Callable[[], None] = lambda: None,
    ) -> Generator[Fetched]:
        """Each of `wanted` as soon as it is complete or has failed, for a fill that may take many minutes.

        A symbol waits `patience` seconds where Yahoo refuses. Left early, it cancels what has not begun.
        """
        sessions = self._finished(first, last)
        jobs = [*chain(*self._ask(wanted, sessions, patience=patience))]
        by_job = {self._series[i.symbol].job: i.symbol for i in wanted if self._series[i.symbol].job in jobs}
        try:
            for symbol in [i.symbol for i in wanted if i.symbol not in by_job.values()]:
                yield self._fetched(symbol, sessions)
            waiting = set(jobs)
            while waiting:
                done, waiting = wait(waiting, timeout=IDLE, return_when=FIRST_COMPLETED)
                if not done:
                    idle()
                failures(done)
                for job in done:
                    yield self._fetched(by_job[job], sessions)
        finally:
            for job in jobs:
                job.cancel()

    def quotes(self, wanted: Sequence[Instrument], session: Session, now: Instant) -> Quotes:
        """The newest quotes of `session`, those known before where no newer ones come. Never raises FeedError."""
        return self._live.quotes(wanted, session)

    def market_caps(self) -> dict[str, tuple[float, Instant]]:
        """The market capitalisation of each symbol that was quoted, in its currency, with the time of the quote."""
        return dict(self._live.market_caps)

    def fundamentals(self, patience: float) -> Answer | None:
        """Those of the funds of `core.valuation`, asked for after all prices; None where nobody is asked now."""
        return self._fundamentals.ask(patience)

    def state(self) -> FeedState:
        """Whether Yahoo is asked at present, and if not, why and until when."""
        return self._throttle.state()

    def known(self) -> frozenset[str]:
        """The symbols there are bars of."""
        with self._lock:
            return frozenset(symbol for symbol, series in self._series.items() if series.bars is not None)

    def close(self) -> None:
        """Stop, without waiting for what is under way; later calls fail."""
        self._throttle.close()
        self._pool.close()
        self._live.close()

    def _finished(self, first: date, last: date) -> Days:
        finished = self._calendar.state(self._clock.now()).last_finished
        sessions = self._calendar.sessions(first, min(last, finished))
        if len(sessions) == 0:
            text = _("no session from {first} to {last} is finished")
            raise NoDataError(text.format(first=first, last=last), _("ask for earlier ones"))
        return sessions

    def _ask(self, wanted: Sequence[Instrument], sessions: Days, *, patience: float = 0.0) -> tuple[Jobs, Jobs]:
        """The jobs for what is lacking: those begun now, and those that were under way already."""
        begun: Jobs = []
        under_way: Jobs = []
        with self._lock:
            now = self._clock.monotonic()
            for instrument in wanted:
                self._series.setdefault(instrument.symbol, Series(instrument))
            self._recall([i.symbol for i in wanted if self._needs(i.symbol, sessions)])
            begins = self._events_since()
            for urgency, instrument in enumerate(wanted, start=1):
                series = self._series[instrument.symbol]
                if start := self._lacking(instrument.symbol, sessions, now):
                    series.checking = False
                    begun.append(self._begin(series, sessions, start, urgency, patience))
                elif series.job is not None and series.loading:
                    under_way.append(series.job)
                elif begins is not None and series.unchecked(begins, now):
                    # Nobody waits for these, and they go in step, so that quotes find room between them.
                    series.checking = True
                    start = series.need(sessions).wanted.check_from()
                    self._begin(series, sessions, start, self._settings.budget_per_minute + urgency, patience)
        return begun, under_way

    def _begin(self, series: Series, sessions: Days, start: date, urgency: int, patience: float) -> Future[None]:
        wanted = series.need(sessions).wanted
        series.job = self._pool.submit(urgency, partial(self._history_job, wanted, start, urgency, patience))
        return series.job

    def _events_since(self) -> Instant | None:
        """While a session is in progress, when its dividends and splits have come into effect."""
        now = self._clock.now()
        state = self._calendar.state(now)
        begun = self._calendar.open_at(state.session) + EVENTS_AFTER
        return begun if state.phase is Phase.OPEN and now >= begun else None

    def _needs(self, symbol: str, sessions: Days) -> date | None:
        """The day from which something is lacking, unless it is being asked for."""
        series = self._series[symbol]
        return None if series.busy else series.need(sessions).ask_from

    def _lacking(self, symbol: str, sessions: Days, now: float) -> date | None:
        """The same, where it may be asked for."""
        return None if now < self._series[symbol].rests_until else self._needs(symbol, sessions)

    def _recall(self, symbols: Sequence[str]) -> None:
        """Read what is stored; another process may have fetched in the meantime."""
        if self._store is None or not symbols:
            return
        try:
            stored, damaged = self._store.load_sound(symbols)
            infos = self._store.symbols()
        except StoreError as error:
            self._store_problems = (Problem.of_store(error),)
            return
        self._store_problems = tuple(Problem.of_store(error, symbol) for symbol, error in damaged.items())
        for symbol, bars in stored.items():
            self._series[symbol].recall(bars, infos[symbol].fetched_at)

    def _history_job(self, wanted: Wanted, start: date, urgency: int, patience: float) -> None:
        symbol = wanted.instrument.symbol

        def ask(first: date) -> Chart:
            return self._chart(symbol, first, urgency, patience)

        try:
            outcome = top_up(wanted, start, ask, self._calendar)
        except FeedError as error:
            with self._lock:
                self._series[symbol].failed(error, self._clock.monotonic())
            return
        with self._lock:
            self._series[symbol].took(outcome, wanted.sessions, self._clock.monotonic(), self._clock.now())
        self._live.take(wanted.instrument, outcome.chart)

    def _chart(self, symbol: str, first: date, urgency: int, patience: float = 0.0) -> Chart:
        ask = partial(self._client().chart, symbol, first, urgency=urgency, patience=patience)
        return insisting(ask, refusals=REFUSALS if patience else 0)

    def _close_of(self, symbol: str) -> float | None:
        series = self._series.get(symbol)
        return None if series is None or series.bars is None else float(series.bars.close[-1])

    def _client(self) -> YahooClient:
        with self._lock:
            if self._client_made is None:
                from core.feeds.yahoo_client import YahooClient  # noqa: PLC0415 - yfinance takes 0.6 s, in our thread

                self._client_made = YahooClient(self._settings, self._throttle, self._clock)
            return self._client_made

    def _given(self, wanted: Sequence[Instrument], first: date, last: date, sessions: Days) -> History:
        """What is there of `wanted`, and what is to be told."""
        ours = [self._series[instrument.symbol] for instrument in wanted]
        bars = {s.instrument.symbol: part for s in ours if (part := s.within(first, last)) is not None}
        late = [s for s in ours if s.late]
        if not bars:
            raise self._nothing([s.error for s in ours if s.error is not None])
        problems = [problem for s in ours if not s.late for problem in s.problems(sessions)]
        if late:
            text = _("Yahoo: the bars of {count} of {of} symbols are still on their way")
            problems.append(Problem("late", None, text.format(count=len(late), of=len(ours))))
        told = [s.hand_over() for s in ours]
        return History(
            bars,
            (*problems, *self._store_problems),
            max(filter(None, (self._live.answered_at, *(s.answered_at for s in ours))), default=None),
            fresh=tuple(fresh for fresh, _rejected in told if fresh is not None),
            rejected=tuple(one for _fresh, rejected in told for one in rejected),
        )

    def _nothing(self, errors: Sequence[FeedError]) -> FeedError:
        """Why nothing came: the pause if there is one, which says until when, else the first failure."""
        if self._throttle.closed:
            return FeedError(_("The feed is closed"))
        paused = [error for error in errors if isinstance(error, FeedPaused)]
        seconds = self._settings.deadline
        late = FeedTimeout(_("Yahoo has not answered within {seconds:g} s").format(seconds=seconds))
        return next(iter([*paused, *errors]), late)

    def _fetched(self, symbol: str, sessions: Days) -> Fetched:
        with self._lock:
            series = self._series[symbol]
            fresh, rejected = series.hand_over()
            problems = tuple(series.problems(sessions))
            return Fetched(symbol, series.bars, fresh is not None, series.error, problems, rejected)
