"""The market note of the snapshot in view, to be read here or written to a file.

Its text is asked for (`tui.asking`); until the answer comes the last one stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.types import CSSPathType
from textual.widgets import Static

from core.i18n import _
from core.snapshot import EMPTY, Snapshot
from tui.commands import NOTE
from tui.messages import Answered, Asked, Question
from tui.screens.overlay import Overlay
from tui.status import Status

TEXT, FILE = "note", "note_file"
WIDEST: Final = 110
"""Cells of a line that is read with ease."""

MARGIN: Final = 6
"""Cells beside the text and its scroll bar."""


class NoteScreen(Overlay):
    """The note as text; `s` writes the file."""

    CSS_PATH: ClassVar[CSSPathType | None] = "../styles/note.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "save", show=False)]

    def __init__(
        self,
        keys: Mapping[str, str],
        status: Status,
        write: Callable[[Snapshot, int], Question],
        save: Callable[[Snapshot], Question],
    ) -> None:
        """`write` and `save` make the questions for the text, of so many cells a line, and for the file."""
        super().__init__(NOTE, keys, status)
        self._write, self._save = write, save
        self._page = Static(_("loading …"), id="note-text", markup=False)
        self._said = Static(_("s writes it to a file   ↑ ↓ ← → scroll   esc back"), id="note-said", markup=False)
        self._asked: tuple[Snapshot, int] = EMPTY, 0

    def compose(self) -> ComposeResult:
        """The header, the page, what was said of the file, the footer."""
        yield self.header
        with ScrollableContainer(id="note-page"):
            yield self._page
        yield self._said
        yield self.footer

    def on_mount(self) -> None:
        """Ask for the text."""
        self.watch_status()
        self.query_one("#note-page").focus()

    def watch_status(self) -> None:
        """Tell it in the header; another snapshot has another note."""
        super().watch_status()
        self._ask()

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._ask()

    def on_answered(self, event: Answered) -> None:
        """Show the text, or where the file is, or why there is none."""
        if event.kind == FILE:
            self._said.update(event.failure or _("written: {file}").format(file=event.answer))
        else:
            self._page.update(event.failure or str(event.answer))

    def run_command(self, command: str) -> None:
        """See `Overlay`: the key that has opened the note closes it."""
        if command == "note":
            self.action_back()

    def action_save(self) -> None:
        """Write the file."""
        self.post_message(Asked(FILE, self._save(self.status.snapshot), self))

    def _ask(self) -> None:
        wanted = self.status.snapshot, min(WIDEST, self.size.width - MARGIN)
        if wanted[1] > 0 and wanted != self._asked:
            self._asked = wanted
            self.post_message(Asked(TEXT, self._write(*wanted), self))
