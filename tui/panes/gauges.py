"""What Breadth and Cross-asset share: a table of measures, each with its value, last step, year and percentile.

What a measure is stands beside it, or, where there is no room for that, below the table for the one at the cursor.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.widget import Widget

from core.i18n import _
from core.snapshot import Course, Status, Value
from tui import format as fmt
from tui.panes import cells
from tui.widgets.line import Line, piece
from tui.widgets.live_table import Cell, Column, TableRow
from tui.widgets.pane import TablePane

NAME, VALUE, STEP, PERCENTILE = 17, 7, 6, 3
SHORTEST, LONGEST, ABOUT = 8, 42, 44
"""Cells of a sparkline at least and at most, and of the words that explain a measure where there is room for them."""
EXTREME: Final = 0.05
"""A percentile so near to either end stands out."""
RAW: Final = "as named; fraction where the name says %"
"""The unit of raw values, which each gauge names itself."""
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

    DEFAULT_CSS = """
    GaugePane LiveTable { scrollbar-gutter: stable; }
    """

    RISING: ClassVar[frozenset[str]] = frozenset({"symbol", "about"})

    def __init__(self, name: str, key: str, *, short: str = "", flash: bool = True) -> None:
        super().__init__(name, key, short=short, flash=flash)
        self._line_below = Line(classes="pane-line")

    def below(self) -> Sequence[Widget]:
        """See `Pane`."""
        return (self._line_below,)

    def remark(self) -> Sequence[str]:
        """What the right end of the line below tells of the whole, longest form first."""
        return ("",)

    def fill(self, *, flash: bool) -> None:
        """Fill the table and the line below it."""
        super().fill(flash=flash)
        self._explain()

    def on_live_table_row_highlighted(self) -> None:
        """Explain the measure at the cursor."""
        self._explain()

    @abstractmethod
    def sections(self) -> Iterable[tuple[str, Sequence[Gauge]]]:
        """The titles of the sections and their gauges."""

    def columns(self) -> Sequence[Column]:
        """See `TablePane`. What a measure is stands beside it where there is room, else further right."""
        _gauges, numbers, steps = self._texts()
        value, step = _widest(numbers, VALUE), _widest(steps, STEP)
        return (
            Column("symbol", "", NAME, "left"),
            Column("value", _("now"), value, unit=RAW),
            Column("step", _("1s"), step, priority=2, unit=RAW),
            Column("year", _("252 s"), self._spark_width(value + step), priority=1, drawn=True),
            Column("pr", _("pct"), _percentile(), priority=1, unit="fraction"),
            Column("about", _("What it is"), ABOUT, "left", flex=True, priority=3),
        )

    def meanings(self) -> Mapping[str, str]:
        """See `TablePane`."""
        return {
            "symbol": _("the measure"),
            "value": _("its value, in the unit of its name"),
            "step": _("its change since the session before"),
            "year": _("its course over 252 sessions"),
            "pr": _("its percentile among 252 sessions"),
        }

    def rows(self) -> tuple[Sequence[TableRow], Mapping[str, str]]:
        """See `TablePane`. What has no value stands at the end, by reason."""
        gauges, numbers, steps = self._texts()
        width = self._spark_width(_widest(numbers, VALUE) + _widest(steps, STEP))
        rows = [
            TableRow(gauge.key, _cells(gauge, number, step, width), section, self._notes(gauge))
            for (section, gauge), number, step in zip(gauges, numbers, steps, strict=True)
        ]
        titles = {section: section for section, _gauge in gauges}
        absent = [_absent(gauge) for _section, own in self.sections() for gauge in own if gauge.shown == fmt.DASH]
        return [*rows, *absent], titles | {row.section: row.section.removeprefix(ABSENT) for row in absent}

    def _texts(self) -> tuple[list[tuple[str, Gauge]], list[str], list[str]]:
        """Every gauge that has a value with its section; the values and the last steps, each set on its points."""
        here = [(section, gauge) for section, own in self.sections() for gauge in own if gauge.shown != fmt.DASH]
        numbers = iter(fmt.on_point(gauge.shown for _section, gauge in here if not gauge.text))
        shown = [gauge.text or next(numbers) for _section, gauge in here]
        return here, shown, fmt.on_point(gauge.step for _section, gauge in here)

    def _notes(self, gauge: Gauge) -> tuple[Cell, ...]:
        lines = fmt.wrap(gauge.note, self.room - 5) if self.room > 5 else []
        return tuple(Cell(f"  {line}", "stale") for line in lines)

    def _explain(self) -> None:
        """Say below what the measure at the cursor is, unless that stands beside it."""
        key = None if self._wordy(VALUE + STEP) else self.table.cursor_key
        found = (gauge for _section, own in self.sections() for gauge in own if gauge.key == key)
        left = [piece(f"{gauge.name}: {gauge.about}", gauge.about, gap=1) for gauge in found]
        self._line_below.show(left, [piece(*self.remark(), "", style="dim", weight=10)])

    def _wordy(self, taken: int) -> bool:
        """Whether a line has room for words, when values and steps take so many cells."""
        return self._left(taken) - ABOUT - 1 >= 2 * SHORTEST

    def _left(self, taken: int) -> int:
        return self.room - (NAME + taken + _percentile() + 6)

    def _spark_width(self, taken: int) -> int:
        """What is left of a line when all else has its room."""
        left = self._left(taken) - (ABOUT + 1 if self._wordy(taken) else 0)
        return min(max(left, SHORTEST), LONGEST)


def _cells(gauge: Gauge, number: str, step: str, width: int) -> dict[str, Cell]:
    """A gauge with a value; `width` is that of its line or bar."""
    pr = gauge.course.pr
    extreme = pr is not None and not EXTREME < pr < 1 - EXTREME
    if gauge.widest is None:
        year = cells.level_spark(gauge.course.spark, width)
    else:
        year = cells.bar(gauge.value, gauge.widest, width)
    return {
        "symbol": Cell(gauge.name, "", gauge.name),
        "value": Cell(number, "", gauge.text or gauge.value),
        "step": Cell(step, "dim", gauge.course.chg_1s),
        "year": year,
        "pr": Cell("" if pr is None else f"{100 * pr:.0f}", "accent" if extreme else "", pr),
        "about": Cell(gauge.about, "dim", gauge.about),
    }


def _percentile() -> int:
    """The width of the column of percentiles, whose heading is wider than they are in some languages."""
    return max(PERCENTILE, cell_len(_("pct")))


def _widest(texts: Sequence[str], least: int) -> int:
    return max([least, *map(cell_len, texts)])


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
