"""Group V and the pair measures X1, X2 (metrics.md B.5, B.7)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import bottleneck
import numpy as np
import pandas as pd
import statsmodels.api as sm
import talib
from arch.univariate import EWMAVariance
from scipy import stats
from statsmodels.regression.rolling import RollingOLS

from core.panel import Floats
from tests.oracle.compare import Oracle, Pair, each, sampled
from tests.oracle.data import BENCHMARK, Market

SIGMA = (20, 60, 252)
SOME = ("IWM", "QQQ", "XLU", "TLT", "GLD")
"""Funds for the oracles that take their time."""


def deviation_by_pandas(market: Market) -> Iterator[Pair]:
    """V1 over holes too."""
    for n in SIGMA:
        yield market.field(f"sigma{n}"), market.moves.rolling(n).std()


def deviation_by_bottleneck(market: Market) -> Iterator[Pair]:
    """V1."""
    for n in SIGMA:
        yield market.field(f"sigma{n}"), bottleneck.move_std(market.moves.to_numpy(), n, ddof=1, axis=0)


def deviation_by_talib(market: Market) -> Iterator[Pair]:
    """V1: that of a population, scaled to that of a sample."""
    for n in SIGMA:
        of_population = each(market.moves[market.whole], partial(talib.STDDEV, timeperiod=n))
        yield market.field(f"sigma{n}")[market.whole], np.sqrt(n / (n - 1)) * of_population


def annualised(market: Market) -> Iterator[Pair]:
    """V2."""
    for t, window in sampled(market.moves[list(SOME)], 20):
        yield market.field("annual_vol")[list(SOME)].iloc[t], np.sqrt(252.0) * stats.tstd(window)


def smoothed_by_arch(market: Market) -> Iterator[Pair]:
    """V3: the variance after the last return is that of the next session, hence one session more for arch."""
    model = EWMAVariance(0.94)

    def volatility(r: Floats) -> Floats:
        variance = np.empty(len(r) + 1)
        bounds = np.tile([0.0, np.inf], (len(variance), 1))
        seed = float(np.mean(r[:75] ** 2))
        model.compute_variance(np.empty(0), np.append(r, 0.0), variance, seed, bounds)
        return _from_the_75th(np.sqrt(variance[1:]))

    yield market.field("ewma_vol"), each(market.moves, volatility)


def smoothed_by_pandas(market: Market) -> Iterator[Pair]:
    """V3: the same as an exponential average of the seed and the squares."""

    def volatility(r: Floats) -> Floats:
        squares = pd.Series([np.mean(r[:75] ** 2), *r**2])
        return _from_the_75th(np.sqrt(squares.ewm(alpha=0.06, adjust=False).mean().to_numpy()[1:]))

    yield market.field("ewma_vol"), each(market.moves, volatility)


def _from_the_75th(values: Floats) -> Floats:
    values[:74] = np.nan
    return values


def ratio(market: Market) -> Iterator[Pair]:
    """V4, of every symbol over the benchmark."""
    sigma = market.moves[market.whole].rolling(20).std()
    yield market.field("vol_ratio")[market.whole], sigma.div(sigma[BENCHMARK], axis=0)


def percentiles_by_pandas(market: Market) -> Iterator[Pair]:
    """V5: the engine's own volatilities ranked, so that ties and order are the same to the bit."""
    yield market.risk["sigma20_pr"], _rank(market.field("sigma20")["SPY"])
    yield market.risk["vol_ratio_pr"], _rank(market.field("vol_ratio")["IWM"])


def _rank(series: pd.Series) -> pd.Series:
    return series.rolling(1260, min_periods=504).rank(pct=True)


def percentiles_by_scipy(market: Market) -> Iterator[Pair]:
    """V5 at some sessions."""
    series = market.field("sigma20")["SPY"].dropna()
    for end in np.linspace(504, len(series), 25).astype(int):
        window = series.iloc[max(0, end - 1260) : end]
        expected = stats.percentileofscore(window, window.iloc[-1], kind="rank") / 100.0
        yield market.risk["sigma20_pr"][window.index[-1]], expected


def implied(market: Market) -> Iterator[Pair]:
    """V7."""
    realised = 100.0 * np.sqrt(252.0) * market.moves["SPY"].rolling(20).std()
    yield market.risk["implied_less_realised"], market.px["^VIX"] - realised


def term(market: Market) -> Iterator[Pair]:
    """V8."""
    yield market.risk["vix_term"], market.px["^VIX"].div(market.px["^VIX3M"])


def drawdown(market: Market) -> Iterator[Pair]:
    """V9: drawdown, the worst so far, its length in sessions, and that of W19 on `px` over 252 sessions."""
    under = market.tr / market.tr.cummax() - 1.0
    yield market.field("drawdown"), under
    yield market.field("max_drawdown"), under.cummin()
    yield market.field("drawdown_sessions"), each(under, _sessions_under)
    yield market.field("drawdown_252"), market.px / market.px.rolling(252).max() - 1.0


def _sessions_under(under: Floats) -> pd.Series:
    below = pd.Series(under < 0)
    return below.groupby((~below).cumsum()).cumsum()


def beta_by_talib(market: Market) -> Iterator[Pair]:
    """X1: it takes prices, the benchmark first."""
    for symbol in market.whole:
        both = market.tr[[BENCHMARK, symbol]].dropna()
        benchmark, asset = both.to_numpy().T.copy()
        expected = pd.Series(talib.BETA(benchmark, asset, 63), both.index)
        yield market.field("beta63")[symbol], expected.reindex(market.tr.index)


def beta_by_pandas(market: Market) -> Iterator[Pair]:
    """X1 over holes too."""
    benchmark = market.moves[BENCHMARK]
    for symbol, r in market.moves.items():
        yield market.field("beta63")[symbol], r.rolling(63).cov(benchmark) / benchmark.rolling(63).var()


def beta_by_rolling_regression(market: Market) -> Iterator[Pair]:
    """X1."""
    for symbol in SOME:
        both = market.moves[[BENCHMARK, symbol]].dropna()
        fitted = RollingOLS(both[symbol], sm.add_constant(both[BENCHMARK]), 63).fit(params_only=True)
        yield market.field("beta63")[symbol], fitted.params[BENCHMARK].reindex(market.moves.index)


def beta_by_scipy(market: Market) -> Iterator[Pair]:
    """X1 at some sessions."""
    for symbol in SOME:
        for t, window in sampled(market.moves[[BENCHMARK, symbol]], 63):
            yield market.field("beta63")[symbol].iloc[t], stats.linregress(window[BENCHMARK], window[symbol]).slope


def correlation_by_talib(market: Market) -> Iterator[Pair]:
    """X2: it takes returns."""
    for symbol in market.whole:
        both = market.moves[[symbol, BENCHMARK]].dropna()
        asset, benchmark = both.to_numpy().T.copy()
        expected = pd.Series(talib.CORREL(asset, benchmark, 63), both.index)
        yield market.field("corr63")[symbol], expected.reindex(market.moves.index)


def correlation_by_pandas(market: Market) -> Iterator[Pair]:
    """X2 over holes too, against the benchmark and of the named pairs."""
    expected = {symbol: r.rolling(63).corr(market.moves[BENCHMARK]) for symbol, r in market.moves.items()}
    yield market.field("corr63"), pd.DataFrame(expected)
    for a, b in (("IWM", "SPY"), ("IWM", "QQQ"), ("SPY", "TLT")):
        for n in (63, 252):
            yield market.risk[f"corr{n}_{a}_{b}".lower()], market.moves[a].rolling(n).corr(market.moves[b])


def correlation_by_scipy(market: Market) -> Iterator[Pair]:
    """X2 at some sessions."""
    for symbol in SOME:
        for t, window in sampled(market.moves[[symbol, BENCHMARK]], 63):
            yield market.field("corr63")[symbol].iloc[t], stats.pearsonr(*window.to_numpy().T).statistic


ORACLES = (
    Oracle("V1", "deviation over 20, 60, 252", "pandas.DataFrame.rolling.std", deviation_by_pandas),
    Oracle("V1", "deviation over 20, 60, 252", "bottleneck.move_std", deviation_by_bottleneck),
    Oracle("V1", "deviation over 20, 60, 252", "talib.STDDEV", deviation_by_talib),
    Oracle("V2", "annualised", "scipy.stats.tstd", annualised),
    Oracle("V3", "EWMA volatility", "arch.univariate.EWMAVariance", smoothed_by_arch),
    Oracle("V3", "EWMA volatility", "pandas.Series.ewm", smoothed_by_pandas),
    Oracle("V4", "volatility ratio", "pandas.DataFrame.rolling.std", ratio),
    Oracle("V5", "percentile of V1 and V4", "pandas.Series.rolling.rank", percentiles_by_pandas),
    Oracle("V5", "percentile of V1", "scipy.stats.percentileofscore", percentiles_by_scipy),
    Oracle("V7", "implied less realised", "pandas.Series.rolling.std", implied),
    Oracle("V8", "term ratio of VIX", "pandas.Series.div", term),
    Oracle("V9", "drawdown, worst, length", "pandas.DataFrame.cummax", drawdown),
    Oracle("X1", "beta over 63", "talib.BETA", beta_by_talib),
    Oracle("X1", "beta over 63", "pandas.Series.rolling.cov", beta_by_pandas),
    Oracle("X1", "beta over 63", "statsmodels.regression.rolling.RollingOLS", beta_by_rolling_regression),
    Oracle("X1", "beta over 63", "scipy.stats.linregress", beta_by_scipy),
    Oracle("X2", "correlation over 63", "talib.CORREL", correlation_by_talib),
    Oracle("X2", "correlation over 63 and 252", "pandas.Series.rolling.corr", correlation_by_pandas),
    Oracle("X2", "correlation over 63", "scipy.stats.pearsonr", correlation_by_scipy),
)
