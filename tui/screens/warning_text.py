"""What the detail of a warning says in words: its state, its condition beside live values, evidence, past and steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from rich.cells import cell_len
from textual.content import Content

from core.i18n import _
from core.series import RuleDetail, RuleStep
from core.snapshot import Gauge, RiskWarning, RuleState
from core.text import clean
from tui import format as fmt
from tui.evidence import named
from tui.widgets.gauge_chart import reading, relation, thresholds

STYLES: Final = {
    "WARNING": "bold $alarm",
    "WATCH": "bold $watch",
    "INFO": "bold $info",
    "CLEAR": "bold $strong",
    "NOT_EVALUATED": "italic $dim",
}
RAISED: Final = ("WARNING", "WATCH", "INFO")
WIDEST: Final = 52
"""The most cells that names of evidence take beside their values."""


def state(warning: RiskWarning, session: date | None) -> Content:
    """The state, since when and for how long, and how much it is to be trusted."""
    name = _named(warning.state)
    parts: list[tuple[str, str]] = [(f"{fmt.APPROXIMATE if warning.provisional else ''}{name}", STYLES[warning.state])]
    if warning.label:
        parts.append((f" {warning.label}", "$strong"))
    if warning.since is not None:
        day = f"{'≥' if warning.since_at_least else ''}{fmt.day(warning.since)}"
        one = warning.sessions == 1
        told = _(" since {day} (its first session)") if one else _(" since {day} ({n} sessions)")
        parts.append((told.format(day=day, n=warning.sessions), ""))
    if warning.provisional and warning.since == session:
        parts.append((_(" · provisional: the session is not over"), "$watch"))
    elif warning.provisional:
        parts.append((_(" · judged on a session that is not over"), "$dim"))
    if warning.partial:
        parts.append((_(" · partial: without {inputs}").format(inputs=", ".join(warning.missing)), "$watch"))
    if warning.acknowledged:
        parts.append((_(" · acknowledged"), "$dim"))
    if warning.muted_until is not None:
        parts.append((_(" · muted till {day}").format(day=fmt.day(warning.muted_until)), "$watch"))
    return Content.assemble(*((clean(text, 400), style) if text[0] != " " else (text, style) for text, style in parts))


def condition(warning: RiskWarning) -> Content:
    """The rule in words; beside each threshold of the number that decides it, how far it is."""
    lines = [Content.assemble((_("Rule"), "$dim"), "  ", clean(warning.condition, 1000))]
    gauge = warning.gauge
    limits = thresholds(gauge) if gauge else {}
    if gauge is None or gauge.value is None or not limits:
        return lines[0]
    names = {"enter": _("raised"), "warn": _("warning"), "leave": _("left")}
    parts: list[str | tuple[str, str]] = [
        (_("Now"), "$dim"),
        f"   {gauge.label} ",
        (reading(gauge, gauge.value), "bold $strong"),
    ]
    for name, limit in limits.items():
        above = (gauge.direction == "above") != (name == "leave")
        reached = gauge.value >= limit if above else gauge.value <= limit
        if name == "leave" and gauge.value == limit:
            reached = False
        side = f"{relation(gauge, name)} {reading(gauge, limit)}"
        gap = _between(gauge, gauge.value, limit)
        holds = _("reached, not left yet") if name == "leave" and warning.state in RAISED else _("holds")
        away = holds if reached else _("({gap} away)").format(gap=gap)
        parts += [
            "   ",
            (f"{names[name]} {side}", "$watch" if reached and name != "leave" else ""),
            (f" {away}", "$dim"),
        ]
    return Content("\n").join([*lines, Content.assemble(*parts)])


def _between(gauge: Gauge, value: float, limit: float) -> str:
    """How far two values of a gauge lie apart: two percentages by percentage points."""
    gap = abs(value - limit)
    return fmt.pp(gap).lstrip("+") if gauge.unit == "fraction" else reading(gauge, gap)


def missing(warning: RiskWarning) -> Content:
    """What an evaluation needs, and what it last said."""
    return Content.assemble((_("Not evaluated: "), "bold $watch"), clean(warning.text, 600))


def evidence(warning: RiskWarning, width: int) -> Content:
    """All evidence, a name and a value in a line."""
    pieces = named(warning.evidence)
    if not pieces:
        return Content.styled(_("no evidence"), "$dim")
    widest = (
        max(cell_len(value) for _name, value in pieces if cell_len(value) <= width // 3)
        if any(cell_len(value) <= width // 3 for _name, value in pieces)
        else 8
    )
    room = min(max(12, width - widest - 2), WIDEST)
    lines: list[Content] = []
    for name, value in pieces:
        *full, rest = fmt.wrap(name, room) or [""]
        lines += [Content.styled(line, "$dim") for line in full]
        pad = " " * (room - cell_len(rest))
        if cell_len(value) <= widest:
            lines.append(Content.assemble((rest, "$dim"), pad, "  ", " " * (widest - cell_len(value)), value))
        else:
            lines.append(Content.styled(rest, "$dim"))
            lines += [Content(f"  {line}") for line in fmt.wrap(value, width - 2)]
    return Content("\n").join(lines)


def past(warning: RiskWarning) -> Content:
    """The base rates, how few the cases are, and how sure they can be."""
    told = warning.history
    text = str(told.get("text") or _("History: it says nothing of a market"))
    parts: list[str | tuple[str, str]] = [clean(text, 400)]
    n, low, high = told.get("n"), told.get("low"), told.get("high")
    if n and "n = " not in text:
        parts.append(f"; n = {n}")
    if isinstance(low, float) and isinstance(high, float):
        bounds = _("90 % of the bootstrap lies between {low} % and {high} %")
        shares = {name: fmt.pct(value, 0, sign=False) for name, value in (("low", low), ("high", high))}
        parts.append(f"; {bounds.format(**shares)}")
    elif n:
        parts.append((_("; run tapeboard backtest {rule} for intervals").format(rule=warning.id), "$dim"))
    return Content.assemble(*parts)


def legend(detail: RuleDetail) -> Content:
    """What the marks of the strip mean, and how many sessions were in which state."""
    counts = {level: detail.levels.count(level) for level in (2, 1, 0, -1)}
    raised = _("info") if detail.informs else _("watch")
    names = {2: ("█", _("warning"), "$alarm"), 1: ("▄", raised, "$info" if detail.informs else "$watch")}
    names |= {0: ("▁", _("clear"), "$rule"), -1: ("·", _("not evaluated"), "$dim")}
    parts: list[str | tuple[str, str]] = []
    for level, (mark, name, style) in names.items():
        if counts[level]:
            parts += [(mark, style), (f" {name} {counts[level]}   ", "$dim")]
    return Content.assemble(*parts)


def steps(found: Sequence[RuleStep], width: int) -> Content:
    """Every step from one state to another, the newest first, each with its evidence."""
    if not found:
        return Content.styled(_("none in the loaded history"), "$dim")
    lines: list[Content] = []
    for step in reversed(found):
        head = f"{fmt.day(step.session)}  "
        old, new = _named(step.old), _named(step.new)
        mark = fmt.APPROXIMATE if step.provisional else ""
        change = Content.assemble(head, (f"{old} → ", "$dim"), (mark + new, STYLES[step.new]))
        lines.append(change)
        told = " · ".join(f"{name} {value}" for name, value in named(step.evidence))
        lines += [Content.styled(f"  {line}", "$dim") for line in fmt.wrap(told, max(20, width - 2))]
    return Content("\n").join(lines)


def _named(state: RuleState) -> str:
    return {
        "WARNING": _("WARNING"),
        "WATCH": _("WATCH"),
        "INFO": _("INFO"),
        "CLEAR": _("CLEAR"),
        "NOT_EVALUATED": _("NOT EVALUATED"),
    }[state]
