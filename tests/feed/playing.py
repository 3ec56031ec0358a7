"""One row of the matrix, played to the shipped application with 60 symbols and to plain `yf.download` with 5."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from core.feeds.yahoo_live import QUOTE_REST
from core.snapshot import Snapshot
from tests.emulator import Emulator
from tests.emulator.catalogue import CATALOGUE, STREAM, TUNNEL, Manner
from tests.emulator.matrix import Row
from tests.emulator.plain_yfinance import PlainYfinance
from tests.feed import stage
from tests.feed.screen import Report, Screen

MINUTE: Final = 60.0
FIVE: Final = ("SPY", "IWM", "QQQ", "XLK", "AAPL")
SAID: Final = 3
"""So many kinds of problems are quoted."""


@dataclass(frozen=True, slots=True)
class Ours:
    """What the application did in its first minute under a fault.

    `blocked`: seconds until the screen told something; `exit`: until the process had ended; `fresh`: symbols with
    the true price of the session in progress; `lost`: those whose price or stored bars had become empty, older or
    wrong. `requests` is None where nobody was there to count them.
    """

    requests: int | None
    blocked: float
    exit: float
    fresh: int
    lost: int
    said: str


@dataclass(frozen=True, slots=True)
class Plain:
    """What plain yfinance did: `blocked` is None where it was cut off; `right`: symbols with all their true closes."""

    requests: int | None
    blocked: float | None
    right: int


def of_stream(row: Row) -> bool:
    """Whether the fault is one of the stream, which plain `yf.download` does not use."""
    return CATALOGUE[row.fault].manner in STREAM


def play_ours(row: Row, stores: Path, *, seconds: float = MINUTE) -> Ours:
    """Watch the application for `seconds` from the moment on that the fault could be met; `stores` as `make_stores`."""
    warm = row.warm or of_stream(row)
    with _scene() as (emulator, home):
        store = home / "store.sqlite3"
        shutil.copy(stores / ("thursday" if warm else "wednesday"), store)
        before, bars = stage.stored_rows(store), stage.stored_bars(store)
        if not warm:
            row.play(emulator.faults, stage.SYMBOLS)
        with Screen(emulator.environment(), store, stage.NOON, stream=of_stream(row)) as screen:
            begun = screen.wait("opened")
            if warm:
                _until(screen.wait("told", after=begun) + QUOTE_REST)
                before = stage.rows(screen.report().snapshot)
                emulator.log.clear()
                row.play(emulator.faults, stage.SYMBOLS)
                begun = screen.refresh()
            told = screen.wait("told", after=begun)
            _until(begun + seconds)
            report, requests = screen.report(), _requests(row, emulator)
            left = screen.leave()
        emulator.faults.clear()
        after = stage.rows(report.snapshot)
        lost = stage.lost_prices(before, after, emulator)
        lost |= stage.lost_bars(bars, stage.stored_bars(store), emulator)
        fresh = stage.fresh_prices(after, emulator, stage.SESSION)
        return Ours(requests, told - begun, left, len(fresh), len(lost), said(report))


def play_plain(row: Row, cut: float) -> Plain:
    """One `yf.download` of a year, as yfinance comes; ended after `cut` seconds."""
    with _scene() as (emulator, home), PlainYfinance(emulator.environment(), home) as plain:
        plain.ask("ready")
        if row.warm:
            plain.ask("out_of_the_box", FIVE, period="1y")
            emulator.log.clear()
        row.play(emulator.faults, FIVE)
        ending = threading.Timer(cut, plain.kill)
        ending.start()
        try:
            answer = plain.ask("out_of_the_box", FIVE, period="1y")
        except EOFError:
            return Plain(_requests(row, emulator), None, 0)
        finally:
            ending.cancel()
        right = sum(_right(answer.get("closes", {}).get(symbol, {}), symbol, emulator) for symbol in FIVE)
        return Plain(_requests(row, emulator), answer["seconds"], right)


def _right(closes: dict[str, float], symbol: str, emulator: Emulator) -> bool:
    """Whether these are the true adjusted closes of every session from the first of them to the one in progress."""
    true = emulator.market.series(symbol)
    days = true.days[true.days >= np.datetime64(min(closes, default=stage.SESSION), "D")]
    given = np.array([closes.get(str(day)) or np.nan for day in days])
    return bool(len(closes) > 1 and (np.abs(given / true.adj_close[-len(days) :] - 1) < stage.SAME).all())


def make_stores(folder: Path) -> None:
    """The stores of the two evenings before the scene."""
    stage.make_store(folder / "wednesday", stage.WEDNESDAY_EVENING)
    stage.make_store(folder / "thursday", stage.THURSDAY_EVENING)


def said(report: Report) -> str:
    """What the screen says: the left of its header, a failure in full, and its problems, those of a kind together."""
    left = re.split(r"\s{3,}", report.header.strip())[0].removeprefix("TAPEBOARD").split("✗")[0]
    failure = [report.failure] if report.failure else []
    return "; ".join([" ".join(left.split()), *failure, *_kinds(report.snapshot)])


def _kinds(snapshot: Snapshot) -> Iterator[str]:
    kinds: Counter[str] = Counter()
    for note in snapshot.source.problems:
        kinds[note.text.removeprefix(f"{note.symbol}: ")] += 1
    for text, count in kinds.most_common(SAID):
        yield f"{count} × {text}" if count > 1 else text
    if more := kinds.total() - sum(count for _text, count in kinds.most_common(SAID)):
        yield f"{more} more"


@contextmanager
def _scene() -> Iterator[tuple[Emulator, Path]]:
    with TemporaryDirectory(prefix="feed-", ignore_cleanup_errors=True) as home, Emulator() as emulator:
        emulator.clock.set(stage.NOON)
        yield emulator, Path(home)


def _requests(row: Row, emulator: Emulator) -> int | None:
    """What reached the emulator: where no tunnel is given, that is the question for one."""
    manner = CATALOGUE[row.fault].manner
    if manner is Manner.DOWN:
        return None
    return emulator.log.tunnels if manner in TUNNEL else emulator.log.count()


def _until(moment: float) -> None:
    threading.Event().wait(max(0.0, moment - time.monotonic()))
