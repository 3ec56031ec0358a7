"""Denies every connection outside the loopback: in the tests' own process and in every Python they start.

Python imports a module of this name from PYTHONPATH when it starts; `tests.support.isolation` puts this folder
there. An audit hook sees the sockets of every library, and nothing can take it off again. Libraries with sockets of
their own (libcurl) are held back by the proxy variables that `tests.support.isolation` sets.
"""

from __future__ import annotations

import os
import sys

ATTEMPTS = "TAPEBOARD_TEST_ATTEMPTS"
"""The environment variable that names the file to which each denied host is added."""

_ADDRESS_AT = {
    "socket.connect": 1,  # connect_ex too
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}


class ConnectionDenied(Exception):  # not an OSError: the code under test must not take it for a failure of the network
    """Something tried to leave the loopback."""


def deny(event: str, arguments: tuple[object, ...]) -> None:
    """The audit hook."""
    place = _ADDRESS_AT.get(event)
    if place is None:
        return
    address = arguments[place]
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(address, tuple) or event.startswith("socket.get"):
        if isinstance(host, bytes):
            host = host.decode("ascii", "replace")
        if isinstance(host, str) and not _is_local(host):
            _refuse(host)


def _is_local(host: str) -> bool:
    loopback = host.startswith("127.") and host.replace(".", "").isdigit()
    return loopback or host in ("", "localhost", "::1")


def _refuse(host: str) -> None:
    if ATTEMPTS in os.environ:
        # pathlib would be loaded before every program under test, and could hide that it is slow to start
        with open(os.environ[ATTEMPTS], "a", encoding="utf-8") as attempts:  # noqa: PTH123 - see above
            attempts.write(f"{host}\n")
    raise ConnectionDenied(f"no test may reach {host}")


sys.addaudithook(deny)
