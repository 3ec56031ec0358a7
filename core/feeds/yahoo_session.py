"""The session through which yfinance asks Yahoo: it may neither hang, nor hammer, nor hide what went wrong.

yfinance takes it by its public `session=` and sends through it every request it wants. This one

- gives each request a total time-out of ours and a place in the `Throttle` (budget, urgency, breaker);
- turns whatever is no usable answer into one of our errors, before yfinance can repeat or reinterpret it;
- asks the cookie and crumb endpoints only for those who need a crumb (quotes do, charts do not unless Yahoo says
  so), and when one of them failed leaves them alone for ten minutes: yfinance then goes on without a crumb;
- answers at once with an error once closed.

Proxy and certificates are those of the environment, as curl reads it.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from curl_cffi import requests
from curl_cffi.requests import exceptions as curl

from core.errors import FeedError, FeedGarbled, FeedRefused, FeedThrottled, FeedUnreachable, UnknownSymbol
from core.feeds.http_failures import garbled, timed_out, wait_named
from core.feeds.throttle import Throttle
from core.feeds.yahoo_answers import YAHOO, NoCrumb
from core.i18n import _
from core.sessions import Clock
from core.settings import YahooSettings

COOKIES_REST: Final = 600.0
"""Seconds for which the cookie endpoints are left alone after one of them failed."""

_URGENT: Final = 0
"""The urgency of a crumb, whoever needs it: yfinance lets all other requests wait until it has come."""

_CONSENT: Final = "consent.yahoo.com"
_BASIC: Final = ("fc.yahoo.com", "query1.finance.yahoo.com")
"""The hosts of yfinance's first way to a crumb; its second way, by the consent page, leads over others."""

_NO_SUCH: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
"""How Yahoo answers, in JSON, a question for a symbol or for a time of which it knows nothing."""


class CookiesWithheld(ConnectionError):
    """No cookie now. An OSError, for then yfinance goes on without a crumb instead of giving up."""


class _Chart(msgspec.Struct):
    result: list[msgspec.Raw] | None = None
    error: msgspec.Raw = msgspec.Raw(b"null")


class _Answer(msgspec.Struct):
    """As much of an answer in JSON as must be there; the rest is only checked to be JSON."""

    chart: _Chart | msgspec.UnsetType | None = msgspec.UNSET


@dataclass(slots=True)
class _Terms:
    """How the requests of one thread are sent."""

    urgency: int = 0
    patience: float = 0.0
    crumb: bool = False
    renewed: bool = False


class GuardedSession(requests.Session[requests.Response]):
    """A session of curl_cffi, for any number of threads. Requests raise FeedError, those for cookies OSError."""

    def __init__(self, settings: YahooSettings, throttle: Throttle, clock: Clock) -> None:
        super().__init__(impersonate="chrome")
        self._settings = settings
        self._throttle = throttle
        self._clock = clock
        self._mine = threading.local()
        self._cookie: requests.Response | None = None
        self._crumb_demanded = False
        self._cookies_rest_until: dict[bool, float] = {}
        self._why_no_crumb = ""

    @contextmanager
    def terms(self, urgency: int, *, patience: float = 0.0, crumb: bool = False) -> Iterator[None]:
        """Send what this thread sends inside so urgently; wait `patience` seconds for a breaker that is open.

        With `crumb` the cookie endpoints may be asked for one.
        """
        self._mine.terms = _Terms(urgency, patience, crumb)
        try:
            yield
        finally:
            del self._mine.terms

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> requests.Response:
        """Whatever yfinance asks for."""
        terms: _Terms = getattr(self._mine, "terms", _Terms())
        place = urlsplit(url)
        host = place.hostname or ""
        if host in ("fc.yahoo.com", "guce.yahoo.com", _CONSENT) or place.path.endswith("/getcrumb"):
            return self._crumb_request(terms, host, (method, url, *args), kwargs)
        if terms.crumb and "crumb" not in (kwargs.get("params") or {}):
            # It would be refused, and then asked for a second time.
            raise NoCrumb(_("Yahoo gives no crumb, without which it gives no quotes") + self._why_no_crumb)
        with self._throttle.judged(terms.urgency, patience=terms.patience) as verdict:
            response = self._send(self._settings.timeout, (method, url, *args), kwargs)
            if response.status_code == HTTPStatus.UNAUTHORIZED and not terms.renewed:
                # yfinance gets a new crumb then, and asks once more.
                verdict.failure = _refused(response.status_code)
                terms.renewed, self._cookie = True, None
                self._crumb_demanded |= not terms.crumb
            else:
                _judge(response)
        return response

    def _send(self, timeout: float, arguments: tuple[Any, ...], kwargs: dict[str, Any]) -> requests.Response:
        try:
            return super().request(*arguments, **{**kwargs, "timeout": timeout})
        except curl.RequestException as error:
            raise of_curl(error) from error

    def _crumb_request(
        self, terms: _Terms, host: str, arguments: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> requests.Response:
        """One of the requests on the way to a crumb. The first one's answer holds for as long as the crumb does."""
        basic, fetches_cookie = host in _BASIC, host == _BASIC[0]
        if not (terms.crumb or self._crumb_demanded):
            if fetches_cookie:  # refused here, yfinance would turn to the consent page, now and later
                return requests.Response()
            raise CookiesWithheld
        if self._clock.monotonic() < self._cookies_rest_until.get(basic, -math.inf):
            raise CookiesWithheld
        if fetches_cookie and self._cookie is not None:
            return self._cookie
        with self._throttle.unjudged(_URGENT):
            try:
                response = self._send(self._settings.cookie_timeout, arguments, kwargs)
                if response.status_code != HTTPStatus.NOT_FOUND:
                    _refuse_status(response)
            except FeedError as error:
                self._cookies_rest_until[basic] = self._clock.monotonic() + COOKIES_REST
                self._why_no_crumb = f" ({error.message})"
                raise CookiesWithheld from error
        if fetches_cookie:
            self._cookie = response
        return response


def of_curl(error: curl.RequestException) -> FeedError:
    """What a failure of curl means; its own words are not passed on, for they may hold a proxy's password."""
    match error:
        case curl.Timeout():
            return timed_out(YAHOO)
        case curl.SSLError():
            text = _("the certificate of Yahoo is not trusted")
            return FeedUnreachable(text, _("check the clock of this computer, and CURL_CA_BUNDLE"))
        case curl.ProxyError():
            return FeedUnreachable(_("the proxy does not lead to Yahoo"), _("check HTTPS_PROXY"))
        case curl.DNSError():
            return FeedUnreachable(_("the name of Yahoo's server is not found"), _("check the network"))
        case curl.IncompleteRead() | curl.ChunkedEncodingError() | curl.ContentDecodingError():
            return garbled(YAHOO, _("cut off"))
        case _:
            return FeedUnreachable(_("Yahoo cannot be reached"), _("check the network"))


def _judge(response: requests.Response) -> None:
    """Raise FeedError unless this is an answer that yfinance can use."""
    if response.status_code in _NO_SUCH and response.content.startswith(b"{"):
        raise UnknownSymbol(_("Yahoo knows no such symbol, or has no prices of it"))
    _refuse_status(response)
    if (urlsplit(response.url).hostname or "").endswith(_CONSENT):
        raise FeedRefused(_("Yahoo asks for consent to its cookies instead of giving prices"))
    if b"Will be right back" in response.content:
        raise FeedUnreachable(_("Yahoo is down for maintenance"))
    if response.content.lstrip().startswith(b"<"):
        raise garbled(YAHOO, _("a page, not data"))
    _refuse_content(response.content)


def _refuse_status(response: requests.Response) -> None:
    """Raise FeedError for a status that is no success."""
    status = response.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        headers = {name: value or "" for name, value in response.headers.items()}
        raise FeedThrottled(_("Yahoo refuses ({status})").format(status=status), wait=wait_named(headers, 0.0))
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise _refused(status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise FeedUnreachable(_("Yahoo fails ({status})").format(status=status))
    if status >= HTTPStatus.BAD_REQUEST:
        raise garbled(YAHOO, str(status))


def _refused(status: int) -> FeedRefused:
    return FeedRefused(_("Yahoo refuses ({status})").format(status=status))


def _refuse_content(content: bytes) -> None:
    """Raise FeedGarbled for a body that is not whole JSON, or is a chart without anything in it."""
    try:
        chart = msgspec.json.decode(content, type=_Answer).chart
    except msgspec.ValidationError:
        return  # JSON of another form: that of another endpoint
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        _refuse_unless_loose_json(content)
        return
    if chart is None or (isinstance(chart, _Chart) and not chart.result and bytes(chart.error) == b"null"):
        raise FeedGarbled(_("Yahoo gave an empty answer"))


def _refuse_unless_loose_json(content: bytes) -> None:
    """As `json` reads it, and so yfinance, NaN and Infinity are numbers: the prices in them are judged later."""
    try:
        json.loads(content)
    except (ValueError, RecursionError) as error:
        raise garbled(YAHOO, _("not JSON")) from error
