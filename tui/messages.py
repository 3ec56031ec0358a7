"""What the bridge tells the application. Each message is posted, never called, from whatever thread knows it.

A result that has not been handled yet is replaced by a newer one of its kind: a slow terminal skips
snapshots instead of falling behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from core.model import Problem
    from core.snapshot import Snapshot
    from tui.bridge import SnapshotSource


class SnapshotArrived(Message):
    """A refresh succeeded."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot

    def can_replace(self, message: Message) -> bool:
        """A waiting snapshot makes this one old."""
        return isinstance(message, SnapshotArrived)


class ProblemArrived(Message):
    """A refresh failed, came late or ran out of time; what is on the screen stays."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem

    def can_replace(self, message: Message) -> bool:
        """Only the newest problem is shown in the header."""
        return isinstance(message, ProblemArrived)


class SourceReady(Message):
    """The source is open; refreshing can begin."""

    def __init__(self, source: SnapshotSource) -> None:
        super().__init__()
        self.source = source


class SourceFailed(Message):
    """The source could not be opened; there will be no data in this run."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error
