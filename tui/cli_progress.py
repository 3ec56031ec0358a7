"""How far a long command has come: a bar on a terminal, a line per tenth elsewhere; always on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from core.i18n import _
from tui.cli_output import say

SETTLED: Final = 1.0
"""Seconds after which a pace means something."""


class Progress(Protocol):
    """Called after every piece of work."""

    def __call__(self, done: int, total: int, name: str, failed: int = 0) -> None:
        """What is done, what there is in all, the name of what was done last, and how many failed."""
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


def _silent(done: int, total: int, name: str, failed: int = 0) -> None:
    """Tell nothing."""


@contextmanager
def _bar(title: str) -> Iterator[Progress]:
    """A bar with the pace, the time that remains, and what has failed."""
    from rich import progress as bars  # noqa: PLC0415 - only a terminal needs it
    from rich.console import Console  # noqa: PLC0415 - likewise

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[pace]}"),
        bars.TimeRemainingColumn(),
        bars.TextColumn("{task.fields[failures]}"),
    )
    with bars.Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(title, total=None, pace="", failures="")

        def tell(done: int, total: int, name: str, failed: int = 0) -> None:
            elapsed = shown.tasks[0].elapsed or 0.0
            pace = _("{count:.0f}/min").format(count=60 * done / elapsed) if elapsed >= SETTLED else ""
            failures = _("{count} failed").format(count=failed) if failed else ""
            shown.update(task, completed=done, total=total, pace=pace, failures=failures)

        yield tell


def lines(line: str) -> Progress:
    """Say a `line` with {done}, {total} and {name} at every tenth."""
    told = 0

    def tell(done: int, total: int, name: str, failed: int = 0) -> None:
        nonlocal told
        tenth = 10 * done // total if total else 0
        if tenth > told:
            told = tenth
            failures = _(", {count} failed").format(count=failed) if failed else ""
            say(line.format(done=done, total=total, name=name) + failures)

    return tell
