"""The members of a universe and the lines of a fund: prices, the breadth of B.3 and the concentration of B.6.

Choices the specification leaves:
- The members' file has one basis ("all dividend-adjusted"), which serves as both `px` and `tr`.
- No close of these members is `suspect`: 0.4 names the three that moved by more than 40 % (FISV, FMC, CNC) and says
  they stay in, though by "n:m with n, m <= 20" nearly every ratio would be that of a split.
- A change over a hole belongs to the session the member resumes; averages and ranges need a full window (0.3), so
  that a member is out of B6 and B7 until its hole has left the window.
- What a rule asks of the universe is asked of the count of B6 or B7 itself over the members of the list, priced or not
  (0.5: n_used, n_expected); the coverage it tells is that of the members with a price on the session.
- B.6: a line rolls where it has a price at both ends; M7 needs all its lines for C2.
- C2's R, C5's and C7's are the fund's own return on `tr`; below 2 % either way a share says nothing, C5's too.
- "One company" (B.10) are lines whose names differ in their class only.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from tests.reference.basics import NAN, ratio
from tests.reference.data import MARKET, Array
from tests.reference.rotation import ema

FOLDER = MARKET.parent
MAGNIFICENT = ["AAPL", "MSFT", "NVDA", "AMZN", "GOOGL", "GOOG", "META", "TSLA"]
SERVES = 92
"""Days either side of its date that a holdings file serves; it is `partial` beyond `FRESH`."""
FRESH = 45


@dataclass(frozen=True, eq=False)
class Stocks:
    """Prices of stocks, sessions x symbols; `sessions` ascend."""

    sessions: list[date]
    close: pd.DataFrame
    high: pd.DataFrame
    low: pd.DataFrame


def load_stocks(sessions: list[date], path: Path = FOLDER / "stocks_daily.parquet") -> Stocks:
    """The stocks on those of these sessions that they have."""
    rows = pd.read_parquet(path)
    rows["date"] = [date.fromisoformat(text) for text in rows["date"]]
    rows = rows.drop_duplicates(["symbol", "date"], keep="last")
    first, newest = rows["date"].min(), rows["date"].max()
    kept = [session for session in sessions if first <= session <= newest]

    def table(column: str) -> pd.DataFrame:
        wide = rows.pivot(index="date", columns="symbol", values=column).reindex(kept)
        return wide.where((wide > 0) & np.isfinite(wide))

    return Stocks(kept, table("close"), table("high"), table("low"))


def load_universe(path: Path = FOLDER / "sp500_members_2025-11-16.csv") -> list[str]:
    """The symbols of a member list."""
    return list(pd.read_csv(path)["symbol"].astype(str))


SERIES = ["priced", "line", "mcclellan", "new_highs", "new_lows", "ranged", "dispersion"]


@dataclass(frozen=True, eq=False)
class Breadth:
    """Series of a universe, one value a session; NaN where there is none. The first row has no change."""

    expected: int
    priced: Array
    line: Array
    mcclellan: Array
    above: dict[int, Array]
    counted: dict[int, Array]
    new_highs: Array
    new_lows: Array
    ranged: Array
    dispersion: Array


def breadth(stocks: Stocks, universe: list[str]) -> Breadth:
    """B1, B3, B4, B6 (20, 50, 200), B7 and V10 at every session."""
    there = [symbol for symbol in universe if symbol in stocks.close]
    close = stocks.close[there]
    change = pd.DataFrame({s: prices.dropna().diff() for s, prices in close.items()}, close.index)
    moves = pd.DataFrame({s: prices.dropna().pct_change() for s, prices in close.items()}, close.index)
    advances, declines = change.gt(0).sum(axis=1), change.lt(0).sum(axis=1)
    net = (advances - declines).astype(float).iloc[1:]
    moved = (advances + declines).iloc[1:]
    rana = [1000 * n / m if m else 0.0 for n, m in zip(net, moved, strict=True)]
    above, counted = {}, {}
    for n in (20, 50, 200):
        total = close.rolling(n).apply(np.sum, raw=True)
        count = total.notna().sum(axis=1)
        above[n] = (100 * (n * close > total * (1 + 1e-12)).sum(axis=1) / count.where(count > 0)).to_numpy(float)
        counted[n] = count.to_numpy(float)
    top, bottom = stocks.high[there].rolling(252).max(), stocks.low[there].rolling(252).min()
    full = top.notna() & bottom.notna()
    return Breadth(
        expected=len(universe),
        priced=close.notna().sum(axis=1).to_numpy(float),
        line=np.concatenate([[NAN], np.cumsum(net)]),
        mcclellan=np.concatenate([[NAN], ema(np.array(rana), 19) - ema(np.array(rana), 39)]),
        above=above,
        counted=counted,
        new_highs=(full & (stocks.high[there] >= top)).sum(axis=1).to_numpy(float),
        new_lows=(full & (stocks.low[there] <= bottom)).sum(axis=1).to_numpy(float),
        ranged=full.sum(axis=1).to_numpy(float),
        dispersion=moves.std(axis=1, ddof=1).to_numpy(float),
    )


def on_sessions(of: Breadth, stocks: Stocks, sessions: list[date]) -> Breadth:
    """The same on all sessions of the funds; NaN where the stocks have none."""

    def laid_out(values: Array) -> Array:
        at = dict(zip(stocks.sessions, values, strict=True))
        return np.array([at.get(session, NAN) for session in sessions], dtype=np.float64)

    return Breadth(
        expected=of.expected,
        above={n: laid_out(values) for n, values in of.above.items()},
        counted={n: laid_out(values) for n, values in of.counted.items()},
        **{name: laid_out(getattr(of, name)) for name in SERIES},
    )


@dataclass(frozen=True, eq=False)
class Holdings:
    """The equity lines of a fund with their weights on `dated`."""

    dated: date
    symbols: list[str]
    names: list[str]
    weights: Array

    def serves(self, session: date) -> bool:
        return abs((session - self.dated).days) <= SERVES

    def fresh(self, session: date) -> bool:
        return abs((session - self.dated).days) <= FRESH


def load_holdings(path: Path) -> Holdings:
    """A file `symbol,name,sector,weight_pct`, its date in its name; lines of cash are dropped."""
    found = re.search(r"\d{4}-\d{2}-\d{2}", path.name)
    if found is None:
        raise ValueError(f"{path.name} has no date in its name")
    lines = pd.read_csv(path, keep_default_na=False)
    lines = lines[~lines["sector"].str.startswith("Cash")]
    weights = lines["weight_pct"].to_numpy(dtype=np.float64)
    return Holdings(
        date.fromisoformat(found.group()),
        [str(symbol) for symbol in lines["symbol"]],
        [re.sub(r" CLASS [A-Z].*$", "", str(name)) for name in lines["name"]],
        weights / np.sum(weights),
    )


def closes(stocks: Stocks, symbols: list[str], at: int) -> Array:
    """The closes of these symbols; NaN where there is none."""
    return stocks.close.iloc[at].reindex(symbols).to_numpy(dtype=np.float64)


def rolled(held: Holdings, stocks: Stocks, at: int) -> Array:
    """The weights on session `at`: rolled from their date by the price ratio, and renormalised."""
    dated = max(i for i, session in enumerate(stocks.sessions) if session <= held.dated)
    growth = closes(stocks, held.symbols, at) / closes(stocks, held.symbols, dated)
    moved = held.weights * np.where(np.isfinite(growth), growth, 1.0)
    weights: Array = moved / np.sum(moved)
    return weights


def c1(held: Holdings, stocks: Stocks, at: int) -> float:
    """The weight of the Magnificent Seven."""
    weights = rolled(held, stocks, at)
    return float(sum(w for symbol, w in zip(held.symbols, weights, strict=True) if symbol in MAGNIFICENT))


def c3(held: Holdings, stocks: Stocks, at: int) -> float:
    """The effective number of names; the lines of one company count as one."""
    companies = pd.Series(rolled(held, stocks, at)).groupby(held.names).sum()
    return float(1 / np.sum(companies.to_numpy() ** 2))


def contributions(held: Holdings, stocks: Stocks, at: int, n: int = 63) -> pd.Series:
    """Weight at the window's start times the window's return, line by line; NaN for a line without prices."""
    returns = closes(stocks, held.symbols, at) / closes(stocks, held.symbols, at - n) - 1
    return pd.Series(rolled(held, stocks, at - n) * returns, held.symbols)


def share(contribution: float, index_return: float) -> float:
    """A contribution over the index's return, if that is at least 2 % either way."""
    return ratio(contribution, index_return) if abs(index_return) >= 0.02 else NAN


def c2(held: Holdings, stocks: Stocks, at: int, index_return: float) -> tuple[float, float]:
    """The contribution of the Magnificent Seven over 63 sessions and its share of the index's return."""
    if at < 63:
        return NAN, NAN
    brought = contributions(held, stocks, at)
    total = float(np.sum(brought[brought.index.isin(MAGNIFICENT)].to_numpy()))
    return total, share(total, index_return)


@dataclass(frozen=True)
class SmallCaps:
    """C5 to C7 over 63 sessions; all NaN where less than 80 % of the fund's weight has prices."""

    top_share: float
    skew: float
    beating: float


def c5_to_c7(held: Holdings, stocks: Stocks, at: int, index_return: float) -> SmallCaps:
    """The top ten's share, the mean less the median member return, and the share of members that beat the index."""
    if at < 63 or math.isnan(index_return):
        return SmallCaps(NAN, NAN, NAN)
    returns = closes(stocks, held.symbols, at) / closes(stocks, held.symbols, at - 63) - 1
    priced = np.isfinite(returns)
    weights = rolled(held, stocks, at - 63)
    if np.sum(weights[priced]) < 0.80:
        return SmallCaps(NAN, NAN, NAN)
    top = np.sort((weights * returns)[priced])[::-1][:10]
    members = returns[priced]
    return SmallCaps(
        top_share=share(float(np.sum(top)), index_return),
        skew=float(np.mean(members) - np.median(members)),
        beating=float(np.sum(members > index_return)) / len(members),
    )
