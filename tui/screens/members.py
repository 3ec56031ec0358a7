"""The members of a sector: gainers and losers, how far they are from average and high, and what they brought.

They are asked for (`tui.asking`) at every new snapshot. Enter opens a member, `d` the fund of the sector itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.types import CSSPathType

from core.i18n import _
from core.series import MemberRow, SectorMembers
from core.snapshot import EMPTY, RANK_WINDOWS
from tui import format as fmt
from tui.commands import MEMBERS
from tui.messages import Answered, Asked, Opened
from tui.panes import cells
from tui.screens.overlay import Overlay
from tui.status import Status
from tui.widgets.line import Line, Piece, piece
from tui.widgets.live_table import Cell, Column, LiveTable, TableRow
from tui.widgets.table_model import span
from tui.widgets.title import TitleLine

NAME: Final = 12
"""The cells of a name at least; at most it gets what the longest takes."""
SCROLLBAR: Final = 1
GAINERS, LOSERS, LEVEL = "gainers", "losers", "level"
ABSENT: Final = "absent "
RULE: Final = piece("─", style="rule", gap=1)
RISING: Final = frozenset({"symbol", "name"})
"""Columns that are sorted from their smallest value first."""


class MembersScreen(Overlay):
    """The members in the sector of `fund`."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["../styles/table.tcss", "../styles/symbol.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("d", "fund", show=False)]

    window: var[str] = var("63s", init=False)
    """The window that parts gainers from losers, the same everywhere."""

    def __init__(self, keys: Mapping[str, str], status: Status, fund: str, window: str, *, flash: bool) -> None:
        super().__init__(MEMBERS, keys, status)
        self.set_reactive(MembersScreen.window, window)
        self.fund = fund
        self.table = LiveTable()
        self.table.flash_enabled = flash
        self.table.sort_by(window, reverse=True)
        self._title, self._caption = TitleLine(), Line(id="caption")
        self._members: SectorMembers | None = None
        self._failure = ""
        self._told = EMPTY

    def compose(self) -> ComposeResult:
        """The title over the table, what list it is below."""
        yield self.header
        yield self._title
        yield self.table
        yield self._caption
        yield self.footer

    def on_mount(self) -> None:
        """Ask who they are."""
        self.table.focus()
        self.show_members()
        self.watch_status()

    def watch_status(self) -> None:
        """Tell it in the header; with a new snapshot prices have moved."""
        super().watch_status()
        if self.status.snapshot is not self._told:
            self._told = self.status.snapshot
            fund, at = self.fund, self._told.session
            self.post_message(Asked("members", lambda source: source.members(fund, at), self))

    def watch_window(self) -> None:
        """Part gainers from losers by another window, the best first."""
        self.table.sort_by(self.window, reverse=True)
        self.show_members()

    def on_answered(self, event: Answered) -> None:
        """Show who they are, or why nobody is there."""
        if isinstance(event.answer, SectorMembers):
            self._members = event.answer
        self._failure = event.failure
        self.show_members()

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        """Open a member, among all in their present order."""
        event.stop()
        self.post_message(Opened(event.key, [row.key for _section, row in self.table.rows()]))

    def on_live_table_sort_requested(self, event: LiveTable.SortRequested) -> None:
        """The title names the order."""
        event.stop()
        self._show_lines()

    def show_window(self, window: str) -> None:
        """See `Overlay`."""
        self.window = window

    def run_command(self, command: str) -> None:
        """See `Overlay`."""
        match command:
            case "sort_next":
                self.table.sort_next()
                if self.table.sort_key is not None and self.table.sort_key not in RISING:
                    self.table.sort_by(self.table.sort_key, reverse=True)
            case "sort_reverse":
                self.table.sort_turn()

    def action_fund(self) -> None:
        """Open the fund of the sector itself, among those of all sectors."""
        self.post_message(Opened(self.fund, [row.symbol for row in self.status.snapshot.sectors] or [self.fund]))

    def show_members(self) -> None:
        """Fill the table, the title and the line below."""
        columns = self._columns()
        rows = self._members.rows if self._members else ()
        spare = max((cell_len(row.name) for row in rows), default=NAME) - NAME
        self.table.styles.max_width = span(columns) + max(0, spare) + SCROLLBAR  # no gap before the numbers
        self.table.set_columns(columns)
        self.table.set_rows(
            [_table_row(row, self.window, level) for row, level in zip(rows, _levels(rows), strict=True)],
            sections=_sections(rows, self.window),
        )
        self._show_lines()

    def _columns(self) -> Sequence[Column]:
        weighed = self._members is not None and bool(self._members.weights_of)
        weights = (
            Column("weight", _("wgt %"), 6, priority=2, flash=False),
            Column("brought", _("bp {window}").format(window=self.window), 7, priority=2, flash=False),
        )
        return (
            Column("symbol", _("Symbol"), 7, "left"),
            Column("name", _("Name"), NAME, "left", flex=True, priority=3),
            Column("last", _("Last"), 10),
            *(self._column(window) for window in RANK_WINDOWS),
            *(weights if weighed else ()),
            Column("sma50", _("vs 50d"), 6, priority=5, flash=False),
            Column("high", _("vs hi"), 6, priority=6, flash=False),
        )

    def _column(self, window: str) -> Column:
        """The window in force and the last session are always in view."""
        here = window == self.window
        return Column(window, window, 7, priority=0 if here or window == "1s" else 4, accent=here, flash=window == "1s")

    def _show_lines(self) -> None:
        found = self._members
        name = next((row.name for row in self.status.snapshot.sectors if row.symbol == self.fund), "")
        pieces = [RULE, piece(self.fund, style="accent", gap=1), piece(name, "", style="strong", gap=1, weight=40)]
        if found is None:
            self._title.show([*pieces, piece(self._failure or _("loading …"), style="watch")], [RULE])
            self._caption.show([])
            return
        self._title.show(
            [*pieces, *_counted(found)], [piece(*self._order(), "", style="dim", weight=20, last=45), RULE]
        )
        self._caption.show(_captions(found), [piece(_("d: the fund itself"), "", style="dim", weight=50)])

    def _order(self) -> Sequence[str]:
        """The unit, window, basis and base session, and what the rows are sorted by; longest form first."""
        snapshot = self.status.snapshot
        head, short = cells.measured(snapshot.sectors, snapshot.basis, self.window)
        title = next((column.title for column in self._columns() if column.key == self.table.sort_key), "")
        order = _("by {column}").format(column=title) if title else _("as listed")
        return f"{head} · {order}", head, short


def _counted(found: SectorMembers) -> list[Piece]:
    """Who is counted: the sector, the universe, members with a price of all."""
    where = _("{sector} of {universe}").format(sector=found.sector, universe=found.universe)
    used = _("{used} of {of} members").format(used=found.used, of=len(found.rows))
    return [
        piece(where, found.universe, weight=35),
        piece(used, f"{found.used}/{len(found.rows)}", style="" if found.used == len(found.rows) else "watch"),
        piece(fmt.day(found.session), fmt.short_day(found.session), "", style="dim", weight=25),
    ]


def _captions(found: SectorMembers) -> list[Piece]:
    """What list it is, and whose weights."""
    if found.weights_of:
        short = _("weights: {fund} {dated}").format(fund=found.weights_of, dated=found.weights_dated)
        weights = (_("{weights}, rolled; bp: brought to its return").format(weights=short), short)
    else:
        weights = (_("no weights: name a file under [holdings] in config.toml"), _("no weights"))
    return [piece(found.caption, gap=1, style="dim"), piece(*weights, style="dim", weight=60)]


def _levels(rows: Sequence[MemberRow]) -> list[str]:
    return fmt.on_point(fmt.level(row.last) for row in rows)


def _side(row: MemberRow, window: str) -> str:
    """The section of a row."""
    change = row.ret.get(window)
    if change is None:
        return ABSENT + (row.status if row.status != "ok" else "missing_input")
    return GAINERS if change > 0 else LOSERS if change < 0 else LEVEL


def _sections(rows: Sequence[MemberRow], window: str) -> dict[str, str]:
    """Titles with their counts, in order."""
    counts: dict[str, int] = {}
    for row in rows:
        side = _side(row, window)
        counts[side] = counts.get(side, 0) + 1
    titles = {
        GAINERS: _("Gainers over {window} · {n}"),
        LEVEL: _("Unchanged · {n}"),
        LOSERS: _("Losers over {window} · {n}"),
    }
    found = {side: title.format(window=window, n=counts.get(side, 0)) for side, title in titles.items()}
    for side in sorted(side for side in counts if side.startswith(ABSENT)):
        why = cells.reason(side.removeprefix(ABSENT))
        found[side] = _("No {window}: {why} · {n}").format(window=window, why=why, n=counts[side])
    return found


def _table_row(row: MemberRow, window: str, level: str) -> TableRow:
    brought = row.brought.get(window)
    found = {
        "symbol": Cell(row.symbol, "", row.symbol),
        "name": Cell(row.name, "dim", row.name),
        "last": Cell(level, "", row.last),
        **{w: cells.percent(row.ret.get(w), colour=w in ("1s", window)) for w in RANK_WINDOWS},
        "weight": cells.plain(row.weight, 2, 100),
        "brought": cells.DASH if brought is None else Cell(fmt.number(1e4 * brought, 1), "", brought),
        "sma50": cells.percent(row.dist_sma50, 1, colour=False),
        "high": cells.percent(row.dist_high_252, 1, colour=False),
    }
    if row.status in ("stale_input", "suspect") and row.session is not None:
        name = _("{day} · {name}").format(day=fmt.short_day(row.session), name=row.name)
        found |= {"last": Cell(level, "stale", row.last), "name": Cell(name, "stale", row.name)}
    return TableRow(row.symbol, found, section=_side(row, window))
