"""An application with our themes and styles, for widgets alone."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App

from tui.themes import themes


class DrawnApp(App[None]):
    """The themes of the screen, the dark one in force."""

    ENABLE_COMMAND_PALETTE = False
    CSS: ClassVar[str] = "Pane { height: 1fr; }"

    def __init__(self) -> None:
        self._themes = themes()
        super().__init__()
        for theme in self._themes:
            self.register_theme(theme)
        self.theme = self._themes[0].name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The names of our own colours."""
        return self._themes[0].variables
