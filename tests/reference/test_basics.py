"""The reference's primitives on series whose answer is known without a computer; these need no market data."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from tests.reference.basics import (
    average_true_range,
    beta,
    correlation,
    drawdowns,
    ewma_volatility,
    percent_b,
    percentile_rank,
    rsi,
    side_of_sma,
)
from tests.reference.data import Array
from tests.reference.rotation import last_of_weeks, quadrant, rotation_path

STEADY: Array = np.array([100 * 1.001**i for i in range(400)])
FLAT: Array = np.full(400, 100.0)


def test_a_steady_outperformer_leads_at_an_even_pace() -> None:
    """metrics.md B.2: RS-ratio over 100, RS-momentum 100.00."""
    rs_ratio, rs_momentum = rotation_path(STEADY, FLAT)
    assert rs_ratio[-1] > 100
    assert f"{rs_momentum[-1]:.2f}" == "100.00"


@pytest.mark.parametrize(("prices", "expected"), [(STEADY, 100), (STEADY[::-1], 0), (FLAT, 50)])
def test_rsi_at_its_ends(prices: Array, expected: float) -> None:
    values = rsi(prices)
    assert values[-1] == expected
    assert np.isnan(values[:14]).all()
    assert np.isfinite(values[14:]).all()


def test_rsi_of_fourteen_rises_and_one_fall() -> None:
    """Average gain (13 * 1 + 0) / 14, average loss (13 * 0 + 1) / 14: 100 * 13 / 14."""
    prices = np.array([*range(100, 115), 113], dtype=np.float64)
    assert rsi(prices)[-1] == pytest.approx(100 * 13 / 14)


def test_a_flat_price_has_no_deviation_and_stands_on_its_average() -> None:
    assert side_of_sma(FLAT, 50) == 0
    assert math.isnan(percent_b(FLAT))
    assert math.isnan(beta(STEADY, FLAT, 63))
    assert math.isnan(correlation(STEADY, FLAT, 63))


def test_percentile_rank_shares_ties() -> None:
    """Of 504 values 500 lie below and 4 are equal: (500 + 2.5) / 504."""
    values = np.array([*range(500), 999, 999, 999, 999], dtype=np.float64)
    assert percentile_rank(values) == pytest.approx(502.5 / 504)
    assert math.isnan(percentile_rank(values[1:]))


def test_true_range_counts_the_gap_from_the_second_bar() -> None:
    close: Array = np.array([100.0 + 10 * i for i in range(15)])
    assert average_true_range(close + 1, close - 1, close) == pytest.approx(11)
    assert math.isnan(average_true_range(close[:14] + 1, close[:14] - 1, close[:14]))


def test_ewma_of_an_unchanging_return_is_that_return() -> None:
    assert ewma_volatility(STEADY) == pytest.approx(0.001)
    assert math.isnan(ewma_volatility(STEADY[:75]))


def test_drawdown_counts_from_the_first_price() -> None:
    prices = np.array([math.nan, 100, 80, 120, 90])
    assert drawdowns(prices).tolist() == pytest.approx([0, -0.2, 0, -0.25])


@pytest.mark.parametrize(
    ("rs_ratio", "rs_momentum", "name"),
    [
        (100, 100, "Leading"),
        (101, 99, "Weakening"),
        (99, 99, "Lagging"),
        (99, 100, "Improving"),
        (math.nan, 100, None),
    ],
)
def test_quadrants_have_their_borders(rs_ratio: float, rs_momentum: float, name: str | None) -> None:
    assert quadrant(rs_ratio, rs_momentum) == name


def test_the_running_week_ends_today() -> None:
    days = [date(2025, 12, 29) + timedelta(days=i) for i in (0, 1, 2, 4, 7, 8)]
    assert last_of_weeks(days) == [3, 5]
