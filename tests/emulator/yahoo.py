"""What Yahoo answers when nothing goes wrong: cookie, crumb, consent, charts, quotes, fundamentals, screeners."""

from __future__ import annotations

import time
from email.utils import formatdate

from core.feeds.loadings import KNOWN
from core.model import SymbolClass
from tests.emulator.chart import chart
from tests.emulator.clock import VirtualClock
from tests.emulator.market import Market
from tests.emulator.quote import quote_row, quotes
from tests.emulator.summary import summary, timeseries
from tests.emulator.wire import Answer, Endpoint, Request

CRUMB = "kX9/emulated.7"
CONSENT_URL = "https://consent.yahoo.com/v2/collectConsent?sessionId=3_cc-session_emulated"

_COPY_CONSENT_URL = "https://guce.yahoo.com/copyConsent?sessionId=3_cc-session_emulated"
_YEAR = 31_557_600  # seconds
_FORM = f"""<html><body><form method="post" action="{CONSENT_URL}">
<input type="hidden" name="csrfToken" value="emulated">
<input type="hidden" name="sessionId" value="3_cc-session_emulated">
<button type="submit" name="agree" value="agree">Accept all</button></form></body></html>"""
_SCREENED = [symbol for symbol, made in KNOWN.items() if made.cls is SymbolClass.STOCK]
_OF_ONE_SYMBOL = {Endpoint.CHART: chart, Endpoint.SUMMARY: summary, Endpoint.FUNDAMENTALS: timeseries}


class Yahoo:
    """Answers for `market` at the time of `clock`."""

    def __init__(self, market: Market, clock: VirtualClock) -> None:
        self._market = market
        self._clock = clock

    def answer(self, request: Request) -> Answer:
        """The answer to any request."""
        now = self._clock.now()
        guarded = request.endpoint in (Endpoint.QUOTE, Endpoint.SUMMARY)
        if guarded and (request.query.get("crumb") != CRUMB or "A3" not in request.cookies):
            return _error(401, "Unauthorized", "Invalid Crumb")
        if request.endpoint in _OF_ONE_SYMBOL and request.symbols:
            return _OF_ONE_SYMBOL[request.endpoint](self._market, now, request.symbols[0], request.query)
        if request.endpoint is Endpoint.QUOTE:
            return quotes(self._market, now, request.symbols, request.query)
        return self._apart_from_data(request)

    def _apart_from_data(self, request: Request) -> Answer:
        match request.endpoint:
            case Endpoint.COOKIE:
                return Answer(404, text="<html><body>Not Found on Accelerator</body></html>", fields=_cookie())
            case Endpoint.GETCRUMB:
                return _crumb(request)
            case Endpoint.CONSENT:
                return _consent(request)
            case Endpoint.SCREENER:
                return self._screened(request)
            case Endpoint.STREAM:
                return Answer(101)
        return _error(404, "Not Found", "No such path")

    def _screened(self, request: Request) -> Answer:
        """The same few stocks for every screener."""
        now = self._clock.now()
        rows = [quote_row(self._market, now, symbol) for symbol in _SCREENED[: int(request.query.get("count", "25"))]]
        name = request.query.get("scrIds", "")
        found = {"id": name, "title": name, "start": 0, "count": len(rows), "total": len(_SCREENED), "quotes": rows}
        return Answer(document={"finance": {"result": [found], "error": None}})


def _crumb(request: Request) -> Answer:
    if "A3" not in request.cookies:
        return _error(401, "Unauthorized", "Invalid Cookie")
    return Answer(text=CRUMB, fields={"Content-Type": "text/plain;charset=utf-8"})


def _consent(request: Request) -> Answer:
    """The way a browser goes: guce sends it to the form, the form posts, and copyConsent sets the cookie."""
    if request.host == "consent.yahoo.com":
        if request.head.method == "POST":
            return Answer(302, fields={"Location": _COPY_CONSENT_URL})
        return Answer(text=_FORM)
    if request.path == "/consent":
        return Answer(302, fields={"Location": CONSENT_URL})
    return Answer(text="<html><body>Thank you</body></html>", fields=_cookie())


def _cookie() -> dict[str, str]:
    # Whoever stores it compares with the clock of this computer, whatever the emulator's may be.
    until = f"Expires={formatdate(time.time() + _YEAR, usegmt=True)}; Max-Age={_YEAR}"
    return {"Set-Cookie": f"A3=d=emulated&S=AQAAA; {until}; Domain=.yahoo.com; Path=/; SameSite=None; Secure; HttpOnly"}


def _error(status: int, code: str, description: str) -> Answer:
    return Answer(status, {"finance": {"result": None, "error": {"code": code, "description": description}}})
