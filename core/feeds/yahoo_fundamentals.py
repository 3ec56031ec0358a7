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
from dataclasses import replace
from functools import partial
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
"""The urgency of the question: it begins after those for the prices of any universe."""

REQUESTS: Final = 3
"""What the question takes without the holdings: cookie, crumb and the quotes."""

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
    """Asks for the funds in the background, for any number of threads; `urgency` is that of its requests."""

    def __init__(
        self,
        client: Callable[[], YahooClient],
        clock: Clock,
        calendar: Calendar,
        pool: DaemonPool,
        throttle: Throttle,
        *,
        urgency: int,
    ) -> None:
        self._client = client
        self._urgency = urgency
        self._throttle = throttle
        self._clock = clock
        self._calendar = calendar
        self._pool = pool
        self._lock = threading.Lock()
        self._job: Future[None] | None = None
        self._failure = ""
        self._rests_until = -math.inf
        self._said = self._told = Answer()

    def ask(self, patience: float) -> Answer | None:
        """What has come since the last call, waited for `patience` seconds. Begins to ask where needed.

        None where nobody is asked: while Yahoo is left alone, and, for those who would wait, while the budget makes
        them wait for longer than that.
        """
        with self._lock:
            if self._job is None:
                if self._clock.monotonic() < self._rests_until:
                    return Answer(failure=self._failure)
                if 0 < patience <= self._throttle.delay(REQUESTS):
                    return None
                self._job = self._pool.submit(LAST, partial(self._question, patience))
            wait([self._job], timeout=patience)
            done = self._job.done()
            failed = self._ended() if done else None
            said, told, self._told = self._said, self._told, self._said
            if said is not told:
                return replace(said, more=not done)
            return failed if done else Answer(more=True)

    def _ended(self) -> Answer | None:
        """How the question has failed, if it has; the next one may be asked."""
        job, self._job = self._job, None
        if job is None or job.cancelled():  # the feed was closed
            return None
        try:
            job.result()
        except FeedPaused:  # nobody was asked, and the pause is told with the prices
            return None
        except FeedError as error:
            self._failure = _("Yahoo gave no fundamentals: {reason}").format(reason=error)
            self._rests_until = self._clock.monotonic() + REST
            return Answer(failure=self._failure)
        return None

    def _question(self, patience: float) -> None:
        """Say what each answer adds as soon as it has come: whoever asked may not wait for all of them.

        One who waits for less than the budget makes him wait does without the holdings.
        """
        client, books = self._client(), dict[str, object]()
        rows = {str(row.get("symbol")): row for row in client.quotes(FUNDS, urgency=self._urgency)}
        self._said = self._read(rows, books)
        for symbol in FUNDS:
            if 0 < patience <= self._throttle.delay():
                return
            if symbol in rows and (book := self._book(client, symbol)) is not None:
                books[symbol] = book
                self._said = self._read(rows, books)

    def _read(self, rows: Mapping[str, Mapping[str, Any]], books: Mapping[str, object]) -> Answer:
        now = self._clock.now()
        begun = self._calendar.state(now).session
        read = [of_row(symbol, rows.get(symbol, {}), books.get(symbol), now, begun) for symbol in FUNDS]
        return Answer(tuple(found for found, _no in read), tuple(one for _found, no in read for one in no))

    def _book(self, client: YahooClient, symbol: str) -> object:
        """B/P, or P/B, of what the fund holds; None where it cannot be had: the rest does without."""
        try:
            said = client.holdings_ratios(symbol, urgency=self._urgency).get("priceToBook")
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
