"""Groups X, C8 and Y (metrics.md B.6 to B.8): correlation, absorption, turbulence, rates, credit, risk appetite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from scipy.spatial.distance import mahalanobis
from sklearn.covariance import EmpiricalCovariance
from sklearn.decomposition import PCA
from statsmodels.regression.rolling import RollingOLS

from core.metrics.cross_asset import shifts
from tests.oracle.compare import Oracle, Pair, sampled
from tests.oracle.data import Market
from tests.oracle.sectors import class_difference
from tests.reference.data import SECTORS

YEAR = 252
ASSETS = ["SPY", "IWM", "TLT", "GLD"]
APPETITE = (("XLY", "XLP"), ("IWM", "SPY"), ("HYG", "IEF"), ("SMH", "SPY"), ("SPHB", "SPLV"), ("CPER", "GLD"))


def average_correlation(market: Market) -> Iterator[Pair]:
    """X3: the mean of the upper triangle."""
    upper = np.triu_indices(len(SECTORS), 1)
    for t, window in sampled(market.moves[SECTORS], 63):
        yield market.risk["avg_corr"].iloc[t], window.corr().to_numpy()[upper].mean()


def absorption(market: Market) -> Iterator[Pair]:
    """X4: two of the eleven principal components."""
    for t, window in sampled(market.moves[SECTORS], YEAR):
        explained = PCA(svd_solver="full").fit(window.to_numpy()).explained_variance_ratio_
        yield market.risk["absorption"].iloc[t], explained[:2].sum()


def absorption_shift(market: Market) -> Iterator[Pair]:
    """X4, ΔAR: the engine's own ratios, standardised."""
    ratios = market.risk["absorption"]
    long = ratios.rolling(YEAR)
    yield shifts(ratios.to_numpy()), (ratios.rolling(15).mean() - long.mean()) / long.std()


def effective_bets(market: Market) -> Iterator[Pair]:
    """C8: the entropy of the principal components of standardised returns."""
    for t, window in sampled(market.moves[SECTORS], YEAR):
        explained = PCA(svd_solver="full").fit(stats.zscore(window.to_numpy(), ddof=1)).explained_variance_ratio_
        yield market.risk["effective_bets"].iloc[t], np.exp(stats.entropy(explained))


def turbulence_by_sklearn(market: Market) -> Iterator[Pair]:
    """X11: its covariance is that of a population, hence its distances are n/(n-1) as long."""
    for t, window in sampled(market.moves[SECTORS], YEAR + 1):
        before, today = window.iloc[:-1].to_numpy(), window.iloc[-1:].to_numpy()
        distance = EmpiricalCovariance().fit(before).mahalanobis(today)[0]
        yield market.risk["turbulence"].iloc[t], distance * (YEAR - 1) / YEAR / len(SECTORS)


def turbulence_by_scipy(market: Market) -> Iterator[Pair]:
    """X11: the square of the distance."""
    for t, window in sampled(market.moves[SECTORS], YEAR + 1):
        before, today = window.iloc[:-1], window.iloc[-1]
        distance = mahalanobis(today, before.mean(), np.linalg.inv(before.cov().to_numpy()))
        yield market.risk["turbulence"].iloc[t], distance**2 / len(SECTORS)


def rate_sensitivity(market: Market) -> Iterator[Pair]:
    """X5: the slope on the bond, and its t."""
    for bond in ("IEF", "TLT"):
        for t, window in sampled(market.moves[["IWM", "SPY", bond]], 126):
            fitted = sm.OLS(window["IWM"], sm.add_constant(window[["SPY", bond]])).fit()
            yield market.risk[f"rate_gamma_{bond}".lower()].iloc[t], fitted.params[bond]
            yield market.risk[f"rate_t_{bond}".lower()].iloc[t], fitted.tvalues[bond]


def rate_sensitivity_rolling(market: Market) -> Iterator[Pair]:
    """X5 at every session."""
    for bond in ("IEF", "TLT"):
        known = market.moves[["IWM", "SPY", bond]].dropna()
        fitted = RollingOLS(known["IWM"], sm.add_constant(known[["SPY", bond]]), 126).fit()
        yield market.risk[f"rate_gamma_{bond}".lower()], fitted.params[bond].reindex(market.moves.index)
        yield market.risk[f"rate_t_{bond}".lower()], fitted.tvalues[bond].reindex(market.moves.index)


def rate_move(market: Market) -> Iterator[Pair]:
    """X6: in basis points, and in units of the random walk of a year."""
    yields = market.px["^TNX"]
    yield market.risk["rate_5s_bp"], 100.0 * yields.diff(5)
    yield market.risk["rate_21s_bp"], 100.0 * yields.diff(21)
    yield market.risk["rate_21s_z"], yields.diff(21) / (yields.diff().rolling(YEAR).std() * np.sqrt(21))


def curve(short: str, name: str) -> Callable[[Market], Iterable[Pair]]:
    """X7."""
    return lambda market: [(market.risk[name], market.px["^TNX"] - market.px[short])]


def credit(market: Market) -> Iterator[Pair]:
    """X8: the spread of the month, and the z of the month of HYG (W14)."""
    month = market.tr[["HYG", "IEF"]].pct_change(21, fill_method=None)
    yield market.risk["credit_21s"], month["HYG"] - month["IEF"]
    yield market.risk["credit_z"], month["HYG"] / (market.moves["HYG"].rolling(YEAR).std() * np.sqrt(21))


def copper_gold(market: Market) -> Iterator[Pair]:
    """X9: the month's return of the ratio."""
    yield market.risk["copper_gold_21s"], (market.tr["CPER"] / market.tr["GLD"]).pct_change(21, fill_method=None)


def ratios(market: Market) -> Iterator[Pair]:
    """X10: relative return over 21 and 63 sessions, and the distance of the ratio from its average of 50."""
    for name in ("XLY/XLP", "SMH/SPY", "SPHB/SPLV"):
        a, b = name.split("/")
        if {a, b} <= set(market.tr):
            ratio = market.tr[a] / market.tr[b]
            expected = {
                "21s": ratio.pct_change(21, fill_method=None),
                "63s": ratio.pct_change(63, fill_method=None),
                "dist_sma50": ratio / ratio.rolling(50).mean() - 1.0,
            }
            for t in market.some_sessions:
                found = market.risk_board.block(t).ratios[name]
                yield [found[key] for key in expected], [series.iloc[t] for series in expected.values()]


def sentiment(market: Market) -> Iterator[Pair]:
    """X12: the four components that have a source, and their mean."""
    px, tr = market.px, market.tr
    new = market.breadth["new_highs"] - market.breadth["new_lows"]
    scores = {
        "momentum": px["SPY"] / px["SPY"].rolling(125).mean() - 1.0,
        "highs_lows": new.reindex(px.index),
        "volatility": px["^VIX"] / px["^VIX"].rolling(50).mean(),
        "stocks_bonds": tr["SPY"].pct_change(20, fill_method=None) - tr["TLT"].pct_change(20, fill_method=None),
    }
    expected = 100.0 * pd.DataFrame(scores).rolling(YEAR).rank(pct=True)
    expected["volatility"] = 100.0 - expected["volatility"]
    for t in market.some_sessions:
        block = market.risk_board.block(t, scores["highs_lows"].to_numpy()[: t + 1])
        yield [block.sentiment_parts[name] for name in scores], expected.iloc[t]
        yield [block.sentiment], [expected.iloc[t].mean()]


def turbulence_percentile(market: Market) -> Iterator[Pair]:
    """X11's percentile of 1,260 sessions, from 504 on."""
    expected = market.risk["turbulence"].rolling(1260, min_periods=504).rank(pct=True)
    some = market.some_sessions
    yield [market.risk_board.block(t).turbulence_pr for t in some], expected.iloc[some]


def stretch(market: Market) -> Iterator[Pair]:
    """L4: percentile of the price over its average of 1,260 sessions."""
    for symbol in ("SPY", "IWM"):
        expected = market.px[symbol] / market.px[symbol].rolling(1260).mean()
        expected = expected.rolling(1260, min_periods=504).rank(pct=True)
        some = list(range(len(expected) - 15, len(expected)))
        yield [market.risk_board.block(t).price_stretch[symbol] for t in some], expected.iloc[some]


def diversification(market: Market) -> Iterator[Pair]:
    """X13."""
    apart = market.moves[ASSETS].rolling(YEAR).std().mean(axis=1, skipna=False)
    yield market.risk["diversification"], apart / market.moves[ASSETS].mean(axis=1).rolling(YEAR).std()


def appetite(market: Market) -> Iterator[Pair]:
    """Y1: the parts there are, how many they are, and 100 times their mean."""
    month = market.tr.pct_change(21, fill_method=None)
    vix = market.px["^VIX"]
    parts = {"cyclical_defensive": _scaled(class_difference(month), class_difference(market.moves))}
    for a, b in APPETITE:
        if {a, b} <= set(market.tr):
            parts[f"{a}_{b}".lower()] = _scaled(month[a] - month[b], market.moves[a] - market.moves[b])
    parts["vix"] = -_scaled(vix.diff(21), vix.diff())
    table = pd.DataFrame(parts).clip(-2.0, 2.0) / 2.0
    for name, part in table.items():
        yield market.risk[f"appetite_{name}"], part
    there = table.notna().sum(axis=1)
    yield market.risk["appetite_parts"], there
    yield market.risk["appetite"], 100.0 * table.mean(axis=1).where(there >= 5)


def _scaled(month: pd.Series, daily: pd.Series) -> pd.Series:
    """z_21: against the deviation of the daily version over a year."""
    walk = daily.rolling(YEAR).std().mul(np.sqrt(21))
    return month.div(walk)


ORACLES = (
    Oracle("X3", "average correlation of sectors", "pandas.DataFrame.corr", average_correlation),
    Oracle("X4", "absorption ratio", "sklearn.decomposition.PCA", absorption),
    Oracle("X4", "shift of the absorption ratio", "pandas.Series.rolling.std", absorption_shift),
    Oracle("X5", "rate sensitivity and its t", "statsmodels.api.OLS", rate_sensitivity),
    Oracle("X5", "rate sensitivity and its t", "statsmodels.regression.rolling.RollingOLS", rate_sensitivity_rolling),
    Oracle("X6", "rate move and its z", "pandas.Series.diff", rate_move),
    Oracle("X7", "10 years less 3 months", "pandas.Series.sub", curve("^IRX", "curve_10y_3m")),
    Oracle("X7", "10 years less 5 years", "pandas.Series.sub", curve("^FVX", "curve_10y_5y"), needs=("^FVX",)),
    Oracle("X8", "credit spread and z", "pandas.DataFrame.pct_change", credit),
    Oracle("X9", "copper against gold", "pandas.Series.pct_change", copper_gold, needs=("CPER",)),
    Oracle("X10", "ratios of funds", "pandas.Series.pct_change", ratios),
    Oracle("X11", "turbulence", "sklearn.covariance.EmpiricalCovariance", turbulence_by_sklearn),
    Oracle("X11", "turbulence", "scipy.spatial.distance.mahalanobis", turbulence_by_scipy),
    Oracle("X11", "percentile of turbulence", "pandas.Series.rolling.rank", turbulence_percentile),
    Oracle("X12", "sentiment mix", "pandas.DataFrame.rolling.rank", sentiment),
    Oracle("X13", "diversification ratio", "pandas.DataFrame.rolling.std", diversification),
    Oracle("C8", "effective bets of sectors", "sklearn.decomposition.PCA", effective_bets),
    Oracle("L4", "price stretch", "pandas.Series.rolling.rank", stretch, sessions=1763),
    Oracle("Y1", "risk appetite and its parts", "pandas.DataFrame.mean", appetite),
)
