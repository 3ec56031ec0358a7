"""Columns beside the usual ones, for panes of symbols: what a snapshot knows of each and shows on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.i18n import _
from core.snapshot import Row, Value
from tui.panes import cells
from tui.widgets.live_table import Cell, Column

FRACTION: Final = "fraction"
INSTANT: Final = "time in New York, or the day of an earlier session"
MIXED: Final = "fraction; yields in basis points, volatility in points"
"""The unit of changes over a window, which differs by the class of the symbol."""


@dataclass(frozen=True, slots=True)
class Extra:
    """A column, what it is in words, and its cell in a row."""

    column: Column
    about: str
    cell: Callable[[Row], Cell]


def columns() -> tuple[Column, ...]:
    """All of them."""
    return tuple(extra.column for extra in _extras())


def meanings() -> dict[str, str]:
    """What they are, by key."""
    return {extra.column.key: extra.about for extra in _extras()}


def fillers(chosen: Iterable[str] | None) -> Mapping[str, Callable[[Row], Cell]]:
    """What fills those among the `chosen` columns, by key."""
    wanted = frozenset(chosen or ())
    return {extra.column.key: extra.cell for extra in _extras() if extra.column.key in wanted} if wanted else {}


def _extras() -> Sequence[Extra]:
    return (*_returns(), *_trend(), *_risk(), *_volume())


def _returns() -> Sequence[Extra]:
    spans = (
        ("ytd", _("ytd"), _("change since the last session of last year")),
        ("1m", _("1m"), _("change in one calendar month")),
        ("3m", _("3m"), _("change in three calendar months")),
        ("6m", _("6m"), _("change in six calendar months")),
        ("1y", _("1y"), _("change in one calendar year")),
        ("42s", "42s", _("change in 42 sessions")),
    )
    return (
        *(Extra(Column(key, title, 7, unit=MIXED), about, _change(key)) for key, title, about in spans),
        Extra(
            Column("momentum", _("12-1"), 7, unit=FRACTION),
            _("momentum: twelve months without the last one, %"),
            lambda row: cells.percent(row.momentum_12_1, 1, colour=False),
        ),
        *(
            Extra(
                Column(f"rs {window}", _("rs {window}").format(window=window), 7, unit=FRACTION),
                _("change over {window} less that of SPY, percentage points").format(window=window),
                _relative(window),
            )
            for window in ("21s", "63s", "252s")
        ),
    )


def _trend() -> Sequence[Extra]:
    return (
        _percent("sma20", _("distance from the 20-session average, %"), "dist_sma20", _("vs 20d")),
        _percent("sma50", _("distance from the 50-session average, %"), "dist_sma50", _("vs 50d")),
        _percent("sma200", _("distance from the 200-session average, %"), "dist_sma200", _("vs 200d")),
        _percent("high", _("distance from the highest close of 252 sessions, %"), "dist_high_close_252", _("vs hi")),
        _percent("low", _("distance from the lowest low of 252 sessions, %"), "dist_low_252", _("vs lo")),
        _percent("drawdown", _("drawdown from the highest close of all data, %"), "drawdown", _("drawd.")),
        _percent("drawdown 252", _("drawdown within 252 sessions, %"), "drawdown_252", _("dd 252")),
        _number("rsi", _("RSI of 14 sessions"), "rsi14", _("RSI"), 1),
        _number("pct_b", _("place in the Bollinger bands: 0 lower, 1 upper"), "pct_b", "%b"),
        _number("extension", _("distance from the 50-session average in its own deviations"), "extension", _("ext.")),
    )


def _risk() -> Sequence[Extra]:
    return (
        _number("beta63", _("beta to SPY over 63 sessions"), "beta63", _("beta")),
        _number("corr63", _("correlation with SPY over 63 sessions"), "corr63", _("corr")),
        _percent("vol", _("volatility, a year, %"), "annual_vol", _("vol %"), sign=False),
        _percent("sigma20", _("deviation of daily returns, 20 sessions, %"), "sigma20", _("dev20 %"), sign=False),
        _percent("sigma60", _("deviation of daily returns, 60 sessions, %"), "sigma60", _("dev60 %"), sign=False),
        _percent("ewma", _("the same, weighted exponentially, %"), "ewma_vol", _("ewma %"), sign=False),
        _number("vol_ratio", _("volatility of 20 sessions over that of SPY"), "vol_ratio", _("v/SPY")),
    )


def _volume() -> Sequence[Extra]:
    return (
        _number("rel_volume", _("volume over its 20-session mean"), "rel_volume", _("rel vol")),
        Extra(
            Column("since_high", _("d high"), 6, unit="sessions"),
            _("sessions since the highest close of 252 sessions"),
            lambda row: cells.plain(row.days_since_high, 0),
        ),
        Extra(Column("time", _("Time"), 5, unit=INSTANT), _("when the price was quoted, or its day"), cells.time),
    )


def _change(window: str) -> Callable[[Row], Cell]:
    return lambda row: cells.change(row, window, colour=False)


def _relative(window: str) -> Callable[[Row], Cell]:
    return lambda row: cells.percent(row.rs.get(window), 1, colour=False)


def _percent(key: str, about: str, field: str, title: str, *, sign: bool = True) -> Extra:
    def cell(row: Row) -> Cell:
        value: Value = getattr(row, field)
        return cells.percent(value, 1, colour=False) if sign else cells.plain(value, 2, 100)

    return Extra(Column(key, title, 7, unit=FRACTION), about, cell)


def _number(key: str, about: str, field: str, title: str, digits: int = 2) -> Extra:
    return Extra(Column(key, title, 7, unit="number"), about, lambda row: cells.plain(getattr(row, field), digits))
