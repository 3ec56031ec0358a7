"""Group T: averages, extremes and records, RSI, Bollinger, ATR, volume (metrics.md B.4).

On `px` throughout. One small family a metric, so that a universe of members folds only what breadth needs;
the state of each is O(1) per symbol and window. What is read has shape (N,): levels in the quote currency, distances
and slopes as fractions, flags 1, 0 or NaN.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from core.metrics.rolling import WilderMean, WindowMax, WindowMin, WindowSums
from core.metrics.row import Row
from core.panel import Floats

SMA_WINDOWS = (20, 50, 200)
SLOPE_SESSIONS = 20
BANDS_WINDOW = 20
TIE = 1e-12
"""Above an average means n·P > S·(1 + 1e-12): exact ties of cent prices must not depend on rounding (0.4)."""

_SMA_COLUMN = np.array(SMA_WINDOWS, dtype=np.float64)[:, None]
_ADV_COLUMN = np.array([[20.0], [63.0]])


class Participation:
    """T1 and B6: simple averages, and which members stand above them (1, 0 or NaN)."""

    def __init__(self, symbols: int) -> None:
        self._sums = WindowSums(SMA_WINDOWS, symbols)

    def read(self, row: Row) -> dict[str, Floats]:
        """`sma{n}` and `above_sma{n}`."""
        totals = self._sums.peek(row.px)
        return _by_window({"sma": totals / _SMA_COLUMN, "above_sma": self._above(row, totals)})

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        self._sums.push(row.px)

    def extend(self, rows: Row) -> None:
        """Take many finished sessions in at once."""
        self._sums.extend(rows.px)

    @staticmethod
    def _above(row: Row, totals: Floats) -> Floats:
        return _flag(_SMA_COLUMN * row.px > totals * (1 + TIE), totals)


class Averages(Participation):
    """T1 in full: distances and slopes, and who stands below, too."""

    def __init__(self, symbols: int) -> None:
        super().__init__(symbols)
        self._past = deque[Floats](maxlen=SLOPE_SESSIONS)

    def read(self, row: Row) -> dict[str, Floats]:
        """`sma{n}`, `dist_sma{n}`, `slope_sma{n}`, `above_sma{n}`, `below_sma{n}`."""
        totals = self._sums.peek(row.px)
        smas = totals / _SMA_COLUMN
        before = self._past[0] if len(self._past) == SLOPE_SESSIONS else np.full_like(smas, np.nan)
        values = {
            "sma": smas,
            "dist_sma": row.px / smas - 1.0,
            "slope_sma": smas / before - 1.0,
            "above_sma": self._above(row, totals),
            "below_sma": _flag(_SMA_COLUMN * row.px < totals * (1 - TIE), totals),
        }
        return _by_window(values)

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        self._past.append(self._sums.peek(row.px) / _SMA_COLUMN)
        super().advance(row)


class Range:
    """T2 and B7: the highest high and the lowest low of 252 sessions."""

    def __init__(self, symbols: int) -> None:
        self._high = WindowMax(252, symbols)
        self._low = WindowMin(252, symbols)

    def read(self, row: Row) -> dict[str, Floats]:
        """`high_252` and `low_252`."""
        return {"high_252": self._high.peek(row.high), "low_252": self._low.peek(row.low)}

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        self._high.push(row.high)
        self._low.push(row.low)

    def extend(self, rows: Row) -> None:
        """Take many finished sessions in at once."""
        self._high.extend(rows.high)
        self._low.extend(rows.low)


class Extremes(Range):
    """T2 and T3 in full: distances on both bases, and records since the first loaded session.

    `drawdown_252` is V9's and W19's: `px` close against the highest `px` close of 252 sessions.
    """

    def __init__(self, symbols: int) -> None:
        super().__init__(symbols)
        self._close = WindowMax(252, symbols)
        self._record_close = np.full(symbols, -np.inf)
        self._record_high = np.full(symbols, -np.inf)

    def read(self, row: Row) -> dict[str, Floats]:
        """Those of `Range`, `high_close_252`, distances from them, `record_close` and `record_high`."""
        values = super().read(row)
        close = self._close.peek(row.px)
        below = row.px / close - 1.0
        return {
            **values,
            "high_close_252": close,
            "dist_high_252": row.px / values["high_252"] - 1.0,
            "dist_low_252": row.px / values["low_252"] - 1.0,
            "dist_high_close_252": below,
            "drawdown_252": below,
            "record_close": _flag(row.px >= self._record_close, row.px),
            "record_high": _flag(row.high >= self._record_high, row.high),
        }

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        super().advance(row)
        self._close.push(row.px)
        self._record_close = np.fmax(self._record_close, row.px)
        self._record_high = np.fmax(self._record_high, row.high)


class Strength:
    """T4: Wilder's RSI over 14 sessions; a flat window gives 50."""

    def __init__(self, symbols: int) -> None:
        self._gain = WilderMean(14, symbols)
        self._loss = WilderMean(14, symbols)

    def read(self, row: Row) -> dict[str, Floats]:
        """`rsi14`, 0 to 100."""
        gain = self._gain.peek(np.maximum(row.move, 0.0))
        total = gain + self._loss.peek(np.maximum(-row.move, 0.0))
        flat = total == 0.0
        if not flat.any():
            return {"rsi14": 100.0 * (gain / total)}
        return {"rsi14": np.where(flat, 50.0, 100.0 * (gain / np.where(flat, 1.0, total)))}

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        self._gain.push(np.maximum(row.move, 0.0))
        self._loss.push(np.maximum(-row.move, 0.0))

    def extend(self, rows: Row) -> None:
        """Take many finished sessions in at once."""
        self._gain.extend(np.maximum(rows.move, 0.0))
        self._loss.extend(np.maximum(-rows.move, 0.0))


class Bands:
    """T5: position within Bollinger's bands, ddof=0, from deviations (sums of squares of levels lose digits)."""

    def __init__(self, symbols: int) -> None:
        self._closes = deque[Floats](maxlen=BANDS_WINDOW - 1)

    def read(self, row: Row) -> dict[str, Floats]:
        """`pct_b`: 0 at the lower band, 1 at the upper one; NaN without variance."""
        if len(self._closes) < BANDS_WINDOW - 1:
            return {"pct_b": np.full_like(row.px, np.nan)}
        window = np.vstack([*self._closes, row.px])
        mean = window.mean(axis=0)
        deviation = np.sqrt(((window - mean) ** 2).mean(axis=0))
        deviation = np.where(deviation > TIE * mean, deviation, np.nan)
        return {"pct_b": (row.px - (mean - 2.0 * deviation)) / (4.0 * deviation)}

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        self._closes.append(row.px)


class TrueRange:
    """T8: Wilder's average true range over 14 sessions, from the second bar on."""

    def __init__(self, symbols: int) -> None:
        self._mean = WilderMean(14, symbols)
        self._last_close = np.full(symbols, np.nan)

    def read(self, row: Row) -> dict[str, Floats]:
        """`atr14` in the quote currency."""
        return {"atr14": self._mean.peek(self._range(row))}

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        self._mean.push(self._range(row))
        self._last_close = np.where(np.isnan(row.px), self._last_close, row.px)

    def _range(self, row: Row) -> Floats:
        """NaN where there is no previous close."""
        spread: Floats = np.maximum(row.high, self._last_close) - np.minimum(row.low, self._last_close)
        return spread


class Turnover:
    """T9: mean volume over 20 and 63 sessions including this one, and today's share of the former.

    A day without trade is left out of every volume metric (B.10).
    """

    def __init__(self, symbols: int) -> None:
        self._sums = WindowSums((20, 63), symbols)

    def read(self, row: Row) -> dict[str, Floats]:
        """`adv20`, `adv63` in shares, `rel_volume` as a ratio."""
        volume = _traded(row.volume)
        adv20, adv63 = self._sums.peek(volume) / _ADV_COLUMN
        return {"adv20": adv20, "adv63": adv63, "rel_volume": volume / adv20}

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        self._sums.push(_traded(row.volume))


def _by_window(values: dict[str, Floats]) -> dict[str, Floats]:
    """Arrays of shape (windows, N) by name, as one of shape (N,) each."""
    return {f"{name}{n}": part[k] for name, part in values.items() for k, n in enumerate(SMA_WINDOWS)}


def _traded(volume: Floats) -> Floats:
    return np.where(volume > 0, volume, np.nan)


def _flag(condition: npt.NDArray[np.bool_], known: Floats) -> Floats:
    """1.0 or 0.0, and NaN where `known` is missing."""
    flags: Floats = condition.astype(np.float64)
    missing = np.isnan(known)
    if missing.any():
        flags[missing] = np.nan
    return flags
