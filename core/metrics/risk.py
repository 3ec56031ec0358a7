"""Groups V, X and Y across symbols: one number a session each (metrics.md B.5, B.7, B.8).

`risk_values` gives any run of sessions at once. The finished ones are asked for together, a provisional one
alone, and the formulas are the same. A series whose symbols are not watched, or lack data, is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.metrics import cross_asset as x
from core.metrics.fold import History
from core.metrics.statistics import (
    PERCENTILE_MINIMUM,
    PERCENTILE_WINDOW,
    percentile_rank,
    percentile_ranks,
    tail,
)
from core.panel import Floats
from core.periods import YEAR

MONTH = 21

APPETITE_PAIRS = (("XLY", "XLP"), ("IWM", "SPY"), ("HYG", "IEF"), ("SMH", "SPY"), ("SPHB", "SPLV"), ("CPER", "GLD"))
APPETITE_NEEDS = 5
"""Y1 needs this many of its eight components."""


@dataclass(frozen=True, slots=True, eq=False)
class Assets:
    """Columns of the history by symbol, and those of the sector funds by class of the scheme in force."""

    columns: Mapping[str, int]
    sectors: Sequence[int]
    cyclical: Sequence[int]
    defensive: Sequence[int]


def risk_values(history: History, assets: Assets, first: int, last: int) -> dict[str, Floats]:
    """Every series of these groups at the rows from `first` to `last`, excluding `last`: by name, (last - first,) each.

    `core.metrics.nameable` says what each is, with its unit; C8, X3 to X6, X11 and X13 by those of metrics.md B.
    """
    rows = slice(first, last)
    look = _Look(history, assets, first, last)
    r10, r3m, r5y = look.px("^TNX"), look.px("^IRX"), look.px("^FVX")
    vix, vix3m = look.px("^VIX"), look.px("^VIX3M")
    values: dict[str, Floats] = {
        "vix": vix[rows],
        "vix_term": (vix / vix3m)[rows],
        "implied_less_realised": (vix - 100 * look.column("annual_vol", "SPY"))[rows],
        "curve_10y_3m": (r10 - r3m)[rows],
        "curve_10y_5y": (r10 - r5y)[rows],
        "rate_5s_bp": 100 * look.change(r10, 5)[rows],
        "rate_21s_bp": 100 * look.change(r10, MONTH)[rows],
        "rate_21s_z": look.scaled(look.change(r10, MONTH), look.change(r10, 1)),
        "credit_21s": look.spread("HYG", "IEF", MONTH)[rows],
        "credit_z": look.scaled(look.returns("HYG", MONTH), look.daily("HYG")),
        "copper_gold_21s": look.relative("CPER", "GLD", MONTH)[rows],
        "sigma20_pr": look.percentiles(look.column("sigma20", "SPY")),
        "vol_ratio_pr": look.percentiles(look.column("vol_ratio", "IWM")),
        **_joint(look),
        **_pairs(look),
        **_appetite(look),
    }
    return values


APPETITE_ENTER, APPETITE_LEAVE = 25.0, 10.0
"""Scores a state of Y1 is entered at and left below, mirrored for risk-off."""


def appetite_state(scores: Floats, before: str = "neutral") -> list[str]:
    """Y1's state after each score: in at 25, out below 10, mirrored, and only when it holds two sessions.

    A missing score leaves the state as it is.
    """
    states, state, candidate, held = [], before, before, 0
    for score in scores.tolist():
        if not np.isnan(score):
            raw = _raw_appetite(score, state)
            held = held + 1 if raw == candidate else 1
            candidate = raw
            if raw != state and held >= 2:
                state = raw
        states.append(state)
    return states


def _raw_appetite(score: float, state: str) -> str:
    if score >= APPETITE_ENTER or (state == "risk-on" and score >= APPETITE_LEAVE):
        return "risk-on"
    if score <= -APPETITE_ENTER or (state == "risk-off" and score <= -APPETITE_LEAVE):
        return "risk-off"
    return "neutral"


class _Look:
    """Series of the history by symbol, and what ends at the rows asked for.

    A series is whole, (last,), from the first session on; NaN throughout where its symbol is not watched. What is of
    the rows asked for alone has shape (last - first, ...): `windows`, `scaled`, `percentiles`.
    """

    def __init__(self, history: History, assets: Assets, first: int, last: int) -> None:
        self.history, self.assets = history, assets
        self.first, self.last = first, last

    def column(self, field: str, symbol: str) -> Floats:
        """The whole series of a field of one symbol; NaN where it is not watched."""
        column = self.assets.columns.get(symbol)
        if column is None:
            return np.full(self.last, np.nan)
        return self.history[field][: self.last, column]

    def px(self, symbol: str) -> Floats:
        """Levels: prices, yields in percent, volatilities in points."""
        return self.column("px", symbol)

    def daily(self, symbol: str) -> Floats:
        """Daily returns on `tr`, fractions."""
        return self.column("r", symbol)

    def returns(self, symbol: str, n: int) -> Floats:
        """n-session returns on `tr`, fractions."""
        return self.column(f"ret_{n}s", symbol)

    def spread(self, a: str, b: str, n: int) -> Floats:
        """R5: the difference of the n-session returns."""
        return self.returns(a, n) - self.returns(b, n)

    def relative(self, a: str, b: str, n: int) -> Floats:
        """R6: the n-session return of the ratio."""
        return (1.0 + self.returns(a, n)) / (1.0 + self.returns(b, n)) - 1.0

    @staticmethod
    def change(series: Floats, n: int) -> Floats:
        """The change over n sessions, in the unit of the series."""
        return series - np.concatenate([np.full(n, np.nan), series[:-n]]) if len(series) > n else series * np.nan

    def change_ratio(self, symbol: str, n: int) -> Floats:
        """n-session returns on `tr`, for windows the fold does not keep."""
        tr = self.column("tr", symbol)
        return tr / np.concatenate([np.full(n, np.nan), tr[:-n]]) - 1.0 if len(tr) > n else tr * np.nan

    def windows(self, series: Floats, n: int, *, before: int = 0) -> Floats:
        """Windows of n values ending at each row asked for, or `before` rows earlier: (last - first, n, ...)."""
        whole = x.windows(series.reshape(len(series), -1), n)
        rows = np.arange(self.first, self.last) - before
        result = whole[np.maximum(rows, 0)]
        result[rows < 0] = np.nan
        return result

    def scaled(self, series: Floats, daily: Floats, n: int = MONTH) -> Floats:
        """`z_n`: the series over the deviation of its daily version in a year, scaled by the root of n."""
        deviation = self.windows(daily, YEAR)[:, :, 0].std(axis=1, ddof=1)
        scale = np.where(deviation > 0, deviation, np.nan) * np.sqrt(n)
        scaled: Floats = series[self.first : self.last] / scale
        return scaled

    def percentiles(self, series: Floats) -> Floats:
        """`pr_1260` of each row asked for."""
        if self.first == 0:
            return percentile_ranks(series, PERCENTILE_WINDOW, PERCENTILE_MINIMUM)
        rows = range(self.first, self.last)
        return np.array([percentile_rank(tail(series, t, PERCENTILE_WINDOW), PERCENTILE_MINIMUM) for t in rows])


def _joint(look: _Look) -> dict[str, Floats]:
    """X3, X4, X11, X13 and C8: of the sector funds, and of the four asset classes."""
    r = look.history["r"][: look.last]
    sectors = r[:, list(look.assets.sectors)]
    if sectors.shape[1] < 2:
        names = ("avg_corr", "absorption", "turbulence", "effective_bets")
        values = {name: np.full(look.last - look.first, np.nan) for name in names}
    else:
        year = look.windows(sectors, YEAR)
        values = {
            "avg_corr": x.average_correlation(look.windows(sectors, 63)),
            "absorption": x.absorption(year),
            "turbulence": x.turbulence(sectors[look.first : look.last], look.windows(sectors, YEAR, before=1)),
            "effective_bets": x.effective_bets(year),
        }
    four = np.stack([look.daily(symbol) for symbol in ("SPY", "IWM", "TLT", "GLD")], axis=1)
    return {**values, "diversification": x.diversification(look.windows(four, YEAR))}


def _pairs(look: _Look) -> dict[str, Floats]:
    """X2 and X5: correlations, and the sensitivity of small caps to bonds beside that to large caps."""
    values: dict[str, Floats] = {}
    for a, b in (("IWM", "SPY"), ("IWM", "QQQ"), ("SPY", "TLT")):
        both = np.stack([look.daily(a), look.daily(b)], axis=1)
        values[f"corr63_{a}_{b}".lower()] = x.average_correlation(look.windows(both, 63))
        values[f"corr252_{a}_{b}".lower()] = x.average_correlation(look.windows(both, YEAR))
    for bond in ("IEF", "TLT"):
        series = np.stack([look.daily("IWM"), look.daily("SPY"), look.daily(bond)], axis=1)
        windows = look.windows(series, x.REGRESSION)
        slopes, statistics = x.regression(windows[:, :, 0], windows[:, :, 1:])
        values[f"rate_gamma_{bond}".lower()] = slopes[:, 1]
        values[f"rate_t_{bond}".lower()] = statistics[:, 1]
    return values


def _appetite(look: _Look) -> dict[str, Floats]:
    """Y1: up to eight components in -1..1 over 21 sessions, and 100 times the mean of those there are; S4's `z_21`."""
    r, month = look.history["r"][: look.last], look.history["ret_21s"][: look.last]
    cyclical, defensive = list(look.assets.cyclical), list(look.assets.defensive)
    parts: dict[str, Floats] = {}
    rotation = np.full(look.last - look.first, np.nan)
    if cyclical and defensive:
        difference = month[:, cyclical].mean(axis=1) - month[:, defensive].mean(axis=1)
        daily = r[:, cyclical].mean(axis=1) - r[:, defensive].mean(axis=1)
        parts["cyclical_defensive"] = rotation = look.scaled(difference, daily)
    for a, b in APPETITE_PAIRS:
        parts[f"{a}_{b}".lower()] = look.scaled(look.spread(a, b, MONTH), look.daily(a) - look.daily(b))
    vix = look.px("^VIX")
    parts["vix"] = -look.scaled(look.change(vix, MONTH), look.change(vix, 1))
    clipped = np.stack([np.clip(part, -2.0, 2.0) / 2.0 for part in parts.values()])
    there = np.isfinite(clipped).sum(axis=0)
    total = np.nansum(clipped, axis=0)
    score = np.where(there >= APPETITE_NEEDS, 100.0 * total / np.maximum(there, 1), np.nan)
    components = {f"appetite_{name}": part for name, part in zip(parts, clipped, strict=True)}
    return {"rotation_z": rotation, "appetite": score, "appetite_parts": there.astype(np.float64), **components}


def sentiment_parts(history: History, assets: Assets, t: int, highs_less_lows: Floats | None) -> dict[str, float]:
    """X12: up to seven components as 100 times their percentile of 252 sessions, greed high, fear low.

    Put/call, the yield gap of credit and volume breadth have no source here and stay NaN.
    """
    look = _Look(history, assets, t, t + 1)
    spy, vix = look.px("SPY"), look.px("^VIX")
    momentum = spy / _mean(spy, 125) - 1.0
    stocks_bonds = look.change_ratio("SPY", 20) - look.change_ratio("TLT", 20)
    return {
        "momentum": _score(momentum),
        "highs_lows": np.nan if highs_less_lows is None else _score(highs_less_lows),
        "volume_breadth": np.nan,
        "put_call": np.nan,
        "credit_gap": np.nan,
        "volatility": 100.0 - _score(vix / _mean(vix, 50)),
        "stocks_bonds": _score(stocks_bonds),
    }


def _score(series: Floats) -> float:
    return 100.0 * percentile_rank(series[-YEAR:], YEAR)


def _mean(series: Floats, n: int) -> Floats:
    """Trailing means, computed for the last year of rows only; NaN before."""
    means = np.full(len(series), np.nan)
    recent = x.windows(series[-YEAR - n :].reshape(-1, 1), n)[:, :, 0].mean(axis=1)
    means[-len(recent) :] = recent
    return means
