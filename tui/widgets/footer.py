"""The last line: the keys that work here, from the registry; each can be clicked."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from tui.commands import Command, registry, shown
from tui.widgets.line import Line, Piece, piece


class Footer(Line):
    """The commands of one screen, as many as fit; the heaviest stay."""

    def __init__(self, screen: str, keys: Mapping[str, str]) -> None:
        super().__init__(id="footer")
        self.show(footer_pieces(screen, keys))


def footer_pieces(screen: str, keys: Mapping[str, str]) -> list[Piece]:
    """Key and word of the commands that work on `screen`; neighbours with the same word share it."""
    here = [command for command in registry() if screen in command.where and command.title and shown(command, keys)]
    pieces: list[Piece] = []
    for title, group in groupby(here, key=lambda command: command.title):
        commands = list(group)
        weight = max(command.weight for command in commands)
        for place, command in enumerate(commands):
            gap = 3 if pieces and place == 0 else 1
            pieces.append(_part(shown(command, keys), command, weight, gap, style="accent"))
        pieces.append(_part(title, commands[0], weight, 1, style="dim"))
    return pieces


def _part(text: str, command: Command, weight: int, gap: int, *, style: str) -> Piece:
    action = f"app.command('{command.id}')"
    return piece(text, "", style=style, weight=weight, gap=gap, action=action, group=command.title)
