"""What must hold of every metric, whatever the prices (oracles.md F): no look-ahead, tick = append, invariances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.fold import KEPT, BulkFold, Fold
from core.metrics.members import member_families
from core.panel import Floats, Panel
from tests.core import builders
from tests.core.builders import examples

SESSIONS = 260
SYMBOLS = builders.SYMBOLS[:12]
PRICES = ("open", "high", "low", "px", "tr")

IN_MONEY = frozenset(
    {"px", "tr", "high", "low", "sma20", "sma50", "sma200", "high_252", "low_252", "high_close_252", "atr14"}
)
"""Fields in units of the price; all others are ratios, shares, counts or flags, or are about volume."""

SEEDS = st.integers(0, 2**31)
HOLES = st.lists(st.tuples(st.integers(1, 11), st.integers(0, SESSIONS - 1)), max_size=4)
"""Columns, and the sessions from which two bars are missing there; the benchmark is whole."""


def market(seed: int, holes: list[tuple[int, int]]) -> Panel:
    whole = builders.panel(seed, SESSIONS, SYMBOLS)
    for column, t in holes:
        whole = builders.without(whole, SYMBOLS[column], rows=slice(t, t + 2))
    return whole


def assert_same(found: Mapping[str, Floats], expected: Mapping[str, Floats], tolerance: float = 0.0) -> None:
    """Field by field; missing where it is missing there."""
    assert set(found) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=tolerance, atol=tolerance, err_msg=name)


@given(seed=SEEDS, holes=HOLES, upto=st.integers(1, SESSIONS - 1))
@examples(3)
def test_nothing_looks_ahead(seed: int, holes: list[tuple[int, int]], upto: int) -> None:
    """Prefix: what comes later, be it absurd, changes no value of a session before, not by a bit."""
    whole = market(seed, holes)
    absurd = {name: getattr(whole, name).copy() for name in builders.FIELDS}
    for values in absurd.values():
        values[upto:] = values[upto:][::-1] * 1e3
    found = builders.fields(replace(whole, **absurd))
    expected = builders.fields(builders.part(whole, slice(upto)))
    assert_same({name: values[:upto] for name, values in found.items()}, expected)


@given(seed=SEEDS, holes=HOLES)
@examples(2)
def test_a_tick_is_an_append(seed: int, holes: list[tuple[int, int]]) -> None:
    """What is read off a provisional row is what is read off the same row once it is finished.

    On a day without dividends: that of today is not known from a tick.
    """
    whole = market(seed, [*holes, (2, 63), (3, SESSIONS - 2)])
    whole = replace(whole, tr=0.9 * whole.px)
    expected = builders.fields(whole)
    for t in (1, 64, SESSIONS - 1):
        before = builders.part(whole, slice(t))
        fold, history = builders.folded(before)
        read = fold.read(fold.live_row(builders.live_row(whole, t)))
        now = {name: values[t] for name, values in expected.items()}
        assert_same(read, now, 1e-12)
        finished = history.latest
        for _again in range(2):
            history.put_live(builders.last_day(builders.part(whole, slice(t + 1))), read)
            assert_same(history.latest, now, 1e-12)
            assert_same({name: history[name][t] for name in KEPT}, {name: now[name] for name in KEPT}, 1e-12)
            np.testing.assert_array_equal(history.sessions, whole.sessions[: t + 1])
        history.drop_live()
        assert history.latest is finished
        np.testing.assert_array_equal(history.sessions, whole.sessions[:t])
        assert_same({name: history[name][:t] for name in KEPT}, {name: expected[name][:t] for name in KEPT})


def test_the_first_tick_of_a_new_listing_is_its_first_bar() -> None:
    whole = builders.panel(1, 30, SYMBOLS)
    whole = builders.altered(whole, {"tr": whole.px[:, 1]}, symbol="IWM")
    whole = builders.without(whole, "IWM", rows=slice(0, 29))
    fold, _history = builders.folded(builders.part(whole, slice(29)))
    read = fold.read(fold.live_row(builders.live_row(whole, 29)))
    expected = builders.fields(whole)
    assert {name: read[name][1] for name in read} == pytest.approx(
        {name: values[29, 1] for name, values in expected.items()}, nan_ok=True
    )


@pytest.mark.parametrize("bulk", [False, True])
def test_a_tick_after_a_session_without_an_adjusted_close_loses_no_move(*, bulk: bool) -> None:
    whole = builders.panel(1, 60, SYMBOLS)
    whole = replace(whole, tr=0.9 * whole.px)
    holed = replace(whole, tr=np.where(np.arange(60)[:, None] >= 30, np.nan, whole.tr))
    before = builders.part(holed, slice(59))
    fold: Fold = builders.folded(before)[0]
    if bulk:
        fold = members = BulkFold(before, member_families(before, 0))
        members.begin_at(59)
    np.testing.assert_allclose(fold.live_row(builders.live_row(whole, 59)).tr, whole.tr[59], rtol=1e-12)


@given(seed=SEEDS, holes=HOLES, factors=st.lists(st.floats(0.01, 100), min_size=12, max_size=12))
@examples(2)
def test_the_unit_of_a_price_does_not_matter(seed: int, holes: list[tuple[int, int]], factors: list[float]) -> None:
    """P -> kP, every symbol by a factor of its own, the benchmark too."""
    whole = market(seed, holes)
    scaled = replace(whole, **{name: getattr(whole, name) * factors for name in PRICES})
    expected = builders.fields(whole)
    wanted = {name: values * factors if name in IN_MONEY else values for name, values in expected.items()}
    assert_same(builders.fields(scaled), wanted, 1e-8)


@pytest.mark.parametrize("ratio", [10.0, 1 / 5])
def test_an_adjusted_split_leaves_no_trace_and_one_that_is_not_breaks_the_rsi(ratio: float) -> None:
    whole = builders.panel(4, SESSIONS, SYMBOLS)
    before = np.where(np.arange(SESSIONS) < 200, ratio, 1.0)[:, None]
    raw = replace(whole, **{name: getattr(whole, name) * before for name in PRICES}, volume=whole.volume / before)
    adjusted = replace(raw, **{name: getattr(raw, name) / before for name in PRICES}, volume=raw.volume * before)
    expected = builders.fields(whole)
    assert_same(builders.fields(adjusted), expected, 1e-9)
    unadjusted = builders.fields(raw)["rsi14"][200]
    assert (np.abs(unadjusted - expected["rsi14"][200]) > 15).all()


@given(seed=SEEDS, holes=HOLES, order=st.permutations(range(12)))
@examples(2)
def test_the_order_of_symbols_does_not_matter(seed: int, holes: list[tuple[int, int]], order: list[int]) -> None:
    whole = market(seed, holes)
    mixed = replace(
        whole,
        symbols=tuple(SYMBOLS[column] for column in order),
        **{name: getattr(whole, name)[:, order] for name in builders.FIELDS},
    )
    expected = builders.fields(whole)
    assert_same(builders.fields(mixed), {name: values[:, order] for name, values in expected.items()})


def test_a_symbol_without_data_changes_nothing_for_the_others() -> None:
    whole = builders.panel(8, SESSIONS, SYMBOLS)
    expected = {name: values[:, :11] for name, values in builders.fields(whole).items()}
    found = builders.fields(builders.without(whole, SYMBOLS[11]))
    assert_same({name: values[:, :11] for name, values in found.items()}, expected)
    assert all(np.isnan(values[:, 11]).all() for values in found.values())


@given(seed=SEEDS)
@examples(2)
def test_returns_compound_and_oscillators_have_their_range(seed: int) -> None:
    """Π(1 + r) over a window is 1 + R_n; β(b, b) = ρ(b, b) = 1; |ρ| <= 1; RSI in 0..100."""
    whole = builders.panel(seed, SESSIONS, SYMBOLS)
    found = builders.fields(whole)
    for n in (5, 21, 63, 252):
        for t in (n, SESSIONS - 1):
            compound = np.prod(1 + found["r"][t - n + 1 : t + 1], axis=0) - 1
            np.testing.assert_allclose(found[f"ret_{n}s"][t], compound, rtol=1e-9)
    known = found["beta63"][63:]
    np.testing.assert_allclose(known[:, 0], 1, rtol=1e-9)
    np.testing.assert_allclose(found["corr63"][63:, 0], 1, rtol=1e-9)
    assert (np.abs(found["corr63"][63:]) <= 1 + 1e-12).all()
    assert ((found["rsi14"][14:] >= 0) & (found["rsi14"][14:] <= 100)).all()
    assert (found["drawdown"] <= 0).all()
    assert (found["max_drawdown"] <= found["drawdown"]).all()
    sides = found["above_sma50"] + found["below_sma50"]
    assert set(np.unique(sides[49:])) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("prices", "rsi", "above"),
    [
        (np.full(SESSIONS, 17.23), 50.0, 0.0),
        (17.23 * 1.001 ** np.arange(SESSIONS), 100.0, 1.0),
        (17.23 * 0.999 ** np.arange(SESSIONS), 0.0, 0.0),
    ],
    ids=["flat", "up only", "down only"],
)
def test_prices_that_go_one_way_or_nowhere(prices: Floats, rsi: float, above: float) -> None:
    found = builders.fields(builders.priced(builders.panel(2, SESSIONS, SYMBOLS), "XLK", prices))
    column = SYMBOLS.index("XLK")
    assert set(found["rsi14"][14:, column]) == {rsi}
    assert set(found["record_close"][1:, column]) == {float(prices[-1] >= prices[0])}  # T3: as high as any before
    for n in (20, 50, 200):
        assert set(found[f"above_sma{n}"][n - 1 :, column]) == {above}


def test_a_price_that_does_not_move_has_no_spread_to_scale_by() -> None:
    """0.4: zero variance is no number, never 0, and nothing is infinite."""
    found = builders.fields(builders.priced(builders.panel(2, SESSIONS, SYMBOLS), "XLK", np.full(SESSIONS, 17.23)))
    column = SYMBOLS.index("XLK")
    for name in ("sigma20", "sigma60", "sigma252", "annual_vol", "vol_ratio", "pct_b", "extension", "z_day"):
        assert np.isnan(found[name][:, column]).all(), name
    for name in ("beta63", "corr63"):
        assert np.isnan(found[name][:, column]).all(), name
    assert not any(np.isinf(values).any() for values in found.values())
