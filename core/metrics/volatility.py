"""Group V and the pair measures X1, X2: volatility, drawdown, beta and correlation (metrics.md B.5, B.7).

On basis `tr`, simple returns, sample standard deviations (ddof=1). What is read has shape (N,); volatilities and
drawdowns are fractions, of a day unless they are called annual.
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


class Deviation:
    """V1 and V2: daily deviation over some windows, 20 and 60 among them, and the first one annualised."""

    def __init__(self, symbols: int, windows: tuple[int, ...] = SIGMA_WINDOWS) -> None:
        self._windows = windows
        self._column = np.array(windows)[:, None]
        self._sums = WindowSums(windows, 2, symbols)
        self._last_sigma60 = np.full(symbols, np.nan)

    def read(self, row: Row) -> dict[str, Floats]:
        """`sigma{n}`, `annual_vol`, and `sigma60_before`, that of the session before (S3)."""
        values = {f"sigma{n}": sigma for n, sigma in zip(self._windows, self._sigmas(row), strict=True)}
        return {**values, "annual_vol": values["sigma20"] * ANNUAL, "sigma60_before": self._last_sigma60}

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        self._last_sigma60 = self._sigmas(row)[self._windows.index(60)]
        self._sums.push(_with_squares(row.r))

    def extend(self, rows: Row) -> None:
        """Take many finished sessions in at once."""
        self._sums.extend(np.moveaxis(_with_squares(rows.r[-self._sums.size :]), 0, 1))

    def _sigmas(self, row: Row) -> Floats:
        """V1 for each window, shape (windows, N)."""
        sums = self._sums.peek(_with_squares(row.r))
        return sample_std(sums[:, 0], sums[:, 1], self._column)


class Drawdown:
    """V9 over the loaded history; its length counts the sessions since the last high."""

    def __init__(self, symbols: int) -> None:
        self._peak = np.full(symbols, -np.inf)
        self._worst = np.zeros(symbols)
        self._under = np.zeros(symbols)

    def read(self, row: Row) -> dict[str, Floats]:
        """`drawdown` and `max_drawdown` as fractions, at most 0; `drawdown_sessions`."""
        drawdown = row.tr / np.fmax(self._peak, row.tr) - 1.0
        return {
            "drawdown": drawdown,
            "max_drawdown": np.minimum(self._worst, drawdown),
            "drawdown_sessions": np.where(np.isnan(drawdown), np.nan, np.where(drawdown < 0, self._under + 1, 0.0)),
        }

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        values = self.read(row)
        present = ~np.isnan(row.tr)
        self._peak = np.fmax(self._peak, row.tr)
        self._worst = np.where(present, values["max_drawdown"], self._worst)
        self._under = np.where(present, values["drawdown_sessions"], self._under)


class Pair:
    """X1 and X2: beta and correlation against the benchmark column over 63 sessions.

    A session counts where both have a return; NaN where either side has no variance.
    """

    def __init__(self, symbols: int, benchmark: int) -> None:
        self._benchmark = benchmark
        self._sums = WindowSums((PAIR_WINDOW,), 5, symbols)

    def read(self, row: Row) -> dict[str, Floats]:
        """`beta63` and `corr63`."""
        a, b, aa, bb, ab = self._sums.peek(self._terms(row.r))[0]
        covariance = (ab - a * b / PAIR_WINDOW) / (PAIR_WINDOW - 1)
        sigma_a, sigma_b = sample_std(a, aa, PAIR_WINDOW), sample_std(b, bb, PAIR_WINDOW)
        correlation = covariance / (sigma_a * sigma_b)
        return {"beta63": correlation * sigma_a / sigma_b, "corr63": correlation}

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        self._sums.push(self._terms(row.r))

    def extend(self, rows: Row) -> None:
        """Take many finished sessions in at once."""
        self._sums.extend(np.moveaxis(self._terms(rows.r[-self._sums.size :]), 0, 1))

    def _terms(self, r: Floats) -> Floats:
        """The five terms of a regression on the benchmark, shape (5, ..., N)."""
        terms = np.empty((5, *r.shape))
        a, b = terms[0], terms[1]
        b[...] = r[..., self._benchmark, None] if self._benchmark >= 0 else np.nan
        np.copyto(a, r)
        missing = np.isnan(a + b)
        if missing.any():  # a session counts for both or for neither
            a[missing] = b[missing] = np.nan
        np.multiply(a, a, out=terms[2])
        np.multiply(b, b, out=terms[3])
        np.multiply(a, b, out=terms[4])
        return terms


class Smoothed:
    """V3, RiskMetrics: `v = 0.94·v + 0.06·r²`, seeded before the first return with the mean of the first 75 r².

    The seed is known only at the 75th return; the recursion is therefore run from zero, and the seed's share,
    0.94^k of it, is added once it is known.
    """

    def __init__(self, symbols: int) -> None:
        self._from_zero = np.zeros(symbols)
        self._seed_sum = np.zeros(symbols)
        self._seen = np.zeros(symbols)

    def read(self, row: Row) -> dict[str, Floats]:
        """`ewma_vol`: daily volatility for the next session; NaN before the 75th return."""
        from_zero, seed_sum, seen = self._next(row.r)
        variance = from_zero + LAMBDA**seen * seed_sum / EWMA_SEED
        variance[seen < EWMA_SEED] = np.nan
        return {"ewma_vol": np.sqrt(variance)}

    def advance(self, row: Row) -> None:
        """Take a finished session in; a missing return changes nothing."""
        present = ~np.isnan(row.r)
        from_zero, seed_sum, seen = self._next(row.r)
        self._from_zero = np.where(present, from_zero, self._from_zero)
        self._seed_sum = np.where(present, seed_sum, self._seed_sum)
        self._seen = np.where(present, seen, self._seen)

    def _next(self, r: Floats) -> tuple[Floats, Floats, Floats]:
        square = r * r
        from_zero = LAMBDA * self._from_zero + (1.0 - LAMBDA) * square
        seed_sum = self._seed_sum + np.where(self._seen < EWMA_SEED, square, 0.0)
        return from_zero, seed_sum, self._seen + 1.0


def _with_squares(r: Floats) -> Floats:
    """Shape (2, *shape)."""
    both = np.empty((2, *r.shape))
    np.copyto(both[0], r)
    np.multiply(r, r, out=both[1])
    return both
