"""What the screen knows beside the numbers: what time it shows, what failed, when the next refresh is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from core.snapshot import EMPTY, RiskWarning, Snapshot

RAISED: Final = ("WARNING", "WATCH", "INFO")
"""The states of a warning that tell of something, the gravest first."""


@dataclass(frozen=True, slots=True)
class Work:
    """Long work under way: `done` parts of `total` (0: unknown), the name of the one done last, and how many failed."""

    title: str
    done: int = 0
    total: int = 0
    name: str = ""
    failed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """An evening that is looked back at: so many sessions `ago` from what is live, and a `note` on it.

    `speed` is in sessions a second while they are played one after the other.
    """

    snapshot: Snapshot
    ago: int
    note: str = ""
    speed: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Status:
    """One state of the screen; replaced as a whole at every change.

    `waiting`: what is waited for until there is a snapshot. `stored`: the snapshot comes from the store and a fresh
    one is on its way. `failure`: what went wrong since the last good refresh, in one line. `fatal`: the failure ends
    the hope for data in this run. `past`: the snapshot is that of an evening, and nothing that comes live shows.
    """

    snapshot: Snapshot = EMPTY
    stored: bool = False
    paused: bool = False
    next_run: datetime | None = None
    failure: str = ""
    fatal: bool = False
    past: Past | None = None
    work: Work | None = None
    waiting: str = ""


def looked_at(snapshot: Snapshot) -> date | None:
    """The session that questions beside this snapshot are about, None for the newest one."""
    return snapshot.session if snapshot.past else None


def heard_and_muted(warnings: Sequence[RiskWarning]) -> tuple[list[RiskWarning], int]:
    """The warnings that are not muted, in any state; and how many of the muted ones are raised."""
    muted = [one for one in warnings if one.muted_until is not None]
    return [one for one in warnings if one.muted_until is None], sum(one.state in RAISED for one in muted)
