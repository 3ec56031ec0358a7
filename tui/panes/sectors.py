"""The sectors: the day's moves as bars, ranks by window, rotation, and cyclicals against defensives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from textual.widget import Widget

from core.i18n import _
from core.snapshot import Rotation, SectorRow, Snapshot, Value
from tui import format as fmt
from tui.messages import Opened
from tui.panes import cells, extras
from tui.widgets.line import Line, Piece, piece
from tui.widgets.live_table import Cell, Column, LiveTable, TableRow
from tui.widgets.pane import TablePane

MARKS: Final = {"cyclical": "●", "sensitive": "◐", "defensive": "○"}
RANKS: Final = ("5s", "21s", "63s")
WINDOW: Final = "window"
"""The name of the column of the window in force."""
BAR_WIDTHS: Final = ((cells.ROOMY, 40), (108, 24), (84, 16), (0, 10))
"""How long bars are in tables of at least so many cells."""


class SectorsPane(TablePane):
    """The rows of `sectors`, sorted by the last session's move, and the line of `rotation`."""

    COMMAND = "pane_sectors"
    RISING: ClassVar[frozenset[str]] = frozenset({"class", "symbol", "name", "quadrant", *(f"#{w}" for w in RANKS)})

    def __init__(self, key: str, *, flash: bool = True) -> None:
        super().__init__(_("Sectors"), key, flash=flash)
        self.table.sort_by("1s", reverse=True)
        self._rotation = Line(classes="pane-line")
        self._fillers = extras.fillers(None)

    def below(self) -> Sequence[Widget]:
        """See `TablePane`."""
        return (self._rotation,)

    def slices(self, snapshot: Snapshot) -> tuple[object, ...]:
        """See `TablePane`."""
        return snapshot.sectors, snapshot.rotation

    def columns(self) -> Sequence[Column]:
        """See `TablePane`. Beside the last session stands the window in force, if it is another."""
        window = (
            () if self.window == "1s" else (Column(self.window, self.window, 7, accent=True, unit=extras.FRACTION),)
        )
        return (
            Column("class", "", 1, "left"),
            Column("symbol", _("Symbol"), 6, "left"),
            Column("name", _("Name"), 13, "left", flex=True, priority=1),
            Column("1s", "1s", 6, accent=self.window == "1s", unit=extras.FRACTION),
            Column("bar", self._bar_title(), self._bar_width(), "left", priority=2, drawn=True),
            *window,
            *(Column(f"#{w}", f"#{w}", 4, priority=3, accent=w == self.window) for w in RANKS),
            Column("quadrant", _("RRG-style"), 9, "left", priority=4),
            Column("sma50", _("vs 50d"), 6, priority=6, unit=extras.FRACTION),
            Column("spark", _("60 s"), cells.spark_width(self.room), priority=5, drawn=True),
        )

    def more(self) -> Sequence[Column]:
        """See `TablePane`."""
        return extras.columns()

    def meanings(self) -> Mapping[str, str]:
        """See `TablePane`."""
        own = {
            "class": _("cyclical, sensitive, defensive in the scheme named"),
            "1s": _("change over the last session, %"),
            "bar": _("the change as a bar, of the window that the pane is sorted by"),
            self.window: _("change over the window in force, %"),
            **{f"#{w}": _("rank among the sectors over {window}").format(window=w) for w in RANKS},
            "quadrant": _("strength against SPY and its momentum, own formula"),
            "spark": _("the closes of 60 sessions"),
        }
        return extras.meanings() | own

    def named(self, column: Column) -> str:
        """See `TablePane`. The column of the window in force is one, whichever that is."""
        return WINDOW if column.key == self.window != "1s" else column.key

    def rows(self) -> tuple[Sequence[TableRow], Mapping[str, str]]:
        """See `TablePane`."""
        sectors, self._fillers = self.snapshot.sectors, extras.fillers(self.chosen)
        widest = max((abs(_move(row, self._barred()) or 0.0) for row in sectors), default=0.0)
        return [self._row(row, widest) for row in sectors], {}

    def info(self) -> tuple[str, ...]:
        """See `TablePane`: window, basis, base session, order, and what the marks mean in which scheme."""
        scheme = self.snapshot.rotation.scheme
        order = self.order(_("as configured"))
        present = {row.cls for row in self.snapshot.sectors}
        names = {"cyclical": _("cyclical"), "sensitive": _("sensitive"), "defensive": _("defensive")}
        marks = " ".join(f"{MARKS[cls]} {name}" for cls, name in names.items() if cls in present)
        head, short = cells.measured(self.snapshot.sectors, self.snapshot.basis, self.window)
        ordered = f"{head} · {order}"
        return f"{ordered} · {marks} ({scheme})", f"{ordered} · {marks}", ordered, head, short

    def fill(self, *, flash: bool) -> None:
        """Fill the table and the line below it."""
        super().fill(flash=flash)
        self._rotation.show(rotation_pieces(self.snapshot.rotation, self.window))

    def on_sorted(self) -> None:
        """See `TablePane`. The bars draw what the pane is sorted by."""
        self.refill(flash=False)

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        """Open a sector: its members, or its fund among all in their present order."""
        event.stop()
        self.post_message(Opened(event.key, [row.key for _section, row in self.table.rows()], sector=True))

    def _bar_width(self) -> int:
        return next(width for room, width in BAR_WIDTHS if self.room >= room)

    def _bar_title(self) -> str:
        return "" if self._barred() == "1s" else self._barred()

    def _barred(self) -> str:
        """The window that the bars draw: the one the pane is sorted by, else the last session."""
        return self.window if self.table.sort_key == self.window else "1s"

    def _row(self, row: SectorRow, widest: float) -> TableRow:
        move = _move(row, self._barred())
        quadrant = _quadrants().get(row.quadrant or "", fmt.DASH)
        found = {
            **{key: fill(row) for key, fill in self._fillers.items()},
            "class": Cell(MARKS.get(row.cls or "", " "), "dim" if row.cls == "defensive" else "", row.cls),
            "symbol": Cell(row.symbol, "", row.symbol),
            "name": Cell(row.name, "dim", row.name),
            "bar": cells.bar(move, widest, self._bar_width()),
            "1s": cells.change(row, "1s"),
            self.window: cells.change(row, self.window),
            **{f"#{w}": cells.rank(row.rank.get(w), of=row.rank_of.get(w)) for w in RANKS},
            "quadrant": Cell(quadrant, "" if row.quadrant else "dim", row.quadrant),
            "sma50": cells.percent(row.dist_sma50, 1, colour=False),
            "spark": cells.spark(row.spark, cells.spark_width(self.room)),
        }
        return TableRow(row.symbol, cells.aged(found, row, self.snapshot))


def _move(row: SectorRow, window: str) -> Value:
    return row.chg_1s if window == "1s" else cells.of(row.ret, window)


def rotation_pieces(rotation: Rotation, window: str) -> list[Piece]:
    """Cyclicals less defensives by window, how ranks persist, and who has led for how long."""
    if not rotation.scheme:
        return []
    head = _("cyclicals - defensives {scheme}").format(scheme=rotation.scheme)
    pieces = [piece(head, _("cyc - def {scheme}").format(scheme=rotation.scheme), style="dim", weight=20, gap=1)]
    for place, (name, spread) in enumerate(rotation.cyc_minus_def.items()):
        style = "strong" if name == window else ""
        weight = 50 if name in (window, "1s", "21s") else 30 - place
        pieces.append(piece(f"{name} {fmt.pp(spread, 2)}", f"{name} {fmt.pct(spread)}", "", style=style, weight=weight))
    if rotation.z21 is not None:
        pieces.append(piece(f"z21 {fmt.number(rotation.z21, 1)}", "", style="dim", weight=10))
    if rotation.rank_persistence is not None:
        text = _("rank persistence {value}").format(value=fmt.number(rotation.rank_persistence))
        pieces.append(piece(text, "", style="dim", weight=9))
    leader, days = rotation.leader.get(window), rotation.leader_days.get(window)
    if leader is not None and days is not None:
        text = _("{symbol} first in {window} for {days} s").format(symbol=leader, window=window, days=days)
        pieces.append(piece(text, "", style="dim", weight=8))
    return pieces


def _quadrants() -> dict[str, str]:
    return {
        "Leading": _("Leading"),
        "Weakening": _("Weakening"),
        "Lagging": _("Lagging"),
        "Improving": _("Improving"),
    }
