"""warnings.md C.1b: the verdict on every session, from four pieces of evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from tests.reference.basics import side_of_sma
from tests.reference.data import SECTORS, Array, Data, past
from tests.reference.rotation import cyclical_minus_defensive
from tests.reference.spreads import agreement, band63, r5

NOT_EVALUATED = "NOT EVALUATED"


@dataclass(frozen=True)
class Verdict:
    """`today` is what this session's evidence says alone, `state` what two sessions in a row have confirmed."""

    session: date
    evidence: tuple[float, float, float, int] | None
    score: int | None
    today: str
    state: str
    since: date | None
    fragile: bool | None


def evidence(data: Data, at: int) -> tuple[float, float, float, int] | None:
    """R5(IWM, SPY, 63), R5(RSP, SPY, 63), S4 msci at 21 sessions, sector funds above SMA50; None if one is missing."""
    spy = past(data.tr, "SPY", at)
    small = r5(past(data.tr, "IWM", at), spy, 63)
    equal = r5(past(data.tr, "RSP", at), spy, 63)
    rotation = cyclical_minus_defensive(data, at, "msci", 21)
    sides = [side_of_sma(past(data.px, symbol, at), 50) for symbol in SECTORS]
    if not all(math.isfinite(x) for x in [small, equal, rotation]) or None in sides:
        return None
    return small, equal, rotation, sides.count(1)


def score_of(parts: tuple[float, float, float, int]) -> int:
    small, equal, rotation, sectors = parts
    return int(small > 0) + int(equal > 0) + int(rotation > 0) + int(sectors >= 6)


def fragile(iwm: Array, spy: Array) -> bool | None:
    """R9 has both signs, or R8 is at most 3 of 6; None while neither can say so and one is missing."""
    low, high = band63(iwm, spy)
    agree = agreement(iwm, spy)
    if low < 0 < high or (agree is not None and agree <= 3):
        return True
    return None if agree is None or math.isnan(low) else False


def verdicts(data: Data) -> list[Verdict]:
    """The verdict after every session, oldest first."""
    rows = []
    state, since, candidate = NOT_EVALUATED, None, NOT_EVALUATED
    for at, session in enumerate(data.sessions):
        frail = fragile(past(data.tr, "IWM", at), past(data.tr, "SPY", at))
        parts = evidence(data, at)
        if parts is None:
            rows.append(Verdict(session, None, None, NOT_EVALUATED, NOT_EVALUATED, None, frail))
            continue
        score = score_of(parts)
        today = "NARROWING" if score <= 1 else "MIXED" if score == 2 else "BROADENING"
        if today == candidate and today != state:
            state, since = today, session
        candidate = today
        rows.append(Verdict(session, parts, score, today, state, since, frail))
    return rows
