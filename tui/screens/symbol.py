"""One symbol in full: its prices as a chart, and every metric of its row, with the formula of the one at the cursor.

A watched symbol has its metrics in the snapshot; a member of the universe brings them with its detail, which is asked
for (`tui.asking`) at every new snapshot. In a narrow terminal chart and metrics take turns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import var
from textual.types import CSSPathType
from textual.widgets import Static

from core.i18n import _
from core.metrics.catalogue import Metric
from core.series import PriceSeries, SymbolDetail
from core.snapshot import EMPTY, Row, Snapshot
from tui import format as fmt
from tui.commands import SYMBOL
from tui.messages import Answered, Asked
from tui.panes import cells
from tui.screens.overlay import Overlay
from tui.screens.symbol_metrics import metric_of, metric_rows
from tui.status import Status
from tui.widgets.line import Piece, piece
from tui.widgets.live_table import Column, LiveTable, TableRow
from tui.widgets.price_chart import PriceChart, PriceLook, newest, per_candle
from tui.widgets.title import TitleLine

DETAIL: Final = "detail"
RANGES: Final = (63, 126, 252, 504)
"""The sessions that the chart can show."""
BESIDE: Final = 110
"""Columns from which on the metrics stand beside the chart."""
RULE: Final = piece("─", style="rule", gap=1)


class SymbolScreen(Overlay):
    """The detail of `symbol`, one of `symbols`."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["../styles/table.tcss", "../styles/symbol.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "back", show=False),
        Binding("left,h", "step(-1)", show=False),
        Binding("right,l", "step(1)", show=False),
        Binding("tab,shift+tab", "turn", show=False),
    ]

    symbol: var[str] = var("", init=False)
    """Whose detail is shown."""
    look: var[PriceLook] = var(PriceLook(candles=False), init=False)
    """How the prices are drawn."""
    sessions: var[int] = var(252, init=False)
    """How many of them."""

    def __init__(
        self,
        keys: Mapping[str, str],
        status: Status,
        groups: Mapping[str, str],
        symbols: Sequence[str],
        symbol: str,
        *,
        hint: str = "",
    ) -> None:
        """`groups` are the titles of the watched groups by id; `hint` is told once, below the title."""
        super().__init__(SYMBOL, keys, status)
        self.set_reactive(SymbolScreen.symbol, symbol)
        self.chart = PriceChart()
        self.table = Metrics()
        self.formula = Static(id="formula")
        self._groups = groups
        self._symbols = tuple(symbols)
        self._hint = hint
        self._title, self._below = TitleLine(), TitleLine(id="below")
        self._detail: SymbolDetail | None = None
        self._shown: PriceSeries | None = None
        self._failure = ""
        self._told: Snapshot = EMPTY
        self.formula.display = False

    def compose(self) -> ComposeResult:
        """The title over chart and metrics, the formula below the metrics."""
        yield self.header
        yield self._title
        yield Static(self._hint, id="hint", markup=False)
        with Horizontal(id="body"):
            with Vertical(id="prices"):
                yield self.chart
                yield self._below
            with Vertical(id="metrics"):
                yield self.table
                yield self.formula
        yield self.footer

    def on_mount(self) -> None:
        """Show what the snapshot has, ask for the rest."""
        self.query_one("#hint").display = bool(self._hint)
        self.table.set_columns(
            (
                Column("symbol", _("Metric"), 20, "left"),
                Column("value", _("Reading"), 10),
                Column("note", "", 12, "left", flex=True),
            )
        )
        self.table.focus()
        self.watch_symbol()
        self.watch_status()

    def on_resize(self) -> None:
        """Beside each other, or by turns."""
        beside = self.size.width >= BESIDE
        self.set_class(beside, "-beside")
        self._show_title()
        self.call_after_refresh(self._caption)  # the chart has its new size by then

    def watch_status(self) -> None:
        """Tell it in the header; a new snapshot has other numbers."""
        super().watch_status()
        if self.status.snapshot is not self._told:
            self._told = self.status.snapshot
            self._ask()
            self._show_metrics()

    def watch_symbol(self) -> None:
        """Ask for another symbol; what is known of it already is shown."""
        self._detail, self._failure = None, ""
        self._ask()
        self._show_metrics()
        self._show_chart()

    def watch_look(self) -> None:
        """Draw the prices in another way."""
        self._show_chart()

    def watch_sessions(self) -> None:
        """Draw more or fewer prices."""
        self._show_chart()

    def on_answered(self, event: Answered) -> None:
        """Show what was asked for, or why it cannot be."""
        answer = event.answer
        if isinstance(answer, SymbolDetail) and answer.symbol != self.symbol:
            return
        self._detail = answer if isinstance(answer, SymbolDetail) else None
        self._failure = event.failure
        self._show_metrics()
        self._show_chart()

    def on_live_table_row_highlighted(self) -> None:
        """Explain another metric."""
        self._show_formula()

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        """A double click explains, too."""
        event.stop()
        self.run_command("explain")

    def run_command(self, command: str) -> None:
        """See `Overlay`. What changes the chart shows it, where it takes turns with the metrics."""
        if command.startswith("price_"):
            self.remove_class("-metrics")
        match command:
            case "price_style":
                self.look = replace(self.look, candles=not self.look.candles)
            case "price_scale":
                self.look = replace(self.look, log=not self.look.log)
            case "price_range":
                self.sessions = self._next_range()
            case "explain":
                self.formula.display = not self.formula.display
                if self.formula.display:
                    self.add_class("-metrics")
                self._show_formula()

    def _next_range(self) -> int:
        """The next range that shows more; the shortest after one that shows all."""
        there = len(self._detail.prices.sessions) if self._detail else RANGES[-1]
        return next((count for count in RANGES if self.sessions < count and self.sessions < there), RANGES[0])

    def action_step(self, step: int) -> None:
        """To the next symbol of the list that this one was opened from."""
        if self.symbol in self._symbols:
            self.symbol = self._symbols[(self._symbols.index(self.symbol) + step) % len(self._symbols)]

    def action_turn(self) -> None:
        """From the chart to the metrics, where there is room for one of them only."""
        self.toggle_class("-metrics")

    def _ask(self) -> None:
        symbol, at = self.symbol, self.status.snapshot.session
        self.post_message(Asked(DETAIL, lambda source: source.detail(symbol, at), self))

    def _row(self) -> Row | None:
        """The row on the board, or that of a member."""
        snapshot = self.status.snapshot
        rows = (*snapshot.leadership, *snapshot.sectors, *snapshot.watchlist)
        watched = next((row for row in rows if row.symbol == self.symbol), None)
        return watched or (self._detail.row if self._detail else None)

    def _show_metrics(self) -> None:
        row = self._row()
        falls = self._detail.drawdowns if self._detail else None
        rows, sections = metric_rows(row, falls, self._groups, self._told.basis) if row is not None else ([], {})
        self.table.set_rows(rows, sections=sections, flash=False)
        self._show_title()
        self._show_formula()

    def _show_chart(self) -> None:
        prices = self._detail.prices if self._detail else None
        self._shown = None if prices is None else newest(prices, self.sessions)
        self.chart.show(self._shown, self.look, self._failure or _("loading …"))
        self._caption()

    def _caption(self) -> None:
        """Say below the chart what it shows."""
        count = len(self._shown.sessions) if self._shown else self.sessions
        per = per_candle(self._shown, *self.chart.size) if self._shown else 1
        candles = _("candles of {n} sessions").format(n=per) if per > 1 else _("candles")
        style = candles if self.look.candles else _("line")
        scale = _("logarithmic") if self.look.log else _("linear")
        told = _("{count} sessions · {style} · {scale} · prices only")
        text = told.format(count=count, style=style, scale=scale)
        self._below.show([], [piece(text, _("{count} sessions").format(count=count), style="dim"), RULE])

    def _show_title(self) -> None:
        row = self._row()
        pieces = [RULE, piece(self.symbol, style="accent", gap=1)]
        if row is not None:
            pieces += _now(row)
        place = _("{n} of {of}  ← →").format(n=self._symbols.index(self.symbol) + 1, of=len(self._symbols))
        turn = [] if self.has_class("-beside") else [piece(_("tab: chart or metrics"), "", style="dim", weight=15)]
        self._title.show(pieces, [*turn, piece(place, "", style="dim", weight=20), RULE])

    def _show_formula(self) -> None:
        """The definition of the metric at the cursor."""
        if not self.formula.display:
            return
        here = next((row for _section, row in self.table.rows() if row.key == self.table.cursor_key), None)
        metric = None if here is None else metric_of(here.key)
        if here is not None and metric is not None:
            self.formula.update(_explained(here, metric))


class Metrics(LiveTable, inherit_bindings=False):
    """The table of the metrics; left and right are those of the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
    ]


def _now(row: Row) -> list[Piece]:
    """Name, price and move of the day; why there is none."""
    name = piece(row.name, "", weight=30, gap=1)
    if row.last is None:
        return [name, piece(cells.reason(row.status), style="watch")]
    change = cells.change(row, "1s")
    unit = " %" if row.chg_1s is not None else ""
    move = "" if change is cells.DASH else f"{change.text}{unit}"
    session = "" if row.session is None else fmt.day(row.session)
    return [
        name,
        piece(fmt.level(row.last), style="strong"),
        piece(move, weight=60, gap=1),
        piece(session, "", style="dim", weight=10),
    ]


def _explained(row: TableRow, metric: Metric) -> Content:
    """The row in full, and its metric: name, formula, and on what it stands."""
    entries = (
        (metric.id, _(metric.name)),
        (_("formula"), _(metric.formula)),
        (_("basis"), _("{basis}, in {unit}").format(basis=_(metric.basis), unit=_(metric.unit))),
        (_("window"), _(metric.window)),
        (_("source"), _(metric.source)),
    )
    width = 2 + max(cell_len(word) for word, _text in entries)
    told = [f"{row.cells['symbol'].text}  {row.cells['value'].text}", row.cells["note"].text]
    lines = [Content.assemble((" · ".join(part for part in told if part), "bold $strong"))]
    lines += [Content.assemble((word + " " * (width - cell_len(word)), "$dim"), text) for word, text in entries]
    return Content("\n").join(lines)
