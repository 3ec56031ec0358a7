"""What a rule may look at: the history of all metrics by symbol, and the health of the data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from core.breadth_series import BreadthSeries
from core.concentration_series import ConcentrationSeries
from core.i18n import _
from core.metrics.fold import History
from core.metrics.leadership import SpreadValues, spread_course, spread_values
from core.metrics.risk_series import RiskSeries
from core.metrics.statistics import (
    PERCENTILE_MINIMUM,
    PERCENTILE_WINDOW,
    full_tail,
    percentile_rank,
    percentile_ranks,
    tail,
)
from core.model import Session
from core.panel import Floats
from core.settings import SchemeSettings
from core.valuation import TEN_YEARS
from core.valuation_series import Reading, ValuationSeries

Rows: TypeAlias = npt.NDArray[np.intp]

LOOK_BACK: Final = PERCENTILE_WINDOW + 63
"""Sessions that the condition of a rule looks back on, at most."""


@dataclass(frozen=True, slots=True)
class Health:
    """How good the data are at one session (W20): the core symbols, and the members of a breadth universe.

    `fetch_age_hours` is known live only; of a universe that is not chosen, or not known yet, both numbers are NaN.
    """

    missing: tuple[str, ...]
    stale: tuple[str, ...]
    coverage: float
    fetch_age_hours: float | None = None
    universe_coverage: float = math.nan
    suspect_share: float = math.nan


@dataclass(frozen=True, slots=True, eq=False)
class SectorFunds:
    """The sector funds, and the schemes that class them by name; `scheme` is the one in force."""

    symbols: tuple[str, ...] = ()
    scheme: str = ""
    schemes: Mapping[str, SchemeSettings] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Behind:
    """What stands behind the funds; None where unknown.

    A breadth universe by its name, the lines of funds, what the funds say jointly, and own snapshots of fundamentals.
    """

    universe: str | None = None
    breadth: BreadthSeries | None = None
    concentration: ConcentrationSeries | None = None
    risk: RiskSeries | None = None
    valuation: ValuationSeries | None = None
    sectors: SectorFunds = SectorFunds()


class Market:
    """Histories by symbol. A symbol that is not watched reads as missing, like one without data.

    `health` tells the health of the data at a row; the view of the moment brings its own. `behind` has the series
    that belong to no symbol of the screen.
    """

    def __init__(
        self,
        history: History,
        columns: Mapping[str, int],
        health: Callable[[int], Health],
        behind: Behind | None = None,
    ) -> None:
        self.history = history
        self.columns = columns
        self.health = health
        self.behind = behind or Behind()
        self._finished_spreads: dict[tuple[str, str], list[SpreadValues]] = {}
        self._finished_ranks: dict[tuple[str, str], Floats] = {}

    def with_health(self, health: Callable[[int], Health]) -> Self:
        """The same market seen with another health."""
        other = copy(self)
        other.health = health
        return other

    def breadth(self, name: str, t: int) -> float:
        """One number of the breadth universe at row t; NaN without one."""
        return np.nan if self.behind.breadth is None else self.behind.breadth.value(name, t)

    def concentration(self, name: str, t: int) -> float:
        """One number of group C at row t; NaN where the lines of its fund are not known."""
        return np.nan if self.behind.concentration is None else self.behind.concentration.value(name, t)

    def risk(self, name: str, t: int) -> float:
        """One number of groups V, X and Y at row t; NaN where it is missing."""
        return np.nan if self.behind.risk is None else self.behind.risk.value(name, t)

    def risk_tail(self, name: str, t: int, n: int) -> Floats:
        """The last n numbers of such a series up to row t, (n,); fewer at the start."""
        return np.full(n, np.nan) if self.behind.risk is None else self.behind.risk.tail(name, t, n)

    def valuation(self, t: int) -> Reading:
        """The valuation as of row t, by snapshots of fundamentals that are not later."""
        if self.behind.valuation is None:
            return Reading(sourced=False)
        return self.behind.valuation.reading(self.history.session(t), self.value("px", TEN_YEARS, t) / 100.0)

    def value(self, field: str, symbol: str, t: int) -> float:
        """One metric of one symbol at row t; NaN where it is missing."""
        column = self.columns.get(symbol)
        return np.nan if column is None or t < 0 else float(self.history[field][t, column])

    def percentile(self, field: str, symbol: str, t: int) -> float:
        """The percentile rank of the metric, in (0, 1], among its own of five years; NaN with less than two."""
        column = self.columns.get(symbol)
        if column is None:
            return np.nan
        values = self.history[field][:, column]
        if t >= self.history.finished:
            return percentile_rank(tail(values, t, PERCENTILE_WINDOW), PERCENTILE_MINIMUM)
        if (field, symbol) not in self._finished_ranks:
            finished = values[: self.history.finished]
            self._finished_ranks[field, symbol] = percentile_ranks(finished, PERCENTILE_WINDOW, PERCENTILE_MINIMUM)
        return self._finished_ranks[field, symbol].item(t)

    def tail(self, field: str, symbol: str, t: int, n: int) -> Floats:
        """The last n values of a metric up to row t, (n,); fewer at the start, none where the symbol is not watched."""
        column = self.columns.get(symbol)
        return np.empty(0) if column is None else tail(self.history[field][:, column], t, n)

    def change(self, symbol: str, t: int, n: int) -> float:
        """The change of a level over n sessions, in its own unit."""
        return self.value("px", symbol, t) - self.value("px", symbol, t - n)

    def returns(self, symbols: Sequence[str], t: int, n: int) -> Floats:
        """The daily returns of n sessions up to row t, shape (n, symbols); NaN where there are none."""
        recent = full_tail(self.history["r"], t, n)
        columns = [self.columns.get(symbol) for symbol in symbols]
        nothing = np.full(n, np.nan)
        return np.stack([nothing if column is None else recent[:, column] for column in columns], axis=1)

    def spread(self, a: str, b: str, t: int) -> SpreadValues | None:
        """R5 to R11 of a over b; None where one of them is not watched."""
        first, second = self.columns.get(a), self.columns.get(b)
        if first is None or second is None:
            return None
        if t >= self.history.finished:
            return spread_values(self.history, t, first, second)
        if (a, b) not in self._finished_spreads:  # several rules ask for the same pair at every session
            self._finished_spreads[a, b] = spread_course(self.history, first, second, 0, self.history.finished)
        return self._finished_spreads[a, b][t]

    def missing(self, symbols: Sequence[str], t: int, values: Iterable[float]) -> tuple[str, ...]:
        """What a rule lacks at row t: symbols without a bar, or else the history its `values` would need."""
        known = list(values)
        if known and not any(math.isnan(value) for value in known):  # a missing bar makes every value NaN
            return ()
        absent = tuple(symbol for symbol in symbols if math.isnan(self.value("px", symbol, t)))
        return absent or self._history_lacking(symbols, t)

    def _history_lacking(self, symbols: Sequence[str], t: int) -> tuple[str, ...]:
        """The history of those that have a gap; else of those that began late; else of all, for all is too short."""
        known = {symbol: column for symbol, column in self.columns.items() if symbol in symbols}
        row = min(t, self.history.finished - 1) if known else 0
        gaps = {symbol: self._gaps.item(row, column) for symbol, column in known.items()}
        if holed := [symbol for symbol in symbols if row - gaps.get(symbol, -LOOK_BACK) < LOOK_BACK]:
            text = _("full history of {symbol} (last good session before its gap {day})")
            return tuple(text.format(symbol=s, day=self._session_before(gaps[s], known[s])) for s in holed)
        begins = {symbol: int(self.begins[column]) for symbol, column in known.items()}
        if late := [symbol for symbol in symbols if begins.get(symbol, 0) > 0 and row - begins[symbol] < LOOK_BACK]:
            text = _("full history of {symbol} (its first session {day})")
            return tuple(text.format(symbol=s, day=self.history.session(begins[s])) for s in late)
        return tuple(_("full history of {symbol}").format(symbol=symbol) for symbol in symbols)

    def _session_before(self, row: int, column: int) -> Session:
        """The last session with a bar before the gap that ends at a row."""
        return self.history.session(int(np.flatnonzero(np.isfinite(self._closes[:row, column]))[-1]))

    @property
    def _closes(self) -> Floats:
        return self.history["px"][: self.history.finished]

    @cached_property
    def begins(self) -> Rows:
        """The row of the first bar of each symbol, (symbols,); the number of finished sessions where there is none."""
        present = np.isfinite(self._closes)
        return np.where(present.any(axis=0), present.argmax(axis=0), self.history.finished)

    @cached_property
    def _gaps(self) -> Rows:
        """The newest row without a bar of a symbol that had begun, as of each row, (T, symbols); far back for none."""
        rows = np.arange(self.history.finished)[:, None]
        lacking = np.isnan(self._closes) & (rows > self.begins)
        return np.maximum.accumulate(np.where(lacking, rows, -LOOK_BACK), axis=0)
