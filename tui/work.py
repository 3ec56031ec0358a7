"""Long work for the screen: one piece at a time, in a daemon thread, shown in the header, cancelled with Escape.

A job is given a `Tell`, and calls it after every part of its work. Once the work is cancelled that call raises
`Cancelled`, so a job needs nothing but `with` and `finally` to let go of what it holds.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Final, Protocol, TypeVar

from core.i18n import _
from tui.asking import told
from tui.status import Work

T = TypeVar("T")

THREAD: Final = "tapeboard-work"
PACE: Final = 0.25
"""Seconds between two changes of the header, at least."""


class Cancelled(Exception):
    """Nobody wants the result any more."""


class Tell(Protocol):
    """Called by a job after every part of its work. Raises `Cancelled` once nobody wants it."""

    def __call__(self, done: int, total: int, name: str = "", failed: int = 0) -> None:
        """What is done, what there is in all (0: unknown), the name of what was done last, and how many failed."""
        ...


class Workshop:
    """Does one piece of work for one application. Lives on the event loop."""

    def __init__(
        self, show: Callable[[Work | None], None], say: Callable[[str], None], complain: Callable[[str], None]
    ) -> None:
        """`show` is called with what is under way and how far it is, `say` and `complain` with a line for the user."""
        self._show = show
        self._say = say
        self._complain = complain
        self._now: _Piece | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(
        self,
        title: str,
        job: Callable[[Tell], T],
        done: Callable[[T], None],
        *,
        drop: Callable[[T], None] = lambda _result: None,
    ) -> None:
        """Do `job` elsewhere and call `done` here; `drop` takes a result that comes after the work was cancelled."""
        if self._now is not None:
            self._say(_("{title} is under way: escape stops it").format(title=self._now.title))
            return
        self._now = piece = _Piece(title, asyncio.get_running_loop(), self._moved)
        self._show(Work(title))
        task = asyncio.create_task(self._do(piece, job, done, drop))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def title(self) -> str:
        """What is under way; "" where nothing is."""
        return "" if self._now is None else self._now.title

    def cancel(self) -> bool:
        """Want the work under way no longer; whether there was any. Its thread ends at its next step."""
        if self._now is None:
            return False
        self._now.unwanted.set()
        self._say(_("stopped: {title}").format(title=self._now.title))
        self._end()
        return True

    def close(self) -> None:
        """End; the work under way is left behind in its thread."""
        if self._now is not None:
            self._now.unwanted.set()
        for task in self._tasks:
            task.cancel()

    async def _do(
        self, piece: _Piece, job: Callable[[Tell], T], done: Callable[[T], None], drop: Callable[[T], None]
    ) -> None:
        from core.worker import in_daemon_thread  # noqa: PLC0415 - like the scheduler, after the first paint

        try:
            result = await in_daemon_thread(partial(job, piece.tell), name=THREAD)
        except Cancelled:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the user must be told
            if not piece.unwanted.is_set():
                self._end()
                self._complain(told(error))
            return
        if piece.unwanted.is_set():
            drop(result)
            return
        self._end()
        done(result)

    def _moved(self, piece: _Piece, work: Work) -> None:
        if piece is self._now:
            self._show(work)

    def _end(self) -> None:
        self._now = None
        self._show(None)


class _Piece:
    """One piece of work; `tell` is called in its thread."""

    def __init__(self, title: str, loop: asyncio.AbstractEventLoop, moved: Callable[[_Piece, Work], None]) -> None:
        self.title = title
        self.unwanted = threading.Event()
        self._loop = loop
        self._moved = moved
        self._next = 0.0

    def tell(self, done: int, total: int, name: str = "", failed: int = 0) -> None:
        """See `Tell`."""
        if self.unwanted.is_set():
            raise Cancelled
        now = monotonic()
        if now >= self._next or done == total:
            self._next = now + PACE
            self._loop.call_soon_threadsafe(self._moved, self, Work(self.title, done, total, name, failed))
