"""From what a feed gave to what the engine takes: which sessions count, what is live, what must be said.

Pure functions between `core.feeds` and `core.engine`; `core.pipeline` calls them in order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.feeds.base import History, Quotes
from core.i18n import _
from core.model import Instant, Instrument, Problem, Quote, Session, SymbolClass
from core.moment import Moment
from core.panel import COLUMNS, PRICES, Bars, Floats, LiveRow
from core.sessions import Calendar, exchange_time
from core.universe import suggest

RATE_TIMES_TEN = 25.0
"""No yield has had a median above 25 %: such a series is quoted times ten (metrics.md 0.6)."""


class _Last(NamedTuple):
    """One symbol in the session in progress; `tr_per_px` is what `tr` is to `px` in it."""

    open: float = np.nan
    high: float = np.nan
    low: float = np.nan
    price: float = np.nan
    volume: float = np.nan
    asof: Instant | None = None
    tr_per_px: float = np.nan


def in_percent(history: History, quotes: Quotes, wanted: Iterable[Instrument]) -> tuple[History, Quotes]:
    """The same with yields in percent, and a note for each that came times ten."""
    rates = [i.symbol for i in wanted if i.cls is SymbolClass.RATE and i.symbol in history.bars]
    tenths = [symbol for symbol in rates if _comes_times_ten(history.bars[symbol])]
    if not tenths:
        return history, quotes
    text = _("{symbol} came in tenths of a percent and was divided by 10")
    notes = (Problem("rescaled", symbol, text.format(symbol=symbol)) for symbol in tenths)
    bars = {s: _tenth_bars(series) if s in tenths else series for s, series in history.bars.items()}
    current = {s: _tenth_quote(quote) if s in tenths else quote for s, quote in quotes.quotes.items()}
    return replace(history, bars=bars, problems=(*history.problems, *notes)), replace(quotes, quotes=current)


def first_session(bars: Iterable[Bars]) -> Session | None:
    """The earliest session of any series; None where there is none."""
    day: Session | None = min((series.sessions[0].item() for series in bars if len(series)), default=None)
    return day


def newest_row(prices: Floats) -> int | None:
    """The row of `prices`, (T, N), that at least half of the series have reached; None without any price.

    Members of one ranking share their session: a single series that runs ahead, or behind, does not move it.
    """
    priced = np.isfinite(prices)
    priced = priced[:, priced.any(axis=0)]
    if priced.size == 0:
        return None
    lasts = np.sort(len(priced) - 1 - priced[::-1].argmax(axis=0))
    return int(lasts[len(lasts) // 2])


def reached(sessions: Iterable[Session]) -> Session | None:
    """The last session that at least half of them have reached; None where there are none."""
    in_order = sorted(sessions)
    return in_order[len(in_order) // 2] if in_order else None


def live_row(
    symbols: Sequence[str], session: Session, quotes: Mapping[str, Quote], bars: Mapping[str, Bars]
) -> LiveRow | None:
    """The session in progress laid out by column: quotes, else the bars that files may hold of it.

    None where fewer than half of the series of these symbols have reached it, as for finished sessions.
    """
    current = [_quoted(quotes.get(s), session) or _unfinished(bars.get(s), session) for s in symbols]
    if 2 * sum(map(bool, current)) < max(1, sum(s in bars for s in symbols)):
        return None
    opens, highs, lows, prices, volumes, times, ratios = zip(*(last or _Last() for last in current), strict=True)
    return LiveRow(
        session=session,
        open=np.array(opens),
        high=np.array(highs),
        low=np.array(lows),
        px=np.array(prices),
        volume=np.array(volumes),
        asof=times,
        tr_per_px=np.array(ratios),
    )


def live_session(
    symbols: Sequence[str],
    moment: Moment,
    quotes: Mapping[str, Quote],
    bars: Mapping[str, Bars],
    calendar: Calendar,
) -> tuple[Moment, LiveRow | None]:
    """The session of which only quotes tell: that in progress, or one over whose bars could not be had.

    It comes with the moment as it looks from there; None where bars tell all.
    """
    if moment.in_progress and (live := live_row(symbols, moment.session, quotes, bars)):
        return moment, live
    barred = reached(bars[s].sessions[-1].item() for s in symbols if s in bars)
    quoted = reached(quotes[s].session for s in symbols if s in quotes)
    if barred is None or quoted is None or not barred < quoted <= moment.finished:
        return moment, None
    lacking = {s: q for s, q in quotes.items() if s in bars and bars[s].sessions[-1].item() < quoted}
    live = live_row(symbols, quoted, lacking, bars)
    return moment if live is None else moment.of_quotes(quoted, calendar), live


def led_on(bars: Mapping[str, Bars], quotes: Mapping[str, Quote], last: Session) -> Mapping[str, Bars]:
    """`bars`, each that ends before the finished session `last` led on to it by the quote of it there may be.

    What was shown in the course of a session must not give way to the one before only because others have bars of it.
    """
    ended = np.datetime64(last, "D")
    quoted = {s: _quoted(quotes.get(s), last) for s, series in bars.items() if series.sessions[-1] < ended}
    longer = {symbol: _appended(bars[symbol], ended, row) for symbol, row in quoted.items() if row is not None}
    return {**bars, **longer} if longer else bars


def same(a: Mapping[str, Bars], b: Mapping[str, Bars]) -> bool:
    """Whether two histories hold the same numbers of the same symbols."""
    return a.keys() == b.keys() and all(_same_series(a[symbol], b[symbol]) for symbol in a)


def with_suggestions(problems: Iterable[Problem], known: Collection[str]) -> tuple[Problem, ...]:
    """The same problems, where a symbol that nobody knows is answered with the nearest known one."""
    return tuple(_suggested(problem, known) for problem in problems)


def _comes_times_ten(series: Bars) -> bool:
    closes = series.close[np.isfinite(series.close)]
    return len(closes) > 0 and bool(np.median(closes) > RATE_TIMES_TEN)


def _tenth_bars(series: Bars) -> Bars:
    return replace(series, **{name: getattr(series, name) / 10 for name in PRICES})


def _tenth_quote(quote: Quote) -> Quote:
    parts = {name: getattr(quote, name) for name in ("open", "high", "low", "price")}
    return replace(quote, **{name: value / 10 for name, value in parts.items() if value is not None})


def _quoted(quote: Quote | None, session: Session) -> _Last | None:
    """What a quote does not say of the day's range is taken from its price: it was traded at.

    Who quotes adjusts the closes of the past to that price: on the day of a dividend, too, `tr` is `px` (B.10).
    """
    if quote is None or quote.session != session or not 0 < quote.price < np.inf:
        return None
    high = quote.price if quote.high is None else quote.high
    low = quote.price if quote.low is None else quote.low
    opened, volume = (np.nan if value is None else value for value in (quote.open, quote.volume))
    return _Last(opened, high, low, quote.price, volume, exchange_time(quote.asof), tr_per_px=1.0)


def _appended(series: Bars, session: np.datetime64, last: _Last) -> Bars:
    row = (last.open, last.high, last.low, last.price, last.price * last.tr_per_px, last.volume)
    values = zip(COLUMNS, row, strict=True)
    columns = {name: np.append(getattr(series, name), value) for name, value in values}
    return Bars(series.symbol, np.append(series.sessions, session), **columns, adjusted=series.adjusted)


def _unfinished(series: Bars | None, session: Session) -> _Last | None:
    """The bar of the session in progress; its time is not known."""
    if series is None or len(series) == 0 or series.sessions[-1] != np.datetime64(session, "D"):
        return None
    opened, high, low, price, adjusted, volume = (float(getattr(series, name)[-1]) for name in COLUMNS)
    if not 0 < price < np.inf:
        return None
    return _Last(opened, high, low, price, volume, tr_per_px=adjusted / price)


def _same_series(a: Bars, b: Bars) -> bool:
    if a is b:
        return True
    return (a.adjusted, len(a)) == (b.adjusted, len(b)) and all(
        np.array_equal(_bits(getattr(a, name)), _bits(getattr(b, name))) for name in ("sessions", *COLUMNS)
    )


def _bits(values: npt.NDArray[np.generic]) -> npt.NDArray[np.int64]:
    """Eight-byte values as integers, so that NaN equals itself."""
    return values.view(np.int64)


def _suggested(problem: Problem, known: Collection[str]) -> Problem:
    if problem.kind != "missing" or problem.symbol is None or problem.symbol in known:
        return problem
    near = suggest(problem.symbol, known)
    hint = _("did you mean {near}?").format(near=near) if near else _("nothing known is spelt alike")
    text = _("unknown symbol {symbol}: {hint}").format(symbol=problem.symbol, hint=hint)
    return replace(problem, kind="unknown-symbol", text=text)
