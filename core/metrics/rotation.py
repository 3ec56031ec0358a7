"""R14: relative rotation by Tapeboard's own formula (metrics.md B.2), on `tr`, against the benchmark column.

    e = EMA5(P_a / P_b)     RSR = 100·e / SMA63(e)     RSM = 100·RSR / SMA21(RSR)

It is scale-free and monotone in the relative trend; it is not the proprietary JdK measure of that shape.
"""

from __future__ import annotations

import numpy as np

from core.metrics.rolling import Ema, WindowSums
from core.metrics.row import Row
from core.panel import Floats

RATIO_WINDOW = 63
MOMENTUM_WINDOW = 21


class Rotation:
    """RS-ratio and RS-momentum of N symbols."""

    def __init__(self, symbols: int, benchmark: int) -> None:
        self._benchmark = benchmark
        self._ema = Ema(5, symbols)
        self._smoothed = WindowSums((RATIO_WINDOW,), symbols)
        self._ratios = WindowSums((MOMENTUM_WINDOW,), symbols)

    def read(self, row: Row) -> dict[str, Floats]:
        """`rs_ratio` and `rs_momentum`, both around 100."""
        ratio = self._ratio(row)
        return {"rs_ratio": ratio, "rs_momentum": 100.0 * ratio * MOMENTUM_WINDOW / self._ratios.peek(ratio)[0]}

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        self._ratios.push(self._ratio(row))
        strength = self._strength(row)
        self._smoothed.push(self._ema.peek(strength))
        self._ema.push(strength)

    def _strength(self, row: Row) -> Floats:
        base = row.tr[self._benchmark] if self._benchmark >= 0 else np.nan
        strength: Floats = row.tr / base
        return strength

    def _ratio(self, row: Row) -> Floats:
        smoothed = self._ema.peek(self._strength(row))
        ratio: Floats = 100.0 * smoothed * RATIO_WINDOW / self._smoothed.peek(smoothed)[0]
        return ratio


def quadrant(ratio: float, momentum: float) -> str | None:
    """Name of the quadrant, or None where a coordinate is missing."""
    if np.isnan(ratio) or np.isnan(momentum):
        return None
    if ratio >= 100.0:
        return "Leading" if momentum >= 100.0 else "Weakening"
    return "Improving" if momentum >= 100.0 else "Lagging"
