from __future__ import annotations

from tests.tui import builders
from tests.tui.hands import NARROW, SIZE, ready, symbols
from tests.tui.script import app, shown, text
from tui.panes.rotation import RotationPane


async def test_rows_follow_every_key_and_the_title_says_so() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        await pilot.press("2", "slash", "t", "e", "c")
        assert screen.panes[1].filter == "tec"
        assert symbols(screen.panes[1].listed()) == ["XLK"]
        assert "filter: tec · 1 of 11 · " in text(pilot)
        assert "1 of 11 · enter keeps · escape clears" in text(pilot)
        await pilot.press("enter")
        assert screen.focused is screen.panes[1].body()
        assert "? help" in text(pilot)
        assert symbols(screen.panes[1].listed()) == ["XLK"]


async def test_escape_shows_every_row_again_while_typing_and_later() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        await pilot.press("2", "slash", "x", "escape")
        await pilot.pause()
        assert screen.panes[1].filter == ""
        await pilot.press("slash", "t", "e", "c", "enter", "escape")
        assert len(symbols(screen.panes[1].listed())) == 11
        assert "filter:" not in text(pilot)


async def test_where_no_row_is_left_the_way_back_is_told() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("1", "slash", *"zzz", "enter")
        await pilot.pause()
        assert "no row has these words; escape shows all" in text(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert "no row has these words" not in text(pilot)


async def test_each_pane_keeps_its_own_words_and_a_refresh_does_not_lose_them() -> None:
    first, second = builders.rich(), builders.rich(step=1)
    async with app(first, second).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, first)
        await pilot.press("slash", *"small", "enter", "2", "slash", *"util", "enter", "r")
        await shown(pilot, second)
        leadership, sectors = (screen.panes[place].listed() for place in (0, 1))
        assert symbols(sectors) == ["XLU"]
        assert set(symbols(leadership)) > {"IWM-SPY", "IJR"}
        assert "filter: small · " in text(pilot)
        await pilot.press("slash", "backspace", "escape", "1")
        assert screen.panes[0].filter == "small"


async def test_the_title_of_a_section_names_all_its_rows() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        await pilot.press("slash", *"index funds")
        assert sorted(symbols(screen.panes[0].listed())) == ["DIA", "IWM", "QQQ", "SPY"]


async def test_the_graph_of_the_rotation_shows_what_its_list_shows() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        await pilot.press("5", "z", "slash", *"health", "enter")
        rotation = screen.panes[screen.active]
        assert isinstance(rotation, RotationPane)
        assert rotation.counted() == (1, 11)
        assert symbols(rotation.table) == ["XLV"]
        assert "XLK" not in text(pilot)


async def test_words_that_nobody_has_leave_no_row_and_say_so() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=NARROW) as pilot:
        screen = await ready(pilot, snapshot)
        await pilot.press("slash", *"zzzz")
        assert symbols(screen.panes[0].listed()) == []
        assert "0 of" in text(pilot)
        await pilot.press("enter", "down", "enter", "s", "S")
        assert pilot.app.is_running


async def test_a_click_elsewhere_keeps_the_words() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        await pilot.press("slash", *"small")
        await pilot.click(screen.panes[1].listed(), offset=(5, 3))
        await pilot.pause()
        assert (screen.active, screen.panes[0].filter) == (1, "small")
        assert "? help" in text(pilot)


async def test_the_keys_that_quit_quit_while_words_are_typed() -> None:
    snapshot = builders.rich()
    running = app(snapshot)
    async with running.run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("slash", "q")
        assert pilot.app.is_running
        await pilot.press("ctrl+c")
    assert running.return_code == 0
