"""Group R, per symbol: returns over sessions and over the calendar (metrics.md B.1, R1 to R4).

The one-session move is on `px` (what everybody compares with the broker); longer windows are on `tr`. All are
fractions, of shape (N,).
"""

from __future__ import annotations

import numpy as np

from core import periods
from core.metrics.row import Row
from core.panel import Days, Floats

WINDOWS = (5, 21, 42, 63, 126, 252)
MONTHS = {"1m": 1, "3m": 3, "6m": 6, "1y": 12}


class Returns:
    """Returns read directly off the finished rows: the base of an n-session return is n rows back (R1)."""

    def __init__(self, tr: Floats, px: Floats) -> None:
        self._tr = tr
        self._px = px

    def read(self, row: Row) -> dict[str, Floats]:
        """`chg_1s` on px, `ret_{n}s` on tr."""
        values = {f"ret_{n}s": _ratio(row.tr, _back(self._tr, row.t, n)) for n in WINDOWS}
        return {"chg_1s": _ratio(row.px, _back(self._px, row.t, 1)), **values}

    def advance(self, row: Row) -> None:
        """Nothing to keep: the finished rows themselves are the state."""

    def extend(self, rows: Row) -> None:
        """Likewise."""


class Momentum:
    """R12: the return of the year without its last month, the standard momentum sort."""

    def __init__(self, tr: Floats) -> None:
        self._tr = tr

    def read(self, row: Row) -> dict[str, Floats]:
        """`momentum_12_1` on tr."""
        return {"momentum_12_1": _ratio(_back(self._tr, row.t, 21), _back(self._tr, row.t, 252))}

    def advance(self, row: Row) -> None:
        """Nothing to keep."""


def calendar_bases(sessions: Days, t: int) -> dict[str, int | None]:
    """Row of the base of each calendar window at row t: `1m` ... `1y` (R2) and `ytd` (R4)."""
    bases = {key: periods.months_back(sessions, t, months) for key, months in MONTHS.items()}
    bases["ytd"] = periods.year_start(sessions, t)
    return bases


def _back(values: Floats, t: int, n: int) -> Floats:
    """The row n sessions before row t; NaN before the first."""
    return values[t - n] if t >= n else np.full(values.shape[1], np.nan)


def _ratio(now: Floats, base: Floats) -> Floats:
    change: Floats = now / base - 1.0
    return change
