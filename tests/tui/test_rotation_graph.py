from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.builders import examples
from tui.widgets.canvas import Canvas
from tui.widgets.rotation_graph import Field, Track, draw_rotation, quadrant_of

SYMBOLS = ("XLB", "XLC", "XLE", "XLF", "XLI", "XLK", "XLP", "XLRE", "XLU", "XLV", "XLY")
value = st.floats(80, 120)
tracks = st.lists(st.lists(st.tuples(value, value), min_size=1, max_size=6), max_size=11).map(
    lambda paths: [Track(symbol, tuple(path)) for symbol, path in zip(SYMBOLS, paths, strict=False)]
)


def drawn(tracks: list[Track], width: int, height: int, cursor: str | None = None) -> Canvas:
    canvas = Canvas(width, height)
    draw_rotation(canvas, tracks, cursor)
    return canvas


@examples(80)
@given(tracks, st.integers(1, 250), st.integers(1, 70))
def test_every_size_is_drawn_with_every_head_in_its_quadrant(tracks: list[Track], width: int, height: int) -> None:
    drawn(tracks, width, height, "XLB")
    field = Field.of(width, height, tracks)
    if field is None:
        return
    middle = field.dot((100.0, 100.0))
    for track in tracks:
        x, y = field.dot(track.head)
        assert 2 * field.x <= x < 2 * (field.x + field.width)
        assert 4 * field.y <= y < 4 * (field.y + field.height)
        assert {"leading": x >= middle[0] and y <= middle[1], "weakening": x >= middle[0] and y >= middle[1]}.get(
            track.quadrant, x <= middle[0]
        )


@examples(60)
@given(tracks, st.integers(34, 160), st.integers(12, 45))
def test_the_symbol_of_the_cursor_is_always_written(tracks: list[Track], width: int, height: int) -> None:
    for track in tracks[-1:]:
        assert track.symbol in drawn(tracks, width, height, track.symbol).text()


def test_names_axes_and_labels_tell_without_colour() -> None:
    paths = {"XLK": ((98.0, 99.0), (102.0, 101.0)), "XLU": ((101.0, 101.0), (99.0, 98.5))}
    canvas = drawn([Track(symbol, path) for symbol, path in paths.items()], 80, 24, "XLU")
    text = canvas.text()
    for part in ("Improving", "Leading", "Lagging", "Weakening", "RS-ratio →", "↑ momentum", "●", "XLK", "◆", "100"):
        assert part in text
    styles = {
        (run.style, symbol) for y in range(24) for run in canvas.runs(y) for symbol in paths if symbol in run.text
    }
    assert styles == {("leading", "XLK"), ("marked", "XLU")}


def test_the_middle_is_in_the_middle() -> None:
    field = Field.of(81, 25, [Track("XLK", ((104.0, 98.0),))])
    assert field is not None
    assert field.cell((100.0, 100.0)) == (6 + 37, 12)


@pytest.mark.parametrize(
    ("point", "name"),
    [((100, 100), "leading"), ((100, 99.9), "weakening"), ((99, 99), "lagging"), ((99, 100), "improving")],
)
def test_quadrants_are_those_of_the_engine(point: tuple[float, float], name: str) -> None:
    assert quadrant_of(point) == name


def test_where_there_is_no_room_the_words_stand_alone() -> None:
    assert drawn([Track("XLK", ((104.0, 101.0),))], 15, 3, "XLK").text().split() == ["XLK", "Leading"]
    assert "no rotation yet" in drawn([], 40, 10).text()
