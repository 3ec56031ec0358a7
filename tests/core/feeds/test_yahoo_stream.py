"""The stream's client before a server that hangs up, babbles, falls silent or floods; virtual time throughout."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count, islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.feeds.yahoo_stream import (
    FIRST_WAIT,
    LASTING,
    LONGEST_WAIT,
    RESUBSCRIBE,
    SILENCE,
    THREAD,
    StreamClient,
    StreamState,
    _Pace,
    backoff,
)
from core.model import Quote
from core.sessions import SystemClock
from tests.core.feeds.stream_server import OPEN, SYMBOLS, Listener, StreamServer, message, session_of, tick
from tests.support.virtual_time import PATIENCE, VirtualLoop, run, until, until_equal

GAP = 0.25
ASKED = {"subscribe": list(SYMBOLS)}


@asynccontextmanager
async def streaming() -> AsyncIterator[tuple[StreamServer, Listener]]:
    """A client that is connected and has subscribed."""
    async with StreamServer().listening() as server, Listener(server.url).running() as listener:
        await until(lambda: server.received)
        yield server, listener


async def spin(turns: int = 50) -> None:
    """Give the loop every chance to do what it should not."""
    for _ in range(turns):
        await asyncio.sleep(0)


# Ticks


def test_it_subscribes_and_hands_quotes_over() -> None:
    async def main(_: VirtualLoop) -> None:
        async with streaming() as (server, listener):
            assert server.received == [ASKED]
            assert listener.states[0] == StreamState(
                connected=False,
                since=listener.state.since,
                reconnects=0,
                ticks=0,
                rejected=0,
                cause="The stream is being opened",
            )
            await server.latest.send(tick("SPY", 123.45, after=5))
            await until(lambda: listener.batches)
            assert listener.quotes["SPY"].price == 123.45
            assert listener.quotes["SPY"].session == session_of(OPEN)
            assert listener.states[-1] == listener.state
            assert (listener.state.connected, listener.state.ticks, listener.state.cause) == (True, 1, "")

    run(main)


def test_it_subscribes_again_every_so_often() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with streaming() as (server, listener):
            for times in range(2, 6):
                await server.latest.send(tick())
                await until_equal(lambda: listener.state.ticks, times - 1)
                loop.advance(RESUBSCRIBE)
                await until_equal(lambda: len(server.received), times)
            assert server.received == [ASKED] * 5
            assert len(server.connections) == 1

    run(main)


def test_a_flood_of_ticks_comes_in_four_batches_a_second_and_ends_with_the_last_prices() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with streaming() as (server, listener):
            for part in range(50):
                for i in range(100):
                    number = 100 * part + i
                    symbol = SYMBOLS[number % len(SYMBOLS)]
                    await server.latest.send(tick(symbol, 100.0 + number, after=number / 100, day_volume=1 + number))
                await until_equal(lambda: listener.state.ticks, 100 * (part + 1))
                loop.advance(0.1)
            loop.advance(GAP)  # no longer than that is the last tick held back
            await until(lambda: len(listener.quotes) == 4 and listener.quotes["^GSPC"].price == 5099.0)
            assert {symbol: quote.price for symbol, quote in listener.quotes.items()} == {
                "SPY": 5096.0,
                "IWM": 5097.0,
                "QQQ": 5098.0,
                "^GSPC": 5099.0,
            }
            times = [at for at, _ in listener.batches]
            assert all(sum(start <= at < start + 1 for at in times) <= 4 for start in times)
            await spin()
            assert len(listener.batches) == len(times)
            assert len(listener.states) <= len(times) + 2  # opening, open

    run(main)


@given(st.lists(st.integers(0, 20), max_size=30))
def test_the_pace_keeps_its_gap_and_makes_nobody_wait_longer(waits: list[int]) -> None:
    """`waits`: steps of the clock between two calls of `ask`."""
    step = 0.05
    asked: list[float] = []
    acted: list[float] = []

    async def main(loop: VirtualLoop) -> None:
        pace = _Pace(GAP, lambda: acted.append(loop.time()))
        for wait in [*waits, 20]:
            asked.append(loop.time())
            pace.ask()
            for _ in range(wait):
                await spin(2)
                loop.advance(step)
        await spin(2)

    run(main)
    assert all(after - before >= GAP - 1e-6 for before, after in pairwise(acted))
    assert all(any(at <= then <= at + GAP + step for then in acted) for at in asked)


def test_garbage_is_counted_told_and_survived() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with streaming() as (server, listener):
            for text in ("nonsense", message(b"\xff"), tick("TSLA"), tick(price=-1.0)):
                await server.latest.send(text)
            await until(lambda: listener.states[-1].rejected == 4)
            assert listener.states[-1].cause == "The stream sent SPY without a price"
            assert listener.states[-1].connected
            assert [(one.symbol, one.reason) for one in listener.states[-1].doubts] == [("SPY", "without a price")]
            assert not listener.batches
            await server.latest.send(tick())
            await until(lambda: listener.state.ticks == 1)
            loop.advance(GAP)
            await until(lambda: listener.batches)
            assert (listener.states[-1].cause, listener.states[-1].doubts) == ("", ())
            assert listener.states[-1].rejected == 4
            assert len(server.connections) == 1

    run(main)


# Connections


def test_it_comes_back_after_a_normal_close_and_after_an_abort() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with streaming() as (server, listener):
            await server.latest.close(1000)
            await until(lambda: not listener.state.connected)
            assert listener.states[-1].cause == "The stream was closed by the server (1000); next try 10:30:01"
            loop.advance(1)
            await until(lambda: len(server.received) == 2)

            server.latest.transport.abort()
            await until(lambda: not listener.state.connected)
            assert listener.states[-1].cause == "The connection to the stream was lost; next try 10:30:01"
            loop.advance(1)
            await until(lambda: len(server.received) == 3)

            await server.latest.send(tick())
            await until(lambda: listener.batches)
            assert (listener.state.connected, listener.state.reconnects, listener.state.cause) == (True, 2, "")

    run(main)


def test_it_hangs_up_on_silence_and_calls_again() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with streaming() as (server, listener):
            loop.advance(SILENCE - 1)
            await until(lambda: len(server.received) == 2)
            await server.latest.send("anything")
            await until(lambda: listener.state.rejected == 1)
            loop.advance(SILENCE - 1)
            await until(lambda: len(server.received) == 3)
            assert listener.state.connected
            loop.advance(1)
            await until(lambda: not listener.state.connected)
            assert listener.states[-1].cause == "The stream has been silent for 30 s; next try 10:30:01"
            loop.advance(1)
            await until(lambda: len(server.connections) == 2)

    run(main)


def test_it_gives_up_a_dead_peer_that_does_not_even_close() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with streaming() as (server, listener):
            server.latest.transport.pause_reading()
            loop.advance(SILENCE)
            await spin()
            loop.advance(1)  # for the closing handshake
            await until(lambda: not listener.state.connected)
            server.latest.transport.abort()

    run(main)


def test_a_message_that_is_far_too_long_ends_the_connection() -> None:
    async def main(_: VirtualLoop) -> None:
        async with streaming() as (server, listener):
            await server.latest.send("x" * 100_000)
            await until(lambda: not listener.state.connected)
            assert listener.state.cause.startswith("The stream broke the rules of WebSocket (1009)")

    run(main)


def test_only_a_connection_that_brought_ticks_and_lasted_begins_the_waiting_anew() -> None:
    begun = count()

    def waits() -> Iterator[float]:
        next(begun)
        yield from (1.0, 2.0, 4.0, 8.0)

    async def main(loop: VirtualLoop) -> None:
        async with StreamServer().listening() as server, Listener(server.url, reconnect=waits).running() as listener:
            for number, wait in enumerate((1.0, 2.0, 4.0), start=1):
                await until_equal(lambda: len(server.received), number)
                await server.latest.close()
                await until(lambda: not listener.state.connected)
                loop.advance(wait - 0.1)
                await spin()
                assert len(server.connections) == number
                loop.advance(0.1)
            assert next(begun) == 1
            await until(lambda: len(server.received) == 4)
            await server.latest.send(tick())
            await until(lambda: listener.batches)
            await server.latest.close()
            await until(lambda: not listener.state.connected)
            assert next(begun) == 2
            loop.advance(8.0)
            await until(lambda: len(server.received) == 5)
            for number in (2, 3, 4):
                await server.latest.send(tick())
                await until_equal(lambda: listener.client.state.ticks, number)
                loop.advance(LASTING / 3)
                await spin()
            await server.latest.close()
            await until(lambda: not listener.state.connected)
            assert next(begun) == 4

    run(main)


def test_the_waits_double_up_to_the_longest_with_jitter() -> None:
    for _ in range(20):
        expected = FIRST_WAIT
        for wait in islice(backoff(), 12):
            assert expected / 2 <= wait <= expected
            expected = min(2 * expected, LONGEST_WAIT)
    assert len({next(backoff()) for _ in range(20)}) > 1


# The end


@asynccontextmanager
async def holding_back(loop: VirtualLoop) -> AsyncIterator[tuple[StreamServer, Listener]]:
    """A client that has a tick to hand over as soon as the loop turns."""
    async with streaming() as (server, listener):
        await server.latest.send(tick())
        await until(lambda: listener.batches)
        await server.latest.send(tick("IWM"))
        await until_equal(lambda: listener.state.ticks, 2)
        loop.advance(GAP)
        yield server, listener


def test_stop_closes_the_connection_and_nothing_is_told_any_more() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with holding_back(loop) as (server, listener):
            told = len(listener.states), len(listener.batches)
            listener.client.stop()
            listener.client.stop()
            await server.latest.wait_closed()
            assert (len(listener.states), len(listener.batches)) == told

    run(main)


def test_cancelling_is_as_good_and_leaves_no_timer() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with StreamServer().listening() as server:
            listener = Listener(server.url)
            task = asyncio.create_task(listener.client.run())
            await until(lambda: server.received)
            for number, symbol in enumerate(("SPY", "IWM"), start=1):
                await server.latest.send(tick(symbol))
                await until_equal(lambda: listener.state.ticks, number)
                await spin()
            assert len(listener.batches) == 1
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            loop.advance(GAP)
            await spin()
            assert len(listener.batches) == 1

    run(main)


def test_stop_while_connecting() -> None:
    async def main(_: VirtualLoop) -> None:
        arrived = asyncio.Event()
        gone = asyncio.Event()

        async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            arrived.set()
            await reader.read()
            writer.close()
            gone.set()

        server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Listener(f"ws://127.0.0.1:{port}/").running() as listener:
            await arrived.wait()
            listener.client.stop()
            await gone.wait()
            assert listener.client.state.reconnects == 0

    run(main)


def test_stop_while_waiting_for_the_next_try() -> None:
    async def main(_: VirtualLoop) -> None:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        async with Listener(f"ws://127.0.0.1:{port}/").running() as listener:
            await until(lambda: "not reached" in listener.state.cause)
            assert not listener.state.connected

    run(main)


def test_what_was_stopped_before_it_ran_never_runs() -> None:
    async def main(_: VirtualLoop) -> None:
        async with StreamServer().listening() as server:
            listener = Listener(server.url)
            listener.client.stop()
            with pytest.raises(asyncio.CancelledError):
                await listener.client.run()
            assert not server.connections
            assert not listener.states

    run(main)


# The thread


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == THREAD]


async def test_it_streams_in_a_daemon_thread_of_its_own_and_leaves_none() -> None:
    loop = asyncio.get_running_loop()
    handed: asyncio.Queue[tuple[str, dict[str, Quote]]] = asyncio.Queue()

    def take(quotes: object) -> None:
        assert isinstance(quotes, dict)
        loop.call_soon_threadsafe(handed.put_nowait, (threading.current_thread().name, quotes))

    async with asyncio.timeout(PATIENCE), StreamServer().listening() as server:
        client = StreamClient(
            SYMBOLS, take, lambda _: None, clock=SystemClock(), calendar_session=session_of, url=server.url
        )
        client.start()
        await until(lambda: server.received)
        (thread,) = threads()
        assert thread.daemon
        await server.latest.send(tick("QQQ", 9.5))
        name, quotes = await handed.get()
        assert (name, quotes["QQQ"].price) == (THREAD, 9.5)
        client.stop()
        await server.latest.wait_closed()
    thread.join(PATIENCE)
    assert threads() == []


def test_a_defect_ends_the_thread_and_is_told() -> None:
    told: list[StreamState] = []

    def broken() -> Iterator[float]:
        raise ZeroDivisionError("no\x1b wait")

    client = StreamClient(
        SYMBOLS, lambda _: None, told.append, clock=SystemClock(), calendar_session=session_of, reconnect=broken
    )
    client.start()
    for thread in threads():
        thread.join(PATIENCE)
    assert told[-1].cause == "The stream has ended: ZeroDivisionError: no wait"


def test_the_interpreter_exits_while_the_name_server_hangs() -> None:
    program = """
import socket, threading
from datetime import date
from core.feeds.yahoo_stream import StreamClient
from core.sessions import SystemClock

asked = threading.Event()
def hang(*arguments, **more):
    asked.set()
    threading.Event().wait()
socket.getaddrinfo = hang

client = StreamClient(
    ["SPY"], print, lambda state: None, clock=SystemClock(), calendar_session=lambda at: date.today(),
    url="ws://localhost:1/",
)
client.start()
assert asked.wait(30)
print("hangs")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "hangs\n", "")
