"""A few lasting daemon threads that take jobs by urgency.

Daemon, because a pool of `concurrent.futures` is joined when the interpreter exits, however long a server stalls.
Lasting, because a thread of its own means a connection of its own: libcurl's handles are kept per thread.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from itertools import count
from typing import TypeAlias, TypeVar

from core.errors import FeedError

T = TypeVar("T")

_Work: TypeAlias = Callable[[], None]


class DaemonPool:
    """Up to `threads` threads called `name`; each of the first jobs starts one."""

    def __init__(self, name: str, threads: int) -> None:
        self._name = name
        self._most = threads
        self._jobs: queue.PriorityQueue[tuple[int, int, _Work | None]] = queue.PriorityQueue()
        self._numbers = count()
        self._lock = threading.Lock()
        self._threads = 0
        self._closed = False

    def submit(self, urgency: int, job: Callable[[], T]) -> Future[T]:
        """Do `job` before all less urgent ones (0 is the most urgent). Once closed, its future is cancelled."""
        future: Future[T] = Future()

        def work() -> None:
            if self._closed:
                future.cancel()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(job())
                except FeedError as error:
                    future.set_exception(error.detached())
                except BaseException as error:  # noqa: BLE001 - not swallowed: `future.result()` raises it
                    future.set_exception(error)

        with self._lock:
            if not self._closed:
                self._jobs.put((urgency, next(self._numbers), work))
                self._start()
                return future
        work()
        return future

    def close(self) -> None:
        """Cancel what has not begun; the threads end with the job they are at. Does not wait."""
        with self._lock:
            self._closed = True
        while True:
            try:
                _urgency, _number, work = self._jobs.get_nowait()
            except queue.Empty:
                break
            if work is not None:
                work()
        for _thread in range(self._threads):
            self._jobs.put((0, next(self._numbers), None))

    def _start(self) -> None:
        if self._threads < self._most:
            self._threads += 1
            threading.Thread(target=self._serve, name=self._name, daemon=True).start()

    def _serve(self) -> None:
        while True:
            _urgency, _number, work = self._jobs.get()
            if work is None:
                return
            work()


def failures(jobs: Iterable[Future[T]]) -> list[FeedError]:
    """What the jobs, which are done, failed with; a defect of ours is raised. One that was cancelled did not fail."""
    errors = []
    for job in jobs:
        error = None if job.cancelled() else job.exception()
        if isinstance(error, FeedError):
            errors.append(error)
        elif error is not None:
            raise error
    return errors
