"""The states of a rule up to this moment: what is newer than the finished sessions, and what is judged by the clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.charts import rule_detail
from core.panel import Panel
from core.series import RuleDetail, RuleStep
from core.snapshot import RiskWarning, RuleState
from tests.core import builders

DAYS = tuple(date(2026, 1, day) for day in (5, 6, 7, 8, 9))
MONDAY = date(2026, 1, 12)
FIRST = RuleStep(DAYS[1], "CLEAR", "WATCH", {"z21": -1.2})


def detail(*levels: int, steps: tuple[RuleStep, ...] = (FIRST,)) -> RuleDetail:
    return RuleDetail("W01", "IWM-SPY", False, DAYS, levels or (0, 1, 1, 1, 1), steps, None)


def warning(state: RuleState, *, provisional: bool = False) -> RiskWarning:
    return RiskWarning(
        id="W01", subject="IWM-SPY", title="x", state=state, provisional=provisional, evidence={"z21": 2.0}
    )


def test_a_finished_session_that_is_judged_as_it_was_changes_nothing() -> None:
    found = detail()
    assert found.ending_in(warning("WATCH"), DAYS[-1]) is found
    assert found.ending_in(warning("CLEAR"), DAYS[2]) is found, "it is older than the detail"
    assert found.ending_in(warning("CLEAR"), None) is found


@pytest.mark.parametrize(
    ("state", "level", "step"),
    [("WATCH", 1, False), ("WARNING", 2, True), ("CLEAR", 0, True), ("NOT_EVALUATED", -1, False)],
)
def test_a_session_in_progress_is_the_last_one(state: RuleState, level: int, step: bool) -> None:
    found = detail().ending_in(warning(state, provisional=True), MONDAY)
    assert (found.sessions, found.levels) == ((*DAYS, MONDAY), (0, 1, 1, 1, 1, level))
    assert found.steps[0] is FIRST
    newest = [(s.session, s.old, s.new, s.evidence, s.provisional) for s in found.steps[1:]]
    assert newest == ([(MONDAY, "WATCH", state, {"z21": 2.0}, True)] if step else [])


def test_a_finished_session_that_is_another_by_the_clock_is_told_as_it_is_now() -> None:
    found = detail(0, 0, 0, 0, 0, steps=()).ending_in(warning("WATCH"), DAYS[-1])
    assert (found.sessions, found.levels) == (DAYS, (0, 0, 0, 0, 1))
    assert [(s.session, s.old, s.new, s.provisional) for s in found.steps] == [(DAYS[-1], "CLEAR", "WATCH", False)]


def test_stale_data_are_what_the_gauge_of_w20_counts_and_the_newest_step_of_its_detail(eventful_market: Panel) -> None:
    board, t = builders.board(eventful_market), len(eventful_market.sessions) - 1
    session = builders.last_day(eventful_market)
    fresh = next(w for w in board.warnings(t, session, None) if w.id == "W20")
    stale = next(w for w in board.warnings(t, session + timedelta(days=7), None) if w.id == "W20")
    assert fresh.gauge is not None
    assert (fresh.state, fresh.gauge.value) == ("CLEAR", 0)
    assert stale.gauge is not None
    assert (stale.state, stale.gauge.enter) == ("WATCH", 1)
    names = str(stale.evidence["stale"]).split(", ")
    assert stale.gauge.value == len(names) == 16
    past = rule_detail(board, "W20", "data", t)
    assert past is not None
    assert past.levels[-1] == 0
    now = past.ending_in(stale, session)
    assert (len(now.levels), now.levels[-1]) == (t + 1, 1)
    assert (now.steps[-1].session, now.steps[-1].old, now.steps[-1].new) == (session, "CLEAR", "WATCH")


@pytest.fixture(scope="module")
def eventful_market() -> Panel:
    return builders.eventful()
