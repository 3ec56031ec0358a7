"""The common factors of the simulated market, and the daily bars that follow from them.

Everything is counted back from the newest session and drawn in that order: a longer history only adds
older sessions, and the newest close of a price is the level in its profile whatever the date. Spells of
calm and of stress alternate; in stress the factors move more, the market falls, yields fall and implied
volatility rises, its short end more than its long end. Size, value and every sector have spells of
leadership of their own. Arrays run from the oldest to the newest session; moves are log returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.feeds.loadings import FACTORS, SECTORS, Profile, stream
from core.model import SymbolClass
from core.panel import Bars, Days, Floats

MARKET, RATE, SHORT, VOL, VOL3M = (FACTORS.index(name) for name in ("market", "rate", "short", "vol", "vol3m"))


def by_factor(values: Mapping[str, float], default: float = 0.0) -> Floats:
    """`values` in the order of the factors, (factors,)."""
    return np.array([values.get(name, default) for name in FACTORS])


_SECTOR_DAILY = dict.fromkeys(SECTORS, 0.0055) | {"energy": 0.009}
_OTHER_DAILY = {"credit": 0.0011, "gold": 0.010, "dollar": 0.0038, "copper": 0.012, "oil": 0.018}
_LEVEL_DAILY = {"rate": 0.012, "short": 0.003, "vol": 0.035, "vol3m": 0.012}
DAILY = by_factor({"market": 0.0075, "size": 0.0055, "value": 0.0045} | _SECTOR_DAILY | _OTHER_DAILY | _LEVEL_DAILY)
"""Standard deviation of each factor in one calm session."""

_WILDER = by_factor({"market": 1.5, "credit": 1.8}, default=0.6)  # how much more in full stress
_CALM_DRIFT = by_factor({"market": 0.0010, "credit": 0.00005, "gold": 0.0003, "copper": 0.0003})
_STRESS_DRIFT = by_factor({"market": -0.0016, "size": -0.0003, "credit": -0.0006, "gold": 0.0005, "oil": -0.001})
_LEADERSHIP = {"size": 0.0009, "value": 0.0007} | dict.fromkeys(SECTORS, 0.0005)
_ONSET = -0.018  # the market on the first day of stress
_OWN_WILDER = 0.6
_CALM_SPELL, _STRESS_SPELL, _LEADERSHIP_SPELL = 110.0, 24.0, 45.0  # mean sessions

LEVERAGE = {VOL: 6.0, VOL3M: 3.0}
"""Rise of the log of implied volatility per unit of fall of the market."""

_MEMORY = 250  # sessions before the first one that its moving averages reach back to
_QUARTER = 63  # sessions between two dividends


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """The common paths, one row per session: `levels` (sessions, factors), `stress` from 0 to 1.

    Levels of yields and implied volatilities swing about 0; those of the other factors end at 0.
    """

    seed: int
    levels: Floats
    stressed: npt.NDArray[np.bool_]
    stress: Floats


def simulate_factors(seed: int, sessions: int) -> Factors:
    """The factors of the newest `sessions` sessions."""
    rows = sessions + _MEMORY
    stressed = _spells(stream(seed, "regime"), rows, _CALM_SPELL, _STRESS_SPELL)
    stress = 0.25 * _decayed(stressed, 0.75)
    shocks = _newest_last(stream(seed, "factors").standard_normal((rows, len(FACTORS))))
    shocks *= DAILY * (1 + _WILDER * stress[:, None])
    moves = shocks + _drifts(seed, stressed)
    moves[1:, MARKET] += _ONSET * (stressed[1:] & ~stressed[:-1])
    levels = _ending_at_zero(moves)
    fall = _CALM_DRIFT[MARKET] - moves[:, MARKET]
    levels[:, RATE] = _decayed(shocks[:, RATE] - 0.5 * stress * fall, 0.985)
    levels[:, SHORT] = _decayed(shocks[:, SHORT], 0.99)
    levels[:, VOL] = 0.55 * stress + LEVERAGE[VOL] * _decayed(fall, 0.88) + _decayed(shocks[:, VOL], 0.85)
    levels[:, VOL3M] = (
        0.04 * _decayed(stress, 0.9) + LEVERAGE[VOL3M] * _decayed(fall, 0.94) + _decayed(shocks[:, VOL3M], 0.9)
    )
    return Factors(seed, levels[_MEMORY:], stressed[_MEMORY:], stress[_MEMORY:])


def simulate_bars(symbol: str, profile: Profile, factors: Factors, days: Days) -> Bars:
    """The bars of `symbol` on `days`, the newest sessions of `factors`, which hold at least one more."""
    rows = len(days) + 1  # one older session, for the first open
    noise = _newest_last(stream(factors.seed, "own", profile.shocks or symbol).standard_normal((rows, 5)))
    stress = factors.stress[-rows:]
    adjustment = _adjustment(symbol, profile, rows)
    path = _log_path(profile, factors.levels[-rows:], noise[:, 0] * (1 + _OWN_WILDER * stress)) - adjustment
    close, move = path[1:], np.diff(path)
    spread = daily_deviation(profile) * (1 + stress[1:])
    opening = path[:-1] + 0.35 * move + 0.35 * spread * noise[1:, 1]
    high = np.maximum(opening, close) + 0.45 * spread * np.abs(noise[1:, 2])
    low = np.minimum(opening, close) - 0.45 * spread * np.abs(noise[1:, 3])
    prices = np.round(profile.level * np.exp([opening, high, low, close]), decimals(profile))
    opens, highs, lows, closes = np.maximum(prices, 10.0 ** -decimals(profile))
    volume = np.full(len(days), np.nan)
    if profile.volume is not None:
        volume = np.round(profile.volume * np.exp(0.25 * noise[1:, 4] + 0.5 * stress[1:]))
    return Bars(symbol, days, opens, highs, lows, closes, closes * np.exp(adjustment[1:]), volume)


def daily_deviation(profile: Profile) -> float:
    """Standard deviation of the log return of one calm session."""
    return float(np.hypot(np.linalg.norm(by_factor(profile.loads) * DAILY), profile.own))


def decimals(profile: Profile) -> int:
    """Digits after the point in which the symbol is quoted."""
    return 3 if profile.cls is SymbolClass.RATE else 2


def _log_path(profile: Profile, levels: Floats, own: Floats) -> Floats:
    """Log of the total-return level over `profile.level`; of an index, of its price."""
    common = levels @ by_factor(profile.loads)
    if not profile.cls.has_returns:
        return common + profile.own * own
    leaves = profile.payout if profile.cls is SymbolClass.INDEX else 0.0
    trend = (profile.drift - leaves) / 252 * np.arange(1 - len(own), 1)
    path: Floats = common - common[-1] + trend + _ending_at_zero(profile.own * own)
    return path


def _adjustment(symbol: str, profile: Profile, rows: int) -> Floats:
    """Log of `adj_close` over `close`: the dividends still to come, one each quarter."""
    dividends = np.zeros(rows)
    if profile.cls.has_total_return:
        newest = int(stream("dividend", symbol).integers(1, _QUARTER))  # sessions before the last one
        dividends[::-1][newest::_QUARTER] = np.log1p(-profile.payout / 4)
    return -_ending_at_zero(dividends)


def _drifts(seed: int, stressed: npt.NDArray[np.bool_]) -> Floats:
    """Expected moves (sessions, factors): those of the regime, and of the spells of leadership."""
    drifts = np.where(stressed[:, None], _STRESS_DRIFT, _CALM_DRIFT)
    for name, strength in _LEADERSHIP.items():
        leads = _spells(stream(seed, "leadership", name), len(stressed), _LEADERSHIP_SPELL, _LEADERSHIP_SPELL)
        drifts[:, FACTORS.index(name)] += np.where(leads, strength, -strength)
    return drifts


def _spells(rng: np.random.Generator, rows: int, mean_off: float, mean_on: float) -> npt.NDArray[np.bool_]:
    """A two-state Markov chain with the given mean lengths of its spells, drawn from its newest session back."""
    states: list[bool] = []
    on = bool(rng.random() < mean_on / (mean_on + mean_off))
    while len(states) < rows:
        states.extend([on] * int(rng.geometric(1 / (mean_on if on else mean_off))))
        on = not on
    return np.array(states[rows - 1 :: -1])


def _newest_last(drawn: Floats) -> Floats:
    """What was drawn from the newest session back, in the order of time."""
    return drawn[::-1].copy()


def _ending_at_zero(moves: Floats) -> Floats:
    """The running sum of `moves`, shifted to end at 0."""
    return moves - np.cumsum(moves[::-1], axis=0)[::-1]


def _decayed(values: npt.NDArray[np.bool_] | Floats, decay: float) -> Floats:
    """Sum over the last `_MEMORY` sessions, weighted by powers of `decay`; the first rows lack some."""
    return np.convolve(values, decay ** np.arange(_MEMORY))[: len(values)]
