from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

from tui.widgets.live_table import STYLES, Cell, Column, LiveTable, TableRow

COLUMNS = (
    Column("rank", "#", 3),
    Column("symbol", "Symbol", 6, "left"),
    Column("name", "Name", 8, "left", flex=True),
    Column("last", "Last", 8),
)


def row(key: str, last: float | None = None, section: str = "", notes: Sequence[str] = ()) -> TableRow:
    cells = {"symbol": Cell(key, "strong", key), "last": Cell("" if last is None else f"{last:.2f}", "up", last)}
    return TableRow(key, cells, section, tuple(map(Cell, notes)))


def rows(count: int, start: float = 0.0) -> list[TableRow]:
    return [row(f"S{i:02}", start + i) for i in range(count)]


class Watched(LiveTable):
    """Writes down the lines of the widget that are drawn."""

    FLASH_SECONDS: ClassVar[float] = 0.05

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)


class Stage(App[None]):
    """One table, and what it says."""

    CSS = "LiveTable { width: 1fr; height: 1fr; }"

    def __init__(self, table: LiveTable) -> None:
        super().__init__()
        self.table = table
        self.said: list[Message] = []
        self.painted = asyncio.Event()

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self.table

    def post_display_hook(self) -> None:
        self.painted.set()

    def on_live_table_row_highlighted(self, message: LiveTable.RowHighlighted) -> None:
        self.said.append(message)

    def on_live_table_row_selected(self, message: LiveTable.RowSelected) -> None:
        self.said.append(message)

    def on_live_table_sort_requested(self, message: LiveTable.SortRequested) -> None:
        self.said.append(message)

    def heard(self) -> list[tuple[str, str | None]]:
        """What has been said since the last call: the kind of each message, and its key."""
        kinds = (LiveTable.RowHighlighted, LiveTable.RowSelected, LiveTable.SortRequested)
        found = [(type(m).__name__, m.key) for m in self.said if isinstance(m, kinds)]
        self.said.clear()
        return found


def stage(
    shown: Sequence[TableRow], sections: Mapping[str, str] | None = None, columns: Sequence[Column] = COLUMNS
) -> Stage:
    table = Watched()
    table.set_columns(columns)
    table.set_rows(shown, sections=sections)
    return Stage(table)


def watched(app: Stage) -> Watched:
    assert isinstance(app.table, Watched)
    return app.table


def text(app: Stage, y: int) -> str:
    """Line `y` of the table as it stands on the screen."""
    return app.table.render_line(y).text


def body(app: Stage) -> list[str]:
    """The symbols, section headers and notes in view, in order."""
    lines = (text(app, y).strip(" ▌") for y in range(1, app.table.size.height))
    return [line.split()[0] if line[0] not in "─~" else line.strip("─ ") for line in lines if line]


def style_of(app: Stage, y: int, part: str) -> Style:
    """The style in which `part` of line `y` is drawn."""
    return next(s.style for s in app.table.render_line(y) if part in s.text and s.style is not None)


async def until(app: Stage, true: Callable[[], bool]) -> None:
    """Wait, frame by frame, until something is true."""
    async with asyncio.timeout(30):  # a failure, not a measure
        while not true():
            app.painted.clear()
            await app.painted.wait()


async def test_lines_are_laid_out_in_cells() -> None:
    first = {"rank": Cell("1"), "name": Cell("中文名字很长"), "last": Cell("1,234.50")}
    shown = [TableRow("X", first, notes=(Cell("~ a note"),)), TableRow("Y", {"symbol": Cell("[red]Y[/]\x1b[2J")})]
    app = stage(shown)
    async with app.run_test(size=(32, 6)):
        assert [text(app, y) for y in range(5)] == [
            "   # Symbol Name           Last ",
            "▌  1        中文名字 … 1,234.50 ",
            " ~ a note                       ",
            "     [red]…                     ",
            " " * 32,
        ]
        assert {app.table.render_line(y).cell_length for y in range(6)} == {32}


async def test_a_click_on_a_title_sorts_and_another_turns_the_order_round() -> None:
    app = stage([row("A", 2.0), row("B", None), row("C", 1.0), row("D", 3.0)])
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.move_cursor_to("B")
        await pilot.pause()
        app.heard()
        assert body(app) == ["A", "B", "C", "D"]
        await pilot.click(LiveTable, offset=(36, 0))
        assert (body(app), app.table.sort_key, app.table.sort_reverse) == (["C", "A", "D", "B"], "last", False)
        assert text(app, 0).rstrip().endswith("Last▲")
        await pilot.click(LiveTable, offset=(36, 0))
        assert (body(app), app.table.sort_reverse) == (["D", "A", "C", "B"], True)
        assert text(app, 0).rstrip().endswith("Last▼")
        assert app.heard() == [("SortRequested", "last")] * 2
        app.table.sort_by(None)
        await pilot.pause()
        assert (body(app), app.heard()) == (["A", "B", "C", "D"], [])


async def test_commands_sort_by_the_next_column_and_turn_round() -> None:
    app = stage([row("A", 2.0), row("B", 1.0)])
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.sort_turn()
        assert app.table.sort_key is None
        keys: list[str | None] = []
        for _ in range(6):
            app.table.sort_next()
            keys.append(app.table.sort_key)
        assert keys == ["rank", "symbol", "name", "last", None, "rank"]
        app.table.sort_turn()
        assert app.table.sort_reverse
        await pilot.pause()
        said = [m for m in app.said if isinstance(m, LiveTable.SortRequested)]
        assert [(m.key, m.reverse, m.control) for m in said[-2:]] == [
            ("rank", False, app.table),
            ("rank", True, app.table),
        ]


async def test_each_section_is_sorted_by_itself_under_its_title() -> None:
    shown = [row("A", 1.0, "x"), row("B", 2.0, "y"), row("C", 3.0, "x", ["~ note"]), row("D", 4.0, "y")]
    app = stage(shown, {"y": "Second", "x": "First"})
    async with app.run_test(size=(40, 12)):
        app.table.sort_by("last", reverse=True)
        assert body(app) == ["Second", "D", "B", "First", "C", "~ note", "A"]
        assert text(app, 1) == "─ Second " + "─" * 31


async def test_keys_move_the_cursor_over_rows_only() -> None:
    shown = [row("A", 1.0, "x", ["~", "~"]), row("B", 2.0, "x"), row("C", 3.0, "y", ["~"])]
    app = stage(shown, {"x": "First", "y": "Second"})
    async with app.run_test(size=(40, 20)) as pilot:
        assert app.heard() == [("RowHighlighted", "A")]
        for keys, expected in (("down", "B"), ("j", "C"), ("down", "C"), ("k", "B"), ("up", "A"), ("up", "A")):
            await pilot.press(keys)
            assert app.table.cursor_key == expected, keys
        assert app.heard() == [("RowHighlighted", key) for key in "BCBA"]
        await pilot.press("end")
        assert app.table.cursor_key == "C"
        await pilot.press("home", "enter")
        assert app.heard() == [("RowHighlighted", "C"), ("RowHighlighted", "A"), ("RowSelected", "A")]
        assert [text(app, y)[0] for y in range(2, 4)] == ["▌", " "]


async def test_an_empty_table_has_no_cursor_and_no_key_hurts() -> None:
    app = stage([])
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.press("down", "up", "pagedown", "pageup", "home", "end", "left", "right", "enter")
        await pilot.click(LiveTable, offset=(5, 3))
        assert (app.table.cursor_key, app.heard()) == (None, [])
        app.table.set_rows(rows(2))
        await pilot.pause()
        assert app.heard() == [("RowHighlighted", "S00")]
        app.table.set_rows([])
        await pilot.pause()
        assert (app.table.cursor_key, body(app)) == (None, [])


async def test_the_mouse_moves_the_cursor_and_a_double_click_opens() -> None:
    app = stage([row("A", 1.0, "x"), row("B", 2.0, "x", ["~"]), row("C", 3.0, "x")], {"x": "First"})
    async with app.run_test(size=(40, 9)) as pilot:
        app.heard()
        await pilot.click(LiveTable, offset=(5, 5))
        await pilot.click(LiveTable, offset=(5, 1))  # a section header
        await pilot.click(LiveTable, offset=(5, 7))  # below the last row
        assert app.heard() == [("RowHighlighted", "C")]
        await pilot.click(LiveTable, offset=(5, 4))  # a note belongs to its row
        assert app.heard() == [("RowHighlighted", "B")]
        await pilot.click(LiveTable, offset=(5, 2), button=3)
        assert app.heard() == []
        await pilot.double_click(LiveTable, offset=(5, 2))
        assert app.heard() == [("RowHighlighted", "A"), ("RowSelected", "A")]


async def test_pages_and_the_wheel_scroll_below_a_header_that_stays() -> None:
    app = stage(rows(50))
    async with app.run_test(size=(40, 11)) as pilot:
        header = text(app, 0)
        await pilot.press("pagedown")
        assert app.table.cursor_key == "S09"
        await pilot.press("pagedown", "pagedown")
        assert (app.table.cursor_key, body(app)[-1]) == ("S27", "S27")
        await pilot.press("pageup")
        assert (app.table.cursor_key, body(app)[0]) == ("S18", "S18")
        await pilot.press("end")
        assert (body(app)[-1], app.table.scroll_offset.y) == ("S49", 40)
        await pilot.press("home")
        assert body(app)[0] == "S00"
        app.table.post_message(events.MouseScrollDown(app.table, 5, 5, 0, 1, 0, shift=False, meta=False, ctrl=False))
        await until(app, lambda: app.table.scroll_offset.y > 0)
        assert app.table.cursor_key == "S00"
        assert text(app, 0) == header


async def test_the_cursor_stays_on_its_key_and_is_followed() -> None:
    app = stage(rows(30))
    async with app.run_test(size=(40, 11)) as pilot:
        app.table.move_cursor_to("S03")
        await pilot.pause()
        app.heard()
        app.table.sort_by("last", reverse=True)
        await pilot.pause()
        assert app.table.cursor_key == "S03"
        assert "S03" in body(app)
        app.table.set_rows(rows(30, 100.0))
        await pilot.pause()
        assert (app.table.cursor_key, app.heard()) == ("S03", [])
        app.table.set_rows([one for one in rows(30) if one.key != "S03"])
        await pilot.pause()
        assert app.heard() == [("RowHighlighted", "S02")]  # it fell into the place of S03
        app.table.move_cursor_to("nobody")
        assert app.table.cursor_key == "S02"


async def test_a_cursor_that_nobody_has_moved_stands_at_the_top() -> None:
    app = stage(rows(30))
    async with app.run_test(size=(40, 11)) as pilot:
        app.table.set_rows([*(row(f"N{n:02}", 0.0) for n in range(20)), *rows(30)])
        await pilot.pause()
        assert (app.table.cursor_key, app.table.scroll_offset.y) == ("N00", 0)
        app.table.sort_by("last", reverse=True)
        await pilot.pause()
        assert (app.table.cursor_key, app.table.scroll_offset.y) == ("S29", 0)
        await pilot.press("home")
        app.table.sort_by("last")
        await pilot.pause()
        assert app.table.cursor_key == "S29"
        assert "S29" in body(app)


async def test_who_scrolled_away_from_the_cursor_is_left_there() -> None:
    app = stage(rows(30))
    async with app.run_test(size=(40, 11)) as pilot:
        app.table.scroll_to(y=15, animate=False)
        await pilot.pause()
        app.table.sort_by("last", reverse=True)
        app.table.set_rows(rows(30, 5.0))
        await pilot.pause()
        assert (app.table.cursor_key, app.table.scroll_offset.y) == ("S00", 15)


async def test_the_cursor_is_in_view_on_a_smaller_screen() -> None:
    app = stage(rows(30))
    async with app.run_test(size=(40, 31)) as pilot:
        await pilot.press("end")
        assert app.table.scroll_offset.y == 0
        await pilot.resize_terminal(40, 11)
        await until(app, lambda: body(app)[-1] == "S29")


WIDE = (
    Column("rank", "#", 2),
    Column("symbol", "Symbol", 6, "left"),
    *(Column(c, c, 6, priority=p) for c, p in (("a", 0), ("b", 2), ("c", 1), ("d", 0))),
)


async def test_columns_that_do_not_fit_are_reached_sideways() -> None:
    app = stage([TableRow("X", {c.key: Cell(c.key) for c in WIDE})], columns=WIDE)
    async with app.run_test(size=(32, 6)) as pilot:
        assert text(app, 0) == "  # Symbol      a      c      d›"
        await pilot.press("left")
        assert text(app, 0) == "  # Symbol      a      c      d›"
        await pilot.press("right")
        assert text(app, 0) == "‹ # Symbol      a      b      c›"
        await pilot.press("l")
        assert text(app, 0) == "‹ # Symbol      b      c      d "
        assert text(app, 1) == "▌r… symbol      b      c      d "
        await pilot.press("right", "left")
        assert text(app, 0) == "‹ # Symbol      a      b      c›"
        await pilot.click(LiveTable, offset=(0, 0))
        assert text(app, 0) == "  # Symbol      a      c      d›"
        await pilot.click(LiveTable, offset=(31, 0))
        assert text(app, 0) == "‹ # Symbol      a      b      c›"
        assert app.table.sort_key is None
        await pilot.resize_terminal(60, 6)
        await until(app, lambda: text(app, 0).split() == ["#", "Symbol", "a", "b", "c", "d"])


async def test_a_scroll_bar_takes_its_cell_from_all_lines() -> None:
    app = stage(rows(3))
    async with app.run_test(size=(40, 8)) as pilot:
        assert text(app, 0)[-5:] == "Last "
        app.table.set_rows(rows(20), flash=False)
        await pilot.pause()
        painted = [strip.text for strip in app.table.render_lines(app.table.size.region)]
        assert [len(line.rstrip()) for line in painted] == [38] * 8


async def settled(app: Stage, pilot: Pilot[None]) -> None:
    """Wait until a pause goes by in which nothing is drawn."""
    table = watched(app)
    async with asyncio.timeout(30):
        while table.drawn:
            table.drawn.clear()
            await pilot.pause()


async def drawn(app: Stage, change: Callable[[], None]) -> list[int]:
    """The lines of the widget that the next frame draws after `change`."""
    table = watched(app)
    table.drawn.clear()
    change()
    await until(app, lambda: table.drawn != [])
    return table.drawn[:]


async def test_only_the_lines_that_changed_are_drawn() -> None:
    app = stage(rows(12))
    async with app.run_test(size=(40, 20)) as pilot:
        table = watched(app)
        await settled(app, pilot)
        shown = rows(12)
        shown[2], shown[9] = row("S02", 7.5), row("S09", 7.5)
        assert await drawn(app, lambda: table.set_rows(shown, flash=False)) == [3, 10]
        assert await drawn(app, lambda: table.action_move(1)) == [1, 2]
        assert await drawn(app, lambda: table.sort_by("last")) == [0, *range(3, 11)]
        assert body(app)[:10] == [f"S{i:02}" for i in (0, 1, 3, 4, 5, 6, 7, 2, 9, 8)]
        table.drawn.clear()
        table.set_rows([*rows(2), *shown[2:]], flash=False)  # equal rows, though other objects
        await pilot.pause()
        assert table.drawn == []


def flash(app: Stage, y: int, part: str) -> str:
    """Which flash `part` of line `y` stands in; "" for none."""
    ground = style_of(app, y, part).bgcolor
    for name in ("up", "down", "flat"):
        if ground == app.table.get_visual_style("live-table--row", f"live-table--flash-{name}").rich_style.bgcolor:
            return name
    assert ground == app.table.get_visual_style("live-table--row").rich_style.bgcolor
    return ""


async def test_a_change_is_lit_for_a_moment() -> None:
    app = stage(rows(6))
    async with app.run_test(size=(40, 12)):
        app.table.move_cursor_to("S05")
        named = TableRow("S03", {**rows(4)[3].cells, "name": Cell("new")})
        app.table.set_rows([row("S00", 0.0), row("S01", 9.0), row("S02", -9.0), named, *rows(6)[4:]])
        lit = [(1, "0.00"), (2, "9.00"), (3, "-9.00"), (4, "new"), (4, "3.00"), (5, "4.00")]
        assert [flash(app, y, part) for y, part in lit] == ["", "up", "down", "flat", "", ""]
        assert style_of(app, 2, "9.00").color == style_of(app, 1, "0.00").color
        await until(app, lambda: not any(flash(app, y, part) for y, part in lit))


async def test_new_rows_take_off_the_flashes_that_are_about_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    app = stage(rows(3))
    monkeypatch.setattr(Watched, "FLASH_SECONDS", 3600.0)
    async with app.run_test(size=(40, 12)):
        app.table.move_cursor_to("S02")
        app.table.set_rows([row("S00", 5.0), *rows(3)[1:]])
        app.table.set_rows([row("S00", 5.0), row("S01", 6.0), rows(3)[2]])
        assert [flash(app, 1, "5.00"), flash(app, 2, "6.00")] == ["up", "up"]
        monkeypatch.setattr(Watched, "FLASH_SPARE", 3600.0)
        app.table.set_rows([row("S00", 5.0), row("S01", 7.0), rows(3)[2]])
        assert [flash(app, 1, "5.00"), flash(app, 2, "7.00")] == ["", "up"]


@pytest.mark.parametrize("enabled", [True, False])
async def test_flashes_can_be_left_out(enabled: bool) -> None:
    app = stage(rows(3))
    async with app.run_test(size=(40, 12)):
        app.table.move_cursor_to("S02")
        app.table.flash_enabled = enabled
        app.table.set_rows(rows(3, 5.0), flash=not enabled)
        assert flash(app, 1, "5.00") == ""
        app.table.set_rows(rows(3, 7.0))
        assert flash(app, 1, "7.00") == ("up" if enabled else "")


async def test_an_idle_table_draws_nothing_and_nothing_is_written() -> None:
    app = stage(rows(30))
    async with app.run_test(size=(40, 12)) as pilot:
        table = watched(app)
        table.set_rows(rows(30, 1.0))
        table.set_rows(rows(30, 2.0))
        await until(app, lambda: table._flashes.next_end is None)
        await settled(app, pilot)
        app.painted.clear()
        table.set_rows(rows(30, 2.0))
        for _ in range(3):
            await pilot.pause()
        assert table.drawn == []
        assert not app.painted.is_set()
        assert table._flash_timer is None


@pytest.mark.parametrize("hidden", ["LiveTable", "Vertical"])
async def test_what_is_not_displayed_is_not_drawn_until_it_is(hidden: str) -> None:
    app = stage(rows(5))
    async with app.run_test(size=(40, 12)) as pilot:
        table = watched(app)
        app.query_one(hidden).display = False
        await pilot.pause()
        table.drawn.clear()
        table.set_rows(rows(5, 10.0))
        table.sort_by("last", reverse=True)
        await pilot.pause()
        assert table.drawn == []
        assert table._flash_timer is None
        app.query_one(hidden).display = True
        await until(app, lambda: table.drawn != [])
        painted = [strip.text for strip in table.render_lines(table.size.region)]
        assert [line.split()[-1] for line in painted[1:6]] == ["14.00", "13.00", "12.00", "11.00", "10.00"]
        assert flash(app, 2, "13.00") == ""


async def test_the_row_at_the_cursor_stands_out_with_and_without_the_focus() -> None:
    app = stage(rows(3))
    async with app.run_test(size=(40, 8)) as pilot:
        assert app.table.has_focus
        strong, plain = style_of(app, 1, "0.00").bgcolor, style_of(app, 2, "1.00").bgcolor
        app.set_focus(None)
        await pilot.pause()
        painted = app.table.render_lines(app.table.size.region)
        weak = next(s.style for s in painted[1] if "0.00" in s.text)
        assert weak is not None
        assert len({strong, plain, weak.bgcolor}) == 3
        assert painted[1].text.startswith("▌")


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_every_style_of_a_cell_is_told_apart_from_plain_text(theme: str) -> None:
    cells = {style: Cell(style, style) for style in STYLES}
    app = stage([TableRow("A", {}), TableRow("B", cells)], columns=[Column(s, s, 9) for s in STYLES])
    async with app.run_test(size=(10 * len(STYLES) + 2, 5)) as pilot:
        before = app.table.render_line(2)
        app.theme = theme
        await pilot.pause()
        plain = style_of(app, 1, " ")
        for style in STYLES:
            own = style_of(app, 2, style)
            assert (own.color, own.bold, own.italic) != (plain.color, plain.bold, plain.italic), style
            assert own.bgcolor is not None
        assert (app.table.render_line(2) is before) == (theme == "textual-dark")


async def test_the_title_of_an_accent_column_stands_out() -> None:
    app = stage([], columns=[Column("a", "plain", 8), Column("b", "accent", 8, accent=True)])
    async with app.run_test(size=(30, 3)):
        assert style_of(app, 0, "accent").color != style_of(app, 0, "plain").color


async def test_without_colour_the_cursor_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = stage(rows(3))
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.press("down")
        assert app.no_color
        assert [text(app, y)[0] for y in range(1, 4)] == [" ", "▌", " "]
        assert style_of(app, 2, "1.00").bold


keys_of_rows = st.lists(st.sampled_from("abcdefgh"), unique=True)
steps = st.lists(
    st.one_of(
        keys_of_rows.flatmap(lambda keys: st.tuples(st.just("rows"), st.just(keys), st.integers(0, 3))),
        st.tuples(st.just("sort"), st.sampled_from([None, "last", "symbol"]), st.booleans()),
        st.tuples(st.just("key"), st.sampled_from(["move", "page", "end"]), st.sampled_from([-1, 1])),
        st.tuples(st.just("to"), st.sampled_from("abcdefgh"), st.none()),
    )
)


@given(steps)
def test_the_cursor_stands_on_a_row_and_leaves_it_only_if_moved_or_lost(done: list[tuple[str, object, object]]) -> None:
    table = LiveTable()
    table.set_columns(COLUMNS)
    here: list[str] = []
    placed = False
    for kind, a, b in done:
        before = table.cursor_key
        match kind, a, b:
            case "rows", list(here), int(seed):
                table.set_rows(
                    [row(key, (ord(key) * seed) % 5, "xy"[i % 2], ["~"] * (i % 3)) for i, key in enumerate(here)]
                )
                assert not placed or table.cursor_key == before or before not in here
            case "sort", (str() | None) as key, bool(reverse):
                table.sort_by(key, reverse=reverse)
                assert not placed or table.cursor_key == before
            case "key", str(action), int(step):
                getattr(table, f"action_{action}")(step)
                placed = placed or bool(here)
            case "to", str(key), _:
                table.move_cursor_to(key)
                placed = placed or key in here
                assert table.cursor_key == (key if key in here else before)
        assert table.cursor_key in here if here else table.cursor_key is None
        assert placed or table.cursor_key == next((one.key for _section, one in table.rows()), None)
