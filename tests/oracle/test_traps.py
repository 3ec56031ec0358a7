"""The traps of oracles.md D.3: each is real, and the engine does not fall into it."""

from __future__ import annotations

from dataclasses import replace

import bottleneck
import numpy as np
import pandas as pd
import pytest
import talib
from arch.univariate import EWMAVariance
from talipp.indicators import ATR, RSI
from talipp.ohlcv import OHLCV

from core.panel import Floats, Panel
from tests.core import builders
from tests.oracle import pandas_ta
from tests.oracle.data import Market

FUND = "IWM"
SESSIONS = 600


@pytest.fixture
def px(invented: Market) -> Floats:
    return invented.px[FUND].to_numpy(copy=True)


@pytest.fixture
def r(invented: Market) -> Floats:
    """Daily returns, from the second session on."""
    return invented.moves[FUND].to_numpy(copy=True)[1:]


@pytest.fixture
def small() -> Panel:
    return builders.panel(3, SESSIONS, ("SPY", FUND))


def ours(market: Market, name: str) -> Floats:
    return market.field(name)[FUND].to_numpy()


def of_fund(panel: Panel, name: str) -> Floats:
    return builders.fields(panel)[name][:, panel.symbols.index(FUND)]


# --- seeds ----------------------------------------------------------------------------------------------------------


def test_wilders_average_begins_with_a_mean_of_14(invented: Market, px: Floats) -> None:
    """Begun with its first value, as by `ewm(alpha=1/14)`, RSI is points off for months."""
    found = ours(invented, "rsi14")
    change = pd.Series(px).diff()
    gain, loss = (part.ewm(alpha=1 / 14, adjust=False).mean() for part in (change.clip(lower=0), -change.clip(upper=0)))
    off = np.abs(found - 100.0 * gain / (gain + loss)).to_numpy()
    assert off[14:40].max() > 0.5
    assert off[200:].max() < 1e-3
    assert np.isnan(found[:14]).all()
    np.testing.assert_allclose(found, talib.RSI(px, 14), atol=1e-9)


def test_an_exponential_average_begins_with_its_first_value(invented: Market) -> None:
    """TA-Lib begins with a mean of n: EMA39 is still apart after 400 sessions, not after 700."""
    table = invented.breadth[["rana", "mcclellan"]].dropna()
    rana, found = table.to_numpy().T.copy()
    off = np.abs(found - (talib.EMA(rana, 19) - talib.EMA(rana, 39)))
    assert np.isnan(off[:38]).all()
    assert off[38] > 1.0
    assert 1e-9 < off[400] < 1e-4
    assert off[700:].max() < 1e-9
    assert found[0] == 0.0


def test_the_first_bar_has_no_true_range(invented: Market, px: Floats) -> None:
    """talipp counts its high less its low (as the library `ta` does), and speaks a session too early."""
    high, low = (table[FUND].to_numpy(copy=True) for table in (invented.high, invented.low))
    bars = [OHLCV(close, top, bottom, close) for close, top, bottom in zip(px, high, low, strict=True)]
    counted = np.array(list(ATR(14, bars)), dtype=np.float64)
    found = ours(invented, "atr14")
    assert (int(np.isnan(counted).sum()), int(np.isnan(found).sum())) == (13, 14)
    off = np.abs(found - counted)
    assert off[14] > 1e-3
    assert off[450:].max() < 1e-9
    np.testing.assert_allclose(found, talib.ATR(high, low, px, 14), atol=1e-9)


def test_the_variance_of_tomorrow_is_known_today(invented: Market, r: Floats) -> None:
    """arch gives at t the variance forecast for t; pandas' `ewm`, and the engine, the one for t + 1."""
    variance, bounds = np.empty(len(r)), np.tile([0.0, np.inf], (len(r), 1))
    EWMAVariance(0.94).compute_variance(np.empty(0), r, variance, float(np.mean(r[:75] ** 2)), bounds)
    found = ours(invented, "ewma_vol")[1:]
    np.testing.assert_allclose(found[74:-1], np.sqrt(variance)[75:], rtol=1e-9)
    assert np.abs(found[74:] - np.sqrt(variance)[74:]).max() > 1e-3


def test_the_seed_of_the_variance_is_a_plain_mean(invented: Market, r: Floats) -> None:
    """That of arch leans on the first returns; after 75 more the two are the same to 1 %, after 500 altogether."""
    model = EWMAVariance(0.94)
    plain, leaning = float(np.mean(r[:75] ** 2)), float(model.backcast(r))
    assert abs(leaning / plain - 1.0) > 0.01
    variance, bounds = np.empty(len(r)), np.tile([0.0, np.inf], (len(r), 1))
    model.compute_variance(np.empty(0), r, variance, leaning, bounds)
    off = np.abs(np.sqrt(variance)[75:] / ours(invented, "ewma_vol")[75:-1] - 1.0)
    assert 1e-9 < off[0] < 0.01
    assert off[500:].max() < 1e-9


# --- what a deviation is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "too_small"), [(20, 1.026), (60, 1.008), (252, 1.002)])
def test_the_deviation_is_that_of_a_sample(n: int, too_small: float, invented: Market, r: Floats) -> None:
    """TA-Lib's is that of a population."""
    found = ours(invented, f"sigma{n}")[1:]
    np.testing.assert_allclose((found / talib.STDDEV(r, n))[n:], np.sqrt(n / (n - 1)), rtol=1e-9)
    assert np.sqrt(n / (n - 1)) == pytest.approx(too_small, abs=5e-4)


def test_bollingers_deviation_is_that_of_a_population(invented: Market, px: Floats) -> None:
    places = {
        ddof: pandas_ta.bbands(pd.Series(px), length=20, std=2.0, ddof=ddof, talib=False)["BBP_20_2.0"]
        for ddof in (0, 1)
    }
    found = ours(invented, "pct_b")
    np.testing.assert_allclose(found, places[0], atol=1e-9)
    assert np.nanmax(np.abs(found - places[1])) > 1e-2


def test_returns_are_simple(invented: Market) -> None:
    """The deviation of log returns is another number, by about a part in a thousand."""
    prices = invented.tr[FUND]
    found = ours(invented, "sigma20")
    of_logs = np.log(prices).diff().rolling(20).std().to_numpy()
    assert np.nanmax(np.abs(of_logs / found - 1.0)) > 1e-3
    np.testing.assert_allclose(found, prices.pct_change().rolling(20).std(), atol=1e-12)


def test_a_deviation_of_levels_comes_from_deviations(small: Panel) -> None:
    """By running sums of an index at 5,000 that hardly moves, its squares leave no digits."""
    level = 5_000.0 + 1e-4 * np.random.default_rng(4).standard_normal(SESSIONS)
    sums, squares = (np.cumsum(values)[20:] - np.cumsum(values)[:-20] for values in (level, level**2))
    exact = pd.Series(level).rolling(20).apply(lambda window: float(np.std(window)), raw=True).to_numpy()
    by_sums = np.sqrt(np.maximum(squares / 20 - (sums / 20) ** 2, 0.0))
    assert np.abs(by_sums / exact[20:] - 1.0).max() > 1e-4
    average = pd.Series(level).rolling(20).mean().to_numpy()
    expected = (level - (average - 2.0 * exact)) / (4.0 * exact)
    np.testing.assert_allclose(of_fund(builders.priced(small, FUND, level), "pct_b"), expected, rtol=1e-6, atol=1e-6)


def test_a_bad_tick_leaves_no_trace_once_it_has_left(small: Panel) -> None:
    """By running sums it stays for ever, by bottleneck's windows too."""
    prices = small.tr[:, 1].copy()
    prices[200] *= 1e6
    r = prices[1:] / prices[:-1] - 1.0
    exact = pd.Series(r).rolling(60).apply(lambda window: float(np.std(window, ddof=1)), raw=True).to_numpy()
    sums, squares = (np.cumsum(values)[60:] - np.cumsum(values)[:-60] for values in (r, r * r))
    by_sums = np.sqrt(np.maximum(squares - sums**2 / 60, 0.0) / 59)
    later = slice(300, None)
    assert np.abs(by_sums[240:] / exact[later] - 1.0).max() > 1e-2
    assert np.abs(bottleneck.move_std(r, 60, ddof=1)[later] / exact[later] - 1.0).max() > 1e-3
    found = of_fund(builders.priced(small, FUND, prices), "sigma60")[1:]
    np.testing.assert_allclose(found[later], exact[later], rtol=1e-9)


# --- what TA-Lib must be given --------------------------------------------------------------------------------------


def test_beta_takes_prices_and_the_benchmark_first(invented: Market) -> None:
    """The other way round it is the beta of the benchmark, and nothing says so."""
    benchmark, asset = (invented.tr[symbol].to_numpy(copy=True) for symbol in ("SPY", FUND))
    found = ours(invented, "beta63")
    np.testing.assert_allclose(found, talib.BETA(benchmark, asset, 63), atol=1e-9)
    assert np.nanmax(np.abs(found - talib.BETA(asset, benchmark, 63))) > 0.3


def test_correlation_takes_returns(invented: Market, r: Floats) -> None:
    benchmark, asset = (invented.tr[symbol].to_numpy(copy=True) for symbol in ("SPY", FUND))
    found = ours(invented, "corr63")[1:]
    np.testing.assert_allclose(found, talib.CORREL(invented.moves["SPY"].to_numpy(copy=True)[1:], r, 63), atol=1e-9)
    assert np.nanmax(np.abs(found - talib.CORREL(benchmark, asset, 63)[1:])) > 0.5


def test_one_missing_price_ends_everything_in_talib(small: Panel) -> None:
    """RSI and correlation are 0 for ever after, averages are NaN. Ours go on: a hole is no session of the symbol's."""
    holed = builders.without(small, FUND, rows=slice(300, 301))
    prices, benchmark = holed.px[:, 1].copy(), holed.px[:, 0].copy()
    moves = benchmark[1:] / benchmark[:-1] - 1.0, prices[1:] / prices[:-1] - 1.0
    assert set(talib.RSI(prices, 14)[300:]) == {0.0}
    assert set(talib.CORREL(moves[0], moves[1], 63)[300:]) == {0.0}
    for dead in (talib.SMA(prices, 20), talib.EMA(prices, 20), talib.BETA(benchmark, prices, 63)):
        assert np.isnan(dead[300:]).all()
    found = {name: of_fund(holed, name) for name in ("rsi14", "corr63", "sma20", "beta63")}
    there = ~np.isnan(prices)
    np.testing.assert_allclose(found["rsi14"][there], talib.RSI(prices[there], 14), atol=1e-9)
    missing = {name: int(np.isnan(values[300:]).sum()) for name, values in found.items()}
    assert missing == {"rsi14": 1, "sma20": 20, "corr63": 63, "beta63": 63}  # a window is whole again after n sessions


def test_a_hole_is_neither_padded_nor_carried_over(small: Panel) -> None:
    """pandas' `ewm` gives a value for a day without one; the return over the hole belongs to the day it ends."""
    holed = builders.without(small, FUND, rows=slice(300, 301))
    strength = pd.Series(holed.tr[:, 1] / holed.tr[:, 0])
    assert np.isfinite(strength.ewm(span=5, adjust=False).mean()[300])
    assert np.isnan(of_fund(holed, "rs_ratio")[300])
    r = of_fund(holed, "r")
    assert np.isnan(r[300])
    assert r[301] == pytest.approx(holed.tr[301, 1] / holed.tr[299, 1] - 1.0)
    assert np.isnan(of_fund(holed, "chg_1s")[300:302]).all()


# --- conventions ----------------------------------------------------------------------------------------------------


def test_a_price_that_stands_still_has_a_middling_rsi(small: Panel) -> None:
    """TA-Lib says 0, as of a price that only falls; talipp and the library `ta` say 100."""
    flat = np.full(SESSIONS, 17.23)
    assert set(talib.RSI(flat, 14)[14:]) == {0.0}
    assert set(list(RSI(14, flat.tolist()))[14:]) == {100.0}
    assert set(of_fund(builders.priced(small, FUND, flat), "rsi14")[14:]) == {50.0}


def test_a_dividend_is_in_the_return_and_not_in_the_move_of_the_day(small: Panel) -> None:
    """1 % paid on a day that closes 3 % higher: +3.00 % for the broker, +4.03 % for the owner."""
    px, tr = small.px.copy(), small.tr.copy()
    px[400, 1] = 1.03 * px[399, 1]
    tr[400, 1] = tr[399, 1] * 1.03 * 1.01
    paid = replace(small, px=px, tr=tr)
    assert of_fund(paid, "chg_1s")[400] == pytest.approx(0.03)
    assert of_fund(paid, "r")[400] == pytest.approx(0.0403)


def test_a_split_that_nobody_applied_looks_like_a_crash(small: Panel) -> None:
    """Applied, it changes nothing (oracles.md F.2); the negative control is RSI."""
    whole = of_fund(small, "rsi14")
    halved = builders.altered(
        small, {"px": np.where(np.arange(SESSIONS) < 400, 1.0, 0.5) * small.px[:, 1]}, symbol=FUND
    )
    assert whole[400] - of_fund(halved, "rsi14")[400] > 20.0
    applied = builders.altered(
        small, {name: getattr(small, name)[:, 1] / 2 for name in ("px", "high", "low", "tr")}, symbol=FUND
    )
    np.testing.assert_allclose(of_fund(applied, "rsi14"), whole, atol=1e-9)


def test_a_tie_with_an_average_is_not_above_it(invented: Market) -> None:
    """metrics.md 0.4: in whole cents `price > mean` is wrong on some sessions, n·P > S·(1 + 1e-12) on none."""
    px = invented.member_table("px")
    cents = (100.0 * px).round()
    exact = 20.0 * cents > cents.rolling(20).sum()
    naive = px > px.rolling(20).mean()
    assert (exact != naive).to_numpy().any()
    found = builders.fields(invented.members)["above_sma20"]
    np.testing.assert_array_equal(found[19:] > 0, exact.to_numpy()[19:])
