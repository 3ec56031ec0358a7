"""The breadth block of the snapshot: a universe of members, and what the funds alone can say (B13, B14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from core.breadth_series import BreadthSeries
from core.courses import courses
from core.i18n import _
from core.metrics.breadth import CONFLICT_SHARES
from core.metrics.fold import History
from core.metrics.risk import Assets
from core.metrics.statistics import last_rows, percentile_rank
from core.panel import Floats, LiveRow, Panel
from core.periods import YEAR
from core.settings import CORE
from core.snapshot import Breadth, Status, Value, number
from core.text import some
from core.universe import BENCHMARK, ENOUGH, WHOLE

_COURSES = (
    *("advances", "declines", "unchanged", "adv_share", "ad_line", "mcclellan", "summation", "zweig", "dispersion"),
    *("above_sma20", "above_sma50", "above_sma200", "new_highs", "new_lows", "high_low_index"),
    *("trin", "trin10", "upvol_share"),
)
"""Measures of the members whose course over the year is told."""

MONTH = 21
SPREAD_WINDOWS = (21, 63)
_SPREAD = "equal_less_cap_"
_VOLUMES = ("trin", "trin10", "up_volume", "down_volume", "upvol_share")
_QUOTIENTS = ("ad_ratio", "adv_share", "trin", "trin10")
"""Of ten sessions at most: one that is absent later on lacks something to divide by, as when nobody declined."""

_MEASURES = (
    *("advances", "declines", "unchanged", "net_advances", "ad_ratio", "adv_share", "ad_line"),
    *("mcclellan", "summation", "above_sma20", "above_sma50", "above_sma200", "new_highs", "new_lows"),
    *("record_high_share", "high_low_index", "zweig", "thrusts", *_VOLUMES, "dispersion"),
)


@dataclass(frozen=True, slots=True, eq=False)
class BreadthUniverse:
    """Members laid out on the sessions of the screen's panel. `size` counts them all, priced or not."""

    id: str
    size: int
    dated: date | None
    source: str
    panel: Panel
    notes: tuple[str, ...] = ()


class BreadthBoard:
    """Group B over one history, and over the members of a universe where there is one."""

    def __init__(self, history: History, assets: Assets, universe: BreadthUniverse | None) -> None:
        self._history = history
        self._assets = assets
        self._members = None if universe is None else _MemberBoard(history, assets, universe)

    def put_live(self, live: LiveRow | None) -> None:
        """Lay the provisional session of the members on top; None where too few of them are quoted."""
        if self._members is not None:
            self._members.series.put_live(live)

    @property
    def series(self) -> BreadthSeries | None:
        """The universe at every session; None without one."""
        return None if self._members is None else self._members.series

    def share_above_sma50(self, t: int) -> float:
        """B6(50) of the universe at row t; NaN without one, or where its coverage is too low."""
        return np.nan if self._members is None else self._members.share_above_sma50(t)

    def health(self, t: int) -> tuple[float, float]:
        """Coverage of the universe at row t, and the share of its members in doubt; NaN without one (W20)."""
        return (np.nan, np.nan) if self._members is None else self._members.health(t)

    def highs_less_lows(self, t: int) -> Floats | None:
        """NH - NL up to row t, (t+1,); None without a universe."""
        if self._members is None:
            return None
        series = self._members.series
        return series.values("new_highs")[: t + 1] - series.values("new_lows")[: t + 1]

    def block(self, t: int, *, half_day: bool = False) -> Breadth:
        """The block at row t, `half_day` as the session is one."""
        funds = self._funds(t)
        if self._members is not None:
            return self._members.block(t, funds, half_day=half_day)
        note = _("no breadth universe is chosen: `--universe sp500` counts its members")
        status = dict.fromkeys(_MEASURES, "not_supported")
        return Breadth(universe=CORE, **_fund_values(funds), course=courses(funds), notes=(note,), status=status)

    def _funds(self, t: int) -> dict[str, Floats]:
        """B13 and B14, which need no members, over the year up to row t."""
        rows = last_rows(t, YEAR)
        sectors, equal = list(self._assets.sectors), self._assets.columns.get("RSP")
        benchmark = self._assets.columns.get(BENCHMARK)
        series: dict[str, Floats] = {}
        if sectors:
            series["sectors_above_sma50"] = self._history["above_sma50"][rows][:, sectors].sum(axis=1)
        if sectors and benchmark is not None:
            month = self._history["ret_21s"][rows]
            beating = (month[:, sectors] > month[:, [benchmark]]).sum(axis=1).astype(np.float64)
            beating[~np.isfinite(month[:, [*sectors, benchmark]]).all(axis=1)] = np.nan
            series["sectors_beating_21s"] = beating
        if equal is not None and benchmark is not None:
            for n in SPREAD_WINDOWS:
                returns = self._history[f"ret_{n}s"][rows]
                series[f"{_SPREAD}{n}s"] = returns[:, equal] - returns[:, benchmark]
        return series


def _fund_values(series: Mapping[str, Floats]) -> dict[str, Any]:
    """The fields of the block that these series end in."""
    now = {name: number(float(values[-1])) for name, values in series.items()}
    spreads = {name.removeprefix(_SPREAD): now.pop(name) for name in list(now) if name.startswith(_SPREAD)}
    return {**now, "equal_less_cap": spreads}


class _MemberBoard:
    """The block of one universe."""

    def __init__(self, history: History, assets: Assets, universe: BreadthUniverse) -> None:
        self._history = history
        self._universe = universe
        benchmark = assets.columns.get(BENCHMARK)
        index = np.full(history.finished + 1, np.nan) if benchmark is None else history["px"][:, benchmark]
        self.series = BreadthSeries(universe.panel, universe.size, index)

    def share_above_sma50(self, t: int) -> float:
        """B6(50) at row t; NaN where the coverage is too low."""
        return self.series.value("above_sma50", t) if self.series.value("coverage", t) >= ENOUGH else np.nan

    def health(self, t: int) -> tuple[float, float]:
        """Coverage and share in doubt at row t; NaN where there is no session before it to move from."""
        coverage = self.series.value("coverage", t) if t else np.nan
        doubted = len(self.series.members.doubted.get(t, ()))
        return (np.nan, np.nan) if np.isnan(coverage) else (coverage, doubted / self._universe.size)

    def block(self, t: int, funds: Mapping[str, Floats], *, half_day: bool) -> Breadth:
        """The block at row t; `funds` are the series of what the funds alone can say."""
        coverage = self.series.value("coverage", t)
        known = coverage >= ENOUGH
        values: dict[str, Any] = {name: number(self.series.value(name, t)) if known else None for name in _MEASURES}
        derived = self._derived(t) if known else {}
        told = {name: self.series.values(name)[: t + 1] for name in _COURSES} if known else {}
        return Breadth(
            universe=self._universe.id,
            members=self._universe.size,
            used=int(np.nan_to_num(self.series.value("counted", t))),
            coverage=number(coverage),
            dated=self._universe.dated,
            source=self._universe.source,
            notes=self._notes(t),
            status=self._status(values, coverage, t, half_day=half_day),
            **values,
            course=courses({**told, **funds}),
            **derived,
            **_fund_values(funds),
        )

    def _derived(self, t: int) -> dict[str, Any]:
        """What is told of the measures: B3 and B5 by change and percentile, never by level; B12; denominators."""
        series = self.series
        line, summation = series.values("ad_line")[: t + 1], series.values("summation")[: t + 1]
        begun = np.flatnonzero(np.isfinite(series.values("net_advances")))
        counted = ("above_sma20", "above_sma50", "above_sma200", "highs")
        return {
            "ad_line_chg_21s": number(_change(line, MONTH)),
            "summation_chg_21s": number(_change(summation, MONTH)),
            "summation_pr": number(percentile_rank(summation[-YEAR:], YEAR)),
            "seeded": series.members.panel.sessions[begun[0]].item() if len(begun) else None,
            "conflict": self._conflict(t),
            "counted": {name: number(series.value(f"{name}_counted", t)) for name in counted},
        }

    def _notes(self, t: int) -> tuple[str, ...]:
        """What must stand beside numbers of these members: survivors, where the list is later than the session."""
        dated, session = self._universe.dated, self._history.session(t)
        if dated is None:
            caption = _("members of an undated list ({source})").format(source=self._universe.source)
        elif dated > session:
            caption = _("members of {dated} applied to the past: who left since is not counted").format(dated=dated)
        else:
            caption = _("members of {dated}").format(dated=dated)
        return (caption, *self._universe.notes, *self._doubts(t))

    def _doubts(self, t: int) -> tuple[str, ...]:
        """Who is not counted because its price jumped like that of a split or a slip."""
        symbols = self.series.members.doubted.get(t, ())
        if not symbols:
            return ()
        return (_("{count} in doubt, not counted: {symbols}").format(count=len(symbols), symbols=some(symbols)),)

    def _status(self, values: Mapping[str, Value], coverage: float, t: int, *, half_day: bool) -> Status:
        if not coverage >= ENOUGH:
            return "missing_input"
        absent = [name for name, value in values.items() if value is None]
        reasons = {n: "undefined" if n in _QUOTIENTS and t >= 10 else "short_history" for n in absent}
        if values["up_volume"] is None:
            reasons |= dict.fromkeys(_VOLUMES, "missing_input")
        elif half_day:
            reasons |= {name: "half_day" for name in _VOLUMES if values[name] is not None}
        if not self.series.warm(t):
            reasons |= dict.fromkeys(("mcclellan", "summation"), "warming")
        if coverage < WHOLE:
            reasons["coverage"] = "partial"
        return reasons or "ok"

    def _conflict(self, t: int) -> dict[str, Value]:
        """B12 at both thresholds: sessions left of its 30, and firings so far."""
        names = [f"{kind}_{100 * share:.1f}" for share in CONFLICT_SHARES for kind in ("active", "firings")]
        return {name: number(self.series.value(name, t)) for name in names}


def _change(series: Floats, n: int) -> float:
    return float(series[-1] - series[-1 - n]) if len(series) > n else np.nan
