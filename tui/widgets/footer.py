"""The last line: the keys that work here, from the registry; each can be clicked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import groupby
from typing import ClassVar, Final

from textual.content import Content
from textual.timer import Timer

from core.i18n import _
from tui.commands import (
    ATTENTION,
    HELP,
    MEMBERS,
    OVER_TIME,
    PRESENT,
    PROBLEMS,
    SYMBOL,
    TRAVEL,
    WARNING,
    Command,
    registry,
    shown,
)
from tui.widgets.line import STYLES, Line, Piece, measure, piece

FAVOUR: Final = 10
"""What the commands about time weigh more while the past is shown, and those about warnings where one is chosen."""
LEFT: Final = {
    HELP: "app.command('help')",
    OVER_TIME: "app.command('over_time')",
    **dict.fromkeys((SYMBOL, MEMBERS, WARNING, PROBLEMS), "screen.back"),
}
"""The screens that Escape leaves and that do not say so elsewhere, with what a click on it runs."""


class Footer(Line):
    """The commands of one screen, as many as fit; the heaviest stay. For a while it tells something else, uncut."""

    DEFAULT_CSS = """
    Footer.-tall { height: auto; max-height: 4; padding: 0 1; text-wrap: wrap; }
    """
    TOLD: ClassVar[float] = 10.0
    """Seconds after which the commands come back."""

    def __init__(self, screen: str, keys: Mapping[str, str]) -> None:
        super().__init__(id="footer")
        self._screen, self._keys, self._past, self._warnings = screen, keys, False, False
        self._commands = footer_pieces(screen, keys)
        self._back: Timer | None = None
        self._told: Piece | None = None
        self.show(self._commands)

    def tell(self, line: Piece) -> None:
        """Show this for a while, in place of the commands; in more lines than one where it is long."""
        if self._back is not None:
            self._back.stop()
        self._told = line
        self.set_class(measure([line]) > self.size.width - self.MARGIN, "-tall")
        self.show([line])
        self._back = self.set_timer(self.TOLD, self.show_commands)

    def render(self) -> Content:
        """See `Line`."""
        if self._told is not None and self.has_class("-tall"):
            return Content.styled(self._told.text, STYLES[self._told.style])
        return super().render()

    def on_click(self) -> None:
        """What was told has been read."""
        if self._told is not None:
            self.show_commands()

    def show_time(self, *, past: bool) -> None:
        """Show the commands of the past, or of the present."""
        if past != self._past:
            self._past = past
            self._renew()
            self.show_commands()

    def show_warnings(self, *, chosen: bool) -> None:
        """Show what can be done about a warning, or that no longer; not before a line that is told has been read."""
        if chosen != self._warnings:
            self._warnings = chosen
            self._renew()
            if self._back is None:
                self.show_commands()

    def show_commands(self) -> None:
        """Show the commands again."""
        if self._back is not None:
            self._back.stop()
            self._back = None
        self._told = None
        self.remove_class("-tall")
        self.show(self._commands)

    def _renew(self) -> None:
        self._commands = footer_pieces(self._screen, self._keys, past=self._past, warnings=self._warnings)


def footer_pieces(screen: str, keys: Mapping[str, str], *, past: bool = False, warnings: bool = False) -> list[Piece]:
    """Key and word of the commands that work on `screen`; neighbours with the same word share it.

    In the past the commands about time stay longest, among `warnings` those about one of them.
    """
    known = [command for command in registry() if not (past and command.id in PRESENT)]
    here = [command for command in known if screen in command.where and command.title and shown(command, keys)]
    favoured = (*(TRAVEL if past else ()), *(ATTENTION if warnings else ()))
    pieces: list[Piece] = []
    if screen in LEFT:
        away = partial(piece, gap=1, weight=9, action=LEFT[screen], group="escape")
        pieces = [away("esc", "", style="accent"), away(_("back"), "", style="dim")]
    for title, group in groupby(here, key=lambda command: command.title):
        commands = list(group)
        weight = max(command.weight + FAVOUR * (command.id in favoured) for command in commands)
        for place, command in enumerate(commands):
            gap = 3 if pieces and place == 0 else 1
            pieces.append(_part(shown(command, keys), command, weight, gap, style="accent"))
        pieces.append(_part(title, commands[0], weight, 1, style="dim"))
    return pieces


def _part(text: str, command: Command, weight: int, gap: int, *, style: str) -> Piece:
    action = f"app.command('{command.id}')"
    return piece(text, "", style=style, weight=weight, gap=gap, action=action, group=command.title)
