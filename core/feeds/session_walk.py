"""The open session of the simulated market: common factors and symbols that walk on tick by tick.

A tick stands for a refresh of about three seconds and is larger than life, so that the screen visibly
moves; a weak pull keeps a session that stays open for days believable. Now and then a burst of stress
sends the market down and implied volatility up within a minute or two, and fades again.
"""

from __future__ import annotations

import numpy as np

from core.feeds.factor_model import DAILY, LEVERAGE, MARKET, by_factor, daily_deviation, decimals
from core.feeds.loadings import FACTORS, Profile, stream
from core.model import Instant, Quote, Session
from core.panel import Floats

_TICK = 1 / 60  # of a calm day's standard deviation: 1 to 2 basis points for the market
_PULL = 1 / 1500  # share of its walk that a factor or symbol gives back each tick
_STILL = 0.4  # share of symbols that do not trade in a tick
_OPENING = 0.6  # of a day's standard deviation: what has happened before the first tick
_DAY_VOLUME = 1.5  # of the usual day's: what the volume of a session that never ends tends to
_TICK_VOLUME = 1 / 5000  # of the volume still to come

_STRETCH = 180  # ticks; each stretch holds one burst of stress
_RISE, _FADE = 25, 80  # ticks
_BURST = by_factor(
    {"market": -0.006, "size": -0.002, "credit": -0.001, "gold": 0.002, "rate": -0.006, "vol": 0.10, "vol3m": 0.03}
)


class CommonWalk:
    """The factors since the last close; `displacement` has one entry per factor, in log returns."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._tick = 0
        self._rng = stream(seed, "ticks")
        self._opening = _OPENING * DAILY * self._rng.standard_normal(len(FACTORS))
        self._walk = np.zeros(len(FACTORS))
        self.displacement = self._displaced()

    def advance(self) -> None:
        """One tick on."""
        self._tick += 1
        self._walk += _TICK * DAILY * self._rng.standard_normal(len(FACTORS)) - _PULL * self._walk
        self.displacement = self._displaced()

    def _displaced(self) -> Floats:
        moved = self._opening + self._walk + _BURST * self._burst()
        for volatility, leverage in LEVERAGE.items():
            moved[volatility] -= leverage * moved[MARKET]
        return moved

    def _burst(self) -> float:
        """Strength of the burst of stress at this tick; 0 outside it."""
        stretch, tick = divmod(self._tick, _STRETCH)
        rng = stream(self._seed, "burst", stretch)
        onset, peak = int(rng.integers(15, _STRETCH - _RISE - _FADE)), rng.uniform(0.5, 1.3)
        return float(np.interp(tick, [onset, onset + _RISE, onset + _RISE + _FADE], [0, peak, 0]))


class SymbolWalk:
    """One symbol in the open session; it begins where `common` stands when it is first asked for."""

    def __init__(self, seed: int, symbol: str, profile: Profile, close: float, common: CommonWalk) -> None:
        self._symbol, self._profile, self._close, self._common = symbol, profile, close, common
        self._rng = stream(seed, "walk", profile.shocks or symbol)
        self._loads = by_factor(profile.loads)
        deviation = daily_deviation(profile)
        own, gap, above, below = self._rng.standard_normal(4)
        self._own = _OPENING * profile.own * float(own)
        now = self._log_move()
        self._price = self._quoted(now)
        self._open = self._quoted(0.4 * now + 0.2 * deviation * gap)
        self._high = max(self._open, self._quoted(now + 0.3 * deviation * abs(above)))
        self._low = min(self._open, self._quoted(now - 0.3 * deviation * abs(below)))
        self._volume = self._rng.uniform(0.3, 0.5)  # of the usual day's

    def advance(self) -> None:
        """One tick on; in some ticks the symbol does not trade and stays as it is."""
        shock, trade = self._rng.standard_normal(2)
        self._own += _TICK * self._profile.own * float(shock) - _PULL * self._own
        if self._rng.random() < _STILL:
            return
        self._price = self._quoted(self._log_move())
        self._high, self._low = max(self._high, self._price), min(self._low, self._price)
        self._volume += _TICK_VOLUME * (_DAY_VOLUME - self._volume) * float(np.exp(0.5 * trade))

    def quote(self, session: Session, now: Instant) -> Quote:
        """The state of the symbol, as of `now`."""
        usual = self._profile.volume
        volume = None if usual is None else float(round(usual * self._volume))
        return Quote(self._symbol, session, self._price, now, self._open, self._high, self._low, volume)

    def _log_move(self) -> float:
        return float(self._loads @ self._common.displacement) + self._own

    def _quoted(self, log_move: float) -> float:
        return round(self._close * float(np.exp(log_move)), decimals(self._profile))
