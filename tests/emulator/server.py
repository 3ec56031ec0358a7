"""The emulator as tests hold it: a thread with a loop that listens, and the handles to everything behind it."""

from __future__ import annotations

import asyncio
import threading
from asyncio import AbstractServer, StreamReader, StreamWriter
from collections.abc import Coroutine
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

from tests.emulator.clock import VirtualClock
from tests.emulator.connection import Connection, House
from tests.emulator.faults import Faults
from tests.emulator.log import Log
from tests.emulator.market import Market
from tests.emulator.stream import Stream
from tests.emulator.tls import Certificates
from tests.emulator.yahoo import Yahoo

_PATIENCE = 5.0  # seconds for the loop to do what it is told
_LOOPBACK = "127.0.0.1"


class Emulator:
    """Yahoo on the loopback, from `__enter__` to `__exit__` (or `start` to `close`).

    `port` 0 takes a free one. All attributes may be used from any thread while it runs.
    """

    def __init__(self, port: int = 0) -> None:
        self.clock = VirtualClock()
        self.market = Market(self.clock)
        self.log = Log()
        self.faults = Faults(changed=self._faults_changed, met=self.log.changed)
        self.port = port
        self._folder = TemporaryDirectory(prefix="emulator-")
        self._house = House(
            clock=self.clock,
            faults=self.faults,
            log=self.log,
            yahoo=Yahoo(self.market, self.clock),
            stream=Stream(self.market, self.faults),
            certificates=Certificates(Path(self._folder.name)),
        )
        self._numbers = count(1)
        self._thread = threading.Thread(target=self._run, name="emulator", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started = threading.Event()
        self._failure: OSError | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._defects: list[BaseException] = []
        self._server: AbstractServer | None = None
        self._stopping = asyncio.Event()

    def __enter__(self) -> Emulator:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Listen; raises `OSError` where the port is taken."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._folder.cleanup()
            raise self._failure

    def close(self) -> None:
        """End at once, whatever hangs; raises what has gone wrong in the emulator itself."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(_PATIENCE)
        self._folder.cleanup()
        if self._thread.is_alive():
            raise RuntimeError("the emulator does not end")
        if self._defects:
            raise self._defects[0]

    @property
    def ca_file(self) -> Path:
        """The certificate that a client must trust."""
        return self._house.certificates.ca

    @property
    def proxy(self) -> str:
        """The address of the proxy."""
        return f"http://{_LOOPBACK}:{self.port}"

    @property
    def latency(self) -> float:
        """Seconds that pass before every answer."""
        return self._house.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._house.latency = seconds

    @property
    def stream_interval(self) -> float:
        """Seconds between two rounds of ticks on the stream."""
        return self._house.stream.interval

    @stream_interval.setter
    def stream_interval(self, seconds: float) -> None:
        self._house.stream.interval = seconds
        self.tick()

    def environment(self) -> dict[str, str]:
        """The variables, and nothing else, that lead a program here instead of to Yahoo."""
        proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), self.proxy)
        direct = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost,::1")
        trusted = dict.fromkeys(("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"), str(self.ca_file))
        return proxies | direct | trusted

    def tick(self) -> None:
        """Send the next round of ticks on the stream now."""
        self._do(self._wake_stream())

    def _faults_changed(self) -> None:
        self._do(self._obey_faults())

    def _do(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run `coroutine` on the loop and wait for it."""
        if self._loop is None or not self._thread.is_alive():
            coroutine.close()
            return
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_PATIENCE)

    def _run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            await self._obey_faults()
        except OSError as error:
            self._failure = error
            return
        finally:
            self._started.set()
        await self._stopping.wait()
        await self._stop_listening()

    async def _obey_faults(self) -> None:
        """Listen, unless nobody is to listen; and let the stream see the change."""
        if self.faults.down:
            await self._stop_listening()
        elif self._server is None:
            self._server = await asyncio.start_server(self._accept, _LOOPBACK, self.port, backlog=1024)
            self.port = self._server.sockets[0].getsockname()[1]
        self._house.stream.wake()

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await asyncio.sleep(0)  # in which the loop closes their sockets

    async def _wake_stream(self) -> None:
        self._house.stream.wake()

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(Connection(self._house, next(self._numbers), reader, writer).serve())
        self._connections.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, connection: asyncio.Task[None]) -> None:
        self._connections.discard(connection)
        if not connection.cancelled() and (defect := connection.exception()) is not None:
            self._defects.append(defect)
