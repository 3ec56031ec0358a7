"""The note as Markdown, and as plain text for a terminal or a mail."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator
from typing import Final

from core.i18n import _
from core.report.note import Note, Section, Table

WIDTH: Final = 100
"""Cells of a line of plain text where nobody asks for others; tables may be wider."""

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|#])")


def markdown(note: Note) -> str:
    """Headings, lists and tables as GitHub reads them; text of a feed cannot become markup."""
    lines = [f"# {_escaped(note.title)}"]
    for section in note.sections:
        lines += ["", f"## {_escaped(section.title)}", ""]
        lines += [f"- {_escaped(sentence.text)}" for sentence in section.sentences]
        for table in section.tables:
            lines += ["", _escaped(_caption(table)), "", *_markdown_table(table)]
    return "\n".join(lines) + "\n"


def text(note: Note, width: int = WIDTH) -> str:
    """Aligned plain text without any markup, in lines of `width` cells."""
    lines = [note.title, "=" * cells(note.title)]
    for section in note.sections:
        lines += ["", section.title, "-" * cells(section.title), *_bullets(section, width)]
        for table in section.tables:
            lines += ["", *_wrapped(_caption(table), "", width), *_text_table(table)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def cells(line: str) -> int:
    """The cells a line takes in a terminal: a wide East Asian character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def _bullets(section: Section, width: int) -> Iterator[str]:
    for sentence in section.sentences:
        yield from _wrapped(sentence.text, "- ", width)


def _wrapped(line: str, mark: str, width: int) -> list[str]:
    """Broken at spaces, or anywhere between wide characters, which have none."""
    room = width - len(mark)
    if cells(line) > len(line):
        broken = _chopped(line, room)
    else:
        broken = textwrap.wrap(line, room, break_long_words=False, break_on_hyphens=False)
    return [(mark if place == 0 else " " * len(mark)) + part for place, part in enumerate(broken)]


def _chopped(line: str, room: int) -> list[str]:
    parts, part = [], ""
    for word in re.findall(r"[!-~]+\s*|.", line):
        if cells(part + word.rstrip()) > room:
            parts.append(part.rstrip())
            part = ""
        part += word
    return [*parts, part]


def _caption(table: Table) -> str:
    """What the table is of, and what its sparklines show."""
    told = [_("{title}: {line}").format(title=c.title, line=c.line) for c in table.columns if c.line]
    return _("; ").join((table.caption, *told))


def _markdown_table(table: Table) -> Iterator[str]:
    yield "| " + " | ".join(_escaped(column.title) for column in table.columns) + " |"
    yield "|" + "|".join("---:" if column.numeric else "---" for column in table.columns) + "|"
    for row in table.rows:
        yield "| " + " | ".join(_escaped(slot.text) for slot in row) + " |"


def _text_table(table: Table) -> Iterator[str]:
    texts = [[column.title for column in table.columns], *([slot.text for slot in row] for row in table.rows)]
    widths = [max(cells(line[k]) for line in texts) for k in range(len(table.columns))]
    for line in texts:
        padded = (_set(t, w, numeric=c.numeric) for t, w, c in zip(line, widths, table.columns, strict=True))
        yield "  " + "  ".join(padded)


def _set(words: str, width: int, *, numeric: bool) -> str:
    room = " " * (width - cells(words))
    return room + words if numeric else words + room


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", words)
