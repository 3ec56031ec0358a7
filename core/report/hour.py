"""When the note of a session is due, and whether it has been written: at a set time after the close, once.

A note that lies in its folder has been written, whoever wrote it: a restart writes none again, and one that a
sleeping machine missed is written when it is awake. Invented and stale data have no note of the day.
"""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

from platformdirs import user_data_path

from core.model import Instant, Session
from core.sessions import NEW_YORK, Calendar
from core.settings import ReportSettings
from core.snapshot import Snapshot


def folder(settings: ReportSettings) -> Path:
    """Where notes are kept; it need not exist."""
    return Path(settings.folder) if settings.folder else user_data_path("tapeboard", appauthor=False) / "notes"


def path_of(session: Session, settings: ReportSettings) -> Path:
    """The file of a session's note."""
    suffix = "txt" if settings.format == "text" else settings.format
    return folder(settings) / f"tapeboard-{session}.{suffix}"


def due(snapshot: Snapshot, settings: ReportSettings, calendar: Calendar) -> Path | None:
    """Where the note of the snapshot's session is to be written now; None where it is not due, or is written."""
    session, seen = snapshot.session, snapshot.viewed_at
    if not settings.at or session is None or seen is None:
        return None
    if snapshot.source.simulated or snapshot.session_status != "final" or seen < _instant(session, settings, calendar):
        return None
    path = path_of(session, settings)
    return None if path.exists() else path


def next_due(snapshot: Snapshot, settings: ReportSettings, calendar: Calendar) -> Instant | None:
    """When the next note will be due after this snapshot; None where none is wanted."""
    session, seen = snapshot.session, snapshot.viewed_at
    if not settings.at or session is None or seen is None or snapshot.source.simulated:
        return None
    today = _instant(session, settings, calendar)
    if seen < today:
        return today
    return None if snapshot.next_session is None else _instant(snapshot.next_session, settings, calendar)


def _instant(session: Session, settings: ReportSettings, calendar: Calendar) -> Instant:
    """The set time of that day in New York, and never before the close."""
    hour, minute = map(int, settings.at.split(":"))
    wanted = datetime.combine(session, time(hour, minute), NEW_YORK)
    return max(wanted, calendar.close_at(session))
