"""The concentration block of the snapshot: how much of the large and the small caps a few names carry (group C).

C1 to C3 are about the fund SPY, C5 to C7 about IWM. Weights come from dated holdings and are rolled by prices to
the session for C1 and C3, to the start of the window for the others (metrics.md B.6). Without a holdings file
only C4, which needs funds alone, is evaluated; a universe of small caps may stand in for C6 and C7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.metrics import concentration as c
from core.metrics.fold import History
from core.metrics.risk import Assets
from core.panel import Floats, LiveRow, Panel
from core.snapshot import Concentration, Value, number
from core.weights import Weights, companies, rolled

LARGE, SMALL = "SPY", "IWM"
WINDOWS = (21, 63)
LONG = 63


@dataclass(frozen=True, slots=True, eq=False)
class FundLines:
    """The lines of a fund laid out on the sessions of the screen's panel. `weights` None: every line weighs the same.

    `stands_in` marks a universe that stands for the fund.
    """

    panel: Panel
    weights: Weights | None
    stands_in: str | None = None


class ConcentrationBoard:
    """Group C at the session in view."""

    def __init__(self, history: History, assets: Assets, lines: Mapping[str, FundLines]) -> None:
        self._history = history
        self._assets = assets
        self._lines = lines

    def block(self, t: int, live: Mapping[str, LiveRow | None]) -> Concentration:
        """The block at row t; `live` holds the provisional row of each fund's lines, if t is one."""
        fields: dict[str, Any] = {"c4": self._spreads(t)}
        reasons: dict[str, str] = {}
        for fund, measures, names in (
            (LARGE, self._large, ("c1", "c2", "c3")),
            (SMALL, self._small, ("c5", "c6", "c7")),
        ):
            lines = self._lines.get(fund)
            status = self._serves(lines, t)
            if lines is None or status in ("missing_input", "stale_input"):
                reasons |= dict.fromkeys(names, status)
                continue
            found = measures(lines, t, live.get(fund))
            fields |= found
            reasons |= dict.fromkeys((n for n in names if status != "ok" and found.get(n) is not None), status)
            reasons |= dict.fromkeys((n for n in names if found.get(n) is None), "missing_input")
        dated = {fund: lines.weights for fund, lines in self._lines.items() if lines.weights is not None}
        return Concentration(
            **fields,
            weights_date={fund: weights.dated for fund, weights in dated.items()},
            coverage={fund: weights.coverage for fund, weights in dated.items()},
            sources={fund: weights.source for fund, weights in dated.items()},
            stands_in={fund: lines.stands_in for fund, lines in self._lines.items() if lines.stands_in is not None},
            status=reasons or "ok",
        )

    def _serves(self, lines: FundLines | None, t: int) -> str:
        if lines is None:
            return "missing_input"
        if lines.weights is None:
            return "partial"  # a universe in place of the fund
        return lines.weights.status(self._history.sessions[t].item())

    def _large(self, lines: FundLines, t: int, live: LiveRow | None) -> dict[str, Any]:
        """C1 to C3."""
        group = np.isin(lines.panel.symbols, c.MAG7)
        now = self._fractions(lines, t, live)[None, :]
        shares = {f"{n}s": self._mag7(lines, t, n, live, group) for n in WINDOWS}
        names = float(c.effective_names(now, companies(lines.panel.symbols))[0])
        return {
            "c1": number(float(c.group_weight(now, group)[0])),
            "c2": {key: share for key, (_brought, share) in shares.items()},
            "c2_contribution": {key: brought for key, (brought, _share) in shares.items()},
            "c3": number(names),
        }

    def _mag7(self, lines: FundLines, t: int, n: int, live: LiveRow | None, group: Any) -> tuple[Value, Value]:
        """C2 over one window: contribution, and its share of the fund's return."""
        window = self._window(lines, t, n, live)
        if window is None:
            return None, None
        weights, returns = window
        brought = c.contribution(weights, returns, group)
        share = c.share_of_return(brought, self._fund_return(LARGE, t, n))
        return number(float(brought[0])), number(float(share[0]))

    def _small(self, lines: FundLines, t: int, live: LiveRow | None) -> dict[str, Any]:
        """C5 to C7 over 63 sessions; C5 needs the fund's own weights."""
        window = self._window(lines, t, LONG, live)
        if window is None:
            return {}
        weights, returns = window
        fund = self._fund_return(SMALL, t, LONG)
        skew = number(float(c.mean_less_median(weights, returns)[0]))
        found: dict[str, Any] = {
            "c6": None
            if skew is None
            else {
                "mean_less_median": skew,
                "index_less_equal": number(float(c.index_less_equal(weights, returns, fund)[0])),
            },
            "c7": number(float(c.beating_share(weights, returns, fund)[0])),
        }
        if lines.weights is not None:
            share = number(float(c.top_share(weights, returns, fund)[0]))
            top = c.top_contributors(weights[0], returns[0]) if share is not None else []
            found |= {"c5": share, "c5_names": {lines.panel.symbols[k]: value for k, value in top}}
        return found

    def _spreads(self, t: int) -> dict[str, dict[str, Value]]:
        """C4: by price alone."""
        result = {}
        for n in WINDOWS:
            returns = {
                fund: float(self._history[f"ret_{n}s"][t, column])
                for fund in (c.EQUAL, c.CAP, *c.LARGEST)
                if (column := self._assets.columns.get(fund)) is not None
            }
            spreads = c.price_spreads(returns)
            result[f"{n}s"] = {
                "equal_less_cap": number(spreads.equal_less_cap),
                "largest_less_equal": number(spreads.largest_less_equal),
            }
        return result

    def _fund_return(self, fund: str, t: int, n: int) -> Floats:
        column = self._assets.columns.get(fund)
        return np.array([np.nan if column is None else self._history[f"ret_{n}s"][t, column]])

    def _window(self, lines: FundLines, t: int, n: int, live: LiveRow | None) -> tuple[Floats, Floats] | None:
        """Weights at the start of the window and returns over it, both (1, N); None before there is a window."""
        if t < n:
            return None
        panel, base = lines.panel, t - n
        if t < len(panel.sessions):
            end = panel.tr[t]
        elif live is not None:
            end = live.tr(panel.tr[-1] / panel.px[-1])
        else:
            return None
        returns = end / panel.tr[base] - 1.0
        return self._fractions(lines, base, None)[None, :], returns[None, :]

    def _fractions(self, lines: FundLines, t: int, live: LiveRow | None) -> Floats:
        """The dated weights rolled to row t, shape (N,)."""
        panel, weights = lines.panel, lines.weights
        if weights is None:
            return np.full(len(panel.symbols), 1.0 / max(1, len(panel.symbols)))
        at = int(np.searchsorted(panel.sessions, np.datetime64(weights.dated, "D"), side="right")) - 1
        nothing = np.full(len(panel.symbols), np.nan)
        then = panel.px[at] if at >= 0 else nothing
        now = panel.px[t] if t < len(panel.sessions) else live.px if live is not None else nothing
        return rolled(weights.fractions, then, now)
