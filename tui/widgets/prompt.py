"""The line that takes the words of a filter, in the place of the footer while it is open."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from core.i18n import _
from tui.commands import ALWAYS_QUIT


class Prompt(Horizontal):
    """Words, told with every key; Enter keeps them, Escape clears them. Out of sight until it is opened."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "clear", show=False)]

    DEFAULT_CSS = """
    Prompt {
        height: 1;
        & #prompt-name, & #prompt-hint { width: auto; padding: 0 1; }
        & Input { width: 1fr; background: $background; &:focus { background-tint: $foreground 0%; } }
    }
    """

    class Typed(Message):
        """The words are others now."""

        def __init__(self, prompt: Prompt, words: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.words = words

    class Closed(Message):
        """The user has done with it; `left` for something else that has been clicked."""

        def __init__(self, *, left: bool) -> None:
            super().__init__()
            self.left = left

    def __init__(self) -> None:
        super().__init__(id="prompt")
        self.display = False
        self._hint = Static(id="prompt-hint", markup=False)
        self._input = _Words(compact=True, select_on_focus=False)

    def compose(self) -> ComposeResult:
        """A name, the words, and what ends them."""
        yield Static("/", id="prompt-name", markup=False)
        yield self._input
        yield self._hint

    def open(self, words: str) -> None:
        """Take words, these to begin with."""
        with self.prevent(Input.Changed):
            self._input.value = words
        self._input.cursor_position = len(words)
        self.display = True
        if self.is_mounted:
            self.screen.set_focus(self._input)  # at once: letters that follow on the heels are no commands

    def on_mount(self) -> None:
        """Take the keys, if words were wanted before this line was there."""
        if self.display:
            self._input.focus()

    def tell(self, n: int, of: int) -> None:
        """Say how many rows have the words."""
        self._hint.update(_("{n} of {of} · enter keeps · escape clears").format(n=n, of=of))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what is typed."""
        event.stop()
        self.post_message(self.Typed(self, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the words."""
        event.stop()
        self.close()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Keep the words when something else is clicked."""
        event.stop()
        self.close(left=True)

    def action_clear(self) -> None:
        """Want no words."""
        self._input.value = ""
        self.close()

    def close(self, *, left: bool = False) -> None:
        """Out of sight, once."""
        if self.display:
            self.display = False
            self.post_message(self.Closed(left=left))


class _Words(Input):
    """Leaves the keys that quit to the application."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(ALWAYS_QUIT, "app.command('quit')", show=False),
    ]
