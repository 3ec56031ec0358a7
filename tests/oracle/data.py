"""Two markets to measure on: an invented one (oracles.md D.1) and the real one, folded once and shown as tables.

`Market.field`, `breadth`, `risk` and `spread` are what the engine says at every session; `px`, `tr`, `moves` and
the other tables are the prices it was given, from which the oracles start. Tables are sessions x symbols.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from core.feeds.files import FilesFeed
from core.metrics.fold import History, ScreenFold
from core.metrics.leadership import spread_values
from core.metrics.members import Members
from core.metrics.risk import Assets, risk_values
from core.metrics.row import Row
from core.model import Group, Instrument, SymbolClass
from core.panel import Floats, Panel, align
from core.risk_board import RiskBoard
from core.rows import RowBuilder
from core.snapshot import Row as ShownRow
from tests.core import builders
from tests.reference.data import SCHEMES, SECTORS

BENCHMARK = "SPY"
SYNTHETIC_SESSIONS = 1_500
SEED = 20_260_111
FUNDS = (*builders.FUNDS, "RSP", *SECTORS, "TLT", "IEF", "HYG", "GLD", "CPER", "SMH", "SPHB", "SPLV")
LEVELS = {"^VIX": 18.0, "^VIX3M": 20.0, "^TNX": 4.0, "^IRX": 5.0, "^FVX": 4.5}
SPLIT_NOT_APPLIED = ("M07", 900)
"""A member whose price halves from this row on, and stays there: in doubt for three sessions (metrics.md 0.4)."""


class _Reading(ScreenFold):
    """The fold of the screen, which remembers what was read off it."""

    def __init__(self, panel: Panel, *, benchmark: int) -> None:
        super().__init__(panel, benchmark=benchmark)
        self.readings: list[dict[str, Floats]] = []

    def read(self, row: Row) -> dict[str, Floats]:
        values = super().read(row)
        self.readings.append(values)
        return values


@dataclass(frozen=True, eq=False)
class Market:
    """The panel of the screen and that of a universe of members; `doubted` holds the members' closes in doubt."""

    name: str
    panel: Panel
    members: Panel
    doubted: pd.DataFrame

    @cached_property
    def _folded(self) -> tuple[dict[str, Floats], History]:
        fold = _Reading(self.panel, benchmark=self.panel.symbols.index(BENCHMARK))
        history = History(self.panel, fold)
        names = fold.readings[0]
        return {name: np.vstack([values[name] for values in fold.readings]) for name in names}, history

    @property
    def history(self) -> History:
        """What the engine keeps of the screen symbols."""
        return self._folded[1]

    def field(self, name: str) -> pd.DataFrame:
        """One metric of every screen symbol."""
        return self._table(self._folded[0][name])

    @cached_property
    def breadth(self) -> pd.DataFrame:
        """Every breadth series, a column each, from the first session the engine reads breadth at."""
        history = Members(self.members).history
        table = pd.DataFrame({name: values[:-1] for name, values in history.items()}, self.members.sessions)
        return table.loc[table["counted"].first_valid_index() :]

    @cached_property
    def assets(self) -> Assets:
        """The columns the risk series refer to; classes by the scheme `msci`."""
        columns = {symbol: column for column, symbol in enumerate(self.panel.symbols)}
        cyclical, defensive = ([columns[symbol] for symbol in side] for side in SCHEMES["msci"])
        return Assets(columns, [columns[symbol] for symbol in SECTORS], cyclical, defensive)

    @cached_property
    def risk(self) -> pd.DataFrame:
        """Every series of volatility, cross-asset risk and appetite, a column each."""
        return pd.DataFrame(risk_values(self.history, self.assets, 0, len(self.panel.sessions)), self.panel.sessions)

    @property
    def some_sessions(self) -> list[int]:
        """Rows for what is told of one session at a time: spread over the panel, the last among them."""
        rows: list[int] = np.linspace(40, len(self.panel.sessions) - 1, 25).astype(int).tolist()
        return rows

    @cached_property
    def rows(self) -> tuple[ShownRow, ...]:
        """The rows of the snapshot at the last session, one a symbol, as if all were funds."""
        instruments = tuple(Instrument(symbol, symbol, SymbolClass.FUND, "all") for symbol in self.panel.symbols)
        group = Group("all", "all", SymbolClass.FUND, ranked=False, instruments=instruments)
        asof, last = [None] * len(instruments), len(self.panel.sessions) - 1
        return RowBuilder(self.panel, self.history, last, asof=asof, live=False).rows(group)

    @cached_property
    def risk_board(self) -> RiskBoard:
        """The risk block of the snapshot, at any session."""
        return RiskBoard(self.history, self.assets)

    @lru_cache  # noqa: B019 - two markets live as long as the tests
    def spread(self, a: str, b: str) -> pd.DataFrame:
        """R5 to R11 of a over b: `spread_{n}`, `relative_{n}`, `band_low`, `band_high` and the other fields."""
        columns = self.assets.columns
        rows = []
        for t in range(len(self.panel.sessions)):
            found = spread_values(self.history, t, columns[a], columns[b])
            row: dict[str, float | None] = {f"spread_{n}": value for n, value in found.spread.items()}
            row |= {f"relative_{n}": value for n, value in found.relative.items()}
            row |= dict(zip(("band_low", "band_high"), found.band, strict=True))
            names = ("z21", "agree", "t63", "lead_streak", "daily_streak", "lead_share", "ratio_gap")
            rows.append(row | {name: getattr(found, name) for name in names})
        return pd.DataFrame(rows, self.panel.sessions, dtype=np.float64)

    @cached_property
    def px(self) -> pd.DataFrame:
        return self._table(self.panel.px)

    @cached_property
    def tr(self) -> pd.DataFrame:
        return self._table(self.panel.tr)

    @cached_property
    def high(self) -> pd.DataFrame:
        return self._table(self.panel.high)

    @cached_property
    def low(self) -> pd.DataFrame:
        return self._table(self.panel.low)

    @cached_property
    def traded(self) -> pd.DataFrame:
        """Volume, where there was any."""
        volume = self._table(self.panel.volume)
        return volume.where(volume > 0)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Daily returns of `tr`; that over a hole is one return, of the day the symbol resumes."""
        moves = {symbol: prices.dropna().pct_change() for symbol, prices in self.tr.items()}
        return pd.DataFrame(moves, self.tr.index)

    @cached_property
    def whole(self) -> list[str]:
        """The symbols without a hole in their life: a library that knows no missing value can judge them."""
        since = np.isfinite(self.panel.px).cumsum(axis=0) > 0
        complete = (np.isfinite(self.panel.px) == since).all(axis=0)
        return [symbol for symbol, is_whole in zip(self.panel.symbols, complete, strict=True) if is_whole]

    @cached_property
    def ranged(self) -> list[str]:
        """Those of them that have a range of the day at every session."""
        return [symbol for symbol in self.whole if self.high[symbol].notna().all() and self.low[symbol].notna().all()]

    def member_table(self, field: str) -> pd.DataFrame:
        """One field of the members."""
        return pd.DataFrame(getattr(self.members, field), self.members.sessions, list(self.members.symbols))

    def _table(self, values: Floats) -> pd.DataFrame:
        return pd.DataFrame(values, self.panel.sessions, list(self.panel.symbols))


def synthetic() -> Market:
    """1,500 sessions of Student-t returns; a fund listed late, one with a hole, and 60 members in whole cents."""
    rng = np.random.default_rng(SEED)
    panel = _walk(rng, (*FUNDS, *LEVELS), common=0.006)
    panel = replace(panel, **{name: getattr(panel, name) * _scale() for name in ("open", "high", "low", "px", "tr")})
    panel = builders.without(panel, "CPER", rows=slice(0, 300))
    panel = builders.without(panel, "SMH", rows=slice(700, 702))
    members = _members(rng)
    doubted = pd.DataFrame(data=False, index=members.sessions, columns=list(members.symbols))
    symbol, row = SPLIT_NOT_APPLIED
    doubted.loc[members.sessions[row : row + 3], symbol] = True
    return Market("synthetic", panel, members, doubted)


def real(folder: Path) -> Market:
    """All symbols of the market file, and the members of the S&P 500 that have prices; no close there is in doubt."""
    panel = _read(folder / "index_etf_daily.csv")
    listed = pd.read_csv(folder / "sp500_members_2025-11-16.csv")["symbol"]
    stocks = _read(folder / "stocks_daily.parquet", wanted=set(listed))
    doubted = pd.DataFrame(data=False, index=stocks.sessions, columns=list(stocks.symbols))
    return Market("real", panel, stocks, doubted)


def _read(file: Path, wanted: set[str] | None = None) -> Panel:
    feed = FilesFeed([file])
    symbols = sorted(feed.known() if wanted is None else feed.known() & wanted)
    instruments = [Instrument(symbol, symbol, SymbolClass.STOCK, "oracle") for symbol in symbols]
    bars = feed.history(instruments, date(2019, 1, 1), date(2026, 1, 31)).bars
    sessions = max((series.sessions for series in bars.values()), key=len)
    return align(bars, symbols, sessions)


def _walk(rng: np.random.Generator, symbols: tuple[str, ...], *, common: float) -> Panel:
    """Prices that begin near 100, move together by `common`, and pay dividends where they are no index."""
    shape = (SYNTHETIC_SESSIONS, len(symbols))
    moves = 0.006 * rng.standard_t(4, shape) + common * rng.standard_t(4, (SYNTHETIC_SESSIONS, 1))
    px: Floats = 100.0 * (1.0 + moves).cumprod(axis=0)
    reach = np.abs(0.004 * rng.standard_t(4, (2, *shape)))
    dividends = [0.0 if symbol.startswith("^") else 5e-5 for symbol in symbols]
    return Panel(
        sessions=builders.days(SYNTHETIC_SESSIONS),
        symbols=symbols,
        open=px.copy(),
        high=px * (1.0 + reach[0]),
        low=px / (1.0 + reach[1]),
        px=px,
        tr=px * np.exp(np.outer(np.arange(SYNTHETIC_SESSIONS), dividends)),
        volume=rng.integers(1_000, 9_000, shape).astype(np.float64),
        adjusted=np.ones(len(symbols), dtype=np.bool_),
    )


def _scale() -> Floats:
    """Funds stay where they are; volatilities and yields have levels of their own."""
    return np.array([*(1.0 for _fund in FUNDS), *(level / 100.0 for level in LEVELS.values())])


def _members(rng: np.random.Generator) -> Panel:
    """60 stocks with what real ones have: ties in whole cents, holes, late listings, days without trade."""
    panel = _walk(rng, tuple(f"M{k:02}" for k in range(60)), common=0.008)
    panel.volume[rng.random(panel.volume.shape) < 0.01] = 0.0
    symbol, row = SPLIT_NOT_APPLIED
    for name in ("open", "high", "low", "px", "tr"):
        prices = getattr(panel, name)
        prices /= 16.0
        prices[row:, panel.symbols.index(symbol)] /= 2.0
        np.round(prices, 2, out=prices)
    for column in range(50, 60):
        panel = builders.without(panel, panel.symbols[column], rows=slice(0, 700 + 40 * (column - 49)))
    for column in range(0, 50, 7):
        row = int(rng.integers(800, 1_400))
        panel = builders.without(panel, panel.symbols[column], rows=slice(row, row + 2))
    return panel
