"""Groups V, X and Y over one history: the finished sessions computed once, the provisional one when it is asked for.

Beside the series of `core.metrics.risk` stand those that look back on them: `delta_ar` and `turbulence_pr`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.metrics import cross_asset
from core.metrics.fold import History
from core.metrics.risk import Assets, risk_values
from core.metrics.statistics import (
    PERCENTILE_MINIMUM,
    PERCENTILE_WINDOW,
    percentile_rank,
    percentile_ranks,
    tail,
)
from core.panel import Floats


class RiskSeries:
    """One number a session each, by name; arrays are of shape (sessions,), oldest first."""

    def __init__(self, history: History, assets: Assets) -> None:
        self._history = history
        self._assets = assets
        finished = risk_values(history, assets, 0, history.finished)
        finished["delta_ar"] = cross_asset.shifts(finished["absorption"])
        finished["turbulence_pr"] = percentile_ranks(finished["turbulence"], PERCENTILE_WINDOW, PERCENTILE_MINIMUM)
        self._finished = finished
        self._read: Mapping[str, Floats] | None = None  # the provisional row that `_now` was computed from
        self._now: dict[str, float] = {}

    def value(self, name: str, t: int) -> float:
        """A series at row t; NaN where it is missing."""
        return self._finished[name].item(t) if t < self._history.finished else self._provisional()[name]

    def tail(self, name: str, t: int, n: int) -> Floats:
        """The n values of a series up to and including row t; fewer at the start."""
        past = tail(self._finished[name], t, n)
        return past if t < self._history.finished else np.append(past, self._provisional()[name])

    def upto(self, t: int) -> dict[str, Floats]:
        """Every series up to row t inclusive."""
        return {name: self.tail(name, t, t + 1) for name in self._finished}

    def begun(self, name: str, t: int) -> bool:
        """Whether a series has a value at any finished session up to row t."""
        return bool(np.isfinite(self._finished[name][: t + 1]).any())

    def _provisional(self) -> dict[str, float]:
        if self._read is not self._history.latest:
            t = self._history.finished
            now = {k: float(v[0]) for k, v in risk_values(self._history, self._assets, t, t + 1).items()}
            absorption = np.append(self._finished["absorption"], now["absorption"])
            turbulence = np.append(self._finished["turbulence"], now["turbulence"])
            now["delta_ar"] = float(cross_asset.shifts(absorption[-cross_asset.SHIFT_LONG :])[-1])
            now["turbulence_pr"] = percentile_rank(turbulence[-PERCENTILE_WINDOW:], PERCENTILE_MINIMUM)
            self._read, self._now = self._history.latest, now
        return self._now
