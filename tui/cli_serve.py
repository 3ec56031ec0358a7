"""`tapeboard serve`: the screen in a browser, on this machine only unless told otherwise."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from typing import Final

from core.errors import UsageError
from core.i18n import _
from core.text import clean
from tui.cli_arguments import Options
from tui.cli_output import say

SCREEN: Final = (sys.executable, "-c", "import sys; from tui.cli import main; sys.exit(main())")
"""The program of the screen, whatever is first on the PATH."""


def run(options: Options) -> int:
    """Serve until Ctrl-C."""
    options.load()  # a mistake is told here, not in every browser
    try:
        from tui.web.server import is_local, serve  # noqa: PLC0415 - an extra, which nothing else needs
    except ModuleNotFoundError as error:
        raise UsageError(_("the screen in a browser needs textual-serve"), "pip install 'tapeboard[web]'") from error
    host = options.host
    with _listen(host, options.port) as listening:
        port = listening.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        if not is_local(host):
            say(_("whoever can reach {host} sees this screen and has its keys; there is no password").format(host=host))
        say(_("the screen is at http://{host}:{port}; Ctrl-C ends it").format(host=shown, port=port))
        serve(listening, host, [*SCREEN, *_passed_on(options)])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises `UsageError` where that cannot be."""
    try:
        family, *_rest, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        number = None if isinstance(error, socket.gaierror) else error.errno  # a resolver has numbers of its own
        reason = str(error.strerror) if number is None else os.strerror(number)
        message = _("cannot listen at {host}, port {port} ({reason})")
        message = message.format(host=clean(host, 100), port=port, reason=clean(reason))
        raise UsageError(message, _("name another one with --host or --port")) from error


def _passed_on(options: Options) -> Iterator[str]:
    """The options of the screen as they were given."""
    for name in ("config", "feed", "store", "universe", "lang"):
        if (value := getattr(options, name)) is not None:
            yield f"--{name}={value}"
    for path in options.data:
        yield f"--data={path}"
