"""Cells to draw on: text, braille dots (two by four in a cell), shaded grounds. Pure: nothing of Textual here.

Cells and dots are counted from the top left corner. What falls outside is not drawn, so every picture can be drawn
at any size. In a cell text hides dots and dots hide an underlay; of several dots the last one gives the colour.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from rich.cells import cell_len

BRAILLE: Final = 0x2800
DOT_BITS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot of a braille character, by line and column."""
ACROSS: Final = 2
DOWN: Final = 4
"""The dots of a cell."""


class Run(NamedTuple):
    """Neighbouring cells of one line that look alike; `style` and `ground` are names, "" for the plain ones."""

    text: str
    style: str
    ground: str


class Canvas:
    """`width` by `height` cells."""

    def __init__(self, width: int, height: int) -> None:
        self.width = max(0, width)
        self.height = max(0, height)
        cells = self.width * self.height
        self._text: list[str | None] = [None] * cells  # "" is the right half of a wide character
        self._under: list[str] = [" "] * cells
        self._dots = bytearray(cells)
        self._style = [""] * cells
        self._ground = [""] * cells

    def put(self, x: int, y: int, text: str, style: str = "") -> None:
        """Write `text` from cell (x, y) to the right."""
        for char in text:
            width = cell_len(char)
            if width and self._has(x, y) and self._has(x + width - 1, y):
                self._write(x, y, char, style)
                if width == 2:
                    self._write(x + 1, y, "", style)
            x += width

    def under(self, x: int, y: int, text: str, style: str = "") -> None:
        """Write `text` of narrow characters where nothing else will stand: axes and grids."""
        for at, char in enumerate(text, x):
            if self._has(at, y):
                place = y * self.width + at
                self._under[place] = char
                if not self._dots[place] and self._text[place] is None:
                    self._style[place] = style

    def dot(self, x: int, y: int, style: str = "") -> None:
        """Set the dot (x, y)."""
        if 0 <= x < ACROSS * self.width and 0 <= y < DOWN * self.height:
            place = y // DOWN * self.width + x // ACROSS
            self._dots[place] |= DOT_BITS[y % DOWN][x % ACROSS]
            if self._text[place] is None:
                self._style[place] = style

    def line(self, start: tuple[int, int], end: tuple[int, int], style: str = "") -> None:
        """Set the dots from `start` to `end`, both included (Bresenham)."""
        for x, y in dots_between(start, end):
            self.dot(x, y, style)

    def shade(self, x: int, y: int, width: int, height: int, ground: str) -> None:
        """Give the cells of a rectangle a ground."""
        left, right = max(0, x), min(self.width, x + width)
        for line in range(max(0, y), min(self.height, y + height)):
            start = line * self.width
            self._ground[start + left : start + right] = [ground] * max(0, right - left)

    def runs(self, y: int) -> tuple[Run, ...]:
        """Line `y`, in as few runs as there are looks."""
        runs: list[Run] = []
        for place in range(y * self.width, (y + 1) * self.width):
            char, style, ground = self._char(place), self._style[place], self._ground[place]
            if runs and runs[-1][1:] == (style, ground):
                runs[-1] = Run(runs[-1].text + char, style, ground)
            else:
                runs.append(Run(char, style, ground))
        return tuple(runs)

    def text(self) -> str:
        """All lines without their looks."""
        return "\n".join("".join(run.text for run in self.runs(y)) for y in range(self.height))

    def _has(self, x: int, y: int) -> bool:
        return 0 <= x < self.width and 0 <= y < self.height

    def _char(self, place: int) -> str:
        text, dots = self._text[place], self._dots[place]
        if text is not None:
            return text
        return chr(BRAILLE + dots) if dots else self._under[place]

    def _write(self, x: int, y: int, char: str, style: str) -> None:
        """Write one cell; the other half of a wide character that stood there becomes a blank."""
        place = y * self.width + x
        if char and self._text[place] == "":
            self._text[place - 1] = " "
        if x + 1 < self.width and self._text[place + 1] == "":
            self._text[place + 1] = " "
        self._text[place] = char
        self._style[place] = style


def dots_between(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The dots of a straight line, both ends included."""
    (x, y), (x1, y1) = start, end
    dx, dy = abs(x1 - x), -abs(y1 - y)
    step_x, step_y = (1 if x < x1 else -1), (1 if y < y1 else -1)
    error = dx + dy
    while True:
        yield x, y
        if (x, y) == (x1, y1):
            return
        twice = 2 * error
        if twice >= dy:
            error += dy
            x += step_x
        if twice <= dx:
            error += dx
            y += step_y
