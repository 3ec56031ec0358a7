"""What stands between a feed and its source: certificates, proxies, the budget. Its faults: see test_alpaca.py."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import requests
import trustme

from core import __version__
from core.errors import FeedError, FeedUnreachable
from core.feeds.breaker import Backoff, Breaker
from core.feeds.gate import Gate
from core.feeds.throttle import Budget, Throttle
from core.sessions import FixedClock
from tests.core.feeds import alpaca_server
from tests.core.feeds.alpaca_server import AlpacaServer, serving

PATIENCE = 60.0  # seconds until a test that waits for what never comes fails
OK = alpaca_server.body(b'"fine"')


class WatchedClock(FixedClock):
    """Tells that somebody looked at it."""

    def __init__(self) -> None:
        super().__init__(datetime(2026, 1, 12, 17, tzinfo=UTC))
        self.read = threading.Event()

    def monotonic(self) -> float:
        self.read.set()
        return super().monotonic()


@contextmanager
def opened(sign: str = "", *, clock: WatchedClock | None = None, budget: int = 1000) -> Iterator[Gate]:
    clock = clock or WatchedClock()
    throttle = Throttle(Budget(budget), Breaker(1000, Backoff(60, 900)), clock, paced_from=1)

    def signed(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["X-Sign"] = sign
        return request

    gate = Gate("Source", timeout=3600, throttle=throttle, clock=clock, sign=signed, hide=str)
    try:
        yield gate
    finally:
        gate.close()


def ask(gate: Gate, server: AlpacaServer) -> object:
    return gate.get(f"{server.url}/path", {"a": "1"}, msgspec.json.decode)


def test_a_request_is_signed_and_says_who_asks() -> None:
    seen: list[tuple[str | None, str | None]] = []

    def answer(handler: alpaca_server.Handler) -> None:
        seen.append((handler.headers["X-Sign"], handler.headers["User-Agent"]))
        OK(handler)

    with serving() as server, opened("me") as gate:
        server.every = answer
        assert ask(gate, server) == "fine"
    assert seen == [("me", f"tapeboard/{__version__}")]


def test_a_redirect_is_not_followed() -> None:
    with serving() as server, serving() as other, opened("me") as gate:
        server.every = alpaca_server.body(b"", 307, Location=other.url)
        with pytest.raises(FeedError, match="307"):
            ask(gate, server)
        assert other.take() == []


def test_only_the_certificates_of_the_environment_are_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with serving(tls) as server, opened() as gate:
        server.every = OK
        monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
        monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
        with pytest.raises(FeedUnreachable, match="the certificate of Source is not trusted"):
            ask(gate, server)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
        assert ask(gate, server) == "fine"


def test_a_proxy_that_leads_nowhere_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server, opened() as gate:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, "")
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, "http://user:password@127.0.0.1:9")
        with pytest.raises(FeedUnreachable) as raised:
            ask(gate, server)
        assert str(raised.value) == "the proxy does not lead to Source: check HTTPS_PROXY"


def test_nobody_at_the_address_is_told() -> None:
    with serving() as server, opened() as gate:
        url = server.url
    with opened() as gate, pytest.raises(FeedUnreachable, match="Source cannot be reached"):
        gate.get(url, {}, msgspec.json.decode)


def test_a_defect_is_not_taken_for_a_failure_of_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise ZeroDivisionError("a defect") from OSError("with the key in a frame")

    monkeypatch.setattr(requests.Session, "get", broken)
    with serving() as server, opened() as gate, pytest.raises(ZeroDivisionError) as raised:
        ask(gate, server)
    assert raised.value.__cause__ is None


def test_a_closed_gate_asks_nobody() -> None:
    with serving() as server, opened() as gate:
        gate.close()
        with pytest.raises(FeedError, match="closed"):
            ask(gate, server)
        assert server.take() == []


def test_closing_ends_the_wait_for_the_budget() -> None:
    clock = WatchedClock()
    failures: list[FeedError] = []
    with serving() as server, opened(clock=clock, budget=1) as gate:
        server.every = OK

        def ask_again() -> None:
            try:
                ask(gate, server)
            except FeedError as error:
                failures.append(error)

        ask(gate, server)
        clock.read.clear()
        thread = threading.Thread(target=ask_again, daemon=True)
        thread.start()
        assert clock.read.wait(PATIENCE)  # under the lock, which it gives up only to wait
        gate.close()
        thread.join(PATIENCE)
        assert len(failures) == 1
        assert len(server.take()) == 1
