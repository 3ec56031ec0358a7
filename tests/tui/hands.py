"""What the tests of the hands share: a board with all its panes, and a source of another universe."""

from __future__ import annotations

import threading

from textual.pilot import Pilot

from core.settings import Settings
from core.snapshot import Snapshot
from tests.tui import builders
from tests.tui.script import PATIENCE, Script, shown, until
from tui.app import TapeboardApp
from tui.memory import Memory
from tui.screens.board import BoardScreen
from tui.source import AwaitSource, SnapshotSource
from tui.widgets.live_table import LiveTable
from tui.work import Tell

SIZE = (160, 45)
NARROW = (80, 24)


def symbols(table: LiveTable) -> list[str]:
    """The symbols of a table, from top to bottom."""
    return [row.cells["symbol"].text for _section, row in table.rows()]


def titles(table: LiveTable) -> list[str]:
    """The titles of its columns."""
    return [column.title for column in table.columns]


async def ready(pilot: Pilot[None], snapshot: Snapshot) -> BoardScreen:
    """The board with all its panes."""
    screen = await shown(pilot, snapshot)
    await until(pilot, lambda: len(screen.panes) == 6)
    await pilot.pause()
    return screen


class Universes:
    """Opens a source of another universe when it is let, and remembers what was asked of it."""

    def __init__(self, snapshot: Snapshot, failure: Exception | None = None) -> None:
        self.script = Script(snapshot)
        self.asked: list[tuple[str, str]] = []
        self.go = threading.Event()
        self._failure = failure

    def __call__(self, settings: Settings, serving: str, tell: Tell) -> tuple[SnapshotSource, AwaitSource]:
        self.asked.append((settings.universe.breadth, serving))
        tell(120, 503, "AAPL")
        self.go.wait(PATIENCE)
        try:
            tell(503, 503)
        except BaseException:
            self.script.close()
            raise
        if self._failure is not None:
            raise self._failure
        self.script.refresh()
        return self.script, lambda: None


def with_universes(snapshot: Snapshot, universes: Universes, memory: Memory | None = None) -> TapeboardApp:
    """The application over this snapshot, which can go over to these universes."""
    first = Script(snapshot)
    return TapeboardApp(builders.settings(), lambda: first, reopen=universes, memory=memory)
