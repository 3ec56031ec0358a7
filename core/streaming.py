"""Yahoo's stream while the exchange is open, and only then.

`Streaming.attend` is told the phase with every refresh; what comes is handed on between refreshes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING

from core.model import Doubt, Instant, Problem, Quote, Session
from core.sessions import Calendar, Clock
from core.snapshot import Phase

if TYPE_CHECKING:
    from core.feeds.yahoo_stream import StreamClient, StreamState


class Streaming:
    """Hands the quotes of `symbols` to `take`, on a thread of its own. Any thread may call it."""

    def __init__(
        self, symbols: Sequence[str], take: Callable[[Mapping[str, Quote]], None], clock: Clock, calendar: Calendar
    ) -> None:
        self._symbols = symbols
        self._take = take
        self._clock = clock
        self._calendar = calendar
        self._lock = Lock()
        self._client: StreamClient | None = None
        self._closed = False

    def attend(self, phase: Phase) -> None:
        """Begin where the exchange is open, and end where it is not."""
        with self._lock:
            if phase != "open" or self._closed:
                self._stop()
            elif self._client is None:
                self._client = self._started()

    def problems(self) -> tuple[Problem, ...]:
        """Why no prices come by the stream, if it should bring some."""
        client = self._client
        if client is None or client.state.connected or not client.state.cause:
            return ()
        return (Problem("stream", None, client.state.cause),)

    def doubts(self) -> tuple[Doubt, ...]:
        """The symbols whose last tick was rejected."""
        client = self._client
        return () if client is None else client.state.doubts

    def close(self) -> None:
        """End for good; returns at once."""
        with self._lock:
            self._closed = True
            self._stop()

    def _started(self) -> StreamClient:
        from core.feeds.yahoo_stream import StreamClient  # noqa: PLC0415 - yfinance is for those who stream

        client = StreamClient(self._symbols, self._take, _unheard, clock=self._clock, calendar_session=self._session_at)
        client.start()
        return client

    def _stop(self) -> None:
        if self._client is not None:
            self._client.stop()
            self._client = None

    def _session_at(self, instant: Instant) -> Session:
        return self._calendar.state(instant).session


def _unheard(state: StreamState) -> None:
    """The state is looked at with each snapshot."""
