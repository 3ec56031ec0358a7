"""What the hands of the user can ask for beyond a single pane: palette, universe, basis, exports, long work.

One of these belongs to one application; what needs the engine goes through the bridge, what takes long through the
workshop, and what is to be chosen through a dialog.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import TapeboardError
from core.i18n import _
from core.settings import CORE, Basis, Settings
from core.snapshot import RANK_WINDOWS, Snapshot
from tui.asking import told
from tui.errands import Reopen, backtested, fetched
from tui.memory import on_basis, with_universe
from tui.messages import Answered, Asked
from tui.status import Work
from tui.work import Workshop

if TYPE_CHECKING:
    from textual.app import App
    from textual.timer import Timer

    from tui.bridge import Bridge
    from tui.herald import Herald
    from tui.palette import Entry
    from tui.screens.board import BoardScreen
    from tui.screens.dialog import Option
    from tui.source import AwaitSource, SnapshotSource
    from tui.widgets.pane import Pane

BASIS: Final = "basis"
"""The kind of our question."""

SLOW: Final = 0.5
"""Seconds after which it is told that a basis is still being computed."""


class Hands:
    """Runs those commands of the registry; `settings` are the ones in force."""

    def __init__(
        self,
        app: App[None],
        bridge: Bridge,
        settings: Settings,
        *,
        herald: Herald,
        themes: Sequence[str],
        reopen: Reopen | None,
        show_work: Callable[[Work | None], None],
        show_text: Callable[[str, str], None],
        adopt: Callable[[Settings], None],
    ) -> None:
        """`adopt` is called with the settings that come into force; without `reopen` the universe stays.

        `show_work` shows what is under way, None when it has ended, `show_text` a page under a title.
        """
        self._app = app
        self._bridge = bridge
        self._say, self._complain = herald.say, herald.complain
        self._reopen = reopen
        self._adopt = adopt
        self._themes = themes
        self._show_text = show_text
        self._next_universe = ""
        self._waiting: Timer | None = None
        self._first_basis = settings.metrics.basis
        self._work = Workshop(show_work, self._say, self._complain)
        self.settings = settings

    def run(self, command: str, board: BoardScreen | None, snapshot: Snapshot) -> bool:
        """Do what a command asks for, if it is one of ours; without a board few are."""
        match command:
            case "palette":
                self._open_palette()
            case "theme_next":
                self._app.theme = self._themes[(self._themes.index(self._app.theme) + 1) % len(self._themes)]
            case _ if board is None:
                return False
            case "basis":
                self.show_basis("px" if self.settings.metrics.basis == "tr" else "tr")
            case "universe":
                self._choose_universe(snapshot)
            case "export":
                self._export(board.panes[board.active], snapshot)
            case "export_screen":
                self._export_screen(snapshot)
            case "fetch":
                self._work.begin(_("fetching"), partial(fetched, self.settings), self._fetched)
            case "backtest":
                title = _("Backtest")
                self._work.begin(title, partial(backtested, self.settings), partial(self._show_text, title))
            case _:
                return False
        return True

    def show_basis(self, basis: Basis) -> None:
        """Show returns on this basis, everywhere; what is shown stays until the answer comes."""
        line = {"tr": _("computing returns with dividends …"), "px": _("computing returns of prices only …")}[basis]
        self._hear()
        self._waiting = self._app.set_timer(SLOW, lambda: self._say(line))
        self._app.post_message(Asked(BASIS, lambda source: _moved(source, basis), self._app))

    def prepare(self, source: SnapshotSource) -> None:
        """Let a source that was opened with the first settings show what is in force by now."""
        if self.settings.metrics.basis != self._first_basis:
            source.show_basis(self.settings.metrics.basis)

    def load_universe(self, universe: str, serving: str) -> None:
        """Go over to the members of another universe, where so named a feed serves now."""
        if self._reopen is None or universe == self.settings.universe.breadth:
            return
        if not self._work.title:
            self._next_universe = universe
        settings = with_universe(self.settings, universe)
        self._work.begin(
            _loading(universe),
            partial(self._reopen, settings, serving),
            lambda opened: self._take(settings, *opened),
            drop=lambda opened: self._bridge.leave(opened[0]),
        )

    def wanted(self) -> str:
        """The universe that is in force, or is being loaded."""
        under_way = self._work.title == _loading(self._next_universe)
        return self._next_universe if under_way else self.settings.universe.breadth

    def answered(self, event: Answered) -> None:
        """The basis is another now, or why it is not."""
        self._hear()
        if event.failure or not isinstance(event.answer, str):
            self._complain(event.failure)
        else:
            self._use(on_basis(self.settings, "px" if event.answer == "px" else "tr"))

    def _hear(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None

    def cancel(self) -> bool:
        """Stop the work under way; whether there was any."""
        return self._work.cancel()

    def close(self) -> None:
        """Leave the work under way behind."""
        self._work.close()

    def offered(self, here: str, board: BoardScreen | None, snapshot: Snapshot) -> Iterator[Entry]:
        """What the palette offers over the screen `here`."""
        from tui import palette  # noqa: PLC0415 - Textual's palette costs time before the first paint

        keys, app = self.settings.keys, self._app
        yield from palette.of_commands(here, keys, lambda command: app.call_later(app.run_action, _action(command)))
        if board is not None and here == board.name:
            yield from palette.of_symbols(snapshot, board.go_to)
            windows = {window: window for window in RANK_WINDOWS}
            yield from palette.of_names(_("Rank by {name}"), windows, board.show_window)
            if self._reopen is not None:
                names = {option.key: option.name for option in universes(self.settings)}
                load = partial(self.load_universe, serving=snapshot.source.feed)
                yield from palette.of_names(_("Universe {name}"), names, load)
        named = {name: name.removeprefix("tapeboard-") for name in self._themes}
        yield from palette.of_names(_("Theme {name}"), named, partial(setattr, app, "theme"))

    def _open_palette(self) -> None:
        from tui.palette import Palette  # noqa: PLC0415 - Textual's palette costs time before the first paint

        self._app.push_screen(Palette())

    def _take(self, settings: Settings, source: SnapshotSource, successor: AwaitSource) -> None:
        self._use(settings)
        self._bridge.supersede(source, successor)

    def _use(self, settings: Settings) -> None:
        self.settings = settings
        self._adopt(settings)

    def _choose_universe(self, snapshot: Snapshot) -> None:
        here = self.settings.universe.breadth
        if self._reopen is None:
            self._say(_("this run keeps its universe: start again with --universe NAME"))
            return
        load = partial(self.load_universe, serving=snapshot.source.feed)
        self._choose(_("Universe"), universes(self.settings), load, here)

    def _export(self, pane: Pane, snapshot: Snapshot) -> None:
        from tui import exports  # noqa: PLC0415 - like the dialog

        def export(choice: str) -> None:
            form, _space, target = choice.partition(" ")
            made = exports.exported(pane.tab.name, pane.listed(), snapshot, pane.filter, exports.FORM[form])
            self._put(made, pane.COMMAND.removeprefix("pane_"), snapshot, form, target)

        self._choose(_("Export {pane}").format(pane=pane.tab.name), list(exports.options()), export)

    def _export_screen(self, snapshot: Snapshot) -> None:
        from tui import exports  # noqa: PLC0415 - like the dialog

        made = {exports.SVG: self._app.export_screenshot(title="Tapeboard"), exports.TEXT: _characters(self._app)}

        def export(choice: str) -> None:
            form, _space, target = choice.partition(" ")
            self._put(made[form], "screen", snapshot, form, target)

        self._choose(_("Export the screen"), list(exports.screen_options()), export)

    def _put(self, made: str, stem: str, snapshot: Snapshot, form: str, target: str) -> None:
        """Write what was made, or copy it, and say where it went."""
        from tui import exports  # noqa: PLC0415 - like the dialog

        if target == exports.CLIPBOARD:
            self._app.copy_to_clipboard(made)
            self._say(_("copied, {count} lines, if your terminal lets programs copy").format(count=made.count("\n")))
            return
        try:
            path: Path = exports.save(made, stem, snapshot, form)
        except TapeboardError as error:
            self._complain(told(error))
        else:
            self._say(_("written: {file}").format(file=path))

    def _choose(self, title: str, options: Sequence[Option], take: Callable[[str], object], here: str = "") -> None:
        from tui.screens.dialog import Chooser  # noqa: PLC0415 - like the board, after the first paint

        def taken(choice: str | None) -> None:
            if choice is not None:
                take(choice)

        self._app.push_screen(Chooser(title, options, here=here), taken)

    def _fetched(self, report: str) -> None:
        self._say(report)
        self._bridge.refresh_now()


def universes(settings: Settings) -> list[Option]:
    """The universes that can be chosen, and what each is and needs."""
    from core.membership import RUSSELL, available  # noqa: PLC0415 - the lists are needed when somebody asks
    from tui.screens.dialog import Option  # noqa: PLC0415 - like the board, after the first paint

    built_in = {
        CORE: _("the funds and indices alone; nothing more to load"),
        "sp500": _("S&P 500: some 500 members, a list of today"),
        "sp600": _("S&P SmallCap 600: some 600 members, a list of today"),
        "nasdaq100": _("Nasdaq 100: some 100 members, a list of today"),
        RUSSELL: _("Russell 2000: the holdings file of IWM, and some 2,000 members"),
    }
    if RUSSELL not in available(settings):
        built_in[RUSSELL] = _("Russell 2000: needs the file of IWM under [holdings] in config.toml")
    for name, entry in settings.universes.items():
        what = entry.title or entry.file or _("{n} symbols").format(n=len(entry.symbols))
        built_in[name] = _("your own: {what}").format(what=what)
    return [Option(name, name, about) for name, about in built_in.items()]


def _loading(universe: str) -> str:
    return _("loading {universe}").format(universe=universe)


def _moved(source: SnapshotSource, basis: Basis) -> str:
    source.show_basis(basis)
    return basis


def _action(command: str) -> str:
    return f"app.command('{command}')"


def _characters(app: App[None]) -> str:
    """What stands on the terminal, without colours."""
    strips = app.screen._compositor.render_strips()  # noqa: SLF001 - in public Textual gives a picture only
    return "\n".join(strip.text.rstrip() for strip in strips) + "\n"
