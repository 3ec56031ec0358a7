"""`tapeboard snapshot`: one refresh on standard output. Never imports Textual."""

from __future__ import annotations

from contextlib import closing

from core import pipeline, universe
from core.i18n import _
from core.snapshot import to_json
from tui.cli_arguments import Options
from tui.cli_output import code_of, emit, named, say
from tui.cli_waiting import waiting
from tui.text_snapshot import render


def run(options: Options) -> int:
    """Print one refresh; 4 if a configured symbol failed or is stale, or all is invented for want of an answer."""
    settings = options.load().settings
    groups = universe.build(settings).groups
    with (
        waiting(quiet=options.quiet) as watch,
        closing(pipeline.open_pipeline(settings, as_of=options.as_of, watch=watch)) as pipe,
    ):
        snapshot = pipe.refresh()
        lacking = pipe.incomplete(snapshot)
    emit(to_json(snapshot) + b"\n" if options.format == "json" else render(snapshot, groups, settings.metrics.window))
    if lacking:
        say(_("failed or stale: {symbols}; 'tapeboard doctor' helps").format(symbols=named(lacking)))
    return code_of(simulated=snapshot.source.simulated, feed=settings.feed.name, lacking=lacking)
