"""The ratio of two symbols over the year with its averages of 50 and 200 sessions; rising where the first one leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from core.i18n import _
from core.series import RatioSeries, Values
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

AVERAGES: Final = (("200d", "sma200", "alarm"), ("50d", "sma50", "watch"))


class RatioChart(Chart):
    """Draws a `RatioSeries`, or says in a line why there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._series: RatioSeries | None = None
        self._words = ""

    def show(self, series: RatioSeries | None, words: str = "") -> None:
        """Show this series, or `words` where there is none."""
        self._series, self._words = series, words
        self.redraw()

    def draw(self, canvas: Canvas) -> None:
        """See `Chart`."""
        if self._series is None or last(self._series.ratio) is None:
            draw_words(canvas, self._words or _("no common prices"))
        else:
            draw_ratio(canvas, self._series)


def draw_ratio(canvas: Canvas, series: RatioSeries) -> None:
    """Draw the series on any canvas."""
    now = last(series.ratio)
    name = f"{series.above} / {series.below}"
    if now is None or canvas.width < LEAST[0] or canvas.height < LEAST[1]:
        draw_words(canvas, f"{name} {fmt.number(now, 4, sign=False)}", "strong")
        return
    left, right = gutters(canvas.width, canvas.height)
    low, high = span((series.ratio, series.sma50, series.sma200))
    frame = Frame(left, 1, canvas.width - left - right, canvas.height - 2, len(series.sessions), low, high)
    draw_grid(canvas, frame)
    draw_months(canvas, frame, series.sessions, canvas.height - 1)
    tags = [Tag(now, fmt.number(now, 4, sign=False), "accent")]
    for title, field, style in AVERAGES:
        average: Values = getattr(series, field)
        draw_course(canvas, frame, average, style)
        if (level := last(average)) is not None:
            tags.append(Tag(level, f"{title} {fmt.percent(now / level - 1, 1)}", style))
    draw_course(canvas, frame, series.ratio, "accent")
    draw_tags(canvas, frame, tags)
    _draw_head(canvas, left, name, tags if not right else ())


def _draw_head(canvas: Canvas, x: int, name: str, tags: Sequence[Tag]) -> None:
    """The name above the plot, and the tags where there is no room for them beside it."""
    for text, style in ((name, "strong"), *((tag.text, tag.style) for tag in tags)):
        canvas.put(x, 0, text, style)
        x += cell_len(text) + 2
