"""Alpaca's data API on 127.0.0.1: daily bars with paging and adjustments, snapshots, the key, and every fault.

It speaks as the documentation says: bars sorted by symbol and time, at most `page` of them a page, compressed for
who asks; symbols it does not know are left out, a malformed one refuses the whole request.
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

KEY_ID, SECRET = "PKTESTKEYIDENTIFIER", "sEcReTsEcReTsEcReTsEcReT0123456789"
NEW_YORK = ZoneInfo("America/New_York")

Reply: TypeAlias = "Callable[[Handler], None]"


@dataclass
class Stock:
    """Raw bars by session, as (open, high, low, close, volume); what became of the share on a session's morning."""

    bars: dict[date, tuple[float, float, float, float, float]]
    splits: dict[date, float] = field(default_factory=dict)
    dividends: dict[date, float] = field(default_factory=dict)

    def sent(self, first: datetime, last: datetime, adjustment: str) -> Iterator[dict[str, Any]]:
        """The bars that begin from `first` to `last`, as the API writes them."""
        for day in sorted(self.bars):
            begin = datetime.combine(day, time(), NEW_YORK)
            if first <= begin <= last:
                shares = self._split_factor(day)
                factor = self._dividend_factor(day) / shares if adjustment == "all" else 1 / shares
                *prices, volume = self.bars[day]
                values = dict(zip("ohlc", (round(price * factor, 4) for price in prices), strict=True))
                at = begin.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")
                yield {"t": at, **values, "v": volume * shares, "n": 1, "vw": values["c"]}

    def _split_factor(self, day: date) -> float:
        shares = 1.0
        for at, ratio in self.splits.items():
            shares *= ratio if at > day else 1.0
        return shares

    def _dividend_factor(self, day: date) -> float:
        factor = 1.0
        for at, amount in self.dividends.items():
            before = max(session for session in self.bars if session < at)
            factor *= 1 - amount / self.bars[before][3] if at > day else 1.0
        return factor


def steady(days: Iterable[date], close: float) -> Stock:
    """A stock that rises by a hundredth each session."""
    closes = {day: round(close + 0.01 * n, 2) for n, day in enumerate(days)}
    return Stock({day: (c, round(c + 0.5, 2), round(c - 0.5, 2), c, 1e6) for day, c in closes.items()})


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    params: dict[str, str]

    @property
    def symbols(self) -> list[str]:
        return self.params["symbols"].split(",")


class AlpacaServer(ThreadingHTTPServer):
    """`faults` answer the next requests one by one, `every` all others that it is set for."""

    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.scheme = "http" if tls is None else "https"
        self.stocks: dict[str, Stock] = {}
        self.snapshots: dict[str, dict[str, Any] | None] = {}
        self.page = 10_000
        self.asked: list[Asked] = []
        self.faults: list[Reply | None] = []
        self.every: Reply | None = None
        self.arrived = threading.Event()
        self.over = threading.Event()
        self.hung_up = threading.Event()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def take(self) -> list[Asked]:
        """The requests until now."""
        asked, self.asked = self.asked, []
        return asked

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what several tests are about."""


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[AlpacaServer]:
    with AlpacaServer(tls) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    server: AlpacaServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(parts.path, dict(parse_qsl(parts.query)))
        self.server.asked.append(asked)
        self.server.arrived.set()
        fault = self.server.faults.pop(0) if self.server.faults else self.server.every
        if fault is not None:
            fault(self)
        elif (self.headers["APCA-API-KEY-ID"], self.headers["APCA-API-SECRET-KEY"]) != (KEY_ID, SECRET):
            self.send_json(403, {"message": "forbidden."})
        elif bad := [symbol for symbol in asked.symbols if not re.fullmatch(r"[A-Z0-9.]+", symbol)]:
            self.send_json(400, {"message": f"invalid symbol: {bad[0]}"})
        elif asked.path == "/v2/stocks/bars":
            self.send_json(200, self._bars(asked))
        elif asked.path == "/v2/stocks/snapshots":
            snapshots = self.server.snapshots
            self.send_json(200, {symbol: snapshots[symbol] for symbol in asked.symbols if symbol in snapshots})
        else:
            self.send_json(404, {"message": "endpoint not found."})

    def _bars(self, asked: Asked) -> dict[str, Any]:
        first, last = (datetime.fromisoformat(asked.params[name]) for name in ("start", "end"))
        rows = [
            (symbol, bar)
            for symbol in sorted(set(asked.symbols) & set(self.server.stocks))
            for bar in self.server.stocks[symbol].sent(first, last, asked.params["adjustment"])
        ]
        begin = int(asked.params.get("page_token", "0"))
        end = begin + min(self.server.page, int(asked.params["limit"]))
        bars: dict[str, list[dict[str, Any]]] = {}
        for symbol, bar in rows[begin:end]:
            bars.setdefault(symbol, []).append(bar)
        return {"bars": bars, "next_page_token": str(end) if end < len(rows) else None}

    def send_json(self, status: int, content: object, **headers: str) -> None:
        self.send(status, json.dumps(content).encode(), headers)

    def send(self, status: int, body: bytes, headers: Mapping[str, str], *, cut: int = 0) -> None:
        """A whole reply, or one that ends `cut` bytes too early."""
        self.send_response(status)
        if "gzip" in self.headers["Accept-Encoding"]:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body[: len(body) - cut])
        self.close_connection = cut > 0

    def log_message(self, _format: str, *_args: object) -> None:
        """Nothing to standard error."""


def refuse(status: int, message: str = "", **headers: str) -> Reply:
    """An error as Alpaca sends it, with headers written with `_`."""
    return lambda handler: handler.send_json(status, {"message": message}, **headers)


def body(content: bytes, status: int = 200, **headers: str) -> Reply:
    """Whatever bytes."""
    return lambda handler: handler.send(status, content, headers)


def cut(handler: Handler) -> None:
    """The connection closes in the middle of the body."""
    handler.send(200, b'{"bars": {}, "next_page_token": null}', {}, cut=10)


def stall(handler: Handler) -> None:
    """Silence."""
    handler.server.over.wait()
    handler.close_connection = True


def trickle(handler: Handler) -> None:
    """A body that comes byte by byte and never ends; tells when the client hung up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000000")
    handler.end_headers()
    try:
        while not handler.server.over.wait(0.01):
            handler.wfile.write(b" ")
    except OSError:
        handler.server.hung_up.set()
    handler.close_connection = True


def reset(handler: Handler) -> None:
    """The connection is torn down."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True
