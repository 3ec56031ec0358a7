"""An eventful market and the rules over it, made once for all tests of the rules; and the rules over a real one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core import settings_load
from core.panel import Panel
from core.pipeline import open_pipeline
from core.rules.board import RuleBoard
from tests.core import builders

AFTER = date(2026, 1, 31)
"""The day after the last session of the real market."""


@pytest.fixture(scope="session")
def eventful() -> Panel:
    return builders.eventful()


@pytest.fixture(scope="session")
def board(eventful: Panel) -> RuleBoard:
    return builders.board(eventful)


@pytest.fixture(scope="session")
def real_board(market: Path, tmp_path_factory: pytest.TempPathFactory) -> RuleBoard:
    """The rules over all sessions of the real market, with the members of the S&P 500 and the lines of two funds."""
    config = tmp_path_factory.mktemp("rules") / "config.toml"
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
    files = [str(market / "index_etf_daily.csv"), str(market / "stocks_daily.parquet")]
    loaded = settings_load.load(config).with_overrides(feed="files", data=files, store="none", universe="sp500")
    pipeline = open_pipeline(loaded.settings, as_of=AFTER)
    try:
        pipeline.refresh()
        return pipeline._answer(lambda engine: engine._board)
    finally:
        pipeline.close()


@pytest.fixture(scope="session")
def real_panel(market: Path) -> Panel:
    """The bars of the funds and indices of the real market."""
    loaded = settings_load.load(None).with_overrides(
        feed="files", data=[str(market / "index_etf_daily.csv")], store="none"
    )
    pipeline = open_pipeline(loaded.settings, as_of=AFTER)
    try:
        pipeline.refresh()
        return pipeline._answer(lambda engine: engine.panel)
    finally:
        pipeline.close()
