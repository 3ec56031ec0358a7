"""The risk series over a history: a provisional session reads as it will be, and follows its quotes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.metrics.risk_series import RiskSeries
from core.panel import Panel
from tests.core import builders
from tests.core.metrics.test_risk_properties import SYMBOLS, assets

SESSIONS = 780
LAST = SESSIONS - 1


@pytest.fixture(scope="module")
def whole() -> Panel:
    """Long enough for the percentile of turbulence: 252 + 504 sessions and some."""
    whole = builders.panel(3, SESSIONS, SYMBOLS)
    return replace(whole, tr=0.9 * whole.px)


def test_a_provisional_session_reads_as_it_will_be(whole: Panel) -> None:
    finished = RiskSeries(builders.history(whole), assets(SYMBOLS))
    expected = finished.upto(LAST)
    fold, history = builders.folded(builders.part(whole, slice(LAST)))
    series = RiskSeries(history, assets(SYMBOLS))
    live = builders.live_row(whole, LAST)
    history.put_live(live.session, fold.read(fold.live_row(live)))
    found = series.upto(LAST)
    assert set(found) == set(expected)
    for name, values in expected.items():
        assert len(found[name]) == SESSIONS
        np.testing.assert_allclose(found[name], values, rtol=1e-9, atol=1e-9, err_msg=name)
        assert series.value(name, LAST) == pytest.approx(values[-1], rel=1e-9, abs=1e-9)
    for name in ("delta_ar", "turbulence_pr"):
        assert np.isfinite(expected[name][-1])
        np.testing.assert_array_equal(series.tail(name, LAST, 5), found[name][-5:])
        np.testing.assert_array_equal(finished.tail(name, LAST, 5), expected[name][-5:])


def test_every_quote_is_read_anew(whole: Panel) -> None:
    fold, history = builders.folded(builders.part(whole, slice(LAST)))
    series = RiskSeries(history, assets(SYMBOLS))
    live = builders.live_row(whole, LAST)
    for factor in (1.0, 1.5, 1.0):
        history.put_live(live.session, fold.read(fold.live_row(replace(live, px=live.px * factor))))
        vix = live.px[SYMBOLS.index("^VIX")] * factor
        assert series.value("vix", LAST) == vix
    history.drop_live()
    assert series.value("vix", LAST - 1) == whole.px[LAST - 1, SYMBOLS.index("^VIX")]


def test_a_series_without_its_symbols_never_begins(whole: Panel) -> None:
    lacking = builders.without(whole, "^VIX3M")
    series = RiskSeries(builders.history(lacking), assets(SYMBOLS))
    assert series.begun("vix", 0)
    assert not series.begun("vix_term", 10**6)
