"""A stream like Yahoo's on the loopback, said word for word by the test, and a client of it that remembers."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import repeat
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from yfinance.pricing_pb2 import PricingData

from core.feeds.yahoo_stream import StreamClient, StreamState
from core.model import Instant, Quote, Session
from core.sessions import FixedClock

OPEN = datetime(2026, 1, 12, 14, 30, tzinfo=UTC)
SYMBOLS = ("SPY", "IWM", "QQQ", "^GSPC")


def session_of(instant: Instant) -> Session:
    """Every day is a session, which begins at midnight UTC."""
    return instant.astimezone(UTC).date()


def pricing(symbol: str = "SPY", price: float = 100.0, *, after: float = 0.0, hours: int = 1, **parts: float) -> bytes:
    """A tick as protobuf, `after` seconds after the open."""
    milliseconds = round((OPEN.timestamp() + after) * 1000)
    data: bytes = PricingData(
        id=symbol, price=price, time=milliseconds, market_hours=hours, **parts
    ).SerializeToString()
    return data


def message(data: bytes) -> str:
    """`data` as Yahoo sends it."""
    return json.dumps({"type": "pricing", "message": base64.b64encode(data).decode()})


def tick(symbol: str = "SPY", price: float = 100.0, **more: Any) -> str:
    """The message of `pricing`."""
    return message(pricing(symbol, price, **more))


class StreamServer:
    """Accepts clients; what each of them sent, and the connections, in their order."""

    def __init__(self) -> None:
        self.connections: list[ServerConnection] = []
        self.received: list[Any] = []
        self._server: Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return f"ws://127.0.0.1:{port}/?version=2"

    @property
    def latest(self) -> ServerConnection:
        return self.connections[-1]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[StreamServer]:
        async with serve(self._serve, "127.0.0.1", 0, ping_interval=None) as self._server:
            yield self

    async def _serve(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        async for text in connection:
            self.received.append(json.loads(text))


def _one_second() -> Iterator[float]:
    return repeat(1.0)


class Listener:
    """A client with the time of each batch it handed over; its clock is one hour after the open."""

    def __init__(self, url: str, symbols: Sequence[str] = SYMBOLS, **options: Any) -> None:
        self.batches: list[tuple[float, dict[str, Quote]]] = []
        self.states: list[StreamState] = []
        options = {"reconnect": _one_second, **options}
        self.client = StreamClient(
            symbols,
            self._take,
            self.states.append,
            clock=FixedClock(OPEN + timedelta(hours=1)),
            calendar_session=session_of,
            url=url,
            **options,
        )

    @property
    def state(self) -> StreamState:
        return self.client.state

    @property
    def quotes(self) -> dict[str, Quote]:
        """The last one handed over of each symbol."""
        return {symbol: quote for _, batch in self.batches for symbol, quote in batch.items()}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Listener]:
        """Run it as a task, which must end by cancellation."""
        task = asyncio.create_task(self.client.run())
        try:
            yield self
        finally:
            self.client.stop()
            with suppress(asyncio.CancelledError):
                await task
            assert task.cancelled()

    def _take(self, batch: Mapping[str, Quote]) -> None:
        self.batches.append((asyncio.get_running_loop().time(), dict(batch)))
