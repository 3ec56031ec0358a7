"""What is waited for until there are numbers, in one line: on the opening screen, and on standard error."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

from core.i18n import _
from core.model import Stage

PACE: Final = 0.25
"""Seconds between two lines of one stage, at least."""


def opening() -> str:
    """What is said before anything is known."""
    return _("Opening the data …")


def told(stage: Stage, done: int, total: int, name: str) -> str:
    """Which file is being read, and the how many-th it is; or that the numbers are being computed."""
    if stage is Stage.COMPUTING:
        return _("Computing …")
    return _("Reading file {number} of {total}: {name} …").format(number=done + 1, total=total, name=name)


class Paced:
    """A `core.model.Watch` that gives `tell` a line, of one stage not more often than is of use."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._stage: Stage | None = None
        self._next = 0.0

    def __call__(self, stage: Stage, done: int = 0, total: int = 0, name: str = "") -> None:
        """See `Watch`."""
        now = monotonic()
        if stage is not self._stage or now >= self._next:
            self._stage, self._next = stage, now + PACE
            self._tell(told(stage, done, total, name))
