"""Group C of the funds whose lines are known, one number a session: what rules and the snapshot look back on.

C1 to C3 are about the fund SPY, C5 to C7 about IWM. Finished sessions are computed together, a provisional one
alone, by the same formulas. A session that the dated weights do not serve any more, or not yet, is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from core.fund_lines import FundLines, Rows
from core.metrics import concentration as c
from core.metrics.fold import History
from core.metrics.members import SERIES_SESSIONS
from core.panel import Floats, LiveRow
from core.universe import LARGE, SMALL
from core.weights import companies

WINDOWS = (21, 63)
LONG = 63

_AT_ONCE = 256
"""Sessions computed together: of 2,000 lines, 4 MB an array."""


class ConcentrationSeries:
    """`value` gives c1, c2_{n}s, c2_contribution_{n}s, c3, c5, c6_skew, c6_index_less_equal and c7.

    A universe that stands in for a fund, whose members all weigh the same, is looked at for as many sessions as
    its breadth.
    """

    def __init__(self, history: History, columns: Mapping[str, int], lines: Mapping[str, FundLines]) -> None:
        self._history = history
        self._columns = columns
        self.lines = lines
        self._live: Mapping[str, LiveRow | None] = {}
        self._series: dict[str, Floats] = {}
        for fund in lines:
            rows = self._served(fund)
            bounds = [*range(0, len(rows), _AT_ONCE), len(rows)]
            for first, last in pairwise(bounds):
                self._write(fund, rows[first:last])

    def put_live(self, live: Mapping[str, LiveRow | None]) -> None:
        """Read the provisional session, `live` holding the row of each fund's lines."""
        self._live = live
        for values in self._series.values():
            values[-1] = np.nan
        for fund in self.lines:
            if self.status(fund, self._history.finished) in ("ok", "partial"):
                self._write(fund, np.array([self._history.finished]))

    def value(self, name: str, t: int) -> float:
        """One number at row t; NaN where it is missing."""
        values = self._series.get(name)
        return np.nan if values is None else float(values[t])

    def status(self, fund: str, t: int) -> str:
        """What the numbers about `fund` are worth at row t: ok, partial, stale_input or missing_input."""
        lines = self.lines.get(fund)
        return "missing_input" if lines is None else lines.status(self._history.sessions[t])

    def contributors(self, t: int) -> dict[str, float]:
        """C5's names at row t: what each of the ten largest contributors brought, the largest first."""
        lines = self.lines.get(SMALL)
        if lines is None or np.isnan(self.value("c5", t)):
            return {}
        weights, returns = lines.window(np.array([t]), LONG, self._live.get(SMALL))
        return {lines.panel.symbols[k]: value for k, value in c.top_contributors(weights[0], returns[0])}

    def weights(self, fund: str, t: int) -> dict[str, float]:
        """The weight of each line of `fund` at row t; empty where no weights of its own serve."""
        lines = self._weighed(fund, t)
        if lines is None:
            return {}
        now = lines.weights_at(np.array([t]), self._live.get(fund))[0]
        return dict(zip(lines.panel.symbols, now.tolist(), strict=True))

    def brought(self, fund: str, t: int, n: int) -> dict[str, float]:
        """What each line brought to the return of `fund` over the n sessions up to row t; NaN without a return."""
        lines = self._weighed(fund, t)
        if lines is None:
            return {}
        weights, returns = lines.window(np.array([t]), n, self._live.get(fund))
        return dict(zip(lines.panel.symbols, (weights[0] * returns[0]).tolist(), strict=True))

    def _weighed(self, fund: str, t: int) -> FundLines | None:
        """The lines of a fund whose own weights serve at row t."""
        lines = self.lines.get(fund)
        served = lines is not None and lines.weights is not None and self.status(fund, t) in ("ok", "partial")
        return lines if served else None

    def _served(self, fund: str) -> Rows:
        """The finished rows at which the lines of `fund` say something."""
        finished = self._history.finished
        if self.lines[fund].weights is None:
            return np.arange(max(0, finished - SERIES_SESSIONS), finished)
        return np.flatnonzero([self.status(fund, t) in ("ok", "partial") for t in range(finished)])

    def _write(self, fund: str, rows: Rows) -> None:
        found = self._large(rows) if fund == LARGE else self._small(rows)
        for name, values in found.items():
            if name not in self._series:
                self._series[name] = np.full(self._history.finished + 1, np.nan)
            self._series[name][rows] = values

    def _large(self, rows: Rows) -> dict[str, Floats]:
        """C1 to C3."""
        lines, live = self.lines[LARGE], self._live.get(LARGE)
        group = np.isin(lines.panel.symbols, c.MAG7)
        now = lines.weights_at(rows, live)
        found = {"c1": c.group_weight(now, group), "c3": c.effective_names(now, companies(lines.panel.symbols))}
        for n in WINDOWS:
            brought = c.contribution(*lines.window(rows, n, live), group)
            found |= {
                f"c2_contribution_{n}s": brought,
                f"c2_{n}s": c.share_of_return(brought, self._return(LARGE, rows, n)),
            }
        return found

    def _small(self, rows: Rows) -> dict[str, Floats]:
        """C5 to C7 over 63 sessions; C5 needs the fund's own weights."""
        lines = self.lines[SMALL]
        weights, returns = lines.window(rows, LONG, self._live.get(SMALL))
        fund = self._return(SMALL, rows, LONG)
        found = {
            "c6_skew": c.mean_less_median(weights, returns),
            "c6_index_less_equal": c.index_less_equal(weights, returns, fund),
            "c7": c.beating_share(weights, returns, fund),
        }
        return found if lines.weights is None else found | {"c5": c.top_share(weights, returns, fund)}

    def _return(self, fund: str, rows: Rows, n: int) -> Floats:
        column = self._columns.get(fund)
        return np.full(len(rows), np.nan) if column is None else self._history[f"ret_{n}s"][rows, column]
