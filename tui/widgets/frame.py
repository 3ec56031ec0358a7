"""The frame of a chart over time: where values lie, a grid with its labels, the months below, tags at the right.

All charts over time have the same gutters, so that two of the same sessions can stand over each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from rich.cells import cell_len

from core.series import Values
from tui.widgets.canvas import ACROSS, DOWN, Canvas
from tui.widgets.ticks import ticks

LEFT: Final = 8
"""The cells left of the plot, for the labels of the grid."""
RIGHT: Final = 16
"""The cells right of it, for the tags."""
LEAST: Final = (24, 5)
"""In a smaller room there is no chart."""
ROOMY: Final = (52, 8)
"""In a smaller room there are no gutters."""
MONTH: Final = 9
"""The cells from the label of a month to the next, at least on the average."""


class Frame(NamedTuple):
    """A plot of `total` sessions in some cells of a canvas, from `low` to `high`; `log`: by their logarithms."""

    x: int
    y: int
    width: int
    height: int
    total: int
    low: float
    high: float
    log: bool = False

    def dot(self, session: int, value: float) -> tuple[int, int]:
        """The dot of a value at a session; it lies in the plot whatever the value is."""
        across = ACROSS * self.width - 1
        x = round(across * session / (self.total - 1)) if self.total > 1 else across
        return ACROSS * self.x + min(max(x, 0), across), DOWN * self.y + round(self.depth(value, DOWN))

    def depth(self, value: float, parts: int) -> float:
        """How deep a value lies under the upper end, where a cell has so many parts."""
        low, high, at = (math.log(v) if self.log else v for v in (self.low, self.high, value))
        share = min(max((high - at) / (high - low), 0.0), 1.0)
        return share * (parts * self.height - 1)

    def line_of(self, value: float) -> int:
        """The line of the canvas that a value lies in."""
        return self.y + round(self.depth(value, DOWN)) // DOWN

    def column_of(self, session: int) -> int:
        """The column of the canvas that a session lies in."""
        return self.dot(session, self.low)[0] // ACROSS


class Tag(NamedTuple):
    """A text at the right of the plot, at the height of a value."""

    value: float
    text: str
    style: str


def gutters(width: int, height: int) -> tuple[int, int]:
    """The cells left and right of the plot in a room of this size."""
    return (LEFT, RIGHT) if width >= ROOMY[0] and height >= ROOMY[1] else (0, 0)


def span(series: Iterable[Values], *, log: bool = False) -> tuple[float, float]:
    """The least and the greatest value with a little room around; one apart where all are equal or none is there."""
    known = [value for values in series for value in values if value is not None and (value > 0 or not log)]
    low, high = min(known, default=1.0), max(known, default=1.0)
    if low == high:
        return (low / 1.01, high * 1.01) if low > 0 else (low - 1.0, high + 1.0)
    if log:
        room = (high / low) ** 0.03
        return low / room, high * room
    room = 0.03 * (high - low)
    return low - room, high + room


def draw_grid(canvas: Canvas, frame: Frame) -> None:
    """Thin lines at round values, with their labels in the left gutter."""
    for value, text in ticks(frame.low, frame.high, frame.height // 3):
        y = frame.line_of(value)
        canvas.under(frame.x, y, "┈" * frame.width, "rule")
        if frame.x:
            canvas.put(frame.x - 1 - len(text), y, text, "dim")


def draw_months(canvas: Canvas, frame: Frame, sessions: Sequence[date], y: int) -> None:
    """Months in line `y`, each where it begins: all of them, or every second, third, ... of a year."""
    begun = [k for k in range(1, len(sessions)) if sessions[k].month != sessions[k - 1].month]
    step = next((n for n in (1, 2, 3, 6) if MONTH * len(begun) <= n * frame.width), 12)
    for session in begun:
        x, text = frame.column_of(session), f"{sessions[session]:%Y-%m}"
        if (sessions[session].month - 1) % step == 0 and x + len(text) <= frame.x + frame.width:
            canvas.put(x, y, text, "dim")


def draw_course(canvas: Canvas, frame: Frame, values: Values, style: str) -> None:
    """A line through the values; broken where one is missing."""
    before: tuple[int, int] | None = None
    for session, value in enumerate(values):
        here = None if value is None else frame.dot(session, value)
        if here is not None:
            canvas.line(before or here, here, style)
        before = here


def draw_tags(canvas: Canvas, frame: Frame, tags: Sequence[Tag]) -> None:
    """Tags in the right gutter, one a line, the greater value above; where lines are few, the first tags have them.

    The first tag stands at its own height, if that leaves room for the others, which stand as near to theirs as they
    can without changing places.
    """
    x = frame.x + frame.width + 1
    if x >= canvas.width:
        return
    stands = sorted(tags[: frame.height], key=lambda tag: -tag.value)
    for tag, y in zip(stands, _lines(frame, stands, tags[0]) if stands else (), strict=True):
        canvas.put(x, y, tag.text, tag.style)


def _lines(frame: Frame, stands: Sequence[Tag], first: Tag) -> list[int]:
    """The lines of tags that stand in order, made room for from the first one outwards."""
    at, spare = stands.index(first), frame.height - len(stands)
    lines = [min(max(frame.line_of(tag.value), frame.y + k), frame.y + k + spare) for k, tag in enumerate(stands)]
    for k in range(at + 1, len(lines)):
        lines[k] = max(lines[k], lines[k - 1] + 1)
    for k in range(at - 1, -1, -1):
        lines[k] = min(lines[k], lines[k + 1] - 1)
    return lines


def draw_words(canvas: Canvas, text: str, style: str = "dim") -> None:
    """One line in the middle of a canvas that holds no chart."""
    canvas.put(max(0, (canvas.width - cell_len(text)) // 2), canvas.height // 2, text, style)


def last(values: Values) -> float | None:
    """The newest value that is there."""
    return next((value for value in reversed(values) if value is not None), None)
