"""What is on the calendar after a session: sessions, half days, and dated events from a file that names its source.

The shipped file has the meetings of the Federal Reserve; a user's own (`report.events`) is read beside it. Columns:
first_day, last_day, title, source.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import msgspec

from core.errors import DataFileError
from core.files import shown
from core.i18n import _
from core.model import Session
from core.sessions import Calendar
from core.text import clean

SESSIONS: Final = 5
"""Sessions that are listed."""

HORIZON: Final = timedelta(days=60)
"""How far ahead half days and events are looked for."""

COLUMNS: Final = ("first_day", "last_day", "title", "source")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something with a date; `source` says who announced it and when."""

    first_day: date
    last_day: date
    title: str
    source: str


class Agenda(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What follows a session, the nearest first."""

    sessions: tuple[Session, ...] = ()
    half_days: tuple[Session, ...] = ()
    events: tuple[Event, ...] = ()


def agenda(calendar: Calendar, after: date, events: Iterable[Event]) -> Agenda:
    """What is on from the day after `after`; an event under way counts."""
    upcoming = calendar.sessions(after + timedelta(days=1), after + HORIZON).tolist()
    near = [event for event in events if event.last_day > after and event.first_day <= after + HORIZON]
    return Agenda(
        sessions=tuple(upcoming[:SESSIONS]),
        half_days=tuple(day for day in upcoming if calendar.is_half_day(day)),
        events=tuple(sorted(near, key=lambda event: (event.first_day, event.title))),
    )


def load_events(own: str = "") -> tuple[Event, ...]:
    """The shipped events and those of the user's file, what is in both once. Raises `DataFileError`."""
    shipped = _read(Path(__file__).with_name("events.csv"))
    return tuple(dict.fromkeys(shipped + (_read(Path(own)) if own else ())))


def _read(path: Path) -> tuple[Event, ...]:
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
        rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = _("{file}: cannot be read ({reason})").format(file=shown(path), reason=clean(str(error)))
        raise DataFileError(message, _("check report.events")) from None
    if absent := set(COLUMNS).difference(reader.fieldnames or ()):
        message = _("{file}: no column {names}").format(file=shown(path), names=", ".join(sorted(absent)))
        raise DataFileError(message, _("the first line names first_day,last_day,title,source"))
    return tuple(_event(path, line, row) for line, row in enumerate(rows, 2))


def _event(path: Path, line: int, row: dict[str, str | None]) -> Event:
    first, last, title, source = (clean(row[name] or "") for name in COLUMNS)
    try:
        event = Event(
            first_day=date.fromisoformat(first), last_day=date.fromisoformat(last), title=title, source=source
        )
    except ValueError:
        message = _("{file}, line {line}: expected two dates like 2026-01-27").format(file=shown(path), line=line)
        raise DataFileError(message, _("correct the line")) from None
    if event.last_day < event.first_day or not title or not source:
        message = _("{file}, line {line}: expected first_day before last_day, a title and a source")
        raise DataFileError(message.format(file=shown(path), line=line), _("correct the line"))
    return event
