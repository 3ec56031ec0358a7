from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from textual.app import ComposeResult
from textual.pilot import Pilot

from core.snapshot import SectorRow, Snapshot
from tests.tui import builders
from tests.tui.drawn import DrawnApp
from tests.tui.script import text
from tui.messages import Opened
from tui.panes.rotation import RotationPane

WAYS = {
    "XLK": ((96.0, 98.0), (102.0, 101.0)),
    "XLU": ((104.0, 104.0), (99.0, 98.5)),
    "XLV": ((99.5, 98.0), (99.6, 100.6)),
}


def snapshot() -> Snapshot:
    """Three sectors on their way, one without numbers, in the order of the screen."""
    rows = {row.symbol: row for row in builders.rich().sectors}
    moved = [_moved(rows[symbol], *way) for symbol, way in WAYS.items()]
    absent = msgspec.structs.replace(rows["XLB"], rs_ratio=None, rs_momentum=None, status="short_history")
    return builders.rich(sectors=(*moved, absent))


def _moved(row: SectorRow, start: tuple[float, float], end: tuple[float, float]) -> SectorRow:
    days = tuple((start[0] + k / 10 * (end[0] - start[0]), start[1] + k / 10 * (end[1] - start[1])) for k in range(11))
    return msgspec.structs.replace(
        row, rs_ratio=end[0], rs_momentum=end[1], tail=(start, (None, None), end), tail_days=days
    )


class Alone(DrawnApp):
    """The pane alone."""

    def compose(self) -> ComposeResult:
        self.pane = RotationPane("5")
        yield self.pane


@asynccontextmanager
async def shown(size: tuple[int, int]) -> AsyncIterator[tuple[Pilot[None], RotationPane]]:
    app = Alone()
    async with app.run_test(size=size) as pilot:
        app.pane.active = True
        app.pane.snapshot = snapshot()
        app.pane.body().focus()
        await pilot.pause()
        yield pilot, app.pane


async def test_with_room_the_list_stands_beside_the_graph_and_tells_the_same() -> None:
    async with shown((120, 30)) as (pilot, pane):
        seen = text(pilot)
        assert pane.table.region.x > pane.graph.region.right - 1
        for part in ("Symbol", "102.00", "↗ from Lagging", "↙ from Leading", "too short", "d: tails by week"):
            assert part in seen


async def test_in_a_tall_place_the_list_stands_below_and_in_a_small_one_a_line_tells() -> None:
    async with shown((60, 40)) as (pilot, pane):
        assert pane.table.region.y == pane.graph.region.bottom
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert pane.table.region.area == 0
        assert "XLK  Leading  ratio 102.00  momentum 101.00" in text(pilot)
        await pilot.resize_terminal(130, 20)
        await pilot.pause()
        assert pane.table.region.area
        assert "ratio 102.00" not in text(pilot)


async def test_keys_move_one_cursor_down_the_list_and_along_the_ratio() -> None:
    async with shown((120, 30)) as (pilot, pane):
        at = []
        for key in ("j", "down", "k", "home", "h", "left", "left", "l", "right", "end", "h"):
            await pilot.press(key)
            at.append(pane.table.cursor_key)
        assert at == ["XLU", "XLV", "XLU", "XLK", "XLV", "XLU", "XLU", "XLV", "XLK", "XLB", "XLB"]
        assert "◆" not in text(pilot)
        await pilot.press("home")
        assert "◆" in text(pilot)


async def test_enter_opens_the_symbol_at_the_cursor() -> None:
    opened: list[str] = []

    class Opening(Alone):
        def on_opened(self, event: Opened) -> None:
            opened.append(event.symbol)

    app = Opening()
    async with app.run_test(size=(120, 30)) as pilot:
        app.pane.snapshot = snapshot()
        app.pane.body().focus()
        await pilot.press("j", "enter")
        await pilot.pause()
        assert opened == ["XLU"]


async def test_d_changes_the_tails() -> None:
    async with shown((120, 30)) as (pilot, pane):
        seen = []
        for hint in ("d: tails by day", "d: no tails", "d: tails by week"):
            await pilot.press("d")
            await pilot.pause()
            assert hint in text(pilot)
            seen.append(sum("⠀" < char <= "⣿" for char in text(pilot)))
        assert seen[1] == 0 < min(seen[0], seen[2])
        assert pane.tails == "weeks"


async def test_a_click_at_a_head_moves_the_cursor_there() -> None:
    async with shown((120, 30)) as (pilot, pane):
        lines = text(pilot).split("\n")
        y = next(y for y, line in enumerate(lines) if "XLU" in line[: pane.graph.size.width])
        await pilot.click(offset=(lines[y].index("XLU"), y))
        await pilot.pause()
        assert pane.table.cursor_key == "XLU"


async def test_s_sorts_the_list() -> None:
    async with shown((120, 30)) as (pilot, pane):
        pane.sort_next()
        pane.sort_reverse()
        await pilot.pause()
        await pilot.press("home")
        assert pane.table.cursor_key == "XLV"


async def test_the_very_same_sectors_are_no_work() -> None:
    async with shown((120, 30)) as (pilot, pane):
        drawn = pane.graph._drawn
        pane.snapshot = msgspec.structs.replace(pane.snapshot, phase="open")
        await pilot.pause()
        assert pane.graph._drawn is drawn


async def test_without_numbers_it_says_what_is_missing() -> None:
    app = Alone()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "no rotation yet" in text(pilot)
