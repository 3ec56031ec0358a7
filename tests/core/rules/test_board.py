"""The rules over a history: no look-ahead, tick = append, warm start, and what a warning tells of its state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import pytest

from core.panel import Panel
from core.rules import catalogue
from core.rules.board import RuleBoard, evaluated
from core.rules.machine import Machine, State
from core.rules.rule import Rule
from core.snapshot import RiskWarning
from tests.core import builders

OF_PRICES = [
    (rule, subject)
    for rule in catalogue.rules(builders.settings().warnings)
    if rule.id != "W20"
    for subject in rule.subjects
]
ROWS = (278, 285, 571, 611)
"""Rows of the eventful market on which rules are raised and left."""

NAMES = [f"{rule.id} {subject}" for rule, subject in OF_PRICES]


def warning_of(whole: Panel, rule_id: str, subject: str) -> RiskWarning:
    warnings = builders.board(whole).warnings(len(whole.sessions) - 1, builders.last_day(whole), None)
    return next(w for w in warnings if (w.id, w.subject) == (rule_id, subject))


def course(of: RuleBoard, sessions: Panel) -> dict[str, list[builders.StateAt]]:
    return {
        name: builders.states(of, sessions.sessions, rule, subject)
        for name, (rule, subject) in zip(NAMES, OF_PRICES, strict=True)
    }


@pytest.fixture(scope="module")
def whole_course(board: RuleBoard, eventful: Panel) -> dict[str, list[builders.StateAt]]:
    return course(board, eventful)


def test_no_state_looks_ahead(eventful: Panel, whole_course: dict[str, list[builders.StateAt]]) -> None:
    """Prefix: what comes after row 590, be it absurd, changes no state up to it."""
    absurd = {name: getattr(eventful, name).copy() for name in builders.FIELDS}
    for values in absurd.values():
        values[590:] = values[590:][::-1] * 1e3
    wild = course(builders.board(builders.part(replace(eventful, **absurd), slice(610))), eventful)
    short = builders.part(eventful, slice(590))
    cut = course(builders.board(short), short)
    for name, states in whole_course.items():
        assert wild[name][:590] == cut[name] == states[:590]


@pytest.mark.parametrize("t", ROWS)
def test_a_provisional_step_is_the_final_step(
    t: int, eventful: Panel, whole_course: dict[str, list[builders.StateAt]]
) -> None:
    before = builders.part(eventful, slice(t))
    engine = builders.engine(before)
    live = builders.live_row(eventful, t)
    yesterday = engine.snapshot(None, builders.view(builders.last_day(before)))
    for _again in range(2):  # a provisional step works on a copy
        found = engine.snapshot(live, builders.view(live.session)).warnings
        told = {f"{w.id} {w.subject}": (w.state, w.since, w.sessions) for w in found if w.id != "W20"}
        assert told == {name: states[t] for name, states in whole_course.items()}
        assert all(warning.provisional for warning in found)
    again = engine.snapshot(None, builders.view(builders.last_day(before)))
    assert [w.state for w in again.warnings] == [w.state for w in yesterday.warnings]
    told = {f"{w.id} {w.subject}": (w.state, w.since, w.sessions) for w in again.warnings if w.id != "W20"}
    assert told == {name: states[t - 1] for name, states in whole_course.items()}


def test_those_rows_hold_transitions_of_every_kind(whole_course: dict[str, list[builders.StateAt]]) -> None:
    kinds = {(states[t - 1][0], states[t][0]) for t in ROWS for states in whole_course.values()}
    assert {("CLEAR", "WATCH"), ("CLEAR", "WARNING"), ("WATCH", "WARNING")} <= kinds
    assert {("WARNING", "WATCH"), ("WATCH", "CLEAR")} <= kinds


@pytest.mark.parametrize(("rule", "subject"), OF_PRICES, ids=NAMES)
def test_a_replay_that_begins_later_ends_in_the_same_state(
    rule: Rule, subject: str, board: RuleBoard, whole_course: dict[str, list[builders.StateAt]]
) -> None:
    """C.1, warm start: so many sessions of replay are enough, given features from the full history."""
    judgements = [judgement for judgement, _machine in board.course(rule, subject)]
    states = whole_course[f"{rule.id} {subject}"]
    for t, earlier in product(np.random.default_rng(5).integers(504, len(judgements), 20), (260, 504)):
        machine = Machine(rule.hysteresis)
        for row in range(t - earlier, t + 1):
            machine = machine.step(judgements[row], row)
        state = "INFO" if rule.informs and machine.state is State.WATCH else machine.state.value
        assert judgements[t].missing or state == states[t][0]


def test_what_cannot_be_judged_today_remembers_what_it_was(eventful: Panel) -> None:
    """The state waits, frozen, and goes on where it stood."""
    t = 600  # W07 of SPY is raised there
    until = builders.part(eventful, slice(t + 1))
    raised = warning_of(until, "W07", "SPY")
    assert raised.state == "WARNING"
    lacking = warning_of(builders.without(until, "SPY", rows=slice(t, None)), "W07", "SPY")
    assert (lacking.state, lacking.since, lacking.sessions) == ("NOT_EVALUATED", None, None)
    before = eventful.sessions[t - 1].astype(object)
    assert lacking.text == f"needs SPY (last good session {before}); last evaluated {before}: WARNING"
    never = warning_of(builders.part(eventful, slice(100)), "W07", "SPY")
    assert (never.state, "last evaluated" in never.text) == ("NOT_EVALUATED", False)


def test_a_state_older_than_the_history_says_at_least(eventful: Panel) -> None:
    """`since` is then the first evaluated session, and is shown with a sign of that."""
    quiet = warning_of(builders.part(eventful, slice(300)), "W19", "SPY")
    assert (quiet.state, quiet.since_at_least) == ("CLEAR", True)
    assert quiet.since == eventful.sessions[251].astype(object)
    fallen = warning_of(eventful, "W19", "SPY")
    assert (fallen.state, fallen.since_at_least) == ("CLEAR", False)


def test_data_health_is_about_this_moment(eventful: Panel) -> None:
    """Stale by the clock or fetched long ago: both are known at once, and cured at once."""
    whole = builders.part(eventful, slice(30))
    board, day = builders.board(whole), builders.last_day(whole)
    told = [board.warnings(29, day, age)[-1] for age in (None, 30.0, 1.0, 30.0)]
    assert [warning.id for warning in told] == ["W20"] * 4
    assert [warning.state for warning in told] == ["CLEAR", "WARNING", "CLEAR", "WARNING"]
    late = board.warnings(29, day + timedelta(days=1), None)[-1]
    assert (late.state, late.sessions) == ("WATCH", 1)
    assert "SPY" in str(late.evidence["stale"])


def test_data_health_of_the_past_counts_what_had_begun_and_lacked_a_bar(eventful: Panel) -> None:
    rule = builders.rule("W20")
    whole = builders.without(builders.part(eventful, slice(60)), "^VIX", rows=slice(0, 30))
    whole = builders.without(whole, "XLB", rows=slice(40, 42))
    whole = builders.without(whole, "IWM", rows=slice(50, 51))
    states = builders.states(builders.board(whole), whole.sessions, rule, "data")
    assert [state for state, _since, _sessions in states] == [
        *["CLEAR"] * 40,
        *["WATCH"] * 2,
        *["CLEAR"] * 8,
        *["WARNING", "WATCH"],  # one transition a session: it is left by way of WATCH
        *["CLEAR"] * 8,
    ]


def test_a_rule_is_evaluated_when_all_its_instances_are() -> None:
    def warning(rule_id: str, state: str) -> RiskWarning:
        return RiskWarning(id=rule_id, subject="", title="", state=state)  # type: ignore[arg-type] # any of its states

    counted = evaluated(
        [
            warning("W06", "CLEAR"),
            warning("W06", "NOT_EVALUATED"),
            warning("W19", "WARNING"),
            warning("W19b", "WATCH"),
            warning("W20", "CLEAR"),
        ]
    )
    assert (counted.rules, counted.of) == (2, 3)
