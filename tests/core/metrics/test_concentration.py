"""Concentration by hand, by its properties, and on the market of 2026-01-09."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.holdings import read_holdings
from core.metrics import concentration
from core.metrics.concentration import MAG7
from core.panel import Floats
from core.weights import Weights, companies, rolled
from tests.core.builders import examples

NAN = math.nan

# Five lines at one window, the first two of one company: the index made 5 %.
WEIGHTS = np.array([[0.30, 0.20, 0.25, 0.15, 0.10]])
RETURNS = np.array([[0.10, 0.12, 0.02, -0.04, 0.08]])
INDEX = np.array([0.05])
BIG = np.array([True, True, False, False, False])
COMPANIES = np.array([0, 0, 1, 2, 3], dtype=np.intp)


def without(returns: Floats, *lines: int) -> Floats:
    changed = returns.copy()
    changed[:, list(lines)] = NAN
    return changed


class TestByHand:
    def test_c1_weight_of_a_group(self) -> None:
        assert concentration.group_weight(WEIGHTS, BIG) == pytest.approx([0.50])
        assert np.isnan(concentration.group_weight(WEIGHTS, np.zeros(5, dtype=np.bool_))).all()

    def test_c2_contribution_and_share(self) -> None:
        """0.30 x 10 % + 0.20 x 12 % = 5.4 % of 5 %: a share above one is legal."""
        brought = concentration.contribution(WEIGHTS, RETURNS, BIG)
        assert brought == pytest.approx([0.054])
        assert concentration.share_of_return(brought, INDEX) == pytest.approx([1.08])
        assert concentration.share_of_return(brought, -INDEX) == pytest.approx([-1.08])

    def test_c2_needs_every_line_of_the_group(self) -> None:
        assert np.isnan(concentration.contribution(WEIGHTS, without(RETURNS, 1), BIG)).all()
        assert concentration.contribution(WEIGHTS, without(RETURNS, 4), BIG) == pytest.approx([0.054])
        assert np.isnan(concentration.contribution(WEIGHTS, RETURNS, np.zeros(5, dtype=np.bool_))).all()

    @pytest.mark.parametrize(("index", "share"), [(0.02, 0.5), (-0.02, -0.5), (0.0199, NAN), (0.0, NAN), (NAN, NAN)])
    def test_a_share_of_little_is_not_meaningful(self, index: float, share: float) -> None:
        found = concentration.share_of_return(np.array([0.01]), np.array([index]))
        assert found == pytest.approx([share], nan_ok=True)

    def test_c3_effective_names_by_company(self) -> None:
        """0.5, 0.25, 0.15 and 0.10: 1 / 0.345."""
        assert concentration.effective_names(WEIGHTS, COMPANIES) == pytest.approx([1 / 0.345])
        lines = np.arange(5, dtype=np.intp)
        assert concentration.effective_names(WEIGHTS, lines) == pytest.approx(
            [1 / (0.09 + 0.04 + 0.0625 + 0.0225 + 0.01)]
        )

    def test_c4_spreads_of_funds(self) -> None:
        returns = {"RSP": 0.03, "SPY": 0.05, "XLG": 0.07, "MAGS": 0.09}
        found = concentration.price_spreads(returns)
        assert [found.equal_less_cap, found.largest_less_equal] == pytest.approx([-0.02, 0.04])
        other = concentration.price_spreads({**returns, "XLG": NAN})
        assert other.largest_less_equal == pytest.approx(0.06)
        none = concentration.price_spreads({"SPY": 0.05})
        assert np.isnan([none.equal_less_cap, none.largest_less_equal]).all()

    def test_c5_share_and_names_of_the_largest_contributors(self) -> None:
        """Contributions in percent: 3.0, 2.4, 0.5, -0.6, 0.8."""
        assert concentration.top_share(WEIGHTS, RETURNS, INDEX, k=3) == pytest.approx([0.062 / 0.05])
        assert concentration.top_share(WEIGHTS, RETURNS, INDEX) == pytest.approx([0.061 / 0.05])
        found = concentration.top_contributors(WEIGHTS[0], RETURNS[0], k=3)
        assert [line for line, _brought in found] == [0, 1, 4]
        assert [brought for _line, brought in found] == pytest.approx([0.030, 0.024, 0.008])

    def test_c5_counts_what_has_a_return(self) -> None:
        """The fifth line, a tenth of the weight, is missing; one of the three largest then loses."""
        returns = without(RETURNS, 4)
        returns[0, 2] = -0.02
        assert concentration.top_share(WEIGHTS, returns, INDEX, k=3) == pytest.approx([(0.030 + 0.024 - 0.005) / 0.05])
        assert [line for line, _brought in concentration.top_contributors(WEIGHTS[0], returns[0])] == [0, 1, 2, 3]

    def test_c6_skew_of_the_members(self) -> None:
        """Mean 5.6 %, median 8 %."""
        assert concentration.mean_less_median(WEIGHTS, RETURNS) == pytest.approx([-0.024])
        assert concentration.index_less_equal(WEIGHTS, RETURNS, INDEX) == pytest.approx([-0.006])

    def test_c7_share_that_beats_the_index(self) -> None:
        assert concentration.beating_share(WEIGHTS, RETURNS, INDEX) == pytest.approx([0.6])
        assert concentration.beating_share(WEIGHTS, without(RETURNS, 4), INDEX) == pytest.approx([0.5])
        assert concentration.beating_share(WEIGHTS, RETURNS, np.array([0.08])) == pytest.approx([0.4])
        assert np.isnan(concentration.beating_share(WEIGHTS, RETURNS, np.array([NAN]))).all()


class TestCoverage:
    def test_it_is_the_weight_that_has_a_return(self) -> None:
        assert concentration.priced(WEIGHTS, without(RETURNS, 1)) == pytest.approx([0.80])

    @pytest.mark.parametrize(("missing", "evaluated"), [((3,), True), ((0,), False), ((0, 1, 2, 3, 4), False)])
    def test_below_four_fifths_c5_to_c7_say_nothing(self, missing: tuple[int, ...], *, evaluated: bool) -> None:
        returns = without(RETURNS, *missing)
        found = [
            concentration.top_share(WEIGHTS, returns, INDEX),
            concentration.mean_less_median(WEIGHTS, returns),
            concentration.index_less_equal(WEIGHTS, returns, INDEX),
            concentration.beating_share(WEIGHTS, returns, INDEX),
        ]
        assert np.isfinite(found).all() == evaluated
        assert np.isnan(found).all() != evaluated

    def test_four_of_five_equal_members_are_enough(self) -> None:
        equal = np.full((1, 5), 0.2)
        assert concentration.beating_share(equal, without(RETURNS, 4), INDEX) == pytest.approx([0.5])
        assert np.isnan(concentration.beating_share(equal, without(RETURNS, 3, 4), INDEX)).all()

    def test_each_window_stands_alone(self) -> None:
        weights = np.repeat(WEIGHTS, 2, axis=0)
        returns = np.concatenate([without(RETURNS, 0), RETURNS])
        found = concentration.beating_share(weights, returns, np.repeat(INDEX, 2))
        np.testing.assert_array_equal(np.isnan(found), [True, False])


WINDOWS = hnp.arrays(np.float64, (3, 12), elements=st.floats(0.001, 1.0))
MOVES = hnp.arrays(np.float64, (3, 12), elements=st.floats(-0.9, 3.0))
FUND = hnp.arrays(np.float64, 3, elements=st.floats(0.02, 1.0))


def normalised(raw: Floats) -> Floats:
    result: Floats = raw / raw.sum(axis=1, keepdims=True)
    return result


@examples(50)
@given(st.integers(1, 200))
def test_equal_weights_count_every_name(n: int) -> None:
    found = concentration.effective_names(np.full((1, n), 1 / n), np.arange(n, dtype=np.intp))
    assert found == pytest.approx([n])


@examples(50)
@given(WINDOWS, hnp.arrays(np.intp, 12, elements=st.integers(0, 4)))
def test_names_are_those_of_pandas_and_at_most_as_many_as_there_are(raw: Floats, numbers: Floats) -> None:
    weights = normalised(raw)
    codes = pd.factorize(numbers)[0]
    found = concentration.effective_names(weights, codes)
    by_name = pd.DataFrame(weights.T).groupby(codes).sum()
    np.testing.assert_allclose(found, 1 / (by_name**2).sum(), rtol=1e-12)
    assert (found <= codes.max() + 1 + 1e-9).all()
    assert (found >= 1 - 1e-9).all()


@examples(50)
@given(WINDOWS, MOVES, FUND, st.permutations(range(12)))
def test_the_order_of_the_lines_does_not_matter(raw: Floats, moves: Floats, fund: Floats, order: list[int]) -> None:
    weights = normalised(raw)
    mixed, moved = weights[:, order], moves[:, order]
    for measure in (concentration.top_share, concentration.index_less_equal, concentration.beating_share):
        np.testing.assert_allclose(measure(mixed, moved, fund), measure(weights, moves, fund), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        concentration.mean_less_median(mixed, moved), concentration.mean_less_median(weights, moves), atol=1e-12
    )


@examples(50)
@given(WINDOWS, MOVES)
def test_all_contributions_make_the_return_and_no_ten_make_more_than_the_best(raw: Floats, moves: Floats) -> None:
    weights = normalised(raw)
    index = (weights * moves).sum(axis=1)
    everything = np.ones(12, dtype=np.bool_)
    np.testing.assert_allclose(concentration.contribution(weights, moves, everything), index, rtol=1e-12)
    ten = sum(brought for _line, brought in concentration.top_contributors(weights[0], moves[0]))
    rest = concentration.top_contributors(weights[0], moves[0], k=12)[10:]
    assert ten + sum(brought for _line, brought in rest) == pytest.approx(index[0], abs=1e-12)
    assert all(brought <= ten / 10 + 1e-12 for _line, brought in rest)


@examples(50)
@given(MOVES)
def test_members_who_all_did_the_same_are_not_skewed(moves: Floats) -> None:
    alike = np.repeat(moves[:, :1], 12, axis=1)
    equal = np.full((3, 12), 1 / 12)
    np.testing.assert_allclose(concentration.mean_less_median(equal, alike), 0, atol=1e-12)
    np.testing.assert_allclose(concentration.index_less_equal(equal, alike, alike[:, 0]), 0, atol=1e-12)


class Market:
    """Closes of a fund's lines and total returns of funds, around 2026-01-09."""

    def __init__(self, folder: Path, weights: Weights) -> None:
        prices = pd.read_parquet(folder / "stocks_daily.parquet")
        stocks = prices.pivot_table(index="date", columns="symbol", values="close")
        etfs = pd.read_csv(folder / "index_etf_daily.csv")
        funds = etfs.pivot_table(index="date", columns="symbol", values="adj_close").reindex(stocks.index)
        sessions = list(stocks.index)
        self.weights = weights
        self.px = stocks.reindex(columns=list(weights.lines)).to_numpy()
        self.funds = {str(symbol): column.to_numpy() for symbol, column in funds.items()}
        self.day = sessions.index("2026-01-09")
        self.dated = sessions.index(weights.dated.isoformat())

    def rolled_to(self, t: int) -> Floats:
        return rolled(self.weights.fractions, self.px[self.dated], self.px[t : t + 1])

    def window(self, n: int, fund: str) -> tuple[Floats, Floats, Floats]:
        """Weights at the start, returns of the lines, and of the fund, over n sessions."""
        now, then = self.day, self.day - n
        return self.rolled_to(then), self.px[now : now + 1] / self.px[then] - 1, np.array([self.fund(fund, n)])

    def fund(self, symbol: str, n: int) -> float:
        return float(self.funds[symbol][self.day] / self.funds[symbol][self.day - n] - 1)


@pytest.fixture(scope="module")
def large(market: Path) -> Market:
    return Market(market, read_holdings(market / "holdings_sp500_ivv_2025-11-18.csv", "SPY"))


@pytest.fixture(scope="module")
def small(market: Path) -> Market:
    return Market(market, read_holdings(market / "holdings_russell2000_iwm_2025-11-11.csv", "IWM"))


class TestMarket:
    """warnings.md C.5 and article.md row 3."""

    def test_the_weights_serve_in_part(self, large: Market) -> None:
        assert large.weights.status(date(2026, 1, 9)) == "partial"
        assert np.isfinite(large.px[large.day]).sum() == 488

    @pytest.mark.parametrize("back", [0, 1])
    def test_c1_is_in_its_range_on_both_sessions(self, large: Market, back: int) -> None:
        seven = np.isin(large.weights.lines, MAG7)
        assert seven.sum() == 8
        found = concentration.group_weight(large.rolled_to(large.day - back), seven)
        assert 0.344 <= found[0] <= 0.353

    def test_c2_the_seven_brought_a_quarter(self, large: Market) -> None:
        weights, returns, index = large.window(63, "SPY")
        seven = np.isin(large.weights.lines, MAG7)
        brought = concentration.contribution(weights, returns, seven)
        assert brought == pytest.approx([0.009405], abs=1e-6)
        assert concentration.share_of_return(brought, index) == pytest.approx([0.2529], abs=1e-4)
        short = large.window(21, "SPY")
        assert np.isnan(concentration.share_of_return(concentration.contribution(*short[:2], seven), short[2])).all()

    def test_the_lines_together_make_the_fund(self, large: Market) -> None:
        """The unpriced 2.6 % apart, the weighted returns of 488 lines are the return of the fund to 0.02 points."""
        weights, returns, index = large.window(63, "SPY")
        assert concentration.priced(weights, returns) == pytest.approx([0.9739], abs=1e-4)
        assert np.nansum(weights * returns) == pytest.approx(index[0], abs=2e-4)

    def test_c3_the_500_are_worth_44(self, large: Market) -> None:
        names = concentration.effective_names(large.rolled_to(large.day), companies(large.weights.lines))
        assert names == pytest.approx([43.84], abs=0.01)

    def test_c4_equal_weight_led(self, large: Market) -> None:
        for n, points in ((21, 2.23), (63, 1.03)):
            found = concentration.price_spreads({fund: large.fund(fund, n) for fund in ("RSP", "SPY")})
            assert 100 * found.equal_less_cap == pytest.approx(points, abs=0.005)
            assert np.isnan(found.largest_less_equal)

    def test_c5_to_c7_of_the_large(self, large: Market) -> None:
        window = large.window(63, "SPY")
        assert concentration.top_share(*window) == pytest.approx([0.8534], abs=1e-4)
        names = [
            large.weights.lines[line] for line, _brought in concentration.top_contributors(window[0][0], window[1][0])
        ]
        assert names[:3] == ["GOOGL", "GOOG", "AMZN"]
        assert concentration.mean_less_median(*window[:2]) == pytest.approx([0.02075], abs=1e-5)
        assert concentration.beating_share(*window) == pytest.approx([233 / 488])

    def test_c5_to_c7_of_the_small_are_not_evaluated(self, small: Market) -> None:
        """41 lines of 1,957 have prices here, 3.3 % of the weight."""
        window = small.window(63, "IWM")
        assert concentration.priced(*window[:2]) == pytest.approx([0.0330], abs=1e-4)
        for measure in (concentration.top_share, concentration.index_less_equal, concentration.beating_share):
            assert np.isnan(measure(*window)).all()
        assert np.isnan(concentration.mean_less_median(*window[:2])).all()
