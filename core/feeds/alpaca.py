"""The feed `alpaca`: stocks and funds from Alpaca Markets, many symbols a request, with the user's own key.

- History: one request for all symbols and each price base (more where they do not fit on a page), finished sessions
  of all exchanges. An answer is held, and asked for again only when a session has finished since: adjusted prices
  change as a whole with every dividend. So a refresh costs no history, and one request for quotes.
- Quotes: what `feed.alpaca.feed` sees. The time of a quote is that of its trade.
- Alpaca has no indices, yields or implied volatilities; they are named, as is whatever else is missing.

A symbol that fails keeps the bars it had. Requests go one after another, however many threads ask.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from core.errors import FeedError, FeedUnavailable
from core.feeds.alpaca_keys import find_keys
from core.feeds.alpaca_wire import to_bars, to_quote
from core.feeds.base import FeedState, History, Quotes
from core.feeds.sanitise import Checked, check
from core.i18n import _
from core.model import Instant, Instrument, Problem, Quote, Rejected, Session
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

    def within(self, first: Session, last: Session) -> Bars | None:
        """The bars from `first` to `last`, if there are any."""
        part = self.bars.since(first).upto(last) if self.bars else None
        return part or None


def open_alpaca(settings: AlpacaSettings, calendar: Calendar, *, clock: Clock | None = None) -> AlpacaFeed:
    """The feed with the user's key. Raises FeedUnavailable where a package or the key is missing."""
    try:
        with warnings.catch_warnings():
            # alpaca-py 0.44 loads its streams with all else, and with them what websockets 14 deprecates.
            warnings.simplefilter("ignore", DeprecationWarning)
            from core.feeds.alpaca_client import AlpacaClient  # noqa: PLC0415 - the SDK is an extra
    except ModuleNotFoundError as error:
        message = _("the feed 'alpaca' lacks the package {name}").format(name=(error.name or "").partition(".")[0])
        raise FeedUnavailable(message, "pip install 'tapeboard[alpaca]'") from error
    clock = clock or SystemClock()
    return AlpacaFeed(AlpacaClient(find_keys(), settings, clock), settings, calendar, clock)


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
            instruments, problems = self._askable(wanted)
            stale = [i for i in instruments if not self._up_to_date(i.symbol, first, last)]
            failed, rejected = self._fetch(stale if first <= last else [], first, last)
            held = {i.symbol: self._held[i.symbol] for i in instruments if i.symbol in self._held}
        parts = {symbol: answer.within(first, last) for symbol, answer in held.items()}
        bars = {symbol: part for symbol, part in parts.items() if part is not None}
        if failed and not bars:
            raise next(iter(failed.values()))
        problems += (problem for symbol in bars for problem in held[symbol].problems)
        problems += (Problem("feed", symbol, f"{symbol}: {error.message}") for symbol, error in failed.items())
        text = _("{symbol}: Alpaca has no price from {first} to {last}")
        absent = (i.symbol for i in instruments if i.symbol not in bars and i.symbol not in failed)
        problems += (Problem("missing", s, text.format(symbol=s, first=first, last=last)) for s in absent)
        whole = (held[i.symbol].bars for i in stale if i.symbol in held and i.symbol not in failed)
        fresh = tuple(series for series in whole if series is not None)
        return History(bars, tuple(problems), fresh=fresh, rejected=tuple(rejected))

    def quotes(self, wanted: Sequence[Instrument], session: Session, now: Instant) -> Quotes:
        """The quotes of `session`. A failure is a problem only: the history is worth being shown without them."""
        quotes: dict[str, Quote] = {}
        silent: list[str] = []
        problems: list[Problem] = []
        with self._lock:
            instruments, _elsewhere = self._askable(wanted)
            known = [i for i in instruments if i.symbol not in self._held or self._held[i.symbol].bars]
            for batch in self._batches(known):
                try:
                    answer = self._fetch_quotes(batch, session)
                except FeedError as error:
                    text = _("symbols without quotes: {count} ({reason})")
                    problems.append(Problem("feed", None, text.format(count=len(batch), reason=error.message)))
                else:
                    quotes |= answer
                    silent += (i.symbol for i in batch.values() if i.symbol not in answer)
        text = _("{symbol}: no trade in this session yet")
        problems += (Problem("missing", symbol, text.format(symbol=symbol)) for symbol in silent)
        if quotes and self._settings.feed == _PARTIAL:
            text = _("the session in progress is that of IEX alone, a small exchange; its volume is left out")
            problems.append(Problem("partial", None, text))
        return Quotes(quotes, tuple(problems))

    def state(self) -> FeedState:
        """Whether Alpaca is asked at present, and if not, why and until when."""
        return self._client.state()

    def known(self) -> frozenset[str]:
        """The symbols that Alpaca has, and those that are spelt right but not its business."""
        with self._lock:
            return frozenset((*self._elsewhere, *(symbol for symbol, held in self._held.items() if held.bars)))

    def close(self) -> None:
        """Give up what is under way; later calls fail."""
        self._client.close()

    def _askable(self, wanted: Sequence[Instrument]) -> tuple[list[Instrument], list[Problem]]:
        """The instruments that Alpaca may have, each once, and a problem for each other one."""
        instruments: list[Instrument] = []
        problems: list[Problem] = []
        for symbol, instrument in {instrument.symbol: instrument for instrument in wanted}.items():
            if _STOCK.fullmatch(_spelt(symbol)):
                instruments.append(instrument)
                continue
            self._elsewhere.add(symbol)
            text = _("{symbol}: Alpaca has stocks and funds of US exchanges only")
            if symbol.startswith("^"):
                text = _("{symbol}: Alpaca has no index levels")
            problems.append(Problem("missing", symbol, text.format(symbol=symbol)))
        return instruments, problems

    def _up_to_date(self, symbol: str, first: Session, last: Session) -> bool:
        held = self._held.get(symbol)
        if held is None or held.first > first or held.last < last:
            return False
        newest = held.bars is not None and bool(held.bars.sessions[-1] >= np.datetime64(last, "D"))
        return newest or self._clock.monotonic() - held.at < ASK_AGAIN

    def _batches(self, instruments: Sequence[Instrument]) -> Iterator[dict[str, Instrument]]:
        """Those of one request each, by Alpaca's spelling."""
        for start in range(0, len(instruments), self._settings.batch):
            yield {_spelt(i.symbol): i for i in instruments[start : start + self._settings.batch]}

    def _fetch(
        self, instruments: Sequence[Instrument], first: Session, last: Session
    ) -> tuple[dict[str, FeedError], list[Rejected]]:
        """Ask, and hold the answers. The errors of the symbols that failed, and what is not believed."""
        failed: dict[str, FeedError] = {}
        rejected: list[Rejected] = []
        expected = self._calendar.sessions(first, last)
        for batch in self._batches(instruments):
            for instrument, answer in self._answers(batch, first, last):
                if isinstance(answer, FeedError):
                    failed[instrument.symbol] = answer
                    continue
                checked = check(answer, expected, instrument.cls, splits={})
                rejected += checked.rejected
                self._hold(instrument.symbol, checked, first, last)
        return failed, rejected

    def _answers(
        self, batch: Mapping[str, Instrument], first: Session, last: Session
    ) -> Iterator[tuple[Instrument, Bars | FeedError]]:
        """For each of `batch` its bars, unchecked and perhaps none, or why they did not come."""
        try:
            px = self._client.daily_bars(batch, first, last, dividends=False)
            tr = self._client.daily_bars(px.bars, first, last, dividends=True) if px.bars else px
        except FeedError as error:
            yield from ((instrument, error) for instrument in batch.values())
            return
        for theirs, instrument in batch.items():
            broken = tr.broken if theirs in px.bars else px.broken
            if broken is not None and theirs not in tr.bars:
                yield instrument, broken
            else:
                yield instrument, to_bars(instrument.symbol, px.bars.get(theirs, ()), tr.bars.get(theirs, ()))

    def _hold(self, symbol: str, checked: Checked, first: Session, last: Session) -> None:
        old = self._held.get(symbol)
        bars = checked.bars or (old.bars if old else None)  # nothing never takes the place of something
        self._held[symbol] = _Held(first, last, self._clock.monotonic(), bars, tuple(_told(symbol, checked)))

    def _fetch_quotes(self, batch: Mapping[str, Instrument], session: Session) -> dict[str, Quote]:
        sent = self._client.snapshots(batch, self._settings.feed)
        hours = self._calendar.open_at(session), self._calendar.close_at(session)
        partial = self._settings.feed == _PARTIAL
        found = (to_quote(i.symbol, sent.get(s), session, hours, partial=partial) for s, i in batch.items())
        return {quote.symbol: quote for quote in found if quote is not None}


def _spelt(symbol: str) -> str:
    """`symbol` as Alpaca writes it: a class of shares stands after a point (BRK.B), not after a hyphen."""
    return symbol.replace("-", ".")


def _told(symbol: str, checked: Checked) -> Iterator[Problem]:
    """What the user must know of a series."""
    if checked.rejected:
        text = _("{symbol}: {count} × not believed and left out (first {day}: {reason})")
        first = checked.rejected[0]
        text = text.format(symbol=symbol, count=len(checked.rejected), day=first.session, reason=first.reason)
        yield Problem("rejected", symbol, text)
    if len(checked.bars) and len(checked.missing):
        text = _("{symbol}: {count} × no bar of a session (first {day})")
        text = text.format(symbol=symbol, count=len(checked.missing), day=checked.missing[0])
        yield Problem("missing", symbol, text)
