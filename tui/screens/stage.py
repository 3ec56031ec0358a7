"""Where the panes stand: a plan of the stage for each size of terminal, and the layout that follows it.

The six panes share a few areas. Of those that share one, the pane used last is in view; the title names the others
as tabs. From 230 columns and 55 lines on each has a place of its own; in a narrow terminal, and in any with one pane
zoomed, a single area serves all. A pane out of view keeps its cursor, order and scroll, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from textual.app import ComposeResult
from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from tui.widgets.pane import Pane

LEADERSHIP: Final = "pane_leadership"
SECTORS: Final = "pane_sectors"
WARNINGS: Final = "pane_warnings"
BREADTH: Final = "pane_breadth"
ROTATION: Final = "pane_rotation"
CROSS_ASSET: Final = "pane_cross_asset"
ORDER: Final = (LEADERSHIP, SECTORS, WARNINGS, BREADTH, ROTATION, CROSS_ASSET)
"""The panes by the commands that go to them, in the order of their keys."""

MEDIUM, WIDE, HUGE, VAST = 100, 140, 200, 230
"""Columns from which on there are several areas: below each other, beside each other, and ever more of them."""
TALL, TOWERING = 27, 55
"""Lines from which on Sectors is as high as its rows, and the columns at the right are parted in two."""
SECTOR_LINES, SECTOR_COLUMNS, SIDE_COLUMNS = 14, 68, 50
LEADERSHIP_COLUMNS: Final = 114
"""What a screen as wide as it likes gives to Leadership: all windows, the distance from the high, a sparkline."""
UPPER: Final = 0.4
"""The share of the upper one of two areas in a column at the right."""


class Area(NamedTuple):
    """A part of the stage and the panes that share it, the natural one first."""

    panes: tuple[str, ...]
    region: Region


def plan(size: Size, *, zoomed: bool = False) -> tuple[Area, ...]:
    """The areas of a stage of this size; every pane belongs to one of them."""
    if zoomed or size.width < MEDIUM:
        return (Area(ORDER, size.region),)
    if size.width < WIDE:
        return _medium(size)
    if size.height >= TOWERING and size.width >= VAST:
        return _vast(size)
    if size.height >= TOWERING and size.width >= HUGE:
        return _huge(size)
    left, right = _beside(size.region, LEADERSHIP_COLUMNS if size.width >= HUGE else size.width - SIDE_COLUMNS - 1)
    above, below = _over_sectors(left)
    return (
        Area((LEADERSHIP, ROTATION), above),
        Area((SECTORS,), below),
        Area((WARNINGS, BREADTH, CROSS_ASSET), right),
    )


def _medium(size: Size) -> tuple[Area, ...]:
    """One area in full width over two."""
    above, below = _over_sectors(size.region)
    left, right = _beside(below, SECTOR_COLUMNS)
    return (
        Area((LEADERSHIP, BREADTH, ROTATION, CROSS_ASSET), above),
        Area((SECTORS,), left),
        Area((WARNINGS,), right),
    )


def _huge(size: Size) -> tuple[Area, ...]:
    """Four panes in view, the three newer ones by turns."""
    left, right = _beside(size.region, LEADERSHIP_COLUMNS)
    above, below = _over_sectors(left)
    upper, lower = right.split_horizontal(int(UPPER * size.height))
    return (
        Area((LEADERSHIP,), above),
        Area((SECTORS,), below),
        Area((WARNINGS,), upper),
        Area((BREADTH, ROTATION, CROSS_ASSET), lower),
    )


def _vast(size: Size) -> tuple[Area, ...]:
    """All six panes in three columns."""
    first, rest = _beside(size.region, LEADERSHIP_COLUMNS)
    second, third = _beside(rest, (rest.width - 1) // 2)
    regions = (
        *_over_sectors(first),
        *second.split_horizontal(int(UPPER * size.height)),
        *third.split_horizontal(int(UPPER * size.height)),
    )
    order = (LEADERSHIP, SECTORS, WARNINGS, ROTATION, BREADTH, CROSS_ASSET)
    return tuple(Area((pane,), region) for pane, region in zip(order, regions, strict=True))


def _over_sectors(region: Region) -> tuple[Region, Region]:
    """The room above Sectors, and that of Sectors."""
    lines = SECTOR_LINES if region.height >= TALL else region.height // 2
    return region.split_horizontal(region.height - lines)


def _beside(region: Region, width: int) -> tuple[Region, Region]:
    """The first `width` columns and, after an empty one, the rest."""
    left, right = region.split_vertical(width)
    return left, right.shrink(Spacing(left=1))


class Stage(Widget):
    """The panes in their areas."""

    def __init__(self, panes: Iterable[Pane], size: Size) -> None:
        """The first `panes`; `size` is what the stage will have, so that the first paint knows who is in view."""
        super().__init__(id="stage")
        self._panes = {pane.COMMAND: pane for pane in panes}
        self._recent = list(ORDER)
        self._zoomed = False
        self._placing = _Placing(self.places)
        self._settle(size)

    def compose(self) -> ComposeResult:
        """All panes; those without a place are not in view."""
        yield from self._panes.values()

    def add(self, panes: Iterable[Pane]) -> None:
        """More panes, each in the area that the plan has for it."""
        added = list(panes)
        self._panes |= {pane.COMMAND: pane for pane in added}
        self._settle(self.size)
        self.mount(*added)

    @property
    def layout(self) -> Layout:
        """The plan, where other widgets have a layout of the stylesheet."""
        return self._placing

    def on_resize(self) -> None:
        """Another size may be another plan."""
        self._settle(self.size)

    def places(self, size: Size | None = None) -> dict[Pane, Region]:
        """Where the panes in view stand, on a stage of `size` or of its own."""
        areas = self._areas(self.size if size is None else size)
        return {self._panes[min(area.panes, key=self._recent.index)]: area.region for area in areas}

    def show(self, pane: Pane, *, zoomed: bool) -> None:
        """Bring a pane into view, `zoomed` alone; nothing is laid out that stands already."""
        before = self.places()
        self._recent.remove(pane.COMMAND)
        self._recent.insert(0, pane.COMMAND)
        self._zoomed = zoomed
        if self.places() != before:
            self._settle(self.size)
            pane.refresh(layout=True)  # the stage's own would keep the places it remembers

    def _areas(self, size: Size) -> list[Area]:
        """The plan, for the panes there are."""
        areas = (
            Area(tuple(pane for pane in area.panes if pane in self._panes), area.region)
            for area in plan(size, zoomed=self._zoomed)
        )
        return [area for area in areas if area.panes]

    def _settle(self, size: Size) -> None:
        """Tell the panes whether they are in view, and with whom they share their area."""
        places = self.places(size)
        for area in self._areas(size):
            panes = [self._panes[pane] for pane in area.panes]
            tabs = tuple(pane.tab for pane in panes)
            for pane in panes:
                pane.settle(tabs, in_view=pane in places)


class _Placing(Layout):
    """Puts each pane in view at its place; the others get none."""

    name = "stage"

    def __init__(self, places: Callable[[Size], Mapping[Pane, Region]]) -> None:
        self._places = places

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:  # noqa: FBT001, FBT002 - Textual's signature
        """See `Layout`."""
        places = self._places(size).items()
        return [WidgetPlacement(region, NULL_OFFSET, Spacing(), pane) for pane, region in places if pane in children]
