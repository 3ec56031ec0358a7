"""Group R (metrics.md B.1): returns, ranks and the spreads of two funds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd
import talib
from scipy import stats

from core.metrics.leadership import group_ranks, rank_persistence, ratio_trend
from core.metrics.returns import calendar_bases
from core.panel import Floats
from tests.oracle.compare import Oracle, Pair, each, sampled
from tests.oracle.data import Market
from tests.reference.data import SECTORS

PAIRS = (("IWM", "SPY"), ("RSP", "SPY"), ("QQQ", "DIA"))
WINDOWS = (5, 21, 42, 63, 126, 252)
MONTHS = {"1m": 1, "3m": 3, "6m": 6, "1y": 12}


def returns_by_talib(market: Market) -> Iterator[Pair]:
    """R1, `px` over one session and `tr` over more."""
    for name, n, prices in _windows(market):
        yield market.field(name)[market.whole], each(prices[market.whole], partial(talib.ROCP, timeperiod=n))


def returns_by_pandas(market: Market) -> Iterator[Pair]:
    """R1 over holes too."""
    for name, n, prices in _windows(market):
        yield market.field(name), prices.pct_change(n, fill_method=None)


def _windows(market: Market) -> Iterator[tuple[str, int, pd.DataFrame]]:
    yield "chg_1s", 1, market.px
    for n in WINDOWS:
        yield f"ret_{n}s", n, market.tr


def calendar_returns(market: Market) -> Iterator[Pair]:
    """R2: the row of the last close at or before the day so many months ago, and the return from it."""
    days = pd.DatetimeIndex(market.panel.sessions)
    for key, months in MONTHS.items():
        bases = days.searchsorted(days - pd.DateOffset(months=months), side="right") - 1
        yield from _from_base(market, key, np.where(bases < 0, np.nan, bases))


def return_of_the_year(market: Market) -> Iterator[Pair]:
    """R4: the same from the last close of the year before."""
    days = pd.DatetimeIndex(market.panel.sessions)
    last_of_year = pd.Series(np.arange(len(days), dtype=np.float64)).groupby(days.year).last()
    yield from _from_base(market, "ytd", last_of_year.shift(1).reindex(days.year).to_numpy())


def _from_base(market: Market, key: str, bases: Floats) -> Iterator[Pair]:
    """The base at some sessions, and the return from the last of them."""
    some = market.some_sessions
    yield [calendar_bases(market.panel.sessions, t)[key] for t in some], bases[some]
    returned = [row.ret[key] for row in market.rows if isinstance(row.ret, dict)]
    yield returned, market.tr.iloc[-1] / market.tr.iloc[int(bases[-1])] - 1.0


def momentum(market: Market) -> Iterator[Pair]:
    """R12: the year without its last month."""
    yield market.field("momentum_12_1"), market.tr.shift(21) / market.tr.shift(252) - 1.0


def spread(market: Market) -> Iterator[Pair]:
    """R5."""
    for a, b in PAIRS:
        for n in WINDOWS:
            moved = market.tr[[a, b]].pct_change(n, fill_method=None)
            yield market.spread(a, b)[f"spread_{n}"], moved[a] - moved[b]


def relative(market: Market) -> Iterator[Pair]:
    """R6: the return of the ratio."""
    for a, b in PAIRS:
        for n in WINDOWS:
            yield market.spread(a, b)[f"relative_{n}"], (market.tr[a] / market.tr[b]).pct_change(n, fill_method=None)


def ranks_by_pandas(market: Market) -> Iterator[Pair]:
    """R7."""
    moved = market.tr[SECTORS].pct_change(63, fill_method=None)
    yield _ranks(market), moved.rank(axis=1, ascending=False)


def ranks_by_scipy(market: Market) -> Iterator[Pair]:
    """R7."""
    moved = market.tr[SECTORS].pct_change(63, fill_method=None)
    yield _ranks(market), stats.rankdata(-moved, axis=1, nan_policy="omit")


def _ranks(market: Market) -> Floats:
    sessions = range(len(market.panel.sessions))
    return np.array([group_ranks(market.history, t, market.assets.sectors, "63s") for t in sessions])


def agreement(market: Market) -> Iterator[Pair]:
    """R8."""
    for a, b in PAIRS:
        signs = pd.DataFrame({n: np.sign(_spread(market, a, b, n)) for n in WINDOWS})
        yield market.spread(a, b)["agree"], signs.eq(signs[63], axis=0).sum(axis=1).where(signs.notna().all(axis=1))


def band(market: Market) -> Iterator[Pair]:
    """R9."""
    for a, b in PAIRS:
        band = pd.DataFrame({k: _spread(market, a, b, k) for k in range(58, 69)})
        yield market.spread(a, b)["band_low"], band.min(axis=1, skipna=False)
        yield market.spread(a, b)["band_high"], band.max(axis=1, skipna=False)


def streaks(market: Market) -> Iterator[Pair]:
    """R10: sessions in a row with a daily lead, and with one over 63 sessions; its share of the last 63."""
    for a, b in PAIRS:
        found = market.spread(a, b)
        lead = _spread(market, a, b, 63)
        yield found["daily_streak"], _streak(market.moves[a] - market.moves[b])
        yield found["lead_streak"], _streak(lead)
        yield found["lead_share"], lead.gt(0).astype(float).where(lead.notna()).rolling(63).mean()


def _streak(lead: pd.Series) -> pd.Series:
    ahead = lead.gt(0)
    return ahead.groupby((~ahead).cumsum()).cumsum().astype(float).where(lead.notna())


def significance(market: Market) -> Iterator[Pair]:
    """R11: the t of one sample."""
    for a, b in PAIRS:
        daily = (market.moves[a] - market.moves[b]).to_frame()
        for t, window in sampled(daily, 63):
            yield market.spread(a, b)["t63"].iloc[t], stats.ttest_1samp(window.iloc[:, 0], 0.0).statistic


def scaled(market: Market) -> Iterator[Pair]:
    """z_21 of R5: in units of the random walk of its daily version over 63 sessions."""
    for a, b in PAIRS:
        walk = (market.moves[a] - market.moves[b]).rolling(63).std() * np.sqrt(21)
        yield market.spread(a, b)["z21"], _spread(market, a, b, 21) / walk


def persistence_by_scipy(market: Market) -> Iterator[Pair]:
    """R13, of sectors S5."""
    moved = market.tr[SECTORS].pct_change(63, fill_method=None)
    for t, window in sampled(moved, 22):
        expected = stats.spearmanr(window.iloc[0], window.iloc[-1]).statistic
        yield rank_persistence(market.history, t, market.assets.sectors), expected


def persistence_by_pandas(market: Market) -> Iterator[Pair]:
    """R13 at every session."""
    moved = market.tr[SECTORS].pct_change(63, fill_method=None).rank(axis=1)
    sessions = range(len(moved))
    found = [rank_persistence(market.history, t, market.assets.sectors) for t in sessions]
    yield found, moved.corrwith(moved.shift(21), axis=1)


def trend_of_the_ratio(market: Market) -> Iterator[Pair]:
    """R15: the ratio over its averages of 50 and 200 sessions, and the slope of the former."""
    columns = market.assets.columns
    for a, b in PAIRS:
        sessions = range(len(market.panel.sessions))
        found = np.array([ratio_trend(market.history, t, columns[a], columns[b]) for t in sessions])
        ratio = (market.tr[a] / market.tr[b]).to_numpy()
        sma50, sma200 = talib.SMA(ratio, 50), talib.SMA(ratio, 200)
        slope = np.concatenate([np.full(20, np.nan), sma50[20:] / sma50[:-20] - 1.0])
        yield market.spread(a, b)["ratio_gap"], ratio / sma50 - 1.0
        yield found, np.column_stack([ratio / sma50 - 1.0, ratio / sma200 - 1.0, slope])


def _spread(market: Market, a: str, b: str, n: int) -> pd.Series:
    moved = market.tr[[a, b]].pct_change(n, fill_method=None)
    return moved[a] - moved[b]


ORACLES = (
    Oracle("R1", "return over 1 to 252 sessions", "talib.ROCP", returns_by_talib),
    Oracle("R1", "return over 1 to 252 sessions", "pandas.DataFrame.pct_change", returns_by_pandas),
    Oracle("R2", "return over 1, 3, 6, 12 months", "pandas.DateOffset", calendar_returns),
    Oracle("R4", "return of the running year", "pandas.DataFrame.groupby", return_of_the_year),
    Oracle("R5", "spread over 5 to 252 sessions", "pandas.DataFrame.pct_change", spread),
    Oracle("R6", "return of the ratio", "pandas.Series.pct_change", relative),
    Oracle("R7", "rank over 63 sessions", "pandas.DataFrame.rank", ranks_by_pandas),
    Oracle("R7", "rank over 63 sessions", "scipy.stats.rankdata", ranks_by_scipy),
    Oracle("R8", "windows that agree", "pandas.DataFrame.eq", agreement),
    Oracle("R9", "band of the base dates", "pandas.DataFrame.min", band),
    Oracle("R10", "streaks and share of leads", "pandas.Series.cumsum", streaks),
    Oracle("R11", "t of the daily lead", "scipy.stats.ttest_1samp", significance),
    Oracle("R5", "z of the 21-session spread", "pandas.Series.rolling.std", scaled),
    Oracle("R12", "momentum 12-1", "pandas.DataFrame.shift", momentum),
    Oracle("R13", "persistence of sector ranks", "scipy.stats.spearmanr", persistence_by_scipy),
    Oracle("R13", "persistence of sector ranks", "pandas.DataFrame.corrwith", persistence_by_pandas),
    Oracle("S5", "persistence of sector ranks", "scipy.stats.spearmanr", persistence_by_scipy),
    Oracle("R15", "ratio over SMA50, SMA200; slope", "talib.SMA", trend_of_the_ratio),
)
