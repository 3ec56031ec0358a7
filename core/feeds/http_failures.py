"""What can become of an HTTP request, as errors of ours: one line, the mend, and nothing secret.

Foreign messages are not passed on: they hold addresses, and that of a proxy may hold a password.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
import requests
import urllib3

from core.errors import FeedError, FeedGarbled, FeedRefused, FeedThrottled, FeedTimeout, FeedUnreachable
from core.i18n import _
from core.text import clean

TRANSPORT: Final = (OSError, urllib3.exceptions.HTTPError)
"""All that a request can end with before there is a whole reply; the errors of `requests` are OSErrors."""

UNREADABLE: Final = (ValueError, RecursionError)
"""All that msgspec raises for a body it cannot decode: DecodeError and UnicodeDecodeError are ValueErrors."""


def of_transport(source: str, failure: Exception) -> FeedError:
    """The error for one of `TRANSPORT`; `source` is the name of who was asked."""
    network = _("check the network")
    match failure:
        case requests.exceptions.ProxyError():
            return FeedUnreachable(
                _("the proxy does not lead to {source}").format(source=source), _("check HTTPS_PROXY")
            )
        case requests.exceptions.SSLError():
            text = _("the certificate of {source} is not trusted").format(source=source)
            return FeedUnreachable(text, _("check the clock of this computer, and REQUESTS_CA_BUNDLE"))
        case requests.Timeout() | urllib3.exceptions.TimeoutError():
            return timed_out(source)
        case urllib3.exceptions.DecodeError():
            return garbled(source, _("its compression is broken"))
        case urllib3.exceptions.HTTPError():
            return FeedUnreachable(_("{source} broke off in the middle of its answer").format(source=source), network)
        case _:
            return FeedUnreachable(_("{source} cannot be reached").format(source=source), network)


def timed_out(source: str) -> FeedTimeout:
    """The error for an answer that does not come, or does not end."""
    return FeedTimeout(_("{source} does not answer in time").format(source=source), _("check the network"))


def of_status(source: str, status: int, said: str, wait: float | None) -> FeedError:
    """The error for a reply other than 200; `said` is the reason the source gave, `wait` the seconds it named."""
    answer = f"{status}: {said}" if said else str(status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return FeedThrottled(_("{source} refuses ({answer})").format(source=source, answer=answer), "", wait)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        text = _("{source} refuses the key, or the plan does not permit it ({answer})")
        return FeedRefused(text.format(source=source, answer=answer), _("check the key, and what its plan permits"))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return FeedUnreachable(_("{source} fails ({answer})").format(source=source, answer=answer))
    return garbled(source, answer)


def garbled(source: str, reason: str) -> FeedGarbled:
    """The error for an answer that nobody can use."""
    return FeedGarbled(_("{source} gave an unusable answer ({reason})").format(source=source, reason=reason))


def said(body: bytes) -> str:
    """The `message` of an error in JSON; nothing of any other body, which may be a page of HTML."""
    try:
        return clean(msgspec.json.decode(body, type=_Message).message, 120)
    except UNREADABLE:
        return ""


def wait_named(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds to wait that a reply names in either usual way; `now` is in seconds since 1970."""
    for name, start in (("Retry-After", 0.0), ("X-RateLimit-Reset", now)):
        value = headers.get(name, "")
        if value.isascii() and value.isdigit():
            return float(value) - start
    return None


class _Message(msgspec.Struct):
    message: str
