"""Who led a group on every session of the year: a lane for each symbol, lit where it stood first.

A cell stands for some sessions; the height of its block says on how many of them the symbol led. Beside its lane
stands the share of all sessions, and for who leads now for how many it has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from core.i18n import _
from core.series import Leaders
from tui import format as fmt
from tui.widgets.canvas import Canvas
from tui.widgets.chart import Chart
from tui.widgets.frame import LEAST, Frame, draw_months, draw_words, gutters

COLOURS: Final = ("accent", "watch", "info", "alarm", "strong", "spark")
"""The styles of the lanes, in turn."""
HEIGHTS: Final = " ▁▂▃▄▅▆▇"
"""The highest block leaves a gap to the lane above."""


class LeaderStrip(Chart):
    """Draws `Leaders`, or says in a line why there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._leaders: Leaders | None = None
        self._words = ""

    def show(self, leaders: Leaders | None, words: str = "") -> None:
        """Show these leaders, or `words` where there are none."""
        self._leaders, self._words = leaders, words
        self.redraw()

    def draw(self, canvas: Canvas) -> None:
        """See `Chart`."""
        if self._leaders is None:
            draw_words(canvas, self._words)
        else:
            draw_leaders(canvas, self._leaders)


def lines(leaders: Leaders) -> int:
    """The lines that all lanes take, with the months below."""
    return len(leaders.symbols) + 1


def draw_leaders(canvas: Canvas, leaders: Leaders) -> None:
    """Draw the lanes on any canvas: all, or those that led most."""
    now = leaders.leader[-1] if leaders.leader else None
    if not any(leaders.leader) or canvas.width < LEAST[0] or canvas.height < 2:
        draw_words(canvas, f"{leaders.group}: {now or _('nobody leads alone')}")
        return
    left, right = gutters(canvas.width, LEAST[1] + canvas.height)
    frame = Frame(left, 0, canvas.width - left - right, canvas.height - 1, len(leaders.sessions), 0.0, 1.0)
    for y, symbol in enumerate(_lanes(leaders, canvas.height - 1)):
        style = COLOURS[leaders.symbols.index(symbol) % len(COLOURS)]
        canvas.under(frame.x, y, "┈" * frame.width, "rule")
        for x, share in enumerate(shares(leaders.leader, symbol, frame.width), frame.x):
            if share:
                canvas.put(x, y, HEIGHTS[max(1, round(share * (len(HEIGHTS) - 1)))], style)
        _draw_legend(canvas, frame, leaders, symbol, y)
    draw_months(canvas, frame, leaders.sessions, canvas.height - 1)


def shares(leader: Sequence[str | None], symbol: str, width: int) -> list[float]:
    """For each of `width` cells the share of its sessions that `symbol` led; a cell has at least one session."""
    count = len(leader)
    edges = [(x * count // width, max((x + 1) * count // width, x * count // width + 1)) for x in range(width)]
    return [sum(one == symbol for one in leader[start:end]) / (end - start) for start, end in edges]


def run(leader: Sequence[str | None]) -> int:
    """For how many sessions the present leader has led; 0 where nobody leads alone."""
    return sum(1 for _one in takewhile(lambda one: one == leader[-1], reversed(leader))) if leader[-1] else 0


def _lanes(leaders: Leaders, room: int) -> list[str]:
    """The symbols whose lanes fit, in the order of the configuration; who leads now is among them."""
    counts = Counter(leaders.leader)
    ordered = sorted(leaders.symbols, key=lambda symbol: (symbol != leaders.leader[-1], -counts[symbol]))
    kept = set(ordered[:room])
    return [symbol for symbol in leaders.symbols if symbol in kept]


def _draw_legend(canvas: Canvas, frame: Frame, leaders: Leaders, symbol: str, y: int) -> None:
    """The symbol left of its lane, right of it the share of the sessions and the run."""
    leads = leaders.leader[-1] == symbol
    if not frame.x:
        canvas.put(0, y, symbol, "accent" if leads else "dim")
        return
    canvas.put(1, y, symbol, "strong" if leads else "dim")
    share = leaders.leader.count(symbol) / len(leaders.leader)
    text = f"{fmt.percent(share, 0, sign=False):>5}"
    if leads:
        text += _(" now {n} s").format(n=run(leaders.leader))
    canvas.put(frame.x + frame.width + 1, y, text, "accent" if leads else "dim")
