"""Arrays of daily bars: one packed series per symbol (`Bars`), many aligned to sessions (`Panel`).

Two price bases (metrics.md 0.2): `px` is split-adjusted only, `tr` also dividend-adjusted. All prices are
float64 in the quote currency; a missing value is NaN; sessions are `datetime64[D]`, strictly increasing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from core.model import Instant, Instrument, Session

if TYPE_CHECKING:
    from core.settings import Basis

Floats: TypeAlias = npt.NDArray[np.float64]
Days: TypeAlias = npt.NDArray[np.datetime64]
Mask: TypeAlias = npt.NDArray[np.bool_]

COLUMNS = ("open", "high", "low", "close", "adj_close", "volume")
"""What a bar has beside its session."""

PRICES = COLUMNS[:5]


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """The finished daily bars of one symbol: seven arrays of one length.

    `close` is on basis `px`, `adj_close` on basis `tr`. `adjusted` is False where the source gave one
    basis only: then both are its `close`, and the row says `basis: "as supplied"`.
    """

    symbol: str
    sessions: Days
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    adj_close: Floats
    volume: Floats
    adjusted: bool = True

    def __len__(self) -> int:
        return len(self.sessions)

    def taken(self, rows: slice | Mask | npt.NDArray[np.intp]) -> Bars:
        """The chosen rows, in the order they are chosen in."""
        columns = {name: getattr(self, name)[rows] for name in COLUMNS}
        return Bars(self.symbol, self.sessions[rows], **columns, adjusted=self.adjusted)

    def upto(self, last: Session) -> Bars:
        """The bars of sessions up to and including `last`."""
        return self._slice(slice(0, int(np.searchsorted(self.sessions, np.datetime64(last, "D"), "right"))))

    def since(self, first: Session) -> Bars:
        """The bars of sessions from `first` on."""
        return self._slice(slice(int(np.searchsorted(self.sessions, np.datetime64(first, "D"))), None))

    def _slice(self, part: slice) -> Bars:
        if part.indices(len(self)) == (0, len(self), 1):
            return self  # uncut stays the same object: who holds it knows that nothing changed
        return self.taken(part)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Bars of many symbols on common sessions: arrays of shape (sessions T, symbols N)."""

    sessions: Days
    symbols: tuple[str, ...]
    open: Floats
    high: Floats
    low: Floats
    px: Floats
    tr: Floats
    volume: Floats
    adjusted: Mask  # (N,): False where both bases are the supplied close

    def on(self, basis: Basis) -> Self:
        """The panel whose returns are on this basis: on `px` they count no dividends."""
        return self if basis == "tr" else replace(self, tr=self.px)

    def basis_of(self, instrument: Instrument, column: int, shown: Basis) -> str:
        """What the returns in its column really are on where `shown` is asked for: "tr", "px" or "as supplied"."""
        if shown == "px" or not instrument.cls.has_total_return:
            return "px"
        return "tr" if self.adjusted[column] else "as supplied"


@dataclass(frozen=True, slots=True, eq=False)
class LiveRow:
    """One provisional row: the session in progress, arrays of shape (N,); NaN where there is no quote.

    `tr_per_px` is what `tr` is to `px` in this session where the source tells, NaN elsewhere; None: nowhere.
    """

    session: Session
    open: Floats
    high: Floats
    low: Floats
    px: Floats
    volume: Floats
    asof: tuple[Instant | None, ...]
    tr_per_px: Floats | None = None

    def on(self, basis: Basis) -> Self:
        """The row as `Panel.on`: what a source tells of dividends does not count on `px`."""
        return self if basis == "tr" else replace(self, tr_per_px=None)

    def tr(self, before: Floats) -> Floats:
        """The prices on basis `tr`, `before` being `tr` over `px` of the session before.

        The two differ on the day of a dividend, when the history has been restated and the price has not (B.10).
        """
        told = self.tr_per_px
        return self.px * (before if told is None else np.where(np.isnan(told), before, told))


def align(bars: Mapping[str, Bars], symbols: Sequence[str], sessions: Days) -> Panel:
    """Lay series side by side on `sessions`; rows outside them are dropped, absent ones are NaN.

    Prices that are not finite and positive become NaN (metrics.md 0.4: before any rolling sum). Nothing
    is ever carried forward here.
    """
    shape = (len(sessions), len(symbols))
    fields = {name: np.full(shape, np.nan) for name in COLUMNS}
    adjusted = np.ones(len(symbols), dtype=np.bool_)
    for column, symbol in enumerate(symbols):
        series = bars.get(symbol)
        if series is not None and len(series):
            adjusted[column] = series.adjusted
            rows, known = _places(series.sessions, sessions)
            for name, values in fields.items():
                values[rows, column] = getattr(series, name)[known]
    for name, values in fields.items():
        sound = values >= 0 if name == "volume" else values > 0  # nobody need have traded
        values[~(np.isfinite(values) & sound)] = np.nan
    return Panel(
        sessions=sessions,
        symbols=tuple(symbols),
        open=fields["open"],
        high=fields["high"],
        low=fields["low"],
        px=fields["close"],
        tr=fields["adj_close"],
        volume=fields["volume"],
        adjusted=adjusted,
    )


def _places(days: Days, sessions: Days) -> tuple[npt.NDArray[np.intp], Mask]:
    """The row of each of the `days` that is one of the `sessions`, and which of the days are."""
    rows = np.searchsorted(sessions, days)
    known = rows < len(sessions)
    known[known] = sessions[rows[known]] == days[known]
    return rows[known], known
