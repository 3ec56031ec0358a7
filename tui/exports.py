"""From a pane to a file or the clipboard: what its table holds, under which name it is written, and where it went."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from core.export import Field, Form, Heading, Table, document
from core.files import unused, write_whole
from core.i18n import _
from core.snapshot import Snapshot
from tui.screens.dialog import Option
from tui.widgets.live_table import LiveTable, TableRow
from tui.widgets.table_model import BLANK, Column

FORM: Final[dict[str, Form]] = {"csv": "csv", "json": "json", "md": "md"}
SVG, TEXT = "svg", "txt"
FILE, CLIPBOARD = "file", "clipboard"


def options() -> Iterator[Option]:
    """What can be made of a pane, by "form target"."""
    about = {
        "csv": _("raw numbers: fractions, units in the headings"),
        "json": _("raw numbers, with units, source and session"),
        "md": _("the table as it is shown"),
    }
    names = {"csv": "CSV", "json": "JSON", "md": "Markdown"}
    for form in FORM:
        yield Option(f"{form} {FILE}", _("{form}, a file").format(form=names[form]), about[form])
        yield Option(f"{form} {CLIPBOARD}", _("{form}, the clipboard").format(form=names[form]), about[form])


def screen_options() -> Iterator[Option]:
    """What can be made of the screen, by "form target"."""
    yield Option(f"{SVG} {FILE}", _("SVG, a file"), _("a picture, in the colours of the theme"))
    yield Option(f"{TEXT} {FILE}", _("text, a file"), _("the characters alone"))
    yield Option(f"{TEXT} {CLIPBOARD}", _("text, the clipboard"), _("the characters alone"))


def exported(name: str, live: LiveTable, snapshot: Snapshot, filtered: str, form: Form) -> str:
    """The document of a pane called `name`, whose rows are in the present order, under the filter."""
    return document(table_of(name, live, snapshot, filtered), form)


def table_of(name: str, live: LiveTable, snapshot: Snapshot, filtered: str) -> Table:
    """What a live table holds: all its columns but those drawn, in view or not, sections and notes as columns."""
    columns = [column for column in live.columns if not column.drawn]
    rows = list(live.rows())
    sections, notes = any(section for section, _row in rows), any(row.notes for _section, row in rows)
    headings = [Heading(column.key, column.title, column.unit) for column in columns]
    if sections:
        headings.insert(0, Heading("section", _("Section")))
    if notes:
        headings.append(Heading("notes", _("Notes")))
    return Table(
        title=name,
        headings=tuple(headings),
        rows=tuple(_fields(section, row, columns, sections=sections, notes=notes) for section, row in rows),
        session=snapshot.session,
        feed=snapshot.source.feed,
        simulated=snapshot.source.simulated,
        universe=snapshot.breadth.universe,
        basis=snapshot.basis,
        note=_("filter: {words}").format(words=filtered) if filtered else "",
    )


def save(text: str, stem: str, snapshot: Snapshot, ending: str) -> Path:
    """Write a file `tapeboard-STEM-SESSION.ENDING` in the current folder, over no other. Raises TapeboardError."""
    parts = ["tapeboard", *(["simulated"] if snapshot.source.simulated else []), stem]
    if snapshot.session is not None:
        parts.append(snapshot.session.isoformat())
    path = unused(Path.cwd() / f"{'-'.join(parts)}.{ending}")
    write_whole(text.encode(), path, mend=_("start Tapeboard in a folder that you can write to"))
    return path


def _fields(section: str, row: TableRow, columns: list[Column], *, sections: bool, notes: bool) -> tuple[Field, ...]:
    cells = (row.cells.get(column.key, BLANK) for column in columns)
    fields = [Field(cell.sort, cell.text) for cell in cells]
    if sections:
        fields.insert(0, Field(section, section))
    if notes:
        told = " ".join(note.text.strip() for note in row.notes)
        fields.append(Field(told, told))
    return tuple(fields)
