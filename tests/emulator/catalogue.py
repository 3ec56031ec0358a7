"""Every fault by name: how it shows, and what it befalls unless it is told otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from tests.emulator import bad_data as bad
from tests.emulator.chart import refused
from tests.emulator.wire import Answer, Endpoint, Json, Request
from tests.emulator.yahoo import CONSENT_URL


class Manner(Enum):
    """How a fault shows."""

    DOWN = auto()  # nobody listens: of the whole emulator
    UNREACHABLE = auto()  # the proxy says that it cannot reach the host
    NO_TUNNEL = auto()  # the proxy does not answer
    BAD_CERTIFICATE = auto()
    ANSWER = auto()  # another answer is given
    STALL = auto()  # none is given, and the connection stays open
    RESET = auto()
    TRUNCATE = auto()  # the connection ends in the middle of the body
    TRICKLE = auto()  # the body comes a byte at a time
    CLOSE = auto()  # the stream: ends normally after its first ticks
    ABORT = auto()  # the stream: is cut off after its first ticks
    GARBAGE = auto()  # the stream: sends what is no tick
    SILENCE = auto()  # the stream: sends nothing
    BURST = auto()  # the stream: sends 1000 ticks a second


TUNNEL = frozenset({Manner.UNREACHABLE, Manner.NO_TUNNEL, Manner.BAD_CERTIFICATE})
DELIVERY = frozenset({Manner.STALL, Manner.RESET, Manner.TRUNCATE, Manner.TRICKLE})
STREAM = frozenset({Manner.CLOSE, Manner.ABORT, Manner.GARBAGE, Manner.SILENCE, Manner.BURST})

Change: TypeAlias = Callable[[Request, Answer, frozenset[str]], Answer]
"""Makes another answer out of the right one; the symbols are those that the fault is about, or none for all."""

_ALL = frozenset(Endpoint)
_ROWS = frozenset({Endpoint.CHART, Endpoint.QUOTE})
_ROOTS = {
    Endpoint.CHART: "chart",
    Endpoint.QUOTE: "quoteResponse",
    Endpoint.SUMMARY: "quoteSummary",
    Endpoint.FUNDAMENTALS: "timeseries",
    Endpoint.SCREENER: "finance",
}
_DATA = frozenset(_ROOTS)


@dataclass(frozen=True, slots=True)
class Kind:
    """A fault of the catalogue; `change` goes with the manner ANSWER."""

    manner: Manner
    endpoints: frozenset[Endpoint] = _ALL
    change: Change | None = None


def _page(status: int, text: str, endpoints: frozenset[Endpoint] = _DATA, **fields: str) -> Kind:
    """The same page for everybody."""
    return Kind(Manner.ANSWER, endpoints, lambda _request, _answer, _symbols: Answer(status, None, text, dict(fields)))


def _html(status: int, title: str, endpoints: frozenset[Endpoint] = _DATA) -> Kind:
    return _page(status, f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>", endpoints)


def _text(change: Callable[[str], str]) -> Kind:
    """The text of the right answer, changed."""

    def changed(_request: Request, answer: Answer, _symbols: frozenset[str]) -> Answer:
        return Answer(answer.status, None, change(answer.body().decode()), {"Content-Type": "application/json"})

    return Kind(Manner.ANSWER, _DATA, changed)


def _document(value: Json | None, status: int = 200) -> Kind:
    """`value` in the place of all data."""

    def changed(request: Request, _answer: Answer, _symbols: frozenset[str]) -> Answer:
        return Answer(status, {_ROOTS[request.endpoint]: value})

    return Kind(Manner.ANSWER, _DATA, changed)


def _rows(chart: bad.Change, quote: bad.Change = bad.as_they_are) -> Kind:
    """The chart, and in a quote the rows of the symbols meant, changed; an answer without rows stays as it is."""

    def changed(request: Request, answer: Answer, symbols: frozenset[str]) -> Answer:
        root = (answer.document or {}).get(_ROOTS[request.endpoint]) or {}
        for row in root.get("result") or ():
            if request.endpoint is Endpoint.CHART:
                chart(row)
            elif not symbols or row["symbol"] in symbols:
                quote(row)
        return answer

    return Kind(Manner.ANSWER, _ROWS, changed)


def _zone(name: str | None, short: str | None) -> Kind:
    return _rows(
        bad.meta(exchangeTimezoneName=name, timezone=short),
        bad.fields(exchangeTimezoneName=name, exchangeTimezoneShortName=short),
    )


def _last_price(value: float) -> Kind:
    return _rows(bad.last(value, *bad.PRICES), bad.quoted(value, *bad.QUOTE_PRICES))


def _delisted(request: Request, answer: Answer, symbols: frozenset[str]) -> Answer:
    """A chart is refused; the rows of a quote are not there."""
    if request.endpoint is not Endpoint.QUOTE:
        return refused(404, "Not Found", "No data found, symbol may be delisted")
    response = (answer.document or {}).get(_ROOTS[Endpoint.QUOTE]) or {}
    if rows := response.get("result"):
        response["result"] = [row for row in rows if symbols and row["symbol"] not in symbols]
    return answer


_INVALID_CRUMB = {"result": None, "error": {"code": "Unauthorized", "description": "Invalid Crumb"}}

CATALOGUE: Mapping[str, Kind] = {
    # Refusals.
    "429": _page(429, "Too Many Requests\r\n", _ALL),
    "429_getcrumb": _page(429, "Too Many Requests\r\n", frozenset({Endpoint.GETCRUMB})),
    "401": _document(_INVALID_CRUMB, 401),
    "403": _html(403, "Forbidden", _ALL),
    "500": _html(500, "Internal Server Error"),
    "502": _html(502, "Bad Gateway"),
    "503": _html(503, "Service Unavailable"),
    # Something else than an answer.
    "right_back": _html(200, "Will be right back..."),
    "html": _html(200, "Yahoo"),
    "bad_json": _text(lambda text: "callback(" + text.replace('"', "'", 9)),
    "cut_json": _text(lambda text: text[: len(text) // 2]),
    "consent": _page(302, "", Location=CONSENT_URL),
    # The connection.
    "down": Kind(Manner.DOWN),
    "unreachable": Kind(Manner.UNREACHABLE),
    "no_tunnel": Kind(Manner.NO_TUNNEL),
    "bad_certificate": Kind(Manner.BAD_CERTIFICATE),
    "reset": Kind(Manner.RESET),
    "truncated": Kind(Manner.TRUNCATE, _DATA),
    "stall": Kind(Manner.STALL),
    "stall_getcrumb": Kind(Manner.STALL, frozenset({Endpoint.GETCRUMB})),
    "stall_cookie": Kind(Manner.STALL, frozenset({Endpoint.COOKIE})),
    "trickle": Kind(Manner.TRICKLE, _DATA),
    # Answers without data.
    "empty_result": _document({"result": [], "error": None}),
    "null_result": _document({"result": None, "error": None}),
    "null_chart": _document(None),
    "empty_quote": _rows(bad.empty_rows, bad.only_symbol),
    "delisted": Kind(Manner.ANSWER, _DATA, _delisted),
    # Bars.
    "null_close": _rows(bad.last(None, "close"), bad.quoted(None, "regularMarketPrice")),
    "zero_close": _rows(bad.last(0.0, "close"), bad.quoted(0.0, "regularMarketPrice")),
    "null_last": _rows(bad.last(None, *bad.PRICES, "volume"), bad.quoted(None, *bad.QUOTE_PRICES)),
    "duplicates": _rows(bad.reordered(lambda rows: sorted([*range(rows), *range(0, rows, 3)]))),
    "unsorted": _rows(bad.reordered(lambda rows: reversed(range(rows)))),
    "live_twice": _rows(bad.live_twice),
    "negative": _rows(bad.scaled(-1.0, slice(-1, None)), bad.times(-1.0, *bad.QUOTE_PRICES)),
    "zero": _last_price(0.0),
    "nan": _last_price(float("nan")),
    "inf": _last_price(float("inf")),
    "huge": _last_price(1e12),
    "x10_last": _rows(bad.scaled(10.0, slice(-1, None)), bad.times(10.0, *bad.QUOTE_PRICES)),
    "x10_history": _rows(bad.scaled(10.0, slice(0, -1))),
    "high_below_low": _rows(bad.swap_high_and_low, bad.swap_quoted_high_and_low),
    "retroactive_split": _rows(bad.scaled(0.25, slice(0, -1))),
    "announced_split": _rows(bad.announce_split),
    "missing_sessions": _rows(bad.reordered(lambda rows: [row for row in range(rows) if rows - row not in (3, 8)])),
    "stale": _rows(bad.reordered(lambda rows: range(rows - 5)), bad.a_week_old),
    "unequal_lengths": _rows(bad.lengthen_volume),
    # Whose they are.
    "other_symbol": _rows(
        bad.all_of(bad.meta(symbol="OTHER"), bad.scaled(1.7, slice(None))),
        bad.all_of(bad.times(1.7, *bad.QUOTE_PRICES), bad.fields(symbol="OTHER")),
    ),
    "tokyo": _zone("Asia/Tokyo", "JST"),
    "auckland": _zone("Pacific/Auckland", "NZST"),
    "unknown_zone": _zone("Mars/Olympus_Mons", "MTC"),
    "no_zone": _zone(None, None),
    "no_currency": _rows(bad.meta(currency=None), bad.fields(currency=None)),
    # The stream.
    "stream_close": Kind(Manner.CLOSE, frozenset({Endpoint.STREAM})),
    "stream_abort": Kind(Manner.ABORT, frozenset({Endpoint.STREAM})),
    "stream_garbage": Kind(Manner.GARBAGE, frozenset({Endpoint.STREAM})),
    "stream_silence": Kind(Manner.SILENCE, frozenset({Endpoint.STREAM})),
    "stream_burst": Kind(Manner.BURST, frozenset({Endpoint.STREAM})),
}
