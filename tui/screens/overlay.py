"""What the screens over the board are that show one thing in full: a header, a way back, commands of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.screen import Screen

from tui.status import Status
from tui.widgets.footer import Footer
from tui.widgets.header import Header


class Overlay(Screen[None], inherit_bindings=False):
    """A screen that Escape leaves. The application sets `status`, and runs the commands that work `where` it stands."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]

    status: var[Status] = var(Status(), init=False)
    """What the header tells; its snapshot is the one on the board."""

    def __init__(self, where: str, keys: Mapping[str, str], status: Status) -> None:
        super().__init__(name=where)
        self.set_reactive(Overlay.status, status)
        self.header = Header(id="header")
        self.footer = Footer(where, keys)

    def watch_status(self) -> None:
        """Tell it in the header; the past has other commands."""
        self.header.show_status(self.status)
        self.footer.show_time(past=self.status.past is not None)

    def run_command(self, command: str) -> None:
        """Do what a command of this screen asks for."""

    def show_window(self, window: str) -> None:
        """Rank by this window, where anything is ranked."""

    def action_back(self) -> None:
        """To the screen below."""
        self.dismiss()
