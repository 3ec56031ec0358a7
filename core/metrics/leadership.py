"""Group R across symbols: ranks and the spreads of two symbols (metrics.md B.1, R5 to R11, R13).

Functions of (history, t): the same for a finished session and for the provisional one on top of it. Ranks and places
have the shape of the columns given; returns and spreads are fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from core.metrics.cross_asset import windows
from core.metrics.fold import History
from core.metrics.statistics import full_tail, ranks, spearman
from core.panel import Floats

Places: TypeAlias = npt.NDArray[np.int64]

SPREAD_WINDOWS = (5, 21, 63, 126, 252)
AGREE_WINDOWS = (5, 21, 42, 63, 126, 252)
LEAD = 63
"""The window that says who leads, in sessions."""
BASES = np.arange(58, 69)
"""The base dates of R9: five sessions either side of 63."""
LOOK_BACK = 64
"""Sessions that are looked at first for how long somebody has led."""
RANK_LAG = 21
"""Rank changes and rank persistence look back this many sessions."""


def ranked_field(window: str) -> str:
    """The field a window is ranked by: the one-session move on `px`, longer windows on the return basis."""
    return "chg_1s" if window == "1s" else f"ret_{window}"


def group_ranks(history: History, t: int, columns: Sequence[int], window: str) -> Floats:
    """R7: rank of each column within the group at session t, 1 = best; all NaN before the first session."""
    if t < 0:
        return np.full(len(columns), np.nan)
    return ranks(history[ranked_field(window)][t, list(columns)])


def sole_leaders(history: History, t: int, columns: Sequence[int], window: str, first: int = 0) -> Places:
    """The position of the sole leader at each session from `first` to t; -1 where nobody leads alone."""
    if not columns:
        return np.full(t + 1 - first, -1)
    values = history[ranked_field(window)][first : t + 1, list(columns)]
    values = np.where(np.isnan(values), -np.inf, values)
    best = values.max(axis=1, keepdims=True)
    sole = ((values == best).sum(axis=1) == 1) & np.isfinite(best[:, 0])
    return np.where(sole, values.argmax(axis=1), -1)


def sessions_at_rank1(history: History, t: int, columns: Sequence[int], window: str) -> tuple[int | None, int]:
    """R13: the position of the sole leader at session t, and for how many sessions it has led.

    (None, 0) where nobody is ranked or the first rank is shared.
    """
    first, looked_at = t + 1, LOOK_BACK
    while first > 0:  # few lead for long: most answers need the last sessions only
        first, looked_at = max(0, t + 1 - looked_at), 8 * looked_at
        leaders = sole_leaders(history, t, columns, window, first)
        if leaders[-1] < 0:
            return None, 0
        others = np.flatnonzero(leaders != leaders[-1])
        if len(others):
            return int(leaders[-1]), int(t - first - others[-1])
    return int(leaders[-1]), t + 1


def rank_persistence(history: History, t: int, columns: Sequence[int], window: str = "63s") -> float:
    """R13: Spearman correlation of the group's order today with that of 21 sessions ago."""
    if t < RANK_LAG:
        return np.nan
    values = history[ranked_field(window)][:, list(columns)]
    return spearman(values[t], values[t - RANK_LAG])


@dataclass(frozen=True, slots=True)
class SpreadValues:
    """R5 to R11 of A over B at one session; NaN where a base is missing.

    `spread[n]` is R_n(A) - R_n(B), `relative[n]` the n-session return of the ratio, `band` the smallest and
    largest 63-session spread over the base dates 58 to 68 sessions back, `agree` the number of six windows
    with the sign of the 63-session spread (None where one is missing), `lead_share` the share of the last 63
    sessions with a positive 63-session spread, `ratio_gap` the ratio over its 50-session average less one.
    """

    spread: dict[int, float]
    relative: dict[int, float]
    z21: float
    band: tuple[float, float]
    agree: int | None
    t63: float
    lead_streak: int | None
    daily_streak: int | None
    lead_share: float
    ratio_gap: float

    @property
    def both_signs(self) -> bool:
        """Whether moving the base date changes the sign of the spread (R9)."""
        return self.band[0] < 0 < self.band[1]

    @property
    def fragile(self) -> bool | None:
        """C.1b: the band has both signs, or at most 3 of 6 windows agree; None where only a missing one could tell."""
        if self.both_signs or (self.agree is not None and self.agree <= 3):
            return True
        return None if np.isnan(self.band[0]) or self.agree is None else False


def spread_values(history: History, t: int, a: int, b: int) -> SpreadValues:
    """All spread metrics of column a over column b at session t."""
    return spread_course(history, a, b, t, t + 1)[0]


def spread_course(history: History, a: int, b: int, first: int, last: int) -> list[SpreadValues]:
    """The same at every row from `first` to `last`, excluding `last`."""
    rows = slice(first, last)
    daily = _difference(history["r"][:last], a, b)
    leads = _difference(history["ret_63s"][:last], a, b)
    tr = history["tr"][:last][:, [a, b]]
    quarter = _windows(daily, LEAD)[rows]
    deviation = _deviations(quarter)
    spread = {n: _difference(history[f"ret_{n}s"][rows], a, b) for n in AGREE_WINDOWS}
    relative = {n: _relative(history[f"ret_{n}s"][rows], a, b).tolist() for n in AGREE_WINDOWS}
    ratio = _windows(tr[:, 0] / tr[:, 1], 50)[rows]
    columns = {
        "z21": (spread[21] / (deviation * np.sqrt(21.0))).tolist(),
        "band": _bands(windows(tr, BASES[-1] + 1)[rows]),
        "agree": _agreements(spread),
        "t63": (quarter.mean(axis=1) / deviation * np.sqrt(LEAD)).tolist(),
        "lead_streak": _streaks(leads)[rows],
        "daily_streak": _streaks(daily)[rows],
        "lead_share": _positive_shares(_windows(leads, LEAD)[rows]).tolist(),
        "ratio_gap": (ratio[:, -1] / ratio.mean(axis=1) - 1.0).tolist(),
    }
    listed = {n: values.tolist() for n, values in spread.items()}
    return [
        SpreadValues(
            spread={n: values[k] for n, values in listed.items()},
            relative={n: values[k] for n, values in relative.items()},
            **{name: values[k] for name, values in columns.items()},
        )
        for k in range(last - first)
    ]


def ratio_trend(history: History, t: int, a: int, b: int) -> tuple[float, float, float]:
    """R15: the ratio a/b over its averages of 50 and 200 sessions less one, and the former's slope over 20."""
    ratio = history["tr"][:, a] / history["tr"][:, b]
    sma50, before, sma200 = (full_tail(ratio, end, n).mean() for end, n in ((t, 50), (t - 20, 50), (t, 200)))
    return float(ratio[t] / sma50 - 1.0), float(ratio[t] / sma200 - 1.0), float(sma50 / before - 1.0)


def _difference(values: Floats, a: int, b: int) -> Floats:
    difference: Floats = values[..., a] - values[..., b]
    return difference


def _relative(values: Floats, a: int, b: int) -> Floats:
    relative: Floats = (1.0 + values[..., a]) / (1.0 + values[..., b]) - 1.0
    return relative


def _windows(series: Floats, n: int) -> Floats:
    """The n values that end at each row, shape (T, n); NaN where there are not n yet."""
    return windows(series.reshape(-1, 1), n)[:, :, 0]


def _deviations(values: Floats) -> Floats:
    """`std` of each row."""
    deviation: Floats = values.std(axis=1, ddof=1)
    return np.where(deviation > 1e-13 * np.abs(values).max(axis=1), deviation, np.nan)


def _bands(tr: Floats) -> list[tuple[float, float]]:
    """R9 of each row, `tr` being the last 69 of both, (T, 69, 2); NaN where any base is."""
    spreads = _difference(tr[:, -1:] / tr[:, -1 - BASES], 0, 1)
    return list(zip(spreads.min(axis=1).tolist(), spreads.max(axis=1).tolist(), strict=True))


def _agreements(spread: dict[int, Floats]) -> list[int | None]:
    """R8: windows whose sign equals that of the 63-session spread; a zero agrees with a zero only."""
    values = np.stack([spread[n] for n in AGREE_WINDOWS], axis=1)
    counts = np.count_nonzero(np.sign(values) == np.sign(spread[LEAD])[:, np.newaxis], axis=1)
    lacking = np.isnan(values.sum(axis=1)).tolist()
    return [None if unknown else int(count) for count, unknown in zip(counts, lacking, strict=True)]


def _streaks(values: Floats) -> list[int | None]:
    """How many values in a row up to each one are positive; None where it is missing."""
    rows = np.arange(len(values))
    ended = np.maximum.accumulate(np.where(values > 0, -1, rows))
    missing = np.isnan(values).tolist()
    return [None if lacking else n for n, lacking in zip((rows - ended).tolist(), missing, strict=True)]


def _positive_shares(values: Floats) -> Floats:
    """The share of positive values of each row; NaN where one is missing."""
    return np.where(np.isnan(values).any(axis=1), np.nan, np.count_nonzero(values > 0, axis=1) / values.shape[1])
