from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.labels import Cell, Label, place_labels
from tests.core.builders import examples

SIZE = (40, 12)
cells = st.builds(Cell, st.integers(0, SIZE[0] - 1), st.integers(0, SIZE[1] - 1))
points = st.lists(st.tuples(cells, st.integers(2, 5)), min_size=1, max_size=14)


@examples(150)
@given(points, st.sets(cells, max_size=60))
def test_labels_cover_neither_each_other_nor_points_nor_the_edge(
    points: list[tuple[Cell, int]], drawn: set[Cell]
) -> None:
    labels = place_labels(points, SIZE, drawn)
    heads = {cell for cell, _width in points}
    covered: list[Cell] = [cell for label in labels if label is not None for cell in label.cells]
    assert labels[0] is not None
    assert len(covered) == len(set(covered))
    assert all(0 <= x < SIZE[0] and 0 <= y < SIZE[1] for x, y in covered)
    assert all(label.cells.isdisjoint(heads) for label in labels[1:] if label is not None)
    assert all(label is None or label.width == width for label, (_cell, width) in zip(labels, points, strict=True))


def test_a_label_stands_right_of_its_point_with_a_blank_between() -> None:
    assert place_labels([(Cell(10, 5), 3)], SIZE, ()) == [Label(12, 5, 3, leader=False)]


def test_at_the_right_edge_it_stands_left() -> None:
    assert place_labels([(Cell(39, 5), 3)], SIZE, ()) == [Label(35, 5, 3, leader=False)]


def test_it_goes_out_of_the_way_of_what_is_drawn_and_a_leader_leads_far() -> None:
    block = {Cell(x, y) for x in range(3, 26) for y in range(3, 8)}
    (label,) = place_labels([(Cell(10, 5), 3)], SIZE, block)
    assert label is not None
    assert label.leader
    assert label.cells.isdisjoint(block)


def test_in_a_crowd_the_first_has_a_label_and_the_last_may_have_none() -> None:
    crowd = [(Cell(x, y), 3) for x in range(0, 40, 2) for y in range(12)]
    labels = place_labels(crowd, SIZE, ())
    assert labels[0] is not None
    assert None in labels


def test_wider_than_the_canvas_there_is_none() -> None:
    assert place_labels([(Cell(0, 0), 5)], (4, 1), ()) == [None]


def test_a_label_stands_nearer_to_its_own_point_than_to_another() -> None:
    first, second = place_labels([(Cell(10, 5), 3), (Cell(16, 5), 3)], SIZE, ())
    assert first is not None
    assert second is not None
    assert first.away(Cell(10, 5)) < first.away(Cell(16, 5))
    assert second.away(Cell(16, 5)) < second.away(Cell(10, 5))
