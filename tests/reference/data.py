"""The market file as plain tables: one row a session, one column a symbol, every price of its basis.

`px` is the split-adjusted close, `tr` the close adjusted for dividends too; an index (`^`) has one basis only, so its
`tr` is its `px`. Prices that are not positive and finite are missing (NaN). The sessions are the dates of SPY's rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

MARKET = Path(__file__).resolve().parents[2].parent / "shared" / "market" / "index_etf_daily.csv"

LEADERS = ["SPY", "IWM", "QQQ", "DIA"]
SECTORS = ["XLB", "XLC", "XLE", "XLF", "XLI", "XLK", "XLP", "XLRE", "XLU", "XLV", "XLY"]
RATES = ["^TNX", "^FVX", "^IRX", "^TYX"]

# metrics.md 0.7: the two sides of each scheme (what a scheme calls "sensitive" stands on neither side).
SCHEMES: dict[str, tuple[list[str], list[str]]] = {
    "msci": (["XLC", "XLY", "XLF", "XLI", "XLK", "XLB", "XLRE"], ["XLP", "XLE", "XLV", "XLU"]),
    "morningstar": (["XLB", "XLY", "XLF", "XLRE"], ["XLP", "XLV", "XLU"]),
    "article": (["XLB", "XLI", "XLRE"], ["XLE", "XLF", "XLV", "XLU"]),
}


@dataclass(frozen=True, eq=False)
class Data:
    """Six tables of one shape, sessions x symbols; `sessions` ascend."""

    sessions: list[date]
    symbols: list[str]
    open: pd.DataFrame
    high: pd.DataFrame
    low: pd.DataFrame
    px: pd.DataFrame
    tr: pd.DataFrame
    volume: pd.DataFrame

    def at(self, session: date) -> int:
        """The position of a session."""
        return self.sessions.index(session)


def is_index(symbol: str) -> bool:
    return symbol.startswith("^")


def is_volatility(symbol: str) -> bool:
    return symbol.startswith("^VIX")


def load(path: Path = MARKET) -> Data:
    """Read the long CSV `symbol,date,open,high,low,close,adj_close,volume`."""
    rows = pd.read_csv(path)
    rows["date"] = [date.fromisoformat(text) for text in rows["date"]]
    rows = rows.drop_duplicates(["symbol", "date"], keep="last")
    sessions = sorted(rows.loc[rows["symbol"] == "SPY", "date"])
    symbols = sorted(rows["symbol"].unique())

    def table(column: str) -> pd.DataFrame:
        wide = rows.pivot_table(index="date", columns="symbol", values=column, aggfunc="last", dropna=False)
        return wide.reindex(index=sessions, columns=symbols).astype(float)

    def prices(column: str) -> pd.DataFrame:
        wide = table(column)
        return wide.where((wide > 0) & np.isfinite(wide))

    px = prices("close")
    tr = prices("adj_close")
    for symbol in symbols:
        if is_index(symbol):
            tr[symbol] = px[symbol]
    return Data(sessions, symbols, prices("open"), prices("high"), prices("low"), px, tr, table("volume"))


def past(table: pd.DataFrame, symbol: str, at: int) -> Array:
    """All rows of one symbol up to and including position `at`: whoever uses only this cannot look ahead."""
    values: Array = table[symbol].to_numpy(dtype=np.float64)
    return values[: at + 1]


def life(values: Array) -> Array:
    """The rows from the first one that is there; empty if there is none."""
    there = np.flatnonzero(np.isfinite(values))
    return values[there[0] :] if len(there) else values[:0]


def plain(value: float) -> float | None:
    """What cannot be computed is None, as in the JSON."""
    return float(value) if math.isfinite(value) else None
