"""How far a long command has come: a bar on a terminal, a line per tenth elsewhere; always on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Final, Protocol

from core.i18n import _
from tui.cli_output import say

SETTLED: Final = 1.0
"""Seconds after which a pace means something."""


class Progress(Protocol):
    """Called after every piece of work."""

    def __call__(self, done: int, total: int, name: str, failed: int = 0, waits: str = "") -> None:
        """What is done, what there is in all, the name of what was done last, and how many failed.

        `waits`: why nothing can be done at present, if so.
        """
        ...


@contextmanager
def progress(title: str, line: str, *, quiet: bool) -> Iterator[Progress]:
    """Show progress under a `title`, or by a `line` with {done}, {total} and {name}; nothing when quiet."""
    if quiet or sys.stderr is None:
        yield _silent
    elif sys.stderr.isatty():
        with _bar(title) as bar:
            yield bar
    else:
        yield lines(line)


def _silent(done: int, total: int, name: str, failed: int = 0, waits: str = "") -> None:
    """Tell nothing."""


@contextmanager
def _bar(title: str) -> Iterator[Progress]:
    """A bar with the pace and the time that remains, or what is waited for, and what has failed."""
    from rich import progress as bars  # noqa: PLC0415 - only a terminal needs it
    from rich.console import Console  # noqa: PLC0415 - likewise

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[pace]}"),
        bars.TextColumn("{task.fields[failures]}"),
    )
    with bars.Progress(*columns, console=Console(stderr=True)) as shown:
        pace = _Pace()
        task = shown.add_task(title, total=None, pace="", failures="")

        def tell(done: int, total: int, name: str, failed: int = 0, waits: str = "") -> None:
            failures = _("{count} failed").format(count=failed) if failed else ""
            shown.update(task, completed=done, total=total, pace=pace(done, total, waits), failures=failures)

        yield tell


class _Pace:
    """How fast work goes and how long the rest takes at that, time that was only waited left out."""

    def __init__(self) -> None:
        self._worked = 0.0
        self._told = monotonic()
        self._waited = False

    def __call__(self, done: int, total: int, waits: str) -> str:
        """In words: what is waited for, else the pace; "" as long as that says little."""
        now = monotonic()
        self._worked += 0.0 if self._waited else now - self._told
        self._told, self._waited = now, bool(waits)
        if waits or not done or self._worked < SETTLED:
            return waits
        left = timedelta(seconds=round(self._worked * (total - done) / done))
        return _("{count:.0f}/min, {time} left").format(count=60 * done / self._worked, time=left)


def lines(line: str) -> Progress:
    """Say a `line` with {done}, {total} and {name} at every tenth, and once what is waited for."""
    told = 0
    waited = ""

    def tell(done: int, total: int, name: str, failed: int = 0, waits: str = "") -> None:
        nonlocal told, waited
        if waits and waits != waited:
            say(waits)
        waited = waits
        tenth = 10 * done // total if total else 0
        if tenth > told:
            told = tenth
            failures = _(", {count} failed").format(count=failed) if failed else ""
            say(line.format(done=done, total=total, name=name) + failures)

    return tell
