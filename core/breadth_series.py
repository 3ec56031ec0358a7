"""A breadth universe over the sessions, and what is looked back on in it: B12, and the line of B3 against its high.

One number a session by name, the last place being for the provisional one. A finished session and a provisional
one go through the same step.
"""

from __future__ import annotations

import numpy as np

from core.metrics.breadth import CONFLICT_SHARES, CONFLICT_TREND, WARM_UP, Conflict, conflict_fires
from core.metrics.members import SERIES_SESSIONS, Members
from core.metrics.statistics import full_tail
from core.panel import Floats, LiveRow, Panel

HIGH_SESSIONS = 63
"""W08: the window of the closing high of the index, and of the high of the advance/decline line."""

_COVERAGE = {"coverage": "counted", "average_coverage": "above_sma200_counted", "highs_coverage": "highs_counted"}
_LOOKED_BACK = (
    *(*_COVERAGE, "line_gap", "line_below", "index_high"),
    *(f"{kind}_{100 * share:.1f}" for share in CONFLICT_SHARES for kind in ("active", "firings")),
)


class BreadthSeries:
    """Everything `Members.history` has, and by name what follows.

    `coverage`, the usable members as a share of all, `average_coverage` and `highs_coverage`, those of them with 200
    and 252 sessions; `line_gap`, the A/D line less its highest of 63 sessions, and `line_below`, for how many
    sessions in a row it has been below; `index_high`, 1 at a 63-session closing high of the index;
    `active_{share}` and `firings_{share}` of B12, the sessions left of its 30 and the firings so far.
    """

    def __init__(self, panel: Panel, size: int, index: Floats) -> None:
        """`size` counts the members, priced or not; `index` is the closes of SPY, whose last place changes live."""
        self.members = Members(panel)
        self._size = size
        self._index = index
        places = self.members.finished + 1
        self._looked_back = {name: np.full(places, np.nan) for name in _LOOKED_BACK}
        self._conflicts = {share: Conflict() for share in CONFLICT_SHARES}
        for t in range(max(0, self.members.finished - SERIES_SESSIONS), self.members.finished):
            self._conflicts = self._step(t)

    def put_live(self, live: LiveRow | None) -> None:
        """Lay the provisional session of the members on top; None where too few of them are quoted."""
        self.members.put_live(live)
        self._step(self.members.finished)

    def value(self, name: str, t: int) -> float:
        """One number at row t; NaN where it is missing."""
        return float(self.values(name)[t])

    def values(self, name: str) -> Floats:
        """The whole series of a name, (T+1,), with the provisional place."""
        found = self._looked_back.get(name)
        return self.members.history[name] if found is None else found

    def warm(self, t: int) -> bool:
        """Whether the McClellan oscillator no longer depends on its seed at row t."""
        return self.value("mcclellan_rows", t) >= WARM_UP

    def _step(self, t: int) -> dict[float, Conflict]:
        """Write row t down, and give the conflicts after it."""
        line, index = self.members.history["ad_line"], self._index
        gap = float(line[t] - full_tail(line, t, HIGH_SESSIONS).max())
        before = float(self._looked_back["line_below"][t - 1]) if t else np.nan
        highest = float(full_tail(index, t, HIGH_SESSIONS).max())
        trend = float(index[t] / index[t - CONFLICT_TREND] - 1.0) if t >= CONFLICT_TREND else np.nan
        values = {n: self.value(n, t) for n in ("high_share", "low_share", "new_highs", "new_lows", "mcclellan")}
        found = {
            **{
                name: self.value(counted, t) / self._size if self._size else np.nan
                for name, counted in _COVERAGE.items()
            },
            "line_gap": gap,
            "line_below": np.nan if np.isnan(gap) else (np.nan_to_num(before) + 1 if gap < 0 else 0.0),
            "index_high": np.nan if np.isnan(highest) else float(index[t] >= highest),
        }
        conflicts = {}
        for share, conflict in self._conflicts.items():
            fired = conflict_fires(values, trend, share)
            now = conflicts[share] = conflict.after(fired=fired, oscillator=values["mcclellan"])
            found |= {f"active_{100 * share:.1f}": now.active, f"firings_{100 * share:.1f}": now.firings}
        for name, value in found.items():
            self._looked_back[name][t] = value
        return conflicts
