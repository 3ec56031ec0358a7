from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.spark import STEPS, bar, diverging_bar, sparkline

numbers = st.floats(-1e300, 1e300)
holes = st.sampled_from([None, math.nan, math.inf, -math.inf])
widths = st.integers(0, 40)


@pytest.mark.parametrize(
    ("values", "width", "line"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], 8, "▁▂▃▄▅▆▇█"),
        ([5, 5, 5], 3, "▄▄▄"),
        ([1, 8], 4, "  ▁█"),
        ([1, None, 8, math.nan, math.inf], 5, "▁ █  "),
        ([9, 1, 9, 2, 9, 8], 3, "▁▂█"),  # the last of each bin of two
        ([None, None], 2, "  "),
        ([], 3, "   "),
    ],
)
def test_sparkline(values: list[float | None], width: int, line: str) -> None:
    assert sparkline(values, width) == line


@given(st.lists(numbers | holes), widths)
def test_a_sparkline_fills_its_width_with_steps(values: list[float | None], width: int) -> None:
    line = sparkline(values, width)
    assert len(line) == width
    assert set(line) <= {" ", *STEPS}


@given(st.lists(numbers, min_size=2, max_size=30))
def test_a_sparkline_keeps_the_order_of_its_values(values: list[float]) -> None:
    line = sparkline(values, len(values))
    if min(values) < max(values):
        assert line[values.index(max(values))] == "█"
        assert line[values.index(min(values))] == "▁"
    for (a, x), (b, y) in pairwise(zip(values, line, strict=True)):
        assert a > b or STEPS.index(x) <= STEPS.index(y)


@given(st.lists(numbers, min_size=1), st.integers(1, 40))
def test_the_newest_value_is_the_last_cell(values: list[float], width: int) -> None:
    alone = sparkline([*values[:-1], None], width)
    assert alone[-1] == " "
    assert sparkline(values, width)[-1] != " "


@pytest.mark.parametrize(
    ("value", "drawn"),
    [(8, "████"), (4, "██  "), (1, "▌   "), (0.25, "▏   "), (3.25, "█▋  "), (0, "    "), (-3, "    "), (99, "████")],
)
def test_bar(value: float, drawn: str) -> None:
    assert bar(value, 8, 4) == drawn


def test_a_bar_without_a_scale_is_empty() -> None:
    assert bar(3, 0, 4) == "    "
    assert bar(math.nan, 8, 4) == "    "


@given(numbers, numbers, st.floats(0, 1e300), widths)
def test_a_bar_fills_its_width_and_grows_with_its_value(a: float, b: float, maximum: float, width: int) -> None:
    eighths = " ▏▎▍▌▋▊▉█"
    small, large = (bar(x, maximum, width) for x in sorted((a, b)))
    assert len(small) == len(large) == width
    assert sum(map(eighths.index, small)) <= sum(map(eighths.index, large))


@pytest.mark.parametrize(
    ("value", "drawn"), [(4, "    ████"), (-4, "████    "), (1.5, "    █▌  "), (-1.5, "  ▐█    "), (0, "        ")]
)
def test_diverging_bar(value: float, drawn: str) -> None:
    assert diverging_bar(value, 4, 8) == drawn


@given(numbers, st.floats(0, 1e300), widths)
def test_a_diverging_bar_is_the_mirror_of_its_opposite(value: float, maximum: float, width: int) -> None:
    drawn = diverging_bar(value, maximum, width)
    assert len(drawn) == width
    mirrored = drawn[::-1].translate(str.maketrans("▌▐", "▐▌"))
    even = width - width % 2
    assert diverging_bar(-value, maximum, even) == mirrored[:even]
