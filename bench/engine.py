"""The engine on 3,000 symbols x 504 sessions, against the time to read its input once and against plain pandas.

The set, in both: 16 metrics a symbol (returns over 5, 21, 63, 126, 252 sessions and the day, averages of 20, 50 and
200, high and low of 252, RSI14, deviation over 20 and 60, beta and correlation over 63) and 9 breadth series
(advances, declines, unchanged, shares above the three averages, new highs, new lows, share of up volume).
The product computes more than that of every member; it is timed as it is.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from core import settings_load
from core.metrics.fold import BulkFold
from core.metrics.members import Members, member_families
from core.metrics.statistics import ranks
from core.panel import Bars, Floats, LiveRow, Panel, align
from core.pipeline import open_pipeline
from core.store import Store

SYMBOLS: Final = 3000
SESSIONS: Final = 504
ROUNDS: Final = 15

BUILD_FLOORS: Final = 40
LIVE_FLOORS: Final = 10
LIVE_TIMES_FASTER: Final = 6000
HISTORY_SECONDS: Final = 1.0
RANK_MILLISECONDS: Final = 2.0
STORE_SECONDS: Final = 0.1


def main() -> bool:
    """Print every figure with its floor; whether all hold."""
    panel = _panel(SYMBOLS, SESSIONS)
    floor = _cpu(lambda: sum(float(a.sum()) for a in (panel.px, panel.high, panel.low, panel.volume)))
    print(f"read floor: the sum of four arrays of {SESSIONS} x {SYMBOLS}          {1e3 * floor:8.2f} ms")
    held = [_build(panel, floor)]
    members = Members(panel, benchmark=0)
    held += [_live(panel, members), _history(panel), _ranks(panel), _store(), _agreement(panel)]
    _screen()
    return all(held)


def _build(panel: Panel, floor: float) -> bool:
    seconds = _cpu(lambda: BulkFold(panel, member_families(panel, 0)).begin_at(SESSIONS))
    return _line("build of the state", f"{1e3 * seconds:8.2f} ms", seconds / floor, BUILD_FLOORS, "x the read floor")


def _live(panel: Panel, members: Members) -> bool:
    live = _live_row(panel)
    seconds = _cpu(lambda: members.put_live(live), rounds=60)
    touched = _touched(members)
    floor = _cpu(lambda: [float(a.sum()) for a in touched], rounds=60)
    pandas = _pandas(panel)
    size = sum(a.nbytes for a in touched) / 1e6
    first = _line(
        "live refresh, every price changed",
        f"{1e3 * seconds:8.2f} ms",
        seconds / floor,
        LIVE_FLOORS,
        f"x reading the {size:.1f} MB it touches ({1e3 * floor:.3f} ms)",
    )
    faster = pandas / seconds
    ok = faster >= LIVE_TIMES_FASTER
    slower = f"{faster:,.0f} times slower  (floor {LIVE_TIMES_FASTER:,})  {_word(ok)}"
    print(f"  pandas, the same set    {1e3 * pandas:9.0f} ms: {slower}")
    return first and ok


def _history(panel: Panel) -> bool:
    seconds = _cpu(lambda: Members(panel, benchmark=0), rounds=3)
    return _line("the whole history, every session", f"{seconds:8.2f} s ", seconds, HISTORY_SECONDS, "s")


def _ranks(panel: Panel) -> bool:
    values = panel.px[-1] / panel.px[-64] - 1.0
    milliseconds = 1e3 * _cpu(lambda: ranks(values))
    return _line(f"ranks of {SYMBOLS:,} symbols", f"{milliseconds:8.2f} ms", milliseconds, RANK_MILLISECONDS, "ms")


def _screen() -> None:
    """The remaining metrics: everything a refresh of the screen's own symbols computes, and what folding them costs."""
    settings = settings_load.load().with_overrides(feed="simulated", store="none").settings
    begun = time.process_time()
    pipeline = open_pipeline(settings)
    rows = len(pipeline.refresh().leadership)
    first = time.process_time() - begun
    seconds = _cpu(pipeline.refresh)
    pipeline.close()
    print(f"all metrics, rules and blocks of the screen ({rows} rows of leadership): {1e3 * seconds:.1f} ms a refresh,")
    print(f"  {first:.2f} s from nothing ({settings.feed.simulated.sessions} sessions folded and replayed)")


def _store() -> bool:
    """From the file into aligned arrays; what it costs without pyarrow, which is not asked."""
    small = _panel(500, SESSIONS)
    at = datetime(2026, 1, 9, 21, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        store.replace_many((_bars(small, k) for k in range(500)), source="files", fetched_at=at)
        seconds = _cpu(lambda: align(store.load(small.symbols), small.symbols, small.sessions), rounds=5)
        store.close()
    return _line(f"500 x {SESSIONS} from the store to the engine", f"{seconds:8.3f} s ", seconds, STORE_SECONDS, "s")


def _agreement(panel: Panel) -> bool:
    """Live = as-of = history: the last session read live, after a fold up to the one before, and in the history."""
    part = _cut(panel, 120)
    whole, before = Members(part, benchmark=0), Members(_cut(part, 120, SESSIONS - 1), benchmark=0)
    last = part.sessions[-1].item()
    before.put_live(
        LiveRow(last, part.open[-1], part.high[-1], part.low[-1], part.px[-1], part.volume[-1], (None,) * 120)
    )
    worst = 0.0
    for name, series in whole.history.items():
        here, live = series[SESSIONS - 1], before.history[name][SESSIONS - 1]
        if np.isfinite(here) or np.isfinite(live):
            worst = max(worst, abs(here - live) / max(1.0, abs(here)))
    ok = worst <= 1e-12
    print(f"live = as-of = history, largest relative difference {worst:.1e}  (floor 1e-12)  {_word(ok)}")
    return ok


def _touched(members: Members) -> list[Floats]:
    """What a live refresh must read or write at least: its row, the bases, the state, and one result each."""
    one = members.panel.px[-1]
    rows = 5 + 6 + 2 * 3 + 3 * 1 + 2 * 2 + 2 * 2 * 3 + 2 * 5 + len(members.latest)
    return [one.copy() for _row in range(rows)]


def _pandas(panel: Panel) -> float:
    """Seconds of the same set by pandas over the whole panel, once: the way it is usually done."""
    close, high, low, volume = (pd.DataFrame(a) for a in (panel.px, panel.high, panel.low, panel.volume))
    begun = time.process_time()
    r = close.pct_change()
    returns = [close.pct_change(n).iloc[-1] for n in (1, 5, 21, 63, 126, 252)]
    averages = {n: close.rolling(n).mean() for n in (20, 50, 200)}
    highest, lowest = high.rolling(252).max(), low.rolling(252).min()
    gain, loss = close.diff().clip(lower=0), -close.diff().clip(upper=0)
    up, down = (x.ewm(alpha=1 / 14, adjust=False).mean() for x in (gain, loss))
    rsi = (100 * up / (up + down)).iloc[-1]
    sigmas = [r.rolling(n).std().iloc[-1] for n in (20, 60)]
    benchmark = r[0]
    beta = (r.rolling(63).cov(benchmark).div(benchmark.rolling(63).var(), axis=0)).iloc[-1]
    correlation = r.rolling(63).corr(benchmark).iloc[-1]
    moved = close.diff()
    breadth = [(moved > 0).sum(axis=1), (moved < 0).sum(axis=1), (moved == 0).sum(axis=1)]
    breadth += [(close > average).sum(axis=1) / average.notna().sum(axis=1) for average in averages.values()]
    breadth += [(high >= highest).sum(axis=1), (low <= lowest).sum(axis=1)]
    rising = volume.where(moved > 0).sum(axis=1)
    breadth.append(rising / (rising + volume.where(moved < 0).sum(axis=1)))
    seconds = time.process_time() - begun
    if len(returns) + len(averages) + 2 + 1 + len(sigmas) + 2 != 16 or len(breadth) != 9 or rsi.isna().all():
        raise AssertionError("not the set that was promised")
    del beta, correlation
    return seconds


def _panel(symbols: int, sessions: int) -> Panel:
    """Cent prices by Student-t returns, the same at every run."""
    rng = np.random.default_rng(20260111)
    px = np.round(50 * np.exp(np.cumsum(0.012 * rng.standard_t(4, size=(sessions, symbols)), axis=0)), 2) + 1
    high = px * (1 + np.abs(rng.normal(0, 0.01, px.shape)))
    low = px * (1 - np.abs(rng.normal(0, 0.01, px.shape)))
    volume = np.exp(rng.normal(13, 1, px.shape))
    days = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-01-01") + sessions)
    return Panel(
        days, tuple(f"S{k}" for k in range(symbols)), px, high, low, px, px.copy(), volume, np.ones(symbols, bool)
    )


def _cut(panel: Panel, symbols: int, sessions: int = SESSIONS) -> Panel:
    def cut(a: Floats) -> Floats:
        return a[:sessions, :symbols]

    return Panel(
        panel.sessions[:sessions],
        panel.symbols[:symbols],
        cut(panel.open),
        cut(panel.high),
        cut(panel.low),
        cut(panel.px),
        cut(panel.tr),
        cut(panel.volume),
        panel.adjusted[:symbols],
    )


def _bars(panel: Panel, k: int) -> Bars:
    p = panel
    columns = (p.open[:, k], p.high[:, k], p.low[:, k], p.px[:, k], p.tr[:, k], p.volume[:, k])
    return Bars(panel.symbols[k], panel.sessions, *columns)


def _live_row(panel: Panel) -> LiveRow:
    px = panel.px[-1] * 1.003
    day = (panel.sessions[-1] + 1).item()
    return LiveRow(day, px, px * 1.001, px * 0.999, px, panel.volume[-1], (None,) * len(px))


def _cpu(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median seconds of processor time."""
    taken = []
    for _round in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def _line(name: str, figure: str, value: float, floor: float, unit: str) -> bool:
    ok = value <= floor
    print(f"{name:44}{figure}  {value:6.2f} {unit}  (floor {floor:g})  {_word(ok)}")
    return ok


def _word(ok: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return "ok" if ok else "MISSED"
