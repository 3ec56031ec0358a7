"""The backtest on the real file against a literal second reading of warnings.md C.1, C.2 and C.4."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.backtest.result import Backtest, RuleResult
from core.hindsight import backtest
from core.pipeline import open_pipeline
from core.settings_load import defaults
from tests.reference.data import Data, load
from tests.reference.hindsight import measured
from tests.reference.rules import States, rule_states

CHECKED = [
    ("W01", "IWM-SPY", "IWM"),
    ("W02", "IWM-SPY", "IWM"),
    ("W06", "QQQ", "QQQ"),
    ("W07", "SPY", "SPY"),
    ("W19", "SPY", "SPY"),
    ("W19b", "IWM", "IWM"),
]


@pytest.fixture(scope="module")
def data(market: Path) -> Data:
    return load(market / "index_etf_daily.csv")


@pytest.fixture(scope="module")
def states(data: Data) -> States:
    return rule_states(data)


@pytest.fixture(scope="module")
def found(market: Path) -> Backtest:
    data = str(market / "index_etf_daily.csv")
    settings = defaults().with_overrides(feed="files", data=[data], store="none").settings
    chosen = tuple(dict.fromkeys(rule for rule, _subject, _target in CHECKED))
    return backtest(open_pipeline(settings), settings, chosen, lambda _done, _total, _name: None)


def flat(result: RuleResult) -> dict[str, float | None]:
    """The result under the names of the reference."""
    names = ("per_year", "active", "mean_length", "time_to_exit", "warnings", "false_alarms", "drawdowns", "missed")
    told: dict[str, float | None] = {name: getattr(result, name) for name in names}
    told["episodes"] = len(result.entries)
    for window in result.windows:
        horizon = window.horizon
        told[f"n_{horizon}"] = window.n
        told |= {f"ret_{horizon}_entry": window.ret, f"ret_{horizon}_base": window.ret_base}
        for falls in window.falls:
            fall = round(100 * falls.fall)
            told |= {f"p{fall}_{horizon}_entry": falls.entry, f"p{fall}_{horizon}_base": falls.base}
    return told


@pytest.mark.parametrize("checked", CHECKED, ids="-".join)
def test_every_number_is_that_of_the_second_reading(
    checked: tuple[str, str, str], data: Data, found: Backtest, states: States
) -> None:
    rule, subject, target = checked
    result = next(r for r in found.results if (r.rule, r.subject) == (rule, subject))
    assert result.target == target
    expected = measured(states[rule, subject], data.tr[target])
    assert flat(result) == pytest.approx(expected, rel=1e-9)


def test_the_file_is_told_with_its_dates_and_counts(found: Backtest) -> None:
    assert (found.first.isoformat(), found.last.isoformat(), found.sessions) == ("2019-01-02", "2026-01-30", 1780)
    assert (found.feed, found.simulated, found.universe) == ("files", False, "core")
