"""warnings.md C.1 by hand: the reference's state machine on sequences short enough to follow with a finger."""

from __future__ import annotations

from datetime import date

from tests.reference.machine import Inputs, replay

QUIET = Inputs(watch=False, warn=False, exit=True)
BETWEEN = Inputs(watch=False, warn=False, exit=False)
WATCH = Inputs(watch=True, warn=False, exit=False)
WARN = Inputs(watch=True, warn=True, exit=False)


def run(inputs: list[Inputs | None], raised: str = "WATCH") -> list[tuple[str, int | None, int | None]]:
    """State, day of `since` and number of sessions, day by day; day 1 is the first."""
    days = [date(2026, 1, 1 + i) for i in range(len(inputs))]
    rows = replay(days, inputs, raised=raised)
    return [(row.state, None if row.since is None else row.since.day, row.sessions) for row in rows]


def test_two_sessions_raise_and_three_quiet_ones_clear() -> None:
    days = run([WATCH, WATCH, QUIET, QUIET, QUIET])
    assert days == [("CLEAR", 1, 1), ("WATCH", 2, 1), ("WATCH", 2, 2), ("WATCH", 2, 3), ("CLEAR", 5, 1)]


def test_a_warning_leaves_by_way_of_watch_on_the_next_session() -> None:
    days = [state for state, _, _ in run([WARN, WARN, QUIET, QUIET, QUIET, QUIET])]
    assert days == ["CLEAR", "WARNING", "WARNING", "WARNING", "WATCH", "CLEAR"]


def test_a_condition_that_comes_and_goes_changes_nothing() -> None:
    assert {state for state, _, _ in run([WATCH, QUIET] * 5)} == {"CLEAR"}
    assert {state for state, _, _ in run([WARN, WARN, *[QUIET, WARN] * 5])[1:]} == {"WARNING"}


def test_between_the_levels_a_watch_stays() -> None:
    assert run([WATCH, WATCH, *[BETWEEN] * 6])[-1] == ("WATCH", 2, 7)


def test_a_gap_freezes_counters_state_and_sessions() -> None:
    days = run([None, WATCH, None, WATCH, None, QUIET])
    assert days == [
        ("NOT_EVALUATED", None, None),
        ("CLEAR", 2, 1),
        ("NOT_EVALUATED", None, None),
        ("WATCH", 4, 1),
        ("NOT_EVALUATED", None, None),
        ("WATCH", 4, 2),
    ]


def test_an_info_rule_knows_one_raised_state() -> None:
    assert [state for state, _, _ in run([WATCH, WATCH, WATCH], raised="INFO")] == ["CLEAR", "INFO", "INFO"]
