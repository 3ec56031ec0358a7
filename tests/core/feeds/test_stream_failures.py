"""What the user reads of a connection that fails."""

from __future__ import annotations

import asyncio
import socket
import ssl

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import (
    ConnectionClosedError,
    ConnectionClosedOK,
    InvalidMessage,
    InvalidProxy,
    InvalidProxyMessage,
    InvalidProxyStatus,
    InvalidStatus,
)
from websockets.frames import Close
from websockets.http11 import Response

from core.errors import FeedError
from core.feeds.stream_failures import FAILURES, in_words
from core.feeds.yahoo_stream import StreamState
from tests.core.feeds.stream_server import Listener
from tests.support.virtual_time import VirtualLoop, run, until

UNTRUSTED = ssl.SSLCertVerificationError(1, "certificate verify failed")
UNTRUSTED.verify_message = "self-signed certificate"


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (ConnectionClosedOK(Close(1000, "\x1b[2Jbye"), None), "The stream was closed by the server (1000)"),
        (ConnectionClosedError(None, Close(1009, "")), "The stream broke the rules of WebSocket (1009)"),
        (ConnectionClosedError(None, None), "The connection to the stream was lost"),
        (InvalidStatus(Response(429, "no", Headers())), "The stream is refused (429)"),
        (InvalidProxyStatus(Response(407, "no", Headers())), "The proxy refuses the stream (407)"),
        (InvalidProxyMessage("what?"), "The proxy does not let the stream through"),
        (InvalidMessage("what?"), "The stream's server does not speak WebSocket (InvalidMessage)"),
        (ImportError("python_socks"), "A SOCKS proxy needs the package python-socks"),
        (UNTRUSTED, "The certificate of the stream is not trusted (self-signed certificate)"),
        (socket.gaierror(-2, "unknown"), "The name of the stream's server or of the proxy is not found"),
        (TimeoutError("slow"), "The stream's server does not answer"),
        (
            OSError(113, "No route\nto host"),
            "The stream's server or the proxy is not reached ([Errno 113] No route to host)",
        ),
        (FeedError("silent", "wait"), "silent: wait"),
    ],
)
def test_each_failure_has_its_words(failure: Exception, words: str) -> None:
    assert isinstance(failure, FAILURES)
    assert in_words(failure) == words


def test_the_password_of_a_proxy_is_not_told() -> None:
    assert "secret" not in in_words(InvalidProxy("htp://me:secret@proxy", "scheme htp isn't supported"))


def failed(answer: bytes | None, scheme: str = "ws") -> StreamState:
    """The state of a client whose server says `answer` to whatever it hears, and hangs up; None: nobody listens."""
    states: list[StreamState] = []

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer or b"")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def main(_: VirtualLoop) -> None:
        server = await asyncio.start_server(reply, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        if answer is None:
            server.close()
            await server.wait_closed()
        async with server, Listener(f"{scheme}://127.0.0.1:{port}/").running() as listener:
            await until(lambda: len(listener.states) > 1)
            states.append(listener.state)

    run(main)
    return states[0]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n", "The stream is refused (429)"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", "The stream is refused (200)"),
        (b"who are you?\r\n\r\n", "The stream's server does not speak WebSocket (InvalidMessage)"),
        (b"", "The stream's server does not speak WebSocket (InvalidMessage)"),
        (None, "The stream's server or the proxy is not reached"),
    ],
)
def test_what_the_client_says_of_such_servers(answer: bytes | None, words: str) -> None:
    state = failed(answer)
    assert not state.connected
    assert state.cause.startswith(words)
    assert state.cause.endswith("; next try 10:30:01")


def test_a_server_without_tls_is_told_apart() -> None:
    assert "next try" in failed(b"HTTP/1.1 400 Bad Request\r\n\r\n", "wss").cause


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("htp://me:secret@127.0.0.1:1", "The address of the proxy in the environment is not valid"),
        ("socks5://127.0.0.1:1", "A SOCKS proxy needs the package python-socks"),
        ("http://127.0.0.1:9", "The stream's server or the proxy is not reached"),
    ],
)
def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch, proxy: str, words: str) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, proxy)
    states: list[StreamState] = []

    async def main(_: VirtualLoop) -> None:
        async with Listener("wss://stream.example/").running() as listener:
            await until(lambda: len(listener.states) > 1)
            states.append(listener.state)

    run(main)
    assert states[0].cause.startswith(words)
