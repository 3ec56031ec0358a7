"""The primitives of metrics.md on one series of prices that ends today.

Every function takes the whole past (oldest first) and answers for the last row; NaN where the window is not full or
holds a missing value. Nothing is carried from one call to the next.
"""

from __future__ import annotations

import math

import numpy as np

from tests.reference.data import Array, life

NAN = math.nan


def ret(prices: Array, n: int) -> float:
    """R1: the n-session return."""
    if len(prices) < n + 1:
        return NAN
    return float(prices[-1] / prices[-1 - n] - 1)


def daily(prices: Array) -> Array:
    """The simple one-session returns, one fewer than prices."""
    return prices[1:] / prices[:-1] - 1


def last(values: Array, n: int) -> Array | None:
    """The last n values, or None unless all n are there."""
    window = values[-n:]
    if len(window) < n or not np.isfinite(window).all():
        return None
    return window


def mean(values: Array, n: int) -> float:
    window = last(values, n)
    return NAN if window is None else float(np.mean(window))


def std(values: Array, n: int, ddof: int = 1) -> float:
    window = last(values, n)
    return NAN if window is None else float(np.std(window, ddof=ddof))


def highest(values: Array, n: int) -> float:
    window = last(values, n)
    return NAN if window is None else float(np.max(window))


def lowest(values: Array, n: int) -> float:
    window = last(values, n)
    return NAN if window is None else float(np.min(window))


def sigma(prices: Array, n: int) -> float:
    """V1: the daily sample deviation of the last n returns."""
    return std(daily(prices), n)


def ratio(top: float, bottom: float) -> float:
    """A quotient that is NaN, never infinite, where the divisor is zero."""
    return NAN if bottom == 0 else top / bottom


def side_of_sma(prices: Array, n: int) -> int | None:
    """0.4: +1 above the n-session average, -1 below it, 0 on it; None while the window is not full."""
    window = last(prices, n)
    if window is None:
        return None
    total = float(np.sum(window))
    if n * prices[-1] > total * (1 + 1e-12):
        return 1
    if n * prices[-1] < total * (1 - 1e-12):
        return -1
    return 0


def sign(x: float) -> int:
    return (x > 0) - (x < 0)


def percentile_rank(values: Array, n: int = 1260, at_least: int = 504) -> float:
    """pr_n: (number of values below today's + (ties + 1) / 2) / count, today among them; ties counts today itself."""
    window = values[-n:]
    window = window[np.isfinite(window)]
    if len(window) < at_least or not math.isfinite(values[-1]):
        return NAN
    below = int(np.sum(window < values[-1]))
    ties = int(np.sum(window == values[-1]))
    return (below + (ties + 1) / 2) / len(window)


def wilder(values: Array, n: int) -> Array:
    """Wilder's average at every row: the mean of the first n values, then ((n - 1) * average + value) / n."""
    out = np.full(len(values), NAN)
    if len(values) < n:
        return out
    average = float(np.mean(values[:n]))
    out[n - 1] = average
    for i in range(n, len(values)):
        average = ((n - 1) * average + float(values[i])) / n
        out[i] = average
    return out


def rsi(prices: Array, n: int = 14) -> Array:
    """T4 at every row of `prices`; the first n rows, and those before the first price, are NaN."""
    out = np.full(len(prices), NAN)
    lived = life(prices)
    if len(lived) < n + 1:
        return out
    change = np.diff(lived)
    gain = wilder(np.where(change > 0, change, 0.0), n)
    loss = wilder(np.where(change < 0, -change, 0.0), n)
    first = len(prices) - len(change)
    for i in range(n - 1, len(change)):
        moved = gain[i] + loss[i]
        out[first + i] = 50.0 if moved == 0 else 100 * gain[i] / moved
    return out


def percent_b(prices: Array) -> float:
    """T5: where the price stands between the Bollinger bands, population deviation."""
    average, deviation = mean(prices, 20), std(prices, 20, ddof=0)
    return ratio(float(prices[-1]) - (average - 2 * deviation), 4 * deviation)


def extension(px: Array, tr: Array) -> float:
    """T6: the distance from SMA50 in units of a 50-session random walk."""
    return ratio(float(px[-1]) / mean(px, 50) - 1, sigma(tr, 60) * math.sqrt(50))


def average_true_range(high: Array, low: Array, close: Array, n: int = 14) -> float:
    """T8: Wilder's average of the true range, which begins at the second full bar."""
    full = np.isfinite(high) & np.isfinite(low) & np.isfinite(close)
    if not full[-1:].any():
        return NAN
    high, low, close = high[full], low[full], close[full]
    true_range = [
        max(high[i] - low[i], abs(high[i] - close[i - 1]), abs(low[i] - close[i - 1])) for i in range(1, len(close))
    ]
    averages = wilder(np.array(true_range, dtype=np.float64), n)
    return float(averages[-1]) if len(averages) else NAN


def ewma_volatility(prices: Array) -> float:
    """V3: the root of v_{t+1}; v_0, the mean square of the first 75 returns, stands before the first return."""
    returns = daily(life(prices))
    if len(returns) < 75:
        return NAN
    v = float(np.mean(returns[:75] ** 2))
    for r in returns:
        v = 0.94 * v + 0.06 * float(r) ** 2
    return math.sqrt(v)


def drawdowns(prices: Array) -> Array:
    """V9 at every row since the first price: price over the highest price so far, less one."""
    lived = life(prices)
    return lived / np.maximum.accumulate(lived) - 1


def beta(asset: Array, bench: Array, n: int) -> float:
    """X1 on the last n daily returns."""
    a, b = last(daily(asset), n), last(daily(bench), n)
    if a is None or b is None:
        return NAN
    return ratio(float(np.cov(a, b, ddof=1)[0, 1]), float(np.var(b, ddof=1)))


def correlation(asset: Array, bench: Array, n: int) -> float:
    """X2 on the last n daily returns."""
    a, b = last(daily(asset), n), last(daily(bench), n)
    if a is None or b is None or np.var(a) == 0 or np.var(b) == 0:
        return NAN
    return float(np.cov(a, b, ddof=1)[0, 1]) / float(np.std(a, ddof=1) * np.std(b, ddof=1))
