"""Where the sectors stand and where they come from, on the rotation graph; beside it the same in numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget

from core.i18n import _
from core.snapshot import SectorRow, Snapshot, Value
from tui import format as fmt
from tui.messages import Opened
from tui.panes import cells
from tui.widgets.line import Line, Piece, piece
from tui.widgets.live_table import Cell, Column, LiveTable, TableRow
from tui.widgets.pane import Pane
from tui.widgets.rotation_graph import Point, RotationGraph, Track, quadrant_name, quadrant_of
from tui.widgets.table_model import matching

ARROWS: Final = "→↗↑↖←↙↓↘"
BACK: Final = 5
"""The sessions that the path in the list looks back."""
BESIDE: Final = 104
"""Columns from which on the list stands beside the graph."""
BELOW: Final = 30
"""Lines from which on the list stands below the graph, in fewer columns."""
WEEKS, DAYS, NONE = "weeks", "days", "none"
TAILS: Final = (WEEKS, DAYS, NONE)


class RotationPane(Pane):
    """The rotation of the rows of `sectors`. One cursor moves on the graph and in the list, by keys and by clicks."""

    COMMAND = "pane_rotation"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("left,h", "aside(-1)", show=False),
        Binding("right,l", "aside(1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
        Binding("enter", "select", show=False),
        Binding("d", "tails", show=False),
    ]

    DEFAULT_CSS = """
    RotationPane {
        & RotationBody { height: 1fr; layout: horizontal; }
        & RotationGraph { width: 1fr; height: 1fr; }
        & List { display: none; width: 52; height: 1fr; margin-left: 1; }
        & .-beside List, & .-below List { display: block; }
        & .-below { layout: vertical; }
        & .-below List { width: 1fr; height: 12; margin-left: 0; }
    }
    """

    def __init__(self, key: str, *, flash: bool = True) -> None:
        super().__init__(_("Rotation"), key)
        self.graph = RotationGraph()
        self.table = List()
        self.table.flash_enabled = flash
        self.tails = WEEKS
        self._body = RotationBody(self.graph, self.table)
        self._told = Line(classes="pane-line")
        self._shown: frozenset[str] = frozenset()

    def body(self) -> Widget:
        """See `Pane`."""
        return self._body

    def below(self) -> Sequence[Widget]:
        """See `Pane`: what the list would say of the symbol at the cursor, where there is no list."""
        return (self._told,)

    def slices(self, snapshot: Snapshot) -> tuple[object, ...]:
        """See `Pane`."""
        return (snapshot.sectors,)

    def info(self) -> tuple[str, ...]:
        """See `Pane`: whose formula this is, and the key that changes the tails."""
        hint = self._hint()
        return _("RRG-style, own formula · against SPY · {hint}").format(hint=hint), hint

    def fill(self, *, flash: bool) -> None:
        """See `Pane`."""
        self._arrange()
        self.table.set_columns(self._columns())
        rows = matching([_row(row) for row in self.snapshot.sectors], {}, self.filter)
        self._shown = frozenset(row.key for row in rows)
        self.table.set_rows(rows, flash=flash)
        self._show_cursor()
        super().fill(flash=flash)

    def counted(self) -> tuple[int, int]:
        """See `Pane`."""
        return len(self._shown), len(self.snapshot.sectors)

    def listed(self) -> LiveTable:
        """See `Pane`."""
        return self.table

    @property
    def look(self) -> str:
        """See `Pane`: the tails."""
        return self.tails

    def take_look(self, look: str) -> None:
        """See `Pane`."""
        if look in TAILS:
            self.tails = look

    def sort_next(self) -> None:
        """See `Pane`: of the list."""
        self.table.sort_next()

    def sort_reverse(self) -> None:
        """See `Pane`: of the list."""
        self.table.sort_turn()

    def action_move(self, step: int) -> None:
        """To the next symbol of the list."""
        self.table.action_move(step)

    def action_end(self, step: int) -> None:
        """To the first or the last symbol of the list."""
        self.table.action_end(step)

    def action_aside(self, step: int) -> None:
        """To the next symbol on the graph with a smaller (-1) or a greater (1) ratio."""
        ratios = {row.symbol: row.rs_ratio for row in self._sectors() if row.rs_ratio is not None}
        here = ratios.get(self.table.cursor_key or "")
        if here is None:
            return
        beyond = {symbol: step * (ratio - here) for symbol, ratio in ratios.items() if step * (ratio - here) > 0}
        if beyond:
            self.table.move_cursor_to(min(beyond, key=lambda symbol: beyond[symbol]))

    def action_select(self) -> None:
        """Open the symbol at the cursor."""
        self.table.action_select()

    def action_tails(self) -> None:
        """Tails by week, by day, none."""
        self.tails = TAILS[(TAILS.index(self.tails) + 1) % len(TAILS)]
        self._show_cursor()
        self.show_title()

    def on_live_table_row_highlighted(self) -> None:
        """The cursor has moved: mark another symbol."""
        self._show_cursor()

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        """Open a sector fund, among all in their present order."""
        event.stop()
        self.post_message(Opened(event.key, [row.key for _section, row in self.table.rows()]))

    def on_rotation_graph_picked(self, event: RotationGraph.Picked) -> None:
        """Move the cursor to what was clicked."""
        event.stop()
        self.table.move_cursor_to(event.symbol)

    def _arrange(self) -> None:
        """Give the list a place beside or below the graph, or none."""
        beside = self._body.size.width >= BESIDE
        below = not beside and self._body.size.height >= BELOW
        self._body.set_class(beside, "-beside")
        self._body.set_class(below, "-below")
        self._told.display = not (beside or below)

    def _show_cursor(self) -> None:
        """Draw the graph with the cursor and the tails in force; tell about its symbol."""
        sectors, cursor = self._sectors(), self.table.cursor_key
        tracks = [track for row in sectors if (track := _track(row, self.tails)) is not None]
        self.graph.show(tracks, cursor)
        told = [part for row in sectors if row.symbol == cursor for part in _told(row)]
        self._told.show(told, [piece(self._hint(), "", style="dim", weight=15)])

    def _sectors(self) -> list[SectorRow]:
        """The rows that the filter leaves."""
        return [row for row in self.snapshot.sectors if row.symbol in self._shown]

    def _hint(self) -> str:
        """The key that changes the tails, and what they are."""
        names = {WEEKS: _("tails by week"), DAYS: _("tails by day"), NONE: _("no tails")}
        return _("d: {tails}").format(tails=names[self.tails])

    def _columns(self) -> Sequence[Column]:
        return (
            Column("symbol", _("Symbol"), 6, "left"),
            Column("quadrant", _("Quadrant"), 9, "left", flash=True),
            Column("ratio", _("Ratio"), 6, unit="number around 100"),
            Column("momentum", _("Mom."), 6, unit="number around 100"),
            Column("path", _("5 s"), 19, "left"),
        )


class RotationBody(Container, can_focus=True):
    """Graph and list; the keys are those of the pane."""

    def watch_has_focus(self, has_focus: bool) -> None:  # noqa: FBT001 - Textual's signature
        """Light the row of the list; no style depends on the focus, and Textual would resolve all below."""
        self.query_one(List).lit = has_focus


class List(LiveTable, can_focus=False):
    """The list beside the graph; the keys are those of the pane."""


def _row(row: SectorRow) -> TableRow:
    named = {"symbol": Cell(row.symbol, "", row.symbol), "name": Cell(row.name)}  # a filter finds the name as well
    here = _point((row.rs_ratio, row.rs_momentum))
    if here is None:
        return TableRow(row.symbol, {**named, "path": Cell(cells.reason(row.status), "stale")})
    quadrant = quadrant_of(here)
    found = {
        **named,
        "quadrant": Cell(quadrant_name(quadrant), LOOKS[quadrant], quadrant),
        "ratio": cells.plain(row.rs_ratio, 2),
        "momentum": cells.plain(row.rs_momentum, 2),
        "path": Cell(_path(row, here), "dim", _length(row, here)),
    }
    return TableRow(row.symbol, found)


LOOKS: Final = {"leading": "up", "weakening": "watch", "lagging": "down", "improving": "accent"}
"""The quadrants in the styles of a table; those of the graph have the same colours."""


def _told(row: SectorRow) -> list[Piece]:
    """The row of the list as a line."""
    here = _point((row.rs_ratio, row.rs_momentum))
    head = [piece(row.symbol, style="strong", gap=1), piece(row.name, "", style="dim", gap=1, weight=10)]
    if here is None:
        return [*head, piece(cells.reason(row.status), style="dim")]
    ratio = _("ratio {value}").format(value=fmt.number(here[0], sign=False))
    momentum = _("momentum {value}").format(value=fmt.number(here[1], sign=False))
    path = _("5 s {path}").format(path=_path(row, here))
    numbers = [piece(ratio, "", weight=30), piece(momentum, "", weight=30), piece(path, "", weight=20)]
    return [*head, piece(quadrant_name(quadrant_of(here))), *numbers]


def _path(row: SectorRow, here: Point) -> str:
    """Where a symbol has gone in five sessions: its direction on the graph, and the quadrant it came from."""
    before = _before(row)
    if before is None:
        return fmt.DASH
    angle = math.atan2(here[1] - before[1], here[0] - before[0])
    arrow = ARROWS[round(4 * angle / math.pi) % 8]
    came_from = quadrant_of(before)
    if came_from == quadrant_of(here):
        return arrow
    return _("{arrow} from {quadrant}").format(arrow=arrow, quadrant=quadrant_name(came_from))


def _length(row: SectorRow, here: Point) -> Value:
    before = _before(row)
    return None if before is None else math.dist(before, here)


def _before(row: SectorRow) -> Point | None:
    return _point(row.tail_days[-1 - BACK]) if len(row.tail_days) > BACK else None


def _track(row: SectorRow, tails: str) -> Track | None:
    """The way of a row on the graph; None where it stands nowhere."""
    head = _point((row.rs_ratio, row.rs_momentum))
    if head is None:
        return None
    before = {WEEKS: row.tail[:-1], DAYS: row.tail_days[:-1], NONE: ()}[tails]
    return Track(row.symbol, (*(point for pair in before if (point := _point(pair)) is not None), head))


def _point(pair: tuple[Value, Value]) -> Point | None:
    return None if pair[0] is None or pair[1] is None else (pair[0], pair[1])
