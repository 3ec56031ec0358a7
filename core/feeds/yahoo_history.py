"""The finished bars of one symbol: which are lacking, how they are asked for, and what is made of the answer.

What is stored is asked for once. Afterwards only the sessions after it are, and holes of the last days, with a few
older sessions before them: they tell whether the whole history was restated, which is then asked for as a whole. A
dividend or a split restates it on the morning of its day: who wants prices of that day has to look then.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias

import numpy as np

from core.errors import FeedGarbled, FeedThrottled, FeedTimeout, FeedUnreachable, UnknownSymbol
from core.feeds.sanitise import Checked, check, misplaced, stranger
from core.feeds.splice import OVERLAP, carried, joined
from core.feeds.yahoo_answers import YAHOO, Chart
from core.i18n import _
from core.model import Instrument, Rejected
from core.panel import Bars, Days
from core.sessions import Calendar

Ask: TypeAlias = Callable[[date], Chart]
"""The chart of the symbol from a day on."""

RECENT = 10
"""Holes within so many sessions are asked for again: Yahoo fills those within days, or never."""

SPARE = 2
"""Sessions asked for beyond the overlap, for those that Yahoo may lack."""

SLACK = timedelta(minutes=30)
"""A last trade so long before the close says that the bar is not that of the whole session."""


_SYMBOL: Final = re.compile(r"[A-Z0-9^][A-Z0-9.=^-]*")
_ISIN: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")  # yfinance would search for one in further requests


class Disbelieved(FeedGarbled):
    """A whole answer that is not believed; `rejected` is the last bar of it, for the quarantine."""

    def __init__(self, reason: str, rejected: tuple[Rejected, ...]) -> None:
        super().__init__(
            _("{source} gave an answer that is not believed: {reason}").format(source=YAHOO, reason=reason)
        )
        self.rejected = rejected


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """`bars`: the series from now on, `stored` itself where nothing was new; `asked_from` as in `Wanted`."""

    bars: Bars
    rejected: tuple[Rejected, ...]
    asked_from: date | None
    chart: Chart


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What is wanted of one symbol: every one of `sessions` (finished, not empty), and what there is already.

    `asked_from`: the source was asked since when it has bars; None where it was not yet.
    """

    instrument: Instrument
    sessions: Days
    stored: Bars | None
    asked_from: date | None = None

    def missing(self) -> Days:
        """The sessions without a bar since the first one; for a symbol with holidays of its own those at the end."""
        if self.stored is None:
            return self.sessions
        have = self.stored.sessions
        since = have[0] if self.instrument.cls.has_returns else have[-1]
        return np.setdiff1d(self.sessions[self.sessions >= since], have, assume_unique=True)

    def lacks_older(self) -> bool:
        """Whether there may be bars older than those stored."""
        if self.stored is None:
            return True
        first: date = self.sessions[0].item()
        return self.stored.sessions[0] > self.sessions[0] and (self.asked_from is None or self.asked_from > first)

    def ask_from(self) -> date | None:
        """The first day to ask for; None where nothing lacks that is worth a request."""
        if self.stored is None:
            first: date = self.sessions[0].item()
            return first
        recent = self.sessions[-RECENT:][0]
        missing = self.missing()
        missing = missing[(missing >= recent) | (missing > self.stored.sessions[-1])]
        if len(missing) == 0 and not self.lacks_older():
            return None
        return _before(self.stored, missing[0]) if len(missing) else self.check_from()

    def check_from(self) -> date:
        """The day to ask from only to see whether the history was restated."""
        return self.sessions[0].item() if self.stored is None else _before(self.stored, self.stored.sessions[-1])


def _before(stored: Bars, day: np.datetime64) -> date:
    """So many stored sessions before `day` that the answer shows whether it stands on the same base."""
    row = int(np.searchsorted(stored.sessions, day)) - OVERLAP - SPARE
    start: date = stored.sessions[max(row, 0)].item()
    return start


def top_up(wanted: Wanted, start: date, ask: Ask, calendar: Calendar) -> Outcome:
    """Ask from `start` on (`Wanted.ask_from`), and for the whole history where that is needed.

    Raises FeedError; what is stored then stays as it is.
    """
    stored, symbol = wanted.stored, wanted.instrument.symbol
    if not _SYMBOL.fullmatch(symbol) or _ISIN.fullmatch(symbol):
        raise UnknownSymbol(_("Yahoo has no symbols of this form"))
    chart = ask(start)
    checked = _checked(wanted, chart, start, calendar)
    if stored is None:
        _refuse_other_level(symbol, checked.bars, chart)
        return _outcome(checked.bars, checked, chart, start)
    series = joined(stored, checked.bars) if len(checked.bars) else stored
    oldest: date = stored.sessions[0].item()
    no_older = chart.first_trade is not None and chart.first_trade >= oldest
    if series is not None and (no_older or not wanted.lacks_older()):
        return _outcome(series, checked, chart, date.min if no_older else wanted.asked_from)
    begin = min(wanted.sessions[0].item(), oldest)
    chart = ask(begin)
    checked = _checked(wanted, chart, begin, calendar)
    _refuse_other_level(symbol, checked.bars, chart)
    series = joined(stored, checked.bars)
    if series is None:
        series = carried(stored, checked.bars)
    if series is None:
        reason = _("the prices were restated, but some of the stored ones are missing")
        raise Disbelieved(reason, _last(symbol, checked.bars, reason))
    return _outcome(series, checked, chart, begin)


def insisting(ask: Callable[[], Chart], *, refusals: int) -> Chart:
    """An answer; a failure that came at once and may have been a passing one is met by a second try.

    So is a refusal, up to so many times. Raises FeedError.
    """
    failures = 1
    while True:
        try:
            return ask()
        except FeedTimeout:
            raise
        except FeedUnreachable:
            failures -= 1
            if failures < 0:
                raise
        except FeedThrottled:
            refusals -= 1
            if refusals < 0:
                raise


def _outcome(series: Bars, checked: Checked, chart: Chart, asked_from: date | None) -> Outcome:
    if len(series) == 0:
        reason = _("no bar of it can be used")
        raise Disbelieved(reason, checked.rejected)
    return Outcome(series, checked.rejected, asked_from, chart)


def _checked(wanted: Wanted, chart: Chart, start: date, calendar: Calendar) -> Checked:
    symbol = wanted.instrument.symbol
    if reason := stranger(symbol, chart.symbol, chart.zone):
        raise Disbelieved(reason, _last(symbol, chart.bars, reason))
    first = min(np.datetime64(start, "D"), wanted.sessions[0])
    expected = calendar.sessions(first.item(), wanted.sessions[-1].item())
    expected = expected[expected >= np.datetime64(start, "D")]
    if _unfinished(expected, chart, calendar):
        expected = expected[:-1]
    return check(chart.bars, expected, wanted.instrument.cls, chart.splits)


def _unfinished(expected: Days, chart: Chart, calendar: Calendar) -> bool:
    """Whether the bar of the last session, over though it is, was made before its end."""
    if len(expected) == 0 or chart.at is None or chart.at.date() != expected[-1].item():
        return False
    close = calendar.close_at(expected[-1].item())
    if chart.closes_at is not None and chart.closes_at.date() == close.date():
        close = min(close, chart.closes_at)  # the rates of Cboe end an hour before the exchange
    return chart.at < close - SLACK


def _refuse_other_level(symbol: str, bars: Bars, chart: Chart) -> None:
    if misplaced(bars, chart.price, chart.year_low, chart.year_high):
        reason = _("its history stands on another level than its present price")
        raise Disbelieved(reason, _last(symbol, bars, reason))


def _last(symbol: str, bars: Bars, reason: str) -> tuple[Rejected, ...]:
    """The last bar, as that of the symbol asked for."""
    if len(bars) == 0:
        return ()
    return (Rejected(symbol, bars.sessions[-1].item(), "close", float(bars.close[-1]), reason),)
