"""What a live table shows, apart from how it looks: its columns and rows, their order, and which columns fit.

Pure: no Textual here. Widths are terminal cells. Between two columns stands one blank cell, and one more at
either end of the line (`MARGIN`), which carry the mark of the cursor and the hints that there is more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal, NamedTuple, TypeAlias

Align: TypeAlias = Literal["left", "right", "center"]
Cursor: TypeAlias = Literal["", "cursor", "cursor-focus"]
"""That on a row: none, one, or one in the table that has the focus."""
Change: TypeAlias = Literal["", "flash-up", "flash-down", "flash-flat"]

MARGIN: Final = 1
PINNED: Final = "symbol"
"""The key of the last column that stays in its place while the others scroll."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, `width` cells wide; where `flex`, it takes a share of the room that is left.

    Priority 0 is always shown; of the others the highest number leaves first when the table is too narrow.
    The title of an `accent` column stands out. Cells of a column without `flash` change unlit. `unit` is that of what
    the cells sort by, for exports, which leave out what is `drawn`.
    """

    key: str
    title: str
    width: int
    align: Align = "right"
    flex: bool = False
    priority: int = 0
    accent: bool = False
    flash: bool = True
    unit: str = ""
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, shown as it is (never parsed), and what it sorts by.

    `style` is one of `live_table.STYLES` or "". `sort` None, like NaN, stands last in both directions.
    """

    text: str = ""
    style: str = ""
    sort: float | str | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: cells by column key (an absent one is blank) and notes, further lines under it, each full width."""

    key: str
    cells: Mapping[str, Cell]
    section: str = ""
    notes: tuple[Cell, ...] = ()


class Line(NamedTuple):
    """The name of one line of the table's body: the header of a section, a row, or the note `part` of a row."""

    kind: Literal["section", "row", "note"]
    key: str
    part: int = 0


class Slot(NamedTuple):
    """The place of one column: cells `x` to `x + width` of the line."""

    key: str
    title: str
    x: int
    width: int
    align: Align


BLANK: Final = Cell()


def matching(rows: Sequence[TableRow], sections: Mapping[str, str], words: str) -> Sequence[TableRow]:
    """The rows that have all of `words` somewhere: in a cell, in a note, or in the title of their section."""
    wanted = words.casefold().split()
    if not wanted:
        return rows
    return [row for row in rows if all(map(_told(row, sections).__contains__, wanted))]


def arrange(
    rows: Iterable[TableRow], sections: Mapping[str, str], sort_key: str | None, *, reverse: bool = False
) -> list[Line]:
    """The lines of the body: `rows` by section, in the order of `sections`, each section sorted by itself.

    Rows without a section come first; a section that `sections` does not name comes last, under its own id.
    A section without rows, or with an empty title, has no header line.
    """
    members: dict[str, list[TableRow]] = {section: [] for section in ("", *sections)}
    for row in rows:
        members.setdefault(row.section, []).append(row)
    lines: list[Line] = []
    for section, own in members.items():
        if own and sections.get(section, section):
            lines.append(Line("section", section))
        for row in ordered(own, sort_key, reverse=reverse):
            lines.append(Line("row", row.key))
            lines.extend(Line("note", row.key, part) for part in range(len(row.notes)))
    return lines


def ordered(rows: Sequence[TableRow], key: str | None, *, reverse: bool = False) -> list[TableRow]:
    """`rows` sorted by the cells of one column: stable, numbers before texts, the absent last both ways.

    Key None is the order given.
    """
    if key is None:
        return list(rows)
    known: list[tuple[tuple[bool, float | str], TableRow]] = []
    absent: list[TableRow] = []
    for row in rows:
        value = row.cells.get(key, BLANK).sort
        if value is None or value != value:  # noqa: PLR0124 - true of NaN alone, and cheaper than a type test
            absent.append(row)
        else:
            known.append(((isinstance(value, str), value), row))
    known.sort(key=lambda ranked: ranked[0], reverse=reverse)
    return [row for _rank, row in known] + absent


def changes(old: TableRow, new: TableRow, columns: Iterable[str]) -> dict[str, Change]:
    """Those of `columns` in which two versions of a row look different, and which way the value went.

    "" where only the style differs: that is no news.
    """
    found: dict[str, Change] = {}
    if old.cells is new.cells:
        return found
    before, after = old.cells.get, new.cells.get
    for column in columns:
        a, b = before(column, BLANK), after(column, BLANK)
        if a is b:
            continue
        if a.text != b.text:
            found[column] = _direction(a.sort, b.sort)
        elif a.style != b.style:
            found[column] = ""
    return found


def pages(columns: Sequence[Column], width: int) -> list[tuple[Column, ...]]:
    """What to show at each step of scrolling sideways in a table `width` cells wide.

    The first page keeps the columns of the best priority. If that is not all, each further page shows the
    pinned columns and as many of the others, in order, as fit, starting one column further on, until the
    last column is reached; so every column can be seen.
    """
    best = _best(columns, width)
    if len(best) == len(columns):
        return [best]
    pinned, others = _pinned(columns)
    found = [best]
    for start in range(max(1, len(others))):
        shown = (*pinned, *_fitting(others[start:], width - span(pinned)))
        if shown != best:
            found.append(shown)
        if shown[-1] is columns[-1]:
            break
    return found


def slots(columns: Sequence[Column], width: int) -> tuple[Slot, ...]:
    """The places of `columns` in a line `width` cells wide; the room left over goes to the flexible ones."""
    flexible = sum(column.flex for column in columns)
    share, rest = divmod(max(0, width - span(columns)), flexible) if flexible else (0, 0)
    widths = []
    for column in columns:
        extra = share + (rest > 0) if column.flex else 0
        rest -= column.flex
        widths.append(column.width + extra)
    starts = accumulate((w + 1 for w in widths), initial=MARGIN)
    return tuple(Slot(c.key, c.title, x, w, c.align) for c, x, w in zip(columns, starts, widths, strict=False))


def span(columns: Collection[Column]) -> int:
    """The cells that `columns` need, with the margins and the blanks between them."""
    return 2 * MARGIN + sum(column.width for column in columns) + max(0, len(columns) - 1)


def _told(row: TableRow, sections: Mapping[str, str]) -> str:
    texts = (cell.text for cell in (*row.cells.values(), *row.notes))
    return "\n".join((row.key, sections.get(row.section, row.section), *texts)).casefold()


def _direction(old: float | str | None, new: float | str | None) -> Change:
    if isinstance(old, str) or isinstance(new, str) or old is None or new is None:
        return "flash-flat"
    return "flash-up" if new > old else "flash-down" if new < old else "flash-flat"


def _pinned(columns: Sequence[Column]) -> tuple[Sequence[Column], Sequence[Column]]:
    keys = [column.key for column in columns]
    count = keys.index(PINNED) + 1 if PINNED in keys else 0
    return columns[:count], columns[count:]


def _best(columns: Sequence[Column], width: int) -> tuple[Column, ...]:
    """`columns` without the least wanted: the highest priority first, the rightmost of equals first."""
    pinned, _others = _pinned(columns)
    expendable = [c for c in columns if c.priority > 0 or c not in pinned]
    expendable.sort(key=lambda column: column.priority)
    kept = list(columns)
    while expendable and span(kept) > width:
        kept.remove(expendable.pop())
    return tuple(kept)


def _fitting(columns: Sequence[Column], room: int) -> Sequence[Column]:
    """The first of `columns`, as many as `room` cells hold with a blank before each; always one."""
    needs = accumulate(column.width + 1 for column in columns)
    return columns[: max(1, sum(need <= room for need in needs))]
