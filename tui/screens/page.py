"""A page of text under a title, to scroll through in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import ScrollableContainer
from textual.types import CSSPathType
from textual.widgets import Static

from core.i18n import _
from tui.commands import PAGE
from tui.screens.overlay import Overlay
from tui.status import Status
from tui.widgets.line import piece
from tui.widgets.title import TitleLine


class PageScreen(Overlay):
    """What long work has brought, as text."""

    CSS_PATH: ClassVar[CSSPathType | None] = "../styles/dialog.tcss"

    def __init__(self, keys: Mapping[str, str], status: Status, title: str, text: str) -> None:
        super().__init__(PAGE, keys, status)
        self._title = TitleLine()
        rule = piece("─", style="rule", gap=1)
        self._title.show([rule, piece(title, style="strong", gap=1)], [piece(_("esc back"), style="dim"), rule])
        self._text = Static(text, id="page-text", markup=False)

    def compose(self) -> ComposeResult:
        """The header, the page and the footer."""
        yield self.header
        yield self._title
        with ScrollableContainer(id="page"):
            yield self._text
        yield self.footer

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.watch_status()
        self.query_one("#page").focus()
