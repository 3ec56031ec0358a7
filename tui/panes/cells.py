"""Cells that several panes share: a change with its colour, a rank, a sparkline, a symbol, a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import UNSET, UnsetType

from core.i18n import _
from core.snapshot import Row, Snapshot, Status, Value
from tui import format as fmt
from tui.ages import Age, of_row
from tui.widgets.live_table import Cell
from tui.widgets.spark import diverging_bar, sparkline

ROOMY: Final = 140
"""Tables of so many cells have longer sparklines and bars."""
THIN: Final = str.maketrans("█▌▐", "━╸╺")
DASH: Final = Cell(fmt.DASH, "dim")
AGES: Final = {
    Age.LIVE: ("", "strong"),
    Age.CLOSE: ("", ""),
    Age.DELAYED: ("d ", "watch"),
    Age.STALE: ("† ", "stale"),
}
"""How a price of each age is marked and coloured; it is told without colour as well."""


def percent(x: Value, digits: int = 2, *, colour: bool = True) -> Cell:
    """A change in percent, coloured by its direction."""
    if x is None:
        return DASH
    return Cell(fmt.pct(x, digits), fmt.direction(x, digits) if colour else "", x)


def plain(x: Value, digits: int = 1, scale: float = 1.0) -> Cell:
    """A number without sign."""
    return DASH if x is None else Cell(fmt.number(scale * x, digits, sign=False), "", x)


def price(row: Row, snapshot: Snapshot, level: str) -> Cell:
    """The last price, written as `level`, as old as it is."""
    if row.last is None:
        return Cell(level, "stale")
    mark, style = AGES[of_row(row, snapshot)]
    return Cell(mark + level, style, row.last)


def time(row: Row) -> Cell:
    """The time of the price, or its day where that is all there is; sorted from the oldest on."""
    if row.asof is not None:
        return Cell(fmt.time_et(row.asof), "dim", row.asof.timestamp())
    if row.session is None:
        return DASH
    day = datetime.combine(row.session, datetime.min.time(), fmt.NEW_YORK)
    return Cell(fmt.short_day(row.session), "dim", day.timestamp())


def aged(found: Mapping[str, Cell], row: Row, snapshot: Snapshot) -> Mapping[str, Cell]:
    """The cells of a row, the name led by the time of a quote that is late, or by the day of an earlier session.

    A row of an earlier session is not ranked, and pale as a whole. Yields and volatility keep hours of their own.
    """
    session = snapshot.session
    if row.session is None or (session is not None and row.session < session):
        why = fmt.short_day(row.session, session) if row.session else reason(row.status)
        pale = {key: Cell(cell.text, "stale", cell.sort) for key, cell in found.items()}
        return pale | {"name": Cell(f"{why} · {row.name}", "stale", row.name)}
    if row.ret is UNSET or of_row(row, snapshot) is not Age.DELAYED:
        return found
    return {**found, "name": Cell(f"{fmt.time_et(row.asof)} · {row.name}", "watch", row.name)}


def change(row: Row, window: str, *, colour: bool = True) -> Cell:
    """The change of a symbol over a window: percent, or basis points, or points, as its class has it."""
    for changes, form, digits in ((row.chg_bp, fmt.bp, 0), (row.chg_pt, fmt.pt, 1)):
        if not isinstance(changes, UnsetType):
            x = changes.get(window)
            style = fmt.direction(None if x is None else x / 100, digits) if colour else ""
            return DASH if x is None else Cell(form(x), style, x)
    return percent(row.chg_1s if window == "1s" else of(row.ret, window), colour=colour)


def of(values: Mapping[str, Value] | UnsetType, key: str) -> Value:
    """One of several values that may be absent altogether."""
    return None if isinstance(values, UnsetType) else values.get(key)


def measured(rows: Sequence[Row], basis: str, window: str) -> tuple[str, str]:
    """What the returns of these rows over a window are: unit, window, basis, base session; the same in few cells."""
    told = ["%", window, "px" if window == "1s" else basis]
    base = next((day for row in rows if (day := row.base.get(window))), None)
    if base is None:
        return " · ".join(told), " ".join(told)
    since = _("since {day}").format(day=base.isoformat())
    return " · ".join([*told, since]), " ".join([*told, fmt.short_day(base)])


def rank(x: Value, *, of: int | None) -> Cell:
    """A rank among `of` members; the best of several stands out."""
    if x is None:
        return Cell()
    return Cell(fmt.rank(x), "strong" if x == 1 and of != 1 else "", x)


def climb(x: Value) -> Cell:
    """How many places were gained."""
    return Cell(fmt.arrow(x), "dim" if not x else "up" if x > 0 else "down", x)


def spark_width(table: int) -> int:
    """The cells of a sparkline in a table of `table` cells: one for every five sessions, or for every two."""
    return 12 if table < ROOMY else 30


def spark(values: tuple[Value, ...], width: int) -> Cell:
    """The closes of the last 60 sessions; sorted by their change from end to end."""
    known = [v for v in values if v is not None]
    course = known[-1] / known[0] - 1 if known and known[0] else None
    return Cell(sparkline(values, width).replace("█", "▇"), "spark", course)  # a gap between rows


def level_spark(values: tuple[Value, ...], width: int) -> Cell:
    """The course of a number that may change its sign; sorted by where it stands."""
    return Cell(sparkline(values, width).replace("█", "▇"), "spark", values[-1] if values else None)


def bar(x: Value, widest: float, width: int) -> Cell:
    """A change as a bar from the middle, drawn thin so that the bars of two rows do not touch."""
    if x is None:
        return Cell()
    return Cell(diverging_bar(x, widest, width).translate(THIN), fmt.direction(x), x)


def reason(status: Status) -> str:
    """Why there is nothing to show, in words."""
    code = status if isinstance(status, str) else status.get("last", next(iter(status.values()), ""))
    words = {
        "missing_input": _("the feed does not have it"),
        "stale_input": _("stale"),
        "short_history": _("too short a history"),
        "gap": _("a gap in the data"),
        "suspect": _("suspect prices"),
        "not_supported": _("means nothing for its class"),
        "partial": _("the session is not over"),
        "half_day": _("of a half day"),
    }
    return words.get(code, code.replace("_", " "))
