"""W12: what raises and ends it on which parts, what it says, and that a replay never looks ahead."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import msgspec
import numpy as np
import pytest

from core.panel import Panel
from core.rules.machine import Judgement
from core.rules.market import Market
from core.valuation import Fundamentals
from core.valuation_series import Reading
from tests.core import builders
from tests.core.test_valuation_series import snapshot

NAN = math.nan
FRIDAY = builders.last_day(builders.panel())


class At(Market):
    """A market that reads what the test says."""

    def __init__(self, reading: Reading, yield_10y: float = 4.2) -> None:
        self._reading = reading
        self._yield = yield_10y

    def valuation(self, t: int) -> Reading:
        return self._reading

    def value(self, field: str, symbol: str, t: int) -> float:
        assert (field, symbol) == ("px", "^TNX")
        return self._yield


def reading(**changes: Any) -> Reading:
    small = snapshot("IWM", FRIDAY, trailing_pe=18.4, price_to_book=1.9)
    large = snapshot("SPY", FRIDAY, trailing_pe=27.9, price_to_book=5.0)
    usual = {"newest": FRIDAY, "relative_pe": 0.66, "percentile": 0.5, "snapshots": 300, "gap": 0.012}
    return Reading(**{"small": small, "large": large, **usual, **changes})


def judged(found: Reading, yield_10y: float = 4.2) -> Judgement:
    return builders.rule("W12").judge(At(found, yield_10y), "IWM", 0)


@pytest.mark.parametrize(
    ("percentile", "gap", "expected"),
    [
        (0.899, 0.012, (False, False, False)),
        (0.90, 0.012, (True, False, False)),
        (0.97, 0.012, (True, True, False)),
        (0.80, 0.012, (False, False, False)),
        (0.799, 0.012, (False, False, True)),
        (0.799, 0.0, (True, False, False)),
        (0.5, -0.001, (True, False, False)),
        (0.97, -0.001, (True, True, False)),
        (NAN, 0.0, (True, False, False)),
        (NAN, 0.0001, (False, False, True)),
        (0.9, NAN, (True, False, False)),
        (0.5, NAN, (False, False, True)),
        (0.85, NAN, (False, False, False)),
    ],
)
def test_it_is_judged_on_the_parts_that_are_there(
    percentile: float, gap: float, expected: tuple[bool, bool, bool]
) -> None:
    found = judged(reading(percentile=percentile, gap=gap))
    assert not found.missing
    assert (found.watch, found.warn, found.exit) == expected
    assert bool(found.partial) == (math.isnan(percentile) or math.isnan(gap))


def test_what_is_lacking_is_told() -> None:
    assert judged(Reading(sourced=False)).missing == ("a fundamentals source",)
    assert judged(Reading()).missing == ("fundamentals (none fetched yet)",)
    old = Reading(newest=FRIDAY - timedelta(days=9))
    assert judged(old).missing == (f"fundamentals newer than {FRIDAY - timedelta(days=9)}",)
    few = judged(reading(percentile=NAN, snapshots=12))
    assert few.partial == ("250 own daily snapshots for the percentile (12 so far)",)
    assert judged(reading(gap=NAN), NAN).partial == ("^TNX",)
    neither = judged(reading(relative_pe=NAN, percentile=NAN, gap=NAN))
    assert neither.missing == ("P/E of IWM and SPY", "P/E of IWM")


def test_it_tells_ratios_source_date_and_the_treatment_of_losses() -> None:
    found = judged(reading(percentile=0.93))
    assert builders.rule("W12").text("IWM", found) == (
        "P/E IWM 18.4 (P/B 1.9), SPY 27.9 (P/B 5.0)   relative 0.66 pr 93 %   yield gap +1.2 %   "
        f"yahoo {FRIDAY}, negative earnings: unknown"
    )
    assert found.evidence["trailing_pe_small"] == 18.4
    assert found.evidence["negative_earnings"] == "unknown"
    lone = judged(reading(large=None, relative_pe=NAN, percentile=NAN))
    assert builders.rule("W12").text("IWM", lone).startswith("P/E IWM 18.4 (P/B 1.9), SPY — (P/B —)")


# --- over a history ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole() -> Panel:
    return builders.panel()


def dear(whole: Panel, rows: range) -> list[Fundamentals]:
    """IWM at a P/E of 100 on these sessions, an earnings yield far below that of bonds; SPY at 20."""
    days = [whole.sessions[t].item() for t in rows]
    return [snapshot("IWM", day, trailing_pe=100.0) for day in days] + [snapshot("SPY", day) for day in days]


def states(whole: Panel, found: list[Fundamentals] | None) -> list[builders.StateAt]:
    board = builders.engine(whole, fundamentals=found).board
    return builders.states(board, whole.sessions, builders.rule("W12"), "IWM")


def test_it_begins_with_the_first_snapshot_and_waits_for_a_second_session(whole: Panel) -> None:
    found = states(whole, dear(whole, range(300, 310)))
    assert {state for state, _since, _age in found[:300]} == {"NOT_EVALUATED"}
    assert [state for state, _since, _age in found[300:302]] == ["CLEAR", "WATCH"]
    assert found[301][1] == whole.sessions[301].item()


def test_a_later_snapshot_changes_no_earlier_session(whole: Panel) -> None:
    early = dear(whole, range(300, 305))
    late = [snapshot("IWM", whole.sessions[t].item(), trailing_pe=5.0) for t in range(305, 320)]
    assert states(whole, early)[:305] == states(whole, [*early, *late])[:305]


def test_without_a_new_snapshot_for_a_week_it_is_not_evaluated(whole: Panel) -> None:
    found = states(whole, dear(whole, range(290, 300)))
    assert found[304][0] == "WATCH"
    assert found[305][0] == "NOT_EVALUATED"


def test_a_provisional_session_reads_the_snapshot_of_its_day(whole: Panel) -> None:
    before = builders.part(whole, slice(319))
    engine = builders.engine(before, fundamentals=dear(whole, range(317, 320)))
    live = builders.live_row(whole, 319)
    told = engine.snapshot(live, builders.view(live.session))
    rule = next(warning for warning in told.warnings if warning.id == "W12")
    assert (rule.state, rule.provisional, rule.evidence["dated"]) == ("WATCH", True, live.session.isoformat())
    assert told.valuation.funds["IWM"].session == live.session


def test_the_thresholds_are_those_of_the_configuration(whole: Panel) -> None:
    shipped = builders.settings()
    limits = msgspec.structs.replace(shipped.warnings.W12, gap=-0.5, snapshots=3)
    chosen = msgspec.structs.replace(shipped, warnings=msgspec.structs.replace(shipped.warnings, W12=limits))
    found = builders.rule("W12", chosen).judge(At(reading(percentile=NAN, gap=-0.4)), "IWM", 0)
    assert not found.watch
    rising = [
        one
        for k, t in enumerate(range(310, 320))
        for day in [whole.sessions[t].item()]
        for one in (snapshot("IWM", day, trailing_pe=10.0 + k), snapshot("SPY", day))
    ]
    engine = builders.engine(whole, chosen, fundamentals=rising)
    found_now = engine.snapshot(None, builders.view(builders.last_day(whole)))
    rule = next(warning for warning in found_now.warnings if warning.id == "W12")
    assert (rule.state, rule.evidence["relative_pe_pr"]) == ("WARNING", 1.0)
    assert np.isfinite(found_now.valuation.relative_pe or NAN)
