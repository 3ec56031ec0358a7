"""Group B (metrics.md B.3): breadth of the members, against pandas and TA-Lib.

No library computes breadth; the oracles are the counts by pandas over the whole table, and the exponential averages
of pandas and TA-Lib. The prices of the members have few decimals, so that "above its average" is told in integers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pandas as pd

from core.breadth_board import BreadthBoard
from core.panel import Floats
from core.snapshot import Breadth as BreadthBlock
from tests.oracle.compare import Oracle, Pair
from tests.oracle.data import Market
from tests.oracle.sectors import first_value_ema
from tests.reference.data import SECTORS

DECIMALS = 4


@lru_cache
def day(market: Market) -> pd.DataFrame:
    """Counts of every session; the change over a hole is that of the day a member resumes. Volume of who traded."""
    usable = ~market.doubted
    px, volume = market.member_table("px"), market.member_table("volume")
    move = pd.DataFrame({symbol: prices.dropna().diff() for symbol, prices in px.items()}, px.index).where(usable)
    rising, falling, traded = move.gt(0), move.lt(0), volume.gt(0)
    counted = move.notna().sum(axis=1)
    flow = volume.where(rising & traded).sum(axis=1), volume.where(falling & traded).sum(axis=1)
    known = flow[0] + flow[1] > 0
    counts = pd.DataFrame(
        {
            "counted": counted.astype(float),
            "A": rising.sum(axis=1).where(counted > 0),
            "D": falling.sum(axis=1).where(counted > 0),
            "traded A": (rising & traded).sum(axis=1).astype(float),
            "traded D": (falling & traded).sum(axis=1).astype(float),
            "UV": flow[0].where(known),
            "DV": flow[1].where(known),
        }
    )
    return counts.loc[market.breadth.index]


def advances(market: Market) -> Iterator[Pair]:
    """B1."""
    found, counts = market.breadth, day(market)
    yield found["counted"], counts["counted"]
    yield found["advances"], counts["A"]
    yield found["declines"], counts["D"]
    yield found["unchanged"], (counts["counted"] - counts["A"] - counts["D"]).where(counts["A"].notna())


def net_advances(market: Market) -> Iterator[Pair]:
    """B2."""
    found, counts = market.breadth, day(market)
    yield found["net_advances"], counts["A"] - counts["D"]
    yield found["ad_ratio"], counts["A"] / counts["D"]
    yield found["adv_share"], counts["A"] / (counts["A"] + counts["D"])


def line(market: Market) -> Iterator[Pair]:
    """B3."""
    yield market.breadth["ad_line"], (day(market)["A"] - day(market)["D"]).cumsum()


def rana(market: Market) -> pd.Series:
    """The ratio-adjusted net advances of B4; 0 where nothing moved."""
    counts = day(market)
    moved = counts["A"] + counts["D"]
    return (1000.0 * (counts["A"] - counts["D"]) / moved).where(moved != 0, 0.0).where(moved.notna())


def oscillator_by_pandas(market: Market) -> Iterator[Pair]:
    """B4."""
    yield market.breadth["rana"], rana(market)
    yield market.breadth["mcclellan"], _oscillator(rana(market))


def oscillator_by_talib(market: Market) -> Iterator[Pair]:
    """B4."""
    changes = rana(market).dropna()
    expected = pd.Series(_ema(changes, 19) - _ema(changes, 39), changes.index)
    yield market.breadth["mcclellan"], expected.reindex(market.breadth.index)


def summation(market: Market) -> Iterator[Pair]:
    """B5: the closed form is the running sum."""
    yield market.breadth["summation"], _oscillator(rana(market)).cumsum()


def _oscillator(changes: pd.Series) -> pd.Series:
    known = changes.dropna()
    difference = known.ewm(span=19, adjust=False).mean() - known.ewm(span=39, adjust=False).mean()
    return difference.reindex(changes.index)


def _ema(values: pd.Series, n: int) -> Floats:
    return first_value_ema(values.to_numpy(copy=True), n)


def participation(market: Market) -> Iterator[Pair]:
    """B6, in whole units of the last decimal: n·P against the sum, without rounding."""
    units = (market.member_table("px") * 10**DECIMALS).round()
    for n in (20, 50, 200):
        total = units.rolling(n).sum().where(~market.doubted)
        counted = total.notna().sum(axis=1)
        share = (n * units > total).sum(axis=1) / counted
        yield market.breadth[f"above_sma{n}"], share.loc[market.breadth.index]
        yield market.breadth[f"above_sma{n}_counted"], counted.loc[market.breadth.index]


@lru_cache
def highs(market: Market) -> pd.DataFrame:
    """New highs, new lows and the members that have 252 sessions."""
    usable = ~market.doubted
    high, low = market.member_table("high"), market.member_table("low")
    top, bottom = high.rolling(252).max().where(usable), low.rolling(252).min().where(usable)
    counted = (top.notna() & bottom.notna()).sum(axis=1)
    at_top, at_bottom = (high >= top).sum(axis=1), (low <= bottom).sum(axis=1)
    return pd.DataFrame({"NH": at_top, "NL": at_bottom, "counted": counted}).loc[market.breadth.index]


def new_highs(market: Market) -> Iterator[Pair]:
    """B7."""
    found, counts = market.breadth, highs(market)
    known = counts["counted"] > 0
    yield found["highs_counted"], counts["counted"]
    yield found["new_highs"], counts["NH"].where(known)
    yield found["new_lows"], counts["NL"].where(known)
    yield found["high_share"], counts["NH"] / counts["counted"]
    yield found["low_share"], counts["NL"] / counts["counted"]


def record_highs(market: Market) -> Iterator[Pair]:
    """B8: a session with neither carries the share of the one before, and says so."""
    counts = highs(market)
    extremes = counts["NH"] + counts["NL"]
    share = (100.0 * counts["NH"] / extremes).ffill()
    yield market.breadth["record_high_share"], share
    yield market.breadth["record_share_carried"], extremes.eq(0).astype(float)
    yield market.breadth["high_low_index"], share.rolling(10).mean()


def trin(market: Market) -> Iterator[Pair]:
    """B9: of one session, and of the sums of ten."""
    counts = day(market)
    yield market.breadth["trin"], _arms(counts)
    yield market.breadth["trin10"], _arms(counts.rolling(10).sum())


def _arms(counts: pd.DataFrame) -> pd.Series:
    """NaN where any of the four is zero."""
    known = counts.where(counts > 0)
    return (known["traded A"] / known["traded D"]) / (known["UV"] / known["DV"])


def up_volume(market: Market) -> Iterator[Pair]:
    """B10."""
    counts = day(market)
    yield market.breadth["up_volume"], counts["UV"]
    yield market.breadth["down_volume"], counts["DV"]
    yield market.breadth["upvol_share"], counts["UV"] / (counts["UV"] + counts["DV"])


def thrust_by_pandas(market: Market) -> Iterator[Pair]:
    """B11: the average, and how often it has risen above 0.615 within ten sessions of being below 0.40."""
    average = _share(market).ewm(span=10, adjust=False).mean()
    crossed = (average > 0.615) & (average.shift(1) <= 0.615)
    was_low = average.shift(1).rolling(10, min_periods=1).min() < 0.40
    rows = market.breadth.index
    yield market.breadth["zweig"], average.reindex(rows)
    yield market.breadth["thrusts"], (crossed & was_low).cumsum().reindex(rows).fillna(0)


def thrust_by_talib(market: Market) -> Iterator[Pair]:
    """B11: the average."""
    share = _share(market)
    yield market.breadth["zweig"], pd.Series(_ema(share, 10), share.index).reindex(market.breadth.index)


def _share(market: Market) -> pd.Series:
    return (day(market)["A"] / (day(market)["A"] + day(market)["D"])).dropna()


def sectors(market: Market) -> Iterator[Pair]:
    """B13: sector funds above their SMA50, and those that beat SPY over 21 sessions."""
    px, month = market.px[SECTORS], market.tr.pct_change(21, fill_method=None)
    above = px.gt(px.rolling(50).mean()).sum(axis=1)
    beating = month[SECTORS].gt(month["SPY"], axis=0).sum(axis=1)
    for t in market.some_sessions[1:]:  # at the first there is no average yet
        block = _of_funds(market, t)
        yield [block.sectors_above_sma50, block.sectors_beating_21s], [above.iloc[t], beating.iloc[t]]


def equal_weight(market: Market) -> Iterator[Pair]:
    """B14: RSP less SPY over 21 and 63 sessions."""
    for t in market.some_sessions:
        for n in (21, 63):
            moved = market.tr.pct_change(n, fill_method=None).iloc[t]
            yield [_of_funds(market, t).equal_less_cap[f"{n}s"]], [moved["RSP"] - moved["SPY"]]


def _of_funds(market: Market, t: int) -> BreadthBlock:
    return BreadthBoard(market.history, market.assets, None).block(t)


def dispersion(market: Market) -> Iterator[Pair]:
    """V10: the spread of the members' returns of the day."""
    returns = {symbol: prices.dropna().pct_change() for symbol, prices in market.member_table("tr").items()}
    spread = pd.DataFrame(returns).where(~market.doubted).std(axis=1)
    yield market.breadth["dispersion"], spread.loc[market.breadth.index]


ORACLES = (
    Oracle("B1", "advances, declines, unchanged", "pandas.DataFrame.sum", advances),
    Oracle("B2", "net advances and ratios", "pandas.Series.div", net_advances),
    Oracle("B3", "A/D line", "pandas.Series.cumsum", line),
    Oracle("B4", "McClellan oscillator", "pandas.Series.ewm", oscillator_by_pandas),
    Oracle("B4", "McClellan oscillator", "talib.EMA", oscillator_by_talib),
    Oracle("B5", "summation", "pandas.Series.cumsum", summation),
    Oracle("B6", "share above SMA20, SMA50, SMA200", "pandas.DataFrame.rolling.sum", participation),
    Oracle("B7", "new highs and lows", "pandas.DataFrame.rolling.max", new_highs),
    Oracle("B8", "record-high share, high-low index", "pandas.Series.rolling.mean", record_highs),
    Oracle("B9", "TRIN over 1 and 10 sessions", "pandas.DataFrame.rolling.sum", trin),
    Oracle("B10", "up-volume share", "pandas.DataFrame.where", up_volume),
    Oracle("B11", "breadth thrust and its events", "pandas.Series.ewm", thrust_by_pandas),
    Oracle("B13", "participation of sectors", "pandas.DataFrame.sum", sectors),
    Oracle("B14", "equal less cap weight", "pandas.DataFrame.pct_change", equal_weight),
    Oracle("V10", "dispersion of the members", "pandas.DataFrame.std", dispersion),
    Oracle("B11", "breadth thrust", "talib.EMA", thrust_by_talib),
)
