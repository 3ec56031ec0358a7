"""Small statistics against pandas, numpy and figures made by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.metrics.statistics import (
    full_tail,
    percentile_rank,
    percentile_ranks,
    ranks,
    scaled_spread,
    spearman,
    std,
    tail,
)
from core.panel import Floats
from tests.core.builders import examples

NAN = math.nan

# Few distinct values, so that there are ties, and gaps.
WITH_TIES = st.one_of(st.integers(-4, 4).map(float), st.just(NAN))


def arrays(least: int, most: int) -> st.SearchStrategy[Floats]:
    return st.integers(least, most).flatmap(lambda n: hnp.arrays(np.float64, n, elements=WITH_TIES))


@examples(60)
@given(arrays(0, 12))
def test_ranks_are_those_of_pandas(values: Floats) -> None:
    np.testing.assert_array_equal(ranks(values), pd.Series(values).rank(ascending=False, method="average"))


def test_one_is_the_largest_and_ties_share() -> None:
    np.testing.assert_array_equal(ranks(np.array([0.1, 0.3, NAN, 0.3, -0.2])), [3, 1.5, NAN, 1.5, 4])


@examples(60)
@given(arrays(1, 40), st.integers(1, 10))
def test_the_percentile_rank_is_that_of_pandas(values: Floats, minimum: int) -> None:
    expected = pd.Series(values).expanding().rank(pct=True).iloc[-1]
    expected = NAN if math.isnan(values[-1]) or np.isfinite(values).sum() < minimum else expected
    assert percentile_rank(values, minimum) == pytest.approx(expected, rel=1e-14, nan_ok=True)


@given(arrays(0, 30), st.integers(1, 12), st.integers(1, 4))
@examples(200)
def test_percentile_ranks_in_one_walk_are_those_of_each_window(values: Floats, window: int, minimum: int) -> None:
    expected = [percentile_rank(tail(values, t, window), minimum) for t in range(len(values))]
    np.testing.assert_array_equal(percentile_ranks(values, window, minimum), np.array(expected))


def test_the_percentile_rank_by_hand() -> None:
    """Three are less, two are equal, of six: (3 + (2 + 1) / 2) / 6."""
    values = np.array([1, 5, 2, 7, 3, 5], dtype=np.float64)
    assert percentile_rank(values, 6) == 4.5 / 6
    assert math.isnan(percentile_rank(values, 7))


@pytest.mark.parametrize("values", [[], [0.3], [0.01] * 5, [0.0] * 5, [0.1, NAN, 0.2]])
def test_no_deviation_of_nothing_one_number_a_constant_or_a_gap(values: list[float]) -> None:
    assert math.isnan(std(np.array(values, dtype=np.float64)))


def test_the_deviation_is_that_of_a_sample() -> None:
    assert std(np.array([1.0, 2.0, 3.0, 4.0])) == pytest.approx(math.sqrt(5 / 3), rel=1e-15)


def test_a_scaled_spread_is_in_units_of_a_random_walk() -> None:
    """A spread of 6 % over 9 sessions, 1 % a session: 0.06 / (0.01 * 3)."""
    daily = np.array([-0.01, 0.0, 0.01])
    assert scaled_spread(0.06, 9, daily) == pytest.approx(2.0)
    assert math.isnan(scaled_spread(0.06, 9, np.full(3, 0.01)))


@examples(60)
@given(hnp.arrays(np.float64, (2, 8), elements=WITH_TIES))
def test_spearman_is_pearson_of_the_ranks(pair: Floats) -> None:
    table = pd.DataFrame({"a": pair[0], "b": pair[1]}).dropna()
    placed = table.rank()
    constant = len(table) == 0 or bool((placed.nunique() == 1).any())
    expected = NAN if len(table) < 5 or constant else placed["a"].corr(placed["b"])
    assert spearman(pair[0], pair[1]) == pytest.approx(expected, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize(("order", "expected"), [([1, 2, 3, 4, 5], 1), ([5, 4, 3, 2, 1], -1), ([2, 1, 4, 3, 5], 0.8)])
def test_spearman_by_hand(order: list[float], expected: float) -> None:
    """1 - 6 * sum(d^2) / (n * (n^2 - 1)), here with d^2 summing to 0, 40 and 4."""
    assert spearman(np.arange(1.0, 6.0), np.array(order, dtype=np.float64)) == pytest.approx(expected)
    assert math.isnan(spearman(np.arange(1.0, 5.0), np.array(order[:4], dtype=np.float64)))


def test_tails_end_at_their_row() -> None:
    values = np.arange(5.0)
    assert tail(values, 3, 2).tolist() == [2, 3]
    assert tail(values, 1, 9).tolist() == [0, 1]
    assert full_tail(values, 3, 2).tolist() == [2, 3]
    assert np.isnan(full_tail(values, 1, 3)).tolist() == [True] * 3
    assert full_tail(np.zeros((5, 4)), 1, 3).shape == (3, 4)
