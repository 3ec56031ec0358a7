from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.flashes import Flashes
from tui.widgets.table_body import Body
from tui.widgets.table_model import Align, Cell, Column, Line, TableRow, changes, ordered, pages, slots, span
from tui.widgets.table_paint import fit

values = st.none() | st.floats() | st.text(max_size=3)
columns_of = st.lists(st.tuples(st.integers(1, 12), st.booleans(), st.integers(0, 3)), min_size=1, max_size=8).flatmap(
    lambda shapes: st.integers(0, len(shapes)).map(
        lambda pin: [
            Column("symbol" if i == pin else f"c{i}", "", width, flex=flex, priority=priority)
            for i, (width, flex, priority) in enumerate(shapes)
        ]
    )
)


def row(key: str, value: float | str | None = None, section: str = "", notes: Sequence[str] = ()) -> TableRow:
    return TableRow(key, {"v": Cell(str(value), sort=value)}, section, tuple(map(Cell, notes)))


def keys(rows: Sequence[TableRow]) -> str:
    return "".join(one.key for one in rows)


def absent(one: TableRow) -> bool:
    value = one.cells["v"].sort
    return value is None or (isinstance(value, float) and math.isnan(value))


def test_what_has_no_value_is_last_in_both_directions() -> None:
    rows = [row("a"), row("b", 2.0), row("c", math.nan), row("d", 1.0), row("e", 3.0)]
    assert keys(ordered(rows, "v")) == "dbeac"
    assert keys(ordered(rows, "v", reverse=True)) == "ebdac"
    assert keys(ordered(rows, "other")) == "abcde"
    assert keys(ordered(rows, None, reverse=True)) == "abcde"


def test_numbers_stand_before_texts() -> None:
    rows = [row("a", "x"), row("b", 2.0), row("c", "b"), row("d", 10)]
    assert keys(ordered(rows, "v")) == "bdca"


@given(st.lists(values), st.booleans())
def test_a_sort_loses_nothing_and_is_stable(found: list[float | str | None], reverse: bool) -> None:
    rows = [row(str(i), value) for i, value in enumerate(found)]
    order = ordered(rows, "v", reverse=reverse)
    assert sorted(order, key=lambda one: int(one.key)) == rows
    assert [absent(one) for one in order] == sorted(absent(one) for one in order)
    for a, b in pairwise(order):
        if absent(a) or absent(b) or a.cells["v"].sort == b.cells["v"].sort:
            assert absent(b) > absent(a) or int(a.key) < int(b.key)
    numbers = [v for one in order if not absent(one) and not isinstance(v := one.cells["v"].sort, str | None)]
    assert numbers == sorted(numbers, reverse=reverse)


def test_rows_of_a_section_stand_under_its_header_in_the_order_of_the_sections() -> None:
    body = Body()
    rows = [
        row("a", 1, "late"),
        row("b", 2, "early", ["note", "more"]),
        row("c", 3),
        row("d", 4, "early"),
        row("e", 5, "?"),
    ]
    body.replace(rows, {"early": "Early", "empty": "Empty", "late": "Late"}, ["v"])
    expected: list[tuple[str, str, int]] = [
        ("row", "c", 0),
        ("section", "early", 0),
        ("row", "b", 0),
        ("note", "b", 0),
        ("note", "b", 1),
        ("row", "d", 0),
        ("section", "late", 0),
        ("row", "a", 0),
        ("section", "?", 0),
        ("row", "e", 0),
    ]
    assert [tuple(line) for line in body.lines] == expected
    assert (body.title("early"), body.title("?")) == ("Early", "?")
    body.sort("v", reverse=True)
    assert [line.key for line in body.lines if line.kind == "row"] == ["c", "d", "b", "a", "e"]
    assert body.line_of("b") == 3
    assert body.line_of("nobody") is body.line_of(None) is None


def test_a_body_finds_the_row_at_or_after_a_line() -> None:
    body = Body()
    assert body.row_from(0, 1) is None
    assert body.nearest_row(0) is None
    body.replace([row("a", 1, "s", ["note"]), row("b", 2, "s", ["note", "note"])], {}, ["v"])
    # 0 section, 1 a, 2 note, 3 b, 4 note, 5 note
    assert [body.row_from(line, 1) for line in range(-2, 8)] == list("aaaabbbbbb")
    assert [body.row_from(line, -1) for line in range(-2, 8)] == list("aaaaabbbbb")
    assert [body.nearest_row(line) for line in (0, 1, 2, 3, 9)] == ["a", "a", "b", "b", "b"]


def test_a_body_names_the_lines_and_cells_that_changed() -> None:
    body = Body()
    body.replace([row("a", 1, "s", ["n"]), row("b", 2, "s"), row("c", 3, "s")], {"s": "S"}, ["v"])
    same = body.rows["b"]
    stale, changed = body.replace([row("a", 2, "s", ["m", "n"]), same], {"s": "T"}, ["v"])
    a_lines = {Line("row", "a"), Line("note", "a", 0), Line("note", "a", 1)}
    assert stale == a_lines | {Line("section", "s"), Line("row", "c")}
    assert changed == {"a": {"v": "flash-up"}}


def test_two_rows_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        Body().replace([row("a"), row("a")], {}, ["v"])


def test_a_change_has_the_direction_of_the_value() -> None:
    old = TableRow("x", {c: Cell("1", "", 1.0) for c in "abcdefg"})
    cells = {"a": Cell("2", "", 2.0), "b": Cell("0", "", 0.0), "c": Cell("n/a"), "d": Cell("1.0", "", 1.0)}
    cells |= {"e": Cell("1", "up", 1.0), "f": Cell("1", "", 7.0), "g": Cell("one", "", "one")}
    assert changes(old, TableRow("x", cells), "abcdef") == {
        "a": "flash-up",
        "b": "flash-down",
        "c": "flash-flat",
        "d": "flash-flat",
        "e": "",
    }
    assert changes(old, TableRow("x", cells), "g") == {"g": "flash-flat"}


def test_a_page_keeps_the_columns_of_the_best_priority_and_the_next_ones_show_the_rest() -> None:
    columns = [Column("rank", "", 2), Column("climb", "", 2, priority=3), Column("symbol", "", 4)]
    columns += [Column(c, "", 4, priority=p) for c, p in zip("abcde", (0, 2, 1, 2, 0), strict=True)]
    shown = [" ".join(column.key for column in page) for page in pages(columns, 28)]
    assert shown == [
        "rank symbol a c e",
        "rank climb symbol a b c",
        "rank climb symbol b c d",
        "rank climb symbol c d e",
    ]
    assert pages(columns, 100) == [tuple(columns)]


@given(columns_of, st.integers(0, 60))
def test_every_column_comes_into_view_and_what_can_be_fits(columns: list[Column], width: int) -> None:
    found = pages(columns, width)
    assert {column for page in found for column in page} == set(columns)
    assert span(found[0]) <= width or all(column.priority == 0 for column in found[0])
    for page in found:
        assert [columns.index(column) for column in page] == sorted(columns.index(column) for column in page)
    assert len({tuple(page) for page in found}) == len(found)


@given(columns_of, st.integers(0, 90))
def test_slots_do_not_overlap_and_flexible_ones_fill_the_line(columns: list[Column], width: int) -> None:
    placed = slots(columns, width)
    assert placed[0].x == 1
    for a, b in pairwise(placed):
        assert b.x == a.x + a.width + 1
    if any(column.flex for column in columns) and span(columns) <= width:
        assert placed[-1].x + placed[-1].width + 1 == width
    for slot, column in zip(placed, columns, strict=True):
        assert slot.width == column.width or column.flex


@given(st.text(max_size=12), st.integers(0, 12), st.sampled_from(["left", "right", "center"]))
def test_a_text_takes_exactly_its_cells_and_obeys_nothing(text: str, width: int, align: Align) -> None:
    shown = fit(text, width, align)
    assert cell_len(shown) == width
    assert shown.isprintable()


def test_fit() -> None:
    assert fit("12.5", 6, "right") == "  12.5"
    assert fit("SPY", 6, "left") == "SPY   "
    assert fit("a", 4, "center") == " a  "
    assert fit("long name", 6, "left") == "long …"
    assert fit("中文名字", 6, "left") == "中文 …"
    assert fit("[b]x[/b]\x1b[2J", 14, "left") == "[b]x[/b] [2J  "


def test_flashes_end_in_their_turn() -> None:
    assert Flashes().next_end is None
    flashes = Flashes()
    flashes.add("a", {"x": "flash-up", "y": "flash-down"}, 1.0)
    flashes.add("b", {"x": "flash-flat"}, 1.0)
    flashes.add("a", {"y": "flash-up"}, 2.0)
    assert flashes.of("a") == {"x": "flash-up", "y": "flash-up"}
    assert flashes.next_end == 1.0
    assert flashes.expire(0.9) == set()
    flashes.add("b", {"x": "flash-up"}, 3.0)
    flashes.add("c", {"x": ""}, 3.0)
    assert flashes.expire(1.0) == {"a"}
    assert (flashes.of("a"), flashes.of("b"), flashes.of("c")) == ({"y": "flash-up"}, {"x": "flash-up"}, {})
    assert flashes.next_end == 2.0
    assert flashes.expire(5.0) == {"a", "b"}
    assert (flashes.of("a"), flashes.of("b")) == ({}, {})
    assert flashes.expire(9.0) == set()
