"""The application: takes what the bridge posts, decides what is shown, and runs the commands.

The start is a relay, so that something shows at once: a screen with a header alone is painted first; then the
board is imported and shows the last stored snapshot, if there is one; then a daemon thread opens the source.
Importing this module imports neither the board nor pandas, the calendar or the scheduler.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.filter import LineFilter, NoColor
from textual.screen import Screen
from textual.types import CSSPathType

from core.choices import Choices
from core.errors import NoDataError, TapeboardError
from core.i18n import _
from core.model import Problem
from core.settings import CORE
from core.snapshot import EMPTY, Snapshot
from core.text import clean
from tui import commands, notes, travel
from tui.asking import told
from tui.bridge import Bridge
from tui.errands import Reopen
from tui.hands import BASIS, Hands
from tui.herald import Herald
from tui.keymap import check
from tui.memory import Memory
from tui.messages import (
    Acknowledge,
    Answered,
    Asked,
    Mute,
    Opened,
    PairOpened,
    ProblemArrived,
    Remarked,
    RuleOpened,
    SnapshotArrived,
    SourceFailed,
    SourceReady,
    Waiting,
)
from tui.screens.help import HelpScreen
from tui.screens.opening import OpeningScreen
from tui.screens.overlay import Overlay
from tui.source import AwaitSource, OpenSource
from tui.status import Status
from tui.themes import themes
from tui.travel import Surroundings, Traveller

if TYPE_CHECKING:
    from core.settings import Settings
    from tui.palette import Entry
    from tui.screens.board import BoardScreen
    from tui.screens.over_time import OverTimeScreen

NOTE_OF_THE_DAY = "note_of_the_day"
FEW_COLOURS = "-few-colours"
"""The class of an application on a terminal with 16 colours."""
GOODBYES = ("SIGTERM", "SIGHUP", "SIGQUIT")
"""Signals that end the screen like `q`: the terminal must come back as it was."""


class TapeboardApp(App[None], inherit_bindings=False):
    """The live screen over any source of snapshots."""

    TITLE = "Tapeboard"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    CSS_PATH: ClassVar[CSSPathType | None] = "styles/app.tcss"

    def __init__(
        self,
        settings: Settings,
        opener: OpenSource,
        *,
        successor: AwaitSource = lambda: None,
        glance: Callable[[], Snapshot | None] = lambda: None,
        frozen: bool = False,
        reopen: Reopen | None = None,
        memory: Memory | None = None,
        settled: Callable[[], None] = lambda: None,
    ) -> None:
        """`successor` waits for a source to go over to. `glance` gives the last stored snapshot, quickly.

        `frozen`: one refresh tells all, as for `--as-of`. `reopen` opens a source of another universe, and `memory`
        is what was chosen on the screen last time; without them the universe stays, and nothing was.
        Raises SettingsError for keys that cannot be.
        `settled` is called once, when the first fresh numbers are there.
        """
        check(settings.keys)
        self._themes = themes(settings.screen.up_is)
        super().__init__()
        for theme in self._themes:
            self.register_theme(theme)
        self._memory = memory or Memory(Choices(), settings, self.theme_names)
        self.theme = self._memory.theme
        self.set_class(self.console.color_system == "standard", FEW_COLOURS)
        for binding in commands.bindings(settings.keys):
            self.bind(binding.key, binding.action, description=binding.description, show=False)
        self._settings = settings
        self._glance = glance
        self._frozen = frozen
        self._settled = settled
        self._bridge = Bridge(
            self.post_message,
            opener,
            settings.refresh,
            frozen=frozen,
            successor=successor,
            appointment=lambda snapshot: notes.next_due(snapshot, settings),
        )
        self._traveller = Traveller(
            Surroundings(
                ask=lambda kind, question: self.post_message(Asked(kind, question, self)),
                wait=self.set_timer,
                changed=lambda: self._show(self._status),
                failed=lambda text: self._show(replace(self._status, failure=text)),
                today=lambda: self._latest.session,
            )
        )
        self._herald = Herald(self, settings.notify, self._mark)
        self._hands = Hands(
            self,
            self._bridge,
            settings,
            herald=self._herald,
            themes=self.theme_names,
            reopen=reopen,
            show_work=lambda work: self._show(replace(self._status, work=work)),
            show_text=self._show_page,
            adopt=self._adopt,
        )
        self._pair = self._memory.kept.pair
        self._universe = self._memory.universe
        self._board: BoardScreen | None = None
        self._over_time: OverTimeScreen | None = None
        self._status = Status()
        self._latest = EMPTY
        self._stored = EMPTY
        self._failure: Exception | None = None
        self.unkept = ""
        """Why what was chosen could not be kept, once the screen has ended; "" where it was."""

    @property
    def failure(self) -> Exception | None:
        """What has kept the screen without fresh data, or a defect that has ended it; None while all is well."""
        return self._exception or self._failure

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The names of our own colours, so that the stylesheet parses before our theme is in force."""
        return self._themes[0].variables

    def get_default_screen(self) -> Screen[None]:
        """The one that is painted first."""
        return OpeningScreen(self._settings.keys)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """With NO_COLOR, no colour at all; Textual alone would still write greys."""
        filters = super().get_line_filters()
        return [*filters, NoColor()] if self.no_color else filters

    def on_ready(self) -> None:
        """After the first paint show the last stored snapshot; without one, open the source at once."""
        for name in GOODBYES:
            if hasattr(signal, name):  # Windows has fewer, and no handlers on its loop
                with suppress(NotImplementedError):
                    asyncio.get_running_loop().add_signal_handler(getattr(signal, name), self.exit)
        self._stored = self._latest = self._glance() or EMPTY
        self._show(self._status)
        if self._stored is EMPTY:
            self._bridge.open()

    def on_board_screen_painted(self) -> None:
        """Open the source, now that the stored numbers are there to be read; tell what of the memory is lost."""
        self._bridge.open()
        problem, self._memory.problem = self._memory.problem, ""
        if problem:
            self._herald.complain(problem)

    def on_unmount(self) -> None:
        """Stop refreshing; whatever hangs is left behind. Keep what was chosen."""
        basis, universe = self._settings.metrics.basis, self._universe or self._hands.wanted()
        self._hands.close()
        self._bridge.close()
        choices = self._memory.choices(self._board, self.theme, basis, universe, self._pair)
        try:
            self._memory.keep(choices)
        except TapeboardError as error:
            self.unkept = told(error)

    def on_source_ready(self, event: SourceReady) -> None:
        """Begin to refresh."""
        self._hands.prepare(event.source)
        self._bridge.accept(event)

    def on_waiting(self, event: Waiting) -> None:
        """Say on the opening screen what is waited for."""
        if self._latest is EMPTY:
            self._show(replace(self._status, waiting=event.text))

    def on_source_failed(self, event: SourceFailed) -> None:
        """Say in one line what failed and how to mend it; the exit code follows."""
        self._failure = event.error
        self._show(replace(self._status, failure=told(event.error), fatal=True))

    def on_asked(self, event: Asked) -> None:
        """Have a question of the screen answered; who asked is told."""
        self._bridge.ask(event)

    def on_opened(self, event: Opened) -> None:
        """Show the members of a sector, where a universe tells them, or a symbol in full."""
        from tui.screens.members import MembersScreen  # noqa: PLC0415 - like the board, after the first paint
        from tui.screens.symbol import SymbolScreen  # noqa: PLC0415 - likewise

        keys, universe = self._settings.keys, self._status.snapshot.breadth.universe
        if event.sector and universe != CORE:
            window = self._board.window if self._board else self._memory.window
            flash = self._settings.screen.flash
            self.push_screen(MembersScreen(keys, self._status, event.symbol, window, flash=flash))
            return
        hint = self._no_members() if event.sector else ""
        groups = self._groups()
        self.push_screen(SymbolScreen(keys, self._status, groups, event.symbols, event.symbol, hint=hint))

    def on_pair_opened(self, event: PairOpened) -> None:
        """Show the ratio of two symbols over time."""
        self._pair = event.above, event.below
        self._toggle_over_time()

    def on_rule_opened(self, event: RuleOpened) -> None:
        """Show a warning in full."""
        from tui.screens.warning import WarningScreen  # noqa: PLC0415 - like the board, after the first paint

        self.push_screen(WarningScreen(self._settings.keys, self._status, event.names, event.place))

    def on_acknowledge(self, event: Acknowledge) -> None:
        """See `Herald`."""
        self._herald.acknowledge(event.warning)

    def on_mute(self, event: Mute) -> None:
        """See `Herald`."""
        self._herald.mute(event.warning)

    def on_remarked(self, event: Remarked) -> None:
        """See `Herald`."""
        self._herald.say(event.text)

    async def on_event(self, event: events.Event) -> None:
        """A key takes away what was told; what it asks for may tell something else."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._herald.read()
        await super().on_event(event)

    def on_snapshot_arrived(self, event: SnapshotArrived) -> None:
        """Show it, or keep it while the display is held."""
        self._latest = event.snapshot
        self._failure = None
        settled, self._settled = self._settled, lambda: None
        settled()
        if self._universe:
            universe, self._universe = self._universe, ""
            self._hands.load_universe(universe, event.snapshot.source.feed)
        self._write_note_of_the_day(event.snapshot)
        self._traveller.refreshed(event.snapshot)
        self._show(replace(self._status, failure=""))
        self._herald.look()

    def on_problem_arrived(self, event: ProblemArrived) -> None:
        """Say it in the header; the last good snapshot stays on the screen."""
        if self._latest is EMPTY:
            self._failure = NoDataError(event.problem.text)
        self._show(replace(self._status, failure=clean(event.problem.text, 400)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only commands that work on the present screen take their keys."""
        if action != "command":
            return True
        here = self.screen.name or ""
        if self._traveller.past is not None and any(command in parameters for command in commands.PRESENT):
            return False
        return any(command.id in parameters and here in command.where for command in commands.registry())

    def action_command(self, command: str) -> None:
        """Run a command of the registry."""
        if command == "go_to_date":
            self._ask_date()
        elif not self._traveller.run(command):
            self._run(command)

    def _run(self, command: str) -> None:
        """Run a command that is not about time."""
        match command:
            case "quit":
                self.exit(return_code=exit_code(self._failure))
            case "help":
                self._toggle_help()
            case "over_time":
                self._toggle_over_time()
            case "problems":
                self._toggle_problems()
            case "note" if not isinstance(self.screen, Overlay):
                self._open_note()
            case _ if self._hands.run(command, self._board, self._status.snapshot):
                pass
            case "refresh":
                self._bridge.refresh_now()
            case "pause":
                self._show(replace(self._status, paused=not self._status.paused))
            case "faster" | "slower":
                self._change_pace(faster=command == "faster")
            case _ if isinstance(self.screen, Overlay) and command not in commands.WINDOWS:
                self.screen.run_command(command)
            case _ if self._board is not None:
                self._board.run_command(command)
                self._share_window(self._board.window)

    def _share_window(self, window: str) -> None:
        """Show the window of the board on the screen over it."""
        if self._over_time is not None:
            self._over_time.window = window
        if isinstance(self.screen, Overlay):
            self.screen.show_window(window)

    def action_cancel(self) -> None:
        """Escape on the board: stop the work under way, else show every row again."""
        if not self._hands.cancel() and self._board is not None:
            self._board.clear_filter()

    @property
    def theme_names(self) -> list[str]:
        """The themes, in the order of the key that steps through them."""
        return [theme.name for theme in self._themes]

    def offered(self) -> Iterable[Entry]:
        """What the palette offers over the screen below it."""
        here = self.screen_stack[-2].name or ""
        return self._hands.offered(here, self._board, self._status.snapshot)

    def _no_members(self) -> str:
        key = commands.key_of("universe", self._settings.keys) or commands.key_of("palette", self._settings.keys)
        told = _("To see its members choose a universe: {key} on the board, or start with --universe sp500")
        return told.format(key=key)

    def _show_page(self, title: str, text: str) -> None:
        from tui.screens.page import PageScreen  # noqa: PLC0415 - like the board, after the first paint

        self.push_screen(PageScreen(self._settings.keys, self._status, title, text))

    def _adopt(self, settings: Settings) -> None:
        self._settings = settings

    def _change_pace(self, *, faster: bool) -> None:
        """Refresh more or less often, and say how often: a full header has no room for it."""
        pace = self._bridge.change_pace(faster=faster)
        if pace is not None:
            self._herald.say(_("a refresh every {seconds:.0f} s").format(seconds=pace))
        self._show(self._status)

    def _fatal_error(self) -> None:
        """Textual would print a traceback after a defect of ours; `run` raises it for the command line instead."""
        self._close_messages_no_wait()

    def _toggle_help(self) -> None:
        if isinstance(self.screen, HelpScreen):
            self.pop_screen()
            self._show(self._status)
        else:
            self.push_screen(HelpScreen(self._settings.keys, self._status, self.screen.name or commands.BOARD))

    def _toggle_problems(self) -> None:
        from tui.screens.problems import ProblemsScreen  # noqa: PLC0415 - like the board, after the first paint

        if isinstance(self.screen, ProblemsScreen):
            self.pop_screen()
        else:
            self.push_screen(ProblemsScreen(self._settings.keys, self._status))

    def _write_note_of_the_day(self, snapshot: Snapshot) -> None:
        """Where its hour has come; one that fails is due again at the next refresh."""
        path = None if self._frozen else notes.due(snapshot, self._settings)
        if path is not None:
            settings = self._settings
            self.post_message(Asked(NOTE_OF_THE_DAY, lambda source: notes.save(snapshot, settings, source, path), self))

    def on_answered(self, event: Answered) -> None:
        """Say what became of the note of the day; all else was asked for by the herald."""
        if event.kind in travel.KINDS:
            self._traveller.answered(event)
        elif event.kind == BASIS:
            self._hands.answered(event)
        elif event.kind != NOTE_OF_THE_DAY:
            self._herald.answered(event)
        elif event.failure:
            self.on_problem_arrived(ProblemArrived(Problem("report", None, event.failure)))
        else:
            self._herald.say(_("the note of the day is written: {file}").format(file=event.answer))

    def _ask_date(self) -> None:
        from tui.screens.go_to_date import GoToDateScreen  # noqa: PLC0415 - likewise

        self.push_screen(GoToDateScreen(), self._traveller.go)

    def _open_note(self) -> None:
        from tui.screens.note import NoteScreen  # noqa: PLC0415 - likewise

        settings = self._settings
        self.push_screen(
            NoteScreen(
                settings.keys,
                self._status,
                write=lambda snapshot, width: lambda _source: notes.text(snapshot, settings, width),
                save=lambda snapshot: lambda source: notes.save(snapshot, settings, source),
            )
        )

    def _toggle_over_time(self) -> None:
        from tui.screens.over_time import OverTimeScreen  # noqa: PLC0415 - like the board, after the first paint

        if self._over_time is not None:
            self._pair = self._over_time.pair
            self.pop_screen()
            self._over_time = None
        elif self._board is not None:
            self._over_time = OverTimeScreen(self._settings.keys, self._status, self._board.window, self._pair)
            self.push_screen(self._over_time)

    def _mark(self, applied: Callable[[Snapshot], Snapshot]) -> None:
        """Show in every snapshot there is what was said of the warnings, or what was not sent."""
        self._stored, self._latest = applied(self._stored), applied(self._latest)
        self._status = replace(self._status, snapshot=applied(self._status.snapshot))
        self._show(self._status)

    def _show(self, status: Status) -> None:
        """Show this status, with the newest snapshot unless the display is held, or shows the past."""
        past = self._traveller.past
        status = replace(status, past=past, paused=status.paused and past is None)
        held = status.paused and self._status.paused
        snapshot = past.snapshot if past else self._status.snapshot if held else self._latest
        stored = snapshot is self._stored and snapshot is not EMPTY
        self._status = replace(status, snapshot=snapshot, stored=stored, next_run=self._bridge.next_run)
        if snapshot is not EMPTY:
            self._show_board(snapshot)
        screen = self.screen
        if isinstance(screen, (OpeningScreen, HelpScreen)):
            screen.status = self._status
        if self._over_time is not None:
            self._over_time.status = self._status
        for overlay in self.screen_stack:
            if isinstance(overlay, Overlay):
                overlay.status = self._status

    def _show_board(self, snapshot: Snapshot) -> None:
        """Show the board with this snapshot; it comes at the first one, under the help where that is open."""
        if self._board is None:
            self._board = self._new_board()
        self._board.snapshot = snapshot
        self._board.status = self._status
        if isinstance(self.screen, OpeningScreen):
            self.push_screen(self._board)

    def _new_board(self) -> BoardScreen:
        from tui.screens.board import Beginning, BoardScreen  # noqa: PLC0415 - the panes cost time before the first paint

        return BoardScreen(
            self._settings.keys,
            self._groups(),
            window=self._memory.window,
            flash=self._settings.screen.flash,
            size=self.size,
            begin=Beginning(self._memory.kept.active, self._memory.kept.zoomed, self._memory.restore),
        )

    def _groups(self) -> dict[str, str]:
        """The watched groups, id and title, in screen order."""
        from core.universe import build  # noqa: PLC0415 - like the board

        return {group.id: group.title for group in build(self._settings).groups}


def exit_code(failure: Exception | None) -> int:
    """The exit code of the tree in `core.errors`; 1 for a defect."""
    if failure is None:
        return 0
    return failure.exit_code if isinstance(failure, TapeboardError) else 1
