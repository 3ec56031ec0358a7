"""The emulator on the wire: many kinds of hanging, the stream under its faults, and an end that leaves nothing."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import ssl
import struct
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime

import pytest
from curl_cffi import requests as curl
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK

from core.errors import UsageError
from core.sessions import NEW_YORK
from tests.emulator import Emulator

HOST = "query1.finance.yahoo.com"
CHART = f"https://{HOST}/v8/finance/chart/AAPL?range=1d&interval=1d"
REQUEST = b"GET /v8/finance/chart/AAPL HTTP/1.1\r\n\r\n"
STREAMER = "wss://streamer.finance.yahoo.com/?version=2"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        emulator.clock.set(datetime(2025, 11, 25, 12, tzinfo=NEW_YORK))
        yield emulator


@pytest.fixture
def session(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[curl.Session[curl.Response]]:
    for name, value in emulator.environment().items():
        monkeypatch.setenv(name, value)
    with curl.Session(impersonate="chrome") as session:
        yield session


def tunnel(emulator: Emulator) -> socket.socket:
    """A connection that has asked for a tunnel."""
    raw = socket.create_connection(("127.0.0.1", emulator.port))
    raw.sendall(f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\n\r\n".encode())
    return raw


def secured(emulator: Emulator) -> ssl.SSLSocket:
    """A tunnel with TLS."""
    raw = tunnel(emulator)
    assert raw.recv(100).startswith(b"HTTP/1.1 200")
    trusted = ssl.create_default_context(cafile=str(emulator.ca_file))
    return trusted.wrap_socket(raw, server_hostname=HOST)


def subscribed(emulator: Emulator) -> connect:
    trusted = ssl.create_default_context(cafile=str(emulator.ca_file))
    return connect(STREAMER, proxy=emulator.proxy, ssl=trusted)


async def subscribe(connection: ClientConnection, *symbols: str) -> None:
    await connection.send(json.dumps({"subscribe": symbols}))


def test_connections_are_kept_and_counted(emulator: Emulator, session: curl.Session[curl.Response]) -> None:
    assert [session.get(CHART).status_code for _ in range(3)] == [200, 200, 200]
    assert (emulator.log.count(), emulator.log.count("chart"), emulator.log.connections) == (3, 3, 1)
    assert {entry.connection for entry in emulator.log.entries} == {1}
    assert emulator.log.entries[0].query == {"range": "1d", "interval": "1d"}
    assert emulator.log.most_in_flight == 1


def test_requests_are_in_flight_together(emulator: Emulator) -> None:
    emulator.faults.set("stall")
    with ExitStack() as clients:
        for _ in range(3):
            clients.enter_context(secured(emulator)).sendall(REQUEST)
        emulator.log.wait(lambda log: log.in_flight == 3)
    emulator.log.wait(lambda log: log.open == 0)
    assert (emulator.log.in_flight, emulator.log.most_in_flight, emulator.log.most_open) == (0, 3, 3)


def test_latency_lies_before_every_answer(emulator: Emulator, session: curl.Session[curl.Response]) -> None:
    emulator.latency = 0.05
    begun = time.monotonic()
    session.get(CHART)
    assert time.monotonic() - begun >= emulator.latency


def test_the_time_of_an_answer_is_that_of_the_clock(emulator: Emulator, session: curl.Session[curl.Response]) -> None:
    assert session.get(CHART).headers["Date"] == "Tue, 25 Nov 2025 12:00:00 -0500"


def test_other_hosts_are_out_of_reach(emulator: Emulator, session: curl.Session[curl.Response]) -> None:
    with pytest.raises(curl.exceptions.ConnectionError, match="502"):
        session.get("https://example.com/")
    assert (emulator.log.tunnels, emulator.log.count()) == (1, 0)


def test_what_is_no_http_ends_a_connection(emulator: Emulator) -> None:
    with socket.create_connection(("127.0.0.1", emulator.port)) as raw:
        raw.sendall(b"\x00\x01\r\n\r\n")
        assert raw.recv(100) == b""


def test_a_quote_needs_its_crumb(emulator: Emulator, session: curl.Session[curl.Response]) -> None:
    url = "https://query1.finance.yahoo.com/v7/finance/quote?symbols=SPY"
    assert session.get(url).status_code == 401
    assert session.get("https://query1.finance.yahoo.com/v1/test/getcrumb").status_code == 401
    assert session.get("https://fc.yahoo.com/").status_code == 404
    crumb = session.get("https://query1.finance.yahoo.com/v1/test/getcrumb").text
    document = json.loads(session.get(url, params={"crumb": crumb}).text)
    assert [row["symbol"] for row in document["quoteResponse"]["result"]] == ["SPY"]


def test_paths_that_are_not_there_say_so(emulator: Emulator, session: curl.Session[curl.Response]) -> None:
    for path in ("v1/finance/search?q=x", "v8/finance/chart/"):
        assert session.get(f"https://query1.finance.yahoo.com/{path}").status_code == 404
    assert session.get(CHART.replace("1d", "7x")).status_code == 422


def test_it_ends_at_once_whatever_hangs() -> None:
    with ExitStack() as clients, Emulator() as emulator:
        clients.enter_context(socket.create_connection(("127.0.0.1", emulator.port)))
        clients.enter_context(tunnel(emulator))  # and no handshake
        emulator.log.wait(lambda log: log.tunnels == 1)
        emulator.faults.set("no_tunnel")
        clients.enter_context(tunnel(emulator))
        emulator.log.wait(lambda log: log.tunnels == 2)
        emulator.faults.clear()
        emulator.faults.set("stall")
        clients.enter_context(secured(emulator)).sendall(REQUEST)
        emulator.log.wait(lambda log: log.in_flight == 1)
        assert emulator.log.open == 4
    assert emulator.log.open == emulator.log.in_flight == 0
    assert "emulator" not in {thread.name for thread in threading.enumerate()}
    assert not emulator.ca_file.exists()
    gc.collect()  # an unclosed socket or transport would warn now, and warnings are errors


def test_a_taken_port_is_an_error(emulator: Emulator) -> None:
    with pytest.raises(OSError, match="address already in use"), Emulator(emulator.port):
        pass


def test_after_it_was_down_it_listens_where_it_did(emulator: Emulator, session: curl.Session[curl.Response]) -> None:
    port = emulator.port
    emulator.faults.set("down")
    with pytest.raises(curl.exceptions.ConnectionError):
        session.get(CHART)
    emulator.faults.clear("down")
    assert session.get(CHART).status_code == 200
    assert emulator.port == port


def test_what_goes_wrong_in_it_is_raised_at_its_end(capfd: pytest.CaptureFixture[str]) -> None:
    emulator = Emulator()
    emulator.start()
    emulator.clock.set(datetime(1980, 1, 1, tzinfo=NEW_YORK))
    with secured(emulator) as client:
        client.sendall(REQUEST)
        with suppress(ConnectionError):
            assert client.recv(100) == b""
    with pytest.raises(UsageError, match="the exchange calendar knows"):
        emulator.close()
    assert capfd.readouterr().err == ""


async def test_the_stream_follows_subscriptions(emulator: Emulator) -> None:
    emulator.stream_interval = 60
    async with subscribed(emulator) as stream:
        await subscribe(stream, "AAPL")
        assert b"AAPL" in tick(await stream.recv())
        await subscribe(stream, "SPY")
        assert {tick(await stream.recv())[2:5] for _ in range(2)} == {b"AAP", b"SPY"}
        await stream.send(json.dumps({"unsubscribe": ["AAPL"]}))
        assert b"SPY" in tick(await stream.recv())
        emulator.tick()
        assert b"SPY" in tick(await stream.recv())


async def test_the_stream_closes_normally(emulator: Emulator) -> None:
    emulator.faults.set("stream_close")
    async with subscribed(emulator) as stream:
        await subscribe(stream, "AAPL")
        await stream.recv()
        with pytest.raises(ConnectionClosedOK):
            await stream.recv()
    assert stream.close_code == 1000


async def test_the_stream_is_cut_off_and_can_be_had_again(emulator: Emulator) -> None:
    emulator.faults.set("stream_abort", times=1)
    async with subscribed(emulator) as stream:
        await subscribe(stream, "AAPL")
        await stream.recv()
        with pytest.raises(ConnectionClosedError):
            await stream.recv()
    async with subscribed(emulator) as stream:
        await subscribe(stream, "AAPL")
        assert b"AAPL" in tick(await stream.recv())


async def test_the_stream_sends_garbage_among_its_ticks(emulator: Emulator) -> None:
    emulator.stream_interval = 0.01
    emulator.faults.set("stream_garbage")
    async with subscribed(emulator) as stream:
        await subscribe(stream, "AAPL")
        messages = [await stream.recv() for _ in range(24)]
    assert sum(isinstance(message, bytes) for message in messages) == 8
    assert {"}{", "", "[1, 2]"} < {message for message in messages if isinstance(message, str)}


async def test_the_stream_falls_silent_while_it_is_open(emulator: Emulator) -> None:
    emulator.stream_interval = 60
    async with subscribed(emulator) as stream:
        await subscribe(stream, "AAPL")
        await stream.recv()
        fault = emulator.faults.set("stream_silence")
        await asyncio.to_thread(emulator.log.wait, lambda _: fault.played == 1)
        emulator.tick()
        await asyncio.to_thread(emulator.log.wait, lambda _: fault.played == 2)
        emulator.market.set_live("AAPL", 100.0)
        emulator.faults.clear()
        assert struct.pack("<f", 100.0) in tick(await stream.recv())


async def test_the_stream_bursts(emulator: Emulator) -> None:
    emulator.faults.set("stream_burst")
    async with subscribed(emulator) as stream:
        await subscribe(stream, "AAPL", "SPY")
        async with asyncio.timeout(10):
            names = [tick(await stream.recv())[2:5] for _ in range(500)]
    assert names.count(b"AAP") == names.count(b"SPY") == 250


async def test_a_refusal_befalls_the_stream_too(emulator: Emulator) -> None:
    emulator.faults.set("429")
    with pytest.raises(Exception, match="HTTP 429"):
        async with subscribed(emulator):
            pass


def tick(message: str | bytes) -> bytes:
    """The protobuf of a message."""
    return b64decode(json.loads(message)["message"])
