"""The engine is a fold over sessions: one definition of each metric for live, as-of, history and replay.

    for each finished session:   values = fold.read(row);  fold.advance(row)
    for the session in progress: values = fold.read(live row)            # nothing changes

`read` gives every per-symbol metric as an array of shape (N,) under the name it has in the snapshot; the
families (`returns`, `trend`, `volatility`, `rotation`) each contribute their part. A `History` keeps what
is looked back on, session by session, with one place more on top for the provisional row: whatever looks back over
sessions (ranks of 21 sessions ago, streaks, percentiles, rules) is a function of (history, t) and cannot
tell a finished session from a live one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from core.metrics.returns import Momentum, Returns
from core.metrics.rotation import Rotation
from core.metrics.row import Row
from core.metrics.suspects import Suspects
from core.metrics.trend import SLOPE_SESSIONS, Averages, Bands, Extremes, Strength, TrueRange, Turnover
from core.metrics.volatility import Deviation, Drawdown, Pair, Smoothed
from core.model import Session
from core.panel import Days, Floats, LiveRow, Panel

KEPT = (
    *("px", "tr", "r", "chg_1s", "ret_5s", "ret_21s", "ret_42s", "ret_63s", "ret_126s", "ret_252s"),
    *("dist_sma50", "above_sma50", "above_sma200", "below_sma200", "dist_sma200", "slope_sma200"),
    *("rsi14", "pct_b", "extension", "dist_high_close_252", "drawdown_252", "record_close"),
    *("rs_ratio", "rs_momentum", "sigma20", "annual_vol", "ewma_vol", "vol_ratio"),
)
"""What something looks back on: ranks, streaks, percentiles, sparklines, rules."""


class Family(Protocol):
    """A group of metrics: reads itself off its state plus one row, and takes a finished row in."""

    def read(self, row: Row) -> dict[str, Floats]:
        """Values of shape (N,) by field name."""
        ...

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        ...


class BulkFamily(Family, Protocol):
    """A family that can take many sessions in at once, with the same result as one by one."""

    def extend(self, rows: Row) -> None:
        """Take finished sessions in: a row whose arrays have the shape (T, N)."""
        ...


class Fold:
    """The state of some families of metrics after some finished sessions of `panel`."""

    def __init__(self, panel: Panel, families: Iterable[Family]) -> None:
        symbols = len(panel.symbols)
        self._panel = panel
        self._families = tuple(families)
        self._last_px = np.full(symbols, np.nan)
        self._last_tr = np.full(symbols, np.nan)
        self._tr_per_px = np.full(symbols, np.nan)  # of the last session that has both

    def finished_row(self, t: int) -> Row:
        """Row t of the panel."""
        p = self._panel
        return self._row(t, high=p.high[t], low=p.low[t], px=p.px[t], tr=p.tr[t], volume=p.volume[t])

    def live_row(self, live: LiveRow) -> Row:
        """The provisional row: `tr` moves with `px` from the last session that has both, and begins where `px` does.

        Unless the row itself tells what `tr` is to `px`.
        """
        tr = live.tr(np.where(np.isnan(self._tr_per_px), 1.0, self._tr_per_px))
        t = len(self._panel.sessions)
        return self._row(t, high=live.high, low=live.low, px=live.px, tr=tr, volume=live.volume)

    def read(self, row: Row) -> dict[str, Floats]:
        """All metrics of `row`, which stands on top of the sessions taken in so far."""
        values = {"px": row.px, "tr": row.tr, "high": row.high, "low": row.low, "volume": row.volume, "r": row.r}
        for family in self._families:
            values.update(family.read(row))
        return values

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        for family in self._families:
            family.advance(row)
        self._last_px = np.where(np.isnan(row.px), self._last_px, row.px)
        self._last_tr = np.where(np.isnan(row.tr), self._last_tr, row.tr)
        tr_per_px = row.tr / row.px
        self._tr_per_px = np.where(np.isnan(tr_per_px), self._tr_per_px, tr_per_px)

    def _row(self, t: int, *, high: Floats, low: Floats, px: Floats, tr: Floats, volume: Floats) -> Row:
        return Row(t, high, low, px, tr, volume, r=tr / self._last_tr - 1.0, move=px - self._last_px)


class BulkFold(Fold):
    """A fold of families that can be brought to a session without reading those before it."""

    def __init__(self, panel: Panel, families: Iterable[BulkFamily]) -> None:
        self._bulk = tuple(families)
        super().__init__(panel, self._bulk)

    def begin_at(self, t: int) -> None:
        """Take the sessions before row t in, from the start.

        The last of them go in one by one, because slopes and the deviation of the day before look back on them.
        """
        bulk = max(0, t - SLOPE_SESSIONS)
        if bulk:
            p = self._panel
            px, tr = _carried(p.px[:bulk]), _carried(p.tr[:bulk])
            r, move = p.tr[:bulk] / _before(tr) - 1.0, p.px[:bulk] - _before(px)
            rows = Row(0, p.high[:bulk], p.low[:bulk], p.px[:bulk], p.tr[:bulk], p.volume[:bulk], r=r, move=move)
            for family in self._bulk:
                family.extend(rows)
            self._last_px, self._last_tr = px[-1], tr[-1]
            self._tr_per_px = _carried(p.tr[:bulk] / p.px[:bulk])[-1]
        for k in range(bulk, t):
            self.advance(self.finished_row(k))


def _carried(values: Floats) -> Floats:
    """The last present value at each row, NaN before the first."""
    present = np.isfinite(values)
    if present.all():
        return values
    rows = np.maximum.accumulate(np.where(present, np.arange(len(values))[:, None], -1), axis=0)
    carried: Floats = np.where(rows >= 0, np.take_along_axis(values, np.maximum(rows, 0), axis=0), np.nan)
    return carried


def _before(values: Floats) -> Floats:
    """Each row's predecessor; NaN before the first."""
    return np.concatenate([np.full((1, values.shape[1]), np.nan), values[:-1]])


class ScreenFold(Fold):
    """Every per-symbol metric, for the symbols of the screen.

    `benchmark` is the column that beta, correlation and rotation refer to; -1 where it is not watched. `doubtful`
    are the columns of which a close may be in doubt: on such a day the symbol has no metrics (metrics.md 0.4).
    """

    def __init__(self, panel: Panel, *, benchmark: int, doubtful: Sequence[int] = ()) -> None:
        symbols = len(panel.symbols)
        alone = (Averages, Extremes, Strength, Bands, TrueRange, Turnover, Deviation, Smoothed, Drawdown)
        families: list[Family] = [family(symbols) for family in alone]
        paired = (Pair(symbols, benchmark), Rotation(symbols, benchmark))
        super().__init__(panel, (Returns(panel.tr, panel.px), Momentum(panel.tr), *families, *paired))
        self._benchmark = benchmark
        self._suspects = Suspects(symbols)
        self._doubtful = np.isin(np.arange(symbols), doubtful)

    def read(self, row: Row) -> dict[str, Floats]:
        """All metrics of `row`, with those that need more than one family: T6 extension, S3 z, V4 ratio; `suspect`."""
        values = super().read(row)
        sigma20 = values["sigma20"]
        benchmark_sigma = sigma20[self._benchmark] if self._benchmark >= 0 else np.nan
        values |= {
            "extension": values["dist_sma50"] / (values["sigma60"] * np.sqrt(50.0)),
            "z_day": values["chg_1s"] / values["sigma60_before"],
            "vol_ratio": sigma20 / benchmark_sigma,
        }
        doubted = self._suspects.doubted(row) & self._doubtful
        if doubted.any():
            values = {name: np.where(doubted, np.nan, value) for name, value in values.items()}
        return {**values, "suspect": np.where(np.isnan(row.px), np.nan, doubted)}

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        super().advance(row)
        self._suspects.advance(row)


class History:
    """What was read, session by session: `self[name]` has shape (T+1, N) for each of `names`.

    Its last row is for the provisional session; `size` rows are meaningful: T after the finished sessions, T+1
    while a provisional row lies on top. `latest` holds every metric of the last meaningful row.
    """

    def __init__(self, panel: Panel, fold: Fold, names: Iterable[str] = KEPT) -> None:
        """Fold over every finished session of `panel`."""
        self._names = tuple(dict.fromkeys(names))
        self.finished = self.size = len(panel.sessions)
        self.latest: dict[str, Floats] = {}
        self._last_finished: dict[str, Floats] = {}
        self._days = np.append(panel.sessions, np.datetime64("NaT", "D"))
        by_session = np.full((self.finished + 1, len(self._names), len(panel.symbols)), np.nan)
        self._by_session = by_session
        self._by_name = dict(zip(self._names, by_session.transpose(1, 0, 2), strict=True))
        for t in range(self.finished):
            row = fold.finished_row(t)
            self._last_finished = fold.read(row)
            self._write(t, self._last_finished)
            fold.advance(row)
        self.latest = self._last_finished

    def __getitem__(self, name: str) -> Floats:
        return self._by_name[name]

    def at(self, t: int) -> dict[str, Floats]:
        """What is kept of row t."""
        return dict(zip(self._names, self._by_session[t], strict=True))

    @property
    def sessions(self) -> Days:
        """The sessions of the meaningful rows."""
        return self._days[: self.size]

    def session(self, t: int) -> Session:
        """The session of row t."""
        day: Session = self._days[t].item()
        return day

    def put_live(self, session: Session, values: dict[str, Floats]) -> None:
        """Lay the provisional session on top, in place of the one that lay there."""
        self._days[self.finished] = np.datetime64(session, "D")
        self._write(self.finished, values)
        self.latest = values
        self.size = self.finished + 1

    def drop_live(self) -> None:
        """Take the provisional session off."""
        self.latest = self._last_finished
        self.size = self.finished

    def _write(self, t: int, values: dict[str, Floats]) -> None:
        np.stack([values[name] for name in self._names], out=self._by_session[t])
