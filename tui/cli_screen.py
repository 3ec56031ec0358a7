"""`tapeboard`: the live screen."""

from __future__ import annotations

import sys

from core.errors import UsageError
from core.i18n import _
from tui.cli_arguments import Options


def run(options: Options) -> int:
    """Show the screen until the user leaves it."""
    for stream, name in ((sys.stdout, _("standard output")), (sys.stdin, _("standard input"))):
        if stream is None or not stream.isatty():
            message = _("the screen needs a terminal, and {name} is none").format(name=name)
            raise UsageError(message, _("use 'tapeboard snapshot' for output to a file or a pipe"))
    loaded = options.load()
    from tui.app import run as show  # noqa: PLC0415 - Textual takes time, and a mistake should not wait for it

    return show(loaded)
