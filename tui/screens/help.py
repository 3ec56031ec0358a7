"""The keys that work on the screen it was called from, those of other screens, and what the signs mean.

Keys come from the registry by their groups, as the user has them; signs from `tui.legend`. Sections flow in one, two
or three columns, each read from top to bottom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise, zip_longest
from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Static

from core.i18n import _
from tui import commands
from tui.commands import HELP
from tui.format import wrap
from tui.legend import Entries, signs
from tui.status import Status
from tui.widgets.footer import Footer
from tui.widgets.header import Header

THREE, TWO = 140, 96
"""Cells of a page from which on it has so many columns."""
GAP: Final = 2
"""The cells between two columns, and between a key and what it does."""


class Section(NamedTuple):
    """A title and what stands under it."""

    title: str
    entries: Entries


class HelpScreen(Screen[None], inherit_bindings=False):
    """A page to scroll through, under the header of the board."""

    ALLOW_SELECT = False
    CSS_PATH: ClassVar[CSSPathType | None] = "../styles/help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.command('help')", show=False),
        Binding("k", "scroll(-1)", show=False),
        Binding("j", "scroll(1)", show=False),
    ]

    status: var[Status] = var(Status(), init=False)
    """What the header tells."""

    def __init__(self, keys: Mapping[str, str], status: Status, here: str) -> None:
        """`here` is the name of the screen that it is about."""
        super().__init__(name=HELP)
        self._keys, self._here = keys, here
        self._header = Header(id="header")
        self._text = Static(id="help-text")
        self._page = VerticalScroll(self._text, id="page")
        self.set_reactive(HelpScreen.status, status)

    def compose(self) -> ComposeResult:
        """The header, the page and the footer."""
        yield self._header
        yield self._page
        yield Footer(HELP, self._keys)

    def on_mount(self) -> None:
        """Tell what is known; let the arrow keys scroll."""
        self.watch_status()
        self._page.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Lay the sections out anew."""
        width = event.size.width - self._page.gutter.width - self._page.scrollbar_size_vertical
        past = self.status.past is not None
        self._text.update(Content("\n").join(page(self._keys, self._here, width, past=past)))

    def watch_status(self) -> None:
        """Tell it in the header."""
        self._header.show_status(self.status)

    def action_scroll(self, lines: int) -> None:
        """Like the arrow keys."""
        self._page.scroll_relative(y=lines, animate=False)


def page(keys: Mapping[str, str], here: str, width: int, *, past: bool = False) -> Iterator[Content]:
    """The lines of the help about the screen `here`, each of at most `width` cells."""
    place = _places()[here]
    yield from _block(_("Keys {place}").format(place=place), keys_here(keys, here, past=past), width)
    yield from _block(_("What the signs mean"), [Section(*section) for section in signs()], width)
    yield from _block(_("Keys on other screens"), keys_elsewhere(keys, here), width)


def keys_here(keys: Mapping[str, str], here: str, *, past: bool = False) -> list[Section]:
    """What works on a screen, by groups; in the past some commands do nothing."""
    found = []
    for group, title in commands.groups().items():
        moves = [(move.keys, move.help) for move in commands.moves() if here in move.where and move.group == group]
        offered = [
            (_key(command, keys), command.help)
            for command in commands.registry()
            if here in command.where and command.group == group and not (past and command.id in commands.PRESENT)
        ]
        found.append(Section(title, [*moves, *(entry for entry in offered if entry[0])]))
    return [section for section in found if section.entries]


def keys_elsewhere(keys: Mapping[str, str], here: str) -> list[Section]:
    """What does not work on a screen, by the first screen on which it does."""
    found: dict[str, Entries] = {}
    offered = [(move.where, move.keys, move.help) for move in commands.moves()]
    offered += [(command.where, _key(command, keys), command.help) for command in commands.registry()]
    for where, key, about in offered:
        if key and here not in where:
            found.setdefault(where[0], []).append((key, about))
    return [Section(place[0].upper() + place[1:], found[name]) for name, place in _places().items() if name in found]


def _key(command: commands.Command, keys: Mapping[str, str]) -> str:
    """The keys of a command; for one without, that of the palette, which has it too."""
    own, palette = commands.all_keys(command, keys), commands.key_of("palette", keys)
    return own or (f"{palette} …" if palette else "")


def _places() -> dict[str, str]:
    """Where one can be, in words."""
    return {
        commands.BOARD: _("on the board"),
        commands.SYMBOL: _("in a symbol"),
        commands.MEMBERS: _("among the members of a sector"),
        commands.OVER_TIME: _("in leadership over time"),
        commands.WARNING: _("in a warning"),
        commands.NOTE: _("in the market note"),
        commands.PROBLEMS: _("among the problems"),
        commands.PAGE: _("on a page of text"),
        commands.OPENING: _("while the data are opened"),
    }


def _block(title: str, sections: Sequence[Section], width: int) -> Iterator[Content]:
    """A heading over the sections in columns."""
    count = 3 if width >= THREE else 2 if width >= TWO else 1
    column = (width - GAP * (count - 1)) // count
    label = max(cell_len(word) for section in sections for word, _about in section.entries)
    yield _rule(title, "━", "bold $accent", width)
    columns = [_column(part, column, label) for part in _shared(sections, count, column - label - GAP)]
    for lines in zip_longest(*columns, fillvalue=Content("")):
        padded = (line + Content(" " * (column + GAP - line.cell_length)) for line in lines)
        yield Content("").join(padded).rstrip()
    yield Content("")


def _column(sections: Sequence[Section], width: int, label: int) -> list[Content]:
    """The lines of sections below each other."""
    lines: list[Content] = []
    for place, (title, entries) in enumerate(sections):
        lines += [Content("")] * (place > 0) + [_rule(title, "─", "bold $strong", width)]
        for word, about in entries:
            first, *rest = wrap(about, width - label - GAP) or [""]
            blank = " " * (label - cell_len(word) + GAP)
            lines.append(Content.assemble((word, "$accent"), blank, first))
            lines += [Content(" " * (label + GAP) + line) for line in rest]
    return lines


def _rule(title: str, line: str, style: str, width: int) -> Content:
    return Content.assemble((title, style), " ", (line * max(0, width - cell_len(title) - 1), "$rule"))


def _shared(sections: Sequence[Section], count: int, room: int) -> list[Sequence[Section]]:
    """The sections in `count` columns, in their order, so that the longest is as short as can be."""
    heights = [2 + sum(len(wrap(about, room)) for _word, about in section.entries) for section in sections]
    ways = combinations(range(1, len(sections)), min(count, len(sections)) - 1)
    cuts = min(
        ((0, *way, len(sections)) for way in ways), key=lambda cut: max(sum(heights[a:b]) for a, b in pairwise(cut))
    )
    return [sections[a:b] for a, b in pairwise(cuts)]
