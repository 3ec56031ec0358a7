"""Group X: correlation, absorption, turbulence, rate sensitivity (metrics.md B.7), on daily returns of `tr`.

Every function takes windows of shape (B, n, k), n sessions of k series ending at B sessions, and gives B values:
the whole history is B = T, a live refresh is B = 1, and the definition is the same. A window with a missing
value is NaN, as everywhere.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.panel import Floats

WORST_CONDITION = 1e12
"""Above it a covariance is singular for our purpose (X11, B.10)."""
REGRESSION = 126
"""X5: the sessions of a regression."""
SHIFT_SHORT, SHIFT_LONG = 15, 252
"""X4: the sessions whose means the shift compares."""


def windows(values: Floats, n: int) -> Floats:
    """Trailing windows of n rows of (T, k): shape (T, n, k), a view; NaN where there are not n rows yet."""
    padded = np.concatenate([np.full((n - 1, *values.shape[1:]), np.nan), values])
    view: Floats = np.lib.stride_tricks.sliding_window_view(padded, n, axis=0)
    return np.moveaxis(view, -1, 1)


def average_correlation(r: Floats) -> Floats:
    """X3: mean pairwise correlation of k series; by the variance of the sum of standardised returns."""
    deviation = r.std(axis=1, ddof=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (r - r.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, np.nan)
    k = r.shape[2]
    average: Floats = (z.sum(axis=2).var(axis=1, ddof=1) - k) / (k * (k - 1))
    return average


def covariances(r: Floats) -> Floats:
    """Sample covariance matrices (ddof=1), shape (B, k, k)."""
    centred = r - r.mean(axis=1, keepdims=True)
    matrices: Floats = centred.transpose(0, 2, 1) @ centred / (r.shape[1] - 1)
    return matrices


def absorption(r: Floats) -> Floats:
    """X4: share of the variance in the largest k/5 eigenvectors (half rounds up) of k series; NaN where none moved."""
    k = r.shape[2]
    largest = int(np.floor(k / 5 + 0.5))
    eigenvalues = _eigenvalues(covariances(r))
    total = eigenvalues.sum(axis=1)
    share: Floats = eigenvalues[:, -largest:].sum(axis=1) / np.where(total > 0, total, np.nan)
    return share


def shifts(series: Floats) -> Floats:
    """X4's standardised shift at each value: (mean of 15 - mean of 252) / std of 252 sessions, ddof=1."""
    year = windows(series.reshape(-1, 1), SHIFT_LONG)[:, :, 0]
    deviation = year.std(axis=1, ddof=1)
    shift: Floats = year[:, -SHIFT_SHORT:].mean(axis=1) - year.mean(axis=1)
    return shift / np.where(deviation > 0, deviation, np.nan)


def effective_bets(r: Floats) -> Floats:
    """C8: exp of the entropy of the eigenvalue shares of the correlation matrix of k series."""
    matrices = covariances(r)
    scale = np.sqrt(np.einsum("bii->bi", matrices))
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = _eigenvalues(matrices / (scale[:, :, None] * scale[:, None, :])) / r.shape[2]
        shares = np.clip(shares, 0.0, None)
        entropy = -np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1.0)), 0.0 * shares).sum(axis=1)
    bets: Floats = np.exp(entropy)
    return bets


def turbulence(today: Floats, before: Floats) -> Floats:
    """X11: squared Mahalanobis distance of today's k returns from the window before it, divided by k.

    `today` has shape (B, k); `before` (B, n, k) must not include today. A series that stood still is left out;
    a singular covariance gives NaN.
    """
    result = np.full(len(today), np.nan)
    known = np.isfinite(today).all(axis=1) & np.isfinite(before).all(axis=(1, 2))
    moving = before.std(axis=1) > 0
    usual = known & moving.all(axis=1)
    result[usual] = _distances(today[usual], before[usual])
    for b in np.flatnonzero(known & ~moving.all(axis=1) & moving.any(axis=1)):
        result[b] = _distances(today[b : b + 1, moving[b]], before[b : b + 1, :, moving[b]])[0]
    return result


def regression(y: Floats, x: Floats) -> tuple[Floats, Floats]:
    """X5: ordinary least squares with intercept of y (B, n) on x (B, n, m): slopes and the t of each, (B, m).

    Solved on deviations from the mean, where the equations are well conditioned. NaN where a value is missing
    or the regressors are collinear.
    """
    b, n, m = x.shape
    centred, target = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    gram = centred.transpose(0, 2, 1) @ centred
    slopes, statistics = np.full((b, m), np.nan), np.full((b, m), np.nan)
    good = np.isfinite(target).all(axis=1) & _regular(gram)
    inverse = np.linalg.inv(gram[good])
    slopes[good] = np.einsum("bij,bnj,bn->bi", inverse, centred[good], target[good])
    residual = target[good] - np.einsum("bni,bi->bn", centred[good], slopes[good])
    variance = (residual**2).sum(axis=1, keepdims=True) / (n - m - 1)
    statistics[good] = slopes[good] / np.sqrt(variance * np.einsum("bii->bi", inverse))
    return slopes, statistics


def explained(y: Floats, x: Floats, slopes: Floats) -> Floats:
    """R² of a `regression` with these slopes: the share of the variance of y that it explains, shape (B,)."""
    centred, target = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    residual = target - np.einsum("bni,bi->bn", centred, slopes)
    total = (target**2).sum(axis=1)
    share: Floats = 1.0 - (residual**2).sum(axis=1) / np.where(total > 0, total, np.nan)
    return share


def diversification(r: Floats) -> Floats:
    """X13: mean deviation of k series over the deviation of their equally weighted sum."""
    together = r.mean(axis=2).std(axis=1, ddof=1)
    apart = r.std(axis=1, ddof=1).mean(axis=1)
    ratio: Floats = np.where(together > 0, apart / np.where(together > 0, together, 1.0), np.nan)
    return ratio


def _distances(today: Floats, before: Floats) -> Floats:
    matrices = covariances(before)
    distance = today - before.mean(axis=1)
    result = np.full(len(today), np.nan)
    good = _regular(matrices)
    solved = np.linalg.solve(matrices[good], distance[good][:, :, None])[:, :, 0]
    result[good] = (distance[good] * solved).sum(axis=1) / today.shape[1]
    return result


def _regular(matrices: Floats) -> npt.NDArray[np.bool_]:
    """Which symmetric matrices can be inverted with digits to spare."""
    eigenvalues = _eigenvalues(matrices)
    regular: npt.NDArray[np.bool_] = eigenvalues[:, 0] > eigenvalues[:, -1] / WORST_CONDITION
    return regular


def _eigenvalues(matrices: Floats) -> Floats:
    """Ascending eigenvalues, NaN for a matrix with a missing value (which LAPACK would refuse)."""
    result = np.full(matrices.shape[:2], np.nan)
    whole = np.isfinite(matrices).all(axis=(1, 2))
    if whole.any():
        result[whole] = np.linalg.eigvalsh(matrices[whole])
    return result
