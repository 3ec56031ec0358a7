"""What a backtest stands on: the bars of one history, and the same bars shuffled in blocks (`--null`, C.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from core.backtest.bootstrap import Rows, stationary_rows
from core.breadth_board import BreadthUniverse
from core.fund_lines import FundLines
from core.panel import Floats, Panel
from core.rules.board import RuleBoard

Build: TypeAlias = Callable[[Panel, BreadthUniverse | None, Mapping[str, FundLines]], RuleBoard]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The panel of the screen, the members and the lines of funds behind it, and how rules are set over them.

    `levels` marks the columns of the panel that move by differences: volatilities and yields.
    """

    panel: Panel
    members: BreadthUniverse | None
    lines: Mapping[str, FundLines]
    levels: npt.NDArray[np.bool_]
    build: Build

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Everything the rules look at."""
        members = () if self.members is None else (self.members.panel,)
        return (self.panel, *members, *(lines.panel for lines in self.lines.values()))

    def board(self) -> RuleBoard:
        """All rules followed over this history."""
        return self.build(self.panel, self.members, self.lines)

    def shuffled(self, rng: np.random.Generator) -> Ground:
        """A market that never was: the moves of whole days, of all series together, in other order."""
        rows = 1 + stationary_rows(len(self.panel.sessions) - 1, rng)
        members = None if self.members is None else replace(self.members, panel=shuffle(self.members.panel, rows))
        lines = {fund: replace(part, panel=shuffle(part.panel, rows)) for fund, part in self.lines.items()}
        return replace(self, panel=shuffle(self.panel, rows, self.levels), members=members, lines=lines)


def shuffle(panel: Panel, rows: Rows, levels: npt.NDArray[np.bool_] | None = None) -> Panel:
    """The panel whose session k+1 moves as its session `rows[k]` did, from its first prices on.

    Prices move by returns; columns in `levels` by differences, held at the lowest level they ever had. The range of a
    day and its volume go with the day; a missing bar leaves a hole and no move.
    """
    differ = np.zeros(len(panel.symbols), dtype=np.bool_) if levels is None else levels
    px, tr = (_moved(prices, rows, differ) for prices in (panel.px, panel.tr))
    days = np.concatenate([[0], rows])
    with np.errstate(invalid="ignore", divide="ignore"):
        ranges = (px * (prices[days] / panel.px[days]) for prices in (panel.open, panel.high, panel.low))
        opened, high, low = ranges
    return replace(panel, open=opened, high=high, low=low, px=px, tr=tr, volume=panel.volume[days])


def _moved(prices: Floats, rows: Rows, differ: npt.NDArray[np.bool_]) -> Floats:
    known = np.isfinite(prices)
    first = np.where(known.any(axis=0), prices[known.argmax(axis=0), np.arange(prices.shape[1])], np.nan)
    before = prices[rows - 1]
    ratio = prices[rows] / before
    growth = np.where(np.isfinite(ratio), ratio, 1.0)
    walked = first * np.concatenate([np.ones((1, prices.shape[1])), growth.cumprod(axis=0)])
    if differ.any():
        walked[:, differ] = _level_walk(prices[:, differ], first[differ], rows)
    present = np.concatenate([known[:1], known[rows]])
    moved: Floats = np.where(present, walked, np.nan)
    return moved


def _level_walk(levels: Floats, first: Floats, rows: Rows) -> Floats:
    """A walk by differences from `first`, reflected at the lowest level (Skorokhod): it never goes below."""
    steps = levels[rows] - levels[rows - 1]
    steps = np.where(np.isfinite(steps), steps, 0.0)
    free = first + np.concatenate([np.zeros((1, levels.shape[1])), steps.cumsum(axis=0)])
    lowest = np.min(np.where(np.isfinite(levels), levels, np.inf), axis=0)
    held: Floats = free + np.maximum(0.0, np.maximum.accumulate(lowest - free, axis=0))
    return held
