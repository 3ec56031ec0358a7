from __future__ import annotations

from itertools import combinations

import pytest
from textual.geometry import Size

from tui.screens.stage import BREADTH, CROSS_ASSET, LEADERSHIP, ORDER, ROTATION, SECTORS, WARNINGS, plan

SIZES = [
    Size(w, h) for w in (1, 40, 80, 99, 100, 120, 139, 140, 160, 200, 229, 230, 250) for h in (1, 7, 21, 42, 57, 67)
]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("zoomed", [False, True], ids=["all", "zoomed"])
def test_every_pane_has_one_area_and_no_two_areas_overlap(size: Size, zoomed: bool) -> None:
    areas = plan(size, zoomed=zoomed)
    assert sorted(pane for area in areas for pane in area.panes) == sorted(ORDER)
    assert all(size.region.contains_region(area.region) for area in areas)
    assert not any(one.region.overlaps(other.region) for one, other in combinations(areas, 2))


def test_a_zoomed_pane_has_the_whole_stage() -> None:
    (area,) = plan(Size(160, 42), zoomed=True)
    assert area.region == Size(160, 42).region


@pytest.mark.parametrize(
    ("size", "count"), [((80, 21), 1), ((120, 32), 3), ((160, 42), 3), ((200, 57), 4), ((250, 67), 6)]
)
def test_a_larger_screen_shows_more_at_once(size: tuple[int, int], count: int) -> None:
    assert len(plan(Size(*size))) == count


def test_what_belongs_together_shares_a_place() -> None:
    shared = [area.panes for area in plan(Size(160, 42))]
    assert shared == [(LEADERSHIP, ROTATION), (SECTORS,), (WARNINGS, BREADTH, CROSS_ASSET)]


def test_an_empty_column_parts_what_stands_side_by_side() -> None:
    above, below, right = (area.region for area in plan(Size(160, 42)))
    assert (above.width, right.x, right.width) == (109, 110, 50)
    assert (below.y, below.height) == (28, 14)
