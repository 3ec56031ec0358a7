"""Blocking functions in daemon threads of our own, awaited from the event loop.

Neither the loop's default executor nor a `ThreadPoolExecutor` will do: both are joined when the interpreter
exits, so that one hanging server holds the process for minutes. A daemon thread is left behind.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def in_daemon_thread(function: Callable[[], T], *, name: str) -> T:
    """The result of `function`, or whatever it raises, computed in a new daemon thread called `name`.

    Cancelled (or timed out), this returns at once and abandons the thread: it runs on until `function` ends,
    and its late result is dropped, even when the loop is closed by then.
    """
    loop = asyncio.get_running_loop()
    outcome: Future[T] = Future()
    ended = asyncio.Event()

    def run() -> None:
        try:
            outcome.set_result(function())
        except BaseException as error:  # noqa: BLE001 - not swallowed: `outcome.result()` raises it for the awaiter
            outcome.set_exception(error)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=run, name=name, daemon=True).start()
    await ended.wait()
    return outcome.result()


def living_threads(name: str) -> int:
    """How many threads called `name` have not ended yet, abandoned ones included."""
    return sum(thread.name == name for thread in threading.enumerate())
