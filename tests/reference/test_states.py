"""The reference's rules and verdict against warnings.md C.1, C.1b, C.2 and C.5 on the real file."""

from __future__ import annotations

from datetime import date

import pytest

from tests.reference.conftest import ARTICLE
from tests.reference.data import LEADERS, Data
from tests.reference.rules import States, rule_states
from tests.reference.verdict import Verdict, verdicts


@pytest.fixture(scope="module")
def states(data: Data) -> States:
    return rule_states(data)


@pytest.fixture(scope="module")
def verdict_rows(data: Data) -> list[Verdict]:
    return verdicts(data)


def test_verdict_of_the_session(data: Data, verdict_rows: list[Verdict]) -> None:
    row = verdict_rows[data.at(ARTICLE)]
    assert (row.state, row.score, row.since, row.fragile) == ("BROADENING", 4, date(2026, 1, 6), True)
    assert row.evidence is not None
    assert row.evidence[3] == 9


def test_fragile_leadership(data: Data, states: States) -> None:
    row = states["W02", "IWM-SPY"][data.at(ARTICLE)]
    assert (row.state, row.since, row.sessions) == ("WATCH", date(2025, 10, 29), 50)


def test_every_other_rule_is_clear(data: Data, states: States) -> None:
    at = data.at(ARTICLE)
    raised = {key for key, history in states.items() if history[at].state != "CLEAR"}
    assert raised == {("W02", "IWM-SPY")}
    assert len(states) == 3 + 4 * len(LEADERS)


def test_replay_ends_in_the_same_state_from_a_late_start(data: Data, states: States) -> None:
    """C.1: the state must not depend on when the program was started; 400 evaluated sessions are enough here."""
    start = data.at(ARTICLE) - 400 - 252
    late = [table.iloc[start:] for table in (data.open, data.high, data.low, data.px, data.tr, data.volume)]
    again = rule_states(Data(data.sessions[start:], data.symbols, *late))
    for key, history in again.items():
        if key[0] != "W06":  # its percentiles need their own 504 sessions
            assert [row.state for row in history[-30:]] == [row.state for row in states[key][-30:]], key
