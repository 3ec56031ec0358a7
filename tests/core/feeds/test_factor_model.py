"""The simulated market must look like one: these are its stylised facts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.feeds.factor_model import simulate_factors
from core.feeds.loadings import FACTORS, KNOWN
from core.panel import Bars, Floats
from tests.core.feeds.weekdays import SHIPPED_SEED, UNIVERSE, history

SEEDS = (0, 1, 2, 3, 4)
YEAR = np.sqrt(252)


@pytest.fixture(scope="module")
def market() -> dict[str, Bars]:
    """The market of the default seed."""
    return dict(history().bars)


def returns(bars: Bars) -> Floats:
    moves: Floats = bars.adj_close[1:] / bars.adj_close[:-1] - 1
    return moves


def test_every_loading_names_a_factor() -> None:
    assert {name for made in KNOWN.values() for name in made.loads} <= set(FACTORS)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_bars_are_sane_for_every_seed(seed: int) -> None:
    for symbol, bars in history(seed, 400).bars.items():
        assert len(bars) == 400
        assert (bars.low > 0).all(), symbol
        assert (bars.low <= np.minimum(bars.open, bars.close)).all(), symbol
        assert (bars.high >= np.maximum(bars.open, bars.close)).all(), symbol
        assert np.isfinite(bars.high).all(), symbol
        if symbol.startswith("^"):
            assert np.array_equal(bars.adj_close, bars.close), symbol
            assert np.isnan(bars.volume).all(), symbol
        else:
            assert (bars.adj_close <= bars.close).all(), symbol
            assert (bars.volume > 0).all(), symbol


def test_prices_end_at_the_level_of_their_profile(market: dict[str, Bars]) -> None:
    for i in UNIVERSE:
        if i.cls.has_returns:
            assert market[i.symbol].close[-1] == KNOWN[i.symbol].level
    assert market["^GSPC"].close[-1] == pytest.approx(10 * market["SPY"].close[-1], rel=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_calm_and_stressed_spells_both_occur_and_stress_moves_more(seed: int) -> None:
    factors = simulate_factors(seed, 1000)
    spy = returns(history(seed).bars["SPY"])
    stressed = factors.stressed[-len(spy) :]
    assert 0.02 < stressed.mean() < 0.5
    calm_vol, stressed_vol = spy[~stressed].std() * YEAR, spy[stressed].std() * YEAR
    assert 0.09 < calm_vol < 0.16
    assert 0.2 < stressed_vol < 0.45
    assert stressed_vol > 1.5 * calm_vol


def test_volumes_rise_in_stress(market: dict[str, Bars]) -> None:
    stressed = simulate_factors(SHIPPED_SEED, 1000).stressed
    volume = market["SPY"].volume
    assert np.median(volume[stressed]) > 1.2 * np.median(volume[~stressed])


@pytest.mark.parametrize("seed", SEEDS)
def test_correlations_are_those_of_a_stock_market(seed: int) -> None:
    bars = history(seed).bars
    spy = returns(bars["SPY"])
    assert 0.6 < np.corrcoef(spy, returns(bars["IWM"]))[0, 1] < 0.98
    assert np.corrcoef(spy, returns(bars["^VIX"]))[0, 1] < -0.5
    assert np.corrcoef(returns(bars["TLT"]), np.diff(bars["^TNX"].close))[0, 1] < -0.8
    assert np.corrcoef(spy, returns(bars["^GSPC"]))[0, 1] > 0.999


@pytest.mark.parametrize("seed", SEEDS)
def test_the_volatility_curve_inverts_in_some_sessions(seed: int) -> None:
    bars = history(seed).bars
    inverted = bars["^VIX"].close >= bars["^VIX3M"].close
    assert 0.005 < inverted.mean() < 0.3
    stressed = simulate_factors(seed, 1000).stressed
    assert inverted[stressed].mean() > 3 * inverted[~stressed].mean()


def test_dividends_lift_total_return_over_price_return(market: dict[str, Bars]) -> None:
    spy, gspc = market["SPY"], market["^GSPC"]
    price, total = spy.close[-1] / spy.close[0], spy.adj_close[-1] / spy.adj_close[0]
    years = len(spy) / 252
    assert (total / price) ** (1 / years) - 1 == pytest.approx(KNOWN["SPY"].payout, abs=0.002)
    assert gspc.close[-1] / gspc.close[0] == pytest.approx(price, rel=0.01)
    paid = np.flatnonzero(np.abs(np.diff(spy.adj_close / spy.close)) > 1e-6)
    assert set(np.diff(paid)) == {63}


def test_leadership_changes_hands(market: dict[str, Bars]) -> None:
    iwm, spy = market["IWM"].adj_close, market["SPY"].adj_close
    lead = iwm[63:] / iwm[:-63] - spy[63:] / spy[:-63]
    assert 0.2 < (lead > 0).mean() < 0.8
    assert np.count_nonzero(np.diff(np.sign(lead))) > 6


def test_the_default_seed_shows_pullbacks_records_and_a_small_cap_lead_with_a_wobble(market: dict[str, Bars]) -> None:
    close, spy, iwm = market["SPY"].close, market["SPY"].adj_close, market["IWM"].adj_close
    below_record = close / np.maximum.accumulate(close) - 1
    assert -0.25 < below_record.min() < -0.05
    assert below_record[-60:].min() < -0.05
    assert below_record[-1] == 0
    lead = {n: iwm[-1] / iwm[-1 - n] - spy[-1] / spy[-1 - n] for n in (5, 21, 63)}
    assert lead[63] > 0.02
    assert lead[5] < -0.005
    assert lead[21] < 0
