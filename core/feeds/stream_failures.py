"""What a network, a proxy or a server can do to a WebSocket, and how it is told to the user."""

from __future__ import annotations

import socket
import ssl
from typing import Final

from websockets.exceptions import (
    ConnectionClosed,
    InvalidProxy,
    InvalidProxyStatus,
    InvalidStatus,
    ProxyError,
    WebSocketException,
)
from websockets.frames import Close

from core.errors import FeedError
from core.i18n import _
from core.text import clean

FAILURES: Final = (FeedError, WebSocketException, OSError, ImportError)
"""All that a connection can end with; an ImportError means a SOCKS proxy without the package for it."""


def in_words(failure: Exception) -> str:
    """One line about one of `FAILURES`, without anything secret: the address of a proxy may hold a password."""
    if isinstance(failure, WebSocketException):
        return clean(_of_websocket(failure))
    return clean(str(failure) if isinstance(failure, FeedError) else _of_network(failure))


def _of_websocket(failure: WebSocketException) -> str:
    match failure:
        case ConnectionClosed(rcvd=Close(code=code)):
            text = _("The stream was closed by the server ({code})").format(code=int(code))
        case ConnectionClosed(sent=Close(code=code)):
            text = _("The stream broke the rules of WebSocket ({code})").format(code=int(code))
        case ConnectionClosed():
            text = _("The connection to the stream was lost")
        case InvalidStatus():
            text = _("The stream is refused ({code})").format(code=failure.response.status_code)
        case InvalidProxyStatus():
            text = _("The proxy refuses the stream ({code})").format(code=failure.response.status_code)
        case InvalidProxy():
            text = _("The address of the proxy in the environment is not valid")
        case ProxyError():
            text = _("The proxy does not let the stream through")
        case _:
            text = _("The stream's server does not speak WebSocket ({kind})").format(kind=type(failure).__name__)
    return text


def _of_network(failure: Exception) -> str:
    match failure:
        case ImportError():
            return _("A SOCKS proxy needs the package python-socks")
        case ssl.SSLCertVerificationError():
            return _("The certificate of the stream is not trusted ({why})").format(why=failure.verify_message)
        case socket.gaierror():
            return _("The name of the stream's server or of the proxy is not found")
        case TimeoutError():
            return _("The stream's server does not answer")
    return _("The stream's server or the proxy is not reached ({why})").format(why=failure)
