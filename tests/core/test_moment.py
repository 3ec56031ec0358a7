"""The sessions of one instant, with bars that may come late and with a market that never closes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.moment import Moment
from core.sessions import Calendar
from core.snapshot import Phase
from tests.core.fakes import FRIDAY, HALF_DAY, MONDAY, SUNDAY, new_york

XNYS = Calendar()
THURSDAY, BEFORE_THANKSGIVING = date(2026, 1, 8), date(2025, 11, 26)


def moment(day: date, clock: str, *, always_open: bool = False) -> Moment:
    return Moment.of(XNYS, new_york(day, clock), grace=timedelta(hours=2), always_open=always_open)


@pytest.mark.parametrize(
    ("day", "clock", "phase", "sessions"),
    [
        (MONDAY, "09:29", "pre", (FRIDAY, FRIDAY, FRIDAY)),
        (MONDAY, "09:30", "open", (MONDAY, FRIDAY, FRIDAY)),
        (MONDAY, "16:00", "after", (MONDAY, FRIDAY, FRIDAY)),
        (MONDAY, "16:15", "after", (MONDAY, MONDAY, FRIDAY)),
        (MONDAY, "18:15", "after", (MONDAY, MONDAY, MONDAY)),
        (SUNDAY, "12:00", "closed", (FRIDAY, FRIDAY, FRIDAY)),
        (HALF_DAY, "13:14", "after", (HALF_DAY, BEFORE_THANKSGIVING, BEFORE_THANKSGIVING)),
        (HALF_DAY, "13:15", "after", (HALF_DAY, HALF_DAY, BEFORE_THANKSGIVING)),
    ],
)
def test_the_sessions_of_an_instant(day: date, clock: str, phase: Phase, sessions: tuple[date, date, date]) -> None:
    """`sessions`: the one in progress or last begun, the last finished one, and the last whose bars are expected."""
    found = moment(day, clock)
    assert (found.phase, (found.session, found.finished, found.expected)) == (phase, sessions)
    assert found.in_progress == (found.session != found.finished)


def test_a_market_that_never_closes_is_in_its_last_session() -> None:
    found = moment(SUNDAY, "12:00", always_open=True)
    assert (found.phase, found.session, found.finished, found.expected) == ("simulated", FRIDAY, THURSDAY, THURSDAY)
    assert found.in_progress
    assert (found.next_session, found.next_open) == (MONDAY, new_york(MONDAY, "09:30"))
