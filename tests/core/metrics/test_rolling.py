"""Windows and averages of the fold against brute force over the whole past: `math.fsum`, pandas, plain loops."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.metrics.rolling import Ema, WilderMean, WindowMax, WindowMin, WindowSums, sample_std
from core.panel import Floats
from tests.core.builders import examples

WINDOWS = (2, 5, 20)


class Rolling(Protocol):
    def peek(self, x: Floats) -> Floats: ...

    def push(self, x: Floats) -> None: ...


def values_with_gaps(columns: int = 2) -> st.SearchStrategy[Floats]:
    """Some sessions of a few symbols; here and there a value is missing."""
    elements = st.one_of(st.floats(-1e3, 1e3), st.just(math.nan))
    shape = st.tuples(st.integers(1, 60), st.just(columns))
    return shape.flatmap(lambda s: hnp.arrays(np.float64, s, elements=elements))


def long_series(columns: int = 3) -> Floats:
    """Five thousand sessions of returns-like numbers, with gaps and one tick of a million that passes through."""
    rng = np.random.default_rng(11)
    values: Floats = rng.normal(0, 0.01, (5_000, columns))
    values[rng.random(values.shape) < 0.002] = np.nan
    values[1_500] = 1e6
    return values


def run(rolling: Rolling, values: Floats) -> Floats:
    """What is peeked at before each push; peeking twice is the same, and so leaves no trace."""
    out = []
    for x in values:
        first = rolling.peek(x)
        np.testing.assert_array_equal(first, rolling.peek(x))
        out.append(first)
        rolling.push(x)
    return np.array(out)


def brute(values: Floats, n: int, take: Callable[[list[float]], float]) -> Floats:
    """`take` of the last n values of each column; NaN unless all n are there."""
    out = np.full(values.shape, np.nan)
    for t, column in np.ndindex(values.shape):
        window = values[max(0, t + 1 - n) : t + 1, column].tolist()
        if len(window) == n and not any(math.isnan(v) for v in window):
            out[t, column] = take(window)
    return out


@given(values_with_gaps())
@examples(60)
def test_sums_are_those_of_the_window(values: Floats) -> None:
    sums = run(WindowSums(WINDOWS, values.shape[1]), values)
    for k, n in enumerate(WINDOWS):
        np.testing.assert_allclose(sums[:, k], brute(values, n, math.fsum), rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("rolling", [WindowMax, WindowMin])
@given(values=values_with_gaps(), n=st.integers(2, 12))
@examples(60)
def test_extremes_are_those_of_the_window(rolling: type[WindowMax] | type[WindowMin], values: Floats, n: int) -> None:
    expected = brute(values, n, max if rolling is WindowMax else min)
    np.testing.assert_array_equal(run(rolling(n, values.shape[1]), values), expected)


def test_a_bad_tick_leaves_no_trace_in_a_sum_once_it_has_left() -> None:
    values = long_series()
    n = 20
    sums = run(WindowSums((n,), values.shape[1]), values)[:, 0]
    expected = brute(values, n, math.fsum)
    np.testing.assert_array_equal(np.isnan(sums), np.isnan(expected))
    scale = brute(np.abs(values), n, math.fsum)
    assert np.nanmax(np.abs(sums - expected) / scale) < 1e-12


def test_a_bad_tick_leaves_no_trace_in_a_deviation_once_it_has_left() -> None:
    """metrics.md 0.4: by plain running sums it stays wrong by 12 % for ever."""
    values = long_series()
    n = 60
    total, squares = WindowSums((n,), 3), WindowSums((n,), 3)
    sigma = sample_std(run(total, values)[:, 0], run(squares, values * values)[:, 0], n)
    expected = brute(values, n, lambda window: float(np.std(window, ddof=1)))
    clean = slice(1_500 + n, None)
    np.testing.assert_allclose(sigma[clean], expected[clean], rtol=1e-12)


def test_extremes_over_thousands_of_sessions() -> None:
    values = long_series()
    frame = pd.DataFrame(values)
    np.testing.assert_array_equal(run(WindowMax(252, 3), values), frame.rolling(252).max())
    np.testing.assert_array_equal(run(WindowMin(252, 3), values), frame.rolling(252).min())


@given(values_with_gaps(), st.integers(1, 12))
@examples(60)
def test_an_exponential_average_passes_over_what_is_missing(values: Floats, n: int) -> None:
    """Compressed to what is there it is that of pandas, seeded with the first value."""
    found = run(Ema(n, values.shape[1]), values)
    for column in range(values.shape[1]):
        there = ~np.isnan(values[:, column])
        smooth = pd.Series(values[there, column]).ewm(span=n, adjust=False).mean()
        np.testing.assert_allclose(found[there, column], smooth, rtol=1e-12, atol=1e-9)
        assert np.isnan(found[~there, column]).all()


@given(values_with_gaps(), st.integers(2, 12))
@examples(60)
def test_wilders_average_is_seeded_with_a_mean_and_passes_over_what_is_missing(values: Floats, n: int) -> None:
    found = run(WilderMean(n, values.shape[1]), values)
    for column in range(values.shape[1]):
        seen: list[float] = []
        average = math.nan
        for t, x in enumerate(values[:, column].tolist()):
            if math.isnan(x):
                assert math.isnan(found[t, column])
                continue
            seen.append(x)
            if len(seen) == n:
                average = math.fsum(seen) / n
            elif len(seen) > n:
                average = ((n - 1) * average + x) / n
            assert found[t, column] == pytest.approx(average, rel=1e-12, abs=1e-9, nan_ok=True)


@given(hnp.arrays(np.float64, (30, 3), elements=st.floats(-0.2, 0.2)))
@examples(60)
def test_a_deviation_from_sums_is_that_from_deviations(returns: Floats) -> None:
    found = sample_std(returns.sum(axis=0), (returns**2).sum(axis=0), 30)
    expected = returns.std(axis=0, ddof=1)
    varied = expected > 1e-4 * np.abs(returns).max(axis=0)
    np.testing.assert_allclose(found[varied], expected[varied], rtol=1e-6)


@pytest.mark.parametrize("value", [0.0, 0.001, -0.03, 1e-9])
def test_without_variance_there_is_no_deviation(value: float) -> None:
    returns = np.full((60, 1), value)
    total, squares = WindowSums((60,), 1), WindowSums((60,), 1)
    sigma = sample_std(run(total, returns)[-1, 0], run(squares, returns * returns)[-1, 0], 60)
    assert np.isnan(sigma).all()
