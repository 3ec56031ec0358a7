"""An event loop whose clock moves only when a test moves it, while sockets work as ever.

Every timer of the code under test (asyncio's own, time-outs of libraries) waits for this clock, so that a test
goes through minutes at once and depends on no speed of the computer.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from time import monotonic

PATIENCE = 30.0
"""Real seconds until a test that waits for something gives up."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time` stands still until `advance`; timers that are due then run in the next turns of the loop.

    After `release` it runs by itself: what a failing test leaves behind ends by its own time-outs.
    """

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._released: float | None = None

    def time(self) -> float:
        return self._now + (0.0 if self._released is None else monotonic() - self._released)

    def advance(self, seconds: float) -> None:
        self._now += seconds

    def release(self) -> None:
        self._released = monotonic()


def run(main: Callable[[VirtualLoop], Coroutine[object, object, None]]) -> None:
    """Run `main` to its end; fail when it hangs, or leaves a task behind."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        runner.run(_watched(main(loop), loop))


async def until(condition: Callable[[], object]) -> None:
    """Let the loop turn, its clock standing still, until `condition` holds."""
    while not condition():  # noqa: ASYNC110 - what is waited for happens in code that knows no event of the test's
        await asyncio.sleep(0)


async def until_equal(value: Callable[[], object], expected: object) -> None:
    """Likewise until `value` gives `expected`."""
    await until(lambda: value() == expected)


async def _watched(main: Coroutine[object, object, None], loop: VirtualLoop) -> None:
    task = asyncio.ensure_future(main)

    def give_up() -> None:
        loop.release()
        task.cancel("the test hangs")

    alarm = threading.Timer(PATIENCE, loop.call_soon_threadsafe, [give_up])
    alarm.daemon = True
    alarm.start()
    try:
        await task
    finally:
        alarm.cancel()
    assert asyncio.all_tasks() == {asyncio.current_task()}
