"""Yahoo's stream of prices: our own client, because yfinance's freezes the event loop when the server hangs up.

`StreamClient` stays connected, reads ticks and hands over at most `most_per_second` batches of quotes a second
however many ticks come; the last tick is never held back longer than one such step. What goes wrong is told in
words by `StreamState` and mended by connecting again, later and later while no connection brings ticks and lasts.

It runs in a daemon thread with an event loop of its own: no work of the stream (TLS, decoding) is done on the
screen's loop, and names are looked up in daemon threads, so that nothing can hold the exit of the program.
Proxy and certificates are those of the environment (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE).
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import random
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final, Never

from websockets.asyncio.client import ClientConnection, connect

from core.errors import FeedError, TapeboardError
from core.feeds.stream_failures import FAILURES, in_words
from core.feeds.yahoo_ticks import LatestQuotes, TickReader, TickRefused
from core.i18n import _
from core.model import Doubt, Instant, Quote, Session
from core.sessions import Clock, exchange_time
from core.text import clean
from core.worker import in_daemon_thread

URL: Final = "wss://streamer.finance.yahoo.com/?version=2"
THREAD: Final = "tapeboard-stream"

# All in seconds.
RESUBSCRIBE: Final = 15.0
"""Yahoo forgets what was subscribed unless it is told again this often."""
SILENCE: Final = 30.0
"""A connection that says nothing for so long is taken for dead."""
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 60.0
LASTING: Final = 60.0
"""A connection that lives so long begins a new count: a server that hangs up after its first ticks does so again."""
_OPENING = 10.0
_CLOSING = 1.0

_LARGEST = 2**16  # bytes of a message; a tick has about 200

# Without any handler Python would print the library's warnings to the terminal, through the screen.
logging.getLogger("websockets").addHandler(logging.NullHandler())
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StreamState:
    """The stream at one moment, for the header.

    `since`: when it was connected, or was found not to be. `reconnects`: connections made after the first.
    `ticks`: good ticks of the regular hours; `rejected`: messages that are none. `cause`: one line why it is
    not connected and when it tries again, or why the last message was rejected; "" while all is well. `doubts`: the
    symbols whose last tick was rejected.
    """

    connected: bool
    since: Instant
    reconnects: int
    ticks: int
    rejected: int
    cause: str
    doubts: tuple[Doubt, ...] = ()


def backoff() -> Iterator[float]:
    """Seconds between two attempts: doubling up to the longest, each cut by up to half so that crowds disperse."""
    wait = FIRST_WAIT
    while True:
        yield wait * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
        wait = min(2 * wait, LONGEST_WAIT)


class StreamClient:
    """Streams quotes of `symbols` once: `start` it in a thread of its own, or await `run`; `stop` ends it.

    `on_quotes` gets the quotes that have changed, by symbol: the latest of each, on basis `px`, of regular hours
    only. `on_state` gets every change of the connection at once, and those of the counts as often as quotes at
    most. Both are called on the stream's thread, must return soon and must not raise.
    `calendar_session` tells the session in progress, or the last one begun, at an instant.
    """

    def __init__(
        self,
        symbols: Sequence[str],
        on_quotes: Callable[[Mapping[str, Quote]], None],
        on_state: Callable[[StreamState], None],
        *,
        clock: Clock,
        calendar_session: Callable[[Instant], Session],
        url: str = URL,
        most_per_second: float = 4.0,
        reconnect: Callable[[], Iterator[float]] = backoff,
    ) -> None:
        self._subscription = json.dumps({"subscribe": list(symbols)})
        self._on_quotes = on_quotes
        self._on_state = on_state
        self._clock = clock
        self._url = url
        self._reconnect = reconnect
        self._reader = TickReader(symbols, clock, calendar_session)
        self._latest = LatestQuotes()
        self._pace = _Pace(1 / most_per_second, self._hand_over)
        self._lock = threading.Lock()
        self._stopped = False
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None
        self._connected = False
        self._since = clock.now()
        self._connections = self._ticks = self._rejected = 0
        self._cause = _("The stream is being opened")
        self._doubts: Mapping[str, Doubt] = {}

    @property
    def state(self) -> StreamState:
        """The state now; may be read from any thread."""
        reconnects = max(self._connections - 1, 0)
        doubts = tuple(self._doubts.values())
        return StreamState(self._connected, self._since, reconnects, self._ticks, self._rejected, self._cause, doubts)

    def start(self) -> None:
        """Run in a new daemon thread; returns at once."""
        threading.Thread(target=self._serve, name=THREAD, daemon=True).start()

    def stop(self) -> None:
        """End for good; may be called from any thread and returns at once.

        No callback begins afterwards, but one may be under way; the connection is closed in the background.
        """
        with self._lock:
            self._stopped = True
            if self._running is not None:
                loop, task = self._running
                with suppress(RuntimeError):  # the loop was closed under `run`: there is nothing left to end
                    loop.call_soon_threadsafe(task.cancel)

    async def run(self) -> None:
        """Stream on the running event loop until cancelled or stopped, which both raise CancelledError here."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task; this tells mypy
        with self._lock:
            if self._stopped:
                raise asyncio.CancelledError
            self._running = asyncio.get_running_loop(), task
        try:
            self._report()
            await self._stay_connected()
        finally:
            self._pace.cancel()
            with self._lock:
                self._running = None

    def _serve(self) -> None:
        """The thread: a loop that looks names up in daemon threads, and a last word if this is a defect of ours."""
        try:
            with asyncio.Runner(loop_factory=_Loop) as runner:
                runner.run(self.run())
        except asyncio.CancelledError:
            return  # by `stop`: the thread is the outermost awaiter, and ends
        except Exception as error:  # noqa: BLE001 - whatever it is, the header must say it
            _log.debug("the stream has failed", exc_info=True)
            text = _("The stream has ended: {error}").format(error=f"{type(error).__name__}: {error}")
            self._lost(clean(text))

    async def _stay_connected(self) -> Never:
        waits, loop = self._reconnect(), asyncio.get_running_loop()
        while True:
            before, begun = self._ticks, loop.time()
            cause = await self._connection()
            if self._ticks > before and loop.time() - begun >= LASTING:
                waits = self._reconnect()
            wait = next(waits)
            due = exchange_time(self._clock.now() + timedelta(seconds=wait))
            self._lost(_("{cause}; next try {time:%H:%M:%S}").format(cause=cause, time=due))
            await asyncio.sleep(wait)

    async def _connection(self) -> str:
        """One connection, from its opening to its end; in words, why it ended."""
        try:
            async with connect(
                self._url,
                open_timeout=_OPENING,
                close_timeout=_CLOSING,
                ping_interval=None,  # silence tells a dead connection from a living one
                max_size=_LARGEST,
            ) as connection:
                self._connected, self._since, self._cause = True, self._clock.now(), ""
                self._connections += 1
                self._report()
                await self._listen(connection)
        except FAILURES as error:
            return in_words(error)

    async def _listen(self, connection: ClientConnection) -> Never:
        """Subscribe again and again, and take what comes. Raises ConnectionClosed, or FeedError when it is silent."""
        try:
            async with asyncio.timeout(SILENCE) as silence:
                while True:
                    await connection.send(self._subscription)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(RESUBSCRIBE):
                            await self._hear(connection, silence)
        except TimeoutError:
            raise FeedError(_("The stream has been silent for {seconds:g} s").format(seconds=SILENCE)) from None

    async def _hear(self, connection: ClientConnection, silence: asyncio.Timeout) -> Never:
        loop = asyncio.get_running_loop()
        while True:
            message = await connection.recv(decode=False)
            silence.reschedule(loop.time() + SILENCE)
            self._take(message)

    def _take(self, message: bytes) -> None:
        try:
            tick = self._reader.read(message)
        except TapeboardError as error:
            self._rejected += 1
            self._cause = clean(str(error))
            if isinstance(error, TickRefused):
                self._doubts = {error.symbol: Doubt(error.symbol, self._clock.now(), error.reason), **self._doubts}
            self._pace.ask()
            return
        self._cause = ""
        if tick is not None:
            if tick.symbol in self._doubts:
                self._doubts = {symbol: doubt for symbol, doubt in self._doubts.items() if symbol != tick.symbol}
            self._ticks += 1
            self._latest.take(tick)
            self._pace.ask()

    def _hand_over(self) -> None:
        quotes = self._latest.drain()
        if quotes and not self._stopped:
            self._on_quotes(quotes)
        self._report()

    def _lost(self, cause: str) -> None:
        if self._connected:
            self._connected, self._since = False, self._clock.now()
        self._cause = cause
        self._report()

    def _report(self) -> None:
        if not self._stopped:
            self._on_state(self.state)


class _Pace:
    """Calls `act` soon after `ask`, however often that is called, and `gap` seconds after the last time at least."""

    def __init__(self, gap: float, act: Callable[[], None]) -> None:
        self._gap = gap
        self._act = act
        self._free_at = -math.inf
        self._timer: asyncio.TimerHandle | None = None

    def ask(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._free_at, loop.time()), self._fire, loop)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _fire(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        self._free_at = loop.time() + self._gap
        self._act()


class _Loop(asyncio.SelectorEventLoop):
    """Looks names up in daemon threads: those of asyncio's executor would hold the exit while a resolver hangs."""

    async def getaddrinfo(
        self,
        host: str | bytes | None,
        port: str | int | bytes | None,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002 - asyncio's own name for it
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        look_up = partial(socket.getaddrinfo, host, port, family, type, proto, flags)
        return await in_daemon_thread(look_up, name=f"{THREAD}-dns")
