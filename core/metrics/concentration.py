"""Group C: how much of a market a few names carry (metrics.md B.6, C1 to C7; C8 is `cross_asset.effective_bets`).

Arrays of shape (B, N): the weights and window returns of N lines at B windows, as in `cross_asset`. Weights are
fractions rolled to the session for C1 and C3, to the window's start for all others (`core.weights.rolled`); the
index return is that of the fund itself, on the basis of the returns. A line without a return is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.panel import Floats

MAG7 = ("AAPL", "MSFT", "NVDA", "AMZN", "GOOGL", "GOOG", "META", "TSLA")
"""Eight lines of seven companies."""

LEAST_MOVE = 0.02
"""An index return smaller than this has no shares: the quotient would say nothing (C2, C5)."""

LEAST_PRICED = 0.80
"""C5 to C7 need returns for this share of the weight."""

TOP = 10
EQUAL, CAP, LARGEST = "RSP", "SPY", ("XLG", "MAGS")
"""The funds of C4; of the largest names the first that has a return."""


@dataclass(frozen=True, slots=True)
class PriceSpreads:
    """C4: equal weight less cap weight, and the largest names less equal weight; fractions."""

    equal_less_cap: float
    largest_less_equal: float


def group_weight(weights: Floats, group: npt.NDArray[np.bool_]) -> Floats:
    """C1: weight of the lines where `group` (N,) is true, shape (B,); NaN where there is no such line."""
    total: Floats = weights[:, group].sum(axis=1)
    return total if group.any() else np.full(len(weights), np.nan)


def contribution(weights: Floats, returns: Floats, group: npt.NDArray[np.bool_]) -> Floats:
    """C2: return that the group brought to the index, shape (B,); NaN if any of its lines has no return."""
    total: Floats = (weights[:, group] * returns[:, group]).sum(axis=1)
    return total if group.any() else np.full(len(weights), np.nan)


def share_of_return(contributions: Floats, index_return: Floats) -> Floats:
    """C2, C5: contributions as a share of the index return; NaN where that is below 2 % either way.

    A share above 1, or a negative one, is legal.
    """
    moved = np.abs(index_return) >= LEAST_MOVE
    share: Floats = np.where(moved, contributions, np.nan) / np.where(moved, index_return, 1.0)
    return share


def effective_names(weights: Floats, companies: npt.NDArray[np.intp]) -> Floats:
    """C3: 1 / sum of squared weights, shape (B,); lines with the same number in `companies` (N,) are one name."""
    order = np.argsort(companies, kind="stable")
    first = np.flatnonzero(np.diff(companies[order], prepend=-1))
    by_name = np.add.reduceat(weights[:, order], first, axis=1)
    names: Floats = by_name.sum(axis=1) ** 2 / (by_name**2).sum(axis=1)
    return names


def price_spreads(returns: Mapping[str, float]) -> PriceSpreads:
    """C4 from the funds' returns over one window; NaN where one is missing."""
    equal = returns.get(EQUAL, np.nan)
    known = (returns[fund] for fund in LARGEST if np.isfinite(returns.get(fund, np.nan)))
    return PriceSpreads(equal - returns.get(CAP, np.nan), next(known, np.nan) - equal)


def priced(weights: Floats, returns: Floats) -> Floats:
    """Share of the weight whose lines have a return, shape (B,)."""
    share: Floats = np.where(np.isfinite(returns), weights, 0.0).sum(axis=1) / weights.sum(axis=1)
    return share


def top_share(weights: Floats, returns: Floats, index_return: Floats, k: int = TOP) -> Floats:
    """C5: share of the index return that its k largest contributors brought, shape (B,)."""
    largest = np.sort(_brought(weights, returns), axis=1)[:, -k:]
    together = np.where(np.isfinite(largest), largest, 0.0).sum(axis=1)
    return share_of_return(np.where(_enough(weights, returns), together, np.nan), index_return)


def top_contributors(weights: Floats, returns: Floats, k: int = TOP) -> list[tuple[int, float]]:
    """C5's names at one window, from arrays (N,): line and contribution of the k largest, the largest first."""
    brought = _brought(weights, returns)
    order = np.argsort(-brought, kind="stable")[:k]
    return [(int(line), float(brought[line])) for line in order if np.isfinite(brought[line])]


def mean_less_median(weights: Floats, returns: Floats) -> Floats:
    """C6: mean less median member return, shape (B,): positive where a few members pull the mean up."""
    known = _enough(weights, returns)
    skew = np.full(len(returns), np.nan)
    skew[known] = np.nanmean(returns[known], axis=1) - np.nanmedian(returns[known], axis=1)
    return skew


def index_less_equal(weights: Floats, returns: Floats, index_return: Floats) -> Floats:
    """C6: index return less the mean of its members', each bought for the same sum at the window's start."""
    known = _enough(weights, returns)
    spread = np.full(len(returns), np.nan)
    spread[known] = index_return[known] - np.nanmean(returns[known], axis=1)
    return spread


def beating_share(weights: Floats, returns: Floats, index_return: Floats) -> Floats:
    """C7: share of the members with a return that beat the index, shape (B,)."""
    known = _enough(weights, returns) & np.isfinite(index_return)
    beating = (returns > index_return[:, None]).sum(axis=1)
    share: Floats = np.where(known, beating, np.nan) / np.where(known, np.isfinite(returns).sum(axis=1), 1)
    return share


def _brought(weights: Floats, returns: Floats) -> Floats:
    """Contribution of each line, below all others where it has no return."""
    return np.where(np.isfinite(returns), weights * returns, -np.inf)


def _enough(weights: Floats, returns: Floats) -> npt.NDArray[np.bool_]:
    """Whether enough of the weight has a return, shape (B,)."""
    enough: npt.NDArray[np.bool_] = priced(weights, returns) >= LEAST_PRICED
    return enough
