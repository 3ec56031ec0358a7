"""`tapeboard period`: one table over a custom period on standard output. Never imports Textual."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import msgspec

from core import pipeline
from core.errors import UsageError
from core.i18n import _
from tui.cli_arguments import Options
from tui.cli_output import code_of, emit, named, say
from tui.cli_table import aligned
from tui.format import DASH, day, level, pct

if TYPE_CHECKING:
    from core.period import Period, PeriodRow


def run(options: Options) -> int:
    """Print the table; 4 if a symbol has no return over the period, or all is invented for want of an answer."""
    if options.begin is None or options.end is None or options.begin > options.end:
        raise UsageError(_("--from is after --to"), _("give the first day with --from, the last one with --to"))
    settings = options.load().settings
    with closing(pipeline.open_pipeline(settings)) as pipe:
        table = pipe.period(options.begin, options.end, base=options.base, basis=options.basis, ddof=options.ddof)
    emit(msgspec.json.encode(table) + b"\n" if options.format == "json" else render(table))
    lacking = [row.symbol for row in table.rows if row.ret is None]
    if lacking:
        say(_("no return over the period: {symbols}").format(symbols=named(lacking)))
    return code_of(simulated=table.simulated, feed=settings.feed.name, lacking=lacking)


def render(table: Period) -> str:
    """The table as aligned text, its conventions in the heading."""
    bases = {
        "close": _("from the close before, {day}"),
        "first-close": _("from the close of {day}"),
        "open": _("from the open of {day}"),
    }
    base = DASH if table.base_session is None else day(table.base_session)
    parts = [
        *([_("SIMULATED")] if table.simulated else []),
        _("feed {feed}").format(feed=table.feed),
        _("{first} to {last}, {n} sessions").format(
            first=day(table.first_session), last=day(table.last_session), n=table.sessions
        ),
        bases[table.base].format(day=base),
        _("basis {basis}").format(basis=table.basis),
        _("daily volatility ddof {ddof}").format(ddof=table.ddof),
    ]
    head = (_("symbol"), _("name"), _("last"), _("return %"), _("volatility %"), _("mean volume"), _("basis"))
    lines = [head, *(_cells(row) for row in table.rows if row.last is not None)]
    return " · ".join(parts) + "\n\n" + aligned(lines, (0, 1, 6)) + "\n"


def _cells(row: PeriodRow) -> tuple[str, ...]:
    volume = DASH if row.mean_volume is None else f"{row.mean_volume:,.0f}"
    volatility = DASH if row.volatility is None else f"{100 * row.volatility:.4f}"
    return row.symbol, row.name, level(row.last), pct(row.ret, digits=4), volatility, volume, row.basis
