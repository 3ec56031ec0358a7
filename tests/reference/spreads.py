"""R5 and R8 to R11: one fund against another, on `tr`, and how robust the difference is."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np

from tests.reference.basics import NAN, daily, last, ratio, ret, sign, std
from tests.reference.data import Array, Data, past, plain

PAIRS = [("IWM", "SPY"), ("RSP", "SPY"), ("DIA", "QQQ")]
WINDOWS = {"5s": 5, "21s": 21, "63s": 63, "126s": 126, "252s": 252}


def r5(a: Array, b: Array, n: int) -> float:
    """The n-session return of A less that of B."""
    return ret(a, n) - ret(b, n)


def r5_back(a: Array, b: Array, n: int, back: int) -> float:
    """R5 as it stood `back` sessions ago; NaN before the data begin."""
    end = len(a) - back
    return r5(a[:end], b[:end], n) if end > 0 else NAN


def z21(a: Array, b: Array, sigma_window: int) -> float:
    """The 21-session spread in units of its own daily deviation times root 21; no mean is taken off."""
    return ratio(r5(a, b, 21), std(daily(a) - daily(b), sigma_window) * math.sqrt(21))


def band63(a: Array, b: Array) -> tuple[float, float]:
    """R9: the least and the greatest spread over the bases 58 to 68 sessions back."""
    spreads = [r5(a, b, k) for k in range(58, 69)]
    if not all(math.isfinite(x) for x in spreads):
        return NAN, NAN
    return min(spreads), max(spreads)


def agreement(a: Array, b: Array) -> int | None:
    """R8: how many of the six windows have the sign of the 63-session one; None while one is missing."""
    spreads = [r5(a, b, n) for n in (5, 21, 42, 63, 126, 252)]
    if not all(math.isfinite(x) for x in spreads):
        return None
    return sum(sign(x) == sign(r5(a, b, 63)) for x in spreads)


def t63(a: Array, b: Array) -> float:
    """R11: the t of the mean daily difference over 63 sessions."""
    d = last(daily(a) - daily(b), 63)
    if d is None:
        return NAN
    return ratio(float(np.mean(d)) * math.sqrt(63), float(np.std(d, ddof=1)))


def streak_daily(a: Array, b: Array) -> int:
    """R10a: consecutive sessions, today the last, on which A's day beat B's."""
    count = 0
    for d in reversed(daily(a) - daily(b)):
        if not d > 0:
            break
        count += 1
    return count


def streak63(a: Array, b: Array) -> int:
    """R10b: consecutive sessions, today the last, with R5(63) > 0."""
    count = 0
    while r5_back(a, b, 63, count) > 0:
        count += 1
    return count


def share63(a: Array, b: Array) -> float:
    """R10c: the share of the last 63 sessions with R5(63) > 0."""
    spreads = [r5_back(a, b, 63, back) for back in range(63)]
    if not all(math.isfinite(x) for x in spreads):
        return NAN
    return sum(x > 0 for x in spreads) / 63


def expected_spreads(data: Data, session: date) -> dict[str, dict[str, Any]]:
    """Pair id -> the fields of interface.md `spreads`, with `streak_daily` and `share63` beside them."""
    at = data.at(session)
    return {f"{first}-{second}": _spread(data, first, second, at) for first, second in PAIRS}


def _spread(data: Data, first: str, second: str, at: int) -> dict[str, Any]:
    a, b = past(data.tr, first, at), past(data.tr, second, at)
    low, high = band63(a, b)
    fields: dict[str, Any] = {key: plain(r5(a, b, n)) for key, n in WINDOWS.items()}
    known = math.isfinite(r5(a, b, 63))
    return fields | {
        "z21": plain(z21(a, b, 63)),
        "band63": [plain(low), plain(high)],
        "agree": [agreement(a, b), 6],
        "t63": plain(t63(a, b)),
        "streak": streak63(a, b) if known else None,
        "streak_daily": streak_daily(a, b) if len(a) > 1 else None,
        "share63": plain(share63(a, b)),
    }
