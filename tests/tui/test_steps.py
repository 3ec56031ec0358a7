"""Where a step through the sessions leads, and what is said of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.tui.builders import EVENINGS, SESSION
from tui import steps

LAST = len(EVENINGS) - 1
BEGIN, END = "the data begin here", "the last finished session"


def on(step: steps.Step, here: int = LAST) -> tuple[date, str]:
    row, note = step(EVENINGS, here)
    return EVENINGS[row], note


def test_by_sessions() -> None:
    assert on(steps.by_sessions(-1)) == (date(2026, 1, 8), "")
    assert on(steps.by_sessions(1), LAST - 1) == (SESSION, "")


def test_from_a_session_in_progress_the_last_finished_one_is_one_back() -> None:
    assert on(steps.by_sessions(-1), LAST + 1) == (SESSION, "")
    assert on(steps.by_months(-1), LAST + 1) == (date(2025, 12, 9), "")


def test_at_both_ends_it_says_so() -> None:
    assert on(steps.by_sessions(-1), 0) == (EVENINGS[0], BEGIN)
    assert on(steps.by_months(-1), 3) == (EVENINGS[0], BEGIN)
    assert on(steps.by_sessions(1)) == (SESSION, END)
    assert on(steps.by_months(1)) == (SESSION, END)


@pytest.mark.parametrize(
    ("day", "months", "there"),
    [
        (date(2025, 6, 10), -1, date(2025, 5, 9)),  # 10 May was a Saturday
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
        (date(2024, 3, 29), -1, date(2024, 2, 29)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 12, 5), 1, date(2026, 1, 5)),
        (date(2025, 3, 3), -14, date(2024, 1, 3)),
    ],
)
def test_by_months_the_day_stays_or_is_the_last_session_before(day: date, months: int, there: date) -> None:
    assert on(steps.by_months(months), EVENINGS.index(day)) == (there, "")


def test_a_month_is_at_least_a_session() -> None:
    few = tuple(date(2025, 1, 1) + timedelta(days=45 * n) for n in range(4))
    assert steps.by_months(1)(few, 0).row == 1
    assert steps.by_months(-1)(few, 3).row == 2


@pytest.mark.parametrize(
    ("text", "there", "note"),
    [
        ("2025-04-08", date(2025, 4, 8), ""),
        (" 20250408 ", date(2025, 4, 8), ""),
        ("04-08", date(2025, 4, 8), ""),
        ("1-5", date(2026, 1, 5), ""),
        ("01-10", date(2025, 1, 10), ""),  # of this year it has not been yet
        ("2-29", date(2024, 2, 29), ""),
        ("2025-04-05", date(2025, 4, 4), "Sat 2025-04-05 was no session: the one before"),
        ("1999-01-01", EVENINGS[0], BEGIN),
        ("2030-01-01", SESSION, END),
        ("-5", date(2026, 1, 2), ""),
        ("-2m", date(2025, 11, 7), ""),
        ("-2M", date(2025, 11, 7), ""),
        ("+3", SESSION, END),
        ("-9999", EVENINGS[0], BEGIN),
        ("-9999m", EVENINGS[0], BEGIN),
        ("+9999m", SESSION, END),
    ],
)
def test_what_is_written_is_a_date_or_so_far_back(text: str, there: date, note: str) -> None:
    step = steps.written(text)
    assert step is not None
    assert on(step) == (there, note)


@pytest.mark.parametrize("text", ["", "x", "2025-02-30", "13-01", "2-30", "0-1", "-", "-m", "5", "--5", "-12345"])
def test_all_else_is_refused(text: str) -> None:
    assert steps.written(text) is None
