"""The state machine against warnings.md C.1, and against the reference's reading of it on sequences of chance."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.machine import Hysteresis, Judgement, Machine, State
from tests.core.builders import examples
from tests.reference.machine import Inputs, replay

QUIET = Judgement(exit=True)
BETWEEN = Judgement()
WATCH = Judgement(watch=True)
WARN = Judgement(watch=True, warn=True)
LACKING = Judgement(missing=("SPY",))

ANY = st.sampled_from([QUIET, BETWEEN, WATCH, WARN, LACKING])
SEQUENCES = st.lists(ANY, max_size=60)


def run(judgements: list[Judgement], hysteresis: Hysteresis | None = None) -> list[Machine]:
    """The machine after each session."""
    machine, course = Machine(hysteresis or Hysteresis()), []
    for t, judgement in enumerate(judgements):
        machine = machine.step(judgement, t)
        course.append(machine)
    return course


def states(judgements: list[Judgement], hysteresis: Hysteresis | None = None) -> list[State]:
    return [machine.state for machine in run(judgements, hysteresis)]


@given(SEQUENCES, st.integers(1, 4), st.integers(1, 4))
@examples(300)
def test_state_since_and_sessions_are_those_of_the_reference(
    judgements: list[Judgement], min_in: int, min_out: int
) -> None:
    days = [date(2026, 1, 1) + timedelta(days=t) for t in range(len(judgements))]
    inputs = [None if j.missing else Inputs(j.watch, j.warn, j.exit) for j in judgements]
    course = run(judgements, Hysteresis(watch_in=min_in, warn_in=min_in, out=min_out))
    for machine, judgement, row in zip(
        course, judgements, replay(days, inputs, min_in=min_in, min_out=min_out), strict=True
    ):
        if judgement.missing:
            assert row.state == "NOT_EVALUATED"
        else:
            assert machine.since is not None
            assert (machine.state.value, days[machine.since], machine.age) == row[1:]


@pytest.mark.parametrize("hysteresis", [Hysteresis(), Hysteresis(watch_in=1, warn_in=2, out=2), Hysteresis(3, 4, 5)])
def test_the_counts_are_exact(hysteresis: Hysteresis) -> None:
    """One session fewer than asked for changes nothing; the last one does."""
    watch_in, warn_in, out = hysteresis.watch_in, hysteresis.warn_in, hysteresis.out
    assert states([WATCH] * watch_in, hysteresis) == [State.CLEAR] * (watch_in - 1) + [State.WATCH]
    raised = states([WARN] * warn_in, hysteresis)
    assert raised[-1] is State.WARNING
    assert State.WARNING not in raised[:-1]
    assert states([*[WATCH] * watch_in, *[QUIET] * out], hysteresis)[-out - 1 :] == [State.WATCH] * out + [State.CLEAR]
    calmed = states([*[WARN] * warn_in, *[WATCH] * out], hysteresis)
    assert calmed[-out - 1 :] == [State.WARNING] * out + [State.WATCH]


@pytest.mark.parametrize(
    ("begin", "pair", "state"),
    [
        ([], (WATCH, QUIET), State.CLEAR),
        ([], (WATCH, BETWEEN), State.CLEAR),
        ([], (WARN, QUIET), State.CLEAR),
        ([WATCH, WATCH], (QUIET, WATCH), State.WATCH),
        ([WATCH, WATCH], (QUIET, BETWEEN), State.WATCH),
        ([WATCH, WATCH], (QUIET, WARN), State.WATCH),
        ([WATCH, WATCH], (WATCH, WARN), State.WATCH),
        ([WARN, WARN], (QUIET, WARN), State.WARNING),
        ([WARN, WARN], (BETWEEN, WARN), State.WARNING),
        ([WARN, WARN], (WATCH, WARN), State.WARNING),
    ],
)
def test_a_condition_that_oscillates_every_session_never_changes_the_state(
    begin: list[Judgement], pair: tuple[Judgement, Judgement], state: State
) -> None:
    """oracles.md F, 12, for a year."""
    assert set(states([*begin, *pair * 126])[len(begin) :]) == {state}


@given(SEQUENCES, st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
@examples(300)
def test_no_sequence_enters_and_leaves_within_the_minimum(
    judgements: list[Judgement], watch_in: int, warn_in: int, out: int
) -> None:
    """A raised rule stays raised, and a warning a warning, for `out` sessions; a cleared one clear for the least in."""
    course = run(judgements, Hysteresis(watch_in, warn_in, out))
    evaluated = [machine.state for machine, judged in zip(course, judgements, strict=True) if not judged.missing]
    raised = [state is not State.CLEAR for state in evaluated]
    warned = [state is State.WARNING for state in evaluated]
    assert all(length >= (out if on else min(watch_in, warn_in)) for on, length in whole_runs(raised))
    assert all(length >= out for on, length in whole_runs(warned) if on)


def whole_runs(values: list[bool]) -> list[tuple[bool, int]]:
    """Each run of equal values with its length, but for the first and the last, whose ends are not seen."""
    return [(value, len(list(run))) for value, run in groupby(values)][1:-1]


@given(SEQUENCES)
@examples(100)
def test_at_most_one_transition_a_session_and_never_one_that_skips(judgements: list[Judgement]) -> None:
    """A fall from WARNING goes by way of WATCH; `age` starts anew with each transition and only then."""
    allowed = {
        (State.CLEAR, State.WATCH),
        (State.CLEAR, State.WARNING),
        (State.WATCH, State.WARNING),
        (State.WARNING, State.WATCH),
        (State.WATCH, State.CLEAR),
    }
    before = Machine()
    for t, machine in enumerate(run(judgements)):
        if machine.state is not before.state:
            assert (before.state, machine.state) in allowed
            assert (machine.since, machine.age, machine.moved) == (t, 1, True)
        elif machine.last == t:
            assert machine.age == before.age + 1
        before = machine


@given(SEQUENCES, st.lists(st.integers(0, 60), max_size=20))
@examples(100)
def test_a_session_that_cannot_be_evaluated_changes_nothing(judgements: list[Judgement], places: list[int]) -> None:
    """Counters and state are frozen: with gaps anywhere the machine ends as without them."""
    known = [judgement for judgement in judgements if not judgement.missing]
    holed = known.copy()
    for place in places:
        holed.insert(min(place, len(holed)), LACKING)
    plain, gaps = Machine(), Machine()
    for judgement in known:
        plain = plain.step(judgement, 0)
    for judgement in holed:
        stepped = gaps.step(judgement, 0)
        assert stepped == gaps or not judgement.missing
        gaps = stepped
    assert gaps == plain


def test_the_start_is_clear_at_the_first_session_that_can_be_evaluated() -> None:
    course = run([LACKING, LACKING, QUIET, WATCH, WATCH])
    assert [(m.state, m.since, m.age, m.moved) for m in course] == [
        (State.CLEAR, None, 0, False),
        (State.CLEAR, None, 0, False),
        (State.CLEAR, 2, 1, False),
        (State.CLEAR, 2, 2, False),
        (State.WATCH, 4, 1, True),
    ]


def test_a_step_is_taken_on_a_copy() -> None:
    machine = run([WARN])[-1]
    first = machine.step(WARN, 1)
    assert machine.step(QUIET, 1).state is State.CLEAR
    assert first == machine.step(WARN, 1)
    assert (machine.state, machine.age) == (State.CLEAR, 1)


def test_counters_run_in_every_state_and_no_transition_resets_them() -> None:
    """Three quiet sessions after a warning lower it to WATCH, and the fourth at once to CLEAR."""
    course = states([WARN, WARN, QUIET, QUIET, QUIET, QUIET])
    assert course == [State.CLEAR, *[State.WARNING] * 3, State.WATCH, State.CLEAR]
    assert states([WATCH, WARN, WARN]) == [State.CLEAR, State.WATCH, State.WARNING]
