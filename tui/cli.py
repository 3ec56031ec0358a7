"""`tapeboard` and its sub-commands.

A sub-command's module is imported when it is asked for, so that none waits for the imports of another; only
the screen imports Textual. Every failure ends here: one line on standard error, and its exit code.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Final, NoReturn

from core import language
from core.errors import FeedError, TapeboardError
from core.i18n import _
from tui.cli_arguments import Options, parse
from tui.cli_output import abandon, emit, say, unexpected
from tui.cli_parser import spoken

UNEXPECTED: Final = 1
INTERRUPTED: Final = 130

_MODULES: Final = {
    "": "tui.cli_screen",
    "serve": "tui.cli_serve",
    "snapshot": "tui.cli_snapshot",
    "fetch": "tui.cli_fetch",
    "backtest": "tui.cli_backtest",
    "warnings": "tui.cli_warnings",
    "period": "tui.cli_period",
    "report": "tui.cli_report",
    "verify": "tui.cli_verify",
    "config": "tui.cli_config",
    "doctor": "tui.cli_doctor",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` and return the exit code; that of the process, by default, and then end it."""
    if argv is not None:
        return _exit_code(argv)
    code = _exit_code(sys.argv[1:])
    if any(thread.daemon for thread in threading.enumerate()):
        leave(code)
    return code


def leave(code: int) -> NoReturn:
    """End at once, under threads that are left behind.

    Were the interpreter taken down under them, curl and C++ in them would now and then end the process with a signal.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):  # closed, or nobody reads it
                stream.flush()
    os._exit(code)


def _exit_code(argv: Sequence[str]) -> int:
    language.use(spoken(argv))  # for what is said before the configuration is read
    try:
        return _run(argv)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of standard output has had enough, which is no failure
        abandon()
        return 0
    except TapeboardError as error:
        _show_traceback(argv)
        for line in _told(error).splitlines():
            say(line)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last resort: a defect of ours still ends in one line
        _show_traceback(argv)
        mend = "" if "--debug" in argv else _(": run again with --debug for the traceback")
        say(_("unexpected error, {error}{mend}").format(error=unexpected(error), mend=mend))
        return UNEXPECTED


def _run(argv: Sequence[str]) -> int:
    try:
        options = parse(argv)
    except SystemExit:  # after --help and --version
        emit("")
        return 0
    run: Callable[[Options], int] = import_module(_MODULES[options.command]).run
    return run(options)


def _told(error: TapeboardError) -> str:
    """The error with its mend; the screen asks a source that fails again by itself, a command does not."""
    if isinstance(error, FeedError) and not error.mend:
        return _("{error}: run it again later; 'tapeboard doctor' tells why").format(error=error)
    return str(error)


def _show_traceback(argv: Sequence[str]) -> None:
    if "--debug" in argv:
        traceback.print_exc()
