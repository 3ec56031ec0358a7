from __future__ import annotations

import numpy as np
import pytest

from core.courses import LEAST, POINTS, courses
from core.metrics.statistics import percentile_rank
from core.periods import YEAR


def test_a_course_is_what_each_series_alone_would_tell() -> None:
    rng = np.random.default_rng(5)
    series = {"walk": rng.normal(size=400).cumsum(), "counts": rng.integers(0, 9, size=400).astype(float)}
    found = courses(series)
    for name, values in series.items():
        assert found[name].chg_1s == pytest.approx(values[-1] - values[-2])
        assert found[name].pr == pytest.approx(percentile_rank(values[-YEAR:], YEAR))
        assert len(found[name].spark) == POINTS
        assert found[name].spark == pytest.approx(values[-YEAR:][5::6], abs=1e-3)


def test_points_keep_their_shape_in_few_digits() -> None:
    values = np.linspace(0.612345678, 0.698765432, YEAR)
    points = courses({"share": values})["share"].spark
    assert points[-1] == 0.69877
    assert all(len(repr(point)) <= 7 for point in points)
    large = courses({"volume": 1e9 * values})["volume"].spark
    assert large[-1] == 698765432.0


def test_what_is_missing_is_told_by_none() -> None:
    values = np.arange(float(YEAR))
    late, gap, nothing = values.copy(), values.copy(), np.full(YEAR, np.nan)
    late[-1], gap[100] = np.nan, np.nan
    found = courses({"late": late, "gap": gap, "nothing": nothing, "short": np.arange(LEAST - 1.0)})
    assert (found["late"].chg_1s, found["late"].pr, found["late"].spark[-1]) == (None, None, None)
    assert found["gap"].pr == 1.0
    assert set(found["nothing"].spark) == {None}
    assert found["short"].pr is None
    assert found["short"].spark[0] is None
    assert found["short"].spark[-1] == LEAST - 2


def test_a_level_that_stands_still_is_in_the_middle_of_itself() -> None:
    assert courses({"flat": np.full(YEAR, 3.0)})["flat"].pr == pytest.approx((YEAR + 1) / 2 / YEAR)


def test_no_series_is_no_course() -> None:
    assert courses({}) == {}
