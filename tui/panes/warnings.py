"""The warnings: raised ones first with their evidence, then the clear ones in one dim line each, then the rest.

What is quiet gives way where the pane is low: first the clear lines of one rule become one line with all its
subjects, then the conditions of the raised rules go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import ClassVar, Final

from textual.widget import Widget

from core.i18n import _
from core.snapshot import RiskWarning, Snapshot
from tui import format as fmt
from tui.widgets.line import Line, Piece, piece
from tui.widgets.live_table import Cell, Column, TableRow
from tui.widgets.pane import TablePane

SEVERITY: Final = ("WARNING", "WATCH", "INFO", "CLEAR", "NOT_EVALUATED")
RAISED: Final = SEVERITY[:3]
STYLES: Final = {"WARNING": "warning", "WATCH": "watch", "INFO": "info", "CLEAR": "dim", "NOT_EVALUATED": "stale"}
NOT_EVALUATED: Final = "not evaluated"
ROOMY: Final = 70
"""A table of so many cells shows the titles of the rules uncut."""
YEAR: Final = 365
INDENT: Final = "  "


class WarningsPane(TablePane):
    """The `warnings` of the snapshot, most severe first, the newest of equals first."""

    COMMAND = "pane_warnings"
    RISING: ClassVar[frozenset[str]] = frozenset({"state", "id", "title", "subject", "reading"})

    def __init__(self, key: str, *, flash: bool = True) -> None:
        super().__init__(_("Warnings"), key, flash=flash)
        self._summary = Line(classes="pane-line")
        self._grouped = False
        self._rows: list[TableRow] = []

    def below(self) -> Sequence[Widget]:
        """See `TablePane`."""
        return (self._summary,)

    def slices(self, snapshot: Snapshot) -> tuple[object, ...]:
        """See `TablePane`."""
        return snapshot.warnings, snapshot.evaluated

    def columns(self) -> Sequence[Column]:
        """See `TablePane`."""
        return (
            Column("state", "", 6, "left"),
            Column("id", "", 4, "left"),
            Column("title", _("Rule"), 26 if self.room >= ROOMY else 19, "left"),
            Column("subject", _("Of"), 16 if self._grouped else 4, "left"),
            Column("reading", _("Reading"), 11, "left", flex=True, priority=1),
        )

    def rows(self) -> tuple[Sequence[TableRow], Mapping[str, str]]:
        """See `TablePane`."""
        return self._rows, {NOT_EVALUATED: _("Not evaluated")}

    def info(self) -> tuple[str, ...]:
        """See `TablePane`: how many rules could be judged."""
        rules, of = self.snapshot.evaluated.rules, self.snapshot.evaluated.of
        return _("{m} of {n} rules evaluated").format(m=rules, n=of), f"{rules}/{of}"

    def fill(self, *, flash: bool) -> None:
        """Fill the table and the summary below it."""
        for self._grouped, conditions in ((False, True), (True, True), (True, False)):
            self._rows = self._lines(conditions=conditions)
            if sum(1 + len(row.notes) for row in self._rows) < self.table.size.height:
                break
        super().fill(flash=flash)
        self._summary.show([summary(self.snapshot)] if self.snapshot.evaluated.of else [])

    def _lines(self, *, conditions: bool) -> list[TableRow]:
        raised = sorted((w for w in self.snapshot.warnings if w.state in RAISED), key=_urgency)
        rows = [self._raised(warning, condition=conditions) for warning in raised]
        quiet = sorted((w for w in self.snapshot.warnings if w.state not in RAISED), key=_place)
        if not self._grouped:
            return rows + [self._quiet([warning]) for warning in quiet]
        return rows + [self._quiet(list(group)) for _key, group in groupby(quiet, key=_place)]

    def _raised(self, warning: RiskWarning, *, condition: bool) -> TableRow:
        """A raised rule: evidence and, if `condition`, the condition under it."""
        style = STYLES[warning.state]
        subject, since = _subject(warning), _since(warning, self.snapshot.session)
        if self._grouped:  # a low pane is mostly a narrow one as well, without room for readings
            subject, since = f"{subject} {since}".strip(), ""
        title = f"{warning.title}: {warning.label}" if warning.label else warning.title
        found = {
            "state": Cell(_state(warning), style, SEVERITY.index(warning.state)),
            "id": Cell(warning.id, style, warning.id),
            "title": Cell(title, "strong", warning.title),
            "subject": Cell(subject, "", warning.subject),
            "reading": Cell(since, "", since),
        }
        notes = [(" · ".join(_readings(warning)), "")]
        if condition:
            notes.append((_("Rule: {condition}").format(condition=warning.condition), "dim"))
        if warning.missing:
            notes.append((_("partial: without {inputs}").format(inputs=", ".join(warning.missing)), "stale"))
        return TableRow(f"{warning.id} {warning.subject}", found, notes=self._notes(notes))

    def _quiet(self, warnings: Sequence[RiskWarning]) -> TableRow:
        """One rule in one state, clear or not evaluated, with all subjects it is so for."""
        first = warnings[0]
        style = STYLES[first.state]
        clear = first.state == "CLEAR"
        subjects = " ".join(filter(None, map(_subject, warnings)))
        readings = " · ".join(_readings(first))
        if len(warnings) > 1:
            readings = " · ".join(f"{_subject(w)} {_readings(w)[0]}" for w in warnings if _readings(w))
        found = {
            "state": Cell(_state(first), style, SEVERITY.index(first.state)),
            "id": Cell(first.id, style, first.id),
            "title": Cell(first.title, style, first.title),
            "subject": Cell(subjects, style, subjects),
            "reading": Cell(readings if clear else "", style, readings),
        }
        reasons = [] if clear else [(reason, "stale") for reason in dict.fromkeys(w.text for w in warnings)]
        key = f"{first.id} {first.subject}"
        return TableRow(key, found, "" if clear else NOT_EVALUATED, self._notes(reasons))

    def _notes(self, notes: Sequence[tuple[str, str]]) -> tuple[Cell, ...]:
        width = self.room - 3 - len(INDENT)
        if width <= 0:  # no place on the screen yet
            return ()
        lines = ((line.removeprefix("· "), style) for text, style in notes for line in fmt.wrap(text, width))
        return tuple(Cell(INDENT + line, style) for line, style in lines)


def summary(snapshot: Snapshot) -> Piece:
    """The warnings in words: "no warnings" only where every rule could be judged (warnings.md C.1)."""
    counts = Counter(warning.state for warning in snapshot.warnings)
    m, n = snapshot.evaluated.rules, snapshot.evaluated.of
    names = {"WARNING": _("{n} warning"), "WATCH": _("{n} watch"), "INFO": _("{n} info")}
    found = ", ".join(names[state].format(n=counts[state]) for state in RAISED if counts[state])
    worst = next((state for state in RAISED if counts[state]), "CLEAR")
    if m == n:
        all_judged = _("{found}, all {n} rules evaluated").format(found=found or _("no warnings"), n=n)
        return piece(all_judged, found or _("no warnings"), style=STYLES[worst], gap=1)
    text = _("{found} among {m} evaluated; {k} not evaluated").format(found=found or _("no warnings"), m=m, k=n - m)
    return piece(
        text, _("{k} not evaluated").format(k=n - m), style="watch" if worst == "CLEAR" else STYLES[worst], gap=1
    )


def _urgency(warning: RiskWarning) -> tuple[int, int, str, str]:
    newest = -(warning.since or date.min).toordinal()
    return SEVERITY.index(warning.state), newest, warning.id, warning.subject


def _place(warning: RiskWarning) -> tuple[int, str]:
    return SEVERITY.index(warning.state), warning.id


def _state(warning: RiskWarning) -> str:
    names = {"WARNING": _("WARN"), "WATCH": _("WATCH"), "INFO": _("INFO"), "CLEAR": _("clear"), "NOT_EVALUATED": "?"}
    name = names[warning.state] + ("*" if warning.partial else "")
    return f"{fmt.APPROXIMATE}{name}" if warning.provisional else name


def _subject(warning: RiskWarning) -> str:
    """The symbol a rule is applied to; that of a pair or of the whole stands in the title already."""
    return warning.subject if warning.subject.lstrip("^").isalnum() and warning.subject.isupper() else ""


def _since(warning: RiskWarning, session: date | None) -> str:
    """Since when a rule is raised; "≥" where the start lies before the data."""
    if warning.since is None:
        return ""
    at_least = "≥" if warning.since_at_least else ""
    if session is not None and (session - warning.since).days < YEAR:
        return _("since {day}").format(day=at_least + fmt.short_day(warning.since))
    return at_least + fmt.short_day(warning.since, session)


def _readings(warning: RiskWarning) -> list[str]:
    """The evidence in its parts."""
    return [part.strip() for part in warning.text.split("   ") if part.strip()]
