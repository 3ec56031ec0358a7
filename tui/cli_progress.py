"""How far a long command has come: a bar on a terminal, a line per tenth elsewhere; always on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from tui.cli_output import say

Progress: TypeAlias = Callable[[int, int, str], None]
"""What is done, what there is in all, and the name of what was done last."""


@contextmanager
def progress(title: str, line: str, *, quiet: bool) -> Iterator[Progress]:
    """Show progress under a `title`, or by a `line` with {done}, {total} and {name}; nothing when quiet."""
    if quiet or sys.stderr is None:
        yield lambda _done, _total, _name: None
    elif sys.stderr.isatty():
        with _bar(title) as bar:
            yield bar
    else:
        yield _lines(line)


@contextmanager
def _bar(title: str) -> Iterator[Progress]:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import Progress as Bar  # noqa: PLC0415 - only a terminal needs it

    with Bar(console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total, _name: bar.update(task, completed=done, total=total)


def _lines(line: str) -> Progress:
    told = 0

    def tell(done: int, total: int, name: str) -> None:
        nonlocal told
        tenth = 10 * done // total if total else 0
        if tenth > told:
            told = tenth
            say(line.format(done=done, total=total, name=name))

    return tell
