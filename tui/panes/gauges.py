"""What Breadth and Cross-asset share: a table of measures, each with its value, last step, year and percentile."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from core.i18n import _
from core.snapshot import Course, Status, Value
from tui import format as fmt
from tui.panes import cells
from tui.widgets.live_table import Cell, Column, TableRow
from tui.widgets.pane import TablePane

NAME, STEP, PERCENTILE = 17, 6, 3
SHORTEST, LONGEST, ABOUT = 8, 42, 44
"""Cells of a sparkline at least and at most, and of the words that explain a measure where there is room for them."""
EXTREME: Final = 0.05
"""A percentile so near to either end stands out."""
NO_COURSE: Final = Course()
ABSENT: Final = "absent "
"""Prefix of the sections of what has no value, one for each reason."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """One measure: `name` with its unit, `about` what it is.

    Shown is `text`, or `value` times `scale` with `digits` decimals, with its sign if it is a change; without
    either, `why` says what is missing. A gauge with a `widest` draws its value as a bar instead of its year.
    """

    key: str
    name: str
    value: Value
    about: str
    course: Course = NO_COURSE
    digits: int = 2
    scale: float = 1.0
    sign: bool = False
    text: str = ""
    why: str = ""
    note: str = ""
    widest: float | None = None

    @property
    def shown(self) -> str:
        """The value as text."""
        return self.text or fmt.number(_times(self.value, self.scale), self.digits, sign=self.sign)

    @property
    def step(self) -> str:
        """The change since the session before; nothing where there is none."""
        step = _times(self.course.chg_1s, self.scale)
        return "" if step is None else fmt.number(step, self.digits)


class GaugePane(TablePane):
    """A pane of gauges, in sections."""

    RISING: ClassVar[frozenset[str]] = frozenset({"symbol", "about"})

    @abstractmethod
    def sections(self) -> Iterable[tuple[str, Sequence[Gauge]]]:
        """The titles of the sections and their gauges."""

    def columns(self) -> Sequence[Column]:
        """See `TablePane`. What a measure is stands beside it where there is room, else further right."""
        value, step = self._widths()
        return (
            Column("symbol", "", NAME, "left"),
            Column("value", _("now"), value),
            Column("step", _("1s"), step, priority=1),
            Column("year", _("252 s"), self._spark_width(value + step), priority=2),
            Column("pr", "%", PERCENTILE, priority=1),
            Column("about", _("What it is"), ABOUT, "left", flex=True, priority=3),
        )

    def rows(self) -> tuple[Sequence[TableRow], Mapping[str, str]]:
        """See `TablePane`. What has no value stands at the end, by reason."""
        titles: dict[str, str] = {}
        rows: list[TableRow] = []
        absent: list[TableRow] = []
        width = self._spark_width(sum(self._widths()))
        for title, gauges in self.sections():
            titles[title] = title
            here = [gauge for gauge in gauges if gauge.shown != fmt.DASH]
            numbers = fmt.on_point(gauge.shown for gauge in here)
            steps = fmt.on_point(gauge.step for gauge in here)
            rows += [self._row(g, title, n, s, width) for g, n, s in zip(here, numbers, steps, strict=True)]
            absent += [_absent(gauge) for gauge in gauges if gauge.shown == fmt.DASH]
        titles |= {row.section: row.section.removeprefix(ABSENT) for row in absent}
        return rows + absent, titles

    def _widths(self) -> tuple[int, int]:
        """The cells of the values and of the steps, which stand on their points by section."""
        value, step = 7, STEP
        for _title, gauges in self.sections():
            value = max([value, *map(len, fmt.on_point(gauge.shown for gauge in gauges))])
            step = max([step, *map(len, fmt.on_point(gauge.step for gauge in gauges))])
        return value, step

    def _spark_width(self, taken: int) -> int:
        """What is left of a line when all else has its room."""
        left = self.room - (NAME + taken + PERCENTILE + 6)
        wordy = left - ABOUT - 1
        return min(max(wordy if wordy >= 2 * SHORTEST else left, SHORTEST), LONGEST)

    def _row(self, gauge: Gauge, section: str, number: str, step: str, width: int) -> TableRow:
        pr = gauge.course.pr
        extreme = pr is not None and not EXTREME < pr < 1 - EXTREME
        if gauge.widest is None:
            year = cells.level_spark(gauge.course.spark, width)
        else:
            year = cells.bar(gauge.value, gauge.widest, width)
        found = {
            "symbol": Cell(gauge.name, "", gauge.name),
            "value": Cell(gauge.text or number, "strong", gauge.text or gauge.value),
            "step": Cell(step, "", gauge.course.chg_1s),
            "year": year,
            "pr": Cell("" if pr is None else f"{100 * pr:.0f}", "accent" if extreme else "", pr),
            "about": Cell(gauge.about, "dim", gauge.about),
        }
        notes = tuple(Cell(f"  {line}", "stale") for line in fmt.wrap(gauge.note, max(2, self.room - 5)))
        return TableRow(gauge.key, found, section, notes)


def why(status: Status, name: str, words: Mapping[str, str] | None = None) -> str:
    """The reason that the status gives for a field, in words, `words` before those of all panes; "" for none."""
    code = status if isinstance(status, str) else status.get(name, "ok")
    if code == "ok":
        return ""
    return (words or {}).get(code) or cells.reason(code)


def _absent(gauge: Gauge) -> TableRow:
    found = {
        "symbol": Cell(gauge.name, "stale", gauge.name),
        "value": Cell(fmt.DASH, "stale"),
        "about": Cell(gauge.about, "stale", gauge.about),
    }
    reason = gauge.why or _("cannot be computed from these data")
    return TableRow(gauge.key, found, ABSENT + _("No value: {why}").format(why=reason))


def _times(x: Value, scale: float) -> Value:
    return None if x is None else scale * x
