"""HTTP/1.1 as far as the emulator speaks it: heads and bodies in, answers out."""

from __future__ import annotations

import json
from asyncio import LimitOverrunError, StreamReader
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

Json: TypeAlias = dict[str, Any]


class NotHTTP(Exception):
    """What comes in is no request."""


class Endpoint(StrEnum):
    """What of Yahoo a request is about."""

    COOKIE = "cookie"  # fc.yahoo.com
    GETCRUMB = "getcrumb"
    CONSENT = "consent"  # the pages between which a cookie is agreed to
    CHART = "chart"
    QUOTE = "quote"
    SUMMARY = "summary"
    FUNDAMENTALS = "fundamentals"
    SCREENER = "screener"
    STREAM = "stream"
    OTHER = "other"


QUERY_HOSTS = frozenset({"query1.finance.yahoo.com", "query2.finance.yahoo.com"})

_OTHER_HOSTS = {
    "fc.yahoo.com": Endpoint.COOKIE,
    "guce.yahoo.com": Endpoint.CONSENT,
    "consent.yahoo.com": Endpoint.CONSENT,
    "streamer.finance.yahoo.com": Endpoint.STREAM,
}
_PATHS = {
    "/v1/test/getcrumb": Endpoint.GETCRUMB,
    "/v8/finance/chart/": Endpoint.CHART,
    "/v7/finance/quote": Endpoint.QUOTE,
    "/v10/finance/quoteSummary/": Endpoint.SUMMARY,
    "/ws/fundamentals-timeseries/v1/finance/timeseries/": Endpoint.FUNDAMENTALS,
    "/v1/finance/screener/predefined/saved": Endpoint.SCREENER,
}


def endpoints_at(host: str) -> frozenset[Endpoint]:
    """What can be asked of `host`; nothing where it is none of Yahoo's."""
    if host in QUERY_HOSTS:
        return frozenset({*_PATHS.values(), Endpoint.OTHER})
    return frozenset({_OTHER_HOSTS[host]}) if host in _OTHER_HOSTS else frozenset()


@dataclass(frozen=True, slots=True)
class Head:
    """The first line and the header fields (names in lower case) of a request; `raw` ends with the empty line."""

    method: str
    target: str
    fields: Mapping[str, str]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """A request inside a tunnel; `symbols` are those it asks about."""

    host: str
    head: Head
    endpoint: Endpoint
    path: str
    query: Mapping[str, str]
    symbols: tuple[str, ...]

    @classmethod
    def of(cls, host: str, head: Head) -> Request:
        """The request that `head` makes of `host`."""
        url = urlsplit(head.target)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        endpoint, rest = _locate(host, url.path)
        named = query.get("symbols", "") if endpoint is Endpoint.QUOTE else unquote(rest)
        return cls(host, head, endpoint, url.path, query, tuple(s.upper() for s in named.split(",") if s))

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies that came along."""
        pairs = (pair.strip().partition("=") for pair in self.head.fields.get("cookie", "").split(";"))
        return {name: value for name, _, value in pairs if name}


@dataclass(slots=True)
class Answer:
    """What a request is answered: a JSON `document`, which faults may change, or else `text`."""

    status: int = 200
    document: Json | None = None
    text: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """What follows the head."""
        # NaN and Infinity are no JSON, but Python reads them, and a fault sends them.
        return (self.text if self.document is None else json.dumps(self.document)).encode()

    def encoded(self, date: str) -> tuple[bytes, bytes]:
        """Head and body, as they are sent at `date`."""
        body = self.body()
        kind = "text/html" if self.document is None else "application/json"
        fields = {
            "Date": date,
            "Content-Type": f"{kind};charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            **self.fields,
        }
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", *(f"{k}: {v}" for k, v in fields.items())]
        return "\r\n".join([*lines, "\r\n"]).encode(), body


async def read_head(reader: StreamReader) -> Head:
    """The next head; raises `EOFError` where the other side has ended, `NotHTTP` where it speaks something else."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
        first, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, target, _version = first.split(" ")
    except (LimitOverrunError, ValueError) as error:
        raise NotHTTP from error
    pairs = (line.partition(":") for line in lines)
    return Head(method, target, {name.strip().lower(): value.strip() for name, _, value in pairs}, raw)


async def skip_body(reader: StreamReader, head: Head) -> None:
    """Read past the body: nothing that the emulator answers depends on one."""
    await reader.readexactly(int(head.fields.get("content-length", "0")))


def _locate(host: str, path: str) -> tuple[Endpoint, str]:
    """The endpoint, and what follows it in the path."""
    if host not in QUERY_HOSTS:
        return _OTHER_HOSTS[host], ""
    for prefix, endpoint in _PATHS.items():
        if path.startswith(prefix):
            return endpoint, path.removeprefix(prefix)
    return Endpoint.OTHER, ""
