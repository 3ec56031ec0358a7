"""A universe of members: the lean fold of their metrics, and their breadth at every session.

The same fold as that of the screen symbols with fewer families, so a member's average or high has the one
definition there is. Of the history only the breadth is kept: a few numbers a session, not an array a member.
"""

from __future__ import annotations

import numpy as np

from core.metrics.breadth import Breadth
from core.metrics.fold import BulkFamily, BulkFold
from core.metrics.returns import Returns
from core.metrics.row import Row
from core.metrics.suspects import Suspects
from core.metrics.trend import Participation, Range, Strength
from core.metrics.volatility import Deviation, Pair
from core.panel import Floats, LiveRow, Panel

SERIES_SESSIONS = 756
"""Breadth is read for so many sessions, three years; those before only fill the members' windows.

By then no average remembers its seed (0.95 to the 756th is 1e-17), and the line of B3 has a shape, not a level.
"""


def member_families(panel: Panel, benchmark: int) -> tuple[BulkFamily, ...]:
    """What is folded of a member: returns, averages, extremes, strength, deviation, beta and correlation."""
    symbols = len(panel.symbols)
    return (
        Returns(panel.tr, panel.px),
        Participation(symbols),
        Range(symbols),
        Strength(symbols),
        Deviation(symbols, (20, 60)),
        Pair(symbols, benchmark),
    )


class Members:
    """Breadth of one universe over the finished sessions of `panel`, and at a provisional one on top.

    `history[name]` has shape (T+1,), NaN before the last `SERIES_SESSIONS`; its last place is for the provisional
    one. `doubted` names by row the members whose close there is in doubt, where there are any. `latest` holds the
    members' own metrics at the last session read, `live` the provisional row where there is one.
    """

    def __init__(self, panel: Panel, *, benchmark: int = -1) -> None:
        self.panel = panel
        self.finished = len(panel.sessions)
        self._fold = BulkFold(panel, member_families(panel, benchmark))
        self._breadth = Breadth()
        self._suspects = Suspects(len(panel.symbols))
        self.history: dict[str, Floats] = {}
        self.doubted: dict[int, tuple[str, ...]] = {}
        self.latest: dict[str, Floats] = {}
        self.live: LiveRow | None = None
        begin = max(0, self.finished - SERIES_SESSIONS)
        for t in range(begin):
            self._suspects.advance(self._fold.finished_row(t))
        self._fold.begin_at(begin)
        for t in range(begin, self.finished):
            row = self._fold.finished_row(t)
            self._breadth.advance(self._read(row))
            self._suspects.advance(row)
            self._fold.advance(row)

    def put_live(self, live: LiveRow | None) -> None:
        """Read the provisional session on top of the finished ones; None where no member is quoted in it."""
        self.live = live
        if live is None:
            for values in self.history.values():
                values[self.finished] = np.nan
            self.history["counted"][self.finished] = 0.0
            self.doubted.pop(self.finished, None)
        else:
            self._read(self._fold.live_row(live))

    def _read(self, row: Row) -> dict[str, float]:
        """The breadth of `row`, written down at its place."""
        doubted = self._suspects.doubted(row)
        self.doubted.pop(row.t, None)
        if doubted.any():
            self.doubted[row.t] = tuple(self.panel.symbols[k] for k in np.flatnonzero(doubted))
        self.latest = self._fold.read(row)
        now = self._breadth.read(row, self.latest, np.isfinite(row.px) & ~doubted)
        self._write(row.t, now)
        return now

    def _write(self, t: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            if name not in self.history:
                self.history[name] = np.full(self.finished + 1, np.nan)
            self.history[name][t] = value
