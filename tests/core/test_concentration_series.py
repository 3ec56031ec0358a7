"""Group C at every session: computed together as alone, and only while the weights serve."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core import concentration_series
from core.concentration_series import ConcentrationSeries
from core.fund_lines import FundLines
from core.metrics.concentration import MAG7
from core.panel import Panel
from core.weights import Weights
from tests.core import builders

ROWS = 200
NAMES = (*MAG7, *(f"L{k:02}" for k in range(22)))
OF_SPY = ("c1", "c2_21s", "c2_63s", "c2_contribution_63s", "c3")
OF_IWM = ("c5", "c6_skew", "c6_index_less_equal", "c7")


@pytest.fixture(scope="module")
def whole() -> Panel:
    return builders.panel(2, ROWS)


@pytest.fixture(scope="module")
def lines() -> dict[str, FundLines]:
    """Both funds hold the same; their file is of row 110."""
    panel = builders.panel(8, ROWS, NAMES)
    day: date = panel.sessions[110].item()
    fractions = np.linspace(2.0, 1.0, len(NAMES))
    values = dict(zip(NAMES, (fractions / fractions.sum()).tolist(), strict=True))
    return {fund: FundLines(panel, Weights(fund, day, values, 1.0, "file.csv")) for fund in ("SPY", "IWM")}


def series(whole: Panel, lines: dict[str, FundLines]) -> ConcentrationSeries:
    columns = {symbol: column for column, symbol in enumerate(whole.symbols)}
    return ConcentrationSeries(builders.history(whole), columns, lines)


def test_it_is_there_while_the_weights_serve(whole: Panel, lines: dict[str, FundLines]) -> None:
    """92 days either side of their date."""
    found = series(whole, lines)
    dated = np.datetime64("2020-01-01") if lines["SPY"].weights is None else np.datetime64(lines["SPY"].weights.dated)
    for name in ("c1", "c3"):
        there = np.array([np.isfinite(found.value(name, t)) for t in range(ROWS)])
        np.testing.assert_array_equal(there, abs(whole.sessions - dated) <= np.timedelta64(92, "D"))
        assert 0 < there.sum() < ROWS


def test_many_sessions_at_once_are_each_alone(
    whole: Panel, lines: dict[str, FundLines], monkeypatch: pytest.MonkeyPatch
) -> None:
    together = series(whole, lines)
    monkeypatch.setattr(concentration_series, "_AT_ONCE", 1)
    alone = series(whole, lines)
    for name in (*OF_SPY, *OF_IWM):
        values = [together.value(name, t) for t in range(ROWS)]
        assert np.isfinite(values).sum() > 20, name
        np.testing.assert_allclose(values, [alone.value(name, t) for t in range(ROWS)], rtol=1e-12, equal_nan=True)


def test_the_weight_of_a_group_by_hand(whole: Panel, lines: dict[str, FundLines]) -> None:
    fund, found = lines["SPY"], series(whole, lines)
    assert fund.weights is not None
    for t in (90, 110, 150):
        moved = fund.weights.fractions * fund.panel.px[t] / fund.panel.px[110]
        assert found.value("c1", t) == pytest.approx(moved[: len(MAG7)].sum() / moved.sum())


def test_a_universe_in_place_of_the_fund_has_no_date(whole: Panel, lines: dict[str, FundLines]) -> None:
    stand_in = FundLines(lines["IWM"].panel, None, stands_in="sp600")
    found = series(whole, {"IWM": stand_in})
    assert np.isfinite([found.value("c7", t) for t in range(63, ROWS)]).all()
    assert np.isnan(found.value("c5", ROWS - 1))
    assert found.contributors(ROWS - 1) == {}


def test_a_provisional_row_is_the_final_row(whole: Panel, lines: dict[str, FundLines]) -> None:
    t = 140
    whole, cut = builders.part(whole, slice(t + 1)), builders.part(whole, slice(t))
    whole = replace(whole, tr=whole.px)
    ended = {fund: replace(part, panel=builders.part(part.panel, slice(t + 1))) for fund, part in lines.items()}
    ended = {fund: replace(part, panel=replace(part.panel, tr=part.panel.px)) for fund, part in ended.items()}
    begun = {fund: replace(part, panel=builders.part(part.panel, slice(t))) for fund, part in ended.items()}
    expected = series(whole, ended)
    fold, history = builders.folded(replace(cut, tr=cut.px))
    columns = {symbol: column for column, symbol in enumerate(cut.symbols)}
    found = ConcentrationSeries(history, columns, begun)
    live = builders.live_row(whole, t)
    history.put_live(live.session, fold.read(fold.live_row(live)))
    quoted = {fund: builders.live_row(part.panel, t) for fund, part in ended.items()}
    for _again in range(2):
        found.put_live(quoted)
        for name in (*OF_SPY, *OF_IWM):
            assert found.value(name, t) == pytest.approx(expected.value(name, t), nan_ok=True)
        assert found.contributors(t) == pytest.approx(expected.contributors(t))
    found.put_live({"SPY": None, "IWM": None})
    assert np.isnan(found.value("c7", t))
    assert np.isfinite(found.value("c7", t - 1))
