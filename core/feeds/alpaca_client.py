"""Alpaca's SDK, every request of which passes a `Gate`.

Why the SDK, and why guarded: it knows the addresses, the spelling of parameters and the paging, and Alpaca keeps it
so. But in 0.44 its requests have no time-out; after 429 it sleeps and asks three times more (its client for stocks
takes no option against that); a page that fails takes all earlier ones with it; a token that comes back asks for ever;
and its error holds the request with the key in it. All of that happens in, or below, the public method `get`: so `get`
is the one that is ours. Measured in docs/decisions/005-alpaca.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Any, Final, cast

import msgspec
from alpaca.data.enums import Adjustment, DataFeed
from alpaca.data.historical.stock import StockHistoricalDataClient
from alpaca.data.requests import StockBarsRequest, StockSnapshotRequest
from alpaca.data.timeframe import TimeFrame, TimeFrameUnit

from core.errors import FeedError
from core.feeds.alpaca_keys import Keys
from core.feeds.alpaca_wire import BarsPage, DailyBar, SnapshotPage, StockSnapshot
from core.feeds.base import FeedState
from core.feeds.breaker import Backoff, Breaker
from core.feeds.gate import Gate
from core.feeds.http_failures import garbled
from core.feeds.throttle import Budget, Throttle
from core.model import Session
from core.sessions import NEW_YORK, Clock
from core.settings import AlpacaSettings

SOURCE: Final = "Alpaca"

FAILURES: Final = 2
"""So many failures in a row, or a single 429, and nothing is asked for a while ..."""

FIRST_PAUSE: Final = 60.0
LONGEST_PAUSE: Final = 900.0
"""... of these seconds, doubling with every further failure."""

_NO_KEY: Final = ("unused", "unused")
"""The SDK insists on a key; the true one is known to the gate alone."""

_BARS_PATH: Final = "/stocks/bars"
_BARS: Final = msgspec.json.Decoder(BarsPage)
_SNAPSHOTS: Final = msgspec.json.Decoder(SnapshotPage)


@dataclass(frozen=True, slots=True)
class Answer:
    """Daily bars per symbol, none where Alpaca has none; `broken` is why those after the last one did not come."""

    bars: Mapping[str, Sequence[DailyBar]]
    broken: FeedError | None = None


@dataclass(slots=True)
class _Paging:
    """What the pages of one question have shown so far."""

    tokens: set[str] = field(default_factory=set)
    broken: FeedError | None = None


class AlpacaClient(StockHistoricalDataClient):
    """Daily bars and snapshots of stocks; symbols spelt as Alpaca does. For one thread at a time."""

    def __init__(self, keys: Keys, settings: AlpacaSettings, clock: Clock) -> None:
        super().__init__(*_NO_KEY, raw_data=True, url_override=settings.url)
        self._url = f"{settings.url.rstrip('/')}/v2"
        breaker = Breaker(FAILURES, Backoff(FIRST_PAUSE, LONGEST_PAUSE))
        throttle = Throttle(Budget(settings.budget_per_minute), breaker, clock, paced_from=1)
        self._gate = Gate(
            SOURCE, timeout=settings.timeout, throttle=throttle, clock=clock, sign=keys.sign, hide=keys.hide
        )
        self._paging = _Paging()

    def daily_bars(self, symbols: Iterable[str], first: Session, last: Session, *, dividends: bool) -> Answer:
        """The bars of `first` to `last`, adjusted for splits and, if asked, `dividends`.

        Always of all exchanges: Alpaca grants that to every plan for what is older than 15 minutes. Raises
        FeedError where nothing came.
        """
        request = StockBarsRequest(
            symbol_or_symbols=list(symbols),
            timeframe=TimeFrame(1, TimeFrameUnit.Day),
            start=_midnight(first),
            end=_midnight(last) + timedelta(seconds=1),  # included, whether or not an end is; and old enough
            adjustment=Adjustment.ALL if dividends else Adjustment.SPLIT,
            feed=DataFeed.SIP,
        )
        self._paging = paging = _Paging()
        bars = cast("dict[str, list[DailyBar]]", self.get_stock_bars(request))
        if paging.broken is not None and bars:
            bars.popitem()  # the page that failed may hold more of it
        return Answer({symbol: rows for symbol, rows in bars.items() if rows}, paging.broken)

    def snapshots(self, symbols: Iterable[str], feed: str) -> Mapping[str, StockSnapshot | None]:
        """The present state of `symbols` as `feed` (iex, sip or delayed_sip) sees it. Raises FeedError."""
        request = StockSnapshotRequest(symbol_or_symbols=list(symbols), feed=DataFeed(feed))
        return cast("dict[str, StockSnapshot | None]", self.get_stock_snapshot(request))

    def state(self) -> FeedState:
        """How Alpaca is doing."""
        return self._gate.state()

    def close(self) -> None:
        """Give up what is under way; later calls raise FeedError."""
        self._gate.close()

    def get(self, path: str, data: dict[str, Any] | str | None = None, **_options: Any) -> Any:
        """One page, typed, by way of the gate: all that the SDK sends comes here."""
        given = data if isinstance(data, dict) else {}
        params = {name: _spelt(value) for name, value in given.items() if value is not None}
        if path == _BARS_PATH:
            page = self._bars_page(params)
            return {"bars": page.bars or {}, "next_page_token": page.next_page_token}
        return self._gate.get(f"{self._url}{path}", params, _SNAPSHOTS.decode)

    def _bars_page(self, params: dict[str, str]) -> BarsPage:
        """One page; one that fails after the first ends the paging, so that the SDK hands over what it has."""
        tokens = self._paging.tokens
        try:
            page = self._gate.get(f"{self._url}{_BARS_PATH}", params, _BARS.decode)
            if page.next_page_token in tokens:
                raise garbled(SOURCE, "the same page again")
        except FeedError as error:
            if not tokens:
                raise
            self._paging.broken = error
            return BarsPage({})
        if page.next_page_token is not None:
            tokens.add(page.next_page_token)
        return page


def _spelt(value: object) -> str:
    return str(value.value if isinstance(value, Enum) else value)


def _midnight(session: Session) -> datetime:
    return datetime.combine(session, time(), NEW_YORK)
