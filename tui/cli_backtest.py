"""`tapeboard backtest`: how often each warning fired and what followed, against any day. Never imports Textual."""

from __future__ import annotations

from contextlib import closing

import msgspec

from core import pipeline
from core.hindsight import backtest
from core.i18n import _
from tui.backtest_text import render, to_csv
from tui.cli_arguments import Options
from tui.cli_output import code_of, emit
from tui.cli_progress import progress


def run(options: Options) -> int:
    """Print the table; 4 if all is invented for want of an answer."""
    settings = options.load().settings
    bar = progress(_("measuring"), _("{done} of {total}, {name}"), quiet=options.quiet)
    with closing(pipeline.open_pipeline(settings)) as pipe, bar as tell:
        found = backtest(pipe, settings, options.rules, tell, null=options.null)
    match options.format:
        case "json":
            emit(msgspec.json.encode(found) + b"\n")
        case "csv":
            emit(to_csv(found))
        case _:
            emit(render(found))
    return code_of(simulated=found.simulated, feed=settings.feed.name)
