"""What all panes are: a title in a rule, a body below it, and one slice of the snapshot that fills it.

`Pane` leaves the body to its subclass; that of a `TablePane` is a live table. A pane out of view does nothing until
it comes back, and is then as it was left.
"""

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
from tui.widgets.past_header import marks
from tui.widgets.table_model import BLANK, PINNED, matching
from tui.widgets.title import Tab, TitleLine

TRADED: Final = frozenset({"last", "1s", "state"})
"""Columns whose changes light up: what is traded, and the state of a warning. The rest only follows from it."""


class Pane(Vertical):
    """A pane of the board. A subclass names its slice of the snapshot, and fills its body from it."""

    COMMAND: ClassVar[str]
    """The command that goes to this pane."""

    snapshot: var[Snapshot] = var(EMPTY, init=False)
    """What the board shows; only a change of the pane's own slice is work."""
    window: var[str] = var("63s", init=False)
    """The window of ranks and highlights, the same everywhere."""
    active: var[bool] = var(default=False, init=False)
    """Whether this is the pane that the keys go to."""
    filter: var[str] = var("", init=False)
    """The words that a row must have to be shown; "" shows all."""

    def __init__(self, name: str, key: str, *, short: str = "") -> None:
        """`name` stands in the title, `short` for it where the title is narrow; `key` goes to the pane."""
        super().__init__()
        self.tab = Tab(self.COMMAND, key, name, short or name)
        self._tabs: tuple[Tab, ...] = (self.tab,)
        self._in_view = True
        self._stale = False
        self._room: int | None = None  # every row asks for it, and Textual works it out anew each time
        self._line = TitleLine(classes="pane-title")
        self.chosen: tuple[str, ...] | None = None
        """The columns that the user wants, by name and in this order; None for the usual ones."""

    def compose(self) -> ComposeResult:
        """Title, body, and whatever the pane adds below."""
        yield self._line
        yield self.body()
        yield from self.below()

    @abstractmethod
    def body(self) -> Widget:
        """The widget under the title, which takes the focus; the same one at every call."""

    def below(self) -> Sequence[Widget]:
        """Widgets under the body."""
        return ()

    @abstractmethod
    def slices(self, snapshot: Snapshot) -> tuple[object, ...]:
        """The parts of the snapshot that this pane shows, compared by identity."""

    @abstractmethod
    def info(self) -> tuple[str, ...]:
        """What the title says of the content, longest form first."""

    def fill(self, *, flash: bool) -> None:
        """Show the snapshot and the window in force: called after a change of either, and of the size."""
        self.show_title()

    def sort_next(self) -> None:
        """Sort by the next column, where there are columns."""

    def sort_reverse(self) -> None:
        """Turn the order round, where there is one."""

    def counted(self) -> tuple[int, int]:
        """How many rows the filter has left, and of how many."""
        return 0, 0

    @abstractmethod
    def listed(self) -> LiveTable:
        """The table of the pane, or the one beside its picture."""

    def go_to(self, symbol: str) -> None:
        """Put the cursor on a symbol, where it is shown."""
        for _section, row in self.listed().rows():
            if row.cells.get(PINNED, BLANK).text == symbol:
                self.listed().move_cursor_to(row.key)
                return

    @property
    def look(self) -> str:
        """What of its look comes back at the next start, beside order and columns; "" for nothing."""
        return ""

    def take_look(self, look: str) -> None:
        """Look so again; words that it does not know change nothing."""

    @property
    def room(self) -> int:
        """The cells that a line of the body has; 0 before it has a place on the screen."""
        if self._room is None:
            self._room = self.body().scrollable_size.width
        return self._room

    def settle(self, tabs: tuple[Tab, ...], *, in_view: bool) -> None:
        """Stand in a place that these tabs share, in view or not; what was missed meanwhile is made good."""
        self._tabs, self._in_view = tabs, in_view
        if in_view and self._stale:
            self.refill(flash=False)
        else:
            self.show_title()

    def refill(self, *, flash: bool) -> None:
        """Fill the body now if it is in view, else when it comes back."""
        self._stale = not self._in_view
        self._room = None
        if self._in_view:
            self.fill(flash=flash)

    def on_resize(self) -> None:
        """Fill the new room: bars, sparklines and broken lines have their lengths from it."""
        self.refill(flash=False)

    def watch_snapshot(self, old: Snapshot, new: Snapshot) -> None:
        """Fill the pane again, unless it shows the very same objects already."""
        same = all(a is b for a, b in zip(self.slices(old), self.slices(new), strict=True))
        if not same:
            self.refill(flash=not (old is EMPTY or old.past or new.past))

    def watch_window(self, old: str, new: str) -> None:
        """Show another window; that is no news of the market, so nothing flashes."""
        if old != new:
            self.refill(flash=False)

    def watch_active(self) -> None:
        """Mark the title."""
        self.show_title()

    def watch_filter(self) -> None:
        """Show other rows; that is no news of the market, so nothing flashes."""
        self.refill(flash=False)

    def show_title(self) -> None:
        """Name the pane, those it shares its place with, and what it shows."""
        if self._in_view:
            past = (*marks(self.snapshot), _("PAST")) if self.snapshot.past else ()
            self._line.show_tabs(self._tabs, self.tab, self._title_forms(), active=self.active, past=past)

    def _title_forms(self) -> tuple[str, ...]:
        """What the title says: before all else that rows are hidden."""
        if not self.filter:
            return self.info()
        n, of = self.counted()
        hidden = _("filter: {words} · {n} of {of}").format(words=self.filter, n=n, of=of)
        return *(f"{hidden} · {form}" for form in self.info() if form), hidden, f"/{self.filter} {n}/{of}"


class TablePane(Pane):
    """A pane with a live table, which a subclass gives columns and rows."""

    DEFAULT_CSS = """
    TablePane LiveTable { height: 1fr; }
    """

    RISING: ClassVar[frozenset[str]] = frozenset()
    """Columns that are sorted from their smallest value first; the others begin with the greatest."""

    def __init__(self, name: str, key: str, *, short: str = "", flash: bool = True) -> None:
        """See `Pane`; `flash`: changes light up."""
        super().__init__(name, key, short=short)
        self.table = LiveTable()
        self.table.flash_enabled = flash
        self._counted = (0, 0)

    def body(self) -> LiveTable:
        """See `Pane`."""
        return self.table

    def listed(self) -> LiveTable:
        """See `Pane`."""
        return self.table

    @abstractmethod
    def columns(self) -> Sequence[Column]:
        """The usual columns for the window in force."""

    def more(self) -> Sequence[Column]:
        """Further columns that can be chosen."""
        return ()

    def meanings(self) -> Mapping[str, str]:
        """What the columns are, in words, by key."""
        return {}

    def named(self, column: Column) -> str:
        """What a column is remembered by: its key, but where that depends on the window."""
        return column.key

    def offered(self) -> Mapping[str, Column]:
        """All columns that can be shown, by name, the usual ones first."""
        usual = {self.named(column): column for column in self.columns()}
        return usual | {column.key: column for column in self.more() if column.key not in usual}

    def shown(self) -> Sequence[Column]:
        """The columns that are shown: the usual ones, or those chosen, of which the first stay where room is short."""
        if self.chosen is None:
            return self.columns()
        known = self.offered()
        kept = [known[name] for name in self.chosen if name in known]
        if PINNED in known and PINNED not in self.chosen:
            kept.insert(0, known[PINNED])
        return [replace(c, priority=0 if c.key == PINNED else place) for place, c in enumerate(kept)] or self.columns()

    def choose(self, names: Sequence[str] | None) -> None:
        """Show these columns; None for the usual ones."""
        self.chosen = None if names is None else tuple(names)
        self.refill(flash=False)

    @abstractmethod
    def rows(self) -> tuple[Sequence[TableRow], Mapping[str, str]]:
        """The rows for the snapshot in force, and the titles of their sections."""

    def on_live_table_sort_requested(self, event: LiveTable.SortRequested) -> None:
        """Name the new order in the title."""
        event.stop()
        self.on_sorted()

    def fill(self, *, flash: bool) -> None:
        """Give the table the columns and rows in force."""
        self.table.set_columns([replace(c, flash=c.key in TRADED) for c in self.shown()])
        rows, sections = self.rows()
        found = matching(rows, sections, self.filter)
        self._counted = len(found), len(rows)
        self.table.empty = _("no row has these words; escape shows all") if rows else ""
        self.table.set_rows(found, sections=sections, flash=flash)
        super().fill(flash=flash)

    def counted(self) -> tuple[int, int]:
        """See `Pane`."""
        return self._counted

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
        self.show_title()

    def order(self, unsorted: str) -> str:
        """The order of the rows in words, `unsorted` for the order in which the pane gives them."""
        key = self.table.sort_key
        if key is None:
            return unsorted
        name = next((column.title for column in self.shown() if column.key == key and column.title), key)
        return _("by {column}").format(column=name)
