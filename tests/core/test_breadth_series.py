"""What is looked back on in a universe, against another computation of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.breadth_series import BreadthSeries
from core.panel import Panel
from tests.core import builders

ROWS = 300


@pytest.fixture(scope="module")
def members() -> Panel:
    return builders.walks(24, ROWS)


@pytest.fixture(scope="module")
def index() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    px = builders.panel(9, ROWS).px[:, 0]
    return np.append(px, np.nan)


def test_line_and_index_against_pandas(members: Panel, index: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    series = BreadthSeries(members, 30, index)
    line = pd.Series(series.values("ad_line")[:ROWS])
    highest = line.rolling(63).max()
    below = line < highest
    runs = below.groupby((~below).cumsum()).cumsum().where(highest.notna())
    # The line begins at the second row: its first full window ends 63 rows later.
    np.testing.assert_array_equal(series.values("line_gap")[:ROWS], (line - highest).to_numpy())
    np.testing.assert_array_equal(series.values("line_below")[:ROWS], runs.to_numpy(dtype=float))
    closes = pd.Series(index[:ROWS])
    at_high = (closes >= closes.rolling(63).max()).astype(float).where(closes.rolling(63).max().notna())
    np.testing.assert_array_equal(series.values("index_high")[:ROWS], at_high.to_numpy())
    assert (series.values("coverage")[1:ROWS] == 24 / 30).all()
    assert np.isfinite(runs).sum() > 200
    assert runs.max() > 5


def test_a_provisional_row_is_the_final_row(
    members: Panel, index: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    t = ROWS - 1
    whole = BreadthSeries(members, 30, index)
    known = index.copy()
    series = BreadthSeries(builders.part(members, slice(t)), 30, known[: t + 1])
    for _again in range(2):
        series.put_live(builders.live_row(members, t))
        for name in ("coverage", "line_gap", "line_below", "index_high", "active_2.2", "firings_2.8", "mcclellan"):
            assert series.value(name, t) == pytest.approx(whole.value(name, t))
    series.put_live(None)
    assert series.value("coverage", t) == 0.0
    assert np.isnan(series.value("line_below", t))
