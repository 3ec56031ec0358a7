"""The body of a live table: its rows, laid out in lines in the order of the sort. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest

from tui.widgets.table_model import Change, Line, TableRow, arrange, changes


class Body:
    """Rows by key and the lines they make; what it holds changes by `replace` and `sort` only."""

    def __init__(self) -> None:
        self.rows: dict[str, TableRow] = {}
        self.titles: dict[str, str] = {}
        self.sort_key: str | None = None
        self.sort_reverse = False
        self.lines: list[Line] = []
        self._line_of: dict[str, int] = {}

    def __contains__(self, key: object) -> bool:
        return key in self._line_of

    def title(self, section: str) -> str:
        """The title of a section; its id where it has none."""
        return self.titles.get(section, section)

    def line_of(self, key: str | None) -> int | None:
        """The line that a row stands on; None for a row that is not there."""
        return None if key is None else self._line_of.get(key)

    def replace(
        self, rows: Sequence[TableRow], titles: Mapping[str, str], columns: Iterable[str]
    ) -> tuple[set[Line], dict[str, dict[str, Change]]]:
        """Hold these rows instead, under these titles of sections by id.

        Returns the lines, old ones among them, that do not look as before in `columns`, and the cells that
        changed, by row and column. Two rows of one key are a ValueError.
        """
        fresh = {row.key: row for row in rows}
        if len(fresh) != len(rows):
            raise ValueError("two rows of a table have the same key")
        columns = tuple(columns)
        stale = {Line("section", s) for s in {**self.titles, **titles} if self.title(s) != titles.get(s, s)}
        changed: dict[str, dict[str, Change]] = {}
        for key, old in self.rows.items():
            new = fresh.get(key)
            if new is old:
                continue
            if new is None:
                stale.update(_lines(old))
                continue
            if found := changes(old, new, columns):
                changed[key] = found
                stale.add(Line("row", key))
            if old.notes is not new.notes:
                stale.update(_changed_notes(old, new))
        self.rows, self.titles = fresh, dict(titles)
        self._arrange()
        return stale, changed

    def sort(self, key: str | None, *, reverse: bool) -> None:
        """Sort each section by the cells of a column; None: the order given."""
        self.sort_key, self.sort_reverse = key, reverse
        self._arrange()

    def row_from(self, line: int, direction: int) -> str | None:
        """The first row from `line` on in `direction` (1 or -1); where there is none, the first one back."""
        if not self.lines:
            return None
        last = len(self.lines) - 1
        start = max(0, min(line, last))
        ahead, back = range(start, last + 1), range(start, -1, -1)
        for at in chain(ahead, back) if direction > 0 else chain(back, ahead):
            if self.lines[at].kind == "row":
                return self.lines[at].key
        return None

    def nearest_row(self, line: int) -> str | None:
        """The row closest to `line`, the lower one of two; None in an empty body."""
        return min(self._line_of, key=lambda key: (abs(self._line_of[key] - line), -self._line_of[key]), default=None)

    def _arrange(self) -> None:
        self.lines = arrange(self.rows.values(), self.titles, self.sort_key, reverse=self.sort_reverse)
        self._line_of = {line.key: at for at, line in enumerate(self.lines) if line.kind == "row"}


def _lines(row: TableRow) -> Iterator[Line]:
    yield Line("row", row.key)
    yield from (Line("note", row.key, part) for part in range(len(row.notes)))


def _changed_notes(old: TableRow, new: TableRow) -> Iterator[Line]:
    for part, (a, b) in enumerate(zip_longest(old.notes, new.notes)):
        if a != b:
            yield Line("note", new.key, part)
