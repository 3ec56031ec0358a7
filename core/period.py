"""`tapeboard period`: return, volatility and mean volume of every symbol over a custom period (interface.md).

The base of the return is a visible convention: the close before the period, the close of its first session, or
that session's open. Volatility is the deviation of the n-1 close-to-close returns between the n sessions inside,
not annualised, whatever the base. A window with a missing price gives no value.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, TypeAlias

import msgspec
import numpy as np

from core.model import Instrument
from core.panel import Floats, Panel
from core.settings import Basis
from core.snapshot import Status, Value, number

Base: TypeAlias = Literal["close", "first-close", "open"]


class PeriodRow(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One symbol; return and volatility as fractions, mean volume in shares."""

    symbol: str
    name: str
    group: str
    basis: str
    base_price: Value = None
    last: Value = None
    ret: Value = None
    volatility: Value = None
    mean_volume: Value = None
    status: Status = "ok"


class Period(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """The table with the conventions it was made by: `base_session` is the session whose price is the base."""

    schema: int = 1
    feed: str = ""
    simulated: bool = False
    asked_from: date
    asked_to: date
    first_session: date
    last_session: date
    base_session: date | None
    sessions: int
    base: Base
    basis: Basis
    ddof: int
    rows: tuple[PeriodRow, ...] = ()


def period_table(
    panel: Panel, instruments: Sequence[Instrument], first: date, last: date, *, base: Base, basis: Basis, ddof: int
) -> Period | None:
    """The table over the sessions of `panel` from `first` to `last` inclusive; None where there is none.

    With base `open` everything is on `px`, because nobody adjusts opens for dividends.
    """
    inside = np.flatnonzero(
        (panel.sessions >= np.datetime64(first, "D")) & (panel.sessions <= np.datetime64(last, "D"))
    )
    if len(inside) == 0:
        return None
    begin, end = int(inside[0]), int(inside[-1])
    basis = "px" if base == "open" else basis
    value = panel.px if basis == "px" else panel.tr
    base_row = begin - 1 if base == "close" else begin
    prices = _base_prices(panel, value, base_row, base)
    returns = value[end] / prices - 1.0
    closes = value[begin : end + 1]
    volatility = _volatility(closes, ddof)
    traded = np.where(panel.volume[begin : end + 1] > 0, panel.volume[begin : end + 1], np.nan)
    columns = {symbol: column for column, symbol in enumerate(panel.symbols)}
    fields = {
        "base_price": prices,
        "last": value[end],
        "ret": returns,
        "volatility": volatility,
        "mean_volume": traded.mean(axis=0),
    }
    rows = tuple(
        _row(i, {name: float(values[column]) for name, values in fields.items()}, _basis(i, panel, column, basis))
        for i in instruments
        if i.cls.has_returns
        for column in (columns[i.symbol],)
    )
    return Period(
        asked_from=first,
        asked_to=last,
        first_session=panel.sessions[begin].item(),
        last_session=panel.sessions[end].item(),
        base_session=panel.sessions[base_row].item() if base_row >= 0 else None,
        sessions=len(inside),
        base=base,
        basis=basis,
        ddof=ddof,
        rows=rows,
    )


def _base_prices(panel: Panel, value: Floats, row: int, base: Base) -> Floats:
    prices: Floats = panel.open if base == "open" else value
    return prices[row] if row >= 0 else np.full(prices.shape[1], np.nan)


def _volatility(closes: Floats, ddof: int) -> Floats:
    """Deviation of the daily returns inside; NaN with fewer than two returns or a missing close."""
    r = closes[1:] / closes[:-1] - 1.0
    if len(r) <= max(ddof, 1):
        return np.full(closes.shape[1], np.nan)
    deviation: Floats = r.std(axis=0, ddof=ddof)
    return deviation


def _row(instrument: Instrument, values: dict[str, float], basis: str) -> PeriodRow:
    own_volume = instrument.cls.has_total_return
    known = {name: number(value) for name, value in values.items()}
    absent = {name: "missing_input" for name, value in known.items() if value is None}
    if not own_volume:
        known["mean_volume"] = None
        absent["mean_volume"] = "not_supported"
    return PeriodRow(
        symbol=instrument.symbol,
        name=instrument.name,
        group=instrument.group,
        basis=basis,
        **known,
        status=absent or "ok",
    )


def _basis(instrument: Instrument, panel: Panel, column: int, basis: Basis) -> str:
    if basis == "px" or not instrument.cls.has_total_return:
        return "px"
    return "tr" if panel.adjusted[column] else "as supplied"
