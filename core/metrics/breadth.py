"""Group B: how many members of a universe take part (metrics.md B.3, B1 to B12), on `px`, usable members only.

A fold like the others: `read` gives the breadth of a row on top of the finished sessions, `advance` takes a
finished one in. A member counts in a measure where it has what the measure needs; the denominators are given.
The first row of a panel has no previous close and therefore no breadth of the day; the averages of B4, B5 and
B11 are seeded at the second.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.metrics.row import Row
from core.panel import Floats

Mask = npt.NDArray[np.bool_]

WARM_UP = 100
"""Rows after which the McClellan oscillator no longer depends on its seed (B4)."""

THRUST_LOW, THRUST_HIGH, THRUST_SESSIONS = 0.40, 0.615, 10
CONFLICT_SHARES = (0.022, 0.028)
CONFLICT_SESSIONS = 30
CONFLICT_TREND = 50

_FLOW = ("traded_advances", "traded_declines", "up_volume", "down_volume")


@dataclass(frozen=True, slots=True)
class _Averages:
    """The exponential averages of B4, B5 and B11 after some sessions; `seed` is the first RANA."""

    seed: float = np.nan
    ema19: float = np.nan
    ema39: float = np.nan
    thrust: float = np.nan
    rows: int = 0

    def after(self, rana: float, advancing: float) -> _Averages:
        """With one more session; a session without a change leaves the thrust where it is."""
        if np.isnan(rana):
            return self
        thrust = self.thrust if np.isnan(advancing) else _ema(self.thrust, advancing, 10)
        if self.rows == 0:
            return _Averages(rana, rana, rana, thrust, 1)
        return _Averages(self.seed, _ema(self.ema19, rana, 19), _ema(self.ema39, rana, 39), thrust, self.rows + 1)

    @property
    def oscillator(self) -> float:
        """B4, ratio-adjusted."""
        return self.ema19 - self.ema39

    @property
    def summation(self) -> float:
        """B5 in closed form: the running sum of B4 without its accumulating error."""
        return 19.0 * (self.ema39 - self.seed) - 9.0 * (self.ema19 - self.seed)


@dataclass(frozen=True, slots=True)
class _Thrust:
    """B11: sessions since the average was last below 0.40, whether it stands above 0.615, and the events so far."""

    since_low: int | None = None
    above: bool = False
    events: int = 0

    def after(self, average: float) -> _Thrust:
        """With one more session."""
        if np.isnan(average):
            return self
        since = 0 if average < THRUST_LOW else None if self.since_low is None else self.since_low + 1
        crossed = average > THRUST_HIGH and not self.above
        fired = crossed and since is not None and since <= THRUST_SESSIONS
        return _Thrust(since, average > THRUST_HIGH, self.events + fired)


class Breadth:
    """B1 to B11 of one universe, session by session."""

    def __init__(self) -> None:
        self._line = 0.0
        self._begun = False
        self._averages = _Averages()
        self._thrust = _Thrust()
        self._record_shares = deque[float](maxlen=9)
        self._flows = deque[tuple[float, ...]](maxlen=9)

    def read(self, row: Row, values: dict[str, Floats], usable: Mask) -> dict[str, float]:
        """The breadth of `row`; `values` are the members' metrics, `usable` tells which members may be counted."""
        day = self._day(row, usable)
        averages = self._averages.after(day["rana"], day["adv_share"])
        thrust = self._thrust.after(averages.thrust)
        highs = self._highs(row, values, usable)
        return {
            **day,
            **_participation(values, usable),
            **highs,
            **self._volume(row, usable),
            "dispersion": _dispersion(row.r, usable),
            "ad_line": self._line + (day["net_advances"] if np.isfinite(day["net_advances"]) else 0.0)
            if self._begun or np.isfinite(day["net_advances"])
            else np.nan,
            "mcclellan": averages.oscillator,
            "summation": averages.summation,
            "mcclellan_rows": float(averages.rows),
            "zweig": averages.thrust,
            "thrusts": float(thrust.events),
        }

    def advance(self, now: dict[str, float]) -> None:
        """Take a finished session in: what was read of it."""
        if np.isfinite(now["net_advances"]):
            self._line += now["net_advances"]
            self._begun = True
        self._averages = self._averages.after(now["rana"], now["adv_share"])
        self._thrust = self._thrust.after(self._averages.thrust)
        self._record_shares.append(now["record_high_share"])
        self._flows.append(tuple(now[name] for name in _FLOW))

    def _day(self, row: Row, usable: Mask) -> dict[str, float]:
        """B1, B2 and the ratio-adjusted net advances of B4."""
        move = np.where(usable, row.move, np.nan)
        advances, declines = float((move > 0).sum()), float((move < 0).sum())
        counted = float(np.isfinite(move).sum())
        if counted == 0:
            names = ("advances", "declines", "unchanged", "net_advances", "ad_ratio", "adv_share", "rana")
            return {**dict.fromkeys(names, np.nan), "counted": 0.0}
        moved = advances + declines
        return {
            "counted": counted,
            "advances": advances,
            "declines": declines,
            "unchanged": counted - moved,
            "net_advances": advances - declines,
            "ad_ratio": advances / declines if declines else np.nan,
            "adv_share": advances / moved if moved else np.nan,
            "rana": 1000.0 * (advances - declines) / moved if moved else 0.0,
        }

    def _highs(self, row: Row, values: dict[str, Floats], usable: Mask) -> dict[str, float]:
        """B7 and B8: new highs and lows of 252 sessions, their share, and its average over ten sessions.

        A session with neither carries the share of the one before (flagged), so that the average goes on.
        """
        counted = usable & np.isfinite(values["high_252"]) & np.isfinite(values["low_252"])
        members = float(counted.sum())
        highs = float((counted & (row.high >= values["high_252"])).sum())
        lows = float((counted & (row.low <= values["low_252"])).sum())
        carried = highs + lows == 0
        before = self._record_shares[-1] if self._record_shares else np.nan
        share = before if carried else 100.0 * highs / (highs + lows)
        shares = [*self._record_shares, share]
        return {
            "new_highs": highs if members else np.nan,
            "new_lows": lows if members else np.nan,
            "highs_counted": members,
            "high_share": highs / members if members else np.nan,
            "low_share": lows / members if members else np.nan,
            "record_high_share": share,
            "record_share_carried": float(carried),
            "high_low_index": float(np.mean(shares)) if len(shares) == 10 else np.nan,
        }

    def _volume(self, row: Row, usable: Mask) -> dict[str, float]:
        """B9 and B10 of the members that traded (B.10): who has no volume is in none of their four parts."""
        traded = usable & (row.volume > 0)
        rising, falling = traded & (row.move > 0), traded & (row.move < 0)
        up, down = float(row.volume[rising].sum()), float(row.volume[falling].sum())
        if up + down == 0:
            up = down = np.nan
        flow = (float(rising.sum()), float(falling.sum()), up, down)
        sums = np.array([*self._flows, flow]).sum(axis=0)
        return {
            **dict(zip(_FLOW, flow, strict=True)),
            "trin": _arms(*flow),
            "trin10": _arms(*sums.tolist()) if len(self._flows) == 9 else np.nan,
            "upvol_share": up / (up + down),
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """B12 (Hindenburg type) after some sessions: `left` of the 30 since it fired, and how often it fired.

    `active` is the same while the oscillator is negative, else 0: within its 30 sessions it rests and comes back.
    """

    left: int = 0
    active: int = 0
    firings: int = 0

    def after(self, *, fired: bool, oscillator: float) -> Conflict:
        """With one more session; a new firing starts the 30 sessions anew, and counts where none were left."""
        left = CONFLICT_SESSIONS if fired else max(self.left - 1, 0)
        return Conflict(left, left if oscillator < 0 else 0, self.firings + (fired and self.left == 0))


def conflict_fires(values: dict[str, float], trend: float, threshold: float) -> bool:
    """B12 today, `trend` being the 50-session return of the index.

    Highs and lows both at least `threshold` of the issues, the index above its level of 50 sessions ago, highs at
    most twice the lows, the oscillator negative.
    """
    return bool(
        values["high_share"] >= threshold
        and values["low_share"] >= threshold
        and trend > 0
        and values["new_highs"] <= 2 * values["new_lows"]
        and values["mcclellan"] < 0
    )


def _participation(values: dict[str, Floats], usable: Mask) -> dict[str, float]:
    """B6: share of the members above their average of 20, 50 and 200 sessions, and how many were counted."""
    result: dict[str, float] = {}
    for n in (20, 50, 200):
        above = values[f"above_sma{n}"]
        counted = int(np.count_nonzero(usable & np.isfinite(above)))
        result[f"above_sma{n}"] = np.count_nonzero(usable & (above > 0)) / counted if counted else np.nan
        result[f"above_sma{n}_counted"] = float(counted)
    return result


def _dispersion(r: Floats, usable: Mask) -> float:
    """V10: sample deviation across the members of the day's returns."""
    known = r[usable & np.isfinite(r)]
    return float(known.std(ddof=1)) if len(known) > 1 else np.nan


def _arms(advances: float, declines: float, up: float, down: float) -> float:
    """B9: the ratio of the ratios; any zero gives NaN."""
    if not (advances and declines and up and down):
        return np.nan
    return (advances / declines) / (up / down)


def _ema(value: float, x: float, n: int) -> float:
    """One step of an exponential average, seeded with the first value."""
    alpha = 2.0 / (n + 1)
    return x if np.isnan(value) else alpha * x + (1.0 - alpha) * value
