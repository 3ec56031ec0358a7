"""Bars of one symbol as a source gave them, checked before anything is computed or stored.

In this order: rows sorted and single; sessions of the exchange only; a close in each; every other value possible;
no bar repeated for days; no jump like a split that nobody applied. What is not believed is left out and told as
`Rejected`; what should be there and is not, is told as `missing`. Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from core.i18n import _
from core.metrics.suspects import CLEARED_AFTER, JUMP, NEAR, STAYS, looks_wrong
from core.model import Rejected, Session, SymbolClass
from core.panel import COLUMNS, PRICES, Bars, Days, Floats, Mask

TOLERANCE = 1e-6
"""How far, relatively, a price may lie outside high and low: Yahoo's are rounded to 32 bits."""

REPEATS = 5
"""A bar that comes so many sessions in a row is one bar, and the others are made up."""

TIMES, POINTS = 5.0, 2.0
"""A yield or an implied volatility that is so many times another, and so many points away from it, is a slip: the VIX
has never trebled in a day, and the short yields that multiply do so below one percent."""

ZONES = frozenset({"America/New_York", "America/Chicago"})
"""Where what follows New York's sessions is listed: the rates and the volatility of Cboe are in Chicago."""


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """The bars that are believed, those that are not, and the sessions without one."""

    bars: Bars
    rejected: tuple[Rejected, ...]
    missing: Days


@dataclass(slots=True)
class _Inspection:
    """The bars that have passed until now."""

    bars: Bars
    rejected: list[Rejected] = field(default_factory=list)

    def reject(self, wrong: Mask, column: str, reason: str) -> None:
        for row in np.flatnonzero(wrong):
            session: Session = self.bars.sessions[row].item()
            value = float(getattr(self.bars, column)[row])
            self.rejected.append(Rejected(self.bars.symbol, session, column, value, reason))

    def drop(self, wrong: Mask) -> None:
        if wrong.any():
            self.bars = self.bars.taken(~wrong)

    def blank(self, wrong: Mask, column: str, reason: str) -> None:
        if wrong.any():
            self.reject(wrong, column, reason)
            values = {name: getattr(self.bars, name) for name in COLUMNS}
            values[column] = np.where(wrong, np.nan, values[column])
            self.bars = Bars(self.bars.symbol, self.bars.sessions, **values, adjusted=self.bars.adjusted)


def check(given: Bars, expected: Days, cls: SymbolClass, splits: Mapping[Session, float]) -> Checked:
    """Check `given`, rows of any order, against `expected`, the sessions asked for that are finished.

    `splits`: new shares for an old one, by session; prices are to be adjusted for them already. Rows before and
    after the expected ones are no part of the question. A symbol of a class without returns keeps holidays of its
    own, and may double in a day.
    """
    inspection = _Inspection(given)
    _single(inspection)
    _in_session(inspection, expected, cls)
    _priced(inspection)
    _possible(inspection)
    _fresh(inspection)
    _level(inspection, splits, cls)
    bars = inspection.bars
    begun = expected[expected >= bars.sessions[0]] if len(bars) else expected
    missing = begun if cls.has_returns or not len(bars) else begun[begun > bars.sessions[-1]]
    return Checked(bars, tuple(inspection.rejected), np.setdiff1d(missing, bars.sessions))


def stranger(asked: str, symbol: str | None, zone: str | None) -> str:
    """Why the whole answer cannot be about the symbol asked for, in words; "" where it can."""
    if symbol is None or symbol.upper() != asked.upper():
        return _("it is about {symbol}").format(symbol=symbol or _("no symbol"))
    if zone not in ZONES:
        return _("its time zone is {zone}, not New York").format(zone=zone or _("unknown"))
    return ""


def misplaced(bars: Bars, price: float, year_low: float, year_high: float) -> bool:
    """Whether the history stands on another level than the price and the range of 52 weeks told with it.

    Both must disagree with it: after a crash the range holds the older closes, after a split it may lag behind.
    """
    closes = bars.close[-252:]
    if len(closes) == 0 or not looks_wrong(price / float(closes[-1])):
        return False
    margin = 1.0 + JUMP
    inside = (closes >= year_low / margin) & (closes <= year_high * margin)
    return not 2 * np.count_nonzero(inside) >= len(closes)


def leapt(price: float, before: float, cls: SymbolClass) -> bool:
    """Whether a price is too far from the one a session before it to be believed."""
    ratio = price / before
    if cls.has_returns:
        return looks_wrong(ratio)
    return not 1 / TIMES <= ratio <= TIMES and abs(price - before) > POINTS


def _single(inspection: _Inspection) -> None:
    """Put rows in order; of two of one session the later one stands."""
    inspection.bars = inspection.bars.taken(np.argsort(inspection.bars.sessions, kind="stable"))
    sessions = inspection.bars.sessions
    doubled = np.append(sessions[1:] == sessions[:-1], np.zeros(min(len(sessions), 1), np.bool_))
    inspection.reject(doubled, "close", _("a second bar of the session came after it"))
    inspection.drop(doubled)


def _in_session(inspection: _Inspection, expected: Days, cls: SymbolClass) -> None:
    sessions = inspection.bars.sessions
    if len(expected) == 0:
        inspection.drop(np.ones(len(sessions), np.bool_))
        return
    outside = (sessions < expected[0]) | (sessions > expected[-1])
    closed = ~outside & ~np.isin(sessions, expected)
    if cls.has_returns:
        inspection.reject(closed, "close", _("the exchange was closed"))
    inspection.drop(outside | closed)


def _priced(inspection: _Inspection) -> None:
    bars = inspection.bars
    priced = np.isfinite(bars.close) & (bars.close > 0)
    said = np.logical_or.reduce([~np.isnan(getattr(bars, name)) for name in PRICES]) | (bars.volume > 0)
    inspection.reject(~priced & said, "close", _("not a price"))
    inspection.drop(~priced)


def _possible(inspection: _Inspection) -> None:
    """Blank what cannot be, next to a close that can."""
    bars = inspection.bars
    for name in ("open", "high", "low", "adj_close"):
        values = getattr(bars, name)
        inspection.blank(~np.isnan(values) & ~(np.isfinite(values) & (values > 0)), name, _("not a price"))
    volume = bars.volume
    inspection.blank(~np.isnan(volume) & ~(np.isfinite(volume) & (volume >= 0)), "volume", _("not a volume"))
    bars = inspection.bars
    with np.errstate(over="ignore"):  # next to the largest float there is nothing: infinity is a ceiling too
        ceiling, floor = bars.high * (1 + TOLERANCE), bars.low * (1 - TOLERANCE)
    crossed = ceiling < bars.low
    inspection.blank((bars.open > ceiling) | (bars.open < floor), "open", _("outside of low and high"))
    inspection.blank(crossed | (bars.close > ceiling), "high", _("below low or close"))
    inspection.blank(crossed | (bars.close < floor), "low", _("above high or close"))


def _fresh(inspection: _Inspection) -> None:
    """Drop a bar that is repeated for days. One without a range and a volume is a halt, and stays."""
    bars = inspection.bars
    columns = np.array([getattr(bars, name) for name in ("open", "high", "low", "close", "volume")])
    alive = (bars.high > bars.low) | (bars.volume > 0)
    same = np.zeros(len(bars), np.bool_)
    same[1:] = ((columns[:, 1:] == columns[:, :-1]) | np.isnan(columns[:, 1:] + columns[:, :-1])).all(axis=0)
    same &= alive
    begins = np.flatnonzero(~same)
    lengths = np.diff(np.append(begins, len(bars)))
    repeated = same & np.repeat(lengths >= REPEATS, lengths)
    inspection.reject(repeated, "close", _("the bar of an earlier session once more"))
    inspection.drop(repeated)


def _level(inspection: _Inspection, splits: Mapping[Session, float], cls: SymbolClass) -> None:
    """Drop closes that jumped like a split or a slip, until the next three have stayed there (metrics.md 0.4)."""
    closes = inspection.bars.close
    with np.errstate(over="ignore", under="ignore"):
        far = np.flatnonzero(np.abs(closes[1:] / closes[:-1] - 1.0) > JUMP).tolist()
    if not any(leapt(float(closes[row + 1]), float(closes[row]), cls) for row in far):
        return
    in_doubt, unapplied = _doubts(inspection.bars, splits, cls)
    inspection.reject(in_doubt, "close", _("a jump like that of a split or a slip, without a split"))
    inspection.reject(unapplied, "close", _("a split was announced, but older prices are not adjusted for it"))
    inspection.drop(in_doubt | unapplied)


def _doubts(bars: Bars, splits: Mapping[Session, float], cls: SymbolClass) -> tuple[Mask, Mask]:
    """Which closes are in doubt after a jump; which stand on the new side of a split that was not applied."""
    in_doubt, unapplied = np.zeros(len(bars), np.bool_), np.zeros(len(bars), np.bool_)
    good = float(bars.close[0])
    begun: int | None = None  # the first row in doubt
    level, split = good, False
    for row in range(1, len(bars)):
        price = float(bars.close[row])
        if begun is None:
            if not leapt(price, good, cls):
                good = price
                continue
            begun, level = row, price
            session: Session = bars.sessions[row].item()
            split = abs(price / good * splits.get(session, 0.0) - 1.0) <= NEAR
        elif abs(price / level - 1.0) > STAYS:
            if _returned(price, good, cls):
                begun, good = None, price
                continue
            level = price
        (unapplied if split else in_doubt)[row] = True
        if not split and _stayed(bars.close[begun : row + 1], level):
            in_doubt[begun : row + 1] = False
            begun, good = None, price
    return in_doubt, unapplied


def _returned(price: float, good: float, cls: SymbolClass) -> bool:
    """Whether a price is back where those before the jump were."""
    return abs(price / good - 1.0) <= JUMP if cls.has_returns else not leapt(price, good, cls)


def _stayed(closes: Floats, level: float) -> bool:
    """Whether enough of the last closes are near `level`, and one before them began there."""
    last = closes[-1 - CLEARED_AFTER :]
    return len(last) > CLEARED_AFTER and bool((np.abs(last / level - 1.0) <= STAYS).all())
