"""The whole screen at 160 x 45 on simulated data, written to the null device as to a terminal.

What a refresh costs the loop, how soon a key is answered while the members of an index are computed again and again,
and how calm the loop stays while a WebSocket brings a thousand ticks a second to the pipeline behind the screen.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
from textual.events import Key
from textual.pilot import Pilot

import tui.app
from bench.live_table import NullTerminal
from bench.stream import SYMBOLS, TICKS, server
from core.feeds.yahoo_stream import StreamClient
from core.model import Quote
from core.pipeline import Pipeline, open_pipeline
from core.sessions import FixedClock, SystemClock
from core.settings import Settings
from core.settings_load import defaults
from core.snapshot import Snapshot
from tui import garbage
from tui.app import TapeboardApp
from tui.messages import SnapshotArrived
from tui.screens.board import BoardScreen
from tui.screens.stage import ORDER

SIZE: Final = (160, 45)
NOON: Final = datetime(2026, 1, 9, 17, 0, tzinfo=UTC)
SESSION: Final = date(2026, 1, 9)
REFRESHES: Final = 40
KEYS: Final = (
    *("down", "j", "k", "up", "w", "W", "5", "down", "up", "1"),
    *("4", "6", "3", "2", "S", "S", "z", "z", "tab", "1"),
)
ROUNDS: Final = 10
SECONDS: Final = 5.0
PROBE: Final = 0.002
SETTLING: Final = 1.0  # until the first prices of the stream have taken the place of the others
PATIENCE: Final = 20.0

CHANGED: Final = 0.10
REFRESH_FLOOR: Final = 15.0  # ms of CPU
KEY_FLOOR: Final = 50.0  # ms, p95
LAG_FLOOR: Final = 30.0  # ms, p99
PAINT_FLOOR: Final = 4.0  # a second


class Finding(NamedTuple):
    """A figure with its floor, and whether it holds."""

    line: str
    ok: bool


class Watched(TapeboardApp):
    """Tells when a frame is out."""

    CSS_PATH = Path(tui.app.__file__).parent / "styles" / "app.tcss"

    def __init__(self, settings: Settings, pipeline: Pipeline) -> None:
        super().__init__(settings, lambda: pipeline, frozen=True, settled=garbage.set_aside)
        self.driver_class = NullTerminal
        self.pipeline = pipeline
        self.frame = asyncio.Event()
        self.frames = 0

    def post_display_hook(self) -> None:
        self.frames += 1
        self.frame.set()


def main() -> bool:
    """Print every figure with its floor; whether all hold."""
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    found = [*_run("core", _refresh), *_run("sp500", _keys)]
    with server() as url:
        found += _run("core", partial(_stream, url))
    for line, ok in found:
        print(f"{line}  {'ok' if ok else 'MISSED'}")
    return all(ok for _line, ok in found)


def _run(universe: str, measure: Callable[[Watched], Awaitable[list[Finding]]]) -> list[Finding]:
    """Show the screen with this universe, and measure once it has all panes."""
    settings = _settings(universe)
    app = Watched(settings, open_pipeline(settings, clock=FixedClock(NOON)))
    found: list[Finding] = []

    async def pilot(pilot: Pilot[object]) -> None:
        while not (isinstance(app.screen, BoardScreen) and len(app.screen.panes) == len(ORDER)):
            await pilot.pause(0.05)
        await pilot.pause(0.5)
        found.extend(await measure(app))
        app.exit()

    asyncio.run(app.run_async(size=SIZE, auto_pilot=pilot))
    if app.failure is not None:
        raise app.failure
    return found


def _settings(universe: str) -> Settings:
    shipped = defaults().with_overrides(feed="simulated", store="none", universe=universe).settings
    quiet = msgspec.structs.replace(shipped.notify, toast=False, bell=False)
    return msgspec.structs.replace(shipped, notify=quiet)


async def _refresh(app: Watched) -> list[Finding]:
    """CPU of the loop from a snapshot until its frames are written, the one in which the flashes go out included.

    Two snapshots take turns that differ in the rows of as many symbols as it takes to change a tenth of all words and
    numbers in view; then others follow in which every price is another one.
    """
    loop = asyncio.get_running_loop()
    first, *others = [await loop.run_in_executor(None, app.pipeline.refresh) for _turn in range(REFRESHES)]
    lines = await _lines_with(app, first)
    for rows in range(1, len(first.leadership)):
        second = _mixed(first, others[-1], rows)
        share = _share(lines, await _lines_with(app, second))
        if share >= CHANGED:
            break
    costs = [await _cost(app, snapshot) for _round in range(REFRESHES // 2) for snapshot in (first, second)]
    cost = statistics.median(costs)
    whole = statistics.median([await _cost(app, snapshot) for snapshot in others])
    line = (
        f"refresh, {share:.0%} of what is in view changed: {cost:.1f} ms of CPU (where every price is new: {whole:.1f})"
    )
    return [Finding(f"{line}  (floor {REFRESH_FLOOR:g})", cost <= REFRESH_FLOOR and share >= CHANGED)]


def _mixed(first: Snapshot, other: Snapshot, rows: int) -> Snapshot:
    """`first` with so many rows of each table as they are in `other`."""
    return msgspec.structs.replace(
        first,
        leadership=(*other.leadership[:rows], *first.leadership[rows:]),
        sectors=(*other.sectors[: rows // 3], *first.sectors[rows // 3 :]),
    )


async def _lines_with(app: Watched, snapshot: Snapshot) -> list[str]:
    await _shown(app, snapshot)
    return _lines(app)


async def _cost(app: Watched, snapshot: Snapshot) -> float:
    """Milliseconds of CPU that the loop's thread spends on a snapshot until all is still again."""
    begun = time.thread_time()
    await _shown(app, snapshot)
    await _quiet(app)
    return 1000 * (time.thread_time() - begun)


async def _keys(app: Watched) -> list[Finding]:
    """From a key to the frame that answers it, while refreshes of 500 members follow each other."""
    stop = threading.Event()
    refreshed = 0

    def work() -> None:
        nonlocal refreshed
        while not stop.is_set():
            app.pipeline.refresh()
            refreshed += 1

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    waits = []
    for key in KEYS * ROUNDS:
        app.frame.clear()
        begun = time.perf_counter()
        app.post_message(Key(key, key if len(key) == 1 else None))
        await asyncio.wait_for(app.frame.wait(), 5)
        waits.append(1000 * (time.perf_counter() - begun))
        await asyncio.sleep(0.05)
    stop.set()
    await asyncio.get_running_loop().run_in_executor(None, worker.join)
    p95 = float(np.percentile(waits, 95))
    line = f"key to frame, during {refreshed} refreshes of 500 members: median {statistics.median(waits):.1f} ms"
    floor = f"p95 {p95:.1f}, at most {max(waits):.1f}  (floor {KEY_FLOOR:g} at p95)"
    return [Finding(f"{line}, {floor}", p95 < KEY_FLOOR)]


async def _stream(url: str, app: Watched) -> list[Finding]:
    """The lag of the loop, and its frames, while 1,000 ticks a second come to the pipeline and its prices are shown."""
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def take(quotes: Mapping[str, Quote]) -> None:
        app.pipeline.take({symbol: replace(quote, asof=NOON) for symbol, quote in quotes.items()})
        loop.call_soon_threadsafe(begun.set)

    client = StreamClient(
        SYMBOLS, take, lambda _: None, clock=SystemClock(), calendar_session=lambda _: SESSION, url=url
    )
    client.start()
    await asyncio.wait_for(begun.wait(), PATIENCE)
    await asyncio.sleep(SETTLING)
    ticks, frames, before, lags = client.state.ticks, app.frames, _lines(app), []
    end = time.perf_counter() + SECONDS
    while (asked := time.perf_counter()) < end:
        await asyncio.sleep(PROBE)
        lags.append(1000 * (time.perf_counter() - asked - PROBE))
    ticks, frames, share = client.state.ticks - ticks, app.frames - frames, _share(before, _lines(app))
    client.stop()
    p99, rate, came = float(np.percentile(lags, 99)), frames / SECONDS, ticks / SECONDS
    line = f"{came:.0f} ticks/s, {share:.0%} of what is in view changed: lag of the loop p99 {p99:.1f} ms"
    fast = p99 < LAG_FLOOR and came > 0.9 * TICKS and share > 0
    return [
        Finding(f"{line}, at most {max(lags):.1f}  (floor {LAG_FLOOR:g} at p99)", fast),
        Finding(f"{rate:.1f} frames a second with them  (floor {PAINT_FLOOR:g})", rate <= PAINT_FLOOR),
    ]


async def _shown(app: Watched, snapshot: Snapshot) -> None:
    app.frame.clear()
    app.post_message(SnapshotArrived(snapshot))
    await asyncio.wait_for(app.frame.wait(), 5)


async def _quiet(app: Watched) -> None:
    """Wait until no frame has come for longer than a flash lasts."""
    while True:
        app.frame.clear()
        try:
            await asyncio.wait_for(app.frame.wait(), 0.8)
        except TimeoutError:
            return


def _lines(app: Watched) -> list[str]:
    return [strip.text for strip in app.screen._compositor.render_strips()]  # noqa: SLF001 - nothing public tells


def _share(before: Sequence[str], after: Sequence[str]) -> float:
    """The share of words and numbers that are others now."""
    pairs = [pair for old, new in zip(before, after, strict=True) for pair in zip_longest(old.split(), new.split())]
    return sum(1 for old, new in pairs if old != new) / len(pairs)
