"""The number that decides a rule over the year, and the thresholds it is raised, warned and left at."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len

from core.i18n import _
from core.series import GaugeSeries, Values
from core.snapshot import Gauge, Value
from tui import format as fmt
from tui.widgets.canvas import Canvas
from tui.widgets.chart import Chart
from tui.widgets.frame import (
    LEAST,
    Frame,
    Tag,
    draw_course,
    draw_grid,
    draw_months,
    draw_tags,
    draw_words,
    gutters,
    last,
    span,
)

DASHES: Final = {"enter": ("╌", "watch"), "warn": ("━", "alarm"), "leave": ("┄", "up")}
"""How each threshold is drawn; without colour the kind of line and the tag tell them apart."""


def reading(gauge: Gauge, value: Value) -> str:
    """A value of a gauge in its unit."""
    if value is None:
        return fmt.DASH
    if gauge.unit == "fraction":
        return fmt.percent(value, 1).lstrip("+")
    whole = gauge.unit == "count" or (value == round(value) and abs(value) >= 2)
    return fmt.number(value, 0 if whole else 2).lstrip("+")


def relation(gauge: Gauge, threshold: str) -> str:
    """On which side of a threshold of a gauge it is reached: "≥", "<" ..."""
    above = (gauge.direction == "above") != (threshold == "leave")
    if threshold == "leave":
        return ">" if above else "<"
    return "≥" if above else "≤"


def thresholds(gauge: Gauge) -> dict[str, float]:
    """The thresholds that a gauge has, by name."""
    found = {"enter": gauge.enter, "warn": gauge.warn, "leave": gauge.leave}
    return {name: value for name, value in found.items() if value is not None}


class GaugeChart(Chart):
    """Draws a `GaugeSeries`, or says in a line why there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._series: GaugeSeries | None = None
        self._now: Value = None
        self._words = ""

    def show(self, series: GaugeSeries | None, now: Value = None, words: str = "") -> None:
        """Show this series and the value of this moment, or `words` where there is none."""
        self._series, self._now, self._words = series, now, words
        self.redraw()

    def draw(self, canvas: Canvas) -> None:
        """See `Chart`."""
        if self._series is None or last(self._series.values) is None:
            draw_words(canvas, self._words or _("no single number decides this rule"))
        else:
            draw_gauge(canvas, self._series, self._now)


def draw_gauge(canvas: Canvas, series: GaugeSeries, now: Value = None) -> None:
    """Draw the series on any canvas; `now` may be newer than its last value."""
    gauge = series.gauge
    scale = 100.0 if gauge.unit == "fraction" else 1.0
    name = f"{gauge.label}, %" if scale != 1.0 else gauge.label
    here = last(series.values) if now is None else now
    if here is None or canvas.width < LEAST[0] or canvas.height < LEAST[1]:
        draw_words(canvas, f"{gauge.label} {reading(gauge, here)}", "strong")
        return
    left, right = gutters(canvas.width, canvas.height)
    values: Values = tuple(None if value is None else scale * value for value in series.values)
    limits = thresholds(gauge)
    low, high = span((values, tuple(scale * limit for limit in limits.values()), (scale * here,)))
    frame = Frame(left, 1, canvas.width - left - right, canvas.height - 2, len(values), low, high)
    draw_grid(canvas, frame)
    draw_months(canvas, frame, series.sessions, canvas.height - 1)
    names = {"enter": _("raised"), "warn": _("warning"), "leave": _("left")}
    tags = [Tag(scale * here, reading(gauge, here), "strong")]
    for threshold, limit in limits.items():
        dash, style = DASHES[threshold]
        canvas.under(frame.x, frame.line_of(scale * limit), dash * frame.width, style)
        side = relation(gauge, threshold)
        tags.append(Tag(scale * limit, f"{names[threshold]} {side}{_short(gauge, limit)}", style))
    draw_course(canvas, frame, values, "accent")
    draw_tags(canvas, frame, tags)
    x = left
    for text, style in ((name, "strong"), *((tag.text, tag.style) for tag in (() if right else tags))):
        canvas.put(x, 0, text, style)
        x += cell_len(text) + 2


def _short(gauge: Gauge, limit: float) -> str:
    """A threshold in few cells."""
    scaled = 100 * limit if gauge.unit == "fraction" else limit
    return f"{scaled:.4g}"
