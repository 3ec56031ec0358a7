"""The live table: keyed rows that repaint only the lines which changed.

A `ScrollView` that draws each line as a `Strip`. Line 0 of the widget is the header and stays; below it
scrolls the body, whose lines have names (`table_model.Line`) that outlive a re-sort, so a strip once drawn is
used until its row, its place for the cursor, its flash, the columns or the styles change. `set_rows` compares
and asks Textual to repaint the lines that differ, nothing else; one timer takes the flashes off again, and
an idle table draws nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from time import monotonic
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from tui.widgets.flashes import Flashes
from tui.widgets.table_body import Body
from tui.widgets.table_look import CLASS, DEFAULT_CSS, PARTS, STYLES, Looks
from tui.widgets.table_model import MARGIN, Cell, Column, Cursor, Line, TableRow, pages, slots, span
from tui.widgets.table_paint import paint_header, paint_note, paint_row, paint_section

__all__ = ["STYLES", "Cell", "Column", "LiveTable", "TableRow"]

HEADER: Final = 1
"""The lines that the header takes at the top of the widget."""


class LiveTable(ScrollView, can_focus=True):
    """A table of keyed rows, fast to change, moved in by keys and mouse.

    The cursor stands on a row, and stays on its key once the user has put it there; until then it stands on the first
    row, so that the table shows its top. A table with rows always has one. Set
    `flash_enabled` to False for a table in which changes are not lit up, and `empty` to what is told where there are
    no rows.
    """

    ALLOW_SELECT = False  # a double click opens the row

    FLASH_SECONDS: ClassVar[float] = 0.6
    FLASH_SPARE: ClassVar[float] = 0.25
    """So many seconds early new rows end a flash: where rows come fast, it costs no frame of its own."""

    CLICKS: ClassVar[int] = 2
    """How many clicks on a row open it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {CLASS + name for name in (*PARTS, *STYLES)}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("left,h", "turn(-1)", show=False),
        Binding("right,l", "turn(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
        Binding("enter", "select", show=False),
    ]

    DEFAULT_CSS = DEFAULT_CSS

    class TableMessage(Message):
        """Something the user did in a table; its `control` is the table."""

        def __init__(self, table: LiveTable) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> LiveTable:
            """The table, for the selector of `textual.on`."""
            return self.table

    class RowHighlighted(TableMessage):
        """The cursor has come to the row `key`."""

        def __init__(self, table: LiveTable, key: str) -> None:
            super().__init__(table)
            self.key = key

    class RowSelected(TableMessage):
        """The row `key` was opened, with Enter or by clicks."""

        def __init__(self, table: LiveTable, key: str) -> None:
            super().__init__(table)
            self.key = key

    class SortRequested(TableMessage):
        """The user has sorted the table by the column `key` (None: as given); it is done already."""

        def __init__(self, table: LiveTable, key: str | None, *, reverse: bool) -> None:
            super().__init__(table)
            self.key = key
            self.reverse = reverse

    cursor_key: var[str | None] = var(None, init=False)
    """The key of the row that the cursor is on. Setting a key that is not in the table changes nothing."""

    lit: var[bool] = var(default=False, init=False)
    """Whether the row at the cursor stands out: with the focus, or when it is on what this table is a part of."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.flash_enabled = True
        self.empty = ""
        self._body = Body()
        self._columns: tuple[Column, ...] = ()
        self._page = 0
        self._placed = False
        self._looks = Looks(self._resolve)
        self._strips: dict[Line, Strip] = {}
        self._flashes = Flashes()
        self._flash_timer: Timer | None = None
        self._lay_out(0)  # the first paint knows the width

    @property
    def sort_key(self) -> str | None:
        """The column that the rows are sorted by; None: they stand in the order given."""
        return self._body.sort_key

    @property
    def sort_reverse(self) -> bool:
        """Whether the greatest value stands first."""
        return self._body.sort_reverse

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, in view or not."""
        return self._columns

    def rows(self) -> Iterator[tuple[str, TableRow]]:
        """Every row under the title of its section, from top to bottom."""
        for line in self._body.lines:
            if line.kind == "row":
                row = self._body.rows[line.key]
                yield self._body.title(row.section), row

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show these columns, from the first one on."""
        if tuple(columns) == self._columns:
            return
        self._columns = tuple(columns)
        self._page = 0
        self._lay_out(self._width)
        self._measure()
        self.refresh()

    def set_rows(
        self, rows: Sequence[TableRow], *, sections: Mapping[str, str] | None = None, flash: bool = True
    ) -> None:
        """Show these rows, and light up for a moment the cells whose text differs from before.

        `sections` gives the order and the titles of the sections by id. Only lines that look different are
        painted again; rows that are the same objects as before are not even compared. Two rows of one key are
        a ValueError.
        """
        before, view = self._body.lines, self._view
        shown = [slot.key for slot in self._slots]  # strips exist for these columns only
        stale, changed = self._body.replace(rows, sections or {}, shown)
        if flash and self.flash_enabled and view:  # nothing is lit unseen
            now = monotonic()
            stale = {*stale, *(Line("row", key) for key in self._flashes.expire(now + self.FLASH_SPARE))}
            end = now + self.FLASH_SECONDS
            lit = {column.key for column in self._columns if column.flash}
            for key, change in changed.items():
                if here := {column: how for column, how in change.items() if column in lit}:
                    self._flashes.add(key, here, end)
            self._time_flashes()
        self._settle(view, before, stale)

    def sort_by(self, key: str | None, *, reverse: bool = False) -> None:
        """Sort every section by the cells of a column; None: the order given."""
        if (key, reverse) == (self.sort_key, self.sort_reverse):
            return
        before = self._body.lines
        self._body.sort(key, reverse=reverse)
        self.refresh(Region(0, 0, self._width, HEADER))
        self._settle(self._view, before, ())

    def sort_next(self) -> None:
        """Sort by the next column in view; after the last one, as given. Posts `SortRequested`."""
        keys = [*(slot.key for slot in self._slots), None]
        after = keys.index(self.sort_key) + 1 if self.sort_key in keys else 0
        self._request_sort(keys[after % len(keys)], reverse=False)

    def sort_turn(self) -> None:
        """Turn the sort round, if there is one. Posts `SortRequested`."""
        if self.sort_key is not None:
            self._request_sort(self.sort_key, reverse=not self.sort_reverse)

    def move_cursor_to(self, key: str) -> None:
        """Put the cursor on a row and scroll it into view; without such a row, nothing happens."""
        self._placed = self._placed or key in self._body
        self.cursor_key = key

    def validate_cursor_key(self, key: str | None) -> str | None:
        """Refuse a key that is not there."""
        return key if key is None or key in self._body else self.cursor_key

    def watch_cursor_key(self, old: str | None, new: str | None) -> None:
        """Repaint the two rows, and tell."""
        self._repaint_rows([key for key in (old, new) if key is not None])
        if new is not None:
            self._reveal()
            self.post_message(self.RowHighlighted(self, new))

    def watch_has_focus(self, has_focus: bool) -> None:  # noqa: FBT001 - Textual's signature
        """Repaint the row at the cursor; no other style depends on the focus, and Textual would resolve them all."""
        self.lit = has_focus

    def watch_lit(self) -> None:
        """Repaint the row at the cursor."""
        self._repaint_rows([] if self.cursor_key is None else [self.cursor_key])

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a paint; the place to notice a new width, once and not for each line."""
        width = self.scrollable_size.width
        if width != self._width:
            self._lay_out(width)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Line `y` of the widget: the header, or a line of the body."""
        width = self._width
        if y < HEADER:
            accent = {column.key for column in self._columns if column.accent}
            more = (self._page > 0, self._page < len(self._pages) - 1)
            sort = (self.sort_key, self.sort_reverse)
            return paint_header(self._slots, self._looks, width, accent=accent, sort=sort, more=more)
        at = self.scroll_offset.y + y - HEADER
        if at >= len(self._body.lines):
            words = f" {self.empty}" if at == 0 else ""
            return Strip([Segment(words, self._looks["row", "dim", ""])]).adjust_cell_length(
                width, self._looks["row", "", ""]
            )
        line = self._body.lines[at]
        strip = self._strips.get(line)
        if strip is None:
            strip = self._strips[line] = self._paint(line)
        return strip

    def notify_style_update(self) -> None:
        """The stylesheet or the theme has changed: resolve all styles anew."""
        super().notify_style_update()
        self._looks.clear()
        self._strips.clear()

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        """Sort by a title, turn the page at a hint, move to a row; a double click opens it."""
        spot = event.get_content_offset(self)
        if spot is None or event.button != 1:
            return
        if spot.y < HEADER:
            self._click_header(spot.x)
            return
        at = self.scroll_offset.y + spot.y - HEADER
        if at < len(self._body.lines) and self._body.lines[at].kind != "section":
            self.move_cursor_to(self._body.lines[at].key)
            if event.chain == self.CLICKS:
                self.action_select()

    def action_move(self, step: int) -> None:
        """Move the cursor by a row."""
        stands = self._body.line_of(self.cursor_key)
        self._go(0 if stands is None else stands + step, step)

    def action_page(self, step: int) -> None:
        """Move the cursor by the height of the body, less a line."""
        self._go((self._body.line_of(self.cursor_key) or 0) + step * max(1, len(self._view) - 1), step)

    def action_end(self, step: int) -> None:
        """Move the cursor to the first (-1) or the last (1) row."""
        self._go(step * len(self._body.lines), step)

    def action_turn(self, step: int) -> None:
        """Show the columns one step further to the left (-1) or the right (1)."""
        page = min(max(self._page + step, 0), len(self._pages) - 1)
        if page != self._page:
            self._page = page
            self._lay_out(self._width)
            self.refresh()

    def action_select(self) -> None:
        """Open the row at the cursor."""
        if self.cursor_key is not None:
            self.post_message(self.RowSelected(self, self.cursor_key))

    @property
    def _view(self) -> range:
        """The lines of the body in view; none of a table that is not on the screen."""
        top = self.scroll_offset.y
        return range(top, top + max(0, self.scrollable_size.height - HEADER))

    def _resolve(self, *names: str) -> Style:
        return self.get_visual_style(*(CLASS + name for name in names)).rich_style

    def _lay_out(self, width: int) -> None:
        """Place the columns in lines `width` cells wide."""
        self._width = width
        self._pages = pages(self._columns, width)
        self._page = min(self._page, len(self._pages) - 1)
        self._slots = slots(self._pages[self._page], width)
        self._strips.clear()

    def _paint(self, line: Line) -> Strip:
        if line.kind == "section":
            return paint_section(self._body.title(line.key), self._looks, self._width)
        row = self._body.rows[line.key]
        if line.kind == "note":
            return paint_note(row.notes[line.part], self._looks, self._width)
        cursor: Cursor = "" if row.key != self.cursor_key else "cursor-focus" if self.lit else "cursor"
        return paint_row(row, self._slots, self._flashes.of(row.key), self._looks, self._width, cursor=cursor)

    def _measure(self) -> None:
        """Tell Textual how much there is to scroll."""
        size = Size(span(self._columns), HEADER + len(self._body.lines))
        if size != self.virtual_size:
            self.virtual_size = size

    def _settle(self, view: range, before: Sequence[Line], stale: Iterable[Line]) -> None:
        """After a change of the body: repaint what is in view and not as before; keep the cursor on its row."""
        for line in stale:
            self._strips.pop(line, None)
        lines, strips = self._body.lines, self._strips
        self._measure()
        self._repaint(
            at
            for at in view
            if before[at : at + 1] != lines[at : at + 1] or (at < len(lines) and lines[at] not in strips)
        )
        self._keep_cursor(view, before)

    def _keep_cursor(self, view: range, before: Sequence[Line]) -> None:
        """Follow the row at the cursor if it has moved and was in view; if it is gone, take the nearest one."""
        if not self._placed and self.scroll_offset.y == 0:
            self.cursor_key = self._body.row_from(0, 1)
            return
        stood = 0 if self.cursor_key is None else before.index(Line("row", self.cursor_key))
        stands = self._body.line_of(self.cursor_key)
        if stands is None:
            self.cursor_key = self._body.nearest_row(stood)
        elif stands != stood and stood in view:
            self._reveal()

    def _repaint(self, lines: Iterable[int]) -> None:
        """Have these lines of the body painted again; of a table that is not on the screen, all when it comes there."""
        view = self._view
        width, up = self._width, HEADER - view.start
        regions = [Region(0, at + up, width, 1) for at in lines if at in view]
        if regions or not view:
            self.refresh(*regions)

    def _repaint_rows(self, keys: Collection[str]) -> None:
        for key in keys:
            self._strips.pop(Line("row", key), None)
        self._repaint(at for key in keys if (at := self._body.line_of(key)) is not None)

    def _time_flashes(self) -> None:
        """Have the next flash ended when its time has come."""
        end = self._flashes.next_end
        if end is not None and self._flash_timer is None:
            self._flash_timer = self.set_timer(max(0.001, end - monotonic()), self._end_flashes)

    def _end_flashes(self) -> None:
        self._flash_timer = None
        self._repaint_rows(self._flashes.expire(monotonic()))
        self._time_flashes()

    def _request_sort(self, key: str | None, *, reverse: bool) -> None:
        self.sort_by(key, reverse=reverse)
        self.post_message(self.SortRequested(self, key, reverse=reverse))

    def _click_header(self, x: int) -> None:
        if x < MARGIN:
            self.action_turn(-1)
        elif x >= self._width - MARGIN:
            self.action_turn(1)
        for slot in self._slots:
            if slot.x <= x < slot.x + slot.width:
                self._request_sort(slot.key, reverse=slot.key == self.sort_key and not self.sort_reverse)

    def _go(self, line: int, direction: int) -> None:
        key = self._body.row_from(line, direction)
        if key is not None:
            self.move_cursor_to(key)
            self._reveal()

    def _reveal(self) -> None:
        """Scroll as little as shows the row at the cursor, with a section header above it and its notes."""
        view, at = self._view, self._body.line_of(self.cursor_key)
        if at is None or not view:
            return
        lines = self._body.lines
        first = at - (at > 0 and lines[at - 1].kind == "section")
        last = at + len(self._body.rows[lines[at].key].notes)
        if first < view.start or last - first >= len(view):
            self.scroll_to(y=first, animate=False)
        elif last >= view.stop:
            self.scroll_to(y=last - len(view) + 1, animate=False)
