"""Group S and R14 (metrics.md B.8, B.2): the sectors' day, their classes, and the rotation by our own formula."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import bottleneck
import numpy as np
import pandas as pd
import talib

from core.metrics.sectors import class_spread, class_spread_z21
from core.panel import Floats
from tests.oracle.compare import Oracle, Pair, each
from tests.oracle.data import BENCHMARK, Market
from tests.reference.data import SCHEMES, SECTORS


def day_move_z(market: Market) -> Iterator[Pair]:
    """S3: the day's move in units of the deviation of the 60 sessions before."""
    sigma = market.moves[SECTORS].rolling(60).std().shift(1)
    yield market.field("z_day")[SECTORS], market.px[SECTORS].pct_change(fill_method=None) / sigma


def classes(market: Market) -> Iterator[Pair]:
    """S4 over 1, 5, 21 and 63 sessions."""
    assets = market.assets
    for n in (1, 5, 21, 63):
        moved = (market.px if n == 1 else market.tr).pct_change(n, fill_method=None)
        sessions = range(len(moved))
        found = [class_spread(market.history, t, assets.cyclical, assets.defensive, n) for t in sessions]
        yield found, class_difference(moved)


def classes_scaled(market: Market) -> Iterator[Pair]:
    """z_21 of S4."""
    assets = market.assets
    month = class_difference(market.tr.pct_change(21, fill_method=None))
    found = [class_spread_z21(market.history, t, assets.cyclical, assets.defensive) for t in range(len(month))]
    yield found, month / (class_difference(market.moves).rolling(252).std() * np.sqrt(21))


def class_difference(table: pd.DataFrame) -> pd.Series:
    """Mean of the cyclical less mean of the defensive sector funds, where all are there."""
    cyclical, defensive = SCHEMES["msci"]
    return table[cyclical].mean(axis=1, skipna=False) - table[defensive].mean(axis=1, skipna=False)


def rotation_by_pandas(market: Market) -> Iterator[Pair]:
    """R14 over holes too: the smoothing passes over them, the windows do not."""
    strength = market.tr.div(market.tr[BENCHMARK], axis=0)
    smooth = pd.DataFrame({symbol: s.dropna().ewm(span=5, adjust=False).mean() for symbol, s in strength.items()})
    ratio = 100.0 * smooth / smooth.rolling(63).mean()
    yield market.field("rs_ratio"), ratio
    yield market.field("rs_momentum"), 100.0 * ratio / ratio.rolling(21).mean()


def rotation_by_talib(market: Market) -> Iterator[Pair]:
    """R14 of symbols without a hole."""
    strength = market.tr[market.whole].div(market.tr[BENCHMARK], axis=0)
    ratio = each(strength, lambda values: _over_average(first_value_ema(values, 5), 63))
    yield market.field("rs_ratio")[market.whole], ratio
    yield market.field("rs_momentum")[market.whole], each(ratio, partial(_over_average, n=21))


def first_value_ema(values: Floats, n: int) -> Floats:
    """TA-Lib's exponential average, which begins with a mean of n, made to begin with the first value.

    The mean of n - 1 copies of the first value and itself is the first value.
    """
    ahead = np.full(n - 1, values[0])
    smooth: Floats = talib.EMA(np.concatenate([ahead, values]), n)[n - 1 :]
    return smooth


def _over_average(values: Floats, n: int) -> Floats:
    over: Floats = 100.0 * values / bottleneck.move_mean(values, n)
    return over


ORACLES = (
    Oracle("R14", "RS-ratio and RS-momentum", "pandas.Series.ewm", rotation_by_pandas),
    Oracle("R14", "RS-ratio and RS-momentum", "talib.EMA", rotation_by_talib),
    Oracle("S3", "z of the day move", "pandas.DataFrame.rolling.std", day_move_z),
    Oracle("S4", "cyclical less defensive", "pandas.DataFrame.mean", classes),
    Oracle("S4", "z of cyclical less defensive", "pandas.Series.rolling.std", classes_scaled),
)
