"""Group C (metrics.md B.6) on the members, weighted by what is traded of them, against pandas.

oracles.md names skfolio for C3; it is not installed for its weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.metrics import concentration as c
from core.panel import Floats
from core.weights import rolled
from tests.oracle.compare import Oracle, Pair
from tests.oracle.data import Market

WINDOW = 63
LARGE = 7
"""The first lines of the universe stand for the Magnificent Seven."""


@dataclass(frozen=True, eq=False)
class Windows:
    """Weights at the start of some windows of 63 sessions, prices at either end and returns; windows x members."""

    weights: pd.DataFrame
    then: pd.DataFrame
    now: pd.DataFrame
    returns: pd.DataFrame

    @property
    def index(self) -> pd.Series:
        """The return of the whole, as far as its lines have one."""
        return (self.weights * self.returns).sum(axis=1)

    @property
    def large(self) -> pd.DataFrame:
        """Weights of the first lines."""
        return self.weights.iloc[:, :LARGE]

    @property
    def by_return(self) -> tuple[Floats, Floats, Floats]:
        """What the engine is given."""
        return self.weights.to_numpy(), self.returns.to_numpy(), self.index.to_numpy()


@lru_cache
def windows(market: Market) -> Windows:
    px, volume = market.member_table("px"), market.member_table("volume")
    ends = np.linspace(WINDOW, len(px) - 1, 25).astype(int)
    traded = (px * volume).fillna(0.0).iloc[ends - WINDOW]
    weights = traded.div(traded.sum(axis=1), axis=0).set_axis(px.index[ends])
    returns = px.pct_change(WINDOW, fill_method=None).iloc[ends]
    return Windows(weights, px.iloc[ends - WINDOW].set_axis(px.index[ends]), px.iloc[ends], returns)


def group(market: Market) -> npt.NDArray[np.bool_]:
    """Which lines are large."""
    return np.arange(len(market.members.symbols)) < LARGE


def rolled_weight(market: Market) -> Iterator[Pair]:
    """C1: weights rolled to the end of the window; a line without a price keeps its weight."""
    w = windows(market)
    moved = w.weights * (w.now / w.then).fillna(1.0)
    expected = moved.iloc[:, :LARGE].sum(axis=1) / moved.sum(axis=1)
    weights = zip(w.weights.to_numpy(), w.then.to_numpy(), w.now.to_numpy(), strict=True)
    found = np.vstack([rolled(fractions, then, now) for fractions, then, now in weights])
    yield c.group_weight(found, group(market)), expected


def contribution(market: Market) -> Iterator[Pair]:
    """C2."""
    w = windows(market)
    weights, returns, index = w.by_return
    expected = (w.large * w.returns.iloc[:, :LARGE]).sum(axis=1, skipna=False)
    brought = c.contribution(weights, returns, group(market))
    yield brought, expected
    yield c.share_of_return(brought, index), (expected / w.index).where(w.index.abs() >= 0.02)


def effective_names(market: Market) -> Iterator[Pair]:
    """C3: every two lines are one company."""
    weights = windows(market).weights
    numbers = np.arange(weights.shape[1]) // 2
    by_name = weights.T.groupby(numbers).sum()
    yield c.effective_names(weights.to_numpy(), numbers), 1.0 / by_name.pow(2).sum()


def price_spread(market: Market) -> Iterator[Pair]:
    """C4: the spread that needs prices of funds only."""
    for n in (21, 63):
        moved = market.tr[["RSP", "SPY"]].pct_change(n, fill_method=None).iloc[market.some_sessions]
        found = [c.price_spreads({"RSP": rsp, "SPY": spy}).equal_less_cap for rsp, spy in moved.to_numpy().tolist()]
        yield found, moved["RSP"] - moved["SPY"]


def top_ten(market: Market) -> Iterator[Pair]:
    """C5."""
    w = windows(market)
    brought = (w.weights * w.returns).apply(lambda row: row.nlargest(10).sum(), axis=1)
    yield c.top_share(*w.by_return), (brought / w.index).where(w.index.abs() >= 0.02)


def skew(market: Market) -> Iterator[Pair]:
    """C6."""
    w = windows(market)
    weights, returns, index = w.by_return
    yield c.mean_less_median(weights, returns), w.returns.mean(axis=1) - w.returns.median(axis=1)
    yield c.index_less_equal(weights, returns, index), w.index - w.returns.mean(axis=1)


def beating(market: Market) -> Iterator[Pair]:
    """C7."""
    w = windows(market)
    yield c.beating_share(*w.by_return), w.returns.gt(w.index, axis=0).sum(axis=1) / w.returns.count(axis=1)


ORACLES = (
    Oracle("C1", "weight of a group, rolled", "pandas.DataFrame.div", rolled_weight),
    Oracle("C2", "contribution and share of a group", "pandas.DataFrame.sum", contribution),
    Oracle("C3", "effective number of names", "pandas.DataFrame.groupby", effective_names),
    Oracle("C4", "equal less cap weight", "pandas.DataFrame.pct_change", price_spread),
    Oracle("C5", "share of the ten largest", "pandas.Series.nlargest", top_ten),
    Oracle("C6", "skew of the members", "pandas.DataFrame.median", skew),
    Oracle("C7", "share of members ahead", "pandas.DataFrame.gt", beating),
)
