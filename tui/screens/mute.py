"""A line at the bottom that asks till when a rule shall be muted."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.types import CSSPathType
from textual.widgets import Input, Static

from core.i18n import _
from tui.commands import ALWAYS_QUIT, MUTE

SESSIONS: Final = "+5"
"""What stands in the prompt at first."""


class MuteScreen(ModalScreen[tuple[date | int | None]]):
    """Gives a day, a number of sessions, or None for no longer, in a tuple; nothing where it was left."""

    CSS_PATH: ClassVar[CSSPathType | None] = "../styles/mute.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding(ALWAYS_QUIT, "app.command('quit')", show=False, priority=True),  # else the input would copy
    ]

    def __init__(self, rule: str, until: date | None, answer: date | int | None = None, wrong: str = "") -> None:
        """`until` is the day till which the rule is muted already; `wrong` tells what is the matter with `answer`."""
        super().__init__(name=MUTE)
        self._rule = rule
        self._until = until
        self._answer = f"+{answer}" if isinstance(answer, int) else str(answer or "")
        self._wrong = wrong
        self._hint = Static(id="hint", markup=False)

    def compose(self) -> ComposeResult:
        """Question, answer and hint in one line."""
        with Horizontal(id="prompt"):
            yield Static(_("Mute {rule} till").format(rule=self._rule), id="question", markup=False)
            yield Input(self._answer or ("" if self._until else SESSIONS), id="till", compact=True)
            yield self._hint

    def on_mount(self) -> None:
        """Say what can be answered."""
        told = _("+5 sessions, or a day; esc leaves")
        if self._until is not None:
            told = _("muted till {day}; empty: no longer; esc leaves").format(day=self._until)
        self._hint.update(self._wrong or told)
        self._hint.set_class(bool(self._wrong), "-wrong")
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the answer, or say what is wrong with it."""
        event.stop()
        try:
            self.dismiss((parsed(event.value),))
        except ValueError:
            self._hint.update(_("expected a number of sessions such as +5, or a day such as 2026-01-30"))
            self._hint.add_class("-wrong")

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)


def parsed(text: str) -> date | int | None:
    """A number of sessions from 1 to 252, a day, or None for nothing. Raises ValueError."""
    text = text.strip()
    if not text:
        return None
    if text.lstrip("+").isdecimal():
        sessions = int(text.lstrip("+"))
        if not 1 <= sessions <= 252:
            raise ValueError(text)
        return sessions
    return date.fromisoformat(text)
