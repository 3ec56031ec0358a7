"""A market note, frozen: sections of sentences and tables, each number with the place in the snapshot it stands for.

`path` is a dotted road through the JSON form of the snapshot; in a list an element goes by its symbol or id
("sectors.XLB.ret.63s", "warnings.W06:SPY.since"). `schema` counts changes of this form.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

import msgspec

from core.snapshot import ProblemNote

Plain: TypeAlias = float | int | str | bool | date | datetime | None
Line: TypeAlias = tuple[float | None, ...]


class _Frozen(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Immutable."""


class Slot(_Frozen, kw_only=True, frozen=True):
    """One thing filled into a sentence or a table: where it comes from, and how it was printed.

    A word that stands for nothing in the snapshot has no path.
    """

    path: str
    value: Plain | Line
    text: str


class Sentence(_Frozen, kw_only=True, frozen=True):
    """One statement. `id` names its rule in the grammar."""

    id: str
    text: str
    slots: dict[str, Slot] = {}


class Column(_Frozen, kw_only=True, frozen=True):
    """A column of a table; numbers stand flush right.

    `line` tells what a column of text sparklines shows; forms with pictures leave such a column out.
    """

    title: str
    numeric: bool = True
    line: str = ""


class Table(_Frozen, kw_only=True, frozen=True):
    """A table; a cell without a value is a dash. `caption` names window, basis and order."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Slot, ...], ...]


class Section(_Frozen, kw_only=True, frozen=True):
    """A part of the note: first what it says, then its tables."""

    id: str
    title: str
    sentences: tuple[Sentence, ...] = ()
    tables: tuple[Table, ...] = ()


class Note(_Frozen, kw_only=True, frozen=True):
    """The note of one session."""

    schema: int = 1
    tapeboard: str
    language: str
    title: str
    session: date
    simulated: bool
    sections: tuple[Section, ...]
    problems: tuple[ProblemNote, ...] = ()
