"""The order and the pace of requests to one source: a budget per minute, the most urgent first, and a breaker.

`Budget` is pure; `Throttle` is where the threads of a feed wait for their turn. A waiting thread is woken by
whatever could let it go: time, the end of another request, or `close`, after which nobody waits any more.
"""

from __future__ import annotations

import math
import threading
from bisect import insort
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Final

from core.errors import FeedError, FeedPaused, UnknownSymbol
from core.feeds.base import FeedState
from core.feeds.breaker import Breaker
from core.i18n import _
from core.model import Instant
from core.sessions import Clock, exchange_time

WINDOW: Final = 62.0
"""A minute, and two seconds more: a request held up on its way arrives closer to those after it."""

MINUTE: Final = 60.0


class Budget:
    """At most `most` requests in any minute, as the source counts; times are seconds of a monotonic clock.

    Requests that are `paced` keep an even distance besides, as far as the budget lets them all through.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._sent: deque[float] = deque(maxlen=most)

    def wait(self, now: float, *, paced: bool = False, requests: int = 1) -> float:
        """Seconds until one more may be sent, or so many at once, as far as a minute holds them."""
        over = min(len(self._sent) + requests - self._most, len(self._sent))
        full = self._sent[over - 1] + WINDOW - now if over > 0 else 0.0
        even = self._sent[-1] + WINDOW / self._most - now if paced and self._sent else 0.0
        return max(0.0, full, even)

    def spend(self, now: float) -> None:
        """Count one that is sent now."""
        self._sent.append(now)

    def used(self, now: float) -> int:
        """How many were sent in the last minute."""
        return sum(now - at < MINUTE for at in self._sent)


@dataclass(slots=True)
class Verdict:
    """What a request told of the source, unless it raised: a failure, or none."""

    failure: FeedError | None = None


class Throttle:
    """Where requests to one source wait for their turn, from any thread.

    The lowest urgency goes first; from `paced_from` on they are paced, so as not to use up a minute at once.
    """

    def __init__(self, budget: Budget, breaker: Breaker, clock: Clock, *, paced_from: int) -> None:
        self._budget = budget
        self._breaker = breaker
        self._clock = clock
        self._paced_from = paced_from
        self._changed = threading.Condition()
        self._waiting: list[tuple[int, int]] = []
        self._numbers = count()
        self._closed = False
        self._answered = False

    @contextmanager
    def judged(self, urgency: int, *, patience: float = 0.0) -> Iterator[Verdict]:
        """Send one request inside, which tells how the source is: a FeedError raised there is its failure.

        A failure that is not raised is told by the verdict. Waits for the budget however long it takes, and for an
        open breaker `patience` seconds, if the source has ever answered. Raises FeedPaused where that is too short, and
        FeedError once closed.
        """
        era = self._enter(urgency, patience, self._breaker.enter)
        verdict = Verdict()
        try:
            yield verdict
        except UnknownSymbol:  # an answer
            self._leave(self._succeeded, era)
            raise
        except FeedError as error:
            self._leave(self._breaker.failed, era, error, self._clock.monotonic())
            raise
        except BaseException:
            self._leave(self._breaker.abandoned, era)
            raise
        if verdict.failure is None:
            self._leave(self._succeeded, era)
        else:
            self._leave(self._breaker.failed, era, verdict.failure, self._clock.monotonic())

    @contextmanager
    def unjudged(self, urgency: int) -> Iterator[None]:
        """Like `judged` for a request whose failure says nothing about the others; it is never a probe."""
        self._enter(urgency, 0.0, int)
        try:
            yield
        finally:
            self._leave(int)

    def delay(self, requests: int = 1) -> float:
        """Seconds until the budget lets so many requests through, however many others wait for it."""
        with self._changed:
            return self._budget.wait(self._clock.monotonic(), requests=requests)

    @property
    def closed(self) -> bool:
        """Whether nobody is let through any more."""
        return self._closed

    def state(self) -> FeedState:
        """How the source is doing."""
        with self._changed:
            now = self._clock.monotonic()
            cause, used = self._breaker.cause, self._budget.used(now)
            if cause is None:
                return FeedState(requests=used, answered=self._answered)
            next_try = self._next_try(now)
            return FeedState(open=True, cause=cause.message, next_try=next_try, requests=used, answered=self._answered)

    def close(self) -> None:
        """Send away whoever waits, now and later."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _enter(self, urgency: int, patience: float, enter: Callable[[], int]) -> int:
        """Return when the request may be sent, with its era; its place in the queue is given up in any case."""
        ticket = (urgency, next(self._numbers))
        with self._changed:
            insort(self._waiting, ticket)
            try:
                self._await_turn(ticket, self._clock.monotonic() + patience)
                self._budget.spend(self._clock.monotonic())
                return enter()
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def _await_turn(self, ticket: tuple[int, int], patient_until: float) -> None:
        while True:
            now = self._clock.monotonic()
            if self._closed:
                raise FeedError(_("The feed is closed"))
            held = self._breaker.wait(now)
            if 0 < held < math.inf and (now + held > patient_until or not self._answered):
                raise self._refusal(now)
            wait = max(held, self._budget.wait(now, paced=ticket[0] >= self._paced_from))
            first = self._waiting[0] == ticket
            if first and wait == 0:
                return
            # The first one is woken by time; whoever is behind it, or waits for a probe, by the end of a request.
            self._changed.wait(wait if first and wait < math.inf else None)

    def _leave(self, tell: Callable[..., object], *arguments: object) -> None:
        with self._changed:
            tell(*arguments)
            self._changed.notify_all()

    def _succeeded(self, era: int) -> None:
        self._answered = True
        self._breaker.succeeded(era)

    def _next_try(self, now: float) -> Instant:
        seconds = max(0.0, (self._breaker.until or now) - now)
        return exchange_time(self._clock.now() + timedelta(seconds=seconds))

    def _refusal(self, now: float) -> FeedPaused:
        cause = self._breaker.cause or FeedError("")
        text = _("{cause}; next try {time:%H:%M}").format(cause=cause.message, time=self._next_try(now))
        return FeedPaused(text, cause)
