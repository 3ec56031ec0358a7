from __future__ import annotations

import msgspec
import pytest
from textual.pilot import Pilot

from tests.tui import blocks, builders
from tests.tui.script import app, board, shown, text, until
from tui.screens.board import BoardScreen
from tui.screens.stage import ORDER
from tui.widgets.live_table import LiveTable
from tui.widgets.pane import Pane, TablePane

SIZES = {"wide": (160, 45), "medium": (120, 35), "narrow": (80, 24)}


def visible(screen: BoardScreen) -> list[Pane]:
    return [pane for pane in screen.panes if pane.region.area and pane.is_on_screen]


def table(screen: BoardScreen, place: int) -> LiveTable:
    pane = screen.panes[place]
    assert isinstance(pane, TablePane)
    return pane.table


async def test_the_panes_in_view_fill() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZES["wide"]) as pilot:
        await shown(pilot, snapshot)
        seen = text(pilot)
    for part in ("BROADENING", "1 Leadership", "2 Sectors", "3 Warnings", "Russell 2000", "Materials", "WATCH   W02"):
        assert part in seen
    assert "cyclicals - defensives msci" in seen
    assert "1 watch, all 6 rules evaluated" in seen


async def test_wide_puts_leadership_over_sectors_and_warnings_beside() -> None:
    async with app().run_test(size=SIZES["wide"]) as pilot:
        leadership, sectors, warnings = (pane.region for pane in (await board(pilot)).panes[:3])
    assert leadership.bottom == sectors.y
    assert leadership.right == sectors.right <= warnings.x
    assert (warnings.y, warnings.bottom) == (leadership.y, sectors.bottom)
    assert sectors.height == 14


async def test_medium_gives_leadership_the_full_width() -> None:
    async with app().run_test(size=SIZES["medium"]) as pilot:
        leadership, sectors, warnings = (pane.region for pane in (await board(pilot)).panes[:3])
    assert leadership.width == 120
    assert leadership.bottom == sectors.y == warnings.y
    assert sectors.right < warnings.x
    assert warnings.right == 120


async def test_narrow_shows_one_pane_under_tabs() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZES["narrow"]) as pilot:
        screen = await shown(pilot, snapshot)
        for key, place in (("1", 0), ("2", 1), ("3", 2), ("4", 3), ("5", 4), ("6", 5), ("tab", 0), ("shift+tab", 5)):
            await pilot.press(key)
            assert visible(screen) == [screen.panes[place]]
            assert screen.panes[place].region.size == (80, 21)
            title = text(pilot).splitlines()[2]
            names = [[f"{pane.tab.key} {pane.tab.name}" for pane in screen.panes]]
            names += [[f"{pane.tab.key} {pane.tab.short}" for pane in screen.panes]]
            assert any(all(name in title for name in form) for form in names)
            assert screen.focused is screen.panes[place].body()
        assert "? help   q quit" in text(pilot)


@pytest.mark.parametrize("size", [(160, 24), (120, 24), (250, 70), (100, 30), (40, 10)])
async def test_other_sizes_show_what_they_can(size: tuple[int, int]) -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=size) as pilot:
        screen = await shown(pilot, snapshot)
        assert all(pane.body().size.height > 1 for pane in visible(screen))
        assert "BROADENING" in text(pilot)


async def test_a_resize_changes_the_layout_and_keeps_the_place() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZES["wide"]) as pilot:
        screen = await shown(pilot, snapshot)
        await pilot.press("2", "j", "j")
        stood = table(screen, 1).cursor_key
        for size, count in ((SIZES["narrow"], 1), (SIZES["medium"], 3), (SIZES["wide"], 3)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert len(visible(screen)) == count
            assert screen.active == 1
            assert table(screen, 1).cursor_key == stood


async def test_zoom_shows_the_active_pane_alone_and_all_again() -> None:
    async with app().run_test(size=SIZES["wide"]) as pilot:
        screen = await board(pilot)
        await pilot.press("3", "z")
        await pilot.pause()
        assert visible(screen) == [screen.panes[2]]
        assert screen.panes[2].region.size == (160, 42)
        assert all(pane.tab.name in text(pilot) for pane in screen.panes)
        await pilot.press("tab")
        await pilot.pause()
        assert visible(screen) == [screen.panes[3]]
        await pilot.press("z")
        await pilot.pause()
        assert [pane.tab.key for pane in visible(screen)] == ["1", "2", "4"]


async def test_panes_that_share_a_place_are_its_tabs() -> None:
    snapshot = blocks.full()
    async with app(snapshot).run_test(size=SIZES["wide"]) as pilot:
        screen = await shown(pilot, snapshot)
        warnings = screen.panes[2].region
        for key, place in (("4", 3), ("6", 5), ("3", 2)):
            await pilot.press(key)
            await pilot.pause()
            assert screen.panes[place].region == warnings
            assert [pane.tab.key for pane in visible(screen)] == ["1", "2", key]
            assert "3 Warnings 4 Breadth 6 Cross-asset" in text(pilot)
        await pilot.press("5")
        await pilot.pause()
        assert [pane.tab.key for pane in visible(screen)] == ["2", "3", "5"]


async def test_tab_steps_through_what_is_in_view() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZES["wide"]) as pilot:
        screen = await shown(pilot, snapshot)
        await pilot.press("4")
        places = []
        for _step in range(3):
            await pilot.press("tab")
            places.append(screen.active)
        assert places == [0, 1, 3]


async def test_a_click_on_a_tab_brings_its_pane() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZES["narrow"]) as pilot:
        screen = await shown(pilot, snapshot)
        line = text(pilot).splitlines()[2]
        await pilot.click(offset=(line.index("Breadth"), 2))
        await until(pilot, lambda: visible(screen) == [screen.panes[3]])
        assert screen.focused is screen.panes[3].body()


async def test_a_pane_out_of_view_is_as_it_was_left_and_shows_what_has_come() -> None:
    first, second = blocks.full(), blocks.full(breadth=blocks.breadth(advances=111.0))
    async with app(first, second).run_test(size=SIZES["wide"]) as pilot:
        screen = await shown(pilot, first)
        await pilot.press("4", "s", "s", "j", "j", "j")
        stood, order = table(screen, 3).cursor_key, table(screen, 3).sort_key
        await pilot.press("3", "r")
        await shown(pilot, second)
        assert "111" not in text(pilot)
        await pilot.press("4")
        await pilot.pause()
        assert (table(screen, 3).cursor_key, table(screen, 3).sort_key) == (stood, order)
        assert "Advances           111" in text(pilot)


async def test_what_is_out_of_view_is_not_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = blocks.full()
    filled: list[str] = []
    whole = TablePane.fill

    def fill(pane: TablePane, *, flash: bool) -> None:
        filled.append(pane.tab.key)
        whole(pane, flash=flash)

    monkeypatch.setattr(TablePane, "fill", fill)
    async with app(snapshot).run_test(size=SIZES["wide"]) as pilot:
        screen = await shown(pilot, snapshot)
        screen.snapshot = blocks.full(risk=blocks.risk(), breadth=blocks.breadth())
        await pilot.pause()
        assert not {"4", "6"} & set(filled)
        await pilot.press("6")
        await pilot.pause()
        assert "6" in filled
        assert "4" not in filled


async def test_a_click_makes_a_pane_the_active_one() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZES["wide"]) as pilot:
        screen = await shown(pilot, snapshot)
        await pilot.click(table(screen, 1), offset=(5, 3))
        await pilot.pause()
        assert screen.active == 1
        assert [pane.active for pane in screen.panes] == [False, True, False, False, False, False]


async def test_the_window_changes_everywhere_and_round() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZES["wide"]) as pilot:
        screen = await shown(pilot, snapshot)
        leadership, sectors, *_others = screen.panes
        assert screen.window == "63s"
        before = text(pilot)
        await pilot.press("w")
        await pilot.pause()
        assert screen.window == leadership.window == sectors.window == "126s"
        assert isinstance(sectors, TablePane)
        assert "126s" in [column.key for column in sectors.columns()]
        assert "% · 126s · tr · since 2025-07-10" in text(pilot)
        await pilot.press("w", "w")
        assert screen.window == "1s"
        assert [column.key for column in sectors.columns()].count("1s") == 1
        await pilot.press("W", "W", "W")
        await pilot.pause()
        assert text(pilot) == before


async def test_sort_steps_through_the_columns_and_turns_round() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZES["wide"]) as pilot:
        screen = await shown(pilot, snapshot)
        leadership = table(screen, 0)
        assert (leadership.sort_key, leadership.sort_reverse) == ("rank", False)
        assert "by rank" in text(pilot)
        for _step in range(5):
            await pilot.press("s")
        assert (leadership.sort_key, leadership.sort_reverse) == ("1s", True)
        assert "by 1s" in text(pilot)
        await pilot.press("S")
        assert (leadership.sort_key, leadership.sort_reverse) == ("1s", False)
        for _column in leadership.columns:
            if "as configured" in text(pilot):
                break
            await pilot.press("s")
        assert "as configured" in text(pilot)
        funds = [row.cells["symbol"].text for _section, row in leadership.rows()][:4]
        assert funds == [row.symbol for row in snapshot.leadership[:4]]
        await pilot.press("s")
        assert (leadership.sort_key, leadership.sort_reverse) == ("rank", False)


async def test_bars_follow_the_order_of_the_sectors() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZES["wide"]) as pilot:
        screen = await shown(pilot, snapshot)
        sectors = screen.panes[1]
        assert isinstance(sectors, TablePane)
        day = [row.cells["bar"].text for row in sectors.rows()[0]]
        sectors.table.sort_by("symbol")
        await pilot.press("2")
        while sectors.table.sort_key != "63s":
            await pilot.press("s")
        assert [row.cells["bar"].text for row in sectors.rows()[0]] != day
        assert "63s▼" in text(pilot)


async def test_a_pane_whose_slice_is_the_same_object_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = builders.rich()
    filled: list[str] = []

    def fill(pane: Pane, *, flash: bool) -> None:
        filled.append(pane.COMMAND)

    async with app(snapshot).run_test(size=SIZES["wide"]) as pilot:
        screen = await shown(pilot, snapshot)
        monkeypatch.setattr(TablePane, "fill", fill)
        screen.snapshot = msgspec.structs.replace(snapshot, leadership=builders.rich(seed=8).leadership)
        await pilot.pause()
    assert filled == ["pane_leadership"]


async def test_text_from_outside_is_never_obeyed() -> None:
    evil = "[red]x[/]\x1b[31m"
    row = builders.row("SPY", symbol=evil, name=evil, group="index_funds")
    warning = builders.warning(title=evil, subject=evil, text=evil, condition=evil)
    verdict = builders.verdict(evidence=(msgspec.structs.replace(builders.verdict().evidence[0], text=evil),))
    sector = msgspec.structs.replace(builders.rich().sectors[0], symbol=evil, name=evil)
    snapshot = builders.rich(leadership=(row,), warnings=(warning,), verdict=verdict, sectors=(sector,))
    async with app(snapshot).run_test(size=SIZES["wide"]) as pilot:
        await shown(pilot, snapshot)
        seen = text(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
    assert "\x1b" not in seen
    assert seen.count("[red]x") >= 4


async def press_all(pilot: Pilot[None], keys: str) -> None:
    for key in keys.split():
        await pilot.press(key)


async def test_a_screen_without_numbers_survives_every_key() -> None:
    async with app(RuntimeError("nothing")).run_test(size=SIZES["narrow"]) as pilot:
        await press_all(
            pilot, "s S w W z tab 1 2 3 4 5 6 up down pageup end enter p p plus minus r T question_mark escape"
        )
        assert pilot.app.is_running


@pytest.mark.parametrize(("key", "words"), [("5", "Improving"), ("6", "Volatility"), ("slash", "enter keeps")])
async def test_a_key_that_is_quicker_than_the_panes_brings_them(
    key: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = BoardScreen.complete
    monkeypatch.setattr(BoardScreen, "complete", lambda _screen: None)
    async with app(blocks.full()).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, BoardScreen) and pilot.app.screen.is_mounted)
        assert isinstance(pilot.app.screen, BoardScreen)
        assert len(pilot.app.screen.panes) < len(ORDER)
        monkeypatch.setattr(BoardScreen, "complete", complete)
        await pilot.press(key)
        await until(pilot, lambda: words in text(pilot))
