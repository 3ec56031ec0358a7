"""R7 and the rank half of R13: places within a group, how they moved, and how long the leader has led.

The one-session rank is on `px`, the others on `tr`; 1 is best, ties share the average, what is missing has no rank.
"""

from __future__ import annotations

import math
from datetime import date

import pandas as pd

from tests.reference.basics import ret
from tests.reference.data import Data, past

RANK_WINDOWS = {"1s": 1, "5s": 5, "21s": 21, "63s": 63, "126s": 126, "252s": 252}
Ranks = dict[str, dict[str, float | None]]


def group_ranks(data: Data, at: int, group: list[str], n: int) -> dict[str, float | None]:
    """The rank of every member by its n-session return."""
    table = data.px if n == 1 else data.tr
    returns = pd.Series({symbol: ret(past(table, symbol, at), n) for symbol in group})
    ranks = returns.rank(ascending=False, method="average")
    return {symbol: None if math.isnan(ranks[symbol]) else float(ranks[symbol]) for symbol in group}


def expected_ranks(data: Data, session: date, group: list[str]) -> Ranks:
    """Symbol -> window -> rank."""
    by_window = {key: group_ranks(data, data.at(session), group, n) for key, n in RANK_WINDOWS.items()}
    return {symbol: {key: by_window[key][symbol] for key in RANK_WINDOWS} for symbol in group}


def expected_rank_change(data: Data, session: date, group: list[str]) -> Ranks:
    """Symbol -> window -> places climbed since 21 sessions ago (positive is better)."""
    at = data.at(session)
    now = expected_ranks(data, session, group)
    if at < 21:
        return {symbol: dict.fromkeys(RANK_WINDOWS) for symbol in group}
    then = expected_ranks(data, data.sessions[at - 21], group)

    def climbed(symbol: str, key: str) -> float | None:
        before, after = then[symbol][key], now[symbol][key]
        return None if before is None or after is None else before - after

    return {symbol: {key: climbed(symbol, key) for key in RANK_WINDOWS} for symbol in group}


def expected_days_at_rank1(data: Data, session: date, group: list[str]) -> dict[str, dict[str, int]]:
    """Symbol -> window -> consecutive sessions, today the last, on which it held rank 1 alone."""

    def days(symbol: str, n: int) -> int:
        count = 0
        at = data.at(session)
        while at >= 0 and group_ranks(data, at, group, n)[symbol] == 1:
            count += 1
            at -= 1
        return count

    return {symbol: {key: days(symbol, n) for key, n in RANK_WINDOWS.items()} for symbol in group}
