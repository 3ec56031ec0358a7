"""Group V and the pair measures X1, X2: volatility, drawdown, beta and correlation (metrics.md B.5, B.7).

On basis `tr`, simple returns, sample standard deviations (ddof=1).
"""

from __future__ import annotations

import numpy as np

from core.metrics.rolling import WindowSums, sample_std
from core.metrics.row import Row
from core.panel import Floats

SIGMA_WINDOWS = (20, 60, 252)
ANNUAL = np.sqrt(252.0)
PAIR_WINDOW = 63
LAMBDA = 0.94
EWMA_SEED = 75


class Volatility:
    """V1 to V4, V9, and beta and correlation against the benchmark column."""

    def __init__(self, symbols: int, benchmark: int) -> None:
        self._benchmark = benchmark
        self._sums = WindowSums(SIGMA_WINDOWS, 2, symbols)
        self._pairs = WindowSums((PAIR_WINDOW,), 5, symbols)
        self._ewma = _Ewma(symbols)
        self._peak = np.full(symbols, -np.inf)
        self._worst = np.zeros(symbols)
        self._under = np.zeros(symbols)
        self._last_sigma60 = np.full(symbols, np.nan)

    def read(self, row: Row) -> dict[str, Floats]:
        """Values by field name; `sigma60_before` is the σ60 of the session before (S3)."""
        values = {f"sigma{n}": sigma for n, sigma in zip(SIGMA_WINDOWS, self._sigmas(row), strict=True)}
        values["annual_vol"] = values["sigma20"] * ANNUAL
        values["ewma_vol"] = self._ewma.peek(row.r)
        values["sigma60_before"] = self._last_sigma60
        return {**values, **self._drawdown(row), **self._pair(row)}

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        self._last_sigma60 = self._sigmas(row)[SIGMA_WINDOWS.index(60)]
        drawdown = self._drawdown(row)
        self._sums.push(_with_squares(row.r))
        self._pairs.push(self._pair_parts(row.r))
        self._ewma.push(row.r)
        present = ~np.isnan(row.tr)
        self._peak = np.fmax(self._peak, row.tr)
        self._worst = np.where(present, drawdown["max_drawdown"], self._worst)
        self._under = np.where(present, drawdown["drawdown_sessions"], self._under)

    def _sigmas(self, row: Row) -> Floats:
        """V1 for each window, shape (windows, N)."""
        sums = self._sums.peek(_with_squares(row.r))
        return sample_std(sums[:, 0], sums[:, 1], np.array(SIGMA_WINDOWS)[:, None])

    def _drawdown(self, row: Row) -> dict[str, Floats]:
        """V9 over the loaded history; its length counts the sessions since the last high."""
        drawdown = row.tr / np.fmax(self._peak, row.tr) - 1.0
        return {
            "drawdown": drawdown,
            "max_drawdown": np.minimum(self._worst, drawdown),
            "drawdown_sessions": np.where(np.isnan(drawdown), np.nan, np.where(drawdown < 0, self._under + 1, 0.0)),
        }

    def _pair_parts(self, r: Floats) -> Floats:
        """The five terms of a regression on the benchmark; a session counts where both have a return."""
        other = r[self._benchmark] if self._benchmark >= 0 else np.nan
        b = np.where(np.isnan(r), np.nan, other)
        a = np.where(np.isnan(b), np.nan, r)
        return np.stack([a, b, a * a, b * b, a * b])

    def _pair(self, row: Row) -> dict[str, Floats]:
        """X1 and X2 over 63 sessions; NaN where either side has no variance."""
        a, b, aa, bb, ab = self._pairs.peek(self._pair_parts(row.r))[0]
        covariance = (ab - a * b / PAIR_WINDOW) / (PAIR_WINDOW - 1)
        sigma_a, sigma_b = sample_std(a, aa, PAIR_WINDOW), sample_std(b, bb, PAIR_WINDOW)
        return {"beta63": covariance / sigma_b**2, "corr63": covariance / (sigma_a * sigma_b)}


def _with_squares(r: Floats) -> Floats:
    return np.stack([r, r * r])


class _Ewma:
    """V3, RiskMetrics: `v = 0.94·v + 0.06·r²`, seeded before the first return with the mean of the first 75 r².

    The seed is known only at the 75th return; the recursion is therefore run from zero, and the seed's share,
    0.94^k of it, is added once it is known.
    """

    def __init__(self, symbols: int) -> None:
        self._from_zero = np.zeros(symbols)
        self._seed_sum = np.zeros(symbols)
        self._seen = np.zeros(symbols)

    def peek(self, r: Floats) -> Floats:
        """Daily volatility for the next session; NaN before the 75th return."""
        from_zero, seed_sum, seen = self._next(r)
        variance = from_zero + LAMBDA**seen * seed_sum / EWMA_SEED
        variance[seen < EWMA_SEED] = np.nan
        volatility: Floats = np.sqrt(variance)
        return volatility

    def push(self, r: Floats) -> None:
        """Take a return in; a missing one changes nothing."""
        present = ~np.isnan(r)
        from_zero, seed_sum, seen = self._next(r)
        self._from_zero = np.where(present, from_zero, self._from_zero)
        self._seed_sum = np.where(present, seed_sum, self._seed_sum)
        self._seen = np.where(present, seen, self._seen)

    def _next(self, r: Floats) -> tuple[Floats, Floats, Floats]:
        square = r * r
        from_zero = LAMBDA * self._from_zero + (1.0 - LAMBDA) * square
        seed_sum = self._seed_sum + np.where(self._seen < EWMA_SEED, square, 0.0)
        return from_zero, seed_sum, self._seen + 1.0
