"""What must hold of cross-asset risk and appetite (oracles.md F): no look-ahead, tick = append, invariances, ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.metrics import cross_asset
from core.metrics.risk import Assets, appetite_state, risk_values
from core.panel import Floats, Panel
from tests.core import builders
from tests.core.builders import examples
from tests.reference.data import SCHEMES, SECTORS

SESSIONS = 560
SYMBOLS = (
    *(*builders.FUNDS, "RSP", *SECTORS, "TLT", "IEF", "HYG", "GLD", "CPER", "SMH", "SPHB", "SPLV"),
    *("^VIX", "^VIX3M", "^TNX", "^IRX", "^FVX"),
)
LEVELS = frozenset({"vix", "implied_less_realised", "curve_10y_3m", "curve_10y_5y", "rate_5s_bp", "rate_21s_bp"})
"""Series in points and percent, which the unit of their symbols does change."""

SEEDS = st.integers(0, 2**31)
HOLES = st.lists(st.tuples(st.integers(1, len(SYMBOLS) - 1), st.integers(1, SESSIONS - 1)), max_size=3)


def market(seed: int, holes: list[tuple[int, int]]) -> Panel:
    whole = builders.panel(seed, SESSIONS, SYMBOLS)
    for column, t in holes:
        whole = builders.without(whole, SYMBOLS[column], rows=slice(t, t + 1))
    return whole


def assets(symbols: Sequence[str]) -> Assets:
    columns = {symbol: column for column, symbol in enumerate(symbols)}
    cyclical, defensive = ([columns[s] for s in side if s in columns] for side in SCHEMES["msci"])
    return Assets(columns, [columns[s] for s in SECTORS if s in columns], cyclical, defensive)


def risk(whole: Panel) -> dict[str, Floats]:
    """Every series over the finished sessions."""
    return risk_values(builders.history(whole), assets(whole.symbols), 0, len(whole.sessions))


def assert_same(found: dict[str, Floats], expected: dict[str, Floats], tolerance: float) -> None:
    assert set(found) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=tolerance, atol=tolerance, err_msg=name)


@given(seed=SEEDS, holes=HOLES, upto=st.integers(1, SESSIONS - 1))
@examples(2)
def test_nothing_looks_ahead(seed: int, holes: list[tuple[int, int]], upto: int) -> None:
    """What comes later, be it absurd, changes no session before."""
    whole = market(seed, holes)
    absurd = {name: getattr(whole, name).copy() for name in builders.FIELDS}
    for values in absurd.values():
        values[upto:] = values[upto:][::-1] * 1e3
    found = {name: values[:upto] for name, values in risk(replace(whole, **absurd)).items()}
    assert_same(found, risk(builders.part(whole, slice(upto))), 1e-12)


@given(seed=SEEDS, holes=HOLES)
@examples(2)
def test_a_tick_is_an_append(seed: int, holes: list[tuple[int, int]]) -> None:
    """A provisional session alone gives what all sessions asked for together give of it once it is finished."""
    whole = market(seed, [*holes, (3, SESSIONS - 2)])
    whole = replace(whole, tr=0.9 * whole.px)
    expected = risk(whole)
    for t in (1, 130, 300, SESSIONS - 1):
        fold, history = builders.folded(builders.part(whole, slice(t)))
        live = builders.live_row(whole, t)
        history.put_live(live.session, fold.read(fold.live_row(live)))
        found = risk_values(history, assets(SYMBOLS), t, t + 1)
        assert_same(found, {name: values[t : t + 1] for name, values in expected.items()}, 1e-10)


@given(seed=SEEDS, factors=st.lists(st.floats(0.01, 100), min_size=len(SYMBOLS), max_size=len(SYMBOLS)))
@examples(2)
def test_the_unit_of_a_price_does_not_matter(seed: int, factors: list[float]) -> None:
    whole = market(seed, [])
    scaled = replace(whole, **{name: getattr(whole, name) * factors for name in ("px", "tr", "high", "low", "open")})
    found, expected = risk(scaled), risk(whole)
    unit = dict(zip(SYMBOLS, factors, strict=True))
    expected["vix_term"] *= unit["^VIX"] / unit["^VIX3M"]
    kept = [name for name in expected if name not in LEVELS]
    assert_same({name: found[name] for name in kept}, {name: expected[name] for name in kept}, 1e-8)


@given(seed=SEEDS, order=st.permutations(range(len(SYMBOLS))))
@examples(2)
def test_the_order_of_the_symbols_does_not_matter(seed: int, order: list[int]) -> None:
    whole = market(seed, [])
    mixed = replace(
        whole,
        symbols=tuple(SYMBOLS[column] for column in order),
        **{name: getattr(whole, name)[:, order] for name in builders.FIELDS},
    )
    assert_same(risk(mixed), risk(whole), 1e-10)


@given(seed=SEEDS)
@examples(2)
def test_every_series_keeps_within_its_range(seed: int) -> None:
    """And has a value at the last session, with all symbols watched and 560 sessions loaded."""
    found = risk(market(seed, []))
    for name, values in found.items():
        assert np.isfinite(values[-1]), name
        assert not np.isinf(values).any(), name
    k = len(SECTORS)
    ranges = {
        "avg_corr": (-1 / (k - 1), 1.0),
        "absorption": (2 / k, 1.0),
        "effective_bets": (1.0, float(k)),
        "diversification": (1.0, 2.0),  # of four assets, at most the root of four
        "turbulence": (0.0, np.inf),
        "sigma20_pr": (0.0, 1.0),
        "vol_ratio_pr": (0.0, 1.0),
        "appetite": (-100.0, 100.0),
        "appetite_parts": (0.0, 8.0),
    }
    ranges |= {name: (-1.0, 1.0) for name in found if name.startswith("corr")}
    for name, (least, most) in ranges.items():
        known = found[name][np.isfinite(found[name])]
        assert ((known >= least - 1e-12) & (known <= most + 1e-12)).all(), name


def test_a_symbol_that_is_not_watched_leaves_its_series_without_a_value() -> None:
    """And appetite with a part less; below five parts there is no score."""
    whole = market(5, [])
    found = risk(whole)
    for symbol, names in {
        "IEF": ("credit_21s", "rate_gamma_ief", "appetite_hyg_ief"),
        "^VIX": ("vix", "vix_term", "appetite_vix"),
        "GLD": ("copper_gold_21s", "diversification", "appetite_cper_gld"),
    }.items():
        keep = [column for column, s in enumerate(SYMBOLS) if s != symbol]
        fewer = replace(
            whole,
            symbols=tuple(SYMBOLS[column] for column in keep),
            **{name: getattr(whole, name)[:, keep] for name in builders.FIELDS},
        )
        without = risk(fewer)
        assert all(np.isnan(without[name]).all() for name in names)
        assert without["appetite_parts"][-1] == found["appetite_parts"][-1] - 1 == 7
        assert np.isfinite(without["appetite"][-1])
    poor = builders.without(whole, "IEF", "GLD", "SMH", "SPHB")
    assert risk(poor)["appetite_parts"][-1] == 4
    assert np.isnan(risk(poor)["appetite"]).all()


def test_without_sector_funds_there_is_no_joint_risk() -> None:
    keep = [column for column, symbol in enumerate(SYMBOLS) if symbol not in SECTORS]
    whole = market(6, [])
    found = risk(
        replace(
            whole,
            symbols=tuple(SYMBOLS[column] for column in keep),
            **{name: getattr(whole, name)[:, keep] for name in builders.FIELDS},
        )
    )
    assert all(np.isnan(found[name]).all() for name in ("avg_corr", "absorption", "turbulence", "effective_bets"))
    assert "appetite_cyclical_defensive" not in found
    assert np.isfinite(found["appetite"][-1])


# --- the formulas on windows ----------------------------------------------------------------------------------------

WINDOWS = hnp.arrays(np.float64, (2, 40, 4), elements=st.floats(-0.05, 0.05))


def windows(seed: int = 0) -> Floats:
    r: Floats = np.random.default_rng(seed).normal(0, 0.01, (3, 60, 5))
    return r


def test_independent_equal_or_opposite_series_have_the_correlation_they_should() -> None:
    r = windows()
    same = np.repeat(r[:, :, :1], 5, axis=2)
    np.testing.assert_allclose(cross_asset.average_correlation(same), 1.0, rtol=1e-12)
    np.testing.assert_allclose(cross_asset.average_correlation(np.dstack([r[:, :, 0], -r[:, :, 0]])), -1.0, rtol=1e-12)
    np.testing.assert_allclose(cross_asset.absorption(same), 1.0, rtol=1e-12)
    np.testing.assert_allclose(cross_asset.effective_bets(same), 1.0, rtol=1e-9)
    np.testing.assert_allclose(cross_asset.diversification(same), 1.0, rtol=1e-12)


@given(WINDOWS)
@examples(40)
def test_zero_variance_is_no_number(r: Floats) -> None:
    """metrics.md 0.4: of a series that stands still there is no correlation; nothing is ever infinite."""
    r = r.copy()
    r[0, :, 1] = 0.0
    for value in (cross_asset.average_correlation(r), cross_asset.effective_bets(r)):
        assert np.isnan(value[0])
        assert not np.isinf(value).any()
    nothing = np.zeros((1, 40, 4))
    for value in (cross_asset.absorption(nothing), cross_asset.diversification(nothing)):
        assert np.isnan(value).all()
    assert np.isnan(cross_asset.turbulence(nothing[:, -1], nothing)).all()
    slopes, statistics = cross_asset.regression(nothing[:, :, 0], nothing[:, :, 1:3])
    assert np.isnan(slopes).all()
    assert np.isnan(statistics).all()


def test_turbulence_leaves_out_a_series_that_stood_still() -> None:
    r = windows(1)
    r[1, :-1, 2] = 0.0
    found = cross_asset.turbulence(r[:, -1], r[:, :-1])
    others = np.delete(r[1:2], 2, axis=2)
    np.testing.assert_allclose(found[1], cross_asset.turbulence(others[:, -1], others[:, :-1])[0], rtol=1e-10)
    assert np.isfinite(found).all()


def test_turbulence_does_not_know_units_or_directions() -> None:
    """The distance of Mahalanobis is the same in any coordinates."""
    r, mixture = windows(2), np.random.default_rng(3).normal(0, 1, (5, 5))
    turned = r @ mixture
    found = cross_asset.turbulence(turned[:, -1], turned[:, :-1])
    np.testing.assert_allclose(found, cross_asset.turbulence(r[:, -1], r[:, :-1]), rtol=1e-8)


def test_turbulence_of_more_series_than_sessions_or_of_copies_is_no_number() -> None:
    r = windows(4)
    assert np.isnan(cross_asset.turbulence(r[:, 5], r[:, :5])).all()
    copies = np.dstack([r, r[:, :, :1]])
    assert np.isnan(cross_asset.turbulence(copies[:, -1], copies[:, :-1])).all()


def test_a_regression_finds_what_the_series_was_made_of() -> None:
    r = windows(5)
    y = 0.001 + 1.5 * r[:, :, 0] - 0.4 * r[:, :, 1] + 1e-6 * r[:, :, 2]
    slopes, statistics = cross_asset.regression(y, r[:, :, :2])
    np.testing.assert_allclose(slopes, np.tile([1.5, -0.4], (3, 1)), atol=1e-5)
    assert (np.abs(statistics) > 1e4).all()
    noisy = y + 0.02 * r[:, :, 3]
    slopes = cross_asset.regression(noisy, r[:, :, :2])[0]
    fitted = np.einsum("bni,bi->bn", r[:, :, :2], slopes)
    shares = [np.corrcoef(noisy[b], fitted[b])[0, 1] ** 2 for b in range(len(y))]
    np.testing.assert_allclose(cross_asset.explained(noisy, r[:, :, :2], slopes), shares, rtol=1e-9)
    collinear = np.dstack([r[:, :, 0], 2.0 * r[:, :, 0]])
    assert np.isnan(cross_asset.regression(y, collinear)[0]).all()


def test_one_missing_return_silences_its_window_only() -> None:
    r = windows(6)
    r[1, 30, 2] = np.nan
    for of in (cross_asset.average_correlation, cross_asset.absorption, cross_asset.effective_bets):
        assert np.isnan(of(r)).tolist() == [False, True, False]
    assert np.isnan(cross_asset.diversification(r)).tolist() == [False, True, False]
    assert np.isnan(cross_asset.turbulence(r[:, -1], r[:, :-1])).tolist() == [False, True, False]
    assert np.isnan(cross_asset.regression(r[:, :, 0], r[:, :, 1:3])[0][:, 0]).tolist() == [False, True, False]


# --- the state of appetite ------------------------------------------------------------------------------------------

SCORES = hnp.arrays(np.float64, st.integers(1, 40), elements=st.one_of(st.floats(-100, 100), st.just(np.nan)))


@given(SCORES, st.integers(1, 40))
@examples(100)
def test_the_state_of_a_session_does_not_know_what_follows(scores: Floats, upto: int) -> None:
    assert appetite_state(scores)[:upto] == appetite_state(scores[:upto])


@given(st.floats(25, 100), st.floats(-9.9, 9.9), st.integers(1, 30))
@examples(40)
def test_a_score_that_changes_its_mind_every_session_changes_no_state(high: float, low: float, times: int) -> None:
    assert set(appetite_state(np.tile([high, low], times))) == {"neutral"}
    assert set(appetite_state(np.tile([low, -high], times), before="neutral")) == {"neutral"}


@pytest.mark.parametrize("sign", [1, -1])
def test_a_state_enters_at_25_leaves_below_10_and_waits_two_sessions(sign: int) -> None:
    name = "risk-on" if sign > 0 else "risk-off"
    scores = sign * np.array([24.9, 25, 25, 10, 10, 9.9, 10, 9.9, 9.9, np.nan, 30])
    expected = ["neutral", "neutral", *[name] * 6, "neutral", "neutral", "neutral"]
    assert appetite_state(scores) == expected
