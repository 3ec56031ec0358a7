"""The moving parts of the fold: window sums, window extremes and exponential averages over sessions.

Each holds what the finished sessions left behind for N symbols and has the same two moves: `peek(x)` gives
the value with one provisional row on top and changes nothing, `push(x)` takes a finished row in. Both are
O(N) whatever the window. NaN is a missing value: a window that holds one is NaN (metrics.md 0.3, the full
window is needed), an exponential average passes over it (oracles.md D.3: compress, never feed NaN).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.panel import Floats

Counts = npt.NDArray[np.int64]


class WindowSums:
    """Sums of the last n values for several n at once; values of any shape, sums of shape (windows, *shape).

    The running sums carry along what rounding lost (Knuth's two-sum): after any number of sessions they equal
    fresh sums to the last bits, so that live, as-of and replay agree wherever they started.
    """

    def __init__(self, windows: Sequence[int], *shape: int) -> None:
        finished = np.array(windows) - 1
        self.size = int(finished.max())  # finished rows that matter
        self._ring = np.zeros((self.size, *shape))
        self._missing = np.ones((self.size, *shape), dtype=np.bool_)
        self._at = 0
        self._back = finished
        self._sum = np.zeros((len(windows), *shape))
        self._lost = np.zeros_like(self._sum)
        self._absent: Counts = np.zeros((len(windows), *shape), dtype=np.int64)
        self._absent += finished.reshape(-1, *(1 for _axis in shape))
        self._whole = False  # nothing is absent anywhere, as is the rule after the first year

    def peek(self, x: Floats) -> Floats:
        """The sums over the last n values including x; NaN unless all n are present."""
        total = self._sum + (self._lost + x)
        if not self._whole:
            total[self._absent > 0] = np.nan
        return total

    def push(self, x: Floats) -> None:
        """Take x in, and of each window let the oldest value go."""
        missing = np.isnan(x)
        value = np.where(missing, 0.0, x)
        oldest = (self._at - self._back) % self.size
        self._add(value)
        self._add(-self._ring[oldest])
        self._absent += missing
        self._absent -= self._missing[oldest]
        self._ring[self._at] = value
        self._missing[self._at] = missing
        self._at = (self._at + 1) % self.size
        self._whole = not self._absent.any()

    def extend(self, rows: Floats) -> None:
        """Take finished rows (T, *shape) in at once: the same sums as by T pushes, to the last bits."""
        if len(rows) < self.size:
            for x in rows:
                self.push(x)
            return
        last = rows[-self.size :]
        self._missing = np.isnan(last)
        self._ring = np.where(self._missing, 0.0, last)
        self._at = 0
        self._lost = np.zeros_like(self._sum)
        for k, back in enumerate(self._back):
            self._sum[k] = self._ring[-back:].sum(axis=0)
            self._absent[k] = self._missing[-back:].sum(axis=0)
        self._whole = not self._absent.any()

    def _add(self, x: Floats) -> None:
        total = self._sum + x
        taken = total - self._sum
        self._lost += (self._sum - (total - taken)) + (x - taken)
        self._sum = total


class WindowMax:
    """Largest of the last n values of each symbol, by van Herk's blocks: O(N) a session, amortised."""

    def __init__(self, n: int, symbols: int) -> None:
        self.n = n
        self._block = np.full((n - 1, symbols), -np.inf)  # the block being filled
        self._suffix = np.full((n - 1, symbols), -np.inf)  # suffix maxima of the block before it
        self._prefix = np.full(symbols, -np.inf)
        self._at = 0
        self._absent: Counts = np.full(symbols, n - 1)
        self._missing = np.ones((n - 1, symbols), dtype=np.bool_)

    def peek(self, x: Floats) -> Floats:
        """The maximum over the last n values including x; NaN unless all n are present."""
        best: Floats = np.maximum(np.maximum(self._prefix, self._suffix[self._at]), x)
        best[self._absent > 0] = np.nan
        return best

    def push(self, x: Floats) -> None:
        """Take x in and let the oldest value go."""
        missing = np.isnan(x)
        value = np.where(missing, -np.inf, x)
        self._absent += missing
        self._absent -= self._missing[self._at]
        self._missing[self._at] = missing
        self._block[self._at] = value
        self._prefix = np.maximum(self._prefix, value)
        self._at += 1
        if self._at == self.n - 1:
            self._suffix = np.maximum.accumulate(self._block[::-1], axis=0)[::-1]
            self._prefix = np.full_like(self._prefix, -np.inf)
            self._at = 0

    def extend(self, rows: Floats) -> None:
        """Take finished rows (T, N) in at once: the same maxima as by T pushes."""
        if len(rows) < self.n - 1:
            for x in rows:
                self.push(x)
            return
        last = rows[1 - self.n :]
        self._missing = np.isnan(last)
        self._absent = self._missing.sum(axis=0)
        filled = np.where(self._missing, -np.inf, last)
        self._suffix = np.maximum.accumulate(filled[::-1], axis=0)[::-1]
        self._prefix = np.full_like(self._prefix, -np.inf)
        self._at = 0


class WindowMin:
    """Smallest of the last n values of each symbol."""

    def __init__(self, n: int, symbols: int) -> None:
        self._of_negative = WindowMax(n, symbols)

    def peek(self, x: Floats) -> Floats:
        """The minimum over the last n values including x; NaN unless all n are present."""
        lowest: Floats = -self._of_negative.peek(-x)
        return lowest

    def push(self, x: Floats) -> None:
        """Take x in and let the oldest value go."""
        self._of_negative.push(-x)

    def extend(self, rows: Floats) -> None:
        """Take finished rows (T, N) in at once."""
        self._of_negative.extend(-rows)


class Ema:
    """Exponential average with alpha = 2/(n+1), seeded with the first value (metrics.md B, notation)."""

    def __init__(self, n: int, symbols: int) -> None:
        self._alpha = 2.0 / (n + 1)
        self._value = np.full(symbols, np.nan)

    def peek(self, x: Floats) -> Floats:
        """The average including x; where x is missing, NaN."""
        blended = self._alpha * x + (1.0 - self._alpha) * self._value
        return np.where(np.isnan(self._value), x, blended)

    def push(self, x: Floats) -> None:
        """Take x in; a missing value leaves the average where it is."""
        self._value = np.where(np.isnan(x), self._value, self.peek(x))


class WilderMean:
    """Wilder's smoothing over n: the mean of the first n values, then `((n-1)·avg + x)/n`."""

    def __init__(self, n: int, symbols: int) -> None:
        self._n = n
        self._sum = np.zeros(symbols)
        self._seen: Counts = np.zeros(symbols, dtype=np.int64)
        self._mean = np.full(symbols, np.nan)
        self._seeded = False  # every symbol has its first n values

    def peek(self, x: Floats) -> Floats:
        """The smoothed mean including x; NaN where fewer than n values were seen or x is missing."""
        smoothed: Floats = ((self._n - 1) * self._mean + x) / self._n
        if self._seeded:
            return smoothed
        seeded: Floats = (self._sum + x) / self._n
        seeded[self._seen < self._n - 1] = np.nan
        return np.where(self._seen >= self._n, smoothed, seeded)

    def push(self, x: Floats) -> None:
        """Take x in; a missing value leaves everything as it is."""
        present = ~np.isnan(x)
        self._mean = np.where(present, self.peek(x), self._mean)
        if not self._seeded:
            self._sum += np.where(present, x, 0.0)
            self._seen += present
            self._seeded = bool((self._seen >= self._n).all())

    def extend(self, rows: Floats) -> None:
        """Take finished rows (T, N) in, one after the other: each average stands on the one before."""
        gaps = np.isnan(rows).max(axis=1)
        for k, x in enumerate(rows):
            if gaps[k] or not self._seeded:
                self.push(x)
                continue
            self._mean *= self._n - 1  # in place, as there is nothing to pass over
            self._mean += x
            self._mean /= self._n


def sample_std(total: Floats, squares: Floats, n: int | Counts) -> Floats:
    """Sample standard deviation (ddof=1) from the sums of n values and of their squares.

    Meant for returns, whose mean is small beside their spread. What cancellation leaves of a constant series
    counts as zero variance, and zero variance is NaN (metrics.md 0.4: then nothing can be scaled by it).
    """
    excess = squares - total * total / n
    flat = excess <= 1e-13 * squares
    if flat.any():
        excess[flat] = np.nan
    deviation: Floats = np.sqrt(excess / (n - 1))
    return deviation
