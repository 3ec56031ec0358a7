"""Daemon threads: results and errors arrive, abandoned threads hold nobody up."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from core.worker import in_daemon_thread, living_threads

PATIENCE = 30.0  # seconds until a test that waits for something gives up


async def test_the_result_arrives_from_a_daemon_thread_of_that_name() -> None:
    thread = await in_daemon_thread(threading.current_thread, name="a-name")
    assert thread is not threading.current_thread()
    assert thread.daemon
    assert thread.name == "a-name"


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3)])
async def test_what_the_function_raises_is_raised_for_the_awaiter(error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        await in_daemon_thread(fail, name="failing")
    assert caught.value is error


async def test_a_bare_stop_iteration_does_not_leave_the_awaiter_waiting() -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        async with asyncio.timeout(PATIENCE):
            await in_daemon_thread(lambda: next(iter(())), name="exhausted")


async def test_cancelling_the_awaiter_abandons_the_thread_and_its_late_result_is_dropped() -> None:
    begun, release, ended = asyncio.Event(), threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def hang() -> None:
        loop.call_soon_threadsafe(begun.set)
        assert release.wait(PATIENCE)
        ended.set()

    task = asyncio.create_task(in_daemon_thread(hang, name="hanging"))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not ended.is_set()
    assert living_threads("hanging") == 1
    thread = next(thread for thread in threading.enumerate() if thread.name == "hanging")
    release.set()
    thread.join(PATIENCE)
    assert ended.is_set()
    assert living_threads("hanging") == 0


def test_a_result_after_the_loop_was_closed_is_harmless() -> None:
    release = threading.Event()
    threads: list[threading.Thread] = []

    def hang() -> None:
        threads.append(threading.current_thread())
        assert release.wait(PATIENCE)

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await in_daemon_thread(hang, name="outliving")

    asyncio.run(give_up())
    release.set()
    for thread in threads:
        thread.join(PATIENCE)  # an exception in it would fail the test: pytest turns its warning into an error
    assert [thread.is_alive() for thread in threads] == [False]


def test_the_interpreter_exits_while_a_worker_hangs() -> None:
    program = """
import asyncio, threading
from core.worker import in_daemon_thread

async def main():
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    def hang():
        loop.call_soon_threadsafe(begun.set)
        threading.Event().wait()
    task = asyncio.create_task(in_daemon_thread(hang, name="hanging"))
    await begun.wait()
    print("hangs")

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "hangs\n", "")
