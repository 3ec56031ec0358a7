"""All keys, and what the numbers and marks mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Static

from core.i18n import _
from tui.commands import HELP, moves, registry, shown
from tui.status import Status
from tui.widgets.footer import Footer
from tui.widgets.header import Header


class HelpScreen(Screen[None], inherit_bindings=False):
    """A page to scroll through, under the header of the board."""

    ALLOW_SELECT = False
    CSS_PATH: ClassVar[CSSPathType | None] = "../styles/help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "app.command('help')", show=False)]

    status: var[Status] = var(Status(), init=False)
    """What the header tells."""

    def __init__(self, keys: Mapping[str, str], status: Status) -> None:
        super().__init__(name=HELP)
        self._keys = keys
        self._header = Header(id="header")
        self.set_reactive(HelpScreen.status, status)

    def compose(self) -> ComposeResult:
        """The header, the page and the footer."""
        yield self._header
        with VerticalScroll(id="page"):
            for title, entries in _sections(self._keys):
                yield Static(title, classes="help-title", markup=False)
                yield Static(_table(entries), classes="help-text")
        yield Footer(HELP, self._keys)

    def on_mount(self) -> None:
        """Tell what is known; let the arrow keys scroll."""
        self.watch_status()
        self.query_one("#page").focus()

    def watch_status(self) -> None:
        """Tell it in the header."""
        self._header.show_status(self.status)


def _sections(keys: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Titles with their entries: a key or a word, and what it means."""
    commands = [(shown(command, keys), command.help) for command in registry() if shown(command, keys)]
    return [
        (_("Keys"), [*commands, *moves()]),
        (
            _("Leadership"),
            [
                ("#  Δ", _("rank in its group, and places gained in 21 sessions")),
                ("1s … 252s", _("change over so many sessions: %, yields bp, volatility points")),
                ("tr  px", _("with dividends, or prices only; 1s is always prices only")),
                ("vs 20d", _("distance from the 20-session average, %")),
                ("vs hi", _("distance from the highest close of 252 sessions, %")),
                ("RSI  vol %", _("RSI of 14 sessions; yearly volatility")),
                ("60 s", _("the closes of 60 sessions, from lowest to highest")),
            ],
        ),
        (
            _("Sectors"),
            [
                ("● ◐ ○", _("cyclical, sensitive, defensive in the scheme named")),
                ("#5s #21s #63s", _("rank among the sectors")),
                ("RRG-style", _("strength against SPY and its momentum, own formula")),
                ("z21", _("21-session spread in units of its deviation")),
                (_("persistence"), _("rank correlation of the order now and 21 sessions ago")),
            ],
        ),
        (
            _("Breadth and Cross-asset"),
            [
                (_("now  1s"), _("the value in the unit of its name, and its change since the session before")),
                ("252 s", _("its course over the year, from lowest to highest; every sixth session")),
                (_("pct"), _("its percentile among the 252 sessions; in colour near either end")),
            ],
        ),
        (
            _("Marks"),
            [
                ("≈", _("provisional: the session is not over")),
                ("≥", _("at least since then: the data begin there")),
                ("*", _("judged on a part of its inputs")),
                ("—", _("cannot be computed; never a zero")),
                ("● ◐ ◑ ○", _("the exchange: open, pre-market, after hours, closed; prices are bold while it is open")),
                ("d", _("delayed: a quote more than 15 minutes older than the look at it")),
                ("†", _("of an earlier session than the one expected: not ranked")),
            ],
        ),
    ]


def _table(entries: Sequence[tuple[str, str]]) -> Content:
    """Two columns: what is explained, and the explanation."""
    width = max(cell_len(word) for word, _meaning in entries)
    lines = [
        Content.assemble((word + " " * (width - cell_len(word)), "$accent"), "   ", meaning)
        for word, meaning in entries
    ]
    return Content("\n").join(lines)
