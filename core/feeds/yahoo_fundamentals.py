"""The fundamentals of the funds from Yahoo, asked for when nothing else waits.

One row of quotes a fund has P/E and shares outstanding, a request more each the P/B of its holdings. The `priceToBook`
of the quote is not used: for a fund it is the price over the net asset value of some year's end. Yahoo does not say
whether companies with losses count in its P/E, and gives no forward P/E for funds. What is given and cannot be is told
as rejected.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Any, Final

from core.errors import FeedError, FeedPaused
from core.feeds.daemon_pool import DaemonPool
from core.feeds.throttle import Throttle
from core.feeds.yahoo_answers import instant, number
from core.feeds.yahoo_quotes import AHEAD, BEHIND
from core.i18n import _
from core.model import Instant, Rejected, Session
from core.sessions import Calendar, Clock
from core.valuation import FUNDS, Answer, Fundamentals

if TYPE_CHECKING:
    from core.feeds.yahoo_client import YahooClient

SOURCE: Final = "yahoo"

LAST: Final = 9_000
"""The urgency: after the prices of any universe, one symbol after the other."""

REST: Final = 3600.0
"""Seconds for which a source that failed is left alone."""

PLAUSIBLE: Final = {
    "trailing_pe": (2.0, 200.0),
    "forward_pe": (2.0, 200.0),
    "price_to_book": (0.2, 50.0),
    "shares": (1e5, 1e11),
    "price": (0.01, 1e6),
}
"""What a broad US stock fund can have, with room to spare; what lies outside is a slip of the source."""

_COLUMNS: Final = {
    "trailing_pe": "trailingPE",
    "forward_pe": "forwardPE",
    "shares": "sharesOutstanding",
    "price": "regularMarketPrice",
}


class FundamentalsDesk:
    """Asks for the funds in the background, for any number of threads."""

    def __init__(
        self,
        client: Callable[[], YahooClient],
        clock: Clock,
        calendar: Calendar,
        pool: DaemonPool,
        throttle: Throttle,
    ) -> None:
        self._client = client
        self._throttle = throttle
        self._clock = clock
        self._calendar = calendar
        self._pool = pool
        self._lock = threading.Lock()
        self._job: Future[Answer] | None = None
        self._failure = ""
        self._rests_until = -math.inf

    def ask(self, patience: float) -> Answer | None:
        """The answer once it has come, each one once; None as long as it is under way. Begins to ask where needed.

        It is waited for `patience` seconds, unless the budget makes it wait for longer anyway.
        """
        with self._lock:
            if self._job is None:
                if self._clock.monotonic() < self._rests_until:
                    return Answer(failure=self._failure)
                self._job = self._pool.submit(LAST, self._question)
            if self._throttle.delay() < patience:
                wait([self._job], timeout=patience)
            if not self._job.done():
                return None
            job, self._job = self._job, None
            return self._outcome(job)

    def _outcome(self, job: Future[Answer]) -> Answer | None:
        if job.cancelled():  # the feed was closed
            return None
        try:
            return job.result()
        except FeedPaused:  # nobody was asked, and the pause is told with the prices
            return None
        except FeedError as error:
            self._failure = _("Yahoo gave no fundamentals: {reason}").format(reason=error)
            self._rests_until = self._clock.monotonic() + REST
            return Answer(failure=self._failure)

    def _question(self) -> Answer:
        client = self._client()
        rows = {row.get("symbol"): row for row in client.quotes(FUNDS, urgency=LAST)}
        books = {symbol: self._book(client, symbol) for symbol in FUNDS if symbol in rows}
        now, begun = self._clock.now(), self._calendar.state(self._clock.now()).session
        read = [of_row(symbol, rows.get(symbol, {}), books.get(symbol), now, begun) for symbol in FUNDS]
        return Answer(tuple(found for found, _no in read), tuple(one for _found, no in read for one in no))

    @staticmethod
    def _book(client: YahooClient, symbol: str) -> object:
        """B/P, or P/B, of what the fund holds; None where it cannot be had: the rest does without."""
        try:
            said = client.holdings_ratios(symbol, urgency=LAST).get("priceToBook")
        except FeedError:
            return None
        return said.get("raw") if isinstance(said, Mapping) else said


def of_row(
    symbol: str, row: Mapping[str, Any], book: object, now: Instant, begun: Session
) -> tuple[Fundamentals, Sequence[Rejected]]:
    """A row of quotes and the P/B beside it, read at `now`, when `begun` was the last session begun.

    Without a believable time of the quote nothing in the row has a date, and none of it counts.
    """
    asof = instant(row.get("regularMarketTime"))
    if asof is None or not now - BEHIND <= asof <= now + AHEAD:
        reasons = [] if asof is None else [Rejected(symbol, begun, "time", asof.timestamp(), _("not its time"))]
        return Fundamentals(symbol, begun, now, now, SOURCE), reasons
    session = asof.date()
    said = {name: number(row.get(column)) for name, column in _COLUMNS.items()} | {"price_to_book": ratio(number(book))}
    reasons = [
        Rejected(symbol, session, name, value, _("not plausible for a broad fund"))
        for name, value in said.items()
        if not math.isnan(value) and not _plausible(name, value)
    ]
    kept: dict[str, Any] = {name: value if _plausible(name, value) else None for name, value in said.items()}
    return Fundamentals(symbol, session, asof, now, SOURCE, **kept), reasons


def ratio(value: float) -> float:
    """Of a fund's holdings Yahoo gives E/P and B/P under the names of P/E and P/B: below 1 it is such a yield."""
    return 1.0 / value if 0.0 < value < 1.0 else value


def _plausible(name: str, value: float) -> bool:
    least, most = PLAUSIBLE[name]
    return least <= value <= most
