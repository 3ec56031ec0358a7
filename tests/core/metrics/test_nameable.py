"""Every name a rule of the user may give exists, and is finite somewhere in a market that has everything."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from core.metrics.nameable import BREADTH, FRACTIONS, RISK, SPREAD, nameable, unit_of
from core.rules.leadership import spread_evidence
from tests.core import builders

SESSIONS = 270


def test_every_name_is_that_of_a_metric() -> None:
    whole = builders.panel(3, SESSIONS)
    engine = builders.engine_with_members(whole, builders.walks(24, SESSIONS))
    market = engine.board.market
    spread = market.spread("IWM", "SPY", SESSIONS - 1)
    assert spread is not None
    families = (SPREAD, BREADTH, RISK)
    plain = {name for name in nameable() if not name.startswith(families)}
    assert plain <= set(engine.history.latest)
    for name in plain:
        assert np.isfinite(engine.history.latest[name]).any(), name
    told = spread_evidence(spread)
    for name in nameable():
        if name.startswith(SPREAD):
            assert told[name.removeprefix(SPREAD)] is not None, name
        elif name.startswith(BREADTH):
            values = [market.breadth(name.removeprefix(BREADTH), t) for t in range(SESSIONS)]
            assert np.isfinite(values).any(), name
        elif name.startswith(RISK):
            market.risk(name.removeprefix(RISK), SESSIONS - 1)  # a KeyError where there is no such series


def test_every_name_is_explained() -> None:
    assert all(meaning and "{" not in meaning for meaning in nameable().values())


def test_the_unit_of_every_name_is_the_one_its_meaning_tells() -> None:
    plain = {"drawdown_252": "change", **dict.fromkeys(("sigma20_pr", "vol_ratio_pr", "turbulence_pr"), "share")}
    for name, meaning in nameable().items():
        unit, short = unit_of(name), name.removeprefix(RISK)
        assert (unit in FRACTIONS) is ("fraction" in meaning or short in plain), name
        assert (unit == "bp") is ("basis points" in meaning), name
        assert (unit == "percent") is meaning.endswith(", percent"), name
        assert unit == plain.get(short, unit), name


def test_the_list_needs_no_numpy() -> None:
    """A configuration is checked before the first paint."""
    code = "import sys; import core.settings_rules; print('numpy' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"
