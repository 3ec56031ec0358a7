"""`tapeboard fetch` in a process of its own, which may be killed at any moment."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.errors import StoreError
from core.panel import Bars
from core.store import Store
from tests.emulator import Emulator
from tests.feed import stage

ROOT: Final = Path(__file__).parents[2]
WATCHED: Final = ("AAPL", "MSFT")
PATIENCE: Final = 120.0
PROGRAM: Final = "import sys; from tui.cli import main; sys.exit(main())"

CONFIG: Final = """
[feed.yahoo]
budget_per_minute = 10000
[metrics]
years = 2
[universe]
show = {show}
[watchlist]
own = {watchlist}
"""

BEFORE_ANY: Final = 0.15
"""The share of kills that come before anything was asked for."""
STARTING: Final = 2.5
"""Seconds that the start of the program takes, at most, until then."""
AFTER_REQUEST: Final = 0.4
"""Seconds within which a kill comes after the request that it waits for."""
GO_ON: Final = 0.9
"""The chance that a fill that was killed is killed again before it may end."""


@dataclass(slots=True)
class Killings:
    """How many kills there were, in how many fills, and how many found something stored; what went wrong."""

    kills: int = 0
    fills: int = 0
    midway: int = 0
    wrong: list[str] = field(default_factory=list)


class Filling:
    """Fills of stores in `folder` with the groups `show` and a `watchlist`, from one emulator."""

    def __init__(
        self, emulator: Emulator, folder: Path, show: Sequence[str], *, watchlist: Sequence[str] = WATCHED
    ) -> None:
        self._emulator = emulator
        self._folder = folder
        self._config = folder / "config.toml"
        self._config.write_text(CONFIG.format(show=list(show), watchlist=list(watchlist)), encoding="utf-8")

    def begin(self, store: Path) -> subprocess.Popen[str]:
        """Begin a fill of `store`."""
        command = ["fetch", "--quiet", "--feed", "yahoo", "--config", str(self._config), "--store", stage.url_of(store)]
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *command],
            cwd=ROOT,
            env={**os.environ, **self._emulator.environment(), "HOME": str(self._folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, process: subprocess.Popen[str]) -> str:
        """Wait for the end of a fill; what is wrong with it, "" for nothing."""
        _output, errors = process.communicate(timeout=PATIENCE)
        return "" if process.returncode == 0 and not errors else f"ended with {process.returncode}: {errors}"

    def kill_at_random(self, kills: int, seed: int) -> Killings:
        """Kill so many fills, each at a moment by chance, and let the last one of each store end."""
        chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
        found = Killings()
        whole = self._folder / "whole.sqlite3"
        found.wrong += filter(None, [self.end(self.begin(whole))])
        reference = stage.stored_bars(whole)
        while found.kills < kills:
            store = self._folder / f"killed-{found.fills}.sqlite3"
            found.fills += 1
            known: dict[str, Bars] = {}
            while found.kills < kills:
                found.kills += 1
                self._kill(store, chance, len(reference) - len(known))
                known = self._examine(store, known, reference, found)
                found.midway += 0 < len(known) < len(reference)
                if len(known) == len(reference) or chance.random() > GO_ON:
                    break
            self._finish(store, known, reference, found)
        return found

    def _kill(self, store: Path, chance: random.Random, lacking: int) -> None:
        self._emulator.log.clear()
        process = self.begin(store)
        pause = threading.Event()
        if chance.random() < BEFORE_ANY:
            pause.wait(chance.uniform(0, STARTING))
        else:
            asked = chance.randint(1, lacking)
            self._emulator.log.wait(lambda log: log.count("chart") >= asked, PATIENCE)
            pause.wait(chance.uniform(0, AFTER_REQUEST))
        self._committed = _stored(store)
        process.kill()
        process.communicate()

    def _examine(
        self, store: Path, known: dict[str, Bars], reference: dict[str, Bars], found: Killings
    ) -> dict[str, Bars]:
        """What is stored after a kill; it must hold what was there before it, whole."""
        with closing(Store.open(stage.url_of(store))) as opened:
            after = opened.load(opened.symbols())
            found.wrong += opened.check()
        for symbol in (self._committed.keys() | known.keys()) - after.keys():
            found.wrong.append(f"{symbol} was stored, and is lost")
        found.wrong += [f"{s} is not what was fetched" for s, bars in after.items() if not same(bars, reference[s])]
        return after

    def _finish(self, store: Path, known: dict[str, Bars], reference: dict[str, Bars], found: Killings) -> None:
        """Let a fill end: it asks for what lacks and no more, and the store is then as if never interrupted."""
        self._emulator.log.clear()
        found.wrong += filter(None, [self.end(self.begin(store))])
        asked = {entry.symbols[0] for entry in self._emulator.log.entries if entry.endpoint == "chart"}
        if asked != reference.keys() - known.keys():
            found.wrong.append(f"asked for {len(asked)} symbols, and {len(reference) - len(known)} were lacking")
        after = stage.stored_bars(store)
        if after.keys() != reference.keys() or not all(same(after[s], bars) for s, bars in reference.items()):
            found.wrong.append("the end is another one than that of an uninterrupted fill")


def same(a: Bars, b: Bars) -> bool:
    """Whether two series hold the same numbers."""
    return all(getattr(a, name).tobytes() == getattr(b, name).tobytes() for name in COLUMNS)


COLUMNS: Final = ("sessions", "open", "high", "low", "close", "adj_close", "volume")


def _stored(store: Path) -> dict[str, Bars]:
    """What is committed at this moment; nothing where the file is not there yet, or is being made."""
    try:
        return stage.stored_bars(store)
    except StoreError:
        return {}
