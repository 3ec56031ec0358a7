"""Who leads: every symbol but the sectors, in its group, ranked by the window in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from core.i18n import _
from core.snapshot import RANK_WINDOWS, Row, Snapshot, Spread
from tui import format as fmt
from tui.messages import Opened, PairOpened
from tui.panes import cells, extras
from tui.widgets.live_table import Cell, Column, LiveTable, TableRow
from tui.widgets.pane import TablePane

SPREADS = "spreads"
"""The section of the spreads of two funds."""

ABSENT = "absent "
"""Prefix of the sections of symbols without any price, one section for each reason."""


class LeadershipPane(TablePane):
    """The rows of `leadership` and `watchlist`; `groups` maps the ids of the groups to their titles, in order."""

    COMMAND = "pane_leadership"
    RISING: ClassVar[frozenset[str]] = frozenset({"rank", "symbol", "name"})

    def __init__(self, key: str, groups: Mapping[str, str], *, flash: bool = True) -> None:
        super().__init__(_("Leadership"), key, short=_("Leaders"), flash=flash)
        self._groups = groups
        self._fillers = extras.fillers(None)
        self.table.sort_by("rank")

    def slices(self, snapshot: Snapshot) -> tuple[object, ...]:
        """See `TablePane`."""
        return snapshot.leadership, snapshot.watchlist, snapshot.spreads

    def columns(self) -> Sequence[Column]:
        """See `TablePane`. The window in force, the last session and the sparkline are always in view."""
        last = max([9, *(len(price.text) for price in self._prices())])
        windows = [
            Column(w, w, 7, priority=0 if w in ("1s", self.window) else 4, accent=w == self.window, unit=extras.MIXED)
            for w in RANK_WINDOWS
        ]
        return (
            Column("rank", "#", 3),
            Column("climb", "Δ", 3, priority=2),
            Column("symbol", _("Symbol"), 7, "left"),
            Column("name", _("Name"), 12, "left", flex=True, priority=3),
            Column("last", _("Last"), last, unit="quote currency; yields in percent"),
            *windows,
            Column("sma20", _("vs 20d"), 6, priority=6, unit=extras.FRACTION),
            Column("high", _("vs hi"), 6, priority=5, unit=extras.FRACTION),
            Column("rsi", _("RSI"), 4, priority=7, unit="number"),
            Column("vol", _("vol %"), 5, priority=8, unit=extras.FRACTION),
            Column("time", _("Time"), 5, priority=9, unit=extras.INSTANT),
            Column("spark", _("60 s"), cells.spark_width(self.room), priority=1, drawn=True),
        )

    def more(self) -> Sequence[Column]:
        """See `TablePane`."""
        return extras.columns()

    def meanings(self) -> Mapping[str, str]:
        """See `TablePane`."""
        windows = {w: _("change over {window}: %, yields bp, volatility points").format(window=w) for w in RANK_WINDOWS}
        own = {
            "rank": _("rank in its group by the window in force"),
            "climb": _("places gained in 21 sessions"),
            "last": _("last price, or level"),
            "spark": _("the closes of 60 sessions"),
        }
        return extras.meanings() | own | windows

    def rows(self) -> tuple[Sequence[TableRow], Mapping[str, str]]:
        """See `TablePane`. Symbols without a price stand at the end, by reason."""
        rows, self._fillers = self._symbols(), extras.fillers(self.chosen)
        here = [(row, price) for row, price in zip(rows, self._prices(), strict=True) if row.last is not None]
        absent = [row for row in rows if row.last is None]
        titles = [(group, _title(title, group, rows)) for group, title in self._groups.items()]
        sections = dict([*titles[:1], (SPREADS, _("Spreads, percentage points")), *titles[1:]])
        for row in absent:
            why = cells.reason(row.status)
            sections[ABSENT + why] = _("No data: {why}").format(why=why)
        spreads = (self._spread(spread) for spread in self.snapshot.spreads if spread.s5 is not None)
        return [*(self._row(row, price) for row, price in here), *spreads, *map(_absent_row, absent)], sections

    def info(self) -> tuple[str, ...]:
        """See `TablePane`: window, basis, base session, order."""
        ranked = (self.table.sort_key, self.table.sort_reverse) == ("rank", False)
        order = _("by rank") if ranked else self.order(_("as configured"))
        head, short = cells.measured(self.snapshot.leadership, self.snapshot.basis, self.window)
        return f"{head} · {order}", head, short

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        """Open a symbol, among all in their present order; of a spread the ratio of its two symbols over time."""
        event.stop()
        section, _blank, name = event.key.partition(" ")
        if section == SPREADS:
            above, _dash, below = name.partition("-")
            self.post_message(PairOpened(above, below))
            return
        keys = [row.key for _section, row in self.table.rows() if row.section != SPREADS]
        self.post_message(Opened(_symbol(event.key), [_symbol(key) for key in keys]))

    def _symbols(self) -> tuple[Row, ...]:
        return (*self.snapshot.leadership, *self.snapshot.watchlist)

    def _prices(self) -> list[Cell]:
        rows = self._symbols()
        levels = fmt.on_point(fmt.level(row.last) for row in rows)
        return [cells.price(row, self.snapshot, level) for row, level in zip(rows, levels, strict=True)]

    def _row(self, row: Row, price: Cell) -> TableRow:
        rank = cells.rank(row.rank.get(self.window), of=row.rank_of.get(self.window))
        found = {
            **{key: fill(row) for key, fill in self._fillers.items()},
            "rank": rank,
            "climb": cells.climb(row.rank_change.get(self.window)),
            "symbol": Cell(row.symbol, rank.style, row.symbol),
            "name": Cell(row.name, "dim", row.name),
            "last": price,
            **{w: cells.change(row, w, colour=w in ("1s", self.window)) for w in RANK_WINDOWS},
            "sma20": cells.percent(row.dist_sma20, 1, colour=False),
            "high": _from_high(row),
            "rsi": cells.plain(row.rsi14),
            "vol": cells.plain(row.annual_vol, scale=100),
            "time": cells.time(row),
            "spark": cells.spark(row.spark, cells.spark_width(self.room)),
        }
        return TableRow(f"{row.group} {row.symbol}", cells.aged(found, row, self.snapshot), section=row.group)

    def _spread(self, spread: Spread) -> TableRow:
        """Who leads whom by how much: the same windows, as differences of two returns."""
        windows = {
            "1s": spread.s1,
            "5s": spread.s5,
            "21s": spread.s21,
            "63s": spread.s63,
            "126s": spread.s126,
            "252s": spread.s252,
        }
        name = _names().get(spread.id, spread.id)
        found = {
            "symbol": Cell(spread.id, "", spread.id),
            "name": Cell(name, "dim", name),
            **{w: cells.percent(x, colour=w in ("1s", self.window)) for w, x in windows.items()},
            "spark": cells.level_spark(spread.spark, cells.spark_width(self.room)),
        }
        return TableRow(f"{SPREADS} {spread.id}", found, section=SPREADS)


def _symbol(key: str) -> str:
    """The symbol of a row by its key."""
    return key.rpartition(" ")[2]


def _names() -> Mapping[str, str]:
    """What the spreads compare."""
    return {
        "IWM-SPY": _("small-large"),
        "RSP-SPY": _("equal-cap"),
        "IWD-IWF": _("value-growth"),
        "IWN-IWO": _("small val-gr"),
        "DIA-QQQ": _("Dow-Nasdaq"),
    }


def _title(title: str, group: str, rows: Sequence[Row]) -> str:
    """The title of a group; with the count of its members where some are not there."""
    prices = [row.last for row in rows if row.group == group]
    here = len(prices) - prices.count(None)
    return title if here == len(prices) else _("{title} · {n} of {of}").format(title=title, n=here, of=len(prices))


def _absent_row(row: Row) -> TableRow:
    found = {
        "symbol": Cell(row.symbol, "stale", row.symbol),
        "name": Cell(row.name, "stale", row.name),
        "last": Cell(fmt.DASH, "stale"),
    }
    return TableRow(f"{row.group} {row.symbol}", found, section=ABSENT + cells.reason(row.status))


def _from_high(row: Row) -> Cell:
    """Distance from the highest close of 252 sessions; a record close by its name."""
    if row.record_close:
        return Cell(_("record"), "accent", 0.0)
    return cells.percent(row.dist_high_close_252, 1, colour=False)
