"""X3, X4, X5, X8, X11 and Y1 of metrics.md B.7 and B.8, on the past of some funds; returns are on `tr`.

Choices the specification leaves:
- X4's and X11's sessions are daily returns, so that 252 of them need 253 prices; ΔAR's means and deviation are over the
  last 15 and 252 values of AR, today's among both.
- X11's percentile, as every percentile of 1,260 sessions, accepts 504.
- Y1's components use the deviation over 252 sessions, that of IWM-SPY too ("elsewhere 252").
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tests.reference.basics import NAN, daily, last, mean, ratio, ret, std
from tests.reference.data import SECTORS, Array, Data, past
from tests.reference.rotation import rotation_z21

APPETITE = [("XLY", "XLP"), ("IWM", "SPY"), ("HYG", "IEF"), ("SMH", "SPY"), ("SPHB", "SPLV"), ("CPER", "GLD")]


def sector_returns(data: Data) -> Array:
    """The daily returns of the eleven sector funds: one row fewer than sessions, row i - 1 is session i."""
    newest = len(data.sessions) - 1
    return np.stack([daily(past(data.tr, symbol, newest)) for symbol in SECTORS], axis=1)


def rows(returns: Array, n: int) -> Array | None:
    """The last n rows, or None unless all are there."""
    window = returns[-n:]
    return window if len(window) == n and np.isfinite(window).all() else None


def average_correlation(returns: Array, n: int = 63) -> float:
    """X3: the mean of the off-diagonal of the correlation matrix."""
    window = rows(returns, n)
    if window is None:
        return NAN
    count = window.shape[1]
    matrix = np.corrcoef(window, rowvar=False)
    return float((np.sum(matrix) - count) / (count * (count - 1)))


def absorption(returns: Array, n: int = 252) -> float:
    """X4: the share of the k greatest eigenvalues of the covariance, k = N / 5 rounded half up."""
    window = rows(returns, n)
    if window is None:
        return NAN
    k = math.floor(window.shape[1] / 5 + 0.5)
    eigenvalues = np.sort(np.linalg.eigvalsh(np.cov(window, rowvar=False)))[::-1]
    return float(np.sum(eigenvalues[:k]) / np.sum(eigenvalues))


def absorption_shift(ratios: Array) -> float:
    """X4: ΔAR of the absorption ratios up to today."""
    return ratio(mean(ratios, 15) - mean(ratios, 252), std(ratios, 252))


def turbulence(returns: Array) -> float:
    """X11: the squared Mahalanobis distance of today's returns from the 252 sessions before, over N."""
    window, today = rows(returns[:-1], 252), rows(returns, 1)
    if window is None or today is None:
        return NAN
    covariance = np.cov(window, rowvar=False, ddof=1)
    if not np.linalg.cond(covariance) < 1e12:
        return NAN
    away = today[0] - np.mean(window, axis=0)
    return float(away @ np.linalg.solve(covariance, away)) / len(away)


@dataclass(frozen=True)
class RateSensitivity:
    """X5: the slopes on SPY and on the bond fund, the t of the latter, and the fit's R²."""

    b: float
    gamma: float
    t: float
    r2: float


def rate_sensitivity(iwm: Array, spy: Array, bond: Array, n: int = 126) -> RateSensitivity:
    """X5 by ordinary least squares on the last n daily returns; the residual has n - 3 degrees of freedom."""
    y, x, z = last(daily(iwm), n), last(daily(spy), n), last(daily(bond), n)
    if y is None or x is None or z is None:
        return RateSensitivity(NAN, NAN, NAN, NAN)
    design = np.stack([np.ones(n), x, z], axis=1)
    inverse = np.linalg.inv(design.T @ design)
    slopes = inverse @ design.T @ y
    residual = y - design @ slopes
    variance = float(residual @ residual) / (n - 3)
    around_mean = y - np.mean(y)
    return RateSensitivity(
        b=float(slopes[1]),
        gamma=float(slopes[2]),
        t=ratio(float(slopes[2]), math.sqrt(variance * float(inverse[2, 2]))),
        r2=1 - ratio(float(residual @ residual), float(around_mean @ around_mean)),
    )


def z21_of_return(prices: Array) -> float:
    """The 21-session return in units of σ_252·√21 (W14)."""
    return ratio(ret(prices, 21), std(daily(prices), 252) * math.sqrt(21))


def z21_of_spread(a: Array, b: Array) -> float:
    """The 21-session spread in units of its own daily deviation over 252 sessions."""
    return ratio(ret(a, 21) - ret(b, 21), std(daily(a) - daily(b), 252) * math.sqrt(21))


def appetite(data: Data, at: int) -> float:
    """Y1: 100 times the mean of the components that are there; at least five."""
    scores = [rotation_z21(data, at, "msci")]
    for a, b in APPETITE:
        if a in data.symbols and b in data.symbols:
            scores.append(z21_of_spread(past(data.tr, a, at), past(data.tr, b, at)))
    vix = past(data.px, "^VIX", at)
    if len(vix) > 21:
        scores.append(-ratio(float(vix[-1] - vix[-22]), std(np.diff(vix), 252) * math.sqrt(21)))
    parts = [min(max(z, -2.0), 2.0) / 2 for z in scores if math.isfinite(z)]
    return 100 * sum(parts) / len(parts) if len(parts) >= 5 else NAN
