"""Ranks, tenures and spreads of two funds, against the independent reference and counts by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.fold import History
from core.metrics.leadership import (
    SpreadValues,
    group_ranks,
    rank_persistence,
    sessions_at_rank1,
    spread_values,
)
from core.panel import Panel
from tests.core import builders
from tests.reference import spreads as reference
from tests.reference.data import Array

NAN = math.nan
WINDOWS = (5, 21, 42, 63, 126, 252)


def coarse(seed: int, symbols: tuple[str, ...] = ("SPY", "IWM"), sessions: int = 300) -> Panel:
    """Moves of whole percents, so that two symbols often do exactly the same."""
    steps = np.random.default_rng(seed).integers(-1, 2, (sessions, len(symbols)))
    whole = builders.panel(0, sessions, symbols)
    prices = 100.0 * np.exp(0.01 * np.cumsum(steps, axis=0, dtype=np.float64))
    return replace(whole, px=prices, tr=prices.copy())


@given(seed=st.integers(0, 10_000), is_coarse=st.booleans())
@builders.examples(6)
def test_a_spread_is_that_of_the_reference(seed: int, is_coarse: bool) -> None:
    whole = coarse(seed) if is_coarse else builders.panel(seed, 300, ("SPY", "IWM"))
    history = builders.history(whole)
    for t in (0, 1, 5, 21, 63, 67, 68, 125, 126, 251, 252, 280, 299):
        b, a = whole.tr[: t + 1, 0], whole.tr[: t + 1, 1]
        check_spread(spread_values(history, t, 1, 0), a, b)


def near(expected: float) -> Any:
    return pytest.approx(expected, rel=1e-10, abs=1e-12, nan_ok=True)


def check_spread(found: SpreadValues, a: Array, b: Array) -> None:
    t = len(a) - 1
    ratio = a / b
    assert found.spread == {n: near(reference.r5(a, b, n)) for n in WINDOWS}
    assert found.relative == {n: near(ratio[-1] / ratio[-1 - n] - 1 if t >= n else NAN) for n in WINDOWS}
    assert found.z21 == near(reference.z21(a, b, 63))
    assert list(found.band) == [near(x) for x in reference.band63(a, b)]
    assert found.t63 == near(reference.t63(a, b))
    assert found.lead_share == near(reference.share63(a, b))
    assert found.agree == reference.agreement(a, b)
    assert found.lead_streak == (reference.streak63(a, b) if t >= 63 else None)
    assert found.daily_streak == (reference.streak_daily(a, b) if t >= 1 else None)
    assert found.ratio_gap == near(ratio[-1] / ratio[-50:].mean() - 1 if t >= 49 else NAN)


def test_two_funds_that_do_the_same_have_no_lead_and_no_z() -> None:
    """The sign of zero is zero: it is that of no lead, and here of every window."""
    whole = builders.panel(3, 300, ("SPY", "IWM"))
    whole = builders.priced(whole, "IWM", whole.px[:, 0])
    whole = builders.priced(whole, "SPY", whole.px[:, 0])
    found = spread_values(builders.history(whole), 299, 1, 0)
    assert set(found.spread.values()) == {0.0}
    assert (found.agree, found.lead_streak, found.daily_streak, found.lead_share) == (6, 0, 0, 0.0)
    assert (found.both_signs, found.fragile) == (False, False)
    assert math.isnan(found.z21)
    assert math.isnan(found.t63)


@pytest.mark.parametrize(
    ("band", "agree", "expected"),
    [
        ((-0.01, 0.02), 6, True),
        ((0.01, 0.02), 3, True),
        ((0.01, 0.02), 4, False),
        ((-0.02, -0.01), 6, False),
        ((0.0, 0.02), 6, False),
        ((-0.01, 0.02), None, True),
        ((NAN, NAN), 2, True),
        ((0.01, 0.02), None, None),
        ((NAN, NAN), 6, None),
        ((NAN, NAN), None, None),
    ],
)
def test_a_lead_is_fragile_when_either_sign_of_it_is_there(
    band: tuple[float, float], agree: int | None, expected: bool | None
) -> None:
    """C.1b: the band has both signs, or at most 3 of 6 agree; what is missing may not decide."""
    spread = SpreadValues(
        spread={},
        relative={},
        z21=NAN,
        band=band,
        agree=agree,
        t63=NAN,
        lead_streak=None,
        daily_streak=None,
        lead_share=NAN,
        ratio_gap=NAN,
    )
    assert spread.fragile is expected


# --- ranks ----------------------------------------------------------------------------------------------------------

FOUR = ("SPY", "IWM", "QQQ", "DIA")


@pytest.fixture(scope="module")
def contest() -> tuple[Panel, History]:
    """Five funds whose moves are often the same; one begins late."""
    whole = coarse(7, (*FOUR, "RSP"), 200)
    whole = builders.without(whole, "RSP", rows=slice(0, 60))
    return whole, builders.history(whole)


def moves(whole: Panel, window: str) -> pd.DataFrame:
    n = int(window[:-1])
    return pd.DataFrame(whole.px if n == 1 else whole.tr).pct_change(n, fill_method=None)


@pytest.mark.parametrize("window", ["1s", "5s", "21s", "63s", "126s"])
def test_ranks_and_tenures_by_pandas(window: str, contest: tuple[Panel, History]) -> None:
    whole, history = contest
    expected = moves(whole, window).rank(axis=1, ascending=False)
    first = (expected == 1).to_numpy()
    for t in range(200):
        np.testing.assert_array_equal(group_ranks(history, t, range(5), window), expected.iloc[t])
        held = [0] * 5
        for column in range(5):
            while held[column] <= t and first[t - held[column], column]:
                held[column] += 1
        leader, days = sessions_at_rank1(history, t, range(5), window)
        assert (leader, days) == ((held.index(max(held)), max(held)) if max(held) else (None, 0))


@pytest.mark.parametrize("loses", [0, 130, 234, 235, 236, 298])
def test_a_tenure_of_any_length_is_counted_whole(loses: int) -> None:
    """The first of two rises on every session but one; the search looks back by 64, then by more."""
    rises = np.where(np.arange(300) == loses, -0.01, 0.01)
    prices = np.stack([100.0 * np.cumprod(1 + rises), np.full(300, 100.0)], axis=1)
    whole = replace(builders.panel(0, 300, ("SPY", "IWM")), px=prices, tr=prices)
    history = builders.history(whole)
    assert sessions_at_rank1(history, 299, [0, 1], "1s") == (0, 299 - loses)


def test_before_the_first_session_and_without_members_nobody_is_ranked(contest: tuple[Panel, History]) -> None:
    _whole, history = contest
    assert np.isnan(group_ranks(history, -1, [0, 1], "1s")).tolist() == [True, True]
    assert sessions_at_rank1(history, 100, [], "1s") == (None, 0)
    assert math.isnan(rank_persistence(history, 100, []))


def test_the_order_persists_as_its_ranks_correlate(contest: tuple[Panel, History]) -> None:
    whole, history = contest
    placed = moves(whole, "63s").rank(axis=1)
    for t in (20, 100, 150, 199):
        now, then = placed.iloc[t], placed.iloc[max(0, t - 21)]
        expected = now.corr(then) if t >= 60 + 63 + 21 else NAN
        assert rank_persistence(history, t, range(5)) == pytest.approx(expected, abs=1e-12, nan_ok=True)
        assert math.isnan(rank_persistence(history, t, range(4)))  # R13: at least five members
