"""Breadth, concentration and appetite on the real data, as warnings.md C.5 and article.md A.1 print them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core import settings_load
from core.pipeline import open_pipeline
from core.snapshot import Snapshot


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    market = Path(__file__).parents[2].parent / "shared" / "market"
    if not market.is_dir():
        pytest.skip("market data absent: ../shared/market")
    config = tmp_path_factory.mktemp("config") / "config.toml"
    config.write_text(
        f"""
        [universes.sp500]
        file = "{market / "sp500_members_2025-11-16.csv"}"
        [holdings]
        SPY = "{market / "holdings_sp500_ivv_2025-11-18.csv"}"
        IWM = "{market / "holdings_russell2000_iwm_2025-11-11.csv"}"
        """,
        encoding="utf-8",
    )
    data = [str(market / "index_etf_daily.csv"), str(market / "stocks_daily.parquet")]
    loaded = settings_load.load(config).with_overrides(feed="files", data=data, store="none", universe="sp500")
    pipeline = open_pipeline(loaded.settings, as_of=date(2026, 1, 9))
    try:
        return pipeline.refresh()
    finally:
        pipeline.close()


def test_breadth_is_that_of_the_specification(snapshot: Snapshot) -> None:
    breadth = snapshot.breadth
    assert (breadth.members, breadth.used, breadth.dated) == (503, 488, date(2025, 11, 16))
    assert (breadth.advances, breadth.declines, breadth.unchanged) == (274, 212, 2)
    assert (breadth.new_highs, breadth.new_lows) == (48, 4)
    assert breadth.above_sma200 == pytest.approx(326 / 487, abs=1e-12)
    assert breadth.above_sma50 == pytest.approx(350 / 487, abs=1e-12)
    assert breadth.above_sma20 == pytest.approx(340 / 488, abs=1e-12)
    assert breadth.high_low_index is not None
    assert round(breadth.high_low_index, 1) == 84.1
    assert breadth.trin is not None
    assert round(breadth.trin, 3) == 0.947
    assert breadth.status == "ok"
    assert breadth.notes[0] == "members of 2025-11-16"


def test_the_gap_to_the_published_share_is_the_stated_one(snapshot: Snapshot) -> None:
    assert snapshot.breadth.above_sma200 is not None
    assert round(100 * snapshot.breadth.above_sma200 - 64.0, 1) == 2.9  # dividends in the panel, missing members


def test_the_verdict_counts_the_members(snapshot: Snapshot) -> None:
    assert snapshot.verdict.evidence[3].text == "72 % of sp500 > 50d"
    assert (snapshot.verdict.state, snapshot.verdict.score) == ("BROADENING", 4)


def test_concentration_is_evaluated_by_holdings_and_says_where_it_is_not(snapshot: Snapshot) -> None:
    found = snapshot.concentration
    assert found.c1 is not None
    assert 0.344 <= found.c1 <= 0.353
    assert found.weights_date == {"SPY": date(2025, 11, 18), "IWM": date(2025, 11, 11)}
    assert isinstance(found.status, dict)
    assert found.status["c1"] == "partial"  # 52 days old
    assert (found.c5, found.c6, found.c7) == (None, None, None)  # 41 of 1,957 lines are priced
    assert found.status["c5"] == "missing_input"
    assert found.c2["21s"] is None  # the index moved less than 2 %
    assert found.c2["63s"] == pytest.approx(0.253, abs=5e-4)


def test_appetite_has_five_of_its_eight_parts(snapshot: Snapshot) -> None:
    appetite = snapshot.risk.appetite
    assert appetite.score is not None
    assert (round(appetite.score, 1), appetite.parts, appetite.of) == (21.0, 5, 8)
    # C.5 calls +21 neutral; B.8's hysteresis keeps risk-on, entered at 25 in December, until 10 (decisions/006).
    assert appetite.state == "risk-on"


def test_rate_sensitivity_and_correlations_are_the_articles(snapshot: Snapshot) -> None:
    risk = snapshot.risk
    assert risk.rate_gamma_ief is not None
    assert risk.rate_t_ief is not None
    assert (round(risk.rate_gamma_ief, 2), round(risk.rate_t_ief, 2)) == (0.43, 1.79)
    assert risk.rate_gamma_tlt is not None
    assert risk.rate_t_tlt is not None
    assert (round(risk.rate_gamma_tlt, 2), round(risk.rate_t_tlt, 2)) == (0.08, 0.72)
    pairs = {name: round(value, 2) for name, value in risk.corr63.items() if value is not None}
    assert pairs["IWM-QQQ"] == 0.72
    assert pairs["IWM-SPY"] == 0.83
    assert risk.vol_ratio_pr is not None
    assert round(risk.vol_ratio_pr, 2) == 0.60
