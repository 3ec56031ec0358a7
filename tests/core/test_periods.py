"""Calendar windows against pandas, and against the counts printed in the metric specification."""

from __future__ import annotations

import statistics
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.panel import Days
from core.periods import months_back, year_start
from core.sessions import Calendar

SESSIONS: Days = Calendar().sessions(date(2016, 1, 1), date(2026, 12, 31))


def axis(*days: str) -> Days:
    return np.array(days, dtype="datetime64[D]")


@given(st.integers(0, len(SESSIONS) - 1), st.integers(1, 24))
def test_months_back_is_a_date_offset(index: int, months: int) -> None:
    target = pd.Timestamp(SESSIONS[index]) - pd.DateOffset(months=months)
    held = [i for i, day in enumerate(SESSIONS.tolist()) if day <= target.date()]
    assert months_back(SESSIONS, index, months) == (held[-1] if held else None)


@pytest.mark.parametrize(
    ("months", "shortest", "median", "longest"), [(1, 18, 21, 23), (3, 59, 63, 65), (12, 250, 252, 254)]
)
def test_lengths_as_printed(months: int, shortest: int, median: float, longest: int) -> None:
    bases = [(index, months_back(SESSIONS, index, months)) for index in range(len(SESSIONS))]
    lengths = [index - base for index, base in bases if base is not None]
    assert (min(lengths), statistics.median(lengths), max(lengths)) == (shortest, median, longest)


def test_three_months_before_9_january_2026() -> None:
    index = int(np.searchsorted(SESSIONS, np.datetime64("2026-01-09")))
    base = months_back(SESSIONS, index, 3)
    assert base is not None
    assert SESSIONS[base] == np.datetime64("2025-10-09")


def test_a_day_the_month_lacks_is_clipped() -> None:
    days = axis("2024-02-29", "2024-03-01", "2024-05-31")
    assert months_back(days, 2, 3) == 0
    assert months_back(axis("2025-02-28", "2025-03-01", "2025-05-31"), 2, 3) == 0


def test_an_axis_that_begins_too_late() -> None:
    days = axis("2026-01-02", "2026-01-05", "2026-02-02")
    assert months_back(days, 1, 1) is None
    assert months_back(days, 2, 1) == 0
    assert year_start(days, 2) is None


def test_the_year_is_counted_from_the_last_session_before_it() -> None:
    days = axis("2024-12-31", "2025-12-30", "2025-12-31", "2026-01-02", "2026-01-09")
    assert [year_start(days, index) for index in range(5)] == [None, 0, 0, 2, 2]
