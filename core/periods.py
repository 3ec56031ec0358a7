"""Calendar periods on an axis of sessions: where a window of months or of the running year begins.

Pure arithmetic on `datetime64[D]`, no calendar and no clock, so that metrics may use it. `sessions` is
strictly increasing throughout; an index answered points into it, and None means it begins too late.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.panel import Days

YEAR = 252
"""The sessions of a year, by which the field annualises and looks back."""


def months_back(sessions: Days, index: int, months: int) -> int | None:
    """The index of the last session at or before `sessions[index]` minus `months` calendar months.

    A day the earlier month lacks becomes its last day (31 May minus three months is 28 or 29 February),
    as `pandas.DateOffset` has it.
    """
    day = sessions[index]
    month = day.astype("datetime64[M]")
    day_of_month = day - month.astype("datetime64[D]")
    base_month = month - np.timedelta64(months, "M")
    month_end = (base_month + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    return _at_or_before(sessions, min(base_month.astype("datetime64[D]") + day_of_month, month_end))


def year_start(sessions: Days, index: int) -> int | None:
    """The index of the last session of the year before that of `sessions[index]`: the base of YTD."""
    new_year = sessions[index].astype("datetime64[Y]").astype("datetime64[D]")
    return _at_or_before(sessions, new_year - np.timedelta64(1, "D"))


def iso_weeks(sessions: Days) -> npt.NDArray[np.int64]:
    """The number of the ISO week of each session, (T,), counted from that of 1970-01-01, which was a Thursday."""
    weeks: npt.NDArray[np.int64] = (sessions.astype(np.int64) + 3) // 7
    return weeks


def _at_or_before(sessions: Days, day: np.datetime64) -> int | None:
    index = int(np.searchsorted(sessions, day, side="right")) - 1
    return index if index >= 0 else None
