"""`tapeboard report`: the market note of a session. Never imports Textual."""

from __future__ import annotations

from contextlib import closing
from datetime import date

from core import pipeline
from core.errors import UsageError
from core.i18n import _
from core.report.desk import note_of, rendered, save
from core.text import clean
from tui.cli_arguments import Options, exchange_day
from tui.cli_output import code_of, emit, named, say
from tui.cli_waiting import waiting


def run(options: Options) -> int:
    """Write the note, with a period that of its last session; 4 if a symbol failed or is stale, or all is invented."""
    begin, end = options.begin, options.end
    if (begin is None) != (end is None):
        raise UsageError(_("a period needs both its ends"), "--from DATE --to DATE")
    if options.output is not None and not options.output.parent.is_dir():
        folder = clean(str(options.output.parent), 400)
        raise UsageError(_("{folder}: there is no such folder").format(folder=folder), _("give another -o"))
    settings = options.load().settings
    with (
        waiting(quiet=options.quiet) as watch,
        closing(pipeline.open_pipeline(settings, as_of=_as_of(options), watch=watch)) as pipe,
    ):
        snapshot = pipe.refresh()
        period = None
        if begin is not None and end is not None:
            period = pipe.period(begin, end, base="close", basis=settings.metrics.basis, ddof=1)
        lacking = pipe.incomplete(snapshot)
        note = note_of(snapshot, settings, period)
        document = rendered(note, options.note_format, snapshot, pipe, up_is=settings.screen.up_is)
    if options.output is None:
        emit(document)
    else:
        save(document, options.output)
    if lacking:
        say(_("failed or stale: {symbols}; 'tapeboard doctor' helps").format(symbols=named(lacking)))
    return code_of(simulated=note.simulated, feed=settings.feed.name, lacking=lacking)


def _as_of(options: Options) -> date | None:
    """The day the note is asked of: the one that is named, else the last of the period; None for the present."""
    if options.as_of is not None or options.end is None:
        return options.as_of
    return options.end if options.end < exchange_day() else None
