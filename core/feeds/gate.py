"""HTTP GETs to one source that can neither hang nor hammer.

- A time-out for the whole request: `requests` knows one per packet only, which a server that trickles never meets.
  So each exchange runs in a daemon thread, and is abandoned when the time is up or the gate is closed.
- A budget per minute: a request beyond it waits for its turn.
- A pause after a refusal or repeated failures: until it is over every request fails at once, with its reason.

Nothing is sent a second time here: the next refresh asks again. Proxies and certificates are those of the
environment, as `requests` reads it. Redirects are not followed: they would carry the headers, and with them a key,
to another host. A gate may be used from several threads.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from queue import Empty, SimpleQueue
from typing import Final, TypeAlias, TypeVar

import requests

from core.errors import FeedError, FeedRefused, FeedThrottled
from core.feeds.http_failures import (
    TRANSPORT,
    UNREADABLE,
    garbled,
    of_status,
    of_transport,
    said,
    timed_out,
    wait_named,
)
from core.i18n import _
from core.sessions import Clock
from core.text import clean

T = TypeVar("T")

REFUSED_PAUSE: Final = 300.0
"""Seconds before an address that refused is asked again."""

THROTTLED_PAUSE: Final = 60.0
"""Seconds of silence after 429 where the source does not say how many."""

FAILURE_PAUSE: Final = 30.0
"""Seconds of silence after the second failure in a row; each further one doubles them."""

LONGEST_PAUSE: Final = 900.0

_MINUTE: Final = 60.0
_CHUNK: Final = 65_536
_EVERYWHERE: Final = ""


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


_Outcome: TypeAlias = SimpleQueue[_Reply | Exception]


class Budget:
    """At most `per_minute` requests in any 60 seconds; times are on a monotonic clock."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._sent: deque[float] = deque(maxlen=per_minute)

    def delay(self, now: float) -> float:
        """Seconds until one more request is permitted."""
        return 0.0 if len(self._sent) < self._per_minute else max(0.0, self._sent[0] + _MINUTE - now)

    def spend(self, now: float) -> None:
        """Count a request sent at `now`."""
        self._sent.append(now)


class Gate:
    """The one way to `source` (its name, as the user knows it).

    `timeout` is in seconds. What the source says passes `hide`, which takes out what nobody may see.
    """

    def __init__(
        self, source: str, *, timeout: float, per_minute: int, clock: Clock, hide: Callable[[str], str] = str
    ) -> None:
        self._source = source
        self._timeout = timeout
        self._budget = Budget(per_minute)
        self._clock = clock
        self._hide = hide
        self._http = requests.Session()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._under_way: set[_Outcome] = set()
        self._pauses: dict[str, tuple[float, FeedError]] = {}
        self._failures = 0

    def get(self, url: str, params: Mapping[str, str], headers: Mapping[str, str], decode: Callable[[bytes], T]) -> T:
        """The body of `url`, decoded. `decode` raises one of `UNREADABLE` for what it cannot take.

        Raises FeedRefused, FeedThrottled, FeedUnreachable, FeedTimeout, FeedGarbled; FeedError once closed.
        """
        self._await_turn(url)
        try:
            body = self._body(self._exchange(url, params, headers))
            found = self._decoded(body, decode)
        except FeedError as error:
            raise self._held_off(error, url) from error.__cause__
        self._failures = 0
        return found

    def close(self) -> None:
        """Give up what is under way, at once: whoever waits for it gets a FeedError."""
        with self._lock:
            self._closed.set()
            for outcome in self._under_way:
                outcome.put(self._over())
        self._http.close()

    def _await_turn(self, url: str) -> None:
        """Return when a request may be sent. Raises the error of a pause that is on."""
        while not self._closed.is_set():
            with self._lock:
                now = self._clock.monotonic()
                self._raise_paused(url, now)
                delay = self._budget.delay(now)
                if delay == 0:
                    self._budget.spend(now)
                    return
            self._closed.wait(delay)
        raise self._over()

    def _raise_paused(self, url: str, now: float) -> None:
        for scope in (_EVERYWHERE, url):
            until, error = self._pauses.get(scope, (now, None))
            if error is not None and now < until:
                raise type(error)(error.message, error.mend)

    def _exchange(self, url: str, params: Mapping[str, str], headers: Mapping[str, str]) -> _Reply:
        outcome: _Outcome = SimpleQueue()
        deadline = time.monotonic() + self._timeout

        def run() -> None:
            try:
                outcome.put(self._received(url, params, headers, deadline))
            except Exception as failure:  # noqa: BLE001 - not swallowed: whoever waits raises it
                outcome.put(failure)

        with self._lock:
            if self._closed.is_set():
                raise self._over()
            self._under_way.add(outcome)
        try:
            threading.Thread(target=run, name=f"{self._source} request", daemon=True).start()
            ended = outcome.get(timeout=self._timeout)
        except Empty:
            raise timed_out(self._source) from None
        finally:
            with self._lock:
                self._under_way.discard(outcome)
        if isinstance(ended, TRANSPORT):
            raise of_transport(self._source, ended) from ended
        if isinstance(ended, Exception):
            raise ended
        return ended

    def _received(self, url: str, params: Mapping[str, str], headers: Mapping[str, str], deadline: float) -> _Reply:
        """The whole reply. One that was given up ends here as soon as anything more of it comes."""
        body = bytearray()
        with self._http.get(
            url, params=params, headers=headers, timeout=self._timeout, allow_redirects=False, stream=True
        ) as reply:
            while chunk := reply.raw.read1(_CHUNK, decode_content=True):
                body += chunk
                if time.monotonic() > deadline or self._closed.is_set():
                    raise requests.Timeout
            return _Reply(reply.status_code, reply.headers, bytes(body))

    def _body(self, reply: _Reply) -> bytes:
        if reply.status == HTTPStatus.OK:
            return reply.body
        wait = wait_named(reply.headers, self._clock.now().timestamp())
        raise of_status(self._source, reply.status, self._hide(said(reply.body)), wait)

    def _decoded(self, body: bytes, decode: Callable[[bytes], T]) -> T:
        try:
            return decode(body)
        except UNREADABLE as error:
            raise garbled(self._source, clean(self._hide(str(error)), 80)) from error

    def _held_off(self, error: FeedError, url: str) -> FeedError:
        """`error`, saying when the next try is, if it begins a pause."""
        with self._lock:
            scope, seconds = self._pause(error, url)
            if not seconds:
                return error
            at = self._clock.now() + timedelta(seconds=seconds)
            told = type(error)(_("{error}; next try {at:%H:%M} ET").format(error=error.message, at=at), error.mend)
            self._pauses[scope] = (self._clock.monotonic() + seconds, told)
            return told

    def _pause(self, error: FeedError, url: str) -> tuple[str, float]:
        """What must be left alone after `error`, and for how many seconds."""
        match error:
            case FeedThrottled():
                wait = THROTTLED_PAUSE if error.wait is None else error.wait
                return _EVERYWHERE, min(max(wait, 1.0), LONGEST_PAUSE)
            case FeedRefused():
                return url, REFUSED_PAUSE
        self._failures += 1
        again = self._failures - 2
        return _EVERYWHERE, min(FAILURE_PAUSE * 2.0**again, LONGEST_PAUSE) if again >= 0 else 0.0

    def _over(self) -> FeedError:
        return FeedError(_("{source} is no longer asked: the feed is closed").format(source=self._source))
