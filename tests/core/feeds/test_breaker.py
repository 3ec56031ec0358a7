from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FeedError, FeedThrottled, FeedTimeout
from core.feeds.breaker import SPREAD, Backoff, Breaker

TIMEOUT, REFUSED = FeedTimeout("no answer"), FeedThrottled("refused")
BACKOFF = Backoff(first=60.0, most=900.0)


def breaker(failures: int = 4, chance: float = 0.0) -> Breaker:
    return Breaker(failures, BACKOFF, lambda: chance)


def proven() -> Breaker:
    """One whose source has answered."""
    made = breaker()
    made.succeeded(made.enter())
    return made


def fail(one: Breaker, times: int, now: float = 0.0, error: FeedError = TIMEOUT) -> None:
    for _ in range(times):
        one.failed(one.enter(), error, now)


def test_pauses_double_up_to_the_most() -> None:
    assert [BACKOFF.pause(failures) for failures in range(1, 7)] == [60, 120, 240, 480, 900, 900]
    assert BACKOFF.pause(10_000) == 900


@given(failures=st.integers(1, 50), chance=st.floats(0, 1, exclude_max=True))
def test_chance_spreads_a_pause_and_never_shortens_it(failures: int, chance: float) -> None:
    least = BACKOFF.pause(failures)
    assert least <= BACKOFF.pause(failures, chance) < least * (1 + SPREAD) + 1e-9


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    one = proven()
    fail(one, 3)
    assert one.wait(0.0) == 0
    fail(one, 1, now=5.0)
    assert (one.until, one.wait(5.0)) == (65.0, 60.0)
    assert one.cause is TIMEOUT


def test_an_answer_in_between_begins_the_count_anew() -> None:
    one = proven()
    for _ in range(5):
        fail(one, 3)
        one.succeeded(one.enter())
    assert one.until is None


def test_it_opens_at_once_for_a_source_that_throttles() -> None:
    one = proven()
    fail(one, 1, error=REFUSED)
    assert one.wait(0.0) == 60.0
    assert one.cause is REFUSED


@pytest.mark.parametrize(("asked", "pause"), [(5.0, 60.0), (300.0, 300.0), (86_400.0, 900.0)])
def test_the_time_a_source_asks_for_is_given_within_reason(asked: float, pause: float) -> None:
    one = breaker()
    fail(one, 1, error=FeedThrottled("refused", wait=asked))
    assert one.wait(0.0) == pause


def test_after_the_pause_one_request_alone_tries() -> None:
    one = breaker()
    fail(one, 1, error=REFUSED)
    assert one.wait(59.9) > 0
    assert one.wait(60.0) == 0
    probe = one.enter()
    assert one.wait(60.0) == math.inf
    one.succeeded(probe)
    assert one.wait(60.0) == 0
    assert (one.until, one.cause) == (None, None)


def test_a_probe_that_fails_doubles_the_pause_and_one_that_succeeds_forgets_it() -> None:
    one, now = breaker(), 0.0
    for pause in (60, 120, 240, 480, 900, 900):
        fail(one, 1, now, REFUSED)
        assert one.wait(now) == pause
        now += pause
    one.succeeded(one.enter())
    fail(one, 1, now, REFUSED)
    assert one.wait(now) == 60


def test_a_probe_of_any_failure_opens_again() -> None:
    one = breaker()
    fail(one, 1, error=REFUSED)
    fail(one, 1, 60.0, TIMEOUT)
    assert one.wait(60.0) == 120.0
    assert one.cause is TIMEOUT


def test_a_probe_that_was_abandoned_makes_way_for_another() -> None:
    one = breaker()
    fail(one, 1, error=REFUSED)
    one.abandoned(one.enter())
    assert one.wait(60.0) == 0


def test_late_answers_to_requests_from_before_are_not_counted() -> None:
    one = proven()
    stragglers = [one.enter() for _ in range(3)]
    fail(one, 1, error=REFUSED)
    one.failed(stragglers[0], REFUSED, 1.0)
    one.succeeded(stragglers[1])
    assert one.wait(1.0) == 59.0
    probe = one.enter()
    one.failed(stragglers[2], REFUSED, 61.0)
    assert one.wait(61.0) == math.inf
    one.succeeded(probe)
    assert one.wait(61.0) == 0


def test_until_the_first_answer_no_more_are_under_way_than_it_takes_to_open() -> None:
    one = breaker()
    first = [one.enter() for _ in range(4) if one.wait(0.0) == 0]
    assert len(first) == 4
    assert one.wait(0.0) == math.inf
    one.succeeded(first[0])
    assert one.wait(0.0) == 0


def test_after_a_failure_only_so_many_are_under_way_as_may_still_fail() -> None:
    one = proven()
    running = [one.enter() for _ in range(8)]
    one.failed(running[0], TIMEOUT, 0.0)
    assert one.wait(0.0) == math.inf
    one.succeeded(running[1])
    assert one.wait(0.0) == 0


@given(st.lists(st.tuples(st.sampled_from(["ok", "timeout", "refused", "abandon"]), st.floats(0, 500)), max_size=60))
def test_it_never_asks_more_than_one_while_open_and_always_lets_somebody_in_again(
    story: list[tuple[str, float]],
) -> None:
    one, now = breaker(), 0.0
    for ending, passed in story:
        now += passed
        wait = one.wait(now)
        assert wait <= 900 * (1 + 1e-12)  # `until - now` rounds
        now += wait
        was_open = one.until is not None
        era = one.enter()
        assert not was_open or one.wait(now) == math.inf
        match ending:
            case "ok":
                one.succeeded(era)
                assert one.until is None
            case "abandon":
                one.abandoned(era)
            case _:
                one.failed(era, REFUSED if ending == "refused" else TIMEOUT, now)


@given(st.integers(1, 10))
def test_who_refuses_everybody_is_asked_ever_less(probes: int) -> None:
    one, now, sent = breaker(), 0.0, []
    for _ in range(probes + 1):
        now += one.wait(now)
        sent.append(now)
        fail(one, 1, now, REFUSED)
    gaps = [late - early for early, late in pairwise(sent)]
    assert gaps == sorted(gaps)
    assert min(gaps) >= 60
