"""The two streams of a command: the result on standard output, all else on standard error, one line each."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from core.errors import TapeboardError
from core.i18n import _
from core.text import clean

INCOMPLETE: Final = 4
"""Exit code: done, but something failed, is stale or needs mending."""


def emit(result: str | bytes) -> None:
    """Write a result to standard output; JSON comes as bytes, because it is UTF-8 whatever the locale.

    Raises `BrokenPipeError` when the reader has gone, `TapeboardError` when the output cannot be written.
    """
    if sys.stdout is None:
        raise TapeboardError(_("standard output is closed"), _("do not close it, or send it to a file"))
    if isinstance(result, str):
        result = result.encode(sys.stdout.encoding or "utf-8", "replace")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(result)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon()
        message = _("standard output cannot be written ({reason})").format(reason=error.strerror or error)
        raise TapeboardError(message, _("send it to another place")) from error


def say(line: str) -> None:
    """Tell the user something on standard error."""
    if sys.stderr is not None:
        sys.stderr.write(f"tapeboard: {line}\n")


def code_of(*, simulated: bool, feed: str, lacking: Sequence[str] = ()) -> int:
    """The exit code of a result: whether something is lacking, or all is invented though nobody asked for that.

    The latter is said here: Yahoo did not answer, and nothing was stored.
    """
    if simulated and feed == "auto":
        say(_("Yahoo does not answer and nothing is stored, these numbers are invented: try later, or --feed files"))
        return INCOMPLETE
    return INCOMPLETE if lacking else 0


def named(names: Sequence[str], most: int = 12) -> str:
    """How many `names` there are, and the first of them."""
    more = _(" and {count} more").format(count=len(names) - most) if len(names) > most else ""
    return f"{len(names)} ({', '.join(names[:most])}{more})"


def unexpected(error: Exception) -> str:
    """An error nobody foresaw, as one line: its type and what it says."""
    return clean(f"{type(error).__name__}: {error}".removesuffix(": "))


def abandon() -> None:
    """Send what is still buffered for standard output nowhere, so that the interpreter's last flush is quiet."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - no path of ours, only a descriptor
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
