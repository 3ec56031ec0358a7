"""warnings.md C.2: W01, W01b, W02, W06, W07, W19 and W19b judged on every session of the file.

Each rule is a function of the past up to a session; it answers None where a required input is not there.
"""

from __future__ import annotations

import math

import numpy as np

from tests.reference.basics import (
    NAN,
    extension,
    highest,
    mean,
    percent_b,
    percentile_rank,
    ret,
    rsi,
    side_of_sma,
    sign,
)
from tests.reference.data import LEADERS, Array, Data, past
from tests.reference.machine import Inputs, StateRow, replay
from tests.reference.spreads import band63, r5, share63, z21

States = dict[tuple[str, str], list[StateRow]]


def rule_states(data: Data) -> States:
    """(rule, subject) -> its state after every session, oldest first."""
    return {
        (rule, subject): replay(data.sessions, inputs, raised="INFO" if rule == "W01b" else "WATCH")
        for (rule, subject), inputs in rule_inputs(data).items()
    }


def rule_inputs(data: Data) -> dict[tuple[str, str], list[Inputs | None]]:
    """(rule, subject) -> what it says of every session, oldest first."""
    days = range(len(data.sessions))
    newest = len(data.sessions) - 1
    iwm, spy = past(data.tr, "IWM", newest), past(data.tr, "SPY", newest)
    judged: dict[tuple[str, str], list[Inputs | None]] = {
        ("W01", "IWM-SPY"): [w01(iwm[: i + 1], spy[: i + 1]) for i in days],
        ("W01b", "IWM-SPY"): [w01b(iwm[: i + 1], spy[: i + 1]) for i in days],
        ("W02", "IWM-SPY"): [w02(iwm[: i + 1], spy[: i + 1]) for i in days],
    }
    for symbol in LEADERS:
        px, tr = past(data.px, symbol, newest), past(data.tr, symbol, newest)
        judged["W06", symbol] = w06(px, tr)
        judged["W07", symbol] = [w07(px[: i + 1], tr[: i + 1]) for i in days]
        judged["W19", symbol] = [w19(px[: i + 1]) for i in days]
        judged["W19b", symbol] = [w19b(px[: i + 1]) for i in days]
    return judged


def w01(iwm: Array, spy: Array) -> Inputs | None:
    """The small-cap lead reverses."""
    if len(iwm) < 127:
        return None
    z, share, side = z21(iwm, spy, 63), share63(iwm, spy), side_of_sma(iwm / spy, 50)
    if not (math.isfinite(z) and math.isfinite(share)) or side is None:
        return None
    aside = side < 0 and share >= 0.60
    return Inputs(watch=z <= -1.0 and aside, warn=z <= -1.75 and aside, exit=z > 0 or side > 0)


def w01b(iwm: Array, spy: Array) -> Inputs | None:
    """The twin: the large-cap lead reverses. An INFO rule has no warn, so its -1.75 has no counterpart."""
    if len(iwm) < 127:
        return None
    z, share, side = z21(iwm, spy, 63), share63(iwm, spy), side_of_sma(iwm / spy, 50)
    if not (math.isfinite(z) and math.isfinite(share)) or side is None:
        return None
    return Inputs(watch=z >= 1.0 and side > 0 and share <= 0.40, warn=False, exit=z < 0 or side < 0)


def w02(iwm: Array, spy: Array) -> Inputs | None:
    """The lead depends on the base date or on the window."""
    low, high = band63(iwm, spy)
    spreads = [r5(iwm, spy, n) for n in (21, 63, 126)]
    if not all(math.isfinite(x) for x in [low, high, *spreads]):
        return None
    both_signs = low < 0 < high
    one_sign = low > 0 or high < 0
    signs = {sign(x) for x in spreads}
    agree = len(signs) == 1 and 0 not in signs
    return Inputs(watch=both_signs or not agree, warn=False, exit=agree and one_sign)


def w06(px: Array, tr: Array) -> list[Inputs | None]:
    """Overbought, on every session at once: its percentiles rank today among the values of the sessions before."""
    rsi14 = rsi(px)
    above_sma50 = np.array([px[i] / mean(px[: i + 1], 50) - 1 for i in range(len(px))])
    r63 = np.array([ret(tr[: i + 1], 63) for i in range(len(tr))])
    judged: list[Inputs | None] = []
    for i in range(len(px)):
        b = percent_b(px[: i + 1]) if i >= 19 else NAN
        stretch, momentum = percentile_rank(above_sma50[: i + 1]), percentile_rank(r63[: i + 1])
        if not all(math.isfinite(x) for x in [float(rsi14[i]), b, stretch, momentum]):
            judged.append(None)
            continue
        points = int(rsi14[i] >= 70) + int(b >= 1) + int(stretch >= 0.95) + int(momentum >= 0.95)
        judged.append(Inputs(watch=points >= 2, warn=points >= 3, exit=points <= 1 and bool(rsi14[i] < 65)))
    return judged


def w07(px: Array, tr: Array) -> Inputs | None:
    """Extended near the 252-session closing high."""
    from_high, t6 = float(px[-1]) / highest(px, 252) - 1, extension(px, tr)
    if not (math.isfinite(from_high) and math.isfinite(t6)):
        return None
    near = from_high >= -0.01
    return Inputs(watch=near and t6 >= 1.0, warn=near and t6 >= 1.3, exit=from_high < -0.03 or t6 < 0.6)


def w19(px: Array) -> Inputs | None:
    """Drawdown from the highest close of 252 sessions."""
    fall = float(px[-1]) / highest(px, 252) - 1
    if not math.isfinite(fall):
        return None
    return Inputs(watch=fall <= -0.05, warn=fall <= -0.10, exit=fall > -0.03)


def w19b(px: Array) -> Inputs | None:
    """Below a 200-session average, and that average falling."""
    side, now, before = side_of_sma(px, 200), mean(px, 200), mean(px[:-20], 200)
    if side is None or not math.isfinite(before):
        return None
    return Inputs(watch=side < 0, warn=side < 0 and now < before, exit=side > 0)
