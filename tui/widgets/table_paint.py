"""How one line of a live table is drawn: slots and cells in, a `Strip` out.

This is the hot path of every refresh, so nothing here renders through Rich: texts are padded by hand,
neighbours of one style become one `Segment`, and styles come ready from `Looks`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.format import shorten
from tui.widgets.table_look import Looks
from tui.widgets.table_model import BLANK, MARGIN, Align, Cell, Change, Cursor, Slot, TableRow

ASCENDING: Final = "▲"
DESCENDING: Final = "▼"
MORE_LEFT: Final = "‹"
MORE_RIGHT: Final = "›"
MARK: Final = "▌"
MARKS: Final[Mapping[Cursor, str]] = {"cursor": "mark", "cursor-focus": "mark-focus"}
"""What the mark looks like with each cursor."""
RULE: Final = "─"


def fit(text: str, width: int, align: Align) -> str:
    """`text` in exactly `width` cells; too long, it ends in an ellipsis; a control character is a blank."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        text = shorten(text, width)
        length = cell_len(text)
    room = width - length
    if align == "right":
        return " " * room + text
    if align == "left":
        return text + " " * room
    return " " * (room // 2) + text + " " * (room - room // 2)


def paint_row(
    row: TableRow, slots: Sequence[Slot], flashes: Mapping[str, Change], looks: Looks, width: int, *, cursor: Cursor
) -> Strip:
    """A row, `width` cells wide; `flashes` are the changes to show, by column, and `cursor` is that on it, if any."""
    kind = cursor or "row"
    plain = style = looks[kind, "", ""]
    segments: list[Segment] = []
    texts: list[str] = []
    if cursor:
        segments.append(Segment(MARK, looks[kind, MARKS[cursor], ""]))
    else:
        texts.append(" " * MARGIN)
    cell_of = row.cells.get
    for key, _title, _x, cells, align in slots:
        cell = cell_of(key, BLANK)
        own = looks[kind, cell.style, flashes.get(key, "")]
        if own is not style:
            if texts:
                segments.append(Segment("".join(texts), style))
                texts = []
            style = own
        texts.append(fit(cell.text, cells, align))
        texts.append(" ")  # the blank after a cell belongs to it, so that neighbours can share a segment
    length = slots[-1].x + slots[-1].width + MARGIN if slots else MARGIN
    if texts:
        segments.append(Segment("".join(texts), style))
    if length < width:
        segments.append(Segment(" " * (width - length), plain))
    return Strip(segments, max(length, width)).adjust_cell_length(width, plain)


def paint_header(
    slots: Sequence[Slot],
    looks: Looks,
    width: int,
    *,
    accent: Collection[str],
    sort: tuple[str | None, bool],
    more: tuple[bool, bool],
) -> Strip:
    """The titles, those in `accent` standing out.

    `sort`: the sorted column and whether it falls; `more`: whether columns are hidden left and right.
    """
    plain, hint = looks["header", "", ""], looks["header", "mark", ""]
    segments = [Segment(MORE_LEFT if more[0] else " ", hint)]
    sort_key, reverse = sort
    for key, title, _x, cells, align in slots:
        if key == sort_key:
            arrow = DESCENDING if reverse else ASCENDING
            segments.append(
                Segment(fit(shorten(title, cells - 1) + arrow, cells, align), looks["header", "sorted", ""])
            )
        else:
            segments.append(
                Segment(fit(title, cells, align), looks["header", "accent", ""] if key in accent else plain)
            )
        segments.append(Segment(" ", plain))
    strip = _strip(segments, plain, width)
    return _strip([*strip.crop(0, width - MARGIN), Segment(MORE_RIGHT, hint)], plain, width) if more[1] else strip


def paint_section(title: str, looks: Looks, width: int) -> Strip:
    """The header of a section: its title in a rule across the whole width."""
    plain, rule = looks["section", "", ""], looks["section", "rule", ""]
    title = shorten(title, width - 4)
    rest = " " + RULE * (width - cell_len(title) - 3)
    return _strip([Segment(f"{RULE} ", rule), Segment(title, plain), Segment(rest, rule)], plain, width)


def paint_note(note: Cell, looks: Looks, width: int) -> Strip:
    """A note: one text between the margins."""
    plain = looks["note", "", ""]
    text = fit(note.text, max(0, width - 2 * MARGIN), "left")
    margin = Segment(" " * MARGIN, plain)
    return _strip([margin, Segment(text, looks["note", note.style, ""]), margin], plain, width)


def _strip(segments: Sequence[Segment], plain: Style, width: int) -> Strip:
    return Strip(segments).adjust_cell_length(width, plain)
