"""`tapeboard fetch`: fill the store from a real feed."""

from __future__ import annotations

from contextlib import closing
from typing import Final

from core import pipeline
from core.automatic import filling
from core.i18n import _
from tui.cli_arguments import Options
from tui.cli_output import INCOMPLETE, emit, named, say
from tui.cli_progress import progress

_NOTES: Final = frozenset({"rejected", "unreadable", "duplicate", "rescaled"})
"""Problems of single rows and files: what was stored stands."""


def run(options: Options) -> int:
    """Fetch, and say in one line what was stored; 4 if a symbol failed."""
    settings = options.load().settings
    bar = progress(_("fetching"), _("{done} of {total} symbols, {name}"), quiet=options.quiet)
    with closing(pipeline.open_pipeline(filling(settings))) as pipe, bar as tell:
        report = pipe.fetch(
            options.since, lambda step: tell(step.done, step.total, step.symbol, step.failed, step.waits)
        )
    stored = _("symbols stored: {count}, daily bars: {rows}")
    if report.complete:
        stored = _("symbols stored: {count}, daily bars: {rows}; complete already: {complete}")
    emit(stored.format(rows=f"{report.rows:,}", count=report.stored, complete=report.complete) + "\n")
    notes = [problem.text for problem in report.problems if problem.kind in _NOTES]
    if notes and not options.quiet:
        say(_("remarks: {count}, such as: {text}").format(count=len(notes), text=notes[0]))
    failed = dict.fromkeys(p.symbol or p.text for p in report.problems if p.kind not in _NOTES)
    if not failed:
        return 0
    say(_("failed: {symbols}; 'tapeboard doctor' helps").format(symbols=named(list(failed))))
    return INCOMPLETE
