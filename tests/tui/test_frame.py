from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.builders import examples
from tui.widgets.canvas import Canvas
from tui.widgets.frame import Frame, Tag, draw_course, draw_months, draw_tags, gutters, last, span
from tui.widgets.ticks import ticks


@examples(100)
@given(st.integers(1, 120), st.integers(1, 40), st.integers(1, 400), st.floats(0.01, 1e6), st.booleans())
def test_every_value_lies_in_the_plot(width: int, height: int, total: int, low: float, log: bool) -> None:
    ratio = 1.5
    frame = Frame(3, 2, width, height, total, low, low * ratio, log)
    for session in (0, total // 2, total - 1):
        for value in (low / 2, low, low * ratio, 3 * low * ratio):
            x, y = frame.dot(session, value)
            assert 6 <= x < 2 * (3 + width)
            assert 8 <= y < 4 * (2 + height)
    assert frame.dot(total - 1, low * ratio) == (2 * (3 + width) - 1, 8)


def test_a_logarithm_puts_equal_ratios_at_equal_distances() -> None:
    frame = Frame(0, 0, 10, 25, 2, 1.0, 100.0, log=True)
    assert frame.depth(10.0, 4) == pytest.approx(99 / 2)


def test_a_span_has_room_and_never_vanishes() -> None:
    assert span([(1.0, None, 2.0), (1.5,)]) == pytest.approx((0.97, 2.03))
    low, high = span([(1.0, 100.0, -3.0)], log=True)
    assert 0 < low < 1
    assert high > 100
    for values in ((5.0, 5.0), (0.0,), (None,), ()):
        low, high = span([values])
        assert low < high


def test_a_course_is_broken_where_a_value_is_missing() -> None:
    canvas = Canvas(5, 1)
    draw_course(canvas, Frame(0, 0, 5, 1, 10, 0.0, 1.0), (0.0, 0.0, 0.0, 0.0, None, None, 0.0, 0.0, None, 0.0), "s")
    assert canvas.text() == "⣀⣀⠀⣀⢀".replace("⠀", " ")


@pytest.mark.parametrize(("width", "found"), [(130, 11), (65, 5), (40, 3), (20, 1), (3, 0)])
def test_months_stand_apart_at_even_steps(width: int, found: int) -> None:
    days = [date(2025, 1, 15) + timedelta(days=k) for k in range(350)]
    canvas = Canvas(width, 1)
    draw_months(canvas, Frame(0, 0, width, 1, 350, 0, 1), days, 0)
    labels = canvas.text().split()
    assert len(labels) == found
    assert all(len(label) == 7 for label in labels)
    assert len({(int(b[-2:]) - int(a[-2:])) % 12 for a, b in pairwise(labels)}) <= 1


def test_tags_never_share_a_line() -> None:
    canvas = Canvas(20, 3)
    frame = Frame(0, 0, 10, 3, 5, 0.0, 1.0)
    draw_tags(canvas, frame, [Tag(0.5, name, "") for name in ("first", "second", "third", "fourth")])
    lines = [line.strip() for line in canvas.text().split("\n")]
    assert lines == ["first", "second", "third"]


@examples(200)
@given(st.lists(st.floats(-0.5, 1.5), max_size=9), st.integers(1, 8))
def test_tags_stand_in_the_order_of_their_values(values: list[float], height: int) -> None:
    canvas = Canvas(20, height)
    draw_tags(canvas, Frame(0, 0, 10, height, 5, 0.0, 1.0), [Tag(value, f"{k}", "") for k, value in enumerate(values)])
    found = [values[int(line)] for line in canvas.text().split() if line]
    assert found == sorted(values[:height], reverse=True)


def test_a_tag_gives_way_to_the_side_that_its_value_lies_on() -> None:
    canvas = Canvas(20, 5)
    draw_tags(
        canvas, Frame(0, 0, 10, 5, 5, 0.0, 1.0), [Tag(0.5, "here", ""), Tag(0.51, "over", ""), Tag(0.49, "under", "")]
    )
    assert canvas.text().split() == ["over", "here", "under"]
    assert canvas.text().split("\n")[2].strip() == "here"


def test_gutters_need_room() -> None:
    assert gutters(80, 24) == (8, 16)
    assert gutters(40, 24) == gutters(80, 6) == (0, 0)


def test_the_last_value_is_the_last_that_is_there() -> None:
    assert last((1.0, 2.0, None)) == 2.0
    assert last((None,)) is None


def test_ticks_are_round_and_few() -> None:
    found = ticks(0.345, 0.397, 5)
    assert [text for _value, text in found] == ["0.36", "0.38"]
    assert [value for value, _text in found] == pytest.approx([0.36, 0.38])
    assert [text for _value, text in ticks(95, 105, 4)] == ["95", "100", "105"]
    assert [text for _value, text in ticks(9990, 10010, 2)] == ["9,990", "10,000", "10,010"]
    assert ticks(1, 1, 5) == ticks(1, 2, 0) == []
