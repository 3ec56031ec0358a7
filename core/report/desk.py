"""Where notes are made and saved: for the command, the key on the screen, and the hour that is set."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal, Protocol, TypeAlias

import msgspec

from core.agenda import agenda, load_events
from core.errors import UsageError
from core.files import write_whole
from core.i18n import _
from core.model import Session
from core.period import Period
from core.report.as_text import markdown, text
from core.report.compose import compose
from core.report.note import Note
from core.series import Lines, Timeline
from core.sessions import Calendar
from core.settings import Settings
from core.snapshot import Snapshot

NoteFormat: TypeAlias = Literal["md", "html", "text", "json"]

LINES: Final = ("IWM", "SPY", "QQQ", "DIA", "RSP")
"""The funds whose lines are drawn."""


class Answering(Protocol):
    """What pictures are drawn from; in the program it is `core.pipeline.Pipeline` after a refresh."""

    def lines(self, symbols: Sequence[str], at: Session | None) -> Lines:
        """See `Pipeline`."""
        ...

    def timeline(self, at: Session | None) -> Timeline:
        """See `Pipeline`."""
        ...


_FORMATS: Final[dict[str, Callable[[Note], bytes]]] = {
    "md": lambda note: markdown(note).encode(),
    "text": lambda note: text(note).encode(),
    "json": lambda note: msgspec.json.encode(note) + b"\n",
}


def note_of(snapshot: Snapshot, settings: Settings, period: Period | None = None) -> Note:
    """The note of a snapshot, with what the calendar has next. Raises NoDataError, DataFileError."""
    seen = [snapshot.session, snapshot.viewed_at.date() if snapshot.viewed_at else None]
    after = max(day for day in seen if day is not None)
    events = load_events(settings.report.events)
    groups = {name: group.title for name, group in settings.universe.groups.items()}
    return compose(snapshot, agenda(Calendar(settings.sessions.extra_closures), after, events), period, groups)


def rendered(
    note: Note,
    form: NoteFormat,
    snapshot: Snapshot,
    source: Answering,
    *,
    up_is: Literal["green", "red"] = "green",
) -> bytes:
    """The note of a snapshot as a document, UTF-8; `up_is` colours its pictures.

    Raises UsageError for HTML where matplotlib is not installed.
    """
    if form != "html":
        return _FORMATS[form](note)
    if importlib.util.find_spec("matplotlib") is None:
        raise UsageError(_("the HTML note needs matplotlib"), "pip install 'tapeboard[report]'")
    from core.report.as_html import html  # noqa: PLC0415 - matplotlib takes time that no other form need spend
    from core.report.pictures import Source  # noqa: PLC0415 - likewise

    at = snapshot.session if snapshot.past else None
    return html(note, Source(snapshot, source.lines(LINES, at), source.timeline(at)), up_is=up_is).encode()


def save(document: bytes, path: Path) -> None:
    """Write a whole document or nothing. Raises TapeboardError where the disk does not take it."""
    write_whole(document, path, mend=_("give another -o"))
