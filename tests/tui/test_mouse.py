from __future__ import annotations

from textual.events import MouseScrollDown

from tests.tui import builders
from tests.tui.hands import SIZE, ready
from tests.tui.script import app, text, until


async def test_wheel_title_row_and_footer() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        table = screen.panes[0].listed()
        await pilot.click(table, offset=(10, 0))
        assert table.sort_key == "symbol"
        await pilot.click(table, offset=(10, 4))
        assert table.cursor_key is not None
        before = table.scroll_offset.y
        table.post_message(MouseScrollDown(table, 5, 5, 0, 1, 0, shift=False, meta=False, ctrl=False))
        await until(pilot, lambda: table.scroll_offset.y > before)
        line = text(pilot).splitlines()[-1]
        await pilot.click(offset=(line.index("filter"), 44))
        await until(pilot, lambda: "escape clears" in text(pilot))
