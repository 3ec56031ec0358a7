"""Every metric of the fold, at every session, against pandas or a plain loop over the whole past.

The market of these tests has what real ones have: holes, a late listing, a halt, bars of closes only, days without
trade, and prices in whole cents, so that comparisons can be exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.panel import Floats, Panel
from tests.core import builders
from tests.reference import basics

SYMBOLS = ("SPY", "IWM", "QQQ", "DIA", "XLK")
SESSIONS = 420
Expected = dict[str, pd.DataFrame]
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def market_with_faults() -> Panel:
    whole = builders.panel(21, SESSIONS, SYMBOLS)
    cents = {name: np.round(getattr(whole, name), 2) for name in ("open", "high", "low", "px")}
    whole = replace(whole, **cents)
    whole = builders.without(whole, "QQQ", rows=slice(0, 50))
    whole = builders.without(whole, "IWM", rows=slice(100, 102))
    whole = builders.without(whole, "IWM", rows=slice(300, 301))
    halted = slice(150, 240)
    for name in ("open", "high", "low", "px", "tr"):
        getattr(whole, name)[halted, SYMBOLS.index("DIA")] = 101.25
    whole.volume[halted, SYMBOLS.index("DIA")] = 0.0
    closes_only = [*range(20), 330, 331]
    whole.high[closes_only, SYMBOLS.index("XLK")] = np.nan
    whole.low[closes_only, SYMBOLS.index("XLK")] = np.nan
    return whole


@pytest.fixture(scope="module")
def found(market_with_faults: Panel) -> dict[str, Floats]:
    return builders.fields(market_with_faults)


@pytest.fixture(scope="module")
def expected(market_with_faults: Panel) -> Expected:
    whole = market_with_faults
    tables = {name: pd.DataFrame(getattr(whole, name), columns=list(SYMBOLS)) for name in builders.FIELDS}
    tables["r"] = over_gaps(tables["tr"], lambda known: known.pct_change())
    volatility = expected_volatility(tables)
    trend = expected_trend(tables)
    returns = expected_returns(tables)
    combined = {
        "extension": trend["dist_sma50"] / (volatility["sigma60"] * math.sqrt(50)),
        "z_day": returns["chg_1s"] / volatility["sigma60"].shift(1),
        "vol_ratio": volatility["sigma20"].div(volatility["sigma20"]["SPY"], axis=0),
    }
    plain = {name: tables[name] for name in ("px", "tr", "high", "low", "volume", "r")}
    plain["suspect"] = 0.0 * tables["px"]  # of no column here was it said that it may be
    return {**plain, **returns, **trend, **expected_extremes(tables), **volatility, **combined, **expected_rest(tables)}


def over_gaps(table: pd.DataFrame, change: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    """`change` of what is there of each column, as if the holes were not."""
    return pd.DataFrame({name: change(column.dropna()).reindex(table.index) for name, column in table.items()})


def windows(table: pd.DataFrame, n: int, value: Callable[[Floats], float]) -> pd.DataFrame:
    """`value` of the last n rows of each column where all are there."""
    return table.rolling(n).apply(value, raw=True)


def deviation(window: Floats, ddof: int = 1) -> float:
    """The sample deviation; none where all values are the same."""
    return math.nan if window.max() == window.min() else float(window.std(ddof=ddof))


def expected_returns(tables: Tables) -> Expected:
    """R1 and R12."""
    tr = tables["tr"]
    changes = {f"ret_{n}s": tr.pct_change(n, fill_method=None) for n in (5, 21, 42, 63, 126, 252)}
    momentum = tr.shift(21) / tr.shift(252) - 1
    return {"chg_1s": tables["px"].pct_change(1, fill_method=None), "momentum_12_1": momentum, **changes}


def expected_trend(tables: Tables) -> Expected:
    """T1; which side of the average a price is on is told in whole cents, without rounding."""
    px = tables["px"]
    cents = (100 * px).round()
    values: Expected = {}
    for n in (20, 50, 200):
        sma = windows(px, n, lambda window: math.fsum(window) / len(window))
        total = windows(cents, n, np.sum)
        values |= {
            f"sma{n}": sma,
            f"dist_sma{n}": px / sma - 1,
            f"slope_sma{n}": sma / sma.shift(20) - 1,
            f"above_sma{n}": (n * cents > total).astype(float).where(total.notna()),
            f"below_sma{n}": (n * cents < total).astype(float).where(total.notna()),
        }
    return values


def expected_extremes(tables: Tables) -> Expected:
    """T2, T3 and the drawdown of W19."""
    px, high, low = tables["px"], tables["high"], tables["low"]
    top, bottom, close = high.rolling(252).max(), low.rolling(252).min(), px.rolling(252).max()
    return {
        "high_252": top,
        "low_252": bottom,
        "high_close_252": close,
        "dist_high_252": px / top - 1,
        "dist_low_252": px / bottom - 1,
        "dist_high_close_252": px / close - 1,
        "drawdown_252": px / close - 1,
        "record_close": (px == px.cummax()).astype(float).where(px.notna()),
        "record_high": (high == high.cummax()).astype(float).where(high.notna()),
    }


def expected_volatility(tables: Tables) -> Expected:
    """V1 to V3, V9, X1 and X2."""
    r, tr = tables["r"], tables["tr"]
    sigma = {f"sigma{n}": windows(r, n, deviation) for n in (20, 60, 252)}
    drawdown = tr / tr.cummax() - 1
    pairs = {name: pair(column, r["SPY"]) for name, column in r.items()}
    return {
        **sigma,
        "annual_vol": sigma["sigma20"] * math.sqrt(252),
        "sigma60_before": sigma["sigma60"].shift(1),
        "ewma_vol": over_gaps(tr, lambda known: at_every_row(known, basics.ewma_volatility)),
        "drawdown": drawdown,
        "max_drawdown": drawdown.cummin(),
        "drawdown_sessions": over_gaps(drawdown, sessions_under),
        "beta63": pd.DataFrame({name: values["beta"] for name, values in pairs.items()}),
        "corr63": pd.DataFrame({name: values["corr"] for name, values in pairs.items()}),
    }


def at_every_row(known: pd.Series, value: Callable[[Floats], float]) -> pd.Series:
    prices = known.to_numpy()
    return pd.Series([value(prices[: end + 1]) for end in range(len(prices))], known.index)


def sessions_under(drawdown: pd.Series) -> pd.Series:
    """How many sessions in a row, this one included, stand below the highest so far."""
    under, counts = 0, []
    for value in drawdown:
        under = under + 1 if value < 0 else 0
        counts.append(float(under))
    return pd.Series(counts, drawdown.index)


def pair(a: pd.Series, b: pd.Series) -> pd.DataFrame:
    """Beta and correlation over 63 sessions; neither where one of the two did not move (0.4)."""
    values = np.column_stack([a, b])
    out = np.full((len(a), 2), math.nan)
    for t in range(62, len(a)):
        x, y = values[t - 62 : t + 1].T
        spread_x, spread_y = deviation(x), deviation(y)
        covariance = float(np.mean((x - x.mean()) * (y - y.mean()))) * 63 / 62
        correlation = covariance / (spread_x * spread_y)
        out[t] = correlation * spread_x / spread_y, correlation
    return pd.DataFrame(out, columns=["beta", "corr"])


def expected_rest(tables: Tables) -> Expected:
    """T4, T5, T8, T9 and B.2."""
    px, traded = tables["px"], tables["volume"].where(tables["volume"] > 0)
    strength = tables["tr"].div(tables["tr"]["SPY"], axis=0)
    smooth = over_gaps(strength, lambda known: known.ewm(span=5, adjust=False).mean())
    rs_ratio = 100 * smooth / smooth.rolling(63).mean()
    return {
        "rsi14": over_gaps(px, lambda known: pd.Series(basics.rsi(known.to_numpy()), known.index)),
        "pct_b": windows(px, 20, percent_b),
        "atr14": over_gaps(
            true_range(tables), lambda known: pd.Series(basics.wilder(known.to_numpy(), 14), known.index)
        ),
        "adv20": traded.rolling(20).mean(),
        "adv63": traded.rolling(63).mean(),
        "rel_volume": traded / traded.rolling(20).mean(),
        "rs_ratio": rs_ratio,
        "rs_momentum": 100 * rs_ratio / rs_ratio.rolling(21).mean(),
    }


def percent_b(window: Floats) -> float:
    spread = deviation(window, ddof=0)
    return (float(window[-1]) - (float(window.mean()) - 2 * spread)) / (4 * spread)


def true_range(tables: Tables) -> pd.DataFrame:
    """T8: the close before is the last one there is, be it of a bar without a range."""
    before = tables["px"].ffill().shift(1)
    top, bottom = tables["high"], tables["low"]
    reaches = [top - bottom, (top - before).abs(), (bottom - before).abs()]
    widest: pd.DataFrame = reaches[0].combine(reaches[1], np.maximum).combine(reaches[2], np.maximum)
    return widest.where(before.notna() & top.notna())


NAMES = (
    *("px", "tr", "high", "low", "volume", "r", "chg_1s", "momentum_12_1"),
    *(f"ret_{n}s" for n in (5, 21, 42, 63, 126, 252)),
    *(f"{part}_sma{n}" for n in (20, 50, 200) for part in ("dist", "slope", "above", "below")),
    *("sma20", "sma50", "sma200", "high_252", "low_252", "high_close_252"),
    *("dist_high_252", "dist_low_252", "dist_high_close_252", "drawdown_252", "record_close", "record_high"),
    *("rsi14", "pct_b", "atr14", "adv20", "adv63", "rel_volume"),
    *("sigma20", "sigma60", "sigma252", "annual_vol", "ewma_vol", "sigma60_before"),
    *("drawdown", "max_drawdown", "drawdown_sessions", "beta63", "corr63"),
    *("rs_ratio", "rs_momentum", "extension", "z_day", "vol_ratio", "suspect"),
)


def test_there_is_an_expectation_for_every_field(found: dict[str, Floats], expected: Expected) -> None:
    assert set(found) == set(expected) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_field_is_that_of_pandas_at_every_session(name: str, found: dict[str, Floats], expected: Expected) -> None:
    wanted = expected[name].to_numpy()
    assert np.isfinite(wanted).any()
    np.testing.assert_allclose(found[name], wanted, rtol=1e-9, atol=1e-11)


def test_the_halt_has_no_side_no_spread_and_a_middling_rsi(found: dict[str, Floats]) -> None:
    """metrics.md 0.4 and B.10: not above its average, RSI 50, zero variance is no number, never 0."""
    halted = SYMBOLS.index("DIA")
    for name in ("above_sma50", "below_sma50"):
        assert found[name][239, halted] == 0
    for name in ("pct_b", "sigma60", "beta63", "corr63", "rel_volume", "adv20"):
        assert math.isnan(found[name][239, halted])


def test_a_price_on_its_average_to_the_cent_is_on_neither_side() -> None:
    """0.4: such ties are common, and as sums of floats they are not equal. Nine pairs around a price, and it twice."""
    rng = np.random.default_rng(9)
    middle, reach = rng.integers(2_000, 50_000, 200), rng.integers(1, 500, (9, 200))
    cents = np.vstack([middle - reach, middle + reach, middle, middle])
    symbols = tuple(f"S{k}" for k in range(200))
    prices = cents / 100.0
    found = builders.fields(replace(builders.panel(0, 20, symbols), px=prices, tr=prices))
    assert set(found["above_sma20"][-1]) == set(found["below_sma20"][-1]) == {0.0}
    assert (20 * prices[-1] != prices.sum(axis=0)).any()
