"""What a command waits for, on standard error, where that takes longer than a moment.

On a terminal it is a line that goes again, elsewhere a line per tenth of the files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from time import monotonic
from typing import TYPE_CHECKING, Final

from core.i18n import _
from core.model import Stage, Watch, unwatched
from tui.cli_output import say
from tui.cli_progress import lines
from tui.waiting import Paced, opening

if TYPE_CHECKING:
    from rich.status import Status
    from rich.text import Text

MOMENT: Final = 1.0
"""Seconds after which somebody wants to know."""


@contextmanager
def waiting(*, quiet: bool) -> Iterator[Watch]:
    """Tell what a refresh is at; nothing when quiet."""
    if quiet or sys.stderr is None:
        yield unwatched
    elif sys.stderr.isatty():
        line = _Line()
        try:
            yield Paced(line.tell)
        finally:
            line.end()
    else:
        yield _late_lines()


def _late_lines() -> Watch:
    begun: float | None = None
    tenths = lines(_("reading files: {done} of {total}, now {name}"))

    def watch(stage: Stage, done: int = 0, total: int = 0, name: str = "") -> None:
        nonlocal begun
        now = monotonic()
        begun = now if begun is None else begun
        if now - begun < MOMENT:
            return
        if stage is Stage.COMPUTING:
            say(_("computing"))
        else:
            tenths(done, total, name)

    return watch


class _Line:
    """What was told last, on the terminal from a moment after the start to the end."""

    def __init__(self) -> None:
        self._text = opening()
        self._shown: Status | None = None
        self._ended = False
        self._lock = Lock()
        self._timer = Timer(MOMENT, self._show)
        self._timer.daemon = True
        self._timer.start()

    def tell(self, text: str) -> None:
        """Show this from now on."""
        with self._lock:
            self._text = text
            if self._shown is not None:
                self._shown.update(_literal(text))

    def end(self) -> None:
        """Take the line away, or never show it."""
        self._timer.cancel()
        with self._lock:
            self._ended = True
            if self._shown is not None:
                self._shown.stop()

    def _show(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - only who waits needs it

        with self._lock:
            if not self._ended:
                self._shown = Console(stderr=True).status(_literal(self._text))
                self._shown.start()


def _literal(text: str) -> Text:
    """A line in which nothing is markup: it may hold the name of a file."""
    from rich.text import Text  # noqa: PLC0415 - likewise

    return Text(text)
