"""The risk block of the snapshot: series over the finished sessions computed once, the session in view on top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from msgspec.structs import replace

from core.courses import courses
from core.metrics import cross_asset
from core.metrics.fold import History
from core.metrics.risk import APPETITE_ENTER, APPETITE_LEAVE, Assets, appetite_state, sentiment_parts
from core.metrics.risk_series import RiskSeries
from core.metrics.statistics import PERCENTILE_MINIMUM, PERCENTILE_WINDOW, full_tail, percentile_rank, tail
from core.panel import Floats
from core.snapshot import Appetite, Risk, Value, number

RATIOS = (("XLY", "XLP"), ("SMH", "SPY"), ("SPHB", "SPLV"))
STRETCHED = ("SPY", "IWM", "IJR")
REGIMES = ((0.95, "extreme"), (0.85, "elevated"), (0.50, "normal"), (0.0, "calm"))
"""V6: percentile of SPY's 20-session deviation from which on a regime has its name."""

_PLAIN = (
    *("avg_corr", "absorption", "delta_ar", "turbulence", "turbulence_pr", "effective_bets", "diversification"),
    *("vix", "vix_term", "implied_less_realised", "sigma20_pr", "vol_ratio_pr", "curve_10y_3m", "curve_10y_5y"),
    *("rate_5s_bp", "rate_21s_bp", "rate_21s_z", "rate_gamma_ief", "rate_t_ief", "rate_gamma_tlt", "rate_t_tlt"),
    *("credit_21s", "credit_z", "copper_gold_21s"),
)
_COURSES = (*(name for name in _PLAIN if not name.endswith("_tlt")), "appetite", "corr63_iwm_spy", "corr63_spy_tlt")
"""Series whose course over the year is told."""


class RiskBoard:
    """Groups V, X and Y over one history."""

    def __init__(self, history: History, assets: Assets) -> None:
        self._history = history
        self._assets = assets
        self.series = RiskSeries(history, assets)

    def block(self, t: int, highs_less_lows: Floats | None = None) -> Risk:
        """The block at row t. `highs_less_lows` is that series of a breadth universe up to t, if there is one."""
        series = self.series.upto(t)
        now = {name: float(values[-1]) for name, values in series.items()}
        sentiment = sentiment_parts(self._history, self._assets, t, highs_less_lows)
        there = [value for value in sentiment.values() if not np.isnan(value)]
        plain: dict[str, Any] = {name: number(now[name]) for name in _PLAIN}
        plain |= {
            "regime": _regime(now["sigma20_pr"]),
            "sentiment": number(float(np.mean(there))) if there else None,
        }
        reasons = {name: self._reason(name, t) for name, value in plain.items() if value is None}
        return Risk(
            **plain,
            appetite=self._appetite(series, now),
            corr63=_named(now, "corr63_"),
            corr252=_named(now, "corr252_"),
            ratios={f"{a}/{b}": self._ratio(a, b, t) for a, b in RATIOS},
            price_stretch={symbol: number(self._stretch(symbol, t)) for symbol in STRETCHED},
            sentiment_parts={name: number(value) for name, value in sentiment.items()},
            course=courses({name: series[name] for name in _COURSES}),
            status=reasons or "ok",
        )

    def _reason(self, name: str, t: int) -> str:
        """A series that had a value before lacks an input now; one that never had lacks history, or its inputs."""
        return "short_history" if name in _PLAIN and self.series.begun(name, t) else "missing_input"

    def _ratio(self, a: str, b: str, t: int) -> dict[str, Value]:
        """X10: relative return over 21 and 63 sessions, and the ratio against its 50-session average."""
        columns = [self._assets.columns.get(symbol) for symbol in (a, b)]
        if None in columns:
            return {"21s": None, "63s": None, "dist_sma50": None}
        first, second = (self._history["tr"][:, column] for column in columns)
        ratio = first / second
        past = {f"{n}s": ratio[t - n] if t >= n else np.nan for n in (21, 63)}
        changes = {key: number(float(ratio[t] / base - 1.0)) for key, base in past.items()}
        return {**changes, "dist_sma50": number(float(ratio[t] / full_tail(ratio, t, 50).mean() - 1.0))}

    def _appetite(self, series: Mapping[str, Floats], now: Mapping[str, float]) -> Appetite:
        found = {name.removeprefix("appetite_"): value for name, value in now.items() if name.startswith("appetite_")}
        parts = int(found.pop("parts"))
        components = {name: number(value) for name, value in found.items()}
        rated = Appetite(parts=parts, of=len(found), enter=APPETITE_ENTER, leave=APPETITE_LEAVE, components=components)
        scores = series["appetite"]
        if not np.isfinite(scores[-1]):
            return rated
        states = appetite_state(scores)
        since = next((t + 1 for t in range(len(states) - 2, -1, -1) if states[t] != states[-1]), None)
        first = int(np.isfinite(scores).argmax())
        return replace(
            rated,
            score=number(now["appetite"]),
            state=states[-1],
            since=self._history.session(first if since is None else since),
            since_at_least=since is None,
        )

    def _stretch(self, symbol: str, t: int) -> float:
        """L4: percentile of the price over its average of 1260 sessions. Price stretch, not valuation."""
        column = self._assets.columns.get(symbol)
        if column is None or t + 1 < PERCENTILE_WINDOW + PERCENTILE_MINIMUM - 1:
            return np.nan
        px = self._history["px"][: t + 1, column]
        means = cross_asset.windows(px.reshape(-1, 1), PERCENTILE_WINDOW)[-PERCENTILE_WINDOW:, :, 0].mean(axis=1)
        return percentile_rank(tail(px, t, PERCENTILE_WINDOW)[-len(means) :] / means, PERCENTILE_MINIMUM)


def _named(now: Mapping[str, float], prefix: str) -> dict[str, Value]:
    """Pairs by their names: corr63_iwm_spy -> IWM-SPY."""
    pairs = {name.removeprefix(prefix): value for name, value in now.items() if name.startswith(prefix)}
    return {name.upper().replace("_", "-"): number(value) for name, value in pairs.items()}


def _regime(percentile: float) -> str | None:
    return next((name for least, name in REGIMES if percentile >= least), None)
