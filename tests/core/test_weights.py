"""Weights by hand: their age, their coverage, and how they roll with prices."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.panel import Floats
from core.weights import Weights, companies, rolled
from tests.core.builders import examples

DATED = date(2025, 11, 18)
NAN = math.nan


def weights(coverage: float = 1.0, **values: float) -> Weights:
    return Weights("SPY", DATED, values, coverage, "SPY.csv")


def positive(shape: tuple[int, ...]) -> st.SearchStrategy[Floats]:
    return hnp.arrays(np.float64, shape, elements=st.floats(0.1, 1000))


class TestStatus:
    @pytest.mark.parametrize(
        ("days", "status"),
        [(0, "ok"), (45, "ok"), (-45, "ok"), (46, "partial"), (-46, "partial"), (92, "partial"), (93, "stale_input")],
    )
    def test_by_age_on_either_side(self, days: int, status: str) -> None:
        session = DATED + timedelta(days=days)
        assert weights(A=1.0).age(session) == abs(days)
        assert weights(A=1.0).status(session) == status

    @pytest.mark.parametrize(
        ("coverage", "status"), [(0.95, "ok"), (0.949, "partial"), (0.80, "partial"), (0.799, "missing_input")]
    )
    def test_by_coverage(self, coverage: float, status: str) -> None:
        assert weights(coverage, A=1.0).status(DATED) == status

    def test_lines_and_fractions_have_one_order(self) -> None:
        some = weights(B=0.75, A=0.25)
        assert some.lines == ("B", "A")
        np.testing.assert_array_equal(some.fractions, [0.75, 0.25])


class TestRolled:
    def test_by_hand(self) -> None:
        """A doubles, B stands, C has no price then, D none now: of 100, 40 become 80, all else stays."""
        found = rolled(np.array([0.4, 0.3, 0.2, 0.1]), np.array([5.0, 8.0, NAN, 2.0]), np.array([10.0, 8.0, 3.0, NAN]))
        np.testing.assert_allclose(found, np.array([80, 30, 20, 10]) / 140, rtol=1e-15)

    def test_to_many_sessions_at_once(self) -> None:
        then = np.array([10.0, 10.0])
        found = rolled(np.array([0.5, 0.5]), then, np.array([[10.0, 10.0], [30.0, 10.0], [0.0, 10.0]]))
        np.testing.assert_allclose(found, [[0.5, 0.5], [0.75, 0.25], [0.0, 1.0]], rtol=1e-15)

    def test_a_price_of_nothing_rolls_nothing(self) -> None:
        np.testing.assert_array_equal(rolled(np.array([0.5, 0.5]), np.array([0.0, 1.0]), np.array([1.0, 1.0])), 0.5)

    @examples(60)
    @given(positive((7,)), positive((7,)), st.floats(0.01, 100))
    def test_equal_returns_change_nothing(self, raw: Floats, then: Floats, ratio: float) -> None:
        fractions = raw / raw.sum()
        np.testing.assert_allclose(rolled(fractions, then, then * ratio), fractions, rtol=1e-12)

    @examples(60)
    @given(positive((6,)), positive((3, 6)), st.permutations(range(6)))
    def test_it_sums_to_one_goes_there_and_back_and_knows_no_order(
        self, raw: Floats, prices: Floats, order: list[int]
    ) -> None:
        fractions = raw / raw.sum()
        found = rolled(fractions, prices[0], prices[1])
        assert found.sum() == pytest.approx(1.0, rel=1e-12)
        np.testing.assert_allclose(rolled(found, prices[1], prices[0]), fractions, rtol=1e-9)
        np.testing.assert_allclose(
            rolled(found, prices[1], prices[2]), rolled(fractions, prices[0], prices[2]), rtol=1e-9
        )
        np.testing.assert_allclose(
            rolled(fractions[order], prices[0][order], prices[1][order]), found[order], rtol=1e-12
        )


def test_two_lines_of_a_company_have_one_number() -> None:
    assert companies(["AAPL", "GOOG", "BRK-B", "GOOGL", "BRK-A", "FOX"]).tolist() == [0, 1, 2, 1, 2, 3]
