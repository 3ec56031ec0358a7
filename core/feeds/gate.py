"""HTTP GETs to one source that can neither hang nor hammer, by way of `requests`.

- A time-out for the whole request: `requests` knows one per packet only, which a server that trickles never meets.
  So each exchange runs in a daemon thread, and is abandoned when the time is up or the gate is closed.
- A place in a `Throttle`: a budget per minute, and a breaker that leaves alone who refuses or fails.

Nothing is sent a second time here: the next refresh asks again. Proxies and certificates are those of the
environment. Redirects are not followed: they would carry a key to another host. Of a failure only the kind is passed
on: its frames hold what was sent, key and all, for whoever prints local variables.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from queue import Empty, SimpleQueue
from typing import Final, TypeAlias, TypeVar

import msgspec
import requests

from core import __version__
from core.errors import FeedError, FeedPaused
from core.feeds.base import FeedState
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
from core.feeds.throttle import Throttle
from core.i18n import _
from core.sessions import Clock
from core.text import clean

T = TypeVar("T")

_CHUNK: Final = 65_536


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)  # a server may echo what it was sent


Sign: TypeAlias = Callable[[requests.PreparedRequest], requests.PreparedRequest]

_Outcome: TypeAlias = SimpleQueue[_Reply | Exception]


class Gate:
    """The one way to `source` (its name, as the user knows it), for any number of threads.

    `timeout` is in seconds. `sign` puts the key into a request; what the source says passes `hide`, which takes out
    of it what nobody may see.
    """

    def __init__(
        self, source: str, *, timeout: float, throttle: Throttle, clock: Clock, sign: Sign, hide: Callable[[str], str]
    ) -> None:
        self._source = source
        self._timeout = timeout
        self._throttle = throttle
        self._clock = clock
        self._hide = hide
        self._http = requests.Session()
        self._http.auth = sign
        self._http.headers["User-Agent"] = f"tapeboard/{__version__}"
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._under_way: set[_Outcome] = set()

    def get(self, url: str, params: Mapping[str, str], decode: Callable[[bytes], T]) -> T:
        """The body of `url`, decoded. `decode` raises one of `UNREADABLE` for what it cannot take.

        Raises FeedRefused, FeedThrottled, FeedUnreachable, FeedTimeout, FeedGarbled; FeedPaused, where nothing is asked
        for a while; FeedError once closed.
        """
        try:
            with self._throttle.judged(0):
                return self._decoded(self._exchange(url, params), decode)
        except FeedPaused:
            raise
        except FeedError as error:
            raise self._with_next_try(error) from None

    def state(self) -> FeedState:
        """How the source is doing."""
        return self._throttle.state()

    def close(self) -> None:
        """Give up what is under way, at once: whoever waits for it gets a FeedError."""
        with self._lock:
            self._closed.set()
            for outcome in self._under_way:
                outcome.put(self._over())
        self._throttle.close()
        self._http.close()

    def _exchange(self, url: str, params: Mapping[str, str]) -> _Reply:
        outcome: _Outcome = SimpleQueue()
        deadline = time.monotonic() + self._timeout

        def run() -> None:
            try:
                outcome.put(self._received(url, params, deadline))
            except Exception as failure:  # noqa: BLE001 - not swallowed: whoever waits raises it
                failure.__cause__ = failure.__context__ = None
                outcome.put(failure.with_traceback(None))

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
            raise of_transport(self._source, ended)
        if isinstance(ended, Exception):
            raise ended
        return ended

    def _received(self, url: str, params: Mapping[str, str], deadline: float) -> _Reply:
        """The whole reply. One that was given up ends here as soon as anything more of it comes."""
        body = bytearray()
        with self._http.get(url, params=params, timeout=self._timeout, allow_redirects=False, stream=True) as reply:
            while chunk := reply.raw.read1(_CHUNK, decode_content=True):
                body += chunk
                if time.monotonic() > deadline or self._closed.is_set():
                    raise requests.Timeout
            return _Reply(reply.status_code, reply.headers, bytes(body))

    def _decoded(self, reply: _Reply, decode: Callable[[bytes], T]) -> T:
        if reply.status != HTTPStatus.OK:
            wait = wait_named(reply.headers, self._clock.now().timestamp())
            raise of_status(self._source, reply.status, self._hide(said(reply.body)), wait)
        try:
            return decode(reply.body)
        except UNREADABLE as error:
            reason = str(error) if isinstance(error, msgspec.DecodeError) else _("not JSON")
            raise garbled(self._source, clean(self._hide(reason), 80)) from None

    def _with_next_try(self, error: FeedError) -> FeedError:
        """`error`, saying when the next try is, if nothing is asked before."""
        state = self._throttle.state()
        if state.next_try is None:
            return error
        text = _("{cause}; next try {time:%H:%M}").format(cause=error.message, time=state.next_try)
        return type(error)(text, error.mend)

    def _over(self) -> FeedError:
        return FeedError(_("{source} is no longer asked: the feed is closed").format(source=self._source))
