"""Cyclical against defensive funds, and the weekly tails of the rotation graph."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.metrics.fold import History
from core.metrics.sectors import class_spread, class_spread_z21, daily_tail, weekly_tail
from core.panel import Panel
from tests.core import builders
from tests.reference import rotation as reference
from tests.reference.data import SCHEMES

LAST = 319


@pytest.fixture(scope="module")
def whole() -> Panel:
    return builders.panel(5, LAST + 1)


@pytest.fixture(scope="module")
def history(whole: Panel) -> History:
    return builders.history(whole)


def columns(whole: Panel, scheme: str) -> tuple[list[int], list[int]]:
    cyclical, defensive = SCHEMES[scheme]
    return [whole.symbols.index(s) for s in cyclical], [whole.symbols.index(s) for s in defensive]


@pytest.mark.parametrize("scheme", ["msci", "morningstar", "article"])
@pytest.mark.parametrize("n", [1, 5, 21, 63])
def test_the_spread_of_classes_is_that_of_the_reference(scheme: str, n: int, whole: Panel, history: History) -> None:
    data = builders.reference_data(whole)
    for t in (n, 100, LAST):
        expected = reference.cyclical_minus_defensive(data, t, scheme, n)
        assert class_spread(history, t, *columns(whole, scheme), n) == pytest.approx(expected, rel=1e-10)
    assert math.isnan(class_spread(history, n - 1, *columns(whole, scheme), n))


def test_its_z_is_that_of_the_reference(whole: Panel, history: History) -> None:
    expected = reference.rotation_z21(builders.reference_data(whole), LAST, "msci")
    assert class_spread_z21(history, LAST, *columns(whole, "msci")) == pytest.approx(expected, rel=1e-10)
    assert math.isnan(class_spread_z21(history, 251, *columns(whole, "msci")))
    assert math.isfinite(class_spread_z21(history, 252, *columns(whole, "msci")))


def test_one_missing_fund_or_an_empty_side_leaves_no_spread(whole: Panel) -> None:
    cyclical, defensive = columns(whole, "msci")
    history = builders.history(builders.without(whole, "XLU", rows=slice(LAST, None)))
    assert math.isnan(class_spread(history, LAST, cyclical, defensive, 21))
    assert math.isfinite(class_spread(history, LAST, cyclical, defensive[:-1], 21))
    sides: list[tuple[list[int], list[int]]] = [([], defensive), (cyclical, []), ([], [])]
    for some, others in sides:
        assert math.isnan(class_spread(history, LAST, some, others, 21))
        assert math.isnan(class_spread_z21(history, LAST, some, others))


@pytest.mark.parametrize("t", range(LAST - 5, LAST + 1))
def test_a_tail_ends_today_and_holds_the_last_session_of_each_week(t: int, whole: Panel, history: History) -> None:
    column = whole.symbols.index("XLK")
    rs_ratio, rs_momentum = reference.rotation_path(whole.tr[: t + 1, column], whole.tr[: t + 1, 0])
    rows = reference.last_of_weeks(whole.sessions[: t + 1].astype(object).tolist())[-5:]
    assert rows[-1] == t
    np.testing.assert_allclose(weekly_tail(history, t, column), np.column_stack([rs_ratio, rs_momentum])[rows])


@pytest.mark.parametrize("t", [3, LAST])
def test_a_tail_of_days_holds_the_last_eleven_sessions(t: int, whole: Panel, history: History) -> None:
    column = whole.symbols.index("XLK")
    rs_ratio, rs_momentum = reference.rotation_path(whole.tr[: t + 1, column], whole.tr[: t + 1, 0])
    expected = np.column_stack([rs_ratio, rs_momentum])[-11:]
    np.testing.assert_allclose(daily_tail(history, t, column), expected)
