"""What the screen knows beside the numbers: whether it is held, what failed, when the next refresh is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.snapshot import EMPTY, Snapshot


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
