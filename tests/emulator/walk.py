"""The walk behind a symbol: the same daily bars for the same name, in every process and on every day.

Rows are sessions since `FIRST`. Prices stand in one unit for ever, that of the time before the first split;
`tests.emulator.market` turns them into what Yahoo shows at a given moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from core.feeds.loadings import KNOWN, Profile, stream
from core.model import SymbolClass
from core.panel import Floats

FIRST = date(2000, 1, 3)

_QUARTER = 63  # sessions between two dividends
_MARKET = 0.009  # daily standard deviation of what all prices share
_OWN = {  # and of what is a symbol's own
    SymbolClass.INDEX: 0.003,
    SymbolClass.FUND: 0.005,
    SymbolClass.STOCK: 0.016,
    SymbolClass.RATE: 0.012,
    SymbolClass.VOLATILITY: 0.05,
}
_RANGE = 0.5  # the log of a price stays within this distance of its level
_RATIOS = (2.0, 3.0, 4.0, 10.0, 0.1)


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """Daily bars, and what happened to the shares: row -> ratio of a split, row -> dividend per share."""

    cls: SymbolClass
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    splits: dict[int, float]
    dividends: dict[int, float]


def make_walk(symbol: str, rows: int) -> Walk:
    """The first `rows` sessions of `symbol`; more rows never change those before them."""
    made = KNOWN.get(symbol) or _unknown(symbol)
    splits = _splits(symbol) if made.cls is SymbolClass.STOCK and symbol not in KNOWN else {}
    close = _rounded(made.level * np.prod(list(splits.values())) * np.exp(_log_path(symbol, made.cls, rows)))
    before = np.concatenate((close[:1], close[:-1]))
    swing = 0.4 * _OWN[made.cls]
    opening = before * np.exp(swing * _normal(symbol, "open", rows))
    high = np.maximum(opening, close) * np.exp(swing * np.abs(_normal(symbol, "high", rows)))
    low = np.minimum(opening, close) * np.exp(-swing * np.abs(_normal(symbol, "low", rows)))
    volume = np.round((made.volume or _index_volume(made.cls)) * np.exp(0.3 * _normal(symbol, "volume", rows)))
    dividends = _dividends(symbol, made, close)
    return Walk(made.cls, _rounded(opening), _rounded(high), _rounded(low), close, volume, splits, dividends)


def minutes(symbol: str, row: int, count: int) -> Floats:
    """How a session wanders between open and close: `count` + 1 log deviations, none at either end."""
    steps = stream("emulator", symbol, "minutes", row).standard_normal(count)
    walked = np.concatenate(([0.0], np.cumsum(0.008 / np.sqrt(count) * steps)))
    wandering: Floats = walked - walked[-1] * np.arange(count + 1) / count
    return wandering


def _unknown(symbol: str) -> Profile:
    rng = stream("emulator", symbol, "level")
    if symbol.startswith("^"):
        return Profile(SymbolClass.INDEX, float(rng.uniform(1_000, 20_000)))
    payout = max(float(rng.uniform(-0.02, 0.03)), 0.0)
    return Profile(SymbolClass.STOCK, float(np.exp(rng.uniform(3.0, 6.0))), payout=payout, volume=8e6)


def _index_volume(cls: SymbolClass) -> float:
    return 4e9 if cls is SymbolClass.INDEX else 0.0


def _log_path(symbol: str, cls: SymbolClass, rows: int) -> Floats:
    moves = _OWN[cls] * _normal(symbol, "own", rows)
    if cls.has_returns:
        moves += _MARKET * _normal("*", "market", rows)
    # Folding keeps every move and the range: a walk of 25 years ends neither at zero nor in the sky.
    path: Floats = np.abs((np.cumsum(moves) + _RANGE) % (4 * _RANGE) - 2 * _RANGE) - _RANGE
    return path


def _splits(symbol: str) -> dict[int, float]:
    rng = stream("emulator", symbol, "splits")
    count = int(rng.choice([0, 1, 2], p=[0.8, 0.15, 0.05]))
    return {int(row): float(rng.choice(_RATIOS)) for row in sorted(rng.integers(250, 6_750, count))}


def _dividends(symbol: str, made: Profile, close: Floats) -> dict[int, float]:
    if not made.payout or not made.cls.has_total_return:
        return {}
    first = int(stream("emulator", symbol, "dividends").integers(1, _QUARTER))
    return {row: round(float(close[row]) * made.payout / 4, 4) for row in range(first, len(close), _QUARTER)}


def _normal(symbol: str, part: str, rows: int) -> Floats:
    return stream("emulator", symbol, part).standard_normal(rows)


def _rounded(prices: Floats) -> Floats:
    return np.round(prices, 2)
