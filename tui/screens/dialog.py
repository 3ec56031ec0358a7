"""Dialogs over any screen: a list in a box, from which one thing is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.types import CSSPathType

from core.i18n import _
from tui.commands import ALWAYS_QUIT, DIALOG
from tui.widgets.live_table import Cell, Column, LiveTable, TableRow
from tui.widgets.table_model import span

T = TypeVar("T")

ROOM: Final = 5
"""Cells beside the columns: borders, margins, and a scroll bar."""
SHORT: Final = 10
"""Cells that an explanation has at least."""


class List(LiveTable):
    """The list of a dialog: one click takes a row."""

    CLICKS: ClassVar[int] = 1


class Dialog(ModalScreen[T], inherit_bindings=False):
    """A box with a title, a list that has the keys, and a hint. Escape leaves it."""

    ALLOW_SELECT = False
    CSS_PATH: ClassVar[CSSPathType | None] = ["../styles/table.tcss", "../styles/dialog.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding(ALWAYS_QUIT, "app.command('quit')", show=False),
    ]

    def __init__(self, title: str, hint: str, columns: Sequence[Column], *, about: int) -> None:
        """`about` is how many cells the flexible column would like to have."""
        super().__init__(name=DIALOG)
        self.list = List()
        self.list.flash_enabled = False
        self.list.set_columns(columns)
        self._title, self._hint = title, hint
        self._wanted = span(columns) + max(0, about - sum(column.width for column in columns if column.flex)) + ROOM

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(id="box") as box:
            box.border_title = self._title
            box.border_subtitle = self._hint
            box.styles.width = self._wanted
            yield self.list

    def on_mount(self) -> None:
        """Let the keys go to the list."""
        self.list.focus()

    def show_rows(self, rows: Sequence[TableRow]) -> None:
        """Show these rows, in a box as high as they need."""
        self.list.set_rows(rows)
        self.list.styles.height = len(rows) + 1

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its name, and what it is or needs."""

    key: str
    name: str
    about: str = ""


class Chooser(Dialog[str]):
    """One of several options; the result is its key, None where nothing was chosen."""

    def __init__(self, title: str, options: Iterable[Option], *, here: str = "") -> None:
        """`here` is the key of the option in force."""
        self._options = tuple(options)
        name = max(len(option.name) for option in self._options)
        about = max(len(option.about) for option in self._options)
        super().__init__(
            title,
            _("↑ ↓ choose · enter takes · escape leaves"),
            (
                Column("mark", "", 1, "left"),
                Column("symbol", "", name, "left"),
                Column("about", "", SHORT, "left", flex=True),
            ),
            about=about,
        )
        self._here = here

    def on_mount(self) -> None:
        """Show the options, the cursor on the one in force."""
        super().on_mount()
        self.show_rows([self._row(option) for option in self._options])
        self.list.move_cursor_to(self._here)

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        """Take it."""
        event.stop()
        self.dismiss(event.key)

    def _row(self, option: Option) -> TableRow:
        cells = {
            "mark": Cell("●" if option.key == self._here else "", "accent"),
            "symbol": Cell(option.name),
            "about": Cell(option.about, "dim"),
        }
        return TableRow(option.key, cells)
