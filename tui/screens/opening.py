"""What stands on the terminal until there is a snapshot: the header, and what is waited for or what failed.

It is the first thing painted, so it imports little: the board follows after the first paint.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Static

from tui.commands import OPENING
from tui.status import Status
from tui.waiting import opening
from tui.widgets.footer import Footer
from tui.widgets.header import Header


class OpeningScreen(Screen[None], inherit_bindings=False):
    """A screen without numbers."""

    ALLOW_SELECT = False

    status: var[Status] = var(Status(), init=False)
    """What the header and the body tell."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__(name=OPENING)
        self._header = Header(id="header")
        self._notice = Static(id="notice", markup=False)
        self._footer = Footer(OPENING, keys)
        self.watch_status()

    def compose(self) -> ComposeResult:
        """Three lines of text on an empty screen."""
        yield self._header
        yield self._notice
        yield self._footer

    def watch_status(self) -> None:
        """Tell what has failed, or that there is hope."""
        self._header.show_status(self.status)
        self._notice.update(self.status.failure or self.status.waiting or opening())
        self._notice.set_class(bool(self.status.failure), "-failure")
