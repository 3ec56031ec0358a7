"""A fold that begins at a session in bulk reads what one that took them in one by one reads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics import members as members_module
from core.metrics.fold import BulkFold
from core.metrics.members import Members, member_families
from core.panel import Panel
from tests.core.builders import examples

SESSIONS, SYMBOLS = 420, 6


def panel(seed: int, gaps: float) -> Panel:
    rng = np.random.default_rng(seed)
    px = 50 * np.exp(np.cumsum(0.02 * rng.standard_t(4, size=(SESSIONS, SYMBOLS)), axis=0))
    px[rng.random(px.shape) < gaps] = np.nan
    px[: seed % 40, 1] = np.nan  # one that began later
    high, low = px * 1.01, px * 0.99
    volume = rng.lognormal(13, 1, px.shape)
    days = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-01-01") + SESSIONS)
    names = tuple(f"S{k}" for k in range(SYMBOLS))
    return Panel(days, names, px, high, low, px, px * 0.9, volume, np.ones(SYMBOLS, dtype=np.bool_))


@examples(25)
@given(seed=st.integers(0, 10_000), gaps=st.sampled_from([0.0, 0.0, 0.01, 0.2]), at=st.integers(0, SESSIONS - 1))
def test_bulk_equals_step_by_step(seed: int, gaps: float, at: int) -> None:
    whole = panel(seed, gaps)
    bulk, steps = BulkFold(whole, member_families(whole, 0)), BulkFold(whole, member_families(whole, 0))
    bulk.begin_at(at)
    for t in range(at):
        steps.advance(steps.finished_row(t))
    for t in range(at, min(at + 3, SESSIONS)):
        here, there = bulk.finished_row(t), steps.finished_row(t)
        expected = steps.read(there)
        for name, values in bulk.read(here).items():
            np.testing.assert_allclose(values, expected[name], rtol=1e-12, atol=1e-13, err_msg=f"{name} at {t}")
        bulk.advance(here)
        steps.advance(there)


def test_breadth_of_a_long_history_begins_later_and_ends_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = panel(3, 0.01)
    full = Members(whole)
    monkeypatch.setattr(members_module, "SERIES_SESSIONS", 150)
    late = Members(whole)
    counted = ("advances", "declines", "above_sma20", "above_sma200", "new_highs", "new_lows", "trin", "high_low_index")
    for name in counted:
        np.testing.assert_array_equal(late.history[name][-15:-1], full.history[name][-15:-1], err_msg=name)
    assert np.isnan(late.history["advances"][SESSIONS - 151])
    assert np.isfinite(late.history["advances"][SESSIONS - 150])
    # Averages forget their seed: 0.95 to the 150th is 5e-4 of a few hundred points.
    assert late.history["mcclellan"][-2] == pytest.approx(full.history["mcclellan"][-2], abs=1.0)
