"""From what a feed gave to what the engine takes: which sessions count, what is live, what must be said.

Pure functions between `core.feeds` and `core.engine`; `core.pipeline` calls them in order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from core.i18n import _
from core.model import Instrument, Problem, Quote, Session, SymbolClass
from core.panel import Bars, LiveRow
from core.universe import suggest

RATE_TIMES_TEN = 25.0
"""No yield has had a median above 25 %: such a series is quoted times ten (metrics.md 0.6)."""


def in_percent(bars: Mapping[str, Bars], wanted: Iterable[Instrument]) -> tuple[dict[str, Bars], list[Problem]]:
    """The same series with yields in percent, and a note for each that came times ten."""
    result, notes = dict(bars), []
    for symbol in {i.symbol for i in wanted if i.cls is SymbolClass.RATE} & set(bars):
        series = bars[symbol]
        if len(series) and np.nanmedian(series.close) > RATE_TIMES_TEN:
            prices = {name: getattr(series, name) / 10 for name in ("open", "high", "low", "close", "adj_close")}
            result[symbol] = replace(series, **prices)
            text = _("{symbol} came in tenths of a percent and was divided by 10")
            notes.append(Problem("rescaled", symbol, text.format(symbol=symbol)))
    return result, notes


def newest_session(bars: Iterable[Bars], finished: Session) -> Session | None:
    """The last finished session that at least half of the series have; None where there is no bar at all.

    Members of one ranking share their session: a single series that runs ahead, or behind, does not move it.
    """
    lasts = sorted(part.sessions[-1] for series in bars if len(part := series.upto(finished)))
    if not lasts:
        return None
    day: date = lasts[len(lasts) // 2].astype(object)
    return day


def first_session(bars: Iterable[Bars]) -> Session:
    """The earliest session of any series."""
    day: date = min(series.sessions[0] for series in bars if len(series)).astype(object)
    return day


def live_row(symbols: Sequence[str], session: Session, quotes: Mapping[str, Quote]) -> LiveRow | None:
    """Quotes of the session in progress laid out by column; None where there is none.

    What a quote does not say of the day's range is taken from its price: it was traded at.
    """
    current = [quotes.get(symbol) for symbol in symbols]
    current = [quote if quote and quote.session == session and quote.price > 0 else None for quote in current]
    if not any(current):
        return None

    def column(name: str, *, otherwise_price: bool) -> list[float]:
        values = ((getattr(q, name), q.price) if q else (np.nan, np.nan) for q in current)
        return [(price if otherwise_price else np.nan) if value is None else value for value, price in values]

    return LiveRow(
        session=session,
        open=np.array(column("open", otherwise_price=False)),
        high=np.array(column("high", otherwise_price=True)),
        low=np.array(column("low", otherwise_price=True)),
        px=np.array(column("price", otherwise_price=False)),
        volume=np.array(column("volume", otherwise_price=False)),
        asof=tuple(quote.asof if quote else None for quote in current),
    )


def live_bars(bars: Mapping[str, Bars], session: Session, symbols: Sequence[str]) -> LiveRow | None:
    """The bars of a session still in progress, as files may hold them; their time is not known."""
    day = np.datetime64(session, "D")
    current = [bars.get(symbol) for symbol in symbols]
    rows = [series if series is not None and len(series) and series.sessions[-1] == day else None for series in current]
    if not any(row is not None for row in rows):
        return None

    def column(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([np.nan if row is None else float(getattr(row, name)[-1]) for row in rows])

    return LiveRow(
        session=session,
        open=column("open"),
        high=column("high"),
        low=column("low"),
        px=column("close"),
        volume=column("volume"),
        asof=(None,) * len(rows),
    )


def with_suggestions(problems: Iterable[Problem], known: Collection[str]) -> tuple[Problem, ...]:
    """The same problems, where a symbol that nobody knows is answered with the nearest known one."""
    return tuple(_suggested(problem, known) for problem in problems)


def _suggested(problem: Problem, known: Collection[str]) -> Problem:
    if problem.kind != "missing" or problem.symbol is None or problem.symbol in known:
        return problem
    near = suggest(problem.symbol, known)
    hint = _("did you mean {near}?").format(near=near) if near else _("nothing known is spelt alike")
    text = _("unknown symbol {symbol}: {hint}").format(symbol=problem.symbol, hint=hint)
    return replace(problem, kind="unknown-symbol", text=text)
