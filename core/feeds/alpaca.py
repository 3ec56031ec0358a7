"""The feed `alpaca`: stocks and funds from Alpaca Markets, many symbols a request, with the user's own key.

- History: one request for all symbols and each price base (more where they do not fit on a page), finished sessions
  of all exchanges. An answer is held, and asked for again only when a session has finished since: adjusted prices
  change as a whole with every dividend. So a refresh costs no history, and one request for quotes.
- Quotes: what `feed.alpaca.feed` sees. The time of a quote is that of its trade.
- Alpaca has no indices, yields or implied volatilities; they are named, as is whatever else is missing.

A symbol that fails keeps the bars it had. Requests go one after another, however many threads ask.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from core.errors import FeedError, FeedUnavailable
from core.feeds.alpaca_keys import find_keys
from core.feeds.alpaca_wire import to_bars, to_quote
from core.feeds.base import History, Quotes
from core.i18n import _
from core.model import Instant, Instrument, Problem, Quote, Session
from core.panel import Bars
from core.sessions import FIRST_YEAR, Calendar, Clock, SystemClock
from core.settings import AlpacaSettings

if TYPE_CHECKING:
    from core.feeds.alpaca_client import AlpacaClient

ASK_AGAIN: Final = 900.0
"""Seconds before a series without the newest session, or a symbol without any, is asked for again."""

_PARTIAL = "iex"
_STOCK = re.compile(r"[A-Z0-9]+(\.[A-Z0-9]+)?")
"""A symbol that Alpaca can have; for any other it would refuse the whole request."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What Alpaca answered about one symbol from `first` to `last`, at `at` on the monotonic clock."""

    first: Session
    last: Session
    at: float
    bars: Bars | None
    problems: tuple[Problem, ...]


def open_alpaca(
    settings: AlpacaSettings, calendar: Calendar, *, clock: Clock | None = None, env: Mapping[str, str] = os.environ
) -> AlpacaFeed:
    """The feed with the user's key. Raises FeedUnavailable where a package or the key is missing."""
    try:
        from core.feeds.alpaca_client import AlpacaClient  # noqa: PLC0415 - the SDK is an extra
    except ModuleNotFoundError as error:
        message = _("the feed 'alpaca' lacks the package {name}").format(name=error.name)
        raise FeedUnavailable(message, "pip install 'tapeboard[alpaca]'") from error
    clock = clock or SystemClock()
    return AlpacaFeed(AlpacaClient(find_keys(env), settings, clock), settings, calendar, clock)


class AlpacaFeed:
    """Daily bars and quotes of stocks and funds."""

    name = "alpaca"
    simulated = False
    always_open = False

    def __init__(self, client: AlpacaClient, settings: AlpacaSettings, calendar: Calendar, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._calendar = calendar
        self._clock = clock
        self._lock = Lock()
        self._held: dict[str, _Held] = {}
        self._elsewhere: set[str] = set()

    def history(self, wanted: Sequence[Instrument], first: Session, last: Session) -> History:
        """The bars of finished sessions from `first` to `last`. Raises FeedError if all failed and none is held."""
        first = max(first, date(FIRST_YEAR, 1, 1))
        last = min(last, self._calendar.state(self._clock.now()).last_finished)
        with self._lock:
            symbols, problems = self._askable(wanted)
            failed = self._fetch([s for s in symbols if not self._up_to_date(s, first, last)], first, last)
            held = {symbol: self._held[symbol] for symbol in symbols if symbol in self._held}
        parts = {s: answer.bars.since(first).upto(last) for s, answer in held.items() if answer.bars}
        bars = {symbol: part for symbol, part in parts.items() if len(part)}
        if failed and not bars:
            raise next(iter(failed.values()))
        problems += (problem for symbol in bars for problem in held[symbol].problems)
        problems += (Problem("feed", symbol, f"{symbol}: {error.message}") for symbol, error in failed.items())
        text = _("{symbol}: Alpaca has no price from {first} to {last}")
        absent = (symbol for symbol in symbols if symbol not in bars and symbol not in failed)
        problems += (Problem("missing", s, text.format(symbol=s, first=first, last=last)) for s in absent)
        return History(bars, tuple(problems))

    def quotes(self, wanted: Sequence[Instrument], session: Session, now: Instant) -> Quotes:
        """The quotes of `session`. A failure is a problem only: the history is worth being shown without them."""
        quotes: dict[str, Quote] = {}
        problems: list[Problem] = []
        with self._lock:
            symbols, _elsewhere = self._askable(wanted)
            asked = [s for s in symbols if s not in self._held or self._held[s].bars]
            for batch in self._batches(asked):
                try:
                    quotes |= self._fetch_quotes(batch, session)
                except FeedError as error:
                    text = _("no quotes for {count} symbols: {reason}")
                    problems.append(Problem("feed", None, text.format(count=len(batch), reason=error.message)))
                    asked = [symbol for symbol in asked if symbol not in batch.values()]
        text = _("{symbol}: no trade in this session yet")
        problems += (Problem("missing", s, text.format(symbol=s)) for s in asked if s not in quotes)
        if quotes and self._settings.feed == _PARTIAL:
            text = _("the session in progress is that of IEX alone, a small exchange; its volume is left out")
            problems.append(Problem("partial", None, text))
        return Quotes(quotes, tuple(problems))

    def known(self) -> frozenset[str]:
        """The symbols that Alpaca has, and those that are spelt right but not its business."""
        with self._lock:
            return frozenset((*self._elsewhere, *(symbol for symbol, held in self._held.items() if held.bars)))

    def close(self) -> None:
        """Give up what is under way; later calls fail."""
        self._client.close()

    def _askable(self, wanted: Sequence[Instrument]) -> tuple[list[str], list[Problem]]:
        """The symbols that Alpaca may have, and a problem for each other one."""
        symbols: list[str] = []
        problems: list[Problem] = []
        for symbol in dict.fromkeys(instrument.symbol for instrument in wanted):
            if _STOCK.fullmatch(_spelt(symbol)):
                symbols.append(symbol)
                continue
            self._elsewhere.add(symbol)
            text = _("{symbol}: Alpaca has stocks and funds of US exchanges only")
            if symbol.startswith("^"):
                text = _("{symbol}: Alpaca has no index levels")
            problems.append(Problem("missing", symbol, text.format(symbol=symbol)))
        return symbols, problems

    def _up_to_date(self, symbol: str, first: Session, last: Session) -> bool:
        held = self._held.get(symbol)
        if held is None or held.first > first or held.last < last:
            return False
        newest = held.bars is not None and bool(held.bars.sessions[-1] >= np.datetime64(last, "D"))
        return newest or self._clock.monotonic() - held.at < ASK_AGAIN

    def _batches(self, symbols: Sequence[str]) -> Iterator[dict[str, str]]:
        """Symbols for one request each: ours by Alpaca's spelling."""
        for start in range(0, len(symbols), self._settings.batch):
            yield {_spelt(symbol): symbol for symbol in symbols[start : start + self._settings.batch]}

    def _fetch(self, symbols: Sequence[str], first: Session, last: Session) -> dict[str, FeedError]:
        """Ask for `symbols` and hold the answers; the errors of those that failed."""
        failed: dict[str, FeedError] = {}
        for batch in self._batches(symbols) if first <= last else ():
            try:
                failed |= self._fetch_batch(batch, first, last)
            except FeedError as error:
                failed |= dict.fromkeys(batch.values(), error)
        return failed

    def _fetch_batch(self, batch: Mapping[str, str], first: Session, last: Session) -> dict[str, FeedError]:
        px = self._client.daily_bars(batch, first, last, dividends=False)
        tr = self._client.daily_bars(px.bars, first, last, dividends=True) if px.bars else px
        sessions, now = self._calendar.sessions(first, last), self._clock.monotonic()
        failed: dict[str, FeedError] = {}
        for theirs, symbol in batch.items():
            broken = tr.broken if theirs in px.bars else px.broken
            if theirs not in tr.bars and broken is not None:
                failed[symbol] = broken
                continue
            bars, problems = to_bars(symbol, px.bars.get(theirs, ()), tr.bars.get(theirs, ()), sessions)
            if bars is None and symbol in self._held:
                bars = self._held[symbol].bars  # nothing never takes the place of something
            self._held[symbol] = _Held(first, last, now, bars, problems)
        return failed

    def _fetch_quotes(self, batch: Mapping[str, str], session: Session) -> dict[str, Quote]:
        sent = self._client.snapshots(batch, self._settings.feed)
        hours = self._calendar.open_at(session), self._calendar.close_at(session)
        partial = self._settings.feed == _PARTIAL
        found = (to_quote(ours, sent.get(theirs), session, hours, partial=partial) for theirs, ours in batch.items())
        return {quote.symbol: quote for quote in found if quote is not None}


def _spelt(symbol: str) -> str:
    """`symbol` as Alpaca writes it: a class of shares stands after a point (BRK.B), not after a hyphen."""
    return symbol.replace("-", ".")
