from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial

import pytest

from core.errors import FeedError
from core.feeds.daemon_pool import DaemonPool, failures

PATIENCE = 20.0


@contextmanager
def pool(threads: int = 1) -> Iterator[DaemonPool]:
    made = DaemonPool("test-pool", threads)
    yield made
    made.close()


@contextmanager
def occupied(one: DaemonPool) -> Iterator[None]:
    """While the only thread is at work."""
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(PATIENCE)

    one.submit(0, work)
    assert begun.wait(PATIENCE)
    yield
    go_on.set()


def test_the_most_urgent_job_is_done_first_and_equals_in_order() -> None:
    done: list[str] = []
    wanted = [(5, "e"), (1, "a"), (3, "c"), (1, "b"), (4, "d")]
    with pool() as one:
        with occupied(one):
            jobs = [one.submit(urgency, partial(done.append, name)) for urgency, name in wanted]
        for job in jobs:
            job.result(PATIENCE)
    assert done == ["a", "b", "c", "d", "e"]


def test_results_and_errors_come_by_the_future() -> None:
    with pool() as one:
        assert one.submit(0, lambda: 42).result(PATIENCE) == 42
        with pytest.raises(ZeroDivisionError):
            one.submit(0, lambda: 1 // 0).result(PATIENCE)


def test_it_has_so_many_threads_all_of_them_daemons_and_keeps_them() -> None:
    names: set[str] = set()
    together = threading.Barrier(4)

    def work() -> None:
        together.wait(PATIENCE)
        names.add(f"{threading.current_thread().ident} {threading.current_thread().daemon}")

    with pool(3) as one:
        for _round in range(3):
            jobs = [one.submit(0, work) for _ in range(3)]
            together.wait(PATIENCE)
            for job in jobs:
                job.result(PATIENCE)
    assert len(names) == 3
    assert all(name.endswith("True") for name in names)


def test_a_job_that_was_cancelled_is_not_done() -> None:
    done: list[int] = []
    with pool() as one:
        with occupied(one):
            job = one.submit(1, lambda: done.append(1))
            assert job.cancel()
        one.submit(2, lambda: None).result(PATIENCE)
    assert done == []


def test_close_cancels_what_has_not_begun_and_ends_the_threads() -> None:
    one = DaemonPool("test-pool-closing", 1)
    with occupied(one):
        waiting = one.submit(1, lambda: None)
        one.close()
        with pytest.raises(CancelledError):
            waiting.result(PATIENCE)
        with pytest.raises(CancelledError):
            one.submit(1, lambda: None).result(PATIENCE)
    for thread in threading.enumerate():
        if thread.name == "test-pool-closing":
            thread.join(PATIENCE)
            assert not thread.is_alive()


def test_failures_are_told_and_defects_are_raised() -> None:
    def fail() -> None:
        raise FeedError("no")

    with pool() as one:
        jobs = [one.submit(0, fail), one.submit(0, lambda: None)]
        broken = one.submit(0, lambda: int("no number"))
        broken.exception(PATIENCE)
        assert [str(error) for error in failures(jobs)] == ["no"]
        with pytest.raises(ValueError, match="no number"):
            failures([broken])


def test_a_job_that_never_ends_does_not_hold_the_program() -> None:
    program = """
import threading
from core.feeds.daemon_pool import DaemonPool
begun = threading.Event()
DaemonPool("hanging", 1).submit(0, lambda: (begun.set(), threading.Event().wait()))
begun.wait()
"""
    ended = subprocess.run([sys.executable, "-c", program], timeout=PATIENCE * 3, check=False)
    assert ended.returncode == 0
