"""When to leave a source that fails alone: pauses that grow, and a breaker that ends them with one careful try.

    closed ── refused, or too many failures in a row ──> open ── the pause is over ──> half-open (one probe)
      ^                                                   ^ └──────────────── the probe failed ───┘
      └────────────────────────── the probe was answered ────────────────────────────────────────┘

Pure: the time is given to every call, in seconds of a monotonic clock. Whoever shares it holds a lock around it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import FeedError, FeedThrottled

SPREAD = 0.1
"""Up to this share is added to a pause, so that those refused together do not return together."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses of `first` seconds, doubling with every further failure in a row up to `most`."""

    first: float
    most: float

    def pause(self, failures: int, chance: float = 0.0) -> float:
        """Seconds to wait after the last of `failures` failures; `chance`, in [0, 1), spreads them."""
        doubled = self.first * 2.0 ** min(failures - 1, 60)
        return min(doubled, self.most) * (1.0 + SPREAD * chance)


class Breaker:
    """Opens at once for a source that throttles, otherwise after `failures` failures in a row.

    As long as nothing was answered yet, and after a failure, no more requests are under way than it takes to open:
    whoever refuses everybody is not asked by a crowd first.

    A request begins with `enter`, which gives the number to end it with: the answer to a request that began
    before the state last changed says nothing about the present state and is not counted.
    """

    def __init__(self, failures: int, backoff: Backoff, chance: Callable[[], float] = random.random) -> None:
        self._failures = failures
        self._backoff = backoff
        self._chance = chance
        self._era = 0
        self._failed = 0  # in a row, while closed
        self._opened = 0  # in a row
        self._until: float | None = None  # None: closed
        self._running = 0  # of this era
        self._answered = False  # in this era
        self.cause: FeedError | None = None

    @property
    def until(self) -> float | None:
        """When the next request is tried, or was; None while closed."""
        return self._until

    def wait(self, now: float) -> float:
        """Seconds until a request may begin; infinite where the end of one that is under way decides."""
        if self._until is not None:
            return math.inf if self._running else max(0.0, self._until - now)
        if self._answered and self._failed == 0:
            return 0.0
        return math.inf if self._running >= self._failures - self._failed else 0.0

    def enter(self) -> int:
        """A request begins, permitted by `wait`. In the half-open state it is the probe."""
        self._running += 1
        return self._era

    def succeeded(self, era: int) -> None:
        """The request of `era` was answered."""
        if era == self._era:
            self._running -= 1
            self._failed = self._opened = 0
            if self._until is not None:
                self._change(None, None)
            self._answered = True

    def failed(self, era: int, error: FeedError, now: float) -> None:
        """The request of `era` failed with `error`."""
        if era != self._era:
            return
        self._running -= 1
        self._failed += 1
        throttled = isinstance(error, FeedThrottled)
        if self._until is not None or throttled or self._failed >= self._failures:
            self._opened += 1
            asked = error.wait or 0.0 if isinstance(error, FeedThrottled) else 0.0
            pause = max(self._backoff.pause(self._opened, self._chance()), min(asked, self._backoff.most))
            self._change(now + pause, error)

    def abandoned(self, era: int) -> None:
        """The request of `era` ended without saying anything about the source; another one may be the probe."""
        if era == self._era:
            self._running -= 1

    def _change(self, until: float | None, cause: FeedError | None) -> None:
        self._era += 1
        self._failed = self._running = 0
        self._answered = False
        self._until, self.cause = until, cause
