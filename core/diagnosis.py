"""Why Yahoo does not answer, for `tapeboard doctor`: network, proxy, certificate, refusal and clock told apart.

`diagnose` walks the way of a request, one step after the other, and ends at the first that leads no further: the name
or the proxy, the tunnel, the certificate, a chart, the cookie and the crumb, a quote. At most four requests are sent,
through the session of the feed itself, and all together take no longer than `PATIENCE`.
"""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from curl_cffi import requests
from curl_cffi.requests import exceptions as curl

from core.errors import FeedError, FeedGarbled, FeedRefused, FeedThrottled, FeedTimeout, FeedUnreachable
from core.feeds.breaker import Backoff, Breaker
from core.feeds.throttle import Budget, Throttle
from core.feeds.yahoo_session import CookiesWithheld, GuardedSession
from core.i18n import _
from core.sessions import Clock
from core.settings import YahooSettings
from core.text import clean

PATIENCE: Final = 11.0
"""Seconds that all steps together may take."""
STEP: Final = 4.0
"""Seconds that one of them may take."""
SKEW: Final = timedelta(minutes=2)
"""A clock that is further from Yahoo's than this is wrong."""

HOST: Final = "query2.finance.yahoo.com"
COOKIE_HOST: Final = "fc.yahoo.com"
CHART: Final = f"https://{HOST}/v8/finance/chart/SPY?range=5d&interval=1d"
COOKIE: Final = f"https://{COOKIE_HOST}/"
CRUMB: Final = "https://query1.finance.yahoo.com/v1/test/getcrumb"
QUOTE: Final = "https://query1.finance.yahoo.com/v7/finance/quote"
CA_VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")

OK: Final = "ok"
NOTE: Final = "note"
BAD: Final = "BAD"


class Finding(NamedTuple):
    """The outcome of one check: `OK`, `NOTE` (worth knowing) or `BAD` (with its mend)."""

    level: str
    subject: str
    text: str


class _Proxy(NamedTuple):
    variable: str
    host: str
    port: int

    def __str__(self) -> str:
        """Without the user and the password that may stand in it."""
        return clean(f"{self.host}:{self.port} ({self.variable})")


class _Listening(GuardedSession):
    """A session that remembers what it heard beside the answers, and keeps to one time for all requests."""

    def __init__(self, settings: YahooSettings, throttle: Throttle, clock: Clock, *, ends: float) -> None:
        super().__init__(settings, throttle, clock)
        self._ends = ends
        self.skew: timedelta | None = None
        """How far this clock is ahead of that of the newest answer."""

    def _send(self, timeout: float, arguments: tuple[Any, ...], kwargs: dict[str, Any]) -> requests.Response:
        left = self._ends - self._clock.monotonic()
        response = super()._send(max(0.5, min(timeout, STEP, left)), arguments, kwargs)
        self._hear(response.headers)
        return response

    def _hear(self, headers: Mapping[str, str | None]) -> None:
        try:
            said = parsedate_to_datetime(headers.get("Date") or "")
        except ValueError:
            return
        self.skew = self._clock.now() - (said if said.tzinfo else said.replace(tzinfo=UTC))


def diagnose(settings: YahooSettings, clock: Clock) -> Iterator[Finding]:
    """Each step on the way to Yahoo, until one fails; asks Yahoo. Raises nothing of its own."""
    ends = clock.monotonic() + PATIENCE
    proxy = _proxy()
    blocked = _way(proxy)
    if blocked is not None:
        yield blocked
        return
    breaker = Breaker(1, Backoff(settings.breaker.first, settings.breaker.most))
    throttle = Throttle(Budget(settings.budget_per_minute), breaker, clock, paced_from=settings.budget_per_minute)
    session = _Listening(settings, throttle, clock, ends=ends)
    try:
        findings = list(_asked(session, throttle, proxy))
    finally:
        session.close()
    if proxy is not None and all(finding.subject != "proxy" for finding in findings):
        yield Finding(OK, "proxy", _("{proxy} leads to Yahoo").format(proxy=proxy))
    yield from findings
    if session.skew is not None:
        yield _clock_finding(session.skew)


def _asked(session: _Listening, throttle: Throttle, proxy: _Proxy | None) -> Iterator[Finding]:
    """A chart, and if that comes, a quote by way of cookie and crumb."""
    try:
        with session.terms(0):
            seconds = _got(session, CHART).elapsed.total_seconds()
    except FeedError as error:
        yield _failure(error, throttle, proxy)
        return
    lacking = _no_quotes(session, throttle, proxy)
    came = _("charts and quotes come") if lacking is None else _("charts come, quotes of many symbols at once do not")
    yield Finding(OK, "yahoo", _("answers in {seconds:.2f} s: {came}").format(seconds=seconds, came=came))
    if lacking is not None:
        yield lacking


def _no_quotes(session: _Listening, throttle: Throttle, proxy: _Proxy | None) -> Finding | None:
    """Why no quote comes, where charts do; None where it comes."""
    url = COOKIE
    try:
        with session.terms(0, crumb=True):
            _got(session, url)
            url = CRUMB
            crumb = _got(session, url).text
            _got(session, QUOTE, params={"symbols": "SPY", "crumb": crumb})
    except CookiesWithheld as withheld:
        if url == COOKIE and isinstance(withheld.__cause__, FeedUnreachable):
            text = _(
                "{host} cannot be reached, while charts can: permit it in the blocker of advertisements or its DNS"
            )
            return Finding(BAD, "cookie", text.format(host=COOKIE_HOST))
        text = _("Yahoo gives no crumb ({error}): until it does, in ten minutes or later, prices come chart by chart")
        why = withheld.__cause__
        return Finding(NOTE, "cookie", text.format(error=why.message if isinstance(why, FeedError) else why))
    except FeedError as error:
        return _failure(error, throttle, proxy)
    return None


def _got(session: _Listening, url: str, **options: Any) -> requests.Response:
    """The answer; where the feed would get a new crumb and ask again, this is a refusal."""
    response = session.request("GET", url, **options)
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        raise FeedRefused(_("Yahoo refuses ({status})").format(status=response.status_code))
    return response


def _proxy() -> _Proxy | None:
    """The proxy that the environment names for Yahoo."""
    if proxy_bypass(HOST):
        return None
    found = getproxies_environment()
    url = found.get("https") or found.get("all")
    if not url:
        return None
    scheme = "https" if found.get("https") else "all"
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper())
    variable = next((name for name in names if os.environ.get(name) == url), names[1])
    place = urlsplit(url if "://" in url else f"http://{url}")
    try:
        port = place.port
    except ValueError:
        port = None
    return _Proxy(variable, place.hostname or "", port or (443 if place.scheme == "https" else 1080))


def _way(proxy: _Proxy | None) -> Finding | None:
    """What is wrong before anything is asked: no network, or no proxy where one is named."""
    if proxy is None:
        failure = _within(STEP, lambda: socket.getaddrinfo(HOST, 443, type=socket.SOCK_STREAM))
        if failure is None:
            return None
        text = _(
            "the name {host} is not found: connect this computer, correct its DNS, or name your proxy in HTTPS_PROXY"
        )
        return Finding(BAD, "network", text.format(host=HOST))
    failure = _within(STEP, lambda: socket.create_connection((proxy.host, proxy.port), STEP).close())
    if failure is None:
        return None
    if isinstance(failure, socket.gaierror):
        why = _("its name is not found")
    elif isinstance(failure, ConnectionRefusedError):
        why = _("nobody listens there")
    else:
        why = _("it does not answer")
    text = _("{proxy} cannot be reached, {why}: start it, or correct or unset {variable}")
    return Finding(BAD, "proxy", text.format(proxy=proxy, why=why, variable=proxy.variable))


def _within(seconds: float, act: Callable[[], object]) -> OSError | None:
    """How `act` fails in a thread of its own, which is left behind where it takes any longer: the resolver can hang."""
    outcome: SimpleQueue[OSError | None] = SimpleQueue()

    def run() -> None:
        try:
            act()
        except OSError as error:
            outcome.put(error)
        else:
            outcome.put(None)

    threading.Thread(target=run, name="tapeboard-doctor", daemon=True).start()
    try:
        return outcome.get(timeout=seconds)
    except Empty:
        return TimeoutError()


def _failure(error: FeedError, throttle: Throttle, proxy: _Proxy | None) -> Finding:
    """What a request that failed says, and how to mend it."""
    cause = error.__cause__
    if isinstance(cause, curl.SSLError):
        return _untrusted()
    if proxy is not None and isinstance(cause, curl.RequestException) and (why := _no_tunnel(cause)):
        text = _("{proxy} gives no way to Yahoo ({why}): have *.yahoo.com permitted there, or unset {variable}")
        return Finding(BAD, "proxy", text.format(proxy=proxy, why=why, variable=proxy.variable))
    subject, mend = _mend(error, throttle)
    return Finding(BAD, subject, f"{error.message}: {mend}")


def _mend(error: FeedError, throttle: Throttle) -> tuple[str, str]:
    """What is to blame, in a word, and what helps."""
    match error:
        case FeedThrottled():
            mend = _(
                "the screen tries again by itself, at {time:%H:%M} ET or later; lower feed.yahoo.budget_per_minute"
            )
            return "refusal", mend.format(time=throttle.state().next_try)
        case FeedRefused():
            return "refusal", _("try again in an hour, without a VPN, or from another network")
        case FeedGarbled():
            return "yahoo", _("something else may answer in its place: open https://finance.yahoo.com in a browser")
        case FeedTimeout():
            return "network", _("it is slow, or a firewall keeps the answers: try again, or from another network")
        case FeedUnreachable() if error.__cause__ is None:
            return "yahoo", _("nothing to mend here, it passes; the screen tries again by itself")
        case _:
            return "network", _("something breaks the connection off: try again, or from another network")


def _no_tunnel(failure: curl.RequestException) -> str:
    """How a proxy that can be reached has not led on; "" where it has."""
    refused = re.search(r"CONNECT tunnel failed, response (\d+)", str(failure))
    if refused:
        return refused[1]
    return _("it does not answer") if "Connection timed out" in str(failure) else ""


def _untrusted() -> Finding:
    named = {name: value for name in CA_VARIABLES if (value := os.environ.get(name))}
    absent = [f"{name}={path}" for name, path in named.items() if not Path(path).exists()]
    if absent:
        text = _("no file there: {files}; correct these variables, or unset them")
        return Finding(BAD, "cert", clean(text.format(files=", ".join(absent)), 600))
    force = ", ".join(f"{name}={path}" for name, path in named.items()) or _("those of curl_cffi itself")
    text = _(
        "Yahoo's certificate is not trusted by the authorities in force ({force}): where a proxy opens TLS, let "
        "CURL_CA_BUNDLE name a file with its CA; else unset these variables, and look at this computer's clock"
    )
    return Finding(BAD, "cert", clean(text.format(force=force), 800))


def _clock_finding(skew: timedelta) -> Finding:
    seconds = round(abs(skew).total_seconds())
    if abs(skew) <= SKEW:
        return Finding(OK, "clock", _("within {seconds} s of Yahoo's").format(seconds=max(1, seconds)))
    text = (
        _("this clock is {minutes} min ahead of Yahoo's: set it right, by the network")
        if skew > timedelta()
        else _("this clock is {minutes} min behind Yahoo's: set it right, by the network")
    )
    return Finding(BAD, "clock", text.format(minutes=round(seconds / 60)))
