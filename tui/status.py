"""What the screen knows beside the numbers: whether it is held, what failed, when the next refresh is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.errors import TapeboardError
from core.i18n import _
from core.snapshot import EMPTY, Snapshot
from core.text import clean


@dataclass(frozen=True, slots=True, eq=False)
class Status:
    """One state of the screen; replaced as a whole at every change.

    `stored`: the snapshot comes from the store and a fresh one is on its way. `failure`: what went wrong
    since the last good refresh, in one line. `fatal`: the failure ends the hope for data in this run.
    """

    snapshot: Snapshot = EMPTY
    stored: bool = False
    paused: bool = False
    next_run: datetime | None = None
    failure: str = ""
    fatal: bool = False


def told(error: Exception) -> str:
    """What an error says to the user, in one line; a defect by its kind."""
    if isinstance(error, TapeboardError):
        return clean(str(error), 400)
    return clean(_("unexpected error: {error}").format(error=f"{type(error).__name__}: {error}"), 400)
