"""Group S: cyclical against defensive sectors and rotation tails (metrics.md B.8, B.2).

Functions of (history, t). Every one-session figure is on `px`, longer windows are on the return basis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from core.metrics.fold import History
from core.metrics.leadership import ranked_field
from core.metrics.statistics import full_tail, scaled_spread
from core.panel import Floats
from core.periods import iso_weeks

SPREAD_WINDOWS = (1, 5, 21, 63)
TAIL_WEEKS = 5
TAIL_SESSIONS = 11
"""Ten moves of a day."""


def class_spread(history: History, t: int, cyclical: Sequence[int], defensive: Sequence[int], n: int) -> float:
    """S4: mean n-session return of the cyclical funds less that of the defensive ones; NaN if one is missing."""
    values = history[ranked_field(f"{n}s")][t]
    return float(_class_difference(values, cyclical, defensive))


def class_spread_z21(history: History, t: int, cyclical: Sequence[int], defensive: Sequence[int]) -> float:
    """`z_21` of S4: the 21-session spread against the daily one's deviation over 252 sessions."""
    daily = _class_difference(full_tail(history["r"], t, 252), cyclical, defensive)
    return scaled_spread(class_spread(history, t, cyclical, defensive, 21), 21, daily)


def weekly_tail(history: History, t: int, column: int) -> list[tuple[float, float]]:
    """R14: (rs_ratio, rs_momentum) at the last session of each of the last five ISO weeks, oldest first."""
    days = history.sessions[: t + 1]
    weeks = iso_weeks(days)
    ends = np.append(np.flatnonzero(weeks[1:] != weeks[:-1]), t)[-TAIL_WEEKS:]
    return _points(history, ends.tolist(), column)


def daily_tail(history: History, t: int, column: int) -> list[tuple[float, float]]:
    """R14: (rs_ratio, rs_momentum) on each of the last eleven sessions, oldest first."""
    return _points(history, range(max(0, t + 1 - TAIL_SESSIONS), t + 1), column)


def _points(history: History, rows: Iterable[int], column: int) -> list[tuple[float, float]]:
    return [(float(history["rs_ratio"][k, column]), float(history["rs_momentum"][k, column])) for k in rows]


def _class_difference(values: Floats, cyclical: Sequence[int], defensive: Sequence[int]) -> Floats:
    """Mean over the cyclical less mean over the defensive columns, along the last axis; NaN where a side is empty."""
    if not cyclical or not defensive:
        return np.full(values.shape[:-1], np.nan)
    difference: Floats = values[..., list(cyclical)].mean(axis=-1) - values[..., list(defensive)].mean(axis=-1)
    return difference
