"""The warnings: raised ones first with their evidence, then the clear ones in one dim line each, then the rest.

Among raised ones of a severity those come first that nobody has acknowledged, of these the newest. What is quiet gives
way where the pane is low: first the clear lines of one rule become one line with all its subjects, then the conditions
of the raised rules go. The line below tells what may be cut in the row at the cursor; Enter tells all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.widget import Widget

from core.i18n import _
from core.series import GaugeSeries
from core.snapshot import RiskWarning, Snapshot
from tui import format as fmt
from tui.messages import Acknowledge, Answered, Asked, Mute, RuleOpened
from tui.status import RAISED, heard_and_muted, looked_at
from tui.widgets.gauge_chart import reading, relation, thresholds
from tui.widgets.line import Line, Piece, piece
from tui.widgets.live_table import Cell, Column, LiveTable, TableRow
from tui.widgets.pane import TablePane
from tui.widgets.spark import sparkline

SEVERITY: Final = (*RAISED, "CLEAR", "NOT_EVALUATED")
STYLES: Final = {"WARNING": "warning", "WATCH": "watch", "INFO": "info", "CLEAR": "dim", "NOT_EVALUATED": "stale"}
NOT_EVALUATED: Final = "not evaluated"
MUTED: Final = "muted"
NEW: Final = "●"
"""Before the state of a raised warning that nobody has acknowledged."""
MARKS: Final = 3
"""The cells around the name of a state: whether it is new, provisional, partial."""
GAUGES: Final = "gauges"
SHORTEST: Final = 10
LONGEST: Final = 42
"""The cells of a year at least and at most: what its words leave of a line."""
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
        self._explained, self._summary = Line(classes="pane-line"), Line(classes="pane-line")
        self._grouped = False
        self._rows: list[TableRow] = []
        self._asked: tuple[object, ...] = ()
        self._series: Mapping[str, GaugeSeries | None] = {}

    def below(self) -> Sequence[Widget]:
        """See `TablePane`."""
        return self._explained, self._summary

    def slices(self, snapshot: Snapshot) -> tuple[object, ...]:
        """See `TablePane`."""
        return snapshot.warnings, snapshot.evaluated

    def columns(self) -> Sequence[Column]:
        """See `TablePane`. In a narrow table the readings stand under the rule only."""
        roomy = self.room >= ROOMY
        first = (
            Column("state", "", MARKS + max(map(cell_len, _states().values())), "left"),
            Column("id", "", 4, "left"),
            Column("title", _("Rule"), 26 if roomy else 19, "left"),
        )
        if not roomy:
            return *first, Column("subject", _("Of"), 4, "left", flex=True)
        reading = Column("reading", _("Reading"), 11, "left", flex=True, priority=1)
        return *first, Column("subject", _("Of"), 15 if self._grouped else 4, "left"), reading

    def rows(self) -> tuple[Sequence[TableRow], Mapping[str, str]]:
        """See `TablePane`."""
        return self._rows, {NOT_EVALUATED: _("Not evaluated"), MUTED: _("Muted")}

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
        self._explain()
        self._ask()

    def attend(self, command: str) -> None:
        """Acknowledge or mute the warning at the cursor."""
        for warning in self._at_cursor():
            self.post_message(Acknowledge(warning) if command == "acknowledge" else Mute(warning))

    def on_live_table_row_highlighted(self) -> None:
        """Explain the row at the cursor."""
        self._explain()

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        """Open a warning, among all in their present order."""
        event.stop()
        stands = [key for row in self._rows for key in row.key.split("\n")]
        names = [(rule, subject) for rule, _blank, subject in (key.partition(" ") for key in stands)]
        self.post_message(RuleOpened(names, stands.index(event.key.split("\n")[0])))

    def on_answered(self, event: Answered) -> None:
        """Draw the year of the numbers that decide the raised warnings."""
        if isinstance(event.answer, dict):
            self._series = event.answer
            self.refill(flash=False)

    def _ask(self) -> None:
        """Ask for these years, once for a session."""
        keys = {_key(w): (w.id, w.subject) for w in self.snapshot.warnings if w.state in RAISED and w.gauge}
        wanted = (self.snapshot.session, self.snapshot.session_status, self.snapshot.source.feed, *keys)
        if keys and wanted != self._asked:
            self._asked = wanted
            question = {key: (rule, subject) for key, (rule, subject) in keys.items()}
            at = looked_at(self.snapshot)
            self.app.post_message(  # whoever fills a pane may be its parent, to whom its messages do not bubble
                Asked(GAUGES, lambda source: {key: source.gauge(*names, at) for key, names in question.items()}, self)
            )

    def _at_cursor(self) -> list[RiskWarning]:
        """The warnings of the row at the cursor: one, or all subjects of a rule."""
        keys = (self.table.cursor_key or "").split("\n")
        return [warning for warning in self.snapshot.warnings if _key(warning) in keys][:1]

    def _explain(self) -> None:
        """Say below what the row at the cursor may have been cut to."""
        left: list[Piece] = []
        for warning in self._at_cursor():
            rule = _("Rule: {condition}").format(condition=warning.condition)
            told = rule if warning.state in RAISED else " · ".join(_readings(warning))
            left = [piece(f"{warning.id} {told}", gap=1)]
        self._explained.show(left, [piece(_("↵ in full"), style="accent")] if left else [])

    def _lines(self, *, conditions: bool) -> list[TableRow]:
        heard = [warning for warning in self.snapshot.warnings if warning.muted_until is None]
        raised = sorted((w for w in heard if w.state in RAISED), key=_urgency)
        rows = [self._raised(warning, condition=conditions) for warning in raised]
        quiet = sorted((w for w in heard if w.state not in RAISED), key=_place)
        muted = sorted((w for w in self.snapshot.warnings if w.muted_until is not None), key=_place)
        for found in (quiet, muted):
            groups = groupby(found, key=_place) if self._grouped else ((None, [warning]) for warning in found)
            rows += [self._quiet(list(group)) for _key, group in groups]
        return rows

    def _raised(self, warning: RiskWarning, *, condition: bool) -> TableRow:
        """A raised rule: evidence and, if `condition`, the condition under it."""
        style = STYLES[warning.state]
        subject, since = _subject(warning), _since(warning, self.snapshot.session)
        decides = _deciding(warning)
        if self.room < ROOMY:  # then there is no column for the date
            head, since = [([f"{self._year(warning, len(since))} {since}".strip()], style), (decides, "")], ""
        else:
            words = " · ".join(decides)
            head = [([f"{self._year(warning, len(words))} {words}".strip()], style)]
        title = f"{warning.title}: {warning.label}" if warning.label else warning.title
        found = {
            "state": Cell(_state(warning), style, SEVERITY.index(warning.state)),
            "id": Cell(warning.id, style, warning.id),
            "title": Cell(title, "" if warning.acknowledged else "strong", warning.title),
            "subject": Cell(subject, "", warning.subject),
            "reading": Cell(since, "", since),
        }
        notes = [*head, ([" · ".join(_readings(warning))], "")]
        if condition:
            notes.append(([_("Rule: {condition}").format(condition=warning.condition)], "dim"))
        if warning.missing:
            notes.append(([_("partial: without {inputs}").format(inputs=", ".join(warning.missing))], "stale"))
        return TableRow(_key(warning), found, notes=self._notes(notes))

    def _year(self, warning: RiskWarning, beside: int) -> str:
        """The year of the number that decides, in the room that so many cells leave; "" until it is there."""
        series = self._series.get(_key(warning))
        room = min(max(self.room - len(INDENT) - beside - 5, SHORTEST), LONGEST)
        return sparkline(series.values, room) if series else ""

    def _quiet(self, warnings: Sequence[RiskWarning]) -> TableRow:
        """One rule in one state, clear, not evaluated or muted, with all subjects it is so for."""
        first = warnings[0]
        style = "stale" if first.muted_until is not None else STYLES[first.state]
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
        reasons = [] if clear else [([reason], "stale") for reason in dict.fromkeys(w.text for w in warnings)]
        key = "\n".join(map(_key, warnings))
        if first.muted_until is not None:
            till = _("muted till {day}").format(day=fmt.day(first.muted_until))
            return TableRow(key, found, MUTED, self._notes([([till], "stale")]))
        return TableRow(key, found, "" if clear else NOT_EVALUATED, self._notes(reasons))

    def _notes(self, notes: Sequence[tuple[Sequence[str], str]]) -> tuple[Cell, ...]:
        """Lines under a row: each note is its parts, which are kept whole, and a style."""
        width = self.room - 3 - len(INDENT)
        if width <= 0:  # no place on the screen yet
            return ()
        lines = ((line.removeprefix("· "), style) for parts, style in notes for line in fmt.packed(parts, width))
        return tuple(Cell(INDENT + line, style) for line, style in lines)


def summary(snapshot: Snapshot) -> Piece:
    """The warnings in words; "no warnings" only where every rule was judged and none is muted (warnings.md C.1)."""
    heard, muted = heard_and_muted(snapshot.warnings)
    counts = Counter(warning.state for warning in heard)
    m, n = snapshot.evaluated.rules, snapshot.evaluated.of
    names = {"WARNING": _("{n} warning"), "WATCH": _("{n} watch"), "INFO": _("{n} info")}
    told = [names[state].format(n=counts[state]) for state in RAISED if counts[state]]
    found = ", ".join([*told, *([_("{n} muted").format(n=muted)] if muted else [])])
    worst = next((state for state in RAISED if counts[state]), "CLEAR")
    if m == n:
        all_judged = _("{found}, all {n} rules evaluated").format(found=found or _("no warnings"), n=n)
        return piece(all_judged, found or _("no warnings"), style=STYLES[worst], gap=1)
    text = _("{found} among {m} of {n} rules; {k} not evaluated").format(found=found or _("none"), m=m, n=n, k=n - m)
    short = _("{found} among {m} of {n}").format(found=found or _("none"), m=m, n=n)
    return piece(text, short, style="watch" if worst == "CLEAR" else STYLES[worst], gap=1)


def _key(warning: RiskWarning) -> str:
    return f"{warning.id} {warning.subject}"


def _urgency(warning: RiskWarning) -> tuple[int, bool, int, str, str]:
    newest = -(warning.since or date.min).toordinal()
    return SEVERITY.index(warning.state), warning.acknowledged, newest, warning.id, warning.subject


def _place(warning: RiskWarning) -> tuple[int, str]:
    return SEVERITY.index(warning.state), warning.id


def _state(warning: RiskWarning) -> str:
    known = warning.acknowledged or warning.muted_until is not None
    new = " " if known or warning.state not in RAISED else NEW
    provisional = fmt.APPROXIMATE if warning.provisional else ""
    return f"{new}{provisional}{_states()[warning.state]}{'*' if warning.partial else ''}"


def _states() -> dict[str, str]:
    return {"WARNING": _("WARN"), "WATCH": _("WATCH"), "INFO": _("INFO"), "CLEAR": _("clear"), "NOT_EVALUATED": "?"}


def _subject(warning: RiskWarning) -> str:
    """The symbol a rule is applied to; that of a pair or of the whole stands in the title already."""
    return warning.subject if warning.subject.lstrip("^").isalnum() and warning.subject.isupper() else ""


def _since(warning: RiskWarning, session: date | None) -> str:
    """Since when a rule is raised; "≥" where the start lies before the data."""
    if warning.since is None:
        return ""
    at_least = "≥" if warning.since_at_least else ""
    recent = session is not None and (session - warning.since).days < YEAR
    day = at_least + (fmt.short_day(warning.since) if recent else fmt.short_day(warning.since, session))
    told = _("since {day}").format(day=day) if recent else day
    sessions = _("{n} s").format(n=warning.sessions)
    return f"{told} · {sessions}" if warning.sessions else told


def _deciding(warning: RiskWarning) -> list[str]:
    """The number that decides a warning, and its thresholds; nothing where none does."""
    gauge = warning.gauge
    if gauge is None:
        return []
    names = {"enter": _("raised"), "warn": _("warning")}
    limits = thresholds(gauge)
    told = [f"{names[name]} {relation(gauge, name)} {reading(gauge, limits[name])}" for name in names if name in limits]
    return [f"{gauge.label} {reading(gauge, gauge.value)}", *told]


def _readings(warning: RiskWarning) -> list[str]:
    """The evidence in its parts."""
    return [part.strip() for part in warning.text.split("   ") if part.strip()]
