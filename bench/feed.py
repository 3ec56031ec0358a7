"""The feed against an emulated Yahoo: under the worst faults, in a first fill of 500 symbols, and in their refresh.

The faults meet the shipped application with 60 symbols, alone on the machine: how soon it tells, how late its loop
runs, how soon it ends. The fill is `tapeboard fetch` with the budget lifted, beside `yf.download(threads=True)`.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from unittest import mock

import msgspec

from core.feeds.yahoo import YahooFeed
from core.model import Instrument, SymbolClass
from core.sessions import Calendar, FixedClock
from tests.emulator import Emulator
from tests.emulator.plain_yfinance import PlainYfinance
from tests.feed import stage
from tests.feed.fill import Filling
from tests.feed.screen import Screen

SYMBOLS: Final = [f"S{number:03}" for number in range(500)]
LATENCY: Final = 0.2

REQUESTS: Final = 6
TYPED: Final = 25.0
LAG: Final = 25.0
GOOD: Final = 8.0
EXIT: Final = 1.0
RATIO: Final = 1 / 3
CONNECTIONS: Final = 12
THREADS: Final = 12
PER_SYMBOL: Final = 1.02
REFRESH: Final = 12

CASES: Final = (("429", "429 everywhere"), ("stall", "stall everywhere"), ("stall_getcrumb", "getcrumb stalls"))


@dataclass(frozen=True, slots=True)
class Case:
    """A minute under a fault: requests, seconds until all was told and until the end, lag in ms, good prices.

    `lag` is the 99th percentile until all was told or after that, whichever is worse.
    """

    requests: int
    told: float
    lag: float
    longest: float
    good: int
    exit: float


def main() -> bool:
    """Print the figures; whether all floors hold."""
    logging.captureWarnings(capture=True)
    with TemporaryDirectory() as folder:
        store = Path(folder) / "wednesday.sqlite3"
        stage.make_store(store, stage.WEDNESDAY_EVENING)
        cases = {fault: _case(fault, name, store) for fault, name in CASES}
    held = [
        _line("429 everywhere: requests in a minute", cases["429"].requests, REQUESTS),
        _line("stall everywhere: seconds to typed errors", cases["stall"].told, TYPED),
        _line("getcrumb stalls: seconds to 60 good prices", _to_good(cases["stall_getcrumb"]), GOOD),
        _line("lag of the screen's loop, p99 in ms, at worst", max(case.lag for case in cases.values()), LAG),
        _line("seconds from q to the end, at worst", max(case.exit for case in cases.values()), EXIT),
        _fill(),
        _line("requests for 500 quotes", _refresh(), REFRESH),
    ]
    return all(held)


def _to_good(case: Case) -> float:
    return case.told if case.good == len(stage.SYMBOLS) else float("inf")


def _line(name: str, figure: float, floor: float) -> bool:
    ok = figure <= floor
    print(f"{name:48}{figure:8.2f}  (floor {floor:g})  {'ok' if ok else 'MISSED'}", flush=True)
    return ok


def _case(fault: str, name: str, wednesday: Path) -> Case:
    with _scene() as (emulator, home):
        emulator.clock.set(stage.NOON)
        store = home / "store.sqlite3"
        shutil.copy(wednesday, store)
        emulator.faults.set(fault)
        with Screen(emulator.environment(), store, stage.NOON) as screen:
            begun = screen.wait("opened")
            screen.report()  # the lag of the start is none of the fault's
            told = screen.wait("told", after=begun)
            first = screen.report()
            good = stage.fresh_prices(stage.rows(first.snapshot), emulator, stage.SESSION)
            time.sleep(max(0.0, begun + 60 - time.monotonic()))
            report, requests = screen.report(), emulator.log.count()
            lag, longest = max(first.p99, report.p99), max(first.longest, report.longest)
            case = Case(requests, told - begun, lag, longest, len(good), screen.leave())
    print(
        f"{name}: {case.requests} requests in a minute, told after {case.told:.1f} s, {case.good} good,"
        f" lag p99 {case.lag:.1f} ms (longest {case.longest:.0f}), exit {case.exit:.2f} s",
        flush=True,
    )
    return case


def _fill() -> bool:
    """A first fill of two years, ours and plain, one after the other."""
    with _scene() as (emulator, home):
        emulator.latency = LATENCY
        filling = Filling(emulator, home, (), watchlist=SYMBOLS)
        begun = time.monotonic()
        process = filling.begin(home / "store.sqlite3")
        threads = _most_threads(process)
        wrong, ours = filling.end(process), time.monotonic() - begun
        stored = len(stage.stored_bars(home / "store.sqlite3"))
        requests, connections = emulator.log.count(), emulator.log.most_open
    with _scene() as (emulator, home), PlainYfinance(emulator.environment(), home) as plain:
        emulator.latency = LATENCY
        plain.ask("ready")
        answer = plain.ask("out_of_the_box", SYMBOLS, period="2y", threads=True)
        theirs = answer["seconds"]
        print(f"plain: {emulator.log.count()} requests, at most {emulator.log.most_open} connections at a time")
    if wrong or stored != len(SYMBOLS) or len(answer["closes"]) != len(SYMBOLS):
        raise RuntimeError(f"the fill {wrong or 'is not whole'}: {stored} and {len(answer['closes'])} symbols")
    print(f"a first fill of 500 symbols x 2 years: {ours:.1f} s vs yf.download {theirs:.1f} s")
    return all(
        [
            _line("... ratio", ours / theirs, RATIO),
            _line("... threads at a time", threads, THREADS),
            _line("... connections at a time", connections, CONNECTIONS),
            _line("... requests for each symbol", requests / len(SYMBOLS), PER_SYMBOL),
        ]
    )


def _most_threads(process: subprocess.Popen[str]) -> int:
    """The most threads that a process has until its end, looked at every few milliseconds."""
    tasks, most = Path(f"/proc/{process.pid}/task"), 0
    while process.poll() is None:
        try:
            most = max(most, sum(1 for _task in tasks.iterdir()))
        except OSError:  # it has ended meanwhile
            break
        time.sleep(0.02)
    return most


def _refresh() -> int:
    """The requests for all quotes once."""
    wanted = [Instrument(symbol, symbol, SymbolClass.STOCK, "stocks") for symbol in SYMBOLS]
    yahoo = msgspec.structs.replace(stage.settings(None).feed.yahoo, budget_per_minute=stage.UNLIMITED)
    with _scene() as (emulator, _home), mock.patch.dict(os.environ, emulator.environment()):
        emulator.clock.set(stage.NOON)
        with closing(YahooFeed(yahoo, FixedClock(stage.NOON), Calendar())) as feed:
            found = feed.quotes(wanted, stage.SESSION, stage.NOON).quotes
        if len(found) != len(SYMBOLS):
            raise RuntimeError(f"{len(found)} quotes of {len(SYMBOLS)}")
        return emulator.log.count()


@contextmanager
def _scene() -> Iterator[tuple[Emulator, Path]]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as home, Emulator() as emulator:
        yield emulator, Path(home)
