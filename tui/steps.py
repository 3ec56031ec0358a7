"""Steps through the finished sessions: by sessions, by months, to a date. Pure: each is a function of them.

A step takes the sessions, oldest first, and the place where one stands; `len(sessions)` is the session in progress
after them. It gives the place to go to, which always is that of a session, and what must be said of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, NamedTuple, TypeAlias

from core.i18n import _
from tui.format import day

Step: TypeAlias = "Callable[[Sequence[date], int], Place]"


_RELATIVE = re.compile(r"([+-])(\d{1,4})(m?)")
_MONTH_DAY = re.compile(r"(\d{1,2})-(\d{1,2})")
LEAP: Final = 2000


class Place(NamedTuple):
    """The row of a session, and why it is not the one that was asked for."""

    row: int
    note: str = ""


def by_sessions(n: int) -> Step:
    """So many sessions later, or earlier."""
    return lambda sessions, here: _within(sessions, here + n)


def by_months(n: int) -> Step:
    """To the same day of another month, or to the last session before it; at least to another session."""

    def step(sessions: Sequence[date], here: int) -> Place:
        start = sessions[min(here, len(sessions) - 1)]
        row = bisect_right(sessions, _months_from(start, n)) - 1
        return _within(sessions, min(row, here - 1) if n < 0 else max(row, here + 1))

    return step


def to_date(wanted: date) -> Step:
    """To a day; where it was no session, to the one before."""

    def step(sessions: Sequence[date], _here: int) -> Place:
        row = bisect_right(sessions, wanted) - 1
        if row < 0:
            return Place(0, _("the data begin here"))
        if sessions[row] == wanted:
            return Place(row)
        if row == len(sessions) - 1:
            return Place(row, _("the last finished session"))
        return Place(row, _("{day} was no session: the one before").format(day=day(wanted)))

    return step


def written(text: str) -> Step | None:
    """What somebody writes: 2026-01-09, 01-09 (the last one), -5 sessions, -2m months; None for anything else."""
    try:
        return _read(text.strip().lower())
    except ValueError:
        return None


def _read(text: str) -> Step:
    """The same; raises ValueError."""
    if relative := _RELATIVE.fullmatch(text):
        sign, number, months = relative.groups()
        n = int(number) if sign == "+" else -int(number)
        return by_months(n) if months else by_sessions(n)
    if parts := _MONTH_DAY.fullmatch(text):
        month, day_of_month = map(int, parts.groups())
        date(LEAP, month, day_of_month)  # a day that no year has is refused now
        return lambda sessions, here: to_date(_last(sessions[-1], month, day_of_month))(sessions, here)
    return to_date(date.fromisoformat(text))


def _within(sessions: Sequence[date], row: int) -> Place:
    if row < 0:
        return Place(0, _("the data begin here"))
    if row >= len(sessions):
        return Place(len(sessions) - 1, _("the last finished session"))
    return Place(row)


def _months_from(start: date, n: int) -> date:
    """The same day n months later; a day which that month lacks becomes its last."""
    month = max(12 * date.min.year, min(12 * date.max.year + 11, 12 * start.year + start.month - 1 + n))
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _last(until: date, month: int, day_of_month: int) -> date:
    """The last such day up to `until`; 29 February is looked for in leap years."""
    year = until.year
    while day_of_month > monthrange(year, month)[1] or date(year, month, day_of_month) > until:
        year -= 1
    return date(year, month, day_of_month)
