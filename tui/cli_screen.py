"""`tapeboard`: the live screen, in a terminal or (started by `tapeboard serve`) behind a browser."""

from __future__ import annotations

import os
import sys

from core.errors import UsageError
from core.i18n import _
from tui.cli_arguments import Options


def run(options: Options) -> int:
    """Show the screen until the user leaves it."""
    driven = "TEXTUAL_DRIVER" in os.environ  # then something else than a terminal is at the other end
    for stream, name in () if driven else ((sys.stdout, _("standard output")), (sys.stdin, _("standard input"))):
        if stream is None or not stream.isatty():
            message = _("the screen needs a terminal, and {name} is none").format(name=name)
            raise UsageError(message, _("use 'tapeboard snapshot' for output to a file or a pipe"))
    loaded = options.load()
    from tui.launch import run as show  # noqa: PLC0415 - Textual takes time, and a mistake should not wait for it

    return show(loaded, fresh=options.fresh)
