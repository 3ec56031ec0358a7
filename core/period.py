"""`tapeboard period`: return, volatility and mean volume of every symbol over a custom period (interface.md).

The base of the return is a visible convention: the close before the period, the close of its first session, or
that session's open. Volatility is the deviation of the n-1 close-to-close returns between the n sessions inside,
not annualised, whatever the base. A window with a missing price gives no value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """One symbol: prices in the quote currency, return and daily volatility as fractions, mean volume in shares."""

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
    days = panel.sessions
    inside = np.flatnonzero((days >= np.datetime64(first, "D")) & (days <= np.datetime64(last, "D")))
    if len(inside) == 0:
        return None
    begin, end = int(inside[0]), int(inside[-1])
    base_row = begin - 1 if base == "close" else begin
    basis = "px" if base == "open" else basis
    panel = panel.on(basis)
    measured = _measured(panel, begin, end, _base_prices(panel, base_row, base), ddof)
    columns = {symbol: column for column, symbol in enumerate(panel.symbols)}
    return Period(
        asked_from=first,
        asked_to=last,
        first_session=days[begin].item(),
        last_session=days[end].item(),
        base_session=days[base_row].item() if base_row >= 0 else None,
        sessions=len(inside),
        base=base,
        basis=basis,
        ddof=ddof,
        rows=tuple(_row(i, panel, columns[i.symbol], measured, basis) for i in instruments if i.cls.has_returns),
    )


def _base_prices(panel: Panel, row: int, base: Base) -> Floats:
    """The prices (N,) that the returns of the period start from; NaN where the panel begins later."""
    prices = panel.open if base == "open" else panel.tr
    return prices[row] if row >= 0 else np.full(prices.shape[1], np.nan)


def _measured(panel: Panel, begin: int, end: int, base_prices: Floats, ddof: int) -> dict[str, Floats]:
    """By field of `PeriodRow`, (N,) each, over the sessions from row `begin` to row `end` inclusive."""
    inside = slice(begin, end + 1)
    last = panel.tr[end]
    return {
        "base_price": base_prices,
        "last": last,
        "ret": last / base_prices - 1.0,
        "volatility": _volatility(panel.tr[inside], ddof),
        "mean_volume": np.where(panel.volume[inside] > 0, panel.volume[inside], np.nan).mean(axis=0),
    }


def _volatility(closes: Floats, ddof: int) -> Floats:
    """Deviation of the daily returns inside; NaN with fewer than two returns or a missing close."""
    r = closes[1:] / closes[:-1] - 1.0
    if len(r) <= max(ddof, 1):
        return np.full(closes.shape[1], np.nan)
    deviation: Floats = r.std(axis=0, ddof=ddof)
    return deviation


def _row(instrument: Instrument, panel: Panel, column: int, measured: Mapping[str, Floats], basis: Basis) -> PeriodRow:
    known = {name: number(float(values[column])) for name, values in measured.items()}
    absent = {name: "missing_input" for name, value in known.items() if value is None}
    if not instrument.cls.has_total_return:  # an index has no volume of its own
        known["mean_volume"] = None
        absent["mean_volume"] = "not_supported"
    return PeriodRow(
        symbol=instrument.symbol,
        name=instrument.name,
        group=instrument.group,
        basis=panel.basis_of(instrument, column, basis),
        **known,
        status=absent or "ok",
    )
