from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.core.builders import examples
from tui.widgets.canvas import Canvas, Run, dots_between


def test_dots_of_one_cell_make_one_character_in_the_last_colour() -> None:
    canvas = Canvas(2, 1)
    for x, y in ((0, 0), (1, 3)):
        canvas.dot(x, y, "a")
    canvas.dot(0, 3, "b")
    canvas.dot(3, 0, "a")
    assert canvas.runs(0) == (Run("⣁", "b", ""), Run("⠈", "a", ""))


def test_text_hides_dots_and_dots_hide_an_underlay() -> None:
    canvas = Canvas(4, 1)
    canvas.dot(2, 0, "dot")
    canvas.put(2, 0, "t", "text")
    canvas.under(0, 0, "────", "rule")
    canvas.dot(4, 0, "dot")
    assert canvas.runs(0) == (Run("─", "rule", ""), Run("⠁", "dot", ""), Run("t", "text", ""), Run("─", "rule", ""))


def test_a_wide_character_keeps_its_two_cells_or_loses_both() -> None:
    canvas = Canvas(5, 1)
    canvas.put(0, 0, "领先")
    assert canvas.text() == "领先 "
    canvas.put(1, 0, "x")
    assert canvas.text() == " x先 "
    canvas.put(1, 0, "中")
    assert canvas.text() == " 中  "
    canvas.put(4, 0, "中")
    assert canvas.text() == " 中  "


def test_a_ground_lies_under_a_rectangle_as_far_as_there_are_cells() -> None:
    canvas = Canvas(3, 2)
    canvas.shade(-1, 1, 3, 9, "g")
    assert canvas.runs(0) == (Run("   ", "", ""),)
    assert canvas.runs(1) == (Run("  ", "", "g"), Run(" ", "", ""))


place = st.tuples(st.integers(-300, 300), st.integers(-300, 300))


@examples(60)
@given(place, place)
def test_a_line_is_one_dot_wide_and_touches_both_ends(start: tuple[int, int], end: tuple[int, int]) -> None:
    dots = list(dots_between(start, end))
    assert (dots[0], dots[-1]) == (start, end)
    assert len(dots) == max(abs(end[0] - start[0]), abs(end[1] - start[1])) + 1
    assert all(max(abs(a[0] - b[0]), abs(a[1] - b[1])) == 1 for a, b in pairwise(dots))


@examples(60)
@given(st.integers(0, 30), st.integers(0, 12), place, place, st.text("ab中", max_size=6))
def test_whatever_is_drawn_every_line_has_its_width(
    width: int, height: int, start: tuple[int, int], end: tuple[int, int], text: str
) -> None:
    canvas = Canvas(width, height)
    canvas.line(start, end, "l")
    canvas.put(start[0] % 40 - 5, end[1] % 14 - 1, text, "t")
    canvas.put(start[1] % 40 - 5, end[1] % 14 - 1, text, "t")
    canvas.under(start[0] % 40 - 5, 0, "────", "u")
    canvas.shade(start[0], start[1], abs(end[0]), abs(end[1]), "g")
    assert [cell_len("".join(run.text for run in canvas.runs(y))) for y in range(height)] == [width] * height
