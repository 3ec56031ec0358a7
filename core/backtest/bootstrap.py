"""Blocks of sessions drawn again and again, because neighbouring windows share most of their days (C.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from core.panel import Floats

DRAWS, BLOCK, SEED = 1000, 63, 20260109
LEAST_DRAWS = 0.5
"""With an entry in fewer of the draws than this share there are no bounds to tell."""

Rows: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class CircularBlocks:
    """The rows 0 .. n-1 as whole blocks that begin anywhere and go round at the end, drawn to at least n rows."""

    n: int
    starts: Rows  # (draws, blocks)

    @classmethod
    def drawn(cls, n: int, *, draws: int = DRAWS, seed: int = SEED) -> CircularBlocks:
        """The same blocks at every call with the same numbers."""
        rng = np.random.default_rng(seed)
        return cls(n, rng.integers(0, n, size=(draws, -(-n // BLOCK))))

    def sums(self, values: Floats) -> Floats:
        """The sum of `values` (n,) over the rows of each draw, (draws,): by differences of one running sum."""
        turns = -(-BLOCK // self.n) + 1
        running = np.concatenate([[0.0], np.tile(values, turns).cumsum()])
        total: Floats = (running[self.starts + BLOCK] - running[self.starts]).sum(axis=1)
        return total

    def mean(self, values: Floats, chosen: Floats) -> Floats:
        """The mean of `values` over the `chosen` rows (1, else 0) of each draw; NaN in a draw without any."""
        count = self.sums(chosen)
        with np.errstate(invalid="ignore"):
            mean: Floats = np.where(count > 0, self.sums(values * chosen) / np.maximum(count, 1.0), np.nan)
        return mean


def bounds(drawn: Floats) -> tuple[float, float] | None:
    """The 5th and 95th percentile of the draws that tell something; None where too few do, or all tell the same."""
    known = drawn[np.isfinite(drawn)]
    if len(known) < LEAST_DRAWS * len(drawn):
        return None
    low, high = np.percentile(known, (5, 95))
    return None if low == high else (float(low), float(high))


def stationary_rows(n: int, rng: np.random.Generator, mean_block: int = BLOCK) -> Rows:
    """As many rows as there are, in blocks of geometric length that go round (Politis and Romano 1994)."""
    begins = rng.random(n) < 1.0 / mean_block
    begins[0] = True
    starts = rng.integers(0, n, size=n)
    block = np.maximum.accumulate(np.where(begins, np.arange(n), 0))
    rows: Rows = (starts[block] + np.arange(n) - block) % n
    return rows
