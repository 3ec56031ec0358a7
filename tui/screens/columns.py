"""The chooser of columns: which of them a pane shows, and in which order; the pane follows at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from core.i18n import _
from tui.screens.dialog import SHORT, Dialog
from tui.widgets.live_table import Cell, Column, LiveTable, TableRow
from tui.widgets.table_model import PINNED

Choose = Callable[[Sequence[str] | None], None]

MARKS = {True: "■", False: "·"}


class ColumnsDialog(Dialog[None]):
    """Columns by name, those that are shown first; `choose` is told every change, None for the usual columns."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "list_select", show=False),
        Binding("shift+up,K", "move(-1)", show=False),
        Binding("shift+down,J", "move(1)", show=False),
        Binding("r", "usual", show=False),
        Binding("enter", "done", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        offered: Mapping[str, Column],
        meanings: Mapping[str, str],
        *,
        usual: Sequence[str],
        chosen: Sequence[str] | None,
        choose: Choose,
    ) -> None:
        """`usual` are the names of the usual columns, `chosen` those in force, None for the usual ones."""
        super().__init__(
            title,
            _("space: show or hide · K J: move · r: the usual · enter: done"),
            (
                Column("mark", "", 1, "left"),
                Column("symbol", _("Column"), 10, "left"),
                Column("about", _("What it is"), SHORT, "left", flex=True),
            ),
            about=60,
        )
        self._offered, self._meanings, self._choose = offered, meanings, choose
        self._usual, self._before = tuple(usual), chosen
        self._shown: list[str] = []
        self._order: list[str] = []

    def on_mount(self) -> None:
        """Show the columns."""
        super().on_mount()
        self._begin(self._usual if self._before is None else self._before)
        self.list.action_end(-1)

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        """Show the column at the cursor, or hide it; that of the symbol stays, and so does the last one."""
        event.stop()
        name = event.key
        if name not in self._shown:
            self._shown = [n for n in self._order if n in self._shown or n == name]
        elif name != PINNED and len(self._shown) > 1:
            self._shown.remove(name)
        self._tell()

    def action_list_select(self) -> None:
        """As a click would."""
        self.list.action_select()

    def action_move(self, step: int) -> None:
        """Move the column at the cursor up or down."""
        name = self.list.cursor_key
        at = self._order.index(name) if name is not None else -1
        if name is not None and 0 <= at + step < len(self._order):
            self._order.remove(name)
            self._order.insert(at + step, name)
            self._shown = [n for n in self._order if n in self._shown]
            self._tell()

    def action_usual(self) -> None:
        """Show the usual columns again."""
        self._begin(self._usual)
        self._choose(None)

    def action_done(self) -> None:
        """Keep what is shown."""
        self.dismiss(None)

    def action_leave(self) -> None:
        """Show what was shown before."""
        self._choose(self._before)
        self.dismiss(None)

    def _begin(self, shown: Sequence[str]) -> None:
        self._shown = [name for name in shown if name in self._offered]
        self._order = [*self._shown, *(name for name in self._offered if name not in self._shown)]
        self._list()

    def _tell(self) -> None:
        self._choose(tuple(self._shown))
        self._list()

    def _list(self) -> None:
        self.show_rows([self._row(name) for name in self._order])

    def _row(self, name: str) -> TableRow:
        shown = name in self._shown
        column = self._offered[name]
        cells = {
            "mark": Cell(MARKS[shown], "accent" if shown else "dim"),
            "symbol": Cell(column.title or name, "" if shown else "dim"),
            "about": Cell(self._meanings.get(column.key, ""), "dim"),
        }
        return TableRow(name, cells)
