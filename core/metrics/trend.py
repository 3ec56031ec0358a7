"""Group T: averages, distance from highs, records, RSI, Bollinger, ATR, volume (metrics.md B.4).

On `px` throughout. The state of each metric is O(1) per symbol and window.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from core.metrics.rolling import WilderMean, WindowMax, WindowMin, WindowSums
from core.metrics.row import Row
from core.panel import Floats

SMA_WINDOWS = (20, 50, 200)
SLOPE_SESSIONS = 20
_COLUMN = np.array(SMA_WINDOWS, dtype=np.float64)[:, None]
TIE = 1e-12
"""Above an average means n·P > S·(1 + 1e-12): exact ties of cent prices must not depend on rounding (0.4)."""


class Trend:
    """T1 to T5, T8 and T9 of N symbols."""

    def __init__(self, symbols: int) -> None:
        self._sums = WindowSums(SMA_WINDOWS, symbols)
        self._past_smas = deque[Floats](maxlen=SLOPE_SESSIONS)
        self._last20 = deque[Floats](maxlen=19)
        self._high = WindowMax(252, symbols)
        self._low = WindowMin(252, symbols)
        self._high_close = WindowMax(252, symbols)
        self._record_close = np.full(symbols, -np.inf)
        self._record_high = np.full(symbols, -np.inf)
        self._gain = WilderMean(14, symbols)
        self._loss = WilderMean(14, symbols)
        self._range = WilderMean(14, symbols)
        self._last_close = np.full(symbols, np.nan)
        self._volumes = WindowSums((20, 63), symbols)

    def read(self, row: Row) -> dict[str, Floats]:
        """Values by field name; `above_sma{n}` is 1, 0 or NaN."""
        return {**self._averages(row), **self._extremes(row), **self._oscillators(row), **self._volume(row)}

    def advance(self, row: Row) -> None:
        """Take a finished session in."""
        self._past_smas.append(self._sums.peek(row.px) / _COLUMN)
        self._sums.push(row.px)
        self._last20.append(row.px)
        self._high.push(row.high)
        self._low.push(row.low)
        self._high_close.push(row.px)
        self._record_close = np.fmax(self._record_close, row.px)
        self._record_high = np.fmax(self._record_high, row.high)
        self._gain.push(np.maximum(row.move, 0.0))
        self._loss.push(np.maximum(-row.move, 0.0))
        self._range.push(self._true_range(row))
        self._last_close = np.where(np.isnan(row.px), self._last_close, row.px)
        self._volumes.push(_traded(row.volume))

    def _averages(self, row: Row) -> dict[str, Floats]:
        """T1: averages, distances, slopes, and which side of the average the price is on."""
        totals = self._sums.peek(row.px)
        smas = totals / _COLUMN
        slopes = (
            smas / self._past_smas[0] - 1.0 if len(self._past_smas) == SLOPE_SESSIONS else np.full_like(smas, np.nan)
        )
        values = {
            "sma": smas,
            "dist_sma": row.px / smas - 1.0,
            "slope_sma": slopes,
            "above_sma": _flag(_COLUMN * row.px > totals * (1 + TIE), totals),
            "below_sma": _flag(_COLUMN * row.px < totals * (1 - TIE), totals),
        }
        return {f"{name}{n}": part[k] for name, part in values.items() for k, n in enumerate(SMA_WINDOWS)}

    def _extremes(self, row: Row) -> dict[str, Floats]:
        """T2 and T3: 252-session extremes on both bases, and records since the first loaded session."""
        high, low, close = self._high.peek(row.high), self._low.peek(row.low), self._high_close.peek(row.px)
        return {
            "high_252": high,
            "low_252": low,
            "high_close_252": close,
            "dist_high_252": row.px / high - 1.0,
            "dist_low_252": row.px / low - 1.0,
            "dist_high_close_252": row.px / close - 1.0,
            # The drawdown of V9's note and of W19: px close against the highest px close of 252 sessions.
            "drawdown_252": row.px / close - 1.0,
            "record_close": _flag(row.px >= self._record_close, row.px),
            "record_high": _flag(row.high >= self._record_high, row.high),
        }

    def _oscillators(self, row: Row) -> dict[str, Floats]:
        """T4 RSI14 (flat gives 50), T5 Bollinger %b (ddof=0, from deviations), T8 ATR14."""
        gain = self._gain.peek(np.maximum(row.move, 0.0))
        loss = self._loss.peek(np.maximum(-row.move, 0.0))
        total = gain + loss
        flat = total == 0.0
        rsi = np.where(flat, 50.0, 100.0 * gain / np.where(flat, 1.0, total))
        return {"rsi14": rsi, "pct_b": self._percent_b(row.px), "atr14": self._range.peek(self._true_range(row))}

    def _percent_b(self, px: Floats) -> Floats:
        if len(self._last20) < 19:
            return np.full_like(px, np.nan)
        window = np.vstack([*self._last20, px])
        mean = window.mean(axis=0)
        deviation = np.sqrt(((window - mean) ** 2).mean(axis=0))
        deviation = np.where(deviation > TIE * mean, deviation, np.nan)
        position: Floats = (px - (mean - 2.0 * deviation)) / (4.0 * deviation)
        return position

    def _true_range(self, row: Row) -> Floats:
        """From the second bar on: NaN where there is no previous close."""
        top = np.maximum(row.high, self._last_close)
        bottom = np.minimum(row.low, self._last_close)
        spread: Floats = top - bottom
        return spread

    def _volume(self, row: Row) -> dict[str, Floats]:
        """T9: mean volume over 20 and 63 sessions including this one, and today's share of the former."""
        volume = _traded(row.volume)
        adv20, adv63 = self._volumes.peek(volume) / np.array([[20.0], [63.0]])
        return {"adv20": adv20, "adv63": adv63, "rel_volume": volume / adv20}


def _traded(volume: Floats) -> Floats:
    """Volume with zero as missing: a day without trade is left out of every volume metric (B.10)."""
    return np.where(volume > 0, volume, np.nan)


def _flag(condition: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], known: Floats) -> Floats:
    """1.0 or 0.0, and NaN where `known` is missing."""
    return np.where(np.isnan(known), np.nan, condition.astype(np.float64))
