"""Answers that arrive whole and are wrong: what the rows of a chart and of a quote look like under each fault.

A chart is `result[0]` of its document, a quote one row of the result. Each function changes what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from tests.emulator.chart import split_event
from tests.emulator.wire import Json

Change: TypeAlias = Callable[[Json], None]

_WEEK = 7 * 86_400
PRICES = ("open", "high", "low", "close", "adjclose")
QUOTE_PRICES = ("regularMarketOpen", "regularMarketDayHigh", "regularMarketDayLow", "regularMarketPrice")


def columns(chart: Json) -> dict[str, list[float | None]]:
    """The columns of a chart by name; empty where it has no rows."""
    adjusted = chart["indicators"].get("adjclose", [{}])[0]
    named: dict[str, list[float | None]] = {**chart["indicators"]["quote"][0], **adjusted}
    return named


def as_they_are(_: Json) -> None:
    """No change."""


def all_of(*changes: Change) -> Change:
    """One change after the other."""

    def change(document: Json) -> None:
        for each in changes:
            each(document)

    return change


def last(value: float | None, *names: str) -> Change:
    """The last bar of a chart has `value` in the columns `names`."""

    def change(chart: Json) -> None:
        for name, column in columns(chart).items():
            if name in names:
                column[-1] = value

    return change


def scaled(factor: float, rows: slice) -> Change:
    """The prices of some rows of a chart, times `factor`."""

    def change(chart: Json) -> None:
        for name, column in columns(chart).items():
            if name in PRICES:
                column[rows] = [None if price is None else price * factor for price in column[rows]]

    return change


def reordered(order: Callable[[int], Iterable[int]]) -> Change:
    """The rows of a chart in the order that `order` gives for their number."""

    def change(chart: Json) -> None:
        if "timestamp" not in chart:
            return
        rows = list(order(len(chart["timestamp"])))
        for column in (chart["timestamp"], *columns(chart).values()):
            column[:] = [column[row] for row in rows]
        if not rows:
            del chart["timestamp"]
            chart["indicators"] = {"quote": [{}], "adjclose": [{}]}

    return change


def meta(**values: object) -> Change:
    """`values` in the meta of a chart; None takes a field away."""
    return lambda chart: fields(**values)(chart["meta"])


def fields(**values: object) -> Change:
    """`values` in a row of a quote; None takes a field away."""

    def change(row: Json) -> None:
        row.update(values)
        for name in [name for name, value in values.items() if value is None]:
            del row[name]

    return change


def quoted(value: float | None, *names: str) -> Change:
    """A row of a quote has `value` for the prices `names`."""
    return lambda row: row.update(dict.fromkeys(names, value))


def times(factor: float, *names: str) -> Change:
    """The prices `names` of a quote, times `factor`."""
    return lambda row: row.update({name: row[name] * factor for name in names if row.get(name) is not None})


def swap_high_and_low(chart: Json) -> None:
    """The high of the last bar is below its low."""
    named = columns(chart)
    if named:
        low = named["low"][-1]
        named["high"][-1] = low * 0.99 if low is not None else None


def swap_quoted_high_and_low(row: Json) -> None:
    """The high of the day is below its low."""
    if row.get("regularMarketDayLow") is not None:
        row["regularMarketDayHigh"] = row["regularMarketDayLow"] * 0.99


def a_week_old(row: Json) -> None:
    """The quote is of a week ago."""
    if "regularMarketTime" in row:
        row["regularMarketTime"] -= _WEEK


def announce_split(chart: Json) -> None:
    """A split of the last session stands among the events, and no price knows of it."""
    if "timestamp" in chart:
        at = chart["timestamp"][-1]
        chart.setdefault("events", {}).setdefault("splits", {})[str(at)] = split_event(at, 4.0)


def empty_rows(chart: Json) -> None:
    """A chart with a meta and nothing else."""
    chart.pop("timestamp", None)
    chart["indicators"] = {"quote": [{}], "adjclose": [{}]}


def only_symbol(row: Json) -> None:
    """A quote that says whom it is about and nothing else."""
    symbol = row["symbol"]
    row.clear()
    row["symbol"] = symbol


def lengthen_volume(chart: Json) -> None:
    """One column has more rows than the others."""
    for name, column in columns(chart).items():
        if name == "volume":
            column.append(column[-1])


def live_twice(chart: Json) -> None:
    """The session in progress has two rows, the first of them without a close."""
    if "timestamp" not in chart:
        return
    chart["timestamp"].insert(-1, chart["timestamp"][-1] - 60)
    for name, column in columns(chart).items():
        column.insert(-1, None if name in ("close", "adjclose") else column[-1])
