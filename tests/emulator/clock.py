"""The present of the emulator: that of this computer until a test sets another one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from core.model import Instant
from core.sessions import exchange_time


class VirtualClock:
    """A clock that a test sets and every part of the emulator follows; readable from any thread."""

    def __init__(self) -> None:
        self._set: tuple[Instant, float | None] | None = None  # the instant, and when it began to run

    def now(self) -> Instant:
        """The present, on New York's wall clock."""
        if self._set is None:
            return exchange_time(datetime.now(UTC))
        instant, since = self._set
        elapsed = 0.0 if since is None else time.monotonic() - since
        return exchange_time(instant + timedelta(seconds=elapsed))

    def set(self, instant: Instant, *, running: bool = False) -> None:
        """Make it `instant`, standing still or `running` on from there."""
        self._set = (exchange_time(instant), time.monotonic() if running else None)

    def advance(self, seconds: float) -> None:
        """Jump by `seconds`; a clock that follows this computer goes on running from there."""
        running = self._set is None or self._set[1] is not None
        self.set(self.now() + timedelta(seconds=seconds), running=running)

    def follow_system(self) -> None:
        """Be the clock of this computer again."""
        self._set = None
