"""`tapeboard fetch`: fill the store from a real feed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from core import pipeline
from core.i18n import _
from tui.cli_arguments import Options
from tui.cli_output import INCOMPLETE, emit, named, say

_NOTES: Final = frozenset({"rejected", "duplicate", "rescaled"})
"""Problems of single rows and files: what was stored stands."""


def run(options: Options) -> int:
    """Fetch, and say in one line what was stored; 4 if a symbol failed."""
    settings = options.load().settings
    with closing(pipeline.open_pipeline(settings)) as pipe, _progress(quiet=options.quiet) as progress:
        report = pipe.fetch(options.since, progress)
    stored = _("symbols stored: {count}, daily bars: {rows}\n")
    emit(stored.format(rows=f"{report.rows:,}", count=report.stored))
    notes = [problem.text for problem in report.problems if problem.kind in _NOTES]
    if notes and not options.quiet:
        say(_("remarks: {count}, such as: {text}").format(count=len(notes), text=notes[0]))
    failed = dict.fromkeys(p.symbol or p.text for p in report.problems if p.kind not in _NOTES)
    if not failed:
        return 0
    say(_("failed: {symbols}; 'tapeboard doctor' helps").format(symbols=named(list(failed))))
    return INCOMPLETE


@contextmanager
def _progress(*, quiet: bool) -> Iterator[pipeline.Progress]:
    """A bar on a terminal, a line per tenth elsewhere, nothing when quiet; always on standard error."""
    if quiet or sys.stderr is None:
        yield lambda _done, _total, _symbol: None
    elif sys.stderr.isatty():
        with _bar() as bar:
            yield bar
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[pipeline.Progress]:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import Progress  # noqa: PLC0415 - only a terminal needs it

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(_("fetching"), total=None)
        yield lambda done, total, _symbol: bar.update(task, completed=done, total=total)


def _lines() -> pipeline.Progress:
    told = 0

    def progress(done: int, total: int, symbol: str) -> None:
        nonlocal told
        tenth = 10 * done // total if total else 0
        if tenth > told:
            told = tenth
            say(_("{done} of {total} symbols, {symbol}").format(done=done, total=total, symbol=symbol))

    return progress
