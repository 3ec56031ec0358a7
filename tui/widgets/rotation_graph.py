"""The rotation graph: relative strength to the right, its momentum upwards, the benchmark in the middle at 100.

Each symbol is a point with its label, and a tail of where it came from. Names in the corners, signs on the axes and
the mark of the cursor tell everything that the colours tell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.message import Message

from core.i18n import _
from core.labels import Cell, Label, place_labels
from tui.widgets.canvas import ACROSS, DOWN, Canvas, dots_between
from tui.widgets.chart import Chart
from tui.widgets.ticks import ticks

MIDDLE: Final = 100.0
GUTTER: Final = 6
"""The cells left of the graph for the labels of its upright axis."""
LEAST: Final = (16, 6)
"""A smaller room holds the symbol of the cursor in words only."""
AXES: Final = (34, 10)
"""A smaller one has no labels on its axes."""
HEAD, MARKED_HEAD, NODE = "●", "◆", "•"
FEW: Final = 6
"""The tail of the cursor has a mark at each of its points, if they are no more than this."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Track:
    """The way of a symbol: (rs_ratio, rs_momentum), oldest first; the last point is where it stands."""

    symbol: str
    path: tuple[Point, ...]

    @property
    def head(self) -> Point:
        """Where it stands."""
        return self.path[-1]

    @property
    def quadrant(self) -> str:
        """The id of the quadrant it stands in."""
        return quadrant_of(self.head)


class RotationGraph(Chart):
    """Draws tracks; a click posts `Picked`."""

    class Picked(Message):
        """The user has clicked at a symbol."""

        def __init__(self, symbol: str) -> None:
            super().__init__()
            self.symbol = symbol

    def __init__(self) -> None:
        super().__init__()
        self._tracks: tuple[Track, ...] = ()
        self._cursor: str | None = None

    def show(self, tracks: Sequence[Track], cursor: str | None) -> None:
        """Show these tracks, the one of the symbol `cursor` standing out."""
        self._tracks, self._cursor = tuple(tracks), cursor
        self.redraw()

    def draw(self, canvas: Canvas) -> None:
        """See `Chart`."""
        draw_rotation(canvas, self._tracks, self._cursor)

    def on_click(self, event: events.Click) -> None:
        """Pick the symbol whose head is nearest."""
        spot = event.get_content_offset(self)
        field = Field.of(self.size.width, self.size.height, self._tracks)
        if spot is None or field is None:
            return
        heads = {track.symbol: field.cell(track.head) for track in self._tracks}
        nearest = min(heads, key=lambda symbol: math.hypot(heads[symbol].x - spot.x, 2 * (heads[symbol].y - spot.y)))
        self.post_message(self.Picked(nearest))


class Field(NamedTuple):
    """The part of a canvas that points are drawn in, and how far the axes reach either side of 100."""

    x: int
    y: int
    width: int
    height: int
    reach: Point

    @classmethod
    def of(cls, width: int, height: int, tracks: Sequence[Track]) -> Field | None:
        """The field of a canvas; None where there is no room, or nothing to draw."""
        if not tracks or width < LEAST[0] or height < LEAST[1]:
            return None
        points = [point for track in tracks for point in track.path]
        reach = tuple(max(0.25, 1.08 * max(abs(point[axis] - MIDDLE) for point in points)) for axis in (0, 1))
        left, below = (GUTTER, 1) if width >= AXES[0] and height >= AXES[1] else (0, 0)
        return cls(left, 0, width - left, height - below, (reach[0], reach[1]))

    def dot(self, point: Point) -> tuple[int, int]:
        """The dot of a point; it lies in the field whatever the point is."""
        inset = DOWN if self.height >= AXES[1] else 0  # the lines of the names
        across, down = ACROSS * self.width - 1, DOWN * self.height - 1 - 2 * inset
        x = round(across * _share(point[0], self.reach[0]))
        y = round(down * (1.0 - _share(point[1], self.reach[1])))
        return ACROSS * self.x + x, DOWN * self.y + inset + y

    def cell(self, point: Point) -> Cell:
        """The cell of a point."""
        x, y = self.dot(point)
        return Cell(x // ACROSS, y // DOWN)


def draw_rotation(canvas: Canvas, tracks: Sequence[Track], cursor: str | None) -> None:
    """Draw the whole graph on any canvas."""
    field = Field.of(canvas.width, canvas.height, tracks)
    if field is None:
        _draw_words(canvas, tracks, cursor)
        return
    ordered = sorted(tracks, key=lambda track: (track.symbol != cursor, -_far(track.head, field.reach)))
    _draw_ground(canvas, field)
    _draw_axes(canvas, field)
    for track in reversed(ordered):
        _draw_tail(canvas, field, track, marked=track.symbol == cursor)
    labels = _labels(field, ordered, (canvas.width, canvas.height))
    for track, label in zip(ordered, labels, strict=True):
        if label is not None and label.leader:
            _draw_leader(canvas, field.cell(track.head), label)
    for track in reversed(ordered):
        marked = track.symbol == cursor
        head = field.cell(track.head)
        canvas.put(head.x, head.y, MARKED_HEAD if marked else HEAD, track.quadrant)
    for track, label in zip(ordered, labels, strict=True):
        if label is not None:
            canvas.put(label.x, label.y, track.symbol, "marked" if track.symbol == cursor else track.quadrant)


def quadrant_of(point: Point) -> str:
    """The id of the quadrant of a point (R14)."""
    if point[0] >= MIDDLE:
        return "leading" if point[1] >= MIDDLE else "weakening"
    return "improving" if point[1] >= MIDDLE else "lagging"


def quadrant_name(quadrant: str) -> str:
    """What people call it."""
    names = {
        "leading": _("Leading"),
        "weakening": _("Weakening"),
        "lagging": _("Lagging"),
        "improving": _("Improving"),
    }
    return names[quadrant]


def _share(value: float, reach: float) -> float:
    """Where a value lies on its axis, from 0 to 1."""
    return min(max((value - MIDDLE + reach) / (2 * reach), 0.0), 1.0)


def _far(point: Point, reach: Point) -> float:
    return math.hypot(*((point[axis] - MIDDLE) / reach[axis] for axis in (0, 1)))


def _draw_words(canvas: Canvas, tracks: Sequence[Track], cursor: str | None) -> None:
    """What fits where a graph does not, or what is missing."""
    if not tracks:
        lines = [(_("no rotation yet"), "dim"), (_("it takes 83 sessions"), "dim")]
    else:
        marked = next((track for track in tracks if track.symbol == cursor), tracks[0])
        lines = [(f"{marked.symbol} {quadrant_name(marked.quadrant)}", marked.quadrant)]
    top = max(0, (canvas.height - len(lines)) // 2)
    for y, (text, style) in enumerate(lines, top):
        canvas.put(max(0, (canvas.width - cell_len(text)) // 2), y, text, style)


def _draw_ground(canvas: Canvas, field: Field) -> None:
    """Shade the quadrants, cross the axes in the middle, and name what is where."""
    middle = field.cell((MIDDLE, MIDDLE))
    left, above = middle.x - field.x, middle.y - field.y
    for quadrant, x, y, width, height in (
        ("improving", field.x, field.y, left, above),
        ("leading", middle.x, field.y, field.width - left, above),
        ("lagging", field.x, middle.y, left, field.height - above),
        ("weakening", middle.x, middle.y, field.width - left, field.height - above),
    ):
        canvas.shade(x, y, width, height, f"in-{quadrant}")
    canvas.under(field.x, middle.y, "─" * field.width, "rule")
    for y in range(field.height):
        canvas.under(middle.x, field.y + y, "┼" if y == above else "│", "rule")
    for quadrant, x, y in _corners(field):
        canvas.put(x, y, quadrant_name(quadrant), quadrant)


def _corners(field: Field) -> list[tuple[str, int, int]]:
    """Where the names of the quadrants begin."""
    right, bottom = field.x + field.width - 1, field.y + field.height - 1
    return [
        ("improving", field.x + 1, field.y),
        ("leading", right - cell_len(quadrant_name("leading")), field.y),
        ("lagging", field.x + 1, bottom),
        ("weakening", right - cell_len(quadrant_name("weakening")), bottom),
    ]


def _draw_axes(canvas: Canvas, field: Field) -> None:
    """Label the axes outside the field, and name them where there is room."""
    if field.x == 0:
        return
    below = field.y + field.height
    name = _("RS-ratio →")
    canvas.put(canvas.width - cell_len(name) - 1, below, name, "dim")
    for value, text in ticks(MIDDLE - field.reach[0], MIDDLE + field.reach[0], field.width // 10):
        x = field.cell((value, MIDDLE)).x - len(text) // 2
        if field.x <= x and x + len(text) + cell_len(name) + 2 < canvas.width:
            canvas.put(x, below, text, "dim")
    for value, text in ticks(MIDDLE - field.reach[1], MIDDLE + field.reach[1], field.height // 3):
        y = field.cell((MIDDLE, value)).y
        canvas.put(max(0, field.x - 1 - len(text)), y, text, "dim")
    middle = field.cell((MIDDLE, MIDDLE)).x
    canvas.put(middle + 2, field.y, _("↑ momentum"), "dim")


def _draw_tail(canvas: Canvas, field: Field, track: Track, *, marked: bool) -> None:
    style = track.quadrant if marked else f"{track.quadrant}-tail"
    for start, end in pairwise(track.path):
        canvas.line(field.dot(start), field.dot(end), style)
    for point in track.path[:-1] if marked and len(track.path) <= FEW else ():  # more would hide the line
        cell = field.cell(point)
        canvas.put(cell.x, cell.y, NODE, style)


def _draw_leader(canvas: Canvas, head: Cell, label: Label) -> None:
    """A thin line from a head to the nearest end of its label."""
    end = min(max(head.x, label.x), label.x + label.width - 1)
    canvas.line(
        (ACROSS * head.x, DOWN * head.y + 1), (ACROSS * end, DOWN * label.y + (0 if label.y > head.y else 3)), "dim"
    )


def _labels(field: Field, tracks: Sequence[Track], size: tuple[int, int]) -> list[Label | None]:
    drawn = {
        Cell(x // ACROSS, y // DOWN)
        for track in tracks
        for start, end in pairwise(track.path)
        for x, y in dots_between(field.dot(start), field.dot(end))
    }
    for quadrant, x, y in _corners(field):
        drawn |= {Cell(x + at, y) for at in range(cell_len(quadrant_name(quadrant)))}
    points = [(field.cell(track.head), cell_len(track.symbol)) for track in tracks]
    return place_labels(points, (size[0], field.y + field.height), drawn)
