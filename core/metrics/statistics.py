"""Small statistics on one trailing window: ranks, percentile rank, scaled spread, Spearman (metrics.md B).

Arrays are of shape (n,), oldest first; those of `tail` and `full_tail` may have further axes behind the sessions.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right

import numpy as np

from core.panel import Floats

PERCENTILE_WINDOW, PERCENTILE_MINIMUM = 1260, 504
"""Percentiles of rules are among the last five years, and need two of them (metrics.md B, `pr`)."""


def ranks(values: Floats) -> Floats:
    """1 = largest; ties share the average rank; NaN is not ranked (metrics.md 0.4)."""
    present = ~np.isnan(values)
    _levels, place, shared = np.unique(values[present], return_inverse=True, return_counts=True)
    better = shared.sum() - np.cumsum(shared)
    result = np.full(len(values), np.nan)
    result[present] = (better + (shared + 1) / 2)[place]
    return result


def percentile_rank(trailing: Floats, minimum: int) -> float:
    """`pr` of the last value among the trailing ones including itself: (less + (ties + 1)/2)/n, in (0, 1].

    NaN where the last value is missing or fewer than `minimum` values are present.
    """
    last = trailing[-1]
    present = trailing[~np.isnan(trailing)]
    if np.isnan(last) or len(present) < minimum:
        return np.nan
    less = np.count_nonzero(present < last)
    ties = np.count_nonzero(present == last)
    return float((less + (ties + 1) / 2) / len(present))


def percentile_ranks(values: Floats, window: int, minimum: int) -> Floats:
    """`percentile_rank` of every value (n,) among the `window` ending with it, in one walk with a sorted window."""
    result = np.full(len(values), np.nan)
    ordered: list[float] = []
    listed = values.tolist()
    for t, value in enumerate(listed):
        if t >= window and not math.isnan(listed[t - window]):
            del ordered[bisect_left(ordered, listed[t - window])]
        if not math.isnan(value):
            less = bisect_left(ordered, value)
            ties = bisect_right(ordered, value, less) - less + 1
            ordered.insert(less, value)
            if len(ordered) >= minimum:
                result[t] = (less + (ties + 1) / 2) / len(ordered)
    return result


def std(values: Floats) -> float:
    """Sample standard deviation (ddof=1) from deviations; NaN if a value is missing or there is no variance."""
    deviation = values.std(ddof=1) if len(values) > 1 else np.nan
    return float(deviation) if deviation > 1e-13 * np.abs(values).max(initial=0.0) else np.nan


def scaled_spread(spread: float, n: int, daily: Floats) -> float:
    """`z_n`: an n-session spread in units of the random walk of its daily version, no demeaning."""
    return float(spread / (std(daily) * np.sqrt(n)))


def spearman(a: Floats, b: Floats) -> float:
    """Rank correlation over the members present in both; NaN below five (R13) or without variance."""
    both = ~(np.isnan(a) | np.isnan(b))
    if np.count_nonzero(both) < 5:
        return np.nan
    x, y = ranks(a[both]), ranks(b[both])
    x, y = x - x.mean(), y - y.mean()
    scale = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / scale) if scale > 0 else np.nan


def last_rows(t: int, n: int) -> slice:
    """The n rows up to and including row t; fewer at the start."""
    return slice(max(0, t + 1 - n), t + 1)


def tail(values: Floats, t: int, n: int) -> Floats:
    """The values of `last_rows`."""
    return values[last_rows(t, n)]


def full_tail(values: Floats, t: int, n: int) -> Floats:
    """The n values up to and including row t; all NaN where there are not n (metrics.md 0.3)."""
    return values[t + 1 - n : t + 1] if t + 1 >= n else np.full((n, *values.shape[1:]), np.nan)
