"""The looks of a live table: its component classes, their default colours, and the styles resolved from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rich.style import Style

CLASS: Final = "live-table--"
"""What the names of all component classes begin with."""

STYLES: Final = ("up", "down", "flat", "dim", "strong", "accent", "watch", "warning", "info", "ok", "stale", "spark")
"""What a `Cell.style` can be, besides "": each has a component class."""

PARTS: Final = (
    *("header", "sorted", "section", "rule", "row", "cursor", "mark", "cursor-focus", "mark-focus", "note"),
    *("flash-up", "flash-down", "flash-flat"),
)
"""The other component classes: kinds of line, parts of them, and changes.

The focus has classes of its own: with `:focus`, Textual would work out all of these anew whenever it moves.
"""

DEFAULT_CSS: Final = """
LiveTable {
    overflow-x: hidden;
    scrollbar-size-vertical: 1;
    color: $foreground;
    & > .live-table--header { color: $text-muted; }
    & > .live-table--sorted { color: $text-accent; }
    & > .live-table--section, & > .live-table--rule { color: $text-muted; }
    & > .live-table--mark { color: $text-muted; }
    & > .live-table--cursor { background: $foreground 5%; }
    & > .live-table--mark-focus { color: $text-accent; text-style: bold; }
    & > .live-table--cursor-focus { background: $accent 25%; }
    &:nocolor > .live-table--cursor-focus { text-style: bold; }

    & > .live-table--up, & > .live-table--ok { color: $text-success; }
    & > .live-table--down, & > .live-table--warning { color: $text-error; }
    & > .live-table--watch { color: $text-warning; }
    & > .live-table--info { color: $text-primary; }
    & > .live-table--accent { color: $text-accent; }
    & > .live-table--flat, & > .live-table--dim, & > .live-table--spark { color: $text-muted; }
    & > .live-table--stale { color: $text-muted; text-style: italic; }
    & > .live-table--strong { text-style: bold; }

    & > .live-table--flash-up { background: $success 30%; }
    & > .live-table--flash-down { background: $error 30%; }
    & > .live-table--flash-flat { background: $foreground 15%; }
}
"""


class Looks(dict[tuple[str, str, str], Style]):
    """Rich styles by (kind of line, style of the cell, flash), each resolved from the stylesheet once.

    `resolve` gets those of the three that are not empty.
    """

    def __init__(self, resolve: Callable[..., Style]) -> None:
        super().__init__()
        self._resolve = resolve

    def __missing__(self, key: tuple[str, str, str]) -> Style:
        style = self[key] = self._resolve(*filter(None, key))
        return style
