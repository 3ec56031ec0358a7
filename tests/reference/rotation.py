"""S3, S4, R13 and the rotation graph of B.2 on the eleven sector funds.

Every one-session move is on `px`, every deviation and every longer return on `tr`.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from tests.reference.basics import NAN, daily, mean, ratio, ret, sigma, std
from tests.reference.data import SCHEMES, SECTORS, Array, Data, past, plain
from tests.reference.ranks import group_ranks


def cyclical_minus_defensive(data: Data, at: int, scheme: str, n: int) -> float:
    """S4: the mean n-session return of the cyclical funds less that of the defensive ones."""
    table = data.px if n == 1 else data.tr
    cyclical, defensive = SCHEMES[scheme]
    return float(
        np.mean([ret(past(table, symbol, at), n) for symbol in cyclical])
        - np.mean([ret(past(table, symbol, at), n) for symbol in defensive])
    )


def rotation_z21(data: Data, at: int, scheme: str) -> float:
    """z_21 of S4; its daily version is on `tr`, the basis of the 21-session spread, over 252 sessions."""
    cyclical, defensive = SCHEMES[scheme]
    daily_cyclical = np.mean([daily(past(data.tr, symbol, at)) for symbol in cyclical], axis=0)
    daily_defensive = np.mean([daily(past(data.tr, symbol, at)) for symbol in defensive], axis=0)
    deviation = std(daily_cyclical - daily_defensive, 252)
    return ratio(cyclical_minus_defensive(data, at, scheme, 21), deviation * math.sqrt(21))


def rank_persistence(data: Data, at: int, group: list[str]) -> float:
    """R13: Spearman's correlation of the 63-session ranks today and 21 sessions ago; at least five members."""
    if at < 21:
        return NAN
    now, then = group_ranks(data, at, group, 63), group_ranks(data, at - 21, group, 63)
    ranks = pd.DataFrame({"now": now, "then": then}, dtype=float).dropna()
    if len(ranks) < 5:
        return NAN
    return float(ranks["now"].rank().corr(ranks["then"].rank()))


def z_day(data: Data, symbol: str, at: int) -> float:
    """S3: today's move in yesterday's 60-session deviations."""
    return ratio(ret(past(data.px, symbol, at), 1), sigma(past(data.tr, symbol, at)[:-1], 60))


def ema(values: Array, n: int) -> Array:
    """The exponential average of span n at every row, seeded with the first value."""
    alpha = 2 / (n + 1)
    out = [float(values[0])]
    for value in values[1:]:
        out.append(alpha * float(value) + (1 - alpha) * out[-1])
    return np.array(out)


def rotation_path(asset: Array, bench: Array) -> tuple[Array, Array]:
    """B.2, own formula: RS-ratio and RS-momentum at every row."""
    e = ema(asset / bench, 5)
    rs_ratio = np.array([100 * e[i] / mean(e[: i + 1], 63) for i in range(len(e))])
    rs_momentum = np.array([100 * rs_ratio[i] / mean(rs_ratio[: i + 1], 21) for i in range(len(e))])
    return rs_ratio, rs_momentum


def quadrant(rs_ratio: float, rs_momentum: float) -> str | None:
    if not (math.isfinite(rs_ratio) and math.isfinite(rs_momentum)):
        return None
    if rs_ratio >= 100:
        return "Leading" if rs_momentum >= 100 else "Weakening"
    return "Improving" if rs_momentum >= 100 else "Lagging"


def last_of_weeks(sessions: list[date]) -> list[int]:
    """The position of the last session of each ISO week; the running week's is today."""
    final = {session.isocalendar()[:2]: i for i, session in enumerate(sessions)}
    return sorted(final.values())


def expected_rotation(data: Data, session: date) -> dict[str, Any]:
    """S4 of every scheme, its z in the default one, rank persistence, and each sector's place on the graph."""
    at = data.at(session)
    return {
        "cyc_minus_def": {
            scheme: {f"{n}s": plain(cyclical_minus_defensive(data, at, scheme, n)) for n in (1, 5, 21, 63)}
            for scheme in SCHEMES
        },
        "z21": plain(rotation_z21(data, at, "msci")),
        "rank_persistence": plain(rank_persistence(data, at, SECTORS)),
        "sectors": {symbol: _sector(data, symbol, at) for symbol in SECTORS},
    }


def _sector(data: Data, symbol: str, at: int) -> dict[str, Any]:
    rs_ratio, rs_momentum = rotation_path(past(data.tr, symbol, at), past(data.tr, "SPY", at))
    tail = last_of_weeks(data.sessions[: at + 1])[-5:]
    return {
        "z_day": plain(z_day(data, symbol, at)),
        "rs_ratio": plain(float(rs_ratio[-1])),
        "rs_momentum": plain(float(rs_momentum[-1])),
        "quadrant": quadrant(float(rs_ratio[-1]), float(rs_momentum[-1])),
        "tail": [
            {
                "session": data.sessions[i].isoformat(),
                "rs_ratio": plain(float(rs_ratio[i])),
                "rs_momentum": plain(float(rs_momentum[i])),
            }
            for i in tail
        ],
    }
