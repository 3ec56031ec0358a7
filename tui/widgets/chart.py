"""What all drawn widgets are: a canvas painted by lines, of which only those that have changed are painted again."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.canvas import Canvas, Run

CLASS: Final = "chart--"
"""What the names of all component classes begin with."""

QUADRANTS: Final = ("leading", "weakening", "lagging", "improving")
GROUNDS: Final = (*(f"in-{quadrant}" for quadrant in QUADRANTS), "cursor")
"""What a ground can be, besides ""."""
STYLES: Final = (
    *("dim", "rule", "strong", "accent", "up", "down", "watch", "info", "alarm", "spark"),
    *QUADRANTS,
    *(f"{quadrant}-tail" for quadrant in QUADRANTS),
    *("marked", "volume"),
)
"""What a style can be, besides ""."""


class Chart(Widget):
    """A widget that draws itself on a canvas of its size; `redraw` is called when there is something else to show."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {CLASS + name for name in (*STYLES, *GROUNDS)}

    DEFAULT_CSS = """
    Chart {
        & > .chart--dim { color: $dim; }
        & > .chart--rule { color: $rule; }
        & > .chart--strong { color: $strong; text-style: bold; }
        & > .chart--accent { color: $accent; text-style: bold; }
        & > .chart--marked { color: $background; background: $accent; text-style: bold; }
        & > .chart--up { color: $up; }
        & > .chart--down { color: $down; }
        & > .chart--watch { color: $watch; }
        & > .chart--info { color: $info; }
        & > .chart--alarm { color: $alarm; }
        & > .chart--spark, & > .chart--volume { color: $spark; }

        & > .chart--leading { color: $up; }
        & > .chart--weakening { color: $watch; }
        & > .chart--lagging { color: $down; }
        & > .chart--improving { color: $accent; }
        & > .chart--leading-tail { color: $up 45%; }
        & > .chart--weakening-tail { color: $watch 45%; }
        & > .chart--lagging-tail { color: $down 45%; }
        & > .chart--improving-tail { color: $accent 45%; }
        & > .chart--in-leading { background: $up 6%; }
        & > .chart--in-weakening { background: $watch 6%; }
        & > .chart--in-lagging { background: $down 6%; }
        & > .chart--in-improving { background: $accent 6%; }
        & > .chart--cursor { background: $cursor-row; }

        &:nocolor > .chart--marked { text-style: bold reverse; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._drawn: tuple[tuple[Run, ...], ...] = ()
        self._drawn_for = Size(0, 0)
        self._strips: dict[int, Strip] = {}
        self._looks: dict[tuple[str, str], Style] = {}

    @abstractmethod
    def draw(self, canvas: Canvas) -> None:
        """Draw what is to be seen; the canvas has the size of the widget, which may be 1x1."""

    def redraw(self) -> None:
        """Draw, and have the lines painted again that look different."""
        before, size = self._drawn, self._drawn_for
        self._draw()
        if size != self._drawn_for:
            self.refresh()
            return
        changed = [y for y, (old, new) in enumerate(zip(before, self._drawn, strict=True)) if old != new]
        for y in changed:
            self._strips.pop(y, None)
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """Line `y`, made of segments once."""
        if self._drawn_for != self.size:
            self._draw()
        strip = self._strips.get(y)
        if strip is None:
            runs = self._drawn[y] if y < len(self._drawn) else ()
            segments = [Segment(text, self._look(style, ground)) for text, style, ground in runs]
            strip = self._strips[y] = Strip(segments, self.size.width)
        return strip

    def notify_style_update(self) -> None:
        """The stylesheet, the theme or the focus has changed: resolve all styles anew."""
        super().notify_style_update()
        self._looks.clear()
        self._strips.clear()

    def _draw(self) -> None:
        canvas = Canvas(self.size.width, self.size.height)
        if canvas.width and canvas.height:
            self.draw(canvas)
        if self._drawn_for != self.size:
            self._strips.clear()
        self._drawn = tuple(canvas.runs(y) for y in range(canvas.height))
        self._drawn_for = self.size

    def _look(self, style: str, ground: str) -> Style:
        look = self._looks.get((style, ground))
        if look is None:
            names = (CLASS + name for name in (ground, style) if name)
            look = self._looks[style, ground] = self.get_visual_style(*names).rich_style
        return look
