"""How a number of the snapshot has moved over the year: its last step, its percentile, and its line in few points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.panel import Floats
from core.periods import YEAR
from core.snapshot import Course, Value, number

LEAST = 240
"""Sessions with a value that a percentile of the year needs: 95 % of them, as of the members of a universe."""

POINTS = 42
DIGITS = 5
"""Significant digits of the points: more than a line of characters or a chart can show."""

_PLACES = np.arange(1, POINTS + 1) * YEAR // POINTS - 1


def courses(series: Mapping[str, Floats]) -> dict[str, Course]:
    """The course of each series, shape (T,), that ends with the session in view; all in one go.

    The change is in the units of the series; the percentile is `pr` of metrics.md B over the last 252 sessions, in
    (0, 1]. The points are 42 of these sessions, evenly spaced, the last one among them.
    """
    year = np.full((len(series), YEAR), np.nan)
    for row, values in zip(year, series.values(), strict=True):
        recent = values[-YEAR:]
        row[YEAR - len(recent) :] = recent
    now = year[:, -1:]
    present = np.isfinite(year).sum(axis=1)
    ties = (year == now).sum(axis=1)
    rank = ((year < now).sum(axis=1) + (ties + 1) / 2) / np.maximum(present, 1)
    rank[(present < LEAST) | (ties == 0)] = np.nan  # what is missing equals nothing, not even itself
    steps = year[:, -1] - year[:, -2]
    found = zip(series, steps.tolist(), rank.tolist(), _points(year), strict=True)
    return {name: Course(chg_1s=number(step), pr=number(pr), spark=spark) for name, step, pr, spark in found}


def _points(year: Floats) -> list[tuple[Value, ...]]:
    """The points of each row, in so many digits of its greatest value; None for what is missing."""
    points = year[:, _PLACES]
    greatest = np.nanmax(np.abs(points), axis=1, initial=1e-9, keepdims=True)
    scale = 10.0 ** np.maximum(0.0, DIGITS - 1 - np.floor(np.log10(greatest)))
    rounded = np.round(points * scale) / scale
    return [tuple(v if v == v else None for v in row) for row in rounded.tolist()]  # noqa: PLR0124 - NaN, quickly
