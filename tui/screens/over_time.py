"""Leadership over time: who led on every session of the past year, and below it the ratio of any two symbols.

Both stand on the same sessions, one over the other. What is shown is asked for (`tui.asking`), anew with every
snapshot; until the answer comes the last one stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from msgspec import UNSET
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.screen import Screen
from textual.types import CSSPathType

from core.i18n import _
from core.series import Leaders, RatioSeries
from core.snapshot import EMPTY, Snapshot
from tui.commands import OVER_TIME
from tui.messages import Answered, Asked
from tui.status import Status, looked_at
from tui.widgets.footer import Footer
from tui.widgets.header import Header
from tui.widgets.leader_strip import LeaderStrip, lines
from tui.widgets.line import piece
from tui.widgets.ratio_chart import RatioChart
from tui.widgets.title import TitleLine

LEADERS, RATIO = "leaders", "ratio"
FIRST_PAIR: Final = ("IWM", "SPY")
RULE: Final = piece("─", style="rule", gap=1)


class OverTimeScreen(Screen[None], inherit_bindings=False):
    """The strip of leaders of one group, and the ratio chart of one pair."""

    ALLOW_SELECT = False
    CSS_PATH: ClassVar[CSSPathType | None] = "../styles/over_time.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.command('over_time')", show=False),
        Binding("left,h", "symbol(0, -1)", show=False),
        Binding("right,l", "symbol(0, 1)", show=False),
        Binding("up,k", "symbol(1, -1)", show=False),
        Binding("down,j", "symbol(1, 1)", show=False),
        Binding("space", "pair", show=False),
        Binding("tab", "group(1)", show=False),
        Binding("shift+tab", "group(-1)", show=False),
    ]

    status: var[Status] = var(Status(), init=False)
    """What the header tells; its snapshot names the symbols."""
    window: var[str] = var("63s", init=False)
    """The window that says who leads."""
    pair: var[tuple[str, str]] = var(FIRST_PAIR, init=False)
    """The symbols of the ratio."""

    def __init__(
        self, keys: Mapping[str, str], status: Status, window: str, pair: tuple[str, str] | None = None
    ) -> None:
        """`pair` is the first pair, None for small over large."""
        super().__init__(name=OVER_TIME)
        self.set_reactive(OverTimeScreen.status, status)
        self.set_reactive(OverTimeScreen.window, window)
        self.set_reactive(OverTimeScreen.pair, pair or FIRST_PAIR)
        self.strip = LeaderStrip()
        self.chart = RatioChart()
        self._header = Header(id="header")
        self._footer = Footer(OVER_TIME, keys)
        self._above, self._below = TitleLine(), TitleLine()
        self._leaders: tuple[Leaders, ...] = ()
        self._group = 0
        self._told = EMPTY

    def compose(self) -> ComposeResult:
        """The header, strip and chart under a title each, the footer."""
        yield self._header
        yield self._above
        yield self.strip
        yield self._below
        yield self.chart
        yield self._footer

    def on_mount(self) -> None:
        """Ask for everything."""
        self._show_leaders(_("loading …"))
        self.chart.show(None, _("loading …"))
        self.watch_status()

    def watch_status(self) -> None:
        """Tell it in the header; a new snapshot may have other leaders and ratios."""
        self._header.show_status(self.status)
        self._footer.show_time(past=self.status.past is not None)
        if self.status.snapshot is not self._told:
            self._told = self.status.snapshot
            self._show_ratio_title()
            self.watch_window()
            self.watch_pair()

    def watch_window(self) -> None:
        """Ask who led by this window."""
        window, at = self.window, looked_at(self.status.snapshot)
        self.post_message(Asked(LEADERS, lambda source: source.leaders(window, at), self))

    def watch_pair(self) -> None:
        """Ask for the ratio of this pair."""
        (above, below), at = self.pair, looked_at(self.status.snapshot)
        self.post_message(Asked(RATIO, lambda source: source.ratio(above, below, at), self))

    def on_answered(self, event: Answered) -> None:
        """Show what was asked for, or why it cannot be."""
        if isinstance(event.answer, RatioSeries):
            self.chart.show(event.answer)
        elif event.kind == RATIO:
            self.chart.show(None, event.failure)
        else:
            self._leaders = event.answer if isinstance(event.answer, tuple) else ()
            self._show_leaders(event.failure)

    def action_group(self, step: int) -> None:
        """Show the leaders of another ranked group."""
        self._group += step
        self._show_leaders()

    def action_symbol(self, place: int, step: int) -> None:
        """Take the next symbol above (0) or below (1) the line of the ratio, never one over itself."""
        symbols = [symbol for symbol in _symbols(self.status.snapshot) if symbol != self.pair[1 - place]]
        here = self.pair[place]
        if not symbols:
            return
        at = symbols.index(here) if here in symbols else -max(step, 0)
        chosen = symbols[(at + step) % len(symbols)]
        self.pair = (chosen, self.pair[1]) if place == 0 else (self.pair[0], chosen)

    def action_pair(self) -> None:
        """Take the next of the pairs whose spreads the snapshot has."""
        pairs = [(above, below) for above, _dash, below in (s.id.partition("-") for s in self.status.snapshot.spreads)]
        if pairs:
            self.pair = pairs[(pairs.index(self.pair) + 1) % len(pairs) if self.pair in pairs else 0]

    def _show_leaders(self, words: str = "") -> None:
        shown = self._leaders[self._group % len(self._leaders)] if self._leaders else None
        self.strip.show(shown, words or _("no group is ranked"))
        name = [RULE, piece(_("Who led"), style="strong", gap=1)]
        if shown is not None:
            self.strip.styles.height = lines(shown)
            basis = "px" if shown.window == "1s" else self._told.basis
            name += [piece(shown.group, style="accent"), piece(_("by {window}").format(window=shown.window))]
            name.append(piece(basis, style="dim", gap=1))
        told = _("height and %: share of its sessions led"), _("height, %: sessions led")
        keys = piece(_("tab: other groups"), "", style="dim", weight=30)
        self._above.show(name, [piece(*told, "", style="dim", weight=40), keys, RULE])

    def _show_ratio_title(self) -> None:
        told = _("← → first symbol · ↑ ↓ second · space: usual pairs")
        name = [RULE, piece(_("Ratio"), style="strong", gap=1), piece(self._told.basis, style="dim")]
        self._below.show(name, [piece(told, "", style="dim"), RULE])


def _symbols(snapshot: Snapshot) -> list[str]:
    """The symbols that have returns, in screen order, each once."""
    rows = (*snapshot.leadership, *snapshot.sectors, *snapshot.watchlist)
    return list(dict.fromkeys(row.symbol for row in rows if row.ret is not UNSET))
