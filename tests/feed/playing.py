"""One row of the matrix, played to the shipped application with 60 symbols and to plain `yf.download` with 5."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from core import snapshot
from core.feeds.yahoo_live import QUOTE_REST
from tests.emulator import Emulator
from tests.emulator.catalogue import CATALOGUE, STREAM, TUNNEL, Manner
from tests.emulator.matrix import Row
from tests.emulator.plain_yfinance import Json, PlainYfinance
from tests.feed import stage
from tests.feed.screen import Report, Screen
from tests.feed.surroundings import FOLDER, OFFLINE, environment, keep_caches, laid, prefix
from tests.feed.turns import Turns

MINUTE: Final = 60.0
FIVE: Final = ("SPY", "IWM", "QQQ", "XLK", "AAPL")
OTHER: Final = ("MSFT",)
"""What plain yfinance was asked for before its caches were spoilt: a file that cannot be written is one to be met."""
SAID: Final = 3
"""So many kinds of problems are quoted."""
PRICE: Final = re.compile(r"\d[\d,]*\.\d+")
"""What differs from symbol to symbol in problems of one kind."""


@dataclass(frozen=True, slots=True)
class Ours:
    """What the application did in its first minute under a fault.

    `blocked`: seconds until the screen told something; `exit`: until the process had ended; `fresh`: symbols with
    the true price of the session in progress; `lost`: those whose price or stored bars had become empty, older or
    wrong; `rejected`: values that were not believed. `requests` is None where nobody was there to count them. Of many
    processes the worst is told.
    """

    requests: int | None
    blocked: float
    exit: float
    fresh: int
    lost: int
    rejected: int
    said: str


@dataclass(frozen=True, slots=True)
class Plain:
    """What plain yfinance did: `blocked` is None where it was cut off; `right`: symbols with all their true closes."""

    requests: int | None
    blocked: float | None
    right: int


def of_stream(row: Row) -> bool:
    """Whether the fault is one of the stream, which plain `yf.download` does not use."""
    return bool(row.fault) and CATALOGUE[row.fault].manner in STREAM


def play_ours(row: Row, stores: Path, turns: Turns, *, seconds: float = MINUTE) -> Ours:
    """Watch the application for `seconds` from the moment on that the fault could be met; `stores` as `make_stores`."""
    with _scene(row, stores) as (emulator, home), ExitStack() as open_screens:
        store = home / "store.sqlite3"
        shutil.copy(stores / ("thursday" if _has_history(row) else "wednesday"), store)
        bars = stage.stored_bars(store)
        with turns.starting():
            screens = [_screen(row, emulator, store, turns, open_screens) for _number in range(row.processes)]
            before, begun = _begin(row, emulator, screens, store)
            blocked = max(screen.wait("told", after=begun) - begun for screen in screens)
        _until(begun + seconds)
        reports, requests = [screen.report() for screen in screens], _requests(row, emulator)
        with turns.ending(*screens):
            left = max(screen.leave() for screen in screens)
        emulator.faults.clear()
        after = [stage.rows(report.snapshot) for report in reports]
        lost = stage.lost_bars(bars, stage.stored_bars(store), emulator)
        lost = lost.union(*(stage.lost_prices(before, rows, emulator) for rows in after))
        return Ours(
            requests=requests,
            blocked=blocked,
            exit=left,
            fresh=min(len(stage.fresh_prices(rows, emulator, stage.SESSION)) for rows in after),
            lost=len(lost),
            rejected=max(report.snapshot.source.quarantined for report in reports),
            said=said(reports[0]),
        )


def _has_history(row: Row) -> bool:
    return row.warm or row.stored or of_stream(row)


def _screen(row: Row, emulator: Emulator, store: Path, turns: Turns, opened: ExitStack) -> Screen:
    led = environment(row.around, emulator)
    made = Screen(led, store, stage.NOON, stream=of_stream(row), prefix=prefix(row.around))
    opened.enter_context(made)
    opened.enter_context(turns.running(made))
    return made


def _begin(
    row: Row, emulator: Emulator, screens: Sequence[Screen], store: Path
) -> tuple[dict[str, snapshot.Row], float]:
    """What is shown when the fault could first be met, and when that was."""
    if not _has_history(row):
        row.play(emulator.faults, stage.SYMBOLS)
        return stage.stored_rows(store), max(screen.wait("opened") for screen in screens)
    (screen,) = screens
    _until(screen.wait("told", after=screen.wait("opened")) + QUOTE_REST)
    before = stage.rows(screen.report().snapshot)
    emulator.log.clear()
    row.play(emulator.faults, stage.SYMBOLS)
    return before, screen.refresh()


def play_plain(row: Row, stores: Path, turns: Turns, cut: float) -> Plain:
    """One `yf.download` of a year in each process, as yfinance comes; all are ended after `cut` seconds."""
    with _scene(row, stores) as (emulator, home), ExitStack() as running:
        programs = [_plain(row, emulator, home, turns, running) for _number in range(row.processes)]
        if row.warm:
            programs[0].ask("out_of_the_box", FIVE, period="1y")
            emulator.log.clear()
        row.play(emulator.faults, FIVE)
        with ThreadPoolExecutor(len(programs)) as pool:
            answers = [*pool.map(partial(_download, cut=cut), programs)]
        requests = _requests(row, emulator)
        given = [answer for answer in answers if answer is not None]
        if len(given) < len(answers):
            return Plain(requests, None, 0)
        right = [sum(_right(_closes(one, symbol), symbol, emulator) for symbol in FIVE) for one in given]
        return Plain(requests, max(one["seconds"] for one in given), min(right))


def _plain(row: Row, emulator: Emulator, home: Path, turns: Turns, running: ExitStack) -> PlainYfinance:
    """One that has imported everything."""
    led = environment(row.around, emulator)
    made = running.enter_context(PlainYfinance(led, home, prefix(row.around)))
    running.enter_context(turns.running(made))
    made.ask("ready")
    return made


def _download(program: PlainYfinance, cut: float) -> Json | None:
    """The answer; None where it had to be cut off."""
    ending = threading.Timer(cut, program.kill)
    ending.start()
    try:
        return program.ask("out_of_the_box", FIVE, period="1y")
    except EOFError:
        return None
    finally:
        ending.cancel()


def _closes(answer: Json, symbol: str) -> dict[str, float]:
    closes: dict[str, float] = answer.get("closes", {}).get(symbol, {})
    return closes


def _right(closes: dict[str, float], symbol: str, emulator: Emulator) -> bool:
    """Whether these are the true adjusted closes of every session from the first of them to the one in progress."""
    true = emulator.market.series(symbol)
    days = true.days[true.days >= np.datetime64(min(closes, default=stage.SESSION), "D")]
    given = np.array([closes.get(str(day)) or np.nan for day in days])
    return bool(len(closes) > 1 and (np.abs(given / true.adj_close[-len(days) :] - 1) < stage.SAME).all())


def make_stores(folder: Path) -> None:
    """The stores of the two evenings before the scene, and the caches that plain yfinance has left."""
    stage.make_store(folder / "wednesday", stage.WEDNESDAY_EVENING)
    stage.make_store(folder / "thursday", stage.THURSDAY_EVENING)
    with TemporaryDirectory() as home, Emulator() as emulator:
        with PlainYfinance(emulator.environment(), Path(home)) as plain:
            plain.ask("out_of_the_box", OTHER, period="1y")
        keep_caches(Path(home) / "cache" / FOLDER, folder / FOLDER)


def said(report: Report) -> str:
    """What the screen says: the left of its header, a failure in full, and its problems, those of a kind together."""
    left = re.split(r"\s{3,}", report.header.strip())[0].removeprefix("TAPEBOARD").split("✗")[0]
    failure = [report.failure] if report.failure else []
    return "; ".join([" ".join(left.split()), *failure, *_kinds(report.snapshot)])


def _kinds(shown: snapshot.Snapshot) -> Iterator[str]:
    kinds: Counter[str] = Counter()
    for note in shown.source.problems:
        kinds[PRICE.sub("...", note.text.removeprefix(f"{note.symbol}: "))] += 1
    for text, count in kinds.most_common(SAID):
        yield f"{count} × {text}" if count > 1 else text
    if more := kinds.total() - sum(count for _text, count in kinds.most_common(SAID)):
        yield f"{more} more"


@contextmanager
def _scene(row: Row, stores: Path) -> Iterator[tuple[Emulator, Path]]:
    with TemporaryDirectory(prefix="feed-", ignore_cleanup_errors=True) as folder, Emulator() as emulator:
        home = Path(folder)
        emulator.clock.set(stage.NOON)
        with laid(row.around, stores / FOLDER, home):
            yield emulator, home


def _requests(row: Row, emulator: Emulator) -> int | None:
    """What reached the emulator: where no tunnel is given, that is the question for one."""
    manner = CATALOGUE[row.fault].manner if row.fault else None
    if manner is Manner.DOWN or row.around == OFFLINE:
        return None
    return emulator.log.tunnels if manner in TUNNEL else emulator.log.count()


def _until(moment: float) -> None:
    threading.Event().wait(max(0.0, moment - time.monotonic()))
