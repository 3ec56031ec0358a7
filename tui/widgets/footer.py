"""The last line: the keys that work here, from the registry; each can be clicked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import ClassVar, Final

from textual.timer import Timer

from tui.commands import PRESENT, TRAVEL, Command, registry, shown
from tui.widgets.line import Line, Piece, piece

PAST: Final = 10
"""What the commands about time weigh more while the past is shown."""


class Footer(Line):
    """The commands of one screen, as many as fit; the heaviest stay. For a while it tells something else."""

    TOLD: ClassVar[float] = 10.0
    """Seconds after which the commands come back."""

    def __init__(self, screen: str, keys: Mapping[str, str]) -> None:
        super().__init__(id="footer")
        self._screen, self._keys, self._past = screen, keys, False
        self._commands = footer_pieces(screen, keys)
        self._back: Timer | None = None
        self.show(self._commands)

    def tell(self, pieces: Sequence[Piece]) -> None:
        """Show these pieces for a while, in place of the commands."""
        if self._back is not None:
            self._back.stop()
        self.show(pieces)
        self._back = self.set_timer(self.TOLD, self.show_commands)

    def show_time(self, *, past: bool) -> None:
        """Show the commands of the past, or of the present."""
        if past != self._past:
            self._past = past
            self._commands = footer_pieces(self._screen, self._keys, past=past)
            self.show_commands()

    def show_commands(self) -> None:
        """Show the commands again."""
        self.show(self._commands)


def footer_pieces(screen: str, keys: Mapping[str, str], *, past: bool = False) -> list[Piece]:
    """Key and word of the commands that work on `screen`; neighbours with the same word share it.

    In the past the commands about time stay longest.
    """
    known = [command for command in registry() if not (past and command.id in PRESENT)]
    here = [command for command in known if screen in command.where and command.title and shown(command, keys)]
    pieces: list[Piece] = []
    for title, group in groupby(here, key=lambda command: command.title):
        commands = list(group)
        weight = max(command.weight + PAST * (past and command.id in TRAVEL) for command in commands)
        for place, command in enumerate(commands):
            gap = 3 if pieces and place == 0 else 1
            pieces.append(_part(shown(command, keys), command, weight, gap, style="accent"))
        pieces.append(_part(title, commands[0], weight, 1, style="dim"))
    return pieces


def _part(text: str, command: Command, weight: int, gap: int, *, style: str) -> Piece:
    action = f"app.command('{command.id}')"
    return piece(text, "", style=style, weight=weight, gap=gap, action=action, group=command.title)
