"""A table of the screen as a document: CSV and JSON for machines, Markdown for people. Pure.

CSV and JSON carry raw numbers (fractions, not percent) under headings that name their units; what is absent is
empty, or null. Markdown carries what the screen shows. Each says where its numbers come from, and whether they are
invented, inside the document and, in CSV, in every line.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias, assert_never

import msgspec

Form: TypeAlias = Literal["csv", "json", "md"]
Raw: TypeAlias = float | str | None

FORMULA: Final = ("=", "+", "-", "@", "\t")
"""A text that begins so would be obeyed by a spreadsheet, and is quoted by an apostrophe."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its stable `key`, the `title` it has on the screen, and the `unit` of its raw numbers, if any."""

    key: str
    title: str
    unit: str = ""

    @property
    def named(self) -> str:
        """The key with its unit: "63s [fraction]"."""
        return f"{self.key} [{self.unit}]" if self.unit else self.key


@dataclass(frozen=True, slots=True)
class Field:
    """A value: raw, and as it is shown."""

    raw: Raw
    shown: str


@dataclass(frozen=True, slots=True)
class Table:
    """What one pane shows, and of which session, feed, universe and basis it is.

    Every row has as many fields as there are `headings`.
    """

    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Field, ...], ...]
    session: date | None
    feed: str
    simulated: bool
    universe: str
    basis: str
    note: str = ""

    @property
    def source(self) -> str:
        """The feed, or that the numbers are invented."""
        return f"SIMULATED ({self.feed})" if self.simulated else self.feed


def document(table: Table, form: Form) -> str:
    """The table as text in one of the three forms."""
    match form:
        case "csv":
            return to_csv(table)
        case "json":
            return to_json(table)
        case "md":
            return to_markdown(table)
    assert_never(form)


def to_csv(table: Table) -> str:
    """A line of headings, and one for each row, which begins with its session and its source."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["session", "source", "basis", *(heading.named for heading in table.headings)])
    told = ["" if table.session is None else table.session.isoformat(), table.source, table.basis]
    for row in table.rows:
        writer.writerow([*told, *("" if (raw := _finite(field.raw)) is None else _inert(raw) for field in row)])
    return text.getvalue()


def to_json(table: Table) -> str:
    """An object: what the table is, its `columns` with their units, and its `rows` as objects by key."""
    keys = [heading.key for heading in table.headings]
    told = {
        "pane": table.title,
        "session": table.session,
        "feed": table.feed,
        "simulated": table.simulated,
        "universe": table.universe,
        "basis": table.basis,
        "filter": table.note or None,
        "columns": [{"key": h.key, "title": h.title, "unit": h.unit or None} for h in table.headings],
        "rows": [dict(zip(keys, (_finite(field.raw) for field in row), strict=True)) for row in table.rows],
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"


def to_markdown(table: Table) -> str:
    """A heading, a line that tells where the numbers come from, and the table as the screen shows it."""
    session = "" if table.session is None else table.session.isoformat()
    told = " · ".join(filter(None, (table.source, session, table.universe, table.basis, table.note)))
    return "\n".join([f"## {_escaped(table.title)}", "", _escaped(told), "", *_lines(table)]) + "\n"


def _lines(table: Table) -> Iterator[str]:
    numeric = [_numeric([row[place].raw for row in table.rows]) for place in range(len(table.headings))]
    yield _line([heading.title or heading.key for heading in table.headings])
    yield _line(["---:" if right else "---" for right in numeric])
    for row in table.rows:
        yield _line([field.shown.strip() for field in row])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_escaped, cells))} |"


def _escaped(text: str) -> str:
    """Without what would end the cell."""
    return " ".join(text.replace("|", "\\|").split())


def _numeric(values: Sequence[Raw]) -> bool:
    return any(isinstance(value, float | int) for value in values)


def _finite(raw: Raw) -> Raw:
    """`raw`, None where it is no number."""
    return None if isinstance(raw, float) and not math.isfinite(raw) else raw


def _inert(raw: float | str) -> float | str:
    return f"'{raw}" if isinstance(raw, str) and raw.startswith(FORMULA) else raw
