"""Where the labels of points go so that none covers another; pure.

Points are taken in the order of their importance. Each label gets the cheapest free place around its point: near,
nearer than to any other point, outside the way of lines and names; one that had to go far gets a leader line. One
without a place is left out, but never the first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache, partial
from operator import itemgetter
from typing import Final, NamedTuple

REACH: Final = 4
"""How many lines up or down, and twice as many cells aside, a label may go."""
IN_THE_WAY: Final = 3
"""What a cell costs that hides something drawn, in lines of distance."""


CONFUSING: Final = 3
"""What it costs, in the same lines, that a label stands no farther from the point of another than from its own."""


class Cell(NamedTuple):
    """The place of a cell."""

    x: int
    y: int


class Label(NamedTuple):
    """A text of `width` cells from (x, y); `leader`: so far from its point that a line must lead there."""

    x: int
    y: int
    width: int
    leader: bool

    @property
    def cells(self) -> set[Cell]:
        """The cells it covers."""
        return {Cell(x, self.y) for x in range(self.x, self.x + self.width)}

    def away(self, point: Cell) -> float:
        """How far it stands from a point, in lines."""
        blank = max(self.x - point.x - 1, point.x - self.x - self.width, 0)
        return 1.5 * abs(self.y - point.y) + blank / 2


def place_labels(
    points: Sequence[tuple[Cell, int]], size: tuple[int, int], drawn: Collection[Cell]
) -> list[Label | None]:
    """A label for each point, of which cell and the width of its text are given, in the same order.

    `size` is that of the canvas, `drawn` are cells better not covered. No label covers a point or another label;
    only that of the first point may cover points where there is no other room.
    """
    heads = {cell for cell, _width in points}
    taken: set[Cell] = set()
    labels: list[Label | None] = []
    for number, (cell, width) in enumerate(points):
        cost = partial(_cost, cell, drawn, heads - {cell})
        label = _cheapest(cell, width, size, heads | taken, cost)
        if label is None and number == 0:
            label = _cheapest(cell, width, size, {cell}, cost) or _anywhere(cell, width, size)
        labels.append(label)
        if label is not None:
            taken |= {Cell(x, label.y) for x in range(label.x - 1, label.x + label.width + 1)}  # a blank between two
    return labels


def _cheapest(
    cell: Cell, width: int, size: tuple[int, int], closed: Collection[Cell], extra: Callable[[Label], float]
) -> Label | None:
    best: Label | None = None
    least = float("inf")
    for distance, across, down, leader in _places(width):
        if distance >= least:
            break
        label = Label(cell.x + across, cell.y + down, width, leader)
        inside = label.x >= 0 and label.x + width <= size[0] and 0 <= label.y < size[1]
        if not inside or not label.cells.isdisjoint(closed):
            continue
        cost = distance + extra(label)
        if cost < least:
            best, least = label, cost
    return best


def _cost(cell: Cell, drawn: Collection[Cell], others: Collection[Cell], label: Label) -> float:
    """What a label of the point in `cell` costs beside its distance."""
    hides = IN_THE_WAY * sum(spot in drawn for spot in label.cells)
    own = label.away(cell)
    return hides + CONFUSING * any(label.away(other) <= own for other in others)


@cache
def _places(width: int) -> Sequence[tuple[float, int, int, bool]]:
    """Places around a point, nearest first: distance in lines, cells aside, lines down, whether a leader is needed.

    Right of it, left of it, over it, under it, then farther.
    """
    found = []
    for down in range(-REACH, REACH + 1):
        for x in range(-width - 2 * REACH, 2 * REACH + 2):
            aside = max(x - 1, -x - width, 0)  # blank cells between label and point
            if down == 0:
                distance = abs(aside - 1) / 2 + (0.25 if x < 0 else 0.0)
            else:
                distance = 1.5 * abs(down) + aside / 2 + abs(x + width / 2 - 0.5) / 8
            found.append((distance, x, down, abs(down) > 1 or aside > 2))
    return sorted(found, key=itemgetter(0))


def _anywhere(cell: Cell, width: int, size: tuple[int, int]) -> Label | None:
    """A place beside, over or on the point itself; None where the text is wider than the canvas."""
    if width > size[0]:
        return None
    return Label(min(max(0, cell.x - width // 2), size[0] - width), cell.y, width, leader=False)
