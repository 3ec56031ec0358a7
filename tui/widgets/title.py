"""The rule above a pane with its number, its name and what it shows; where panes share a place, all of them as tabs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.widgets.line import Line, Piece, piece


@dataclass(frozen=True, slots=True)
class Tab:
    """The name of one pane, `short` where the line is narrow: `command` goes there, `key` runs it."""

    command: str
    key: str
    name: str
    short: str


class TitleLine(Line):
    """The tabs of the panes that share a place, and at the right end what the one in view shows."""

    MARGIN = 0

    def show_tabs(
        self, tabs: Sequence[Tab], here: Tab, info: Sequence[str], *, active: bool, past: Sequence[str] = ()
    ) -> None:
        """Show these tabs; `here` is in view, and `info` is told, longest form first, and `past` marks the past.

        An `active` pane has the accent colour and a heavy rule, which is seen without colours too.
        """
        self.fill = rule = "━" if active else "─"
        left: list[Piece] = []
        for place, tab in enumerate(tabs):
            style = ("accent" if active else "strong") if tab == here else "dim"
            left += _pieces(tab, style, rule, first=place == 0)
        marks = [piece(*past, style="past", weight=20, gap=1)] if past else []
        self.show(left, [piece(*info, "", style="dim", weight=10, last=14), *marks, piece(rule, style="rule", gap=1)])


def _pieces(tab: Tab, style: str, rule: str, *, first: bool) -> list[Piece]:
    """The number and the name; what parts the tabs gives way before the info, long names before its last words."""
    action = f"app.command('{tab.command}')"
    between = piece(rule, "", style="rule", weight=8, gap=1, group="rules")
    return [
        piece(rule, style="rule", gap=0) if first else between,
        piece(tab.key, style="accent" if style == "accent" else "dim", gap=1, action=action),
        piece(tab.name, tab.short, style=style, weight=12, gap=1, action=action, group="names"),
    ]
