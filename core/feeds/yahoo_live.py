"""The session in progress as Yahoo quotes it: in bulk, or without a crumb chart by chart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from core.errors import FeedError, FeedPaused
from core.feeds.base import Quotes
from core.feeds.daemon_pool import DaemonPool, failures
from core.feeds.throttle import Throttle
from core.feeds.yahoo_answers import Chart, NoCrumb
from core.feeds.yahoo_quotes import Known, QuoteBook, Reading, of_chart, of_row
from core.i18n import _
from core.model import Instant, Instrument, Problem, Session
from core.sessions import Calendar, Clock
from core.settings import YahooSettings

if TYPE_CHECKING:
    from core.feeds.yahoo_client import YahooClient

AskChart: TypeAlias = Callable[[str, Session, int], Chart]
"""The chart of a symbol from a session on, asked for with an urgency."""

THREAD: Final = "tapeboard-yahoo-quotes"

QUOTE_REST: Final = 5.0
"""Seconds for which a quote is good enough, however often it is asked for."""

CHART_REST: Final = 60.0
"""The same where each quote needs a request of its own."""

URGENT: Final = 0


class LiveQuotes:
    """The newest quotes, for any number of threads. `close_of` tells the last finished close of a symbol.

    `charts` are the threads in which `chart` may be asked.

    `answered_at`: when Yahoo answered a question for quotes last.
    """

    def __init__(
        self,
        settings: YahooSettings,
        clock: Clock,
        calendar: Calendar,
        throttle: Throttle,
        *,
        charts: DaemonPool,
        client: Callable[[], YahooClient],
        chart: AskChart,
        close_of: Callable[[str], float | None],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._calendar = calendar
        self._throttle = throttle
        self._charts = charts
        self._client = client
        self._chart = chart
        self._close_of = close_of
        # One thread of its own: a quote never waits behind the charts of a fill, nor needs many connections.
        self._pool = DaemonPool(THREAD, 1)
        self._lock = threading.Lock()
        self._book = QuoteBook()
        self._unquoted: set[str] = set()
        self._bulk: list[tuple[Future[None], frozenset[str]]] = []
        self._single: dict[str, Future[None]] = {}
        self.answered_at: Instant | None = None
        self.market_caps: dict[str, tuple[float, Instant]] = self._book.market_caps

    def quotes(self, wanted: Sequence[Instrument], session: Session) -> Quotes:
        """The quotes of `session`: new ones as far as they come before the deadline, those known before otherwise."""
        until = time.monotonic() + self._settings.deadline
        begun, under_way = self._ask(wanted)
        # What waits for the budget of a later minute need not be waited for here.
        soon = self._throttle.delay() < self._settings.deadline
        done, late = wait(begun, timeout=self._settings.deadline if soon else 0.0)
        errors = failures(done)
        if any(isinstance(error, NoCrumb) for error in errors):
            errors += self._ask_singly(wanted, until)
        problems = dict.fromkeys(Problem("feed", None, str(error)) for error in _causes(errors))
        if late or under_way:
            text = _("Yahoo: quotes are still on their way")
            if not soon:
                text = _("Yahoo: quotes wait, for {count} requests were sent within a minute")
            problems[Problem("late", None, text.format(count=self._throttle.state().requests))] = None
        with self._lock:
            symbols = [instrument.symbol for instrument in wanted]
            text = _("{symbol}: Yahoo gave no quote")
            unquoted = (s for s in symbols if s in self._unquoted and self._close_of(s) is not None)
            problems |= dict.fromkeys(Problem("missing", s, text.format(symbol=s)) for s in unquoted)
            book = self._book
            return Quotes(book.of(symbols, session), tuple(problems), book.rejected(), book.doubts(symbols))

    def take(self, instrument: Instrument, chart: Chart) -> None:
        """Read the quote that came with a chart."""
        with self._lock:
            self._book.take(instrument.symbol, of_chart(chart, self._known(instrument)), self._clock.monotonic())

    def close(self) -> None:
        """Stop, without waiting for what is under way."""
        self._pool.close()

    def _ask(self, wanted: Sequence[Instrument]) -> tuple[list[Future[None]], list[Future[None]]]:
        """The jobs for what is not known or not new: those begun now, and those that were under way already."""
        size = self._settings.batch
        with self._lock:
            self._bulk = [(job, symbols) for job, symbols in self._bulk if not job.done()]
            under_way = [job for job, _symbols in self._bulk]
            asked = frozenset[str]().union(*(symbols for _job, symbols in self._bulk))
            now = self._clock.monotonic()
            due = [i for i in wanted if i.symbol not in asked and self._book.due(i.symbol, now, QUOTE_REST)]
            batches = [due[start : start + size] for start in range(0, len(due), size)]
            begun = [self._pool.submit(URGENT, partial(self._bulk_job, batch)) for batch in batches]
            self._bulk += zip(begun, (frozenset(i.symbol for i in batch) for batch in batches), strict=True)
        return begun, under_way

    def _bulk_job(self, batch: Sequence[Instrument]) -> None:
        rows = self._client().quotes([instrument.symbol for instrument in batch], urgency=URGENT)
        by_symbol = {row.get("symbol"): row for row in rows}
        with self._lock:
            self.answered_at = self._clock.now()
            for instrument in batch:
                symbol = instrument.symbol
                row = by_symbol.get(symbol)
                reading = Reading(None) if row is None else of_row(row, self._known(instrument))
                self._book.take(symbol, reading, self._clock.monotonic())
                (self._unquoted.add if row is None else self._unquoted.discard)(symbol)

    def _ask_singly(self, wanted: Sequence[Instrument], until: float) -> list[FeedError]:
        """Ask for a chart of each, and wait for them as far as the budget lets them through. How they failed, if so."""
        with self._lock:
            now = self._clock.monotonic()
            for urgency, instrument in enumerate(wanted, start=URGENT + 1):
                symbol = instrument.symbol
                job = self._single.get(symbol)
                if (job is None or job.done()) and self._book.due(symbol, now, CHART_REST):
                    self._single[symbol] = self._charts.submit(urgency, partial(self._single_job, instrument, urgency))
            jobs = [self._single[i.symbol] for i in wanted if i.symbol in self._single]
        soon = self._throttle.delay() < self._settings.deadline
        return failures(wait(jobs, timeout=max(0.0, until - time.monotonic()) if soon else 0.0).done)

    def _single_job(self, instrument: Instrument, urgency: int) -> None:
        session = self._calendar.previous(self._clock.now().date())
        self.take(instrument, self._chart(instrument.symbol, session, urgency))

    def _known(self, instrument: Instrument) -> Known:
        return Known(instrument, self._close_of(instrument.symbol), self._calendar, self._clock.now())


def _causes(errors: Sequence[FeedError]) -> Sequence[FeedError]:
    """Each cause once: the pause if there is one, which names its own; a crumb lacks where all else is well."""
    paused = [error for error in errors if isinstance(error, FeedPaused)]
    return paused[:1] or [error for error in errors if not isinstance(error, NoCrumb)] or errors
