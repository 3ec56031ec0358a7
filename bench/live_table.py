"""`LiveTable` beside Textual's `DataTable`: CPU time of a change, from the call until the frame is written.

Both stand in the same kind of app on a terminal of 160 x 45 cells that is written to for real (the null
device), and go through the same texts. A change of the live table includes making its rows and lighting up
its cells; the frame in which the lights go out 0.6 s later is added in the last line.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeAlias

from textual.app import App, ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import DataTable

from tui.widgets.live_table import Cell, Column, LiveTable, TableRow

ROWS: Final = 40
COLUMNS: Final = 12
TWO: Final = (3, 30)
ROUNDS: Final = 21
CHANGES: Final = 5  # in each round
SIZE: Final = (160, 45)
FULL_FLOOR: Final = 1 / 8
TWO_FLOOR: Final = 1 / 30

TITLES: Final = ["symbol", *(f"c{i}" for i in range(1, COLUMNS))]


class NullTerminal(HeadlessDriver):
    """A terminal that is written to like any other, and shows nothing."""

    sink = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - open as long as the process

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.sink.write(data)


class Bench(App[None]):
    """An app that holds one widget and tells when a frame is out."""

    def __init__(self, widget: Widget) -> None:
        super().__init__(driver_class=NullTerminal)
        self._widget = widget
        self.painted = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield self._widget

    def post_display_hook(self) -> None:
        self.painted.set()


Measure: TypeAlias = "Callable[[Bench, Pilot[object]], Awaitable[list[float]]]"


def main() -> bool:
    live_full, live_two, live_lit = _run(*_live())
    data_full, data_two = _run(*_data())
    full = _report("full change", live_full, data_full, FULL_FLOOR)
    two = _report("two changed rows", live_two, data_two, TWO_FLOOR)
    print(f"live table, full change, lit and unlit again {live_lit:.2f} ms   ratio {live_lit / data_full:.3f}")
    return full and two


def _live() -> tuple[Widget, Measure]:
    table = LiveTable()
    table.set_columns([Column(title, title, 11) for title in TITLES])
    rows = [_row(y, 0) for y in range(ROWS)]
    table.set_rows(rows)

    def change_all(turn: int) -> None:
        rows[:] = [_row(y, turn) for y in range(ROWS)]
        table.set_rows(rows)

    def change_two(turn: int) -> None:
        for y in TWO:
            rows[y] = _row(y, turn)
        table.set_rows(rows)

    async def measure(app: Bench, _pilot: Pilot[object]) -> list[float]:
        full, two = await _costs(app, change_all), await _costs(app, change_two)
        await asyncio.sleep(2 * LiveTable.FLASH_SECONDS)
        LiveTable.FLASH_SECONDS = 0.05  # the bench need not wait longer for the frame in which the lights go out
        return [full, two, await _costs(app, change_all, frames=2)]

    return table, measure


def _data() -> tuple[Widget, Measure]:
    table: DataTable[str] = DataTable(cursor_type="row")

    def change(rows: Iterable[int], turn: int) -> None:
        for y in rows:
            for x, title in enumerate(TITLES):
                table.update_cell(str(y), title, _text(y, x, turn))

    async def measure(app: Bench, pilot: Pilot[object]) -> list[float]:
        for title in TITLES:
            table.add_column(title, key=title, width=11)
        for y in range(ROWS):
            table.add_row(*(_text(y, x, 0) for x in range(COLUMNS)), key=str(y))
        await pilot.pause()
        return [
            await _costs(app, lambda turn: change(range(ROWS), turn)),
            await _costs(app, lambda turn: change(TWO, turn)),
        ]

    return table, measure


def _run(widget: Widget, measure: Measure) -> list[float]:
    """What `measure` finds with `widget` on the screen; an error in it ends the bench."""
    app = Bench(widget)
    found: list[float] = []

    async def pilot(pilot: Pilot[object]) -> None:
        await pilot.pause()
        found.extend(await measure(app, pilot))
        app.exit()

    asyncio.run(app.run_async(size=SIZE, auto_pilot=pilot))
    return found


async def _costs(app: Bench, change: Callable[[int], None], frames: int = 1) -> float:
    """The median CPU milliseconds of a change, all `frames` of each written before the next one comes."""
    costs = []
    turns = itertools.count(1)
    for _round in range(ROUNDS):
        start = time.process_time()
        for turn in itertools.islice(turns, CHANGES):
            change(turn)
            for _frame in range(frames):
                app.painted.clear()
                await app.painted.wait()
        costs.append((time.process_time() - start) / CHANGES)
    return 1000 * statistics.median(costs)


def _row(y: int, turn: int) -> TableRow:
    cells = {title: Cell(_text(y, x, turn), "up" if x % 2 else "", float(turn)) for x, title in enumerate(TITLES)}
    return TableRow(str(y), cells)


def _text(y: int, x: int, turn: int) -> str:
    return f"{turn * 1.01 + y + x:+.2f}"


def _report(what: str, live: float, data: float, floor: float) -> bool:
    ratio = live / data
    ok = ratio <= floor
    verdict = "ok" if ok else "MISSED"
    print(
        f"live table, {what:<16}   {live:6.2f} ms vs DataTable {data:6.2f} ms"
        f"   ratio {ratio:.3f}  (floor {floor:.3f})  {verdict}"
    )
    return ok
