from __future__ import annotations

from tests.tui import builders
from tests.tui.hands import NARROW, SIZE, ready, titles
from tests.tui.script import app, text, until
from tui.screens.columns import ColumnsDialog
from tui.widgets.pane import TablePane


async def test_columns_are_shown_hidden_and_moved_at_once() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        table = screen.panes[1].listed()
        usual = titles(table)
        await pilot.press("2", "c")
        assert isinstance(pilot.app.screen, ColumnsDialog)
        dialog = pilot.app.screen
        dialog.list.move_cursor_to("quadrant")
        await pilot.press("space")
        assert "RRG-style" not in titles(table)
        dialog.list.move_cursor_to("beta63")
        await pilot.press("space", *["K"] * 40)
        assert titles(table)[0] == "beta"
        assert "distance from the 200-session average" in text(pilot)
        await pilot.press("enter")
        await pilot.pause()
        rows = [row for _section, row in table.rows()]
        assert all(row.cells["beta63"].text for row in rows)
        await pilot.press("c", "r", "enter")
        assert titles(table) == usual


async def test_escape_brings_the_columns_before_back() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        pane = screen.panes[0]
        usual = titles(pane.listed())
        await pilot.press("c", "space", "down", "space")
        assert titles(pane.listed()) != usual
        await pilot.press("escape")
        assert titles(pane.listed()) == usual
        assert pane.chosen is None


async def test_the_symbol_and_the_last_column_stay() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=NARROW) as pilot:
        screen = await ready(pilot, snapshot)
        await pilot.press("c", *["space", "down"] * 45)
        await pilot.press("home", *["space", "down"] * 17)
        await pilot.press("enter")
        assert "Symbol" in titles(screen.panes[0].listed())
        await pilot.press("3", "c", *["space", "down"] * 5)
        assert len(titles(screen.panes[2].listed())) == 1


async def test_the_window_in_force_is_one_column_whichever_it_is() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        pane = screen.panes[1]
        assert isinstance(pane, TablePane)
        pane.choose(["symbol", "window", "1s"])
        await pilot.pause()
        assert titles(pane.listed()) == ["Symbol", "63s", "1s"]
        await pilot.press("w")
        assert titles(pane.listed()) == ["Symbol", "126s", "1s"]


async def test_a_click_shows_or_hides() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        await pilot.press("c")
        assert isinstance(pilot.app.screen, ColumnsDialog)
        await pilot.click(pilot.app.screen.list, offset=(3, 2))
        assert "Δ" not in titles(screen.panes[0].listed())


async def test_a_pane_without_columns_says_so() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("5", "c")
        await until(pilot, lambda: "Rotation has no columns to choose" in text(pilot))
