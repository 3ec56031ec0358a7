"""Closes that look like a split nobody applied, or like a slip of the pen (metrics.md 0.4).

A one-session change beyond 40 % makes a close suspect if its ratio is within 2 % of a split ratio in use, or
beyond a factor of five; the third close in a row within 20 % of it clears it. A close further off is the one that
the next three must stay near: a price that moves on is not in doubt for ever. Real crashes stay in: with every
n:m up to 20 allowed nearly any ratio is near one, so the ratios are those splits really have (docs/decisions/006).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.metrics.row import Row
from core.panel import Floats

JUMP = 0.40
FACTOR = 5.0
NEAR = 0.02
STAYS = 0.20
CLEARED_AFTER = 3

_FORWARD = np.array([*range(2, 21), 3 / 2, 5 / 2, 7 / 2])
_SPLIT_RATIOS = np.concatenate([_FORWARD, 1 / _FORWARD])


class Suspects:
    """Which of N symbols are suspect, session by session."""

    def __init__(self, symbols: int) -> None:
        self._last = np.full(symbols, np.nan)
        self._level = np.full(symbols, np.nan)  # the close in doubt; NaN where there is none
        self._stayed = np.zeros(symbols)

    def doubted(self, row: Row) -> npt.NDArray[np.bool_]:
        """Where the symbol has a close that is in doubt, (N,)."""
        level, _stayed = self._next(row)
        doubted: npt.NDArray[np.bool_] = np.isfinite(row.px) & np.isfinite(level)
        return doubted

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        present = np.isfinite(row.px)
        level, stayed = self._next(row)
        self._level = np.where(present, level, self._level)
        self._stayed = np.where(present, stayed, self._stayed)
        self._last = np.where(present, row.px, self._last)

    def _next(self, row: Row) -> tuple[Floats, Floats]:
        """The close in doubt and how many closes have stayed near it, after this row."""
        ratio = row.px / self._last
        jumped = np.abs(ratio - 1.0) > JUMP
        jumped[jumped] = [looks_wrong(one) for one in ratio[jumped].tolist()]
        doubted = np.isfinite(self._level)
        if not (jumped.any() or doubted.any()):  # as good as always
            return self._level, self._stayed
        near = np.abs(row.px / self._level - 1.0) <= STAYS
        stayed = np.where(near & ~jumped, self._stayed + 1, 0.0)
        begun = jumped | (doubted & ~near)
        level = np.where(begun, row.px, np.where(stayed >= CLEARED_AFTER, np.nan, self._level))
        return level, stayed


def looks_wrong(ratio: float) -> bool:
    """Whether a one-session price ratio has the size of a split or of a slip (metrics.md 0.4)."""
    if not abs(ratio - 1.0) > JUMP:  # NaN, too, is no jump
        return False
    return not 1 / FACTOR <= ratio <= FACTOR or bool(np.abs(ratio / _SPLIT_RATIOS - 1.0).min() <= NEAR)
