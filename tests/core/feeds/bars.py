"""Series of one symbol for the tests of what is believed of a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from core.panel import Bars, Days
from core.sessions import Calendar

COLUMNS = ("open", "high", "low", "close", "adj_close", "volume")
LAST = date(2026, 1, 9)
CALENDAR = Calendar()


def sessions(count: int, last: date = LAST) -> Days:
    """The last `count` sessions up to `last`."""
    return CALENDAR.sessions(date(last.year - 12, 1, 1), last)[-count:]


def bars(count: int = 30, *, symbol: str = "SPY", last: date = LAST, price: float = 100.0, seed: int = 7) -> Bars:
    """A quiet walk in cents with a dividend of 1 % in the middle."""
    rng = np.random.default_rng(seed)
    close = np.round(price * np.exp(np.cumsum(0.01 * rng.standard_normal(count))), 2)
    adjusted = np.where(np.arange(count) < count // 2, 0.99, 1.0) * close
    return Bars(
        symbol,
        sessions(count, last),
        close - 0.25,
        close + 0.5,
        close - 0.5,
        close,
        adjusted,
        np.round(rng.uniform(1e6, 2e6, count)),
    )


def rows(series: Bars, chosen: list[int]) -> Bars:
    """The chosen rows, in that order."""
    columns = {name: getattr(series, name)[chosen] for name in COLUMNS}
    return Bars(series.symbol, series.sessions[chosen], **columns, adjusted=series.adjusted)


def without(series: Bars, *numbers: int) -> Bars:
    """All rows but these; negative numbers count from the end."""
    gone = {number % len(series) for number in numbers}
    return rows(series, [row for row in range(len(series)) if row not in gone])


def with_values(series: Bars, row: int, values: Mapping[str, float]) -> Bars:
    """One row with other values."""
    changed = {name: getattr(series, name).copy() for name in values}
    for name, value in values.items():
        changed[name][row] = value
    return replace(series, **changed)


def times(series: Bars, factor: float, part: slice = slice(None)) -> Bars:
    """Some rows with all prices times `factor`."""
    changed = {name: getattr(series, name).copy() for name in COLUMNS[:-1]}
    for column in changed.values():
        column[part] *= factor
    return replace(series, **changed)


def same(one: Bars | None, other: Bars | None) -> bool:
    """Whether two series hold the same numbers."""
    if one is None or other is None:
        return one is other
    return np.array_equal(one.sessions, other.sessions) and all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in COLUMNS
    )
