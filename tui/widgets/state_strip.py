"""The states of a rule over all sessions that are loaded, in one line above the years.

A cell stands for some sessions and shows the highest state among them; its height tells the state without colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from core.i18n import _
from core.series import RuleDetail
from tui.widgets.canvas import Canvas
from tui.widgets.chart import Chart
from tui.widgets.frame import Frame, draw_words

MARKS: Final = {-1: ("·", "dim"), 0: ("▁", "rule"), 1: ("▄", "watch"), 2: ("█", "alarm")}
"""The mark and the style of each level of `RuleDetail`."""
YEAR: Final = 6
"""The cells that a year needs for its label."""


class StateStrip(Chart):
    """Draws the levels of a `RuleDetail`, or says in a line why there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._detail: RuleDetail | None = None
        self._words = ""

    def show(self, detail: RuleDetail | None, words: str = "") -> None:
        """Show these levels, or `words` where there are none."""
        self._detail, self._words = detail, words
        self.redraw()

    def draw(self, canvas: Canvas) -> None:
        """See `Chart`."""
        if self._detail is None or not self._detail.levels:
            draw_words(canvas, self._words or _("no sessions yet"))
        else:
            draw_states(canvas, self._detail)


def draw_states(canvas: Canvas, detail: RuleDetail) -> None:
    """Draw the levels on any canvas, the years in the line below."""
    for x, level in enumerate(highest(detail.levels, canvas.width)):
        mark, style = MARKS[level]
        canvas.put(x, 0, mark, "info" if level == 1 and detail.informs else style)
    frame = Frame(0, 0, canvas.width, 1, len(detail.sessions), 0.0, 1.0)
    _draw_years(canvas, frame, detail.sessions)


def highest(levels: Sequence[int], width: int) -> list[int]:
    """For each of `width` cells the highest level among its sessions; a cell has at least one session."""
    count = len(levels)
    edges = [(x * count // width, max((x + 1) * count // width, x * count // width + 1)) for x in range(width)]
    return [max(levels[start:end]) for start, end in edges]


def _draw_years(canvas: Canvas, frame: Frame, sessions: Sequence[date]) -> None:
    free = 0
    for session, day in enumerate(sessions):
        first = session == 0 or sessions[session - 1].year != day.year
        x = frame.column_of(session)
        if first and x >= free and x + YEAR - 2 <= canvas.width:
            canvas.put(x, 1, f"{day:%Y}", "dim")
            free = x + YEAR
