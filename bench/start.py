"""From the command to the first paint and to the first stored numbers, beside a Textual app with one word.

The store is filled by the program itself from simulated bars written to a file, in a home of its own. The two
programs start alternately; medians are compared. Last, the program is left alone and watched.
"""

from __future__ import annotations

import csv
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from bench.terminal import Terminal
from core import settings_load, universe
from core.feeds.simulated import SimulatedFeed
from core.panel import Days
from core.snapshot import from_json
from core.store import Store
from tui.format import level

ROUNDS: Final = 9
FIRST_PAINT: Final = 1.5
STORED_NUMBERS: Final = 2.2
IDLE_SECONDS: Final = 20.0
IDLE_SHARE: Final = 0.003

EMPTY_APP: Final = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("ready")

Empty().run()
"""


class _Weekdays:
    """Sessions enough for a simulation: every weekday."""

    def sessions(self, first: date, last: date) -> Days:
        """All weekdays from `first` to `last`."""
        days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
        return days[np.is_busday(days)]


def main() -> bool:
    """Print the ratios; whether all floors hold."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        env = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")} | {"HOME": folder}
        url = f"sqlite:///{home}/tapeboard.sqlite3"
        program = [str(Path(sys.executable).with_name("tapeboard")), "--store", url]
        last_price = _fill(home, program, env, url)
        held = _starts(program, env, last_price)
        return _idle(program, env) and held


def _starts(program: Sequence[str], env: dict[str, str], last_price: str) -> bool:
    empty, paint, numbers = [], [], []
    for _round in range(ROUNDS):
        with Terminal([sys.executable, "-c", EMPTY_APP], env) as terminal:
            empty.append(terminal.seconds_to("ready"))
        with Terminal(program, env) as terminal:
            paint.append(terminal.seconds_to("TAPEBOARD"))
            numbers.append(terminal.seconds_to(last_price))
    base = statistics.median(empty)
    paints = _line("first paint", statistics.median(paint), base, FIRST_PAINT)
    return _line("first stored numbers", statistics.median(numbers), base, STORED_NUMBERS) and paints


def _idle(program: Sequence[str], env: dict[str, str]) -> bool:
    """The exchange may be open while this runs, so the feed of files is watched, which refreshes when asked."""
    command = [*program, "--feed", "files", "--data", str(Path(env["HOME"]) / "bars.csv")]
    with Terminal(command, env) as terminal:
        terminal.seconds_to("WATCH")
        terminal.settle(quiet=2.0)
        count, share = terminal.idle(IDLE_SECONDS)
    held = count == 0 and share <= IDLE_SHARE
    floors = f"(floors 0 and {IDLE_SHARE:.1%})  {'ok' if held else 'MISSED'}"
    print(f"idle for {IDLE_SECONDS:g} s: {count} bytes, {share:.2%} of a core  {floors}")
    return held


def _line(name: str, seconds: float, base: float, floor: float) -> bool:
    ratio = seconds / base
    verdict = "ok" if ratio <= floor else "MISSED"
    print(f"{name:24}{seconds:6.3f} s vs empty app {base:6.3f} s   ratio {ratio:.2f}  (floor {floor})  {verdict}")
    return ratio <= floor


def _fill(home: Path, program: Sequence[str], env: dict[str, str], url: str) -> str:
    """Put bars and a last snapshot into the store; the price of SPY as the screen shows it."""
    wanted = universe.build(settings_load.load(env=env).settings).instruments
    feed = SimulatedFeed(7, 800, _Weekdays())
    history = feed.history(wanted, date(2020, 1, 1), date.today())  # noqa: DTZ011 - any recent day will do
    with (home / "bars.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("symbol", "date", "open", "high", "low", "close", "adj_close", "volume"))
        for symbol, bars in history.bars.items():
            columns = (bars.sessions, bars.open, bars.high, bars.low, bars.close, bars.adj_close, bars.volume)
            writer.writerows((symbol, *row) for row in zip(*columns, strict=True))
    fetch = [*program, "fetch", "--quiet", "--feed", "files", "--data", str(home / "bars.csv")]
    subprocess.run(fetch, env=env, check=False, capture_output=True)
    subprocess.run([*program, "snapshot"], env=env, check=False, capture_output=True)
    store = Store.open(url, read_only=True)
    stored = store.snapshot()
    store.close()
    if stored is None:
        raise RuntimeError("the program stored no snapshot")
    spy = next(row for row in from_json(stored[0]).leadership if row.symbol == "SPY")
    return level(spy.last)
