"""The market note for the screen: its text, and its file. Everything here blocks, and is asked of the source."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import TapeboardError
from core.i18n import _
from core.text import clean

if TYPE_CHECKING:
    from core.settings import Settings
    from core.snapshot import Snapshot
    from tui.source import SnapshotSource


def due(snapshot: Snapshot, settings: Settings) -> Path | None:
    """Where the note of the day is to be written now; None where it is not due, or is written."""
    if not settings.report.at:
        return None
    from core.report import hour  # noqa: PLC0415 - only who wants a note of the day waits for the calendar
    from core.sessions import Calendar  # noqa: PLC0415 - likewise

    return hour.due(snapshot, settings.report, Calendar(settings.sessions.extra_closures))


def next_due(snapshot: Snapshot, settings: Settings) -> datetime | None:
    """When the next note of the day will be due; None where none is wanted."""
    if not settings.report.at:
        return None
    from core.report import hour  # noqa: PLC0415 - see above
    from core.sessions import Calendar  # noqa: PLC0415 - see above

    return hour.next_due(snapshot, settings.report, Calendar(settings.sessions.extra_closures))


def text(snapshot: Snapshot, settings: Settings, width: int) -> str:
    """The note of a snapshot as plain text. Raises TapeboardError."""
    from core.report import as_text, desk  # noqa: PLC0415 - Babel takes time, and few look at the note

    return as_text.text(desk.note_of(snapshot, settings), width)


def save(snapshot: Snapshot, settings: Settings, source: SnapshotSource, path: Path | None = None) -> Path:
    """Write the note where notes are kept, or to `path`; the file. Raises TapeboardError."""
    from core.report import desk, hour  # noqa: PLC0415 - likewise

    if snapshot.session is None:
        raise TapeboardError(_("there is no session to write about"), _("wait for the first refresh"))
    path = path or hour.path_of(snapshot.session, settings.report)
    note = desk.note_of(snapshot, settings)
    document = desk.rendered(note, settings.report.format, snapshot, source, up_is=settings.screen.up_is)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = _("{file}: cannot be made ({reason})").format(
            file=clean(str(path.parent), 400), reason=error.strerror
        )
        raise TapeboardError(message, _("set report.folder")) from error
    desk.save(document, path)
    return path
