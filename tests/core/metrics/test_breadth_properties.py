"""What must hold of breadth, whatever the members do (oracles.md F): symmetries, no look-ahead, tick = append."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.breadth import Conflict, conflict_fires
from core.metrics.members import SERIES_SESSIONS, Members
from core.panel import Floats, Panel
from tests.core import builders
from tests.core.builders import examples

SESSIONS = 300
SYMBOLS = tuple(f"M{k:02}" for k in range(24))
PRICES = ("open", "high", "low", "px", "tr")

COUNTS = frozenset(
    {"counted", "advances", "declines", "unchanged", "net_advances", "ad_line", "new_highs", "new_lows"}
    | {"highs_counted", "above_sma20_counted", "above_sma50_counted", "above_sma200_counted"}
    | {"traded_advances", "traded_declines", "up_volume", "down_volume"}
)
"""What grows with the universe; the rest are ratios, averages of ratios, and events."""

SEEDS = st.integers(0, 2**31)
HOLES = st.lists(st.tuples(st.integers(0, 23), st.integers(1, SESSIONS - 1)), max_size=6)
"""Columns, and the sessions from which two bars are missing there."""


def universe(seed: int, holes: list[tuple[int, int]], sessions: int = SESSIONS) -> Panel:
    """Members in whole cents, cheap enough to stand still now and then; some days without trade."""
    whole = builders.panel(seed, sessions, SYMBOLS)
    whole = replace(whole, **{name: np.round(getattr(whole, name) / 20, 2) for name in PRICES})
    whole.volume[np.random.default_rng(seed).random(whole.volume.shape) < 0.02] = 0.0
    for column, t in holes:
        whole = builders.without(whole, SYMBOLS[column], rows=slice(t, t + 2))
    return whole


def breadth(whole: Panel) -> dict[str, Floats]:
    """Every series over the finished sessions."""
    return {name: values[:-1] for name, values in Members(whole).history.items()}


def assert_same(found: dict[str, Floats], expected: dict[str, Floats], tolerance: float = 0.0) -> None:
    assert set(found) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=tolerance, atol=tolerance, err_msg=name)


@given(seed=SEEDS, holes=HOLES)
@examples(4)
def test_every_member_twice_gives_the_same_ratios(seed: int, holes: list[tuple[int, int]]) -> None:
    """But for the deviation across members, where a sample of twice the size counts its freedoms otherwise."""
    whole = universe(seed, holes)
    doubled = {name: np.hstack([getattr(whole, name)] * 2) for name in builders.FIELDS}
    twice = replace(whole, symbols=tuple(f"{half}{symbol}" for half in "ab" for symbol in SYMBOLS), **doubled)
    found, expected = breadth(twice), breadth(whole)
    del found["dispersion"], expected["dispersion"]
    assert_same(found, {name: 2 * values if name in COUNTS else values for name, values in expected.items()}, 1e-12)


@given(seed=SEEDS, holes=HOLES)
@examples(4)
def test_rise_and_fall_change_places(seed: int, holes: list[tuple[int, int]]) -> None:
    """With every price P become 1/P, who rose falls: A and D, highs and lows, up and down volume are exchanged."""
    whole = universe(seed, holes)
    turned = {name: 1.0 / getattr(whole, name) for name in PRICES}
    turned["high"], turned["low"] = turned["low"], turned["high"]
    found, expected = breadth(replace(whole, **turned)), breadth(whole)
    for one, other in (("advances", "declines"), ("new_highs", "new_lows"), ("up_volume", "down_volume")):
        np.testing.assert_array_equal(found[one], expected[other])
        np.testing.assert_array_equal(found[other], expected[one])
    for name in ("rana", "net_advances", "ad_line", "mcclellan", "summation"):
        np.testing.assert_allclose(found[name], -expected[name], rtol=1e-9, atol=1e-9, err_msg=name)
    for name, whole_of_it in (("adv_share", 1.0), ("zweig", 1.0), ("upvol_share", 1.0), ("record_high_share", 100.0)):
        np.testing.assert_allclose(found[name], whole_of_it - expected[name], rtol=1e-9, atol=1e-9, err_msg=name)
    for name in ("trin", "trin10"):
        np.testing.assert_allclose(found[name], 1.0 / expected[name], rtol=1e-9, err_msg=name)
    np.testing.assert_array_equal(found["unchanged"], expected["unchanged"])


@given(seed=SEEDS, holes=HOLES)
@examples(4)
def test_the_summation_is_the_running_sum_of_the_oscillator(seed: int, holes: list[tuple[int, int]]) -> None:
    found = breadth(universe(seed, holes))
    assert np.isnan(found["summation"][0])
    np.testing.assert_allclose(found["summation"][1:], np.cumsum(found["mcclellan"][1:]), rtol=1e-9, atol=1e-9)


@given(seed=SEEDS, holes=HOLES, order=st.permutations(range(24)))
@examples(4)
def test_the_order_of_the_members_does_not_matter(seed: int, holes: list[tuple[int, int]], order: list[int]) -> None:
    whole = universe(seed, holes)
    mixed = replace(
        whole,
        symbols=tuple(SYMBOLS[column] for column in order),
        **{name: getattr(whole, name)[:, order] for name in builders.FIELDS},
    )
    assert_same(breadth(mixed), breadth(whole), 1e-13)


@given(seed=SEEDS, column=st.integers(0, 23))
@examples(4)
def test_a_member_without_data_is_as_no_member(seed: int, column: int) -> None:
    whole = universe(seed, [])
    others = [k for k in range(24) if k != column]
    without = replace(
        whole,
        symbols=tuple(SYMBOLS[k] for k in others),
        **{name: getattr(whole, name)[:, others] for name in builders.FIELDS},
    )
    assert_same(breadth(builders.without(whole, SYMBOLS[column])), breadth(without), 1e-13)


@given(seed=SEEDS, powers=st.lists(st.integers(-3, 3), min_size=24, max_size=24))
@examples(3)
def test_the_unit_of_a_price_does_not_matter(seed: int, powers: list[int]) -> None:
    """By powers of two, so that exact comparisons stay exact."""
    whole = universe(seed, [])
    scaled = replace(whole, **{name: getattr(whole, name) * np.exp2(powers) for name in PRICES})
    assert_same(breadth(scaled), breadth(whole), 1e-13)


@given(seed=SEEDS, holes=HOLES, upto=st.integers(1, SESSIONS - 1))
@examples(4)
def test_nothing_looks_ahead(seed: int, holes: list[tuple[int, int]], upto: int) -> None:
    """What comes later, be it absurd, changes no session before, not by a bit."""
    whole = universe(seed, holes)
    absurd = {name: getattr(whole, name).copy() for name in builders.FIELDS}
    for values in absurd.values():
        values[upto:] = values[upto:][::-1] * 1e3
    found = breadth(replace(whole, **absurd))
    assert_same({name: values[:upto] for name, values in found.items()}, breadth(builders.part(whole, slice(upto))))


LONG = SERIES_SESSIONS + 100
FROM_THE_START = frozenset({"ad_line", "summation", "thrusts"})
"""What is counted from the first session that is read; only its changes mean anything."""


@given(seed=SEEDS)
@examples(2)
def test_a_long_history_forgets_where_it_began(seed: int) -> None:
    """Read for the last three years only, a session some weeks ago is told as it was told that evening."""
    whole, t = universe(seed, [], LONG), LONG - 41
    now, then = breadth(whole), breadth(builders.part(whole, slice(t + 1)))
    for name in then.keys() - {"mcclellan_rows"}:
        found, expected = now[name][t - 21 : t + 1], then[name][-22:]
        if name in FROM_THE_START:
            found, expected = np.diff(found), np.diff(expected)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=name)


@given(seed=SEEDS, holes=HOLES)
@examples(4)
def test_a_tick_is_an_append(seed: int, holes: list[tuple[int, int]]) -> None:
    """On a day without dividends, what a provisional row gives is what the same row gives once it is finished."""
    whole = universe(seed, [*holes, (2, 63), (3, SESSIONS - 2)])
    whole = replace(whole, tr=0.9 * whole.px)
    expected = breadth(whole)
    for t in (1, 64, 252, SESSIONS - 1):
        members = Members(builders.part(whole, slice(t)))
        before = {name: values[:t].copy() for name, values in members.history.items()}
        elsewhere = replace(builders.live_row(whole, t), px=whole.px[t][::-1], volume=whole.volume[t][::-1])
        for live in (elsewhere, builders.live_row(whole, t)):  # the second replaces the first without a trace
            members.put_live(live)
        assert_same({n: v[t] for n, v in members.history.items()}, {n: v[t] for n, v in expected.items()}, 1e-12)
        assert_same({name: values[:t] for name, values in members.history.items()}, before)


def test_who_did_not_trade_is_in_no_part_of_trin() -> None:
    """metrics.md B.10: without volume a member is excluded from UV, DV and TRIN; its price counts in A and D."""
    whole = universe(7, [])
    whole.volume[:, :12] = 0.0
    others = {name: getattr(whole, name)[:, 12:] for name in builders.FIELDS}
    found, expected = breadth(whole), breadth(replace(whole, symbols=SYMBOLS[12:], **others))
    for name in ("trin", "trin10", "up_volume", "down_volume", "upvol_share"):
        assert np.isfinite(expected[name]).sum() > 100
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-12)
    assert (found["counted"][1:] == 24).all()


@given(st.lists(st.booleans(), min_size=1, max_size=80))
@examples(60)
def test_a_conflict_counts_a_firing_once_while_it_is_active(fired: list[bool]) -> None:
    """B12: 30 sessions from the last firing on; a further one inside them is no new one."""
    conflict, left, firings = Conflict(), 0, 0
    for today in fired:
        conflict = conflict.after(fired=today, oscillator=-1.0)
        firings += today and left == 0
        left = 30 if today else max(left - 1, 0)
        assert (conflict.active, conflict.firings) == (left, firings)
    rests = conflict.after(fired=False, oscillator=1.0)
    assert rests.active == 0
    assert rests.after(fired=False, oscillator=-1.0).active == max(left - 2, 0)  # and comes back


def test_a_conflict_needs_all_five_signs() -> None:
    signs = {"high_share": 0.022, "low_share": 0.03, "new_highs": 20.0, "new_lows": 10.0, "mcclellan": -1.0}
    assert conflict_fires(signs, 0.01, 0.022)
    assert not conflict_fires(signs, 0.01, 0.028)
    assert not conflict_fires(signs, 0.0, 0.022)
    assert not conflict_fires(signs, np.nan, 0.022)
    for name, value in (("low_share", 0.021), ("new_highs", 21.0), ("mcclellan", 0.0), ("high_share", np.nan)):
        assert not conflict_fires({**signs, name: value}, 0.01, 0.022)
