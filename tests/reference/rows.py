"""One symbol's row of interface.md: returns, trend, volatility and drawdown on a session.

Funds return on `tr`, indices on `px`. Rates and volatility indices have changes in points, never returns, and no
metric that is made of returns: their rows hold the level, the changes and the last 60 levels only.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from tests.reference.basics import (
    average_true_range,
    beta,
    correlation,
    drawdowns,
    ewma_volatility,
    extension,
    highest,
    lowest,
    mean,
    percent_b,
    ratio,
    ret,
    rsi,
    sigma,
)
from tests.reference.data import RATES, Array, Data, is_index, is_volatility, life, past, plain

Row = dict[str, Any]

SESSIONS_BACK = {"5s": 5, "21s": 21, "42s": 42, "63s": 63, "126s": 126, "252s": 252}
MONTHS_BACK = {"1m": 1, "3m": 3, "6m": 6, "1y": 12}
LEVEL_CHANGES = {"1s": 1, "5s": 5, "21s": 21, "63s": 63, "126s": 126, "252s": 252}
RELATIVE = {"5s": 5, "21s": 21, "63s": 63, "126s": 126, "252s": 252}


def expected_rows(data: Data, session: date) -> dict[str, Row]:
    """The row of every symbol in the file, by symbol."""
    at = data.at(session)
    return {
        symbol: _level_row(data, symbol, at) if symbol in RATES or is_volatility(symbol) else _row(data, symbol, at)
        for symbol in data.symbols
    }


def base_positions(data: Data, at: int) -> dict[str, int]:
    """Where each window's base session stands; a base before the first session is left out."""
    bases = {key: at - n for key, n in SESSIONS_BACK.items() if at >= n}
    today = data.sessions[at]
    for key, months in MONTHS_BACK.items():
        limit = (pd.Timestamp(today) - pd.DateOffset(months=months)).date()
        earlier = [i for i, session in enumerate(data.sessions) if session <= limit]
        if earlier:
            bases[key] = earlier[-1]
    last_year = [i for i, session in enumerate(data.sessions) if session.year < today.year]
    if last_year:
        bases["ytd"] = last_year[-1]
    return bases


def _row(data: Data, symbol: str, at: int) -> Row:
    px, tr = past(data.px, symbol, at), past(data.tr, symbol, at)
    spy = past(data.tr, "SPY", at)
    bases = base_positions(data, at)
    windows = [*SESSIONS_BACK, *MONTHS_BACK, "ytd"]
    row: Row = {
        "symbol": symbol,
        "last": plain(float(px[-1])),
        "chg_1s": plain(ret(px, 1)),
        "ret": {key: plain(float(tr[at] / tr[bases[key]] - 1)) if key in bases else None for key in windows},
        "base": {key: data.sessions[bases[key]].isoformat() if key in bases else None for key in windows},
        "rs": {key: plain(ret(tr, n) - ret(spy, n)) for key, n in RELATIVE.items()},
        "beta63": plain(beta(tr, spy, 63)),
        "corr63": plain(correlation(tr, spy, 63)),
        "vol_ratio": plain(ratio(sigma(tr, 20), sigma(spy, 20))),
        "spark": [plain(float(close)) for close in px[-60:]],
    }
    row |= _trend(px, tr)
    row |= _ranges(data, symbol, at)
    row |= _risk(px, tr)
    row |= _volume(data, symbol, at)
    return row


def _level_row(data: Data, symbol: str, at: int) -> Row:
    level = past(data.px, symbol, at)

    def change(n: int) -> float | None:
        return plain(float(level[-1] - level[-1 - n])) if len(level) > n else None

    changes = {key: change(n) for key, n in LEVEL_CHANGES.items()}
    row: Row = {"symbol": symbol, "last": plain(float(level[-1])), "spark": [plain(float(x)) for x in level[-60:]]}
    if symbol in RATES:
        # A rate is quoted in percent: 0.01 of it is one basis point.
        row["chg_bp"] = {key: None if x is None else 100 * x for key, x in changes.items()}
    else:
        row["chg_pt"] = changes
    return row


def _trend(px: Array, tr: Array) -> Row:
    row: Row = {}
    for n in (20, 50, 200):
        row[f"sma{n}"] = plain(mean(px, n))
        row[f"dist_sma{n}"] = plain(float(px[-1]) / mean(px, n) - 1)
    row["rsi14"] = plain(float(rsi(px)[-1]))
    row["pct_b"] = plain(percent_b(px))
    row["extension"] = plain(extension(px, tr))
    return row


def _ranges(data: Data, symbol: str, at: int) -> Row:
    high, low, px = past(data.high, symbol, at), past(data.low, symbol, at), past(data.px, symbol, at)
    high_252 = highest(high, 252)
    return {
        "atr14": plain(average_true_range(high, low, px)),
        "high_252": plain(high_252),
        "low_252": plain(lowest(low, 252)),
        "dist_high_252": plain(float(px[-1]) / high_252 - 1),
        "record_close": is_record(px),
        "record_high": is_record(high),
        "records_week": records_this_week(data, px, at),
        "days_since_high": days_since_high(px),
    }


def is_record(values: Array) -> bool | None:
    """T3: today's value against all loaded ones; None where today's is missing."""
    if not math.isfinite(values[-1]):
        return None
    return bool(values[-1] >= np.max(values[np.isfinite(values)]))


def records_this_week(data: Data, px: Array, at: int) -> int | None:
    """T3: how many sessions of this ISO week, up to today, closed at a record."""
    if not math.isfinite(px[-1]):
        return None
    week = data.sessions[at].isocalendar()[:2]
    days = [i for i in range(at + 1) if data.sessions[i].isocalendar()[:2] == week]
    return sum(is_record(px[: i + 1]) is True for i in days)


def days_since_high(px: Array) -> int | None:
    """T7: sessions since the highest close of the last 252; the latest of equal ones."""
    if not math.isfinite(highest(px, 252)):
        return None
    back = 0
    while px[-1 - back] < highest(px, 252):
        back += 1
    return back


def _risk(px: Array, tr: Array) -> Row:
    fall = drawdowns(tr)
    there = math.isfinite(tr[-1])
    return {
        "sigma20": plain(sigma(tr, 20)),
        "sigma60": plain(sigma(tr, 60)),
        "sigma252": plain(sigma(tr, 252)),
        "annual_vol": plain(sigma(tr, 20) * math.sqrt(252)),
        "ewma_vol": plain(ewma_volatility(tr)),
        "drawdown": plain(float(fall[-1])) if there else None,
        "max_drawdown": plain(float(np.min(fall))) if there else None,
        "drawdown_252": plain(float(px[-1]) / highest(px, 252) - 1),
    }


def _volume(data: Data, symbol: str, at: int) -> Row:
    if is_index(symbol):
        # metrics.md B.10: indices never enter volume metrics.
        return {"volume": None, "adv20": None, "adv63": None, "rel_volume": None}
    volume = life(past(data.volume, symbol, at))
    today = float(volume[-1]) if len(volume) else math.nan
    return {
        "volume": plain(today),
        "adv20": plain(mean(volume, 20)),
        "adv63": plain(mean(volume, 63)),
        "rel_volume": plain(ratio(today, mean(volume, 20))),
    }
