"""XNYS as the rest of Tapeboard sees it: facts of the exchange, and the state at every edge of a day."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import TapeboardError
from core.sessions import NEW_YORK, Calendar, FixedClock, Phase, SystemClock, end_of_day, exchange_time

FRIDAY = date(2026, 1, 9)
SUNDAY = date(2026, 1, 11)
MONDAY = date(2026, 1, 12)
HALF_DAY = date(2025, 11, 28)


@pytest.fixture(scope="module")
def xnys() -> Calendar:
    return Calendar()


def new_york(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=NEW_YORK)


def test_a_sunday_shows_friday_and_names_monday(xnys: Calendar) -> None:
    state = xnys.state(end_of_day(SUNDAY))
    assert (state.phase, state.session, state.last_finished) == (Phase.CLOSED, FRIDAY, FRIDAY)
    assert state.next_session == MONDAY
    assert state.next_open == new_york(MONDAY, "09:30")


@pytest.mark.parametrize(
    "closed",
    [date(2025, 11, 27), date(2026, 1, 19), date(2026, 2, 16), date(2025, 1, 9), date(2001, 9, 11), SUNDAY],
)
def test_days_without_a_session(xnys: Calendar, closed: date) -> None:
    assert not xnys.is_session(closed)
    assert np.datetime64(closed) not in xnys.sessions(closed - timedelta(5), closed + timedelta(5))


@pytest.mark.parametrize("day", [HALF_DAY, date(2025, 12, 24), date(2026, 11, 27), date(2026, 12, 24)])
def test_half_days_close_at_one(xnys: Calendar, day: date) -> None:
    assert xnys.is_half_day(day)
    assert xnys.open_at(day) == new_york(day, "09:30")
    assert xnys.close_at(day) == new_york(day, "13:00")
    assert xnys.final_at(day) == new_york(day, "13:15")


def test_a_full_day_closes_at_four(xnys: Calendar) -> None:
    assert not xnys.is_half_day(FRIDAY)
    assert xnys.close_at(FRIDAY) == new_york(FRIDAY, "16:00")
    assert xnys.final_at(FRIDAY) == new_york(FRIDAY, "16:15")


def test_sessions_per_year(xnys: Calendar) -> None:
    counts = [len(xnys.sessions(date(year, 1, 1), date(year, 12, 31))) for year in range(2018, 2027)]
    assert (min(counts), max(counts)) == (250, 253)


def test_neighbours_of_a_day(xnys: Calendar) -> None:
    assert xnys.previous(MONDAY) == FRIDAY
    assert xnys.previous(SUNDAY) == FRIDAY
    assert xnys.next(FRIDAY) == MONDAY
    assert xnys.next(SUNDAY) == MONDAY


def test_sessions_are_inclusive_and_read_only(xnys: Calendar) -> None:
    days = xnys.sessions(FRIDAY, MONDAY)
    assert days.dtype == np.dtype("datetime64[D]")
    assert days.tolist() == [FRIDAY, MONDAY]
    assert len(xnys.sessions(MONDAY, FRIDAY)) == 0
    with pytest.raises(ValueError, match="read-only"):
        days[0] = days[1]


@pytest.mark.parametrize(
    ("clock", "phase", "session", "finished"),
    [
        ("03:59:59", Phase.CLOSED, FRIDAY, FRIDAY),
        ("04:00", Phase.PRE, FRIDAY, FRIDAY),
        ("09:29:59.999999", Phase.PRE, FRIDAY, FRIDAY),
        ("09:30", Phase.OPEN, MONDAY, FRIDAY),
        ("15:59:59.999999", Phase.OPEN, MONDAY, FRIDAY),
        ("16:00", Phase.AFTER, MONDAY, FRIDAY),
        ("16:14:59.999999", Phase.AFTER, MONDAY, FRIDAY),
        ("16:15", Phase.AFTER, MONDAY, MONDAY),
        ("19:59:59", Phase.AFTER, MONDAY, MONDAY),
        ("20:00", Phase.CLOSED, MONDAY, MONDAY),
    ],
)
def test_the_edges_of_a_day(xnys: Calendar, clock: str, phase: Phase, session: date, finished: date) -> None:
    state = xnys.state(new_york(MONDAY, clock))
    assert (state.phase, state.session, state.last_finished) == (phase, session, finished)
    coming = xnys.next(session)
    assert (state.next_session, state.next_open) == (coming, xnys.open_at(coming))


@pytest.mark.parametrize(
    ("clock", "phase"),
    [
        ("12:59:59", Phase.OPEN),
        ("13:00", Phase.AFTER),
        ("16:59:59", Phase.AFTER),
        ("17:00", Phase.CLOSED),
    ],
)
def test_the_edges_of_a_half_day(xnys: Calendar, clock: str, phase: Phase) -> None:
    state = xnys.state(new_york(HALF_DAY, clock))
    assert (state.phase, state.session, state.half_day) == (phase, HALF_DAY, True)


def test_a_half_day_is_final_at_a_quarter_past_one(xnys: Calendar) -> None:
    assert xnys.state(new_york(HALF_DAY, "13:14:59")).last_finished == date(2025, 11, 26)
    assert xnys.state(new_york(HALF_DAY, "13:15")).last_finished == HALF_DAY


@pytest.mark.parametrize(
    ("friday", "monday", "utc_before", "utc_after"),
    [
        (date(2026, 3, 6), date(2026, 3, 9), 14, 13),  # clocks go forward on 8 March
        (date(2026, 10, 30), date(2026, 11, 2), 13, 14),  # and back on 1 November
    ],
)
def test_daylight_saving_moves_the_open(
    xnys: Calendar, friday: date, monday: date, utc_before: int, utc_after: int
) -> None:
    before, after = xnys.open_at(friday), xnys.open_at(monday)
    assert before.astimezone(UTC).hour == utc_before
    assert after.astimezone(UTC).hour == utc_after
    assert (before.hour, after.hour) == (9, 9)
    assert after - before == timedelta(days=3, hours=utc_after - utc_before)
    assert xnys.state(new_york(monday, "04:00")).phase is Phase.PRE


def test_extra_closures_remove_a_session() -> None:
    closed = date(2025, 1, 10)
    calendar = Calendar([closed, SUNDAY])
    assert not calendar.is_session(closed)
    assert calendar.next(date(2025, 1, 8)) == date(2025, 1, 13)  # the 9th is closed by the library itself
    state = calendar.state(new_york(closed, "11:00"))
    assert (state.phase, state.session) == (Phase.CLOSED, date(2025, 1, 8))
    with pytest.raises(ValueError, match="not a session"):
        calendar.open_at(closed)


def test_the_horizon_is_refused_beyond(xnys: Calendar) -> None:
    coming = datetime.now(NEW_YORK).year + 1
    assert xnys.previous(date(coming, 12, 31)).year == coming
    assert not xnys.is_session(date(1990, 1, 1))
    assert xnys.next(date(1990, 1, 1)) == date(1990, 1, 2)
    for ask in (
        lambda: xnys.is_session(date(1989, 12, 29)),
        lambda: xnys.previous(date(1990, 1, 2)),
        lambda: xnys.next(date(coming, 12, 31)),
        lambda: xnys.sessions(date(2020, 1, 1), date(coming + 1, 1, 1)),
        lambda: xnys.state(end_of_day(date(1990, 1, 1))),
        lambda: xnys.state(end_of_day(date(coming, 12, 31))),
    ):
        with pytest.raises(TapeboardError, match="1990"):
            ask()


def test_end_of_day_is_the_wall_clock_of_new_york() -> None:
    assert end_of_day(SUNDAY).isoformat() == "2026-01-11T23:59:00-05:00"
    assert end_of_day(date(2026, 7, 4)).isoformat() == "2026-07-04T23:59:00-04:00"


@given(st.integers(0, 2_000_000_000_000_000))
def test_exchange_time_is_the_same_instant(microseconds: int) -> None:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    shown = exchange_time(instant)
    assert shown == instant
    assert shown.utcoffset() == instant.astimezone(NEW_YORK).utcoffset()


def test_a_naive_instant_is_refused(xnys: Calendar) -> None:
    with pytest.raises(ValueError, match="UTC offset"):
        xnys.state(new_york(MONDAY, "10:00").replace(tzinfo=None))


def test_a_fixed_clock_moves_only_when_advanced() -> None:
    clock = FixedClock(new_york(date(2026, 3, 8), "01:30"))
    assert clock.now() == clock.now()
    clock.advance(3600)
    assert clock.now().isoformat() == "2026-03-08T03:30:00-04:00"
    assert clock.monotonic() == 3600


def test_the_system_clock_tells_the_present() -> None:
    clock = SystemClock()
    before, then = datetime.now(UTC), clock.monotonic()
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.monotonic() >= then


def test_import_is_light_and_building_is_silent() -> None:
    program = (
        "import sys, core.sessions as s;"
        "assert not {'numpy', 'pandas', 'exchange_calendars'} & set(sys.modules);"
        "s.Calendar(); assert 'exchange_calendars' in sys.modules"
    )
    done = subprocess.run([sys.executable, "-W", "default", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
