"""One line of pieces, some at its left end and some at its right: the header, the verdict, the footer, titles.

Each piece comes in several forms, longest first; `fit` shortens the least important ones until the line
holds them. Nothing in a piece is ever parsed as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from core.text import clean
from tui.format import shorten

STYLES: Final = {
    "": "",
    "dim": "$dim",
    "strong": "bold $strong",
    "accent": "bold $accent",
    "watch": "$watch",
    "warning": "bold $alarm",
    "info": "$info",
    "ok": "$success",
    "rule": "$rule",
    "badge": "bold reverse $watch",
    "verdict": "bold reverse $accent",
    "past": "bold reverse $past",
    "bold": "bold",
}
"""What a `Piece.style` can be, in the colours of the theme. Reversed ones stand out without colour as well."""
GROUNDED: Final = ("badge", "verdict", "past")
KEEP: Final = 100
"""The weight of a piece that never gives way."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text in its `forms`, longest first; the last may be "". Pieces of smaller `weight` shrink first.

    `last` is the weight of the last step, where a piece clings to its last words but one. Pieces of one `group`
    shrink together. `gap` is the room before it, in cells; `action` is what a click runs.
    """

    forms: tuple[str, ...]
    style: str = ""
    weight: int = KEEP
    gap: int = 2
    action: str = ""
    group: str = ""
    last: int | None = None

    @property
    def stands(self) -> int:
        """The weight of its next step."""
        return self.weight if self.last is None or len(self.forms) > 2 else self.last

    @property
    def text(self) -> str:
        """The longest form left."""
        return self.forms[0]


def piece(
    *forms: str,
    style: str = "",
    weight: int = KEEP,
    gap: int = 2,
    action: str = "",
    group: str = "",
    last: int | None = None,
) -> Piece:
    """A `Piece` of these forms, cleaned of whatever a terminal would obey."""
    return Piece(tuple(clean(form, 400) for form in forms), style, weight, gap, action, group, last)


def fit(pieces: Sequence[Piece], width: int) -> list[Piece]:
    """The same pieces, shortened until they take at most `width` cells together, as far as they can."""
    shown = list(pieces)
    while measure(shown) > width:
        shrinkable = [index for index, one in enumerate(shown) if len(one.forms) > 1]
        if not shrinkable:
            break
        least = min(shrinkable, key=lambda index: (shown[index].stands, -index))
        group = shown[least].group
        for index in shrinkable:
            if index == least or (group and shown[index].group == group):
                shown[index] = replace(shown[index], forms=shown[index].forms[1:])
    return shown


def measure(pieces: Sequence[Piece]) -> int:
    """The cells that the pieces take in their longest forms."""
    return sum(one.gap + cell_len(padded(one)) for one in pieces if one.text)


def padded(one: Piece) -> str:
    """The text of a piece as it is drawn: one on a ground of its own has a blank on either side."""
    return f" {one.text} " if one.text and one.style in GROUNDED else one.text


class Line(Widget):
    """A line of the screen that shows `left` and `right` pieces, and repaints only when they change."""

    DEFAULT_CSS = """
    Line { height: 1; text-wrap: nowrap; }
    """

    fill = ""
    """What the room between left and right is filled with, after a blank, in style `rule`."""
    MARGIN: ClassVar[int] = 1
    """Blank cells at the right end."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.auto_links = False  # what can be clicked is coloured like the rest
        self._left: tuple[Piece, ...] = ()
        self._right: tuple[Piece, ...] = ()

    def show(self, left: Sequence[Piece], right: Sequence[Piece] = ()) -> None:
        """Show these pieces; should even their shortest forms not fit, the left ones are cut."""
        if (self._left, self._right) != (tuple(left), tuple(right)):
            self._left, self._right = tuple(left), tuple(right)
            self.refresh()

    def render(self) -> Content:
        """The pieces as they fit, and the room between them."""
        inner = max(0, self.size.width - self.MARGIN)
        shown = fit((*self._left, *self._right), inner)
        left, right = shown[: len(self._left)], shown[len(self._left) :]
        room = max(0, inner - measure(right))
        begin, end = _drawn(left, room), _drawn(right, inner - room)
        free = room - sum(part.cell_length for part in begin)
        fill = (" " + self.fill * free if self.fill else " " * free)[:free]
        return Content.assemble(*begin, (fill, STYLES["rule"] if self.fill else ""), *end, " " * self.MARGIN)


def _drawn(pieces: Sequence[Piece], room: int) -> list[Content]:
    """The pieces one after the other in at most `room` cells."""
    parts: list[Content] = []
    for one in pieces:
        text = shorten(padded(one), room - one.gap)
        if not text:
            continue
        style = Style.parse(STYLES[one.style])
        if one.action:
            style += Style.from_meta({"@click": one.action})
        parts += [Content(" " * one.gap), Content.styled(text, style)]
        room -= one.gap + cell_len(text)
    return parts
