"""Turns one session of the history into the rows of the snapshot: numbers, ranks, bases, and why a value is absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from core.metrics.fold import History
from core.metrics.leadership import RANK_LAG, SPREAD_WINDOWS, group_ranks, sessions_at_rank1
from core.metrics.returns import calendar_bases
from core.metrics.rotation import quadrant
from core.metrics.sectors import daily_tail, weekly_tail
from core.metrics.statistics import full_tail, tail
from core.model import Group, Instant, Instrument, SymbolClass
from core.panel import Floats, Panel
from core.periods import iso_weeks
from core.settings import Basis
from core.snapshot import RANK_WINDOWS, Row, SectorRow, Status, Value, number
from core.universe import BENCHMARK

SPARK_SESSIONS = 60
SESSION_KEYS = {"5s": 5, "21s": 21, "42s": 42, "63s": 63, "126s": 126, "252s": 252}
CHANGE_KEYS = {"1s": 1, "5s": 5, "21s": 21, "63s": 63, "126s": 126, "252s": 252}

_LEVELS = (
    *("sma20", "sma50", "sma200", "dist_sma20", "dist_sma50", "dist_sma200"),
    *("slope_sma20", "slope_sma50", "slope_sma200", "rsi14", "pct_b"),
    *("high_close_252", "dist_high_close_252", "drawdown_252"),
)
_RANGES = ("atr14", "high_252", "low_252", "dist_high_252", "dist_low_252")
_RETURNS = (
    *("chg_1s", "extension", "sigma20", "sigma60", "sigma252", "annual_vol", "ewma_vol", "vol_ratio"),
    *("beta63", "corr63", "drawdown", "max_drawdown", "momentum_12_1"),
)
_VOLUMES = ("volume", "adv20", "adv63", "rel_volume")
_FLOATS = (*_LEVELS, *_RANGES, *_RETURNS, *_VOLUMES)
_BY_WINDOW = ("ret", "rs", "chg_bp", "chg_pt", "rank", "rank_change", "days_at_rank1")


class RowBuilder:
    """The rows of session t of `history`; `asof` gives the time of each column's newest price.

    `now` has every metric of that session; without it t is the last one.
    `live`: the session is in progress; `half_day`: it is over at one, and its volume is that of a part of a day.
    """

    def __init__(
        self,
        panel: Panel,
        history: History,
        t: int,
        *,
        asof: Sequence[Instant | None],
        live: bool,
        now: Mapping[str, Floats] | None = None,
        half_day: bool = False,
        basis: Basis = "tr",
    ) -> None:
        self._panel = panel
        self._history = history
        self._t = t
        self._asof = asof
        self._live = live
        self._half_day = half_day
        self._shown = basis
        self._columns = {symbol: column for column, symbol in enumerate(panel.symbols)}
        self._days: list[date] = history.sessions.tolist()
        self._now = {name: values.tolist() for name, values in (now or history.latest).items()}
        self._bases = calendar_bases(history.sessions, t)
        self._bases |= {key: t - n if t >= n else None for key, n in SESSION_KEYS.items()}
        present = np.isfinite(history["px"][: t + 1])
        self._present = self._counted(present)
        self._first = np.where(present.any(axis=0), present.argmax(axis=0), -1).tolist()
        self._last = np.where(present.any(axis=0), t - present[::-1].argmax(axis=0), -1).tolist()
        self._since_high = _sessions_since_high(history, t)
        self._records_week = _records_this_week(history, t)

    def rows(self, group: Group) -> tuple[Row, ...]:
        """One row per member of the group, in the order of the configuration."""
        ranked = self._ranking(group)
        return tuple(Row(**self._explained(i, self._fields(i) | ranked.get(i.symbol, {}))) for i in group.instruments)

    def sector_rows(self, group: Group, classes: dict[str, str | None]) -> tuple[SectorRow, ...]:
        """The rows of the sector funds, with rotation, class and z of the day move."""
        ranked = self._ranking(group)
        return tuple(
            SectorRow(
                **self._explained(i, self._fields(i) | ranked.get(i.symbol, {}) | self._sector_fields(i.symbol)),
                cls=classes.get(i.symbol),
            )
            for i in group.instruments
        )

    def _counted(self, priced: npt.NDArray[np.bool_]) -> dict[str, list[int]]:
        """The sessions of each column up to row t with a close, and with what some metrics need besides one."""
        counts = {"px": priced.sum(axis=0).tolist()}
        for name in ("high", "volume"):  # a day without trade has no volume
            finished = getattr(self._panel, name)[: self._t + 1] > 0
            counts[name] = (finished.sum(axis=0) + self._live).tolist()
        return counts

    def _fields(self, instrument: Instrument) -> dict[str, Any]:
        column = self._columns[instrument.symbol]
        last = self._last[column]
        spark = tail(self._history["px"][:, column], self._t, SPARK_SESSIONS)
        fields: dict[str, Any] = {name: number(self._now[name][column]) for name in _FLOATS}
        return fields | {
            "symbol": instrument.symbol,
            "name": instrument.name,
            "group": instrument.group,
            "last": number(float(self._history["px"][last, column])) if last >= 0 else None,
            "session": self._days[last] if last >= 0 else None,
            "asof": self._asof[column] if last == self._t else None,
            "basis": self._panel.basis_of(instrument, column, self._shown),
            "base": {key: None if t is None else self._days[t] for key, t in self._bases.items()},
            "record_close": _flag(self._now["record_close"][column]),
            "record_high": _flag(self._now["record_high"][column]),
            "record_since": self._days[self._first[column]] if last >= 0 else None,
            "records_week": self._records_week[column] if last == self._t else None,
            "days_since_high": _whole(self._since_high[column]),
            "drawdown_sessions": _whole(self._now["drawdown_sessions"][column]),
            "spark": tuple(number(v) for v in spark.tolist()),
            **self._changes(instrument, column),
        }

    def _explained(self, instrument: Instrument, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields without what means nothing for the class, and why each absent one is absent."""
        unsupported = _unsupported(instrument.cls)
        fields |= dict.fromkeys(unsupported)
        return fields | {"status": self._status(fields, self._columns[instrument.symbol], unsupported)}

    def _changes(self, instrument: Instrument, column: int) -> dict[str, Any]:
        """Returns and relative strength, or absolute changes for rates (basis points) and volatility (points)."""
        if instrument.cls is SymbolClass.RATE:
            return {"chg_bp": self._absolute(column, 100.0)}
        if instrument.cls is SymbolClass.VOLATILITY:
            return {"chg_pt": self._absolute(column, 1.0)}
        returns = {key: number(self._now[f"ret_{key}"][column]) for key in SESSION_KEYS}
        tr, now = self._history["tr"][:, column], self._now["tr"][column]
        for key in ("1m", "3m", "6m", "1y", "ytd"):
            base = self._bases[key]
            returns[key] = None if base is None else number(float(now / tr[base] - 1.0))
        benchmark = self._columns.get(BENCHMARK)
        strength = {
            f"{n}s": None
            if benchmark is None
            else number(self._now[f"ret_{n}s"][column] - self._now[f"ret_{n}s"][benchmark])
            for n in SPREAD_WINDOWS
        }
        return {"ret": returns, "rs": strength}

    def _absolute(self, column: int, unit: float) -> dict[str, Value]:
        px = self._history["px"][:, column]
        return {
            key: number(float(unit * (px[self._t] - px[self._t - n]))) if self._t >= n else None
            for key, n in CHANGE_KEYS.items()
        }

    def _ranking(self, group: Group) -> dict[str, dict[str, Any]]:
        """R7 and R13 of every member: rank, members ranked, climb over 21 sessions, sessions at the top."""
        if not group.ranked:
            return {}
        symbols = [i.symbol for i in group.instruments]
        columns = [self._columns[symbol] for symbol in symbols]
        result: dict[str, dict[str, dict[str, Any]]] = {
            symbol: {"rank": {}, "rank_of": {}, "rank_change": {}, "days_at_rank1": {}} for symbol in symbols
        }
        for window in RANK_WINDOWS:
            now = group_ranks(self._history, self._t, columns, window)
            before = group_ranks(self._history, self._t - RANK_LAG, columns, window)
            leader, held = sessions_at_rank1(self._history, self._t, columns, window)
            members = int(np.isfinite(now).sum())
            for place, symbol in enumerate(symbols):
                part = result[symbol]
                part["rank"][window] = number(float(now[place]))
                part["rank_of"][window] = members
                part["rank_change"][window] = number(float(before[place] - now[place]))
                part["days_at_rank1"][window] = None if np.isnan(now[place]) else held if place == leader else 0
        return {symbol: dict(part) for symbol, part in result.items()}

    def _sector_fields(self, symbol: str) -> dict[str, Any]:
        column = self._columns[symbol]
        ratio, momentum = self._now["rs_ratio"][column], self._now["rs_momentum"][column]
        return {
            "quadrant": quadrant(ratio, momentum),
            "rs_ratio": number(ratio),
            "rs_momentum": number(momentum),
            "tail": tuple((number(x), number(y)) for x, y in weekly_tail(self._history, self._t, column)),
            "tail_days": tuple((number(x), number(y)) for x, y in daily_tail(self._history, self._t, column)),
            "z_day": number(self._now["z_day"][column]),
        }

    def _status(self, fields: dict[str, Any], column: int, unsupported: Sequence[str]) -> Status:
        """Why each absent value is absent (metrics.md 0.5)."""
        reasons = dict.fromkeys(unsupported, "not_supported")
        for name, value in fields.items():
            if name in reasons:
                continue
            if value is None:
                reasons[name] = self._reason(name, column)
            elif name in _BY_WINDOW:
                reasons |= {f"{name}.{key}": self._reason(name, column) for key, v in value.items() if v is None}
        if self._half_day:
            reasons |= {name: "half_day" for name in _VOLUMES if fields[name] is not None}
        if self._live and fields["rel_volume"] is not None:
            reasons["rel_volume"] = "partial"
        return reasons or "ok"

    def _reason(self, name: str, column: int) -> str:
        if self._now["suspect"][column] > 0:
            return "suspect"
        if self._last[column] < self._t:
            return "stale_input" if self._last[column] >= 0 else "missing_input"
        source = "high" if name in (*_RANGES, "record_high") else "volume" if name in _VOLUMES else "px"
        if name == "asof" or not self._now[source][column] > 0:  # a bar of the session in progress tells no time
            return "missing_input"
        listed = self._t + 1 - self._first[column]
        return "gap" if self._present[source][column] < listed else "short_history"


def _unsupported(cls: SymbolClass) -> tuple[str, ...]:
    """Fields that mean nothing for a class: volume of an index, returns of a yield."""
    if not cls.has_returns:
        return (*_RETURNS, *_VOLUMES, "drawdown_sessions")
    return _VOLUMES if cls is SymbolClass.INDEX else ()


def _sessions_since_high(history: History, t: int) -> list[float]:
    """T7: sessions since the (latest) highest close of 252 sessions; NaN without the full window."""
    window = full_tail(history["px"], t, 252)
    complete = np.isfinite(window).all(axis=0)
    since = np.where(complete, window, 0.0)[::-1].argmax(axis=0).astype(np.float64)
    values: list[float] = np.where(complete, since, np.nan).tolist()
    return values


def _records_this_week(history: History, t: int) -> list[int]:
    """T3: closing records in the ISO week of session t, up to t."""
    weeks = iso_weeks(history.sessions[: t + 1])
    first = int(np.searchsorted(weeks, weeks[t]))
    counts: list[int] = np.nansum(history["record_close"][first : t + 1], axis=0).astype(np.int64).tolist()
    return counts


def _flag(x: float) -> bool | None:
    return None if np.isnan(x) else x > 0


def _whole(x: float) -> int | None:
    return None if np.isnan(x) else int(x)
