"""What the emulator was asked, for tests to count and to wait for."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.model import Instant
from tests.emulator.wire import Endpoint, Request


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: `at` is the time of `time.monotonic`, `instant` that of the emulator's clock."""

    at: float
    instant: Instant
    connection: int
    endpoint: Endpoint
    method: str
    host: str
    path: str
    query: dict[str, str]
    symbols: tuple[str, ...]


class Log:
    """Requests in the order of their arrival, and counters; all may be read from any thread at any time.

    `connections` were accepted, `tunnels` of them asked for, `open` are connections now, `in_flight` requests
    that are not yet answered, `most_open` and `most_in_flight` the most at one time.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.clear()

    def clear(self) -> None:
        """Forget what was; what is open or in flight stays so."""
        with self._changed:
            self._entries: list[Entry] = []
            self.connections = self.tunnels = 0
            self.open: int = getattr(self, "open", 0)
            self.in_flight: int = getattr(self, "in_flight", 0)
            self.most_open, self.most_in_flight = self.open, self.in_flight

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every request."""
        with self._changed:
            return tuple(self._entries)

    def count(self, endpoint: str | None = None) -> int:
        """The number of requests, of `endpoint` or of all."""
        return sum(endpoint in (None, entry.endpoint) for entry in self.entries)

    def by_endpoint(self) -> Counter[str]:
        """The number of requests of each endpoint."""
        return Counter(entry.endpoint.value for entry in self.entries)

    def wait(self, condition: Callable[[Log], bool], timeout: float = 10.0) -> None:
        """Return as soon as `condition` holds; raises `TimeoutError` when it does not within `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: condition(self), timeout):
                raise TimeoutError(f"not within {timeout} s; requests until now: {dict(self.by_endpoint())}")

    def changed(self) -> None:
        """Let those who wait look again: something else than a request has happened."""
        with self._changed:
            self._changed.notify_all()

    def tunnel(self) -> None:
        """Somebody asks for a tunnel."""
        with self._changed:
            self.tunnels += 1
            self._changed.notify_all()

    @contextmanager
    def connection(self) -> Iterator[None]:
        """While a connection is open."""
        with self._changed:
            self.connections += 1
            self.open += 1
            self.most_open = max(self.most_open, self.open)
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self.open -= 1
                self._changed.notify_all()

    @contextmanager
    def request(self, connection: int, request: Request, instant: Instant) -> Iterator[None]:
        """While a request is answered."""
        entry = Entry(
            at=time.monotonic(),
            instant=instant,
            connection=connection,
            endpoint=request.endpoint,
            method=request.head.method,
            host=request.host,
            path=request.path,
            query=dict(request.query),
            symbols=request.symbols,
        )
        with self._changed:
            self._entries.append(entry)
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self.in_flight -= 1
                self._changed.notify_all()
