"""A line at the bottom that asks which evening to go to."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.types import CSSPathType
from textual.widgets import Input, Static

from core.i18n import _
from tui import steps
from tui.commands import ALWAYS_QUIT, DATE


class GoToDateScreen(ModalScreen[steps.Step]):
    """Gives the step to take; nothing where it was left."""

    CSS_PATH: ClassVar[CSSPathType | None] = "../styles/go_to_date.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self) -> None:
        super().__init__(name=DATE)
        self._hint = Static(_("2025-04-08, 04-08, -5 (sessions) or -2m (months) · esc"), id="hint", markup=False)

    def compose(self) -> ComposeResult:
        """Question, answer and hint in one line."""
        with Horizontal(id="prompt"):
            yield Static(_("Go to"), id="question", markup=False)
            yield _Day(id="date", compact=True)
            yield self._hint

    def on_mount(self) -> None:
        """Take what is typed."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the answer, or say what is wrong with it."""
        event.stop()
        step = steps.written(event.value)
        if step is not None:
            self.dismiss(step)
        else:
            self._hint.update(_("no such day; as 2025-04-08, 04-08, -5 or -2m"))
            self._hint.add_class("-wrong")

    def action_leave(self) -> None:
        """Go nowhere."""
        self.dismiss(None)


class _Day(Input):
    """Leaves the keys that quit to the application."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(ALWAYS_QUIT, "app.command('quit')", show=False)]
