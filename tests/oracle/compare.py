"""What an oracle is, how far the engine is from it, and how a library that knows no missing value is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.panel import Floats
from tests.oracle.data import Market

TOLERANCE = 1e-9

Values: TypeAlias = npt.ArrayLike | Sequence[float | None]
Pair: TypeAlias = tuple[Values, Values]
"""What the engine says and what the oracle says: arrays or tables of one shape; None is no number."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two answers are apart over all places where both have a number.

    `largest` is the largest absolute difference; `scaled` is the largest of |ours - theirs| / max(1, |theirs|), which
    is what must be small: an average of 48,000 index points, or of a thousand million shares, has no digit at 1e-9.
    `one_sided` counts the places where only one of the two has a number, or the engine says infinite; an oracle that
    divides by zero has none (metrics.md 0.4).
    """

    largest: float
    scaled: float
    count: int
    one_sided: int


@dataclass(frozen=True, slots=True)
class Oracle:
    """One metric of metrics.md against one function of one library.

    `pairs` gives what is compared in a market that has the symbols `needs` and as many `sessions`.
    """

    metric_id: str
    what: str
    oracle: str
    pairs: Callable[[Market], Iterable[Pair]]
    needs: tuple[str, ...] = ()
    sessions: int = 0

    @property
    def library(self) -> str:
        """The package that must be installed."""
        return self.oracle.partition(".")[0]

    def answers(self, market: Market) -> bool:
        """Whether the market has what the metric needs."""
        panel = market.panel
        return set(self.needs) <= set(panel.symbols) and len(panel.sessions) >= self.sessions

    def compare(self, market: Market) -> Difference:
        """The difference over everything the oracle has to say of a market."""
        return difference(self.pairs(market))


def difference(pairs: Iterable[Pair]) -> Difference:
    """The largest difference and the counts over some pairs. Raises ValueError where their shapes differ."""
    largest = scaled = 0.0
    count = one_sided = 0
    for pair in pairs:
        ours, theirs = (np.asarray(side, dtype=np.float64) for side in pair)
        if ours.shape != theirs.shape:
            raise ValueError(f"ours has shape {ours.shape}, theirs {theirs.shape}")
        both = np.isfinite(ours) & np.isfinite(theirs)
        gap = np.abs(ours[both] - theirs[both])
        largest = max(largest, float(gap.max(initial=0.0)))
        scaled = max(scaled, float((gap / np.maximum(1.0, np.abs(theirs[both]))).max(initial=0.0)))
        count += int(both.sum())
        one_sided += int((np.isinf(ours) | (np.isfinite(ours) != np.isfinite(theirs))).sum())
    return Difference(largest, scaled, count, one_sided)


def each(table: pd.DataFrame, of: Callable[[Floats], npt.ArrayLike]) -> pd.DataFrame:
    """`of` what is there of each column, put back at its sessions: the library never sees a missing value (D.3)."""
    result = pd.DataFrame(np.nan, table.index, table.columns)
    for symbol, column in table.items():
        known = column.dropna()
        result.loc[known.index, symbol] = np.asarray(of(known.to_numpy(copy=True)), dtype=np.float64)
    return result


def sampled(table: pd.DataFrame, n: int, *, count: int = 25) -> Iterator[tuple[int, pd.DataFrame]]:
    """Some sessions spread over all that have n full rows, the first and the last among them, with those rows."""
    complete = table.notna().all(axis=1).rolling(n).sum() == n
    ends = np.flatnonzero(complete)
    for place in np.unique(np.linspace(0, len(ends) - 1, min(count, len(ends))).astype(int)):
        t = int(ends[place])
        yield t, table.iloc[t + 1 - n : t + 1]
