"""textual-serve with a page of our own, which loads nothing from other machines and lets no other page reach in.

Each browser that opens the page gets a process of its own, which ends with the page.
"""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from html import escape
from importlib.resources import files
from ipaddress import ip_address
from socket import socket
from string import Template
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server, to_int

from core.i18n import _

PARTING: Final = 1.0
"""Seconds that open pages get to end when the server does."""
POLICY: Final = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
"""What a page may load: from here alone. The terminal of the page styles itself, hence the inline styles."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def serve(listening: socket, host: str, command: Sequence[str]) -> None:
    """Serve the screen that `command` shows, on a socket that listens already at `host`, until Ctrl-C."""
    logging.getLogger("textual-serve").addHandler(logging.NullHandler())  # what a screen says, it says on the screen
    line = shlex.join(command) if os.name == "posix" else subprocess.list2cmdline(command)
    server = _Server(line, host, listening.getsockname()[1])
    web.run_app(server.application(), sock=listening, shutdown_timeout=PARTING, print=None, access_log=None)


def is_local(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_foreign(asked: str, origin: str | None, served: str) -> bool:
    """Whether a request comes from a page that is not ours.

    `asked` is its Host, `origin` its Origin, `served` the host that is served. A name that somebody has pointed at
    this machine is no way in, nor is a WebSocket that another page opens.
    """
    name = urlsplit(f"//{asked}").hostname or ""
    by_name = is_local(served) and not is_local(name)
    return by_name or (origin is not None and urlsplit(origin).netloc != asked)


class _Server(Server):
    """Answers with our page."""

    def __init__(self, command: str, host: str, port: int) -> None:
        super().__init__(command, host, port, title="Tapeboard")
        self._page = Template(_ours("index.html"))

    async def application(self) -> web.Application:
        """The routes of textual-serve behind our guard."""
        app = await self._make_app()
        app.middlewares.append(self._guard)
        app.router.add_get("/focus.js", self.handle_focus)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: the command line has told the address."""

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page, for the address that the browser knows."""
        page = self._page.substitute(
            opening=escape(_("Opening the data …")),
            closed=escape(_("The screen has ended.")),
            again=escape(_("Start again")),
            socket=escape(f"{'wss' if request.scheme == 'https' else 'ws'}://{request.host}/ws"),
            size=to_int(request.query.get("fontsize", "16"), 16),
        )
        return web.Response(text=page, content_type="text/html")

    async def handle_focus(self, _request: web.Request) -> web.StreamResponse:
        """The one script of ours."""
        return web.Response(text=_ours("focus.js"), content_type="text/javascript")

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if is_foreign(request.host, request.headers.get("Origin"), self.host):
            raise web.HTTPForbidden
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = POLICY
        return response


def _ours(name: str) -> str:
    return files("tui.web").joinpath(name).read_text(encoding="utf-8")
