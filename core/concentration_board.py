"""The concentration block of the snapshot: how much of the large and the small caps a few names carry (group C).

Weights come from dated holdings and are rolled by prices to the session for C1 and C3, to the start of the window
for the others (metrics.md B.6). Without a holdings file only C4, which needs funds alone, is evaluated; a universe
of small caps may stand in for C6 and C7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.concentration_series import WINDOWS, ConcentrationSeries
from core.fund_lines import FundLines
from core.metrics import concentration as c
from core.metrics.fold import History
from core.metrics.risk import Assets
from core.panel import LiveRow
from core.snapshot import Concentration, Value, number
from core.universe import LARGE, SMALL


class ConcentrationBoard:
    """Group C at the session in view; `series` holds it at every session."""

    def __init__(self, history: History, assets: Assets, lines: Mapping[str, FundLines]) -> None:
        self._history = history
        self._assets = assets
        self.series = ConcentrationSeries(history, assets.columns, lines)

    def put_live(self, live: Mapping[str, LiveRow | None]) -> None:
        """Lay the provisional session on top, `live` holding the row of each fund's lines."""
        self.series.put_live(live)

    def block(self, t: int) -> Concentration:
        """The block at row t."""
        fields: dict[str, Any] = {"c4": self._spreads(t)}
        reasons: dict[str, str] = {}
        for fund, measures, names in (
            (LARGE, self._large, ("c1", "c2", "c3")),
            (SMALL, self._small, ("c5", "c6", "c7")),
        ):
            status = self.series.status(fund, t)
            if status in ("missing_input", "stale_input"):
                reasons |= dict.fromkeys(names, status)
                continue
            found = measures(t)
            fields |= found
            reasons |= dict.fromkeys((n for n in names if status != "ok" and found.get(n) is not None), status)
            reasons |= dict.fromkeys((n for n in names if found.get(n) is None), "missing_input")
        lines = self.series.lines
        dated = {fund: known.weights for fund, known in lines.items() if known.weights is not None}
        return Concentration(
            **fields,
            weights_date={fund: weights.dated for fund, weights in dated.items()},
            coverage={fund: weights.coverage for fund, weights in dated.items()},
            sources={fund: weights.source for fund, weights in dated.items()},
            stands_in={fund: known.stands_in for fund, known in lines.items() if known.stands_in is not None},
            status=reasons or "ok",
        )

    def _at(self, name: str, t: int) -> Value:
        return number(self.series.value(name, t))

    def _large(self, t: int) -> dict[str, Any]:
        """C1 to C3."""
        return {
            "c1": self._at("c1", t),
            "c2": {f"{n}s": self._at(f"c2_{n}s", t) for n in WINDOWS},
            "c2_contribution": {f"{n}s": self._at(f"c2_contribution_{n}s", t) for n in WINDOWS},
            "c3": self._at("c3", t),
        }

    def _small(self, t: int) -> dict[str, Any]:
        """C5 to C7."""
        skew = self._at("c6_skew", t)
        less_equal = self._at("c6_index_less_equal", t)
        return {
            "c5": self._at("c5", t),
            "c5_names": self.series.contributors(t),
            "c6": None if skew is None else {"mean_less_median": skew, "index_less_equal": less_equal},
            "c7": self._at("c7", t),
        }

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
