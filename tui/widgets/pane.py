"""What all panes are: a title in a rule, a live table below it, and one slice of the snapshot that fills it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import var
from textual.widget import Widget

from core.i18n import _
from core.snapshot import EMPTY, Snapshot
from tui.widgets.live_table import Column, LiveTable, TableRow
from tui.widgets.title import Title, TitleLine

TRADED: Final = frozenset({"last", "1s", "state"})
"""Columns whose changes light up: what is traded, and the state of a warning. The rest only follows from it."""


class Pane(Vertical):
    """A pane of the board. A subclass names its slice of the snapshot and turns it into columns and rows."""

    DEFAULT_CSS = """
    Pane LiveTable { height: 1fr; }
    """

    COMMAND: ClassVar[str]
    """The command that goes to this pane."""
    RISING: ClassVar[frozenset[str]] = frozenset()
    """Columns that are sorted from their smallest value first; the others begin with the greatest."""

    snapshot: var[Snapshot] = var(EMPTY, init=False)
    """What the board shows; only a change of the pane's own slice is work."""
    window: var[str] = var("63s", init=False)
    """The window of ranks and highlights, the same everywhere."""
    active: var[bool] = var(default=False, init=False)
    """Whether this is the pane that the keys go to."""
    title: var[Title] = var(Title("", "", ""), init=False)
    """What the pane is called, and what it shows now."""

    def __init__(self, name: str, key: str, *, flash: bool = True) -> None:
        super().__init__()
        self.table = LiveTable()
        self.table.flash_enabled = flash
        self._line = TitleLine(classes="pane-title")
        self._title = Title(self.COMMAND, key, name)

    def compose(self) -> ComposeResult:
        """Title, table, and whatever the pane adds below."""
        yield self._line
        yield self.table
        yield from self.below()

    def below(self) -> Sequence[Widget]:
        """Widgets under the table."""
        return ()

    @abstractmethod
    def slices(self, snapshot: Snapshot) -> tuple[object, ...]:
        """The parts of the snapshot that this pane shows, compared by identity."""

    @abstractmethod
    def columns(self) -> Sequence[Column]:
        """The columns for the window in force."""

    @abstractmethod
    def rows(self) -> tuple[Sequence[TableRow], Mapping[str, str]]:
        """The rows for the snapshot in force, and the titles of their sections."""

    @abstractmethod
    def info(self) -> tuple[str, ...]:
        """What the title says of the content, longest form first."""

    def on_resize(self) -> None:
        """Fill the new room: bars, sparklines and broken lines have their lengths from it."""
        self.fill(flash=False)

    @property
    def room(self) -> int:
        """The cells that a line of the table has; 0 before it has a place on the screen."""
        return self.table.size.width

    def watch_snapshot(self, old: Snapshot, new: Snapshot) -> None:
        """Fill the pane again, unless it shows the very same objects already."""
        same = all(a is b for a, b in zip(self.slices(old), self.slices(new), strict=True))
        if not same:
            self.fill(flash=old is not EMPTY)

    def watch_window(self, old: str, new: str) -> None:
        """Show another window; that is no news of the market, so nothing flashes."""
        if old != new:
            self.fill(flash=False)

    def watch_active(self) -> None:
        """Mark the title."""
        self.set_class(self.active, "-active")
        self._show_title()

    def on_live_table_sort_requested(self, event: LiveTable.SortRequested) -> None:
        """Name the new order in the title."""
        event.stop()
        self.on_sorted()

    def fill(self, *, flash: bool) -> None:
        """Give the table the columns and rows in force."""
        self.table.set_columns([replace(c, flash=c.key in TRADED) for c in self.columns()])
        rows, sections = self.rows()
        self.table.set_rows(rows, sections=sections, flash=flash)
        self._show_title()

    def sort_next(self) -> None:
        """Sort by the next column, its best end first."""
        self.table.sort_next()
        key = self.table.sort_key
        if key is not None and key not in self.RISING:
            self.table.sort_by(key, reverse=True)

    def sort_reverse(self) -> None:
        """Turn the order round."""
        self.table.sort_turn()

    def on_sorted(self) -> None:
        """The rows stand in another order."""
        self._show_title()

    def order(self, unsorted: str) -> str:
        """The order of the rows in words, `unsorted` for the order in which the pane gives them."""
        key = self.table.sort_key
        if key is None:
            return unsorted
        name = next((column.title for column in self.columns() if column.key == key and column.title), key)
        return _("by {column}").format(column=name)

    def _show_title(self) -> None:
        self.title = Title(self._title.command, self._title.key, self._title.name, self.info())
        self._line.show_titles([self.title], 0 if self.active else None)
