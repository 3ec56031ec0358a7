"""The rule above a pane with its number, its name and what it shows; and the strip of tabs of a narrow screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.widgets.line import Line, Piece, piece


@dataclass(frozen=True, slots=True)
class Title:
    """What stands above one pane: `command` goes there, `key` runs it, `info` says what it shows, longest first."""

    command: str
    key: str
    name: str
    info: tuple[str, ...] = ("",)


class TitleLine(Line):
    """One title, or several side by side as tabs; the active one in the accent colour."""

    FILL = "─"
    MARGIN = 0

    def show_titles(self, titles: Sequence[Title], active: int | None) -> None:
        """Show these titles; what is told at the right end is that of the active one, or of the only one."""
        left: list[Piece] = []
        for place, title in enumerate(titles):
            left += _tab(title, active=place == active, gap=min(place, 1))
        told = titles[active if active is not None else 0].info
        right = [piece(*told, "", style="dim", weight=10), piece("─", style="rule", gap=1)]
        self.show(left, right)


def _tab(title: Title, *, active: bool, gap: int) -> list[Piece]:
    style, action = "accent" if active else "strong", f"app.command('{title.command}')"
    return [
        piece("─", style="rule", gap=gap),
        piece(title.key, style="accent" if active else "dim", gap=1, action=action),
        piece(title.name, style=style, gap=1, action=action),
    ]
