"""Group T (metrics.md B.4): averages, extremes, RSI, Bollinger, ATR and volume."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import bottleneck
import numpy as np
import pandas as pd
import talib
from scipy import stats
from talipp.indicators import RSI

from core.panel import Floats
from tests.oracle import pandas_ta
from tests.oracle.compare import Oracle, Pair, each
from tests.oracle.data import Market

SMA = (20, 50, 200)


def averages_by_talib(market: Market) -> Iterator[Pair]:
    """T1."""
    for n in SMA:
        yield market.field(f"sma{n}")[market.whole], each(market.px[market.whole], partial(talib.SMA, timeperiod=n))


def averages_by_bottleneck(market: Market) -> Iterator[Pair]:
    """T1 over holes too."""
    for n in SMA:
        yield market.field(f"sma{n}"), bottleneck.move_mean(market.px.to_numpy(), n, axis=0)


def distances(market: Market) -> Iterator[Pair]:
    """T1: distance and slope."""
    for n in SMA:
        sma = market.px.rolling(n).mean()
        yield market.field(f"dist_sma{n}"), market.px / sma - 1.0
        yield market.field(f"slope_sma{n}"), sma.pct_change(20, fill_method=None)


def extremes_by_talib(market: Market) -> Iterator[Pair]:
    """T2 on both bases."""
    ranged = market.ranged
    yield market.field("high_252")[ranged], each(market.high[ranged], lambda p: talib.MAX(p, 252))
    yield market.field("low_252")[ranged], each(market.low[ranged], lambda p: talib.MIN(p, 252))
    yield market.field("high_close_252")[market.whole], each(market.px[market.whole], lambda p: talib.MAX(p, 252))


def extremes_by_bottleneck(market: Market) -> Iterator[Pair]:
    """T2 over holes too."""
    yield market.field("high_252"), bottleneck.move_max(market.high.to_numpy(), 252, axis=0)
    yield market.field("low_252"), bottleneck.move_min(market.low.to_numpy(), 252, axis=0)
    yield market.field("high_close_252"), bottleneck.move_max(market.px.to_numpy(), 252, axis=0)


def extreme_distances(market: Market) -> Iterator[Pair]:
    """T2: distances."""
    yield market.field("dist_high_252"), market.px / market.high.rolling(252).max() - 1.0
    yield market.field("dist_low_252"), market.px / market.low.rolling(252).min() - 1.0
    yield market.field("dist_high_close_252"), market.px / market.px.rolling(252).max() - 1.0


def records(market: Market) -> Iterator[Pair]:
    """T3."""
    for name, prices in (("record_close", market.px), ("record_high", market.high)):
        yield market.field(name), prices.eq(prices.cummax()).astype(float).where(prices.notna())


def strength_by_talib(market: Market) -> Iterator[Pair]:
    """T4; a hole is no session of the symbol's."""
    yield market.field("rsi14"), each(market.px, lambda p: talib.RSI(p, 14))


def strength_by_talipp(market: Market) -> Iterator[Pair]:
    """T4, price by price."""
    yield market.field("rsi14"), each(market.px, lambda p: list(RSI(14, p.tolist())))


def strength_by_pandas_ta(market: Market) -> Iterator[Pair]:
    """T4, not by way of TA-Lib."""
    yield market.field("rsi14"), each(market.px, lambda p: pandas_ta.rsi(pd.Series(p), length=14, talib=False))


def bands_by_talib(market: Market) -> Iterator[Pair]:
    """T5: the bands, and the place of the price between them."""

    def place(prices: Floats) -> Floats:
        upper, _middle, lower = talib.BBANDS(prices, 20, 2.0, 2.0)
        between: Floats = (prices - lower) / (upper - lower)
        return between

    yield market.field("pct_b")[market.whole], each(market.px[market.whole], place)


def bands_by_scipy(market: Market) -> Iterator[Pair]:
    """T5: the place between the bands is a z-score, moved and stretched."""
    windows = np.lib.stride_tricks.sliding_window_view(market.px.to_numpy(), 20, axis=0)
    score = stats.zscore(windows, axis=-1, ddof=0)[..., -1]
    yield market.field("pct_b").iloc[:19], np.full((19, len(market.px.columns)), np.nan)
    yield market.field("pct_b").iloc[19:], (score + 2.0) / 4.0


def bands_by_pandas_ta(market: Market) -> Iterator[Pair]:
    """T5, not by way of TA-Lib."""

    def place(prices: Floats) -> Floats:
        bands = pandas_ta.bbands(pd.Series(prices), length=20, std=2.0, ddof=0, talib=False)
        between: Floats = bands["BBP_20_2.0"].to_numpy()
        return between

    yield market.field("pct_b")[market.whole], each(market.px[market.whole], place)


def extension(market: Market) -> Iterator[Pair]:
    """T6: the distance on `px`, the deviation on `tr`."""
    px, moves = market.px[market.whole], market.moves[market.whole]
    distance = px / px.rolling(50).mean() - 1.0
    yield market.field("extension")[market.whole], distance / (moves.rolling(60).std() * np.sqrt(50.0))


def since_the_high(market: Market) -> Iterator[Pair]:
    """T7 at the last session."""
    rows = {row.symbol: row.days_since_high for row in market.rows}
    for symbol in market.whole:
        prices = market.px[symbol].dropna().to_numpy(copy=True)
        expected = len(prices) - 1 - talib.MAXINDEX(prices, 252)[-1]
        yield [rows[symbol]], [expected]


def range_by_talib(market: Market) -> Iterator[Pair]:
    """T8."""
    for symbol in market.ranged:
        high, low, close = (table[symbol].to_numpy(copy=True) for table in (market.high, market.low, market.px))
        yield market.field("atr14")[symbol], talib.ATR(high, low, close, 14)


def range_by_pandas_ta(market: Market) -> Iterator[Pair]:
    """T8, not by way of TA-Lib."""
    for symbol in market.ranged:
        bars = (table[symbol] for table in (market.high, market.low, market.px))
        yield market.field("atr14")[symbol], pandas_ta.atr(*bars, length=14, talib=False)


def volume_by_bottleneck(market: Market) -> Iterator[Pair]:
    """T9."""
    for n in (20, 63):
        yield market.field(f"adv{n}"), bottleneck.move_mean(market.traded.to_numpy(), n, axis=0)


def volume_by_pandas(market: Market) -> Iterator[Pair]:
    """T9: the day's volume over its average."""
    yield market.field("rel_volume"), market.traded / market.traded.rolling(20).mean()


ORACLES = (
    Oracle("T1", "SMA20, SMA50, SMA200", "talib.SMA", averages_by_talib),
    Oracle("T1", "SMA20, SMA50, SMA200", "bottleneck.move_mean", averages_by_bottleneck),
    Oracle("T1", "distance and slope", "pandas.DataFrame.rolling.mean", distances),
    Oracle("T2", "highs and lows of 252 sessions", "talib.MAX, talib.MIN", extremes_by_talib),
    Oracle("T2", "highs and lows of 252 sessions", "bottleneck.move_max, move_min", extremes_by_bottleneck),
    Oracle("T2", "distances from them", "pandas.DataFrame.rolling.max", extreme_distances),
    Oracle("T3", "records", "pandas.DataFrame.cummax", records),
    Oracle("T4", "RSI14", "talib.RSI", strength_by_talib),
    Oracle("T4", "RSI14", "talipp.indicators.RSI", strength_by_talipp),
    Oracle("T4", "RSI14", "pandas_ta_classic.rsi", strength_by_pandas_ta),
    Oracle("T5", "%b", "talib.BBANDS", bands_by_talib),
    Oracle("T5", "%b", "scipy.stats.zscore", bands_by_scipy),
    Oracle("T5", "%b", "pandas_ta_classic.bbands", bands_by_pandas_ta),
    Oracle("T6", "extension", "pandas.DataFrame.rolling.std", extension),
    Oracle("T7", "sessions since the high", "talib.MAXINDEX", since_the_high),
    Oracle("T8", "ATR14", "talib.ATR", range_by_talib),
    Oracle("T8", "ATR14", "pandas_ta_classic.atr", range_by_pandas_ta),
    Oracle("T9", "ADV20, ADV63", "bottleneck.move_mean", volume_by_bottleneck),
    Oracle("T9", "relative volume", "pandas.DataFrame.rolling.mean", volume_by_pandas),
)
