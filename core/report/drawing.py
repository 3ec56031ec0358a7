"""What pictures of the note are made with: a matplotlib figure that becomes inline SVG of the page it stands in.

A drawing has neither colours nor words of its own. Colours are drawn as stand-ins that become variables of the page's
style, so that they are right in light, dark and print. Words are drawn as stand-ins of their width, for they may be in
a script that matplotlib's fonts lack, and become text in the fonts of the page. The same drawing gives the same text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from html import escape
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from core.report.as_text import cells

COLOURS: Final = (
    "text",
    "dim",
    "rule",
    "ground",
    "up",
    "down",
    "watch",
    "alarm",
    "info",
    "s1",
    "s2",
    "s3",
    "s4",
    "s5",
    "s6",
)
"""The variables of the page that drawings use."""

STAND_IN: Final = {name: f"#0badc{place:01x}" for place, name in enumerate(COLOURS)}
"""What to draw in for each of them."""

WIDE: Final = 7.2
"""Inches: the width of a printed page, so that type has its size there."""
NARROW: Final = 3.5
"""Inches: half of it."""

SETTINGS: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "tapeboard",
    "font.family": "sans-serif",
    "font.size": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": STAND_IN["rule"],
    "axes.labelcolor": STAND_IN["dim"],
    "xtick.color": STAND_IN["dim"],
    "ytick.color": STAND_IN["dim"],
    "text.color": STAND_IN["text"],
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
}
"""In force while drawings are made (`matplotlib.rc_context`)."""


class Drawing:
    """One picture of one or more panels beside each other, of `width` by `height` inches."""

    def __init__(self, width: float, height: float, panels: int = 1) -> None:
        self._figure = Figure(figsize=(width, height), layout="constrained")
        self.panels: list[Axes] = list(self._figure.subplots(1, panels, sharey=True, squeeze=False)[0])
        self._words: list[str] = []

    def words(self, text: str) -> str:
        """What to draw for words in the language of the reader; only as a whole text."""
        self._words.append(text)
        return _stand_in(len(self._words) - 1, text)

    def size(self) -> tuple[float, float]:
        """Width and height of the first panel in points, as it stands once all that is outside of it is drawn."""
        self._figure.draw_without_rendering()
        box = self.panels[0].bbox
        return 72 * box.width / self._figure.dpi, 72 * box.height / self._figure.dpi

    def svg(self) -> str:
        """The picture as an element of the page."""
        buffer = io.StringIO()
        self._figure.savefig(
            buffer, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None}
        )
        text = buffer.getvalue()
        text = text[text.index("<svg") :]
        text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
        text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
        text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
        for name, colour in STAND_IN.items():
            text = text.replace(colour, f"var(--{name})")
        for place, words in enumerate(self._words):
            text = text.replace(f">{_stand_in(place, words)}<", f">{escape(words)}<")
        return text.strip()


def dates(axes: Axes) -> None:
    """Label the lower axis with dates, as few as there is room for."""
    locator = AutoDateLocator(minticks=4, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(locator, formats=["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%S"], show_offset=False)
    )


def apart(heights: Iterable[float], least: float, highest: float) -> list[float]:
    """Ascending heights, moved so that they are `least` apart and none is above `highest`."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + least) if moved else height)
    for place in reversed(range(len(moved))):
        moved[place] = min(moved[place], highest - least * (len(moved) - 1 - place))
    return moved


def _stand_in(place: int, text: str) -> str:
    return f"~{place}~".ljust(cells(text), "n")
