"""What comes back at the next start: from the choices that are kept to the screen, and back again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from core.choices import Choices, Instead, Order
from core.settings import Basis, Settings
from core.snapshot import RANK_WINDOWS

if TYPE_CHECKING:
    from tui.screens.board import BoardScreen
    from tui.widgets.pane import Pane

THEME, WINDOW, BASIS, UNIVERSE = "screen.theme", "metrics.window", "metrics.basis", "universe.breadth"
BASES: Final[tuple[Basis, ...]] = ("tr", "px")


class Memory:
    """The choices kept last, over the configuration of this run."""

    def __init__(
        self,
        kept: Choices,
        settings: Settings,
        themes: Sequence[str],
        *,
        given: Collection[str] = (),
        problem: str = "",
        keep: Callable[[Choices], None] = lambda _choices: None,
    ) -> None:
        """`themes` are those that exist, `given` the settings of the command line, `problem` what is wrong with `kept`.

        `keep` keeps choices; it raises TapeboardError.
        """
        self.kept = kept
        self.problem = problem
        self.keep = keep
        self._given = given
        self._configured = {
            THEME: settings.screen.theme,
            WINDOW: settings.metrics.window,
            BASIS: settings.metrics.basis,
            UNIVERSE: settings.universe.breadth,
        }
        self.theme = kept.setting(THEME, settings.screen.theme, themes)
        self.window = kept.setting(WINDOW, settings.metrics.window, RANK_WINDOWS)
        self.basis: Basis = "px" if kept.setting(BASIS, settings.metrics.basis, BASES) == "px" else "tr"
        instead = kept.settings.get(UNIVERSE)
        holds = instead is not None and UNIVERSE not in given and instead.configured == settings.universe.breadth
        self.universe = instead.chosen if instead is not None and holds else ""
        """The universe to go over to; "" for that of the configuration."""

    def in_force(self, settings: Settings) -> Settings:
        """The settings with the basis that was chosen."""
        return on_basis(settings, self.basis)

    def restore(self, pane: Pane) -> None:
        """Bring back the columns, the order and the look of a pane."""
        kept, name = self.kept, pane.COMMAND
        pane.chosen = kept.columns.get(name)
        if name in kept.orders:
            pane.listed().sort_by(kept.orders[name].column, reverse=kept.orders[name].reverse)
        if name in kept.looks:
            pane.take_look(kept.looks[name])

    def choices(
        self, board: BoardScreen | None, theme: str, basis: Basis, universe: str, pair: tuple[str, str] | None
    ) -> Choices:
        """What is to be kept of this run; of a run without a board only the theme is new.

        Of a pane that had no time to come, what was kept of it is kept on.
        """
        if board is None:
            return msgspec.structs.replace(self.kept, settings=self._settings({THEME: theme}))
        tables = {pane.COMMAND: pane.listed() for pane in board.panes}
        absent = {name: columns for name, columns in self.kept.columns.items() if name not in tables}
        chosen = {
            THEME: theme,
            WINDOW: board.window,
            BASIS: basis,
            UNIVERSE: universe,
        }
        return Choices(
            active=board.panes[board.active].COMMAND,
            zoomed=board.zoomed,
            pair=pair,
            orders=self.kept.orders | {name: Order(t.sort_key, reverse=t.sort_reverse) for name, t in tables.items()},
            columns=absent | {pane.COMMAND: pane.chosen for pane in board.panes if pane.chosen is not None},
            looks=self.kept.looks | {pane.COMMAND: pane.look for pane in board.panes if pane.look},
            settings=self._settings(chosen),
        )

    def _settings(self, chosen: dict[str, str]) -> dict[str, Instead]:
        """What of the settings is kept: that which differs from the configuration."""
        new = {key: value for key, value in chosen.items() if key not in self._given}
        kept = {key: instead for key, instead in self.kept.settings.items() if key not in new}
        changed = {key: value for key, value in new.items() if value != self._configured[key]}
        return kept | {key: Instead(self._configured[key], value) for key, value in changed.items()}


def on_basis(settings: Settings, basis: Basis) -> Settings:
    """The same settings on this basis."""
    return msgspec.structs.replace(settings, metrics=msgspec.structs.replace(settings.metrics, basis=basis))


def with_universe(settings: Settings, universe: str) -> Settings:
    """The same settings with the members of this universe."""
    return msgspec.structs.replace(settings, universe=msgspec.structs.replace(settings.universe, breadth=universe))
