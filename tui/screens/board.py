"""The main screen: header, verdict, the panes on their stage, footer.

The screen owns one snapshot; the panes are bound to it. Which of them are in view, and where, `stage` decides. Three
panes are there for the first paint; the others come right after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive, var
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Static

from core.i18n import _
from core.snapshot import EMPTY, RANK_WINDOWS, Snapshot
from tui.commands import BOARD, registry, shown
from tui.messages import Remarked
from tui.panes.leadership import LeadershipPane
from tui.panes.sectors import SectorsPane
from tui.panes.warnings import WarningsPane
from tui.screens.stage import ORDER, Stage
from tui.status import Status
from tui.widgets.footer import Footer
from tui.widgets.header import Header
from tui.widgets.pane import Pane, TablePane
from tui.widgets.verdict import VerdictLine

if TYPE_CHECKING:
    from tui.widgets.prompt import Prompt


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a board begins: with which active pane, zoomed or not; `restore` brings back what a pane remembers."""

    active: str = ""
    zoomed: bool = False
    restore: Callable[[Pane], None] = lambda _pane: None


AFRESH: Final = Beginning()


class BoardScreen(Screen[None], inherit_bindings=False):
    """The board. Commands come from the application by `run_command`."""

    class Painted(Message):
        """The board stands on the terminal for the first time, or is covered before it could."""

    ALLOW_SELECT = False
    AUTO_FOCUS: ClassVar[str | None] = ""  # the active pane takes the focus; Textual would give it to the first one
    CSS_PATH: ClassVar[CSSPathType | None] = ["../styles/table.tcss", "../styles/board.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "app.cancel", show=False)]
    LINES: ClassVar[int] = 3
    """The lines around the stage: header, verdict, footer."""

    snapshot: reactive[Snapshot] = reactive(EMPTY, init=False, repaint=False)
    """What the panes show."""
    window: reactive[str] = reactive("63s", init=False, repaint=False)
    """The window of ranks and highlights, everywhere."""
    status: var[Status] = var(Status(), init=False)
    """What the header tells."""
    active: var[int] = var(0, init=False)
    """The place of the pane that the keys go to."""
    zoomed: var[bool] = var(default=False, init=False)
    """Whether only the active pane shows."""

    def __init__(
        self,
        keys: Mapping[str, str],
        groups: Mapping[str, str],
        *,
        window: str,
        flash: bool,
        size: Size,
        begin: Beginning = AFRESH,
    ) -> None:
        """`keys` maps commands to keys, `groups` the ids of the watched groups to their titles, in screen order.

        `window` is the first window of ranks; `flash`: changes light up. `size` is that of the terminal: what
        is in view is known from the start, and nothing is filled twice before it is painted.
        """
        super().__init__(name=BOARD)
        self._short = short = {command.id: shown(command, keys) for command in registry()}
        self._flash = flash
        self.panes: tuple[Pane, ...] = (
            LeadershipPane(short[LeadershipPane.COMMAND], groups, flash=flash),
            SectorsPane(short[SectorsPane.COMMAND], flash=flash),
            WarningsPane(short[WarningsPane.COMMAND], flash=flash),
        )
        self._begin = begin
        for pane in self.panes:
            begin.restore(pane)
        self.set_reactive(BoardScreen.window, window)
        self.set_reactive(BoardScreen.zoomed, begin.zoomed)
        self.set_reactive(BoardScreen.active, self._place(begin.active) or 0)
        self._header = Header(id="header")
        self._verdict = VerdictLine(id="verdict")
        self._notice = Static(id="notice", markup=False)
        self._stage = Stage(self.panes, size - (0, self.LINES))
        self._footer = Footer(BOARD, keys)
        self._prompt: Prompt | None = None

    def compose(self) -> ComposeResult:
        """The lines and the panes between them."""
        yield self._header
        yield self._verdict
        yield self._notice
        for pane in self.panes:
            pane.data_bind(BoardScreen.snapshot, BoardScreen.window)
        yield self._stage
        yield self._footer

    def on_mount(self) -> None:
        """Show what is known so far."""
        self.watch_snapshot(self.snapshot)
        self.watch_status()
        self.watch_active()
        self.call_after_refresh(self.post_message, self.Painted())
        self.call_after_refresh(self.complete)

    def complete(self) -> None:
        """Bring the panes that the first paint does without, unless they are there."""
        from tui.panes.breadth import BreadthPane  # noqa: PLC0415 - these three cost time before the first paint
        from tui.panes.cross_asset import CrossAssetPane  # noqa: PLC0415 - see above
        from tui.panes.rotation import RotationPane  # noqa: PLC0415 - see above
        from tui.widgets.prompt import Prompt  # noqa: PLC0415 - and so does a line that can be typed in

        if len(self.panes) < len(ORDER) and self._stage.is_attached:  # not where the user has just quit
            short, flash = self._short, self._flash
            added = (
                BreadthPane(short[BreadthPane.COMMAND], short["universe"] or short["palette"], flash=flash),
                RotationPane(short[RotationPane.COMMAND], flash=flash),
                CrossAssetPane(short[CrossAssetPane.COMMAND], flash=flash),
            )
            for pane in added:
                pane.data_bind(BoardScreen.snapshot, BoardScreen.window)
                self._begin.restore(pane)
            self.panes += added
            self._stage.add(added)
            self._prompt = Prompt()
            self.mount(self._prompt, after=self._footer)
            self._go_back()

    def on_screen_suspend(self) -> None:
        """What is covered is not painted: nobody shall wait for it."""
        self.post_message(self.Painted())

    def watch_snapshot(self, snapshot: Snapshot) -> None:
        """Show another verdict; the panes have been told already."""
        self._verdict.show_snapshot(snapshot)

    def watch_status(self) -> None:
        """Tell it in the header; without hope for fresh data, in a line of its own as well."""
        self._header.show_status(self.status)
        self._footer.show_time(past=self.status.past is not None)
        self._notice.display = self.status.fatal
        if self.status.fatal:  # every update lays out the whole screen
            self._notice.update(self.status.failure)

    def watch_active(self) -> None:
        """Bring the active pane into view, mark it, and give it the focus."""
        for place, pane in enumerate(self.panes):
            pane.active = place == self.active
        self._footer.show_warnings(chosen=isinstance(self.panes[self.active], WarningsPane))
        self._stage.show(self.panes[self.active], zoomed=self.zoomed)
        body = self.panes[self.active].body()
        if body.is_mounted:
            self.set_focus(body)  # at once: later, it would take the keys from what has been opened meanwhile
        else:
            body.focus()

    def watch_zoomed(self) -> None:
        """Show the active pane alone, or as many as there is room for."""
        self._stage.show(self.panes[self.active], zoomed=self.zoomed)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A pane that was clicked becomes the active one."""
        for place, pane in enumerate(self.panes):
            if pane in event.widget.ancestors:
                self.active = place

    def run_command(self, command: str) -> None:
        """Do what a command of this screen asks for; one that comes before all panes are there brings them first."""
        if len(self.panes) == len(ORDER):
            self._run(command)
        else:  # in the context of this screen, which the panes' bindings ask for
            self.call_later(self.complete)
            self.call_later(self._run, command)

    def _run(self, command: str) -> None:
        match command:
            case "focus_next" | "focus_previous":
                self._step(1 if command == "focus_next" else -1)
            case "zoom":
                self.zoomed = not self.zoomed
            case "filter":
                self._open_prompt()
            case "columns":
                self._choose_columns()
            case "sort_next":
                self.panes[self.active].sort_next()
            case "sort_reverse":
                self.panes[self.active].sort_reverse()
            case "window_next" | "window_previous":
                step = 1 if command == "window_next" else -1
                place = (RANK_WINDOWS.index(self.window) + step) % len(RANK_WINDOWS)
                self.window = RANK_WINDOWS[place]
            case "acknowledge" | "mute":
                self._attend(command)
            case _:
                places = (place for place, pane in enumerate(self.panes) if command == pane.COMMAND)
                self.active = next(places, self.active)

    def _attend(self, command: str) -> None:
        """Acknowledge or mute the warning at the cursor; from another pane, first go where the cursor can be seen."""
        place, pane = next((place, pane) for place, pane in enumerate(self.panes) if isinstance(pane, WarningsPane))
        if place == self.active:
            pane.attend(command)
        else:
            self.active = place

    def _open_prompt(self) -> None:
        if self._prompt is not None:
            self._footer.display = False
            self._prompt.open(self.panes[self.active].filter)
            self._prompt.tell(*self.panes[self.active].counted())

    def go_to(self, symbol: str) -> None:
        """Put the cursor on a watched symbol, in the pane that lists it, whatever was filtered there."""
        sector = any(row.symbol == symbol for row in self.snapshot.sectors)
        command = SectorsPane.COMMAND if sector else LeadershipPane.COMMAND
        self.active = next(place for place, pane in enumerate(self.panes) if command == pane.COMMAND)
        self.panes[self.active].filter = ""
        self.panes[self.active].go_to(symbol)

    def show_window(self, window: str) -> None:
        """Rank by this window."""
        self.window = window

    def clear_filter(self) -> None:
        """Show every row of the active pane."""
        self.panes[self.active].filter = ""

    def on_prompt_typed(self, event: Prompt.Typed) -> None:
        """Filter the active pane."""
        pane = self.panes[self.active]
        pane.filter = event.words
        event.prompt.tell(*pane.counted())

    def on_prompt_closed(self, event: Prompt.Closed) -> None:
        """Back to the pane."""
        self._footer.display = True
        if not event.left:
            self.panes[self.active].body().focus()

    def _go_back(self) -> None:
        """Once all panes are there, go to the one that was active last, unless somebody has gone elsewhere by now."""
        place = self._place(self._begin.active)
        if place is not None and self.active == 0:
            self.active = place

    def _place(self, command: str) -> int | None:
        return next((place for place, pane in enumerate(self.panes) if command == pane.COMMAND), None)

    def _choose_columns(self) -> None:
        from tui.screens.columns import ColumnsDialog  # noqa: PLC0415 - when somebody asks

        pane = self.panes[self.active]
        if not isinstance(pane, TablePane):
            self.post_message(Remarked(_("{pane} has no columns to choose").format(pane=pane.tab.name)))
            return
        title = _("Columns of {pane}").format(pane=pane.tab.name)
        usual = [pane.named(column) for column in pane.columns()]
        self.app.push_screen(
            ColumnsDialog(title, pane.offered(), pane.meanings(), usual=usual, chosen=pane.chosen, choose=pane.choose)
        )

    def _step(self, step: int) -> None:
        """To the next pane in view; where there is only one, to the next of all."""
        seen = self._stage.places()
        places = [place for place, pane in enumerate(self.panes) if pane in seen or len(seen) == 1]
        self.active = places[(places.index(self.active) + step) % len(places)]
