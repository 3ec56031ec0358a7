"""What the stream costs the screen: the lag of an event loop while another thread takes 1,000 ticks a second.

The ticks come through a real WebSocket from a process of their own, as Yahoo's would. The lag is how much later
than asked a short sleep on the screen's loop ends: without a stream, with one in its own thread as the program
runs it, and with one on the screen's own loop.
"""

from __future__ import annotations

import asyncio
import base64
import json
import multiprocessing
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Final

import numpy as np
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from yfinance.pricing_pb2 import PricingData

from core.feeds.yahoo_stream import StreamClient
from core.model import Quote
from core.sessions import Calendar, SystemClock
from core.settings_load import defaults
from core.universe import build

TICKS: Final = 1000  # a second
SECONDS: Final = 4.0
SYMBOLS: Final = [instrument.symbol for instrument in build(defaults().settings).instruments]
PORTION: Final = 0.005  # seconds between two writes of the server
PROBE: Final = 0.002  # the sleep whose lag is measured
LAG_FLOOR: Final = 30.0  # ms
BATCHES_FLOOR: Final = 4.0  # a second


@dataclass
class Found:
    """The lag of each probe in milliseconds, the times of the batches, and the ticks taken."""

    lags: list[float] = field(default_factory=list)
    batches: list[float] = field(default_factory=list)
    ticks: int = 0
    cpu: float = 0.0

    @property
    def p99(self) -> float:
        return float(np.percentile(self.lags, 99))

    @property
    def rate(self) -> float:
        """Batches a second, to one decimal: the threads change places every few milliseconds."""
        return round((len(self.batches) - 1) / (self.batches[-1] - self.batches[0]), 1)


def main() -> bool:
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    calendar = Calendar()
    with server() as url:
        idle = asyncio.run(_measure(calendar, None))
        thread = asyncio.run(_measure(calendar, url))
        here = asyncio.run(_measure(calendar, url, own_thread=False))
    rate = thread.ticks / SECONDS
    fast = thread.p99 < LAG_FLOOR and rate > 0.9 * TICKS
    calm = thread.rate <= BATCHES_FLOOR
    print(
        f"stream, {rate:.0f} ticks/s: lag of the screen's loop, p99 {thread.p99:5.2f} ms"
        f" vs {here.p99:.2f} ms with the stream on it and {idle.p99:.2f} ms without"
        f"   ratio {thread.p99 / here.p99:.3f}  (floor {LAG_FLOOR:.0f} ms)  {_verdict(fast)}"
    )
    print(f"stream, longest lag {max(thread.lags):.1f} ms, CPU {100 * (thread.cpu - idle.cpu):.0f} %")
    print(f"stream, {thread.rate:.1f} batches a second  (floor {BATCHES_FLOOR:.0f})  {_verdict(calm)}")
    return fast and calm


def _verdict(ok: bool) -> str:  # noqa: FBT001 - as in a sentence
    return "ok" if ok else "MISSED"


async def _measure(calendar: Calendar, url: str | None, *, own_thread: bool = True) -> Found:
    """The lag of this loop for some seconds, with the stream from `url` if there is one."""
    found = Found()
    loop = asyncio.get_running_loop()
    begun = asyncio.Event()

    def take(_quotes: Mapping[str, Quote]) -> None:
        found.batches.append(time.monotonic())
        if not begun.is_set():
            loop.call_soon_threadsafe(begun.set)

    client = StreamClient(
        SYMBOLS,
        take,
        lambda _: None,
        clock=SystemClock(),
        calendar_session=lambda at: calendar.state(at).session,
        url=url or "",
    )
    task = None
    if url:
        if own_thread:
            client.start()
        else:
            task = asyncio.create_task(client.run())
        await begun.wait()
    before, cpu = client.state.ticks, time.process_time()
    end = time.perf_counter() + SECONDS
    while (asked := time.perf_counter()) < end:
        await asyncio.sleep(PROBE)
        found.lags.append(1000 * (time.perf_counter() - asked - PROBE))
    found.ticks = client.state.ticks - before
    found.cpu = (time.process_time() - cpu) / SECONDS
    client.stop()
    if task is not None:
        await asyncio.wait([task])
    return found


@contextmanager
def server() -> Iterator[str]:
    """A process that streams; its address."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()  # so that a server that dies ends the wait for its port
    try:
        yield f"ws://127.0.0.1:{ours.recv()}/"
    finally:
        process.terminate()
        process.join()


def _serve(told: Connection) -> None:
    asyncio.run(_stream_to_all(told))


async def _stream_to_all(told: Connection) -> None:
    async with serve(_stream, "127.0.0.1", 0, ping_interval=None) as server:
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()


async def _stream(connection: ServerConnection) -> None:
    """`TICKS` a second in even portions until the client goes."""
    start = time.monotonic()
    sent = 0
    with suppress(ConnectionClosed):
        while True:
            while sent < TICKS * (time.monotonic() - start):
                await connection.send(_tick(sent))
                sent += 1
            await asyncio.sleep(PORTION)


def _tick(number: int) -> str:
    tick = PricingData(
        id=SYMBOLS[number % len(SYMBOLS)],
        price=100 + number % 97 / 100,
        time=round(time.time() * 1000),
        exchange="PCX",
        quote_type=20,
        market_hours=1,
        change_percent=0.5,
        change=0.5,
        day_volume=1000 + number,
        price_hint=2,
    )
    return json.dumps({"type": "pricing", "message": base64.b64encode(tick.SerializeToString()).decode()})
