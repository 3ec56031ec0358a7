from __future__ import annotations

import threading
from bisect import bisect_left
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FeedError, FeedPaused, FeedThrottled, FeedTimeout, UnknownSymbol
from core.feeds.breaker import Backoff, Breaker
from core.feeds.throttle import MINUTE, WINDOW, Budget, Throttle
from core.sessions import FixedClock

NOON = datetime(2026, 1, 9, 17, tzinfo=UTC)
PATIENCE = 20.0  # real seconds until a test that waits for another thread gives up


class Rig:
    """A throttle on a clock that stands still."""

    def __init__(self, most: int = 100, paced_from: int = 100) -> None:
        self.clock = FixedClock(NOON)
        self.breaker = Breaker(4, Backoff(60.0, 900.0), lambda: 0.0)
        self.throttle = Throttle(Budget(most), self.breaker, self.clock, paced_from=paced_from)

    def answer(self) -> None:
        with self.throttle.judged(0):
            pass

    def fail(self, error: FeedError) -> None:
        with pytest.raises(type(error)), self.throttle.judged(0):
            raise error


class Crowd:
    """Threads that each want to send one request; `order` is that in which they were let through."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.order: list[int] = []
        self.errors: list[FeedError] = []
        self._threads: list[threading.Thread] = []

    def join(self, urgency: int, *, patience: float = 0.0) -> None:
        """Add one who now waits."""
        thread = threading.Thread(target=self._send, args=(urgency, patience), daemon=True)
        thread.start()
        self._threads.append(thread)

    def settle(self, waiting: int) -> None:
        """Return when so many wait."""
        for _ in range(int(PATIENCE * 1000)):
            with self.rig.throttle._changed:
                if len(self.rig.throttle._waiting) == waiting:
                    return
                self.rig.throttle._changed.wait(0.001)
        pytest.fail("the crowd does not settle")

    def end(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _send(self, urgency: int, patience: float) -> None:
        try:
            with self.rig.throttle.judged(urgency, patience=patience):
                self.order.append(urgency)
        except FeedError as error:
            self.errors.append(error)


# The budget


@given(
    most=st.integers(1, 70),
    wishes=st.lists(st.tuples(st.floats(0, 40), st.booleans()), min_size=1, max_size=200),
    late=st.floats(0, WINDOW - MINUTE),
)
def test_no_minute_ever_holds_more_than_the_budget(most: int, wishes: list[tuple[float, bool]], late: float) -> None:
    budget, now, sent = Budget(most), 0.0, []
    for pause, paced in wishes:
        now += pause
        now += budget.wait(now, paced=paced)
        assert budget.wait(now, paced=paced) == 0
        budget.spend(now)
        sent.append(now)
    arrived = sorted(at + (late if number % 2 else 0.0) for number, at in enumerate(sent))  # some are held up
    for number, at in enumerate(arrived):
        assert number - bisect_left(arrived, at - MINUTE + 1e-9) < most


@given(most=st.integers(2, 70), count=st.integers(2, 150))
def test_paced_requests_keep_an_even_distance(most: int, count: int) -> None:
    budget, now, sent = Budget(most), 0.0, []
    for _ in range(count):
        now += budget.wait(now, paced=True)
        budget.spend(now)
        sent.append(now)
    assert all(late - early >= WINDOW / most - 1e-6 for early, late in pairwise(sent))


def test_what_fits_a_minute_goes_at_once_and_is_counted_for_a_minute() -> None:
    budget = Budget(60)
    for _ in range(60):
        assert budget.wait(5.0) == 0
        budget.spend(5.0)
    assert budget.wait(5.0) == WINDOW
    assert (budget.used(5.0), budget.used(64.9), budget.used(65.0)) == (60, 60, 0)


# The order


def test_the_most_urgent_of_those_who_wait_goes_first() -> None:
    rig = Rig()
    rig.fail(FeedThrottled("refused"))
    rig.clock.advance(60)
    crowd = Crowd(rig)
    with rig.throttle.judged(0):  # the probe, which all others wait for
        for urgency in (7, 3, 9, 1, 3):
            crowd.join(urgency)
        crowd.settle(5)
    crowd.end()
    assert crowd.order == [1, 3, 3, 7, 9]


def test_whoever_is_beyond_the_budget_goes_when_the_minute_is_over() -> None:
    rig = Rig(most=2)
    rig.answer()
    crowd = Crowd(rig)
    with rig.throttle.judged(0):
        crowd.join(1)
        crowd.settle(1)
        rig.clock.advance(WINDOW)
        assert crowd.order == []
    crowd.end()
    assert crowd.order == [1]


def test_those_behind_are_paced_and_those_in_front_are_not() -> None:
    rig = Rig(most=62, paced_from=10)
    rig.answer()
    rig.answer()
    crowd = Crowd(rig)
    with rig.throttle.judged(0):
        crowd.join(10)
        crowd.settle(1)
        assert rig.throttle.delay() == 0
        rig.clock.advance(WINDOW / 62)
    crowd.end()
    assert crowd.order == [10]


# The breaker


def test_an_open_breaker_tells_its_cause_and_the_time_of_the_next_try() -> None:
    rig = Rig()
    rig.fail(FeedThrottled("Yahoo refuses (429)", "wait a little"))
    with pytest.raises(FeedPaused) as caught, rig.throttle.judged(0):
        pytest.fail("nothing is sent")
    assert str(caught.value) == "Yahoo refuses (429); next try 12:01: wait a little"
    assert isinstance(caught.value.cause, FeedThrottled)
    assert caught.value.exit_code == 3


def test_who_has_patience_waits_for_it_to_close() -> None:
    rig = Rig()
    rig.answer()
    rig.fail(FeedThrottled("refused"))
    crowd = Crowd(rig)
    crowd.join(1, patience=61)
    crowd.join(2, patience=59)
    crowd.settle(1)
    rig.clock.advance(60)
    crowd.join(0)
    crowd.end()
    assert sorted(crowd.order) == [0, 1]
    assert [type(error) for error in crowd.errors] == [FeedPaused]


def test_nobody_has_patience_with_a_source_that_never_answered() -> None:
    rig = Rig()
    rig.fail(FeedThrottled("refused"))
    with pytest.raises(FeedPaused), rig.throttle.judged(0, patience=900):
        pytest.fail("it was sent")
    assert not rig.throttle.state().answered


def test_those_who_wait_for_a_probe_fail_with_it() -> None:
    rig = Rig()
    rig.fail(FeedThrottled("refused"))
    rig.clock.advance(60)
    crowd = Crowd(rig)
    with rig.throttle.judged(0) as probe:
        crowd.join(1)
        crowd.join(2)
        crowd.settle(2)
        probe.failure = FeedTimeout("no answer")
    crowd.end()
    assert crowd.order == []
    assert {str(error) for error in crowd.errors} == {"no answer; next try 12:03"}


def test_what_is_known_of_a_symbol_is_an_answer() -> None:
    rig = Rig()
    for _ in range(10):
        rig.fail(UnknownSymbol("never heard of it"))
    assert rig.throttle.state().open is False


def test_a_failure_told_by_the_verdict_counts_like_one_that_is_raised() -> None:
    rig = Rig()
    for _ in range(4):
        with rig.throttle.judged(0) as verdict:
            verdict.failure = FeedError("not quite")
    assert rig.throttle.state().cause == "not quite"


def test_a_defect_says_nothing_about_the_source() -> None:
    rig = Rig()
    for _ in range(10):
        with pytest.raises(ZeroDivisionError), rig.throttle.judged(0):
            raise ZeroDivisionError
    assert rig.throttle.state().open is False
    rig.answer()


def test_requests_that_are_not_judged_spend_the_budget_only() -> None:
    rig = Rig()
    for _ in range(10):
        with pytest.raises(FeedTimeout), rig.throttle.unjudged(0):
            raise FeedTimeout("no cookie")
    state = rig.throttle.state()
    assert (state.open, state.requests) == (False, 10)
    rig.fail(FeedThrottled("refused"))
    with pytest.raises(FeedPaused), rig.throttle.unjudged(0):
        pytest.fail("nothing is sent")


# State and end


def test_the_state_is_that_of_the_header() -> None:
    rig = Rig()
    assert rig.throttle.state().next_try is None
    rig.fail(FeedThrottled("Yahoo refuses (429)"))
    rig.clock.advance(20)
    state = rig.throttle.state()
    assert (state.open, state.cause, state.requests) == (True, "Yahoo refuses (429)", 1)
    assert state.next_try is not None
    assert state.next_try.isoformat() == "2026-01-09T12:01:00-05:00"


def test_close_sends_away_whoever_waits_now_and_later() -> None:
    rig = Rig(most=1)
    rig.answer()
    crowd = Crowd(rig)
    crowd.join(1)
    crowd.join(2)
    crowd.settle(2)
    rig.throttle.close()
    crowd.end()
    crowd.join(0)
    crowd.end()
    assert {str(error) for error in crowd.errors} == {"The feed is closed"}
    assert len(crowd.errors) == 3
