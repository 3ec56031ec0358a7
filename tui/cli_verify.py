"""`tapeboard verify`: which claims of a published note hold, and under which convention. Never imports Textual."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from core import pipeline
from core.claims import LEVELS, UNSTATED, ClaimFile, load_claims, printed
from core.errors import UsageError
from core.i18n import _
from core.verify import verify
from tui.cli_arguments import Options
from tui.cli_output import INCOMPLETE, emit, named, say
from tui.format import DASH, day

if TYPE_CHECKING:
    from core.verify import ClaimFinding, Fit, GroupFinding, Verification

LEAD: Final = timedelta(days=30)
"""Days on either side of the windows, for the base before them and for the search."""

DAYS_A_SESSION: Final = 1.6
"""More calendar days than a session ever takes on average."""

MOST_TOLD: Final = 4
"""So many conventions are named; of more, their number."""


def run(options: Options) -> int:
    """Print the findings; 4 if a claim could not be judged for want of prices."""
    if options.file is None:
        raise UsageError(_("verify needs a file of claims"), "tapeboard verify FILE")
    claims = load_claims(options.file)
    first = min(_reaches(claims)) - LEAD
    last = max(group.to for group in claims.group) + LEAD
    with closing(pipeline.open_pipeline(options.load().settings)) as pipe:
        found = verify(claims, pipe.panel(claims.symbols, first, last))
        found = msgspec.structs.replace(found, feed=pipe.feed_name)
    emit(msgspec.json.encode(found) + b"\n" if options.format == "json" else render(found))
    lacking = sorted({symbol for group in found.groups for symbol in group.missing})
    if not lacking:
        return 0
    say(_("no prices for: {symbols}").format(symbols=named(lacking)))
    return INCOMPLETE


def _reaches(claims: ClaimFile) -> list[date]:
    """The first day each group needs."""
    days = []
    for group in claims.group:
        back = max(claim.n for claim in group.claim)
        if group.window.endswith("m"):
            back = max(back, 22 * int(group.window[:-1]))
        elif group.window:
            back = max(back, int(group.window[:-1]))
        start = group.to if group.begin == UNSTATED else group.begin
        days.append(start - timedelta(days=round(back * DAYS_A_SESSION)))
    return days


def render(found: Verification) -> str:
    """The findings as text, group by group."""
    lines = [found.title, _("feed {feed}").format(feed=found.feed)]
    for group in found.groups:
        lines += ["", f"{_word(group)}  {group.title}", *(f"  {line}" for line in _explained(group)), *_table(group)]
    return "\n".join(lines) + "\n"


def _word(group: GroupFinding) -> str:
    return {
        "holds": _("HOLDS"),
        "holds otherwise": _("HOLDS UNDER ANOTHER CONVENTION"),
        "fails": _("FAILS"),
        "not judged": _("NOT JUDGED"),
    }[group.finding]


def _explained(group: GroupFinding) -> list[str]:
    """What the finding rests on, in words."""
    lines = []
    if group.no_session is not None:
        lines.append(_("{day} was not a session; measured on the last before it").format(day=day(group.no_session)))
    if group.missing:
        lines.append(_("no prices for: {symbols}").format(symbols=", ".join(group.missing)))
    if group.stated is not None:
        lines.append(_("as stated: {convention}").format(convention=_convention(group.stated, group)))
    tried = _("{k} of {n} conventions tried fit every claim of the group")
    lines.append(tried.format(n=group.tried, k=len(group.fits)))
    lines += [f"  {told}" for told in _conventions(group.fits, group)]
    return lines


def _conventions(fits: tuple[Fit, ...], group: GroupFinding) -> list[str]:
    told = [_convention(fit, group) for fit in fits[:MOST_TOLD]]
    more = len(fits) - MOST_TOLD
    return [*told, _("and {n} more").format(n=more)] if more > 0 else told


def _convention(fit: Fit, group: GroupFinding) -> str:
    """A convention in words: only what makes a difference to the claims of the group."""
    metrics = {claim.metric for claim in group.claims}
    if metrics.issubset(LEVELS):
        return _("on {day}").format(day=day(fit.end_session))
    base = _("from the close of {day}") if fit.base == "close" else _("from the open of {day}")
    words = [base.format(day=day(fit.base_session)), _("to {day}").format(day=day(fit.end_session)), fit.basis]
    return ", ".join([*words, *([_("ddof {ddof}").format(ddof=fit.ddof)] if "volatility" in metrics else [])])


def _table(group: GroupFinding) -> list[str]:
    """One line for each claim, aligned."""
    rows = [(c.subject, _metric(c), c.claimed, _measured(c), _mark(c)) for c in group.claims]
    widths = [max(len(row[k]) for row in rows) for k in range(4)]
    lines = []
    for (subject, metric, claimed, measured, mark), claim in zip(rows, group.claims, strict=True):
        cells = (subject.ljust(widths[0]), metric.ljust(widths[1]), claimed.rjust(widths[2]), measured.rjust(widths[3]))
        told = "; ".join(_conventions(claim.alone, group))
        alone = _("; alone it fits {told}").format(told=told) if told else ""
        lines.append("    " + "  ".join((*cells, mark)) + alone)
    return lines


def _metric(claim: ClaimFinding) -> str:
    names = {
        "return": _("return"),
        "volatility": _("daily volatility"),
        "volume": _("mean volume"),
        "rank": _("rank by return"),
        "close": _("close"),
        "high": _("intraday high"),
        "low": _("intraday low"),
        "average": _("average of {n} sessions").format(n=claim.n),
    }
    return names[claim.metric]


def _measured(claim: ClaimFinding) -> str:
    """The measured number in the unit of the claim, with two digits more than were printed."""
    if claim.measured is None:
        return DASH
    claimed = printed(claim.claimed)
    number = claim.measured / claimed.scale
    return f"{number:,.{claimed.digits + 2}f}"


def _mark(claim: ClaimFinding) -> str:
    if claim.measured is None:
        return _("no prices")
    return _("fits") if claim.fits else _("does not fit")
