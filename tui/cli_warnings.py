"""`tapeboard warnings`: every step of the warnings from one state to another, or a trial of their notices.

Never imports Textual.
"""

from __future__ import annotations

import csv
import io
from contextlib import closing
from typing import TYPE_CHECKING, Final

import msgspec

from core import notices, pipeline
from core.i18n import _
from tui.cli_arguments import Options
from tui.cli_output import INCOMPLETE, code_of, emit, say
from tui.cli_table import aligned
from tui.format import day

if TYPE_CHECKING:
    from core.journal import Entry, Journal

_COLUMNS: Final = ("session", "rule", "subject", "universe", "old", "new", "kind", "rule_set", "data_hash", "at")


def run(options: Options) -> int:
    """Print the journal, brought up to date, or try the addresses for notices."""
    settings = options.load().settings
    if options.notify_test:
        told, whole = notices.trial(settings.notify)
        emit("; ".join(told) + "\n")
        return 0 if whole else INCOMPLETE
    with closing(pipeline.open_pipeline(settings)) as pipe:
        found = pipe.journal(options.since)
    match options.format:
        case "json":
            emit(msgspec.json.encode(found) + b"\n")
        case "csv":
            emit(to_csv(found))
        case _:
            emit(render(found))
    if found.derived and options.format != "text" and not options.quiet:
        say(_derived())
    return code_of(simulated=found.simulated, feed=settings.feed.name)


def render(found: Journal) -> str:
    """The journal as aligned text, the newest step last."""
    parts = [
        *([_("SIMULATED")] if found.simulated else []),
        _("feed {feed}").format(feed=found.feed),
        _("universe {universe}").format(universe=found.universe),
        _("{n} steps").format(n=len(found.entries)),
        *([_derived()] if found.derived else []),
    ]
    head = (_("session"), _("rule"), _("of"), _("from"), _("to"), _("told"), _("rules"), _("evidence"))
    lines = [head, *map(_cells, found.entries)]
    return " · ".join(parts) + "\n" + (f"\n{aligned(lines, range(8))}\n" if found.entries else "")


def to_csv(found: Journal) -> str:
    """One line for each step; the evidence is a JSON object."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*_COLUMNS, "evidence"))
    for entry in found.entries:
        values = ["" if getattr(entry, name) is None else str(getattr(entry, name)) for name in _COLUMNS]
        writer.writerow((*values, msgspec.json.encode(entry.evidence).decode()))
    return text.getvalue()


def _cells(entry: Entry) -> tuple[str, ...]:
    names = {"live": _("live"), "replayed": _("replayed"), "restated": _("restated")}
    evidence = "  ".join(f"{name} {_short(value)}" for name, value in entry.evidence.items() if value is not None)
    states = (entry.old, entry.new)
    return day(entry.session), entry.rule, entry.subject, *states, names[entry.kind], entry.rule_set, evidence


def _short(value: float | int | str | bool) -> str:  # noqa: FBT001 - evidence may be a flag
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _derived() -> str:
    return _("no store is kept for this feed: derived by replay from its history")
