"""Where notes are made and saved: for the command, the key on the screen, and the hour that is set."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from core.agenda import agenda, load_events
from core.errors import TapeboardError
from core.i18n import _
from core.period import Period
from core.report.as_text import markdown, text
from core.report.compose import compose
from core.report.note import Note
from core.sessions import Calendar
from core.settings import Settings
from core.snapshot import Snapshot
from core.text import clean

NoteFormat: TypeAlias = Literal["md", "text", "json"]

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
    return compose(snapshot, agenda(Calendar(settings.sessions.extra_closures), after, events), period)


def rendered(note: Note, form: NoteFormat) -> bytes:
    """The note as a document, UTF-8."""
    return _FORMATS[form](note)


def save(document: bytes, path: Path) -> None:
    """Write a whole document or nothing. Raises TapeboardError where the disk does not take it."""
    unfinished: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            unfinished = Path(file.name)
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o666 & ~_umask())
        unfinished.replace(path)
    except OSError as error:
        if unfinished is not None:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
        message = _("{file}: cannot be written ({reason})")
        reason = error.strerror or str(error)
        raise TapeboardError(message.format(file=clean(str(path), 400), reason=reason), _("give another -o")) from error


def _umask() -> int:
    """The rights that new files are not given; there is no way to read them but to set them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
