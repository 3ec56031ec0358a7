"""What the engine says is what others' libraries say, to 1e-9, and it is silent where they are (oracles.md D)."""

from __future__ import annotations

import math
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.oracle.compare import difference
from tests.oracle.registry import ORACLES, TOLERANCE, Market, Oracle

ROOT = Path(__file__).parents[2]
NAN, INF = math.nan, math.inf

NOT_IN_THE_FILE = {"curve_10y_5y": "^FVX", "copper_gold_21s": "CPER", "appetite_smh_spy": "SMH"}
"""Series of the risk block, and a symbol of theirs that the market file does not hold."""


def name(oracle: Oracle) -> str:
    return f"{oracle.metric_id} {oracle.what} = {oracle.oracle}"


def assert_agrees(oracle: Oracle, market: Market) -> None:
    found = oracle.compare(market)
    assert found.count > 0
    assert found.one_sided == 0
    assert found.scaled < TOLERANCE


@pytest.mark.parametrize("oracle", [o for o in ORACLES if o.sessions <= 1_500], ids=name)
def test_on_invented_prices(oracle: Oracle, invented: Market) -> None:
    assert oracle.answers(invented)
    assert_agrees(oracle, invented)


@pytest.mark.parametrize("oracle", [o for o in ORACLES if not o.needs], ids=name)
def test_on_real_prices(oracle: Oracle, true_market: Market) -> None:
    assert oracle.answers(true_market)
    assert_agrees(oracle, true_market)


@pytest.mark.parametrize("series", NOT_IN_THE_FILE)
def test_a_series_of_an_unwatched_symbol_has_no_value(series: str, invented: Market, true_market: Market) -> None:
    assert NOT_IN_THE_FILE[series] not in true_market.panel.symbols
    assert true_market.risk[series].isna().all()
    assert invented.risk[series].notna().any()


def test_no_close_of_the_members_is_in_doubt(true_market: Market) -> None:
    """The oracles of breadth count every one of them: FISV and CNC really fell by more than 40 % in a day."""
    px = true_market.member_table("px")
    crashes = px.pct_change(fill_method=None).lt(-0.4).any()
    assert set(crashes[crashes].index) == {"CNC", "FISV"}
    counted = true_market.breadth["counted"].iloc[1:]
    assert counted.eq(px.notna().sum(axis=1).loc[counted.index]).all()


def test_each_oracle_library_of_the_extra_is_heard() -> None:
    """And they are all imported here: an absent one is an error, not a skip."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extra = {canonicalize_name(Requirement(r).name) for r in project["project"]["optional-dependencies"]["oracles"]}
    distributions = packages_distributions()
    heard = {canonicalize_name(distributions[oracle.library][0]) for oracle in ORACLES}
    assert heard - {"pandas"} == extra


def test_no_oracle_is_listed_twice() -> None:
    assert len({name(oracle) for oracle in ORACLES}) == len(ORACLES)


def test_a_difference_is_told_by_size_count_and_sides() -> None:
    """The scale is the oracle's number, at least 1; what only one side has is counted, what neither has is not."""
    found = difference([([1.0, NAN, 3.0, NAN], [1.5, 2.0, NAN, INF]), ([[2_002.0]], [[2_000.0]])])
    assert (found.largest, found.scaled, found.count, found.one_sided) == (2.0, 0.5 / 1.5, 2, 2)
    assert difference([([INF, INF], [INF, 1.0])]).one_sided == 2
    assert difference([(np.array([NAN]), np.array([NAN]))]).count == 0
    with pytest.raises(ValueError, match=r"shape \(2,\), theirs \(1,\)"):
        difference([([1.0, 2.0], [1.0])])
