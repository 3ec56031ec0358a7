"""When refreshes happen: rhythm, failures, hangs, clocks that jump, and an end that does not wait."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

import core.scheduler
from core.errors import NoDataError, StoreWriteError
from core.model import Problem
from core.scheduler import MOST_HANGING, THREAD, Beat, Scheduler
from core.snapshot import Snapshot

PATIENCE = 30.0  # seconds until a test that waits for something gives up
LONG = 10_000.0  # an interval no test lives to see the end of
SHORT = 0.01
NO_TIMEOUT = 60.0


@dataclass
class Screen:
    """What a scheduler hands over, to be awaited."""

    snapshots: asyncio.Queue[Snapshot] = field(default_factory=asyncio.Queue)
    problems: asyncio.Queue[Problem] = field(default_factory=asyncio.Queue)

    async def snapshot(self) -> Snapshot:
        async with asyncio.timeout(PATIENCE):
            return await self.snapshots.get()

    async def problem(self) -> Problem:
        async with asyncio.timeout(PATIENCE):
            return await self.problems.get()


class Work:
    """Blocking work that counts its calls and can be told to hang or fail in some of them."""

    def __init__(self, *, hang: Callable[[int], bool] = lambda _: False, fail: dict[int, Exception] | None = None):
        self.calls = 0
        self.begun = threading.Event()
        self.release = threading.Event()
        self._hang, self._fail = hang, fail or {}

    def __call__(self) -> Snapshot:
        self.calls += 1
        number = self.calls
        self.begun.set()
        if self._hang(number):
            assert self.release.wait(PATIENCE)
        if number in self._fail:
            raise self._fail[number]
        return Snapshot(tapeboard=str(number))


@asynccontextmanager
async def scheduled(
    work: Callable[[], Snapshot],
    screen: Screen,
    beat: Callable[[Snapshot | None], Beat],
    *,
    give_up_after: float = NO_TIMEOUT,
    misfire_grace: float = 60,
) -> AsyncIterator[Scheduler]:
    scheduler = Scheduler(
        work,
        on_snapshot=screen.snapshots.put_nowait,
        on_problem=screen.problems.put_nowait,
        next_delay=beat,
        timeout=give_up_after,
        misfire_grace=misfire_grace,
    )
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.stop()
        await asyncio.sleep(0)  # the turn of the loop in which APScheduler really ends


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join(PATIENCE)
            assert not thread.is_alive()


# Rhythm


async def test_the_first_run_is_at_once_and_the_next_after_the_interval() -> None:
    screen, work = Screen(), Work()
    async with scheduled(work, screen, lambda _: LONG) as scheduler:
        assert (await screen.snapshot()).tapeboard == "1"
        assert scheduler.interval == LONG
        assert scheduler.next_run is not None
        assert scheduler.next_run.tzinfo is not None
        assert timedelta(0) < scheduler.next_run - datetime.now(UTC) <= timedelta(seconds=LONG)
    assert work.calls == 1


async def test_runs_repeat() -> None:
    screen = Screen()
    async with scheduled(Work(), screen, lambda _: SHORT):
        assert [(await screen.snapshot()).tapeboard for _ in range(4)] == ["1", "2", "3", "4"]


async def test_an_unchanged_interval_keeps_its_rhythm() -> None:
    screen = Screen()
    async with scheduled(Work(), screen, lambda _: LONG) as scheduler:
        await screen.snapshot()
        first = scheduler.next_run
        assert first is not None
        scheduler.refresh_now()
        await screen.snapshot()
        second = scheduler.next_run
        assert second is not None
        # Counted from the start of the run, not from its end: otherwise the rhythm would drift by every run.
        assert second > first
        scheduler._arm()
        assert scheduler.next_run == second


async def test_without_a_beat_only_refresh_now_runs() -> None:
    screen = Screen()
    async with scheduled(Work(), screen, lambda _: None) as scheduler:
        await screen.snapshot()
        assert scheduler.next_run is None
        assert scheduler.interval is None
        scheduler.refresh_now()
        assert (await screen.snapshot()).tapeboard == "2"
        assert scheduler.next_run is None


async def test_an_instant_is_an_appointment() -> None:
    screen = Screen()
    opening = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    async with scheduled(Work(), screen, lambda known: opening if known else LONG) as scheduler:
        for _ in range(2):
            await screen.snapshot()
            assert scheduler.next_run == opening
            scheduler.refresh_now()


async def test_an_appointment_that_has_passed_falls_back_to_the_interval() -> None:
    screen = Screen()
    passed = datetime.now(UTC) - timedelta(days=1)
    async with scheduled(Work(), screen, lambda known: passed if known else LONG) as scheduler:
        await screen.snapshot()
        assert scheduler.next_run is not None
        assert scheduler.next_run > datetime.now(UTC) + timedelta(seconds=LONG / 2)


async def test_an_appointment_is_kept() -> None:
    screen = Screen()
    soon = datetime.now(UTC) + timedelta(milliseconds=200)
    async with scheduled(Work(), screen, lambda known: LONG if known and known.tapeboard != "1" else soon):
        assert (await screen.snapshot()).tapeboard == "1"
        assert (await screen.snapshot()).tapeboard == "2"


async def test_the_pace_replaces_the_interval_but_not_an_appointment() -> None:
    screen = Screen()
    opening = datetime.now(UTC) + timedelta(days=3)
    closed = False
    async with scheduled(Work(), screen, lambda _: opening if closed else LONG) as scheduler:
        await screen.snapshot()
        slow = scheduler.next_run
        assert scheduler.set_pace(100) == 100
        assert scheduler.interval == 100
        assert slow is not None
        assert scheduler.next_run is not None
        assert scheduler.next_run < slow
        assert scheduler.set_pace(0) == core.scheduler.FASTEST
        closed = True
        assert scheduler.set_pace(200) == 200
        assert scheduler.next_run == opening


async def test_refresh_now_never_runs_two_at_a_time() -> None:
    screen, work = Screen(), Work(hang=lambda number: number == 2)
    async with scheduled(work, screen, lambda _: LONG) as scheduler:
        await screen.snapshot()
        for _ in range(5):
            scheduler.refresh_now()
            scheduler.refresh_now()
            await asyncio.sleep(0)
        work.release.set()
        assert (await screen.snapshot()).tapeboard == "2"
        scheduler.refresh_now()
        assert (await screen.snapshot()).tapeboard == "3"
    assert screen.problems.empty()


# Failures


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (NoDataError("no prices", "check the folder"), "feed", "no prices: check the folder"),
        (StoreWriteError("disk full", "free some space"), "store", "disk full: free some space"),
        (ValueError("\x1b[31mbad"), "feed", "The refresh failed: ValueError: [31mbad"),
        (TimeoutError("socket"), "feed", "The refresh failed: TimeoutError: socket"),
    ],
)
async def test_a_failed_run_is_told_and_the_next_one_runs(error: Exception, kind: str, text: str) -> None:
    screen = Screen()
    async with scheduled(Work(fail={1: error}), screen, lambda _: LONG) as scheduler:
        assert await screen.problem() == Problem(kind, None, text)
        assert scheduler.next_run is not None
        scheduler.refresh_now()
        assert (await screen.snapshot()).tapeboard == "2"


async def test_after_a_failed_run_the_next_comes_by_itself() -> None:
    screen = Screen()
    async with scheduled(Work(fail={1: NoDataError("none"), 2: NoDataError("none")}), screen, lambda _: SHORT):
        assert (await screen.snapshot()).tapeboard == "3"


async def test_an_overrun_is_told_and_the_run_still_delivers() -> None:
    screen, work = Screen(), Work(hang=lambda number: number == 1)
    async with scheduled(work, screen, lambda _: SHORT):
        assert (await screen.problem()).kind == "late"
        assert work.calls == 1
        work.release.set()
        assert (await screen.snapshot()).tapeboard == "1"


async def test_a_run_that_hangs_is_given_up_and_the_next_one_runs() -> None:
    screen, work = Screen(), Work(hang=lambda number: number == 1)
    async with scheduled(work, screen, lambda _: LONG, give_up_after=0.05) as scheduler:
        assert await screen.problem() == Problem("late", None, "The refresh did not end within 0.05 s and was given up")
        scheduler._timeout = NO_TIMEOUT
        scheduler.refresh_now()
        assert (await screen.snapshot()).tapeboard == "2"
        work.release.set()
    assert screen.snapshots.empty(), "the late result of the first run must not follow the second"


async def test_only_so_many_runs_may_hang() -> None:
    screen, work = Screen(), Work(hang=lambda _: True)
    async with scheduled(work, screen, lambda _: SHORT, give_up_after=0.05):
        while "none is begun" not in (problem := await screen.problem()).text:
            assert problem.kind == "late"
        assert work.calls == MOST_HANGING
        work.release.set()
        while (await screen.snapshot()).tapeboard != str(MOST_HANGING + 1):
            pass


# Clocks


class WallClock:
    """The wall clock of the scheduler and of APScheduler, which the test can set; the loop's is left alone."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        clock = self
        self.shift = timedelta(0)

        class Shifted(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Any:
                return datetime.now(tz) + clock.shift

        for module in ("schedulers.base", "triggers.interval", "executors.base"):
            patch.setattr(f"apscheduler.{module}.datetime", Shifted)
        patch.setattr(core.scheduler, "_now", lambda: Shifted.now(UTC))
        patch.setattr(core.scheduler, "_PULSE", SHORT)


@pytest.fixture
def wall_clock(monkeypatch: pytest.MonkeyPatch) -> WallClock:
    return WallClock(monkeypatch)


async def test_a_clock_set_back_does_not_silence_the_refresh(wall_clock: WallClock) -> None:
    screen = Screen()
    async with scheduled(Work(), screen, lambda _: 0.2):
        await screen.snapshot()
        wall_clock.shift = timedelta(hours=-1)
        await screen.snapshot()
        await screen.snapshot()


async def test_a_clock_set_back_does_not_move_an_appointment(wall_clock: WallClock) -> None:
    screen = Screen()
    opening = datetime.now(UTC) + timedelta(days=3)
    async with scheduled(Work(), screen, lambda _: opening) as scheduler:
        await screen.snapshot()
        wall_clock.shift = timedelta(hours=-1)
        assert scheduler._pulse is not None
        scheduler._pulse.cancel()
        scheduler._watch()
        assert scheduler.next_run == opening


@pytest.mark.parametrize("away", [timedelta(minutes=3), timedelta(days=4)])
@pytest.mark.parametrize("beat", [100.0, timedelta(seconds=150)], ids=["interval", "appointment"])
async def test_a_suspend_ends_in_exactly_one_run(
    wall_clock: WallClock, away: timedelta, beat: float | timedelta
) -> None:
    # In a suspend the wall clock goes on and the loop's clock stands still.
    screen, work = Screen(), Work()
    appointment = datetime.now(UTC) + beat if isinstance(beat, timedelta) else None

    def next_delay(known: Snapshot | None) -> Beat:
        if isinstance(beat, float):
            return beat
        return appointment if known is None or known.tapeboard == "1" else 100.0

    async with scheduled(work, screen, next_delay) as scheduler:
        await screen.snapshot()
        wall_clock.shift = away
        assert (await screen.snapshot()).tapeboard == "2"
        assert scheduler.next_run is not None
        assert timedelta(0) < scheduler.next_run - (datetime.now(UTC) + away) <= timedelta(seconds=100)
    assert work.calls == 2
    assert screen.problems.empty()


async def test_a_run_missed_by_more_than_the_grace_is_told_and_made_up_for(wall_clock: WallClock) -> None:
    screen = Screen()
    async with scheduled(Work(), screen, lambda _: LONG, misfire_grace=0.2) as scheduler:
        await screen.snapshot()
        # The loop itself was held up: the run is submitted in time and begins too late.
        scheduler.refresh_now()
        await asyncio.sleep(0)
        wall_clock.shift = timedelta(minutes=1)
        problem = await screen.problem()
        assert problem.kind == "late"
        assert "was missed and runs now" in problem.text
        assert (await screen.snapshot()).tapeboard == "2"


# The end


async def test_stop_does_not_wait_and_nothing_is_called_back_after_it() -> None:
    screen, work = Screen(), Work(hang=lambda _: True)
    async with scheduled(work, screen, lambda _: LONG) as scheduler:
        assert await asyncio.to_thread(work.begun.wait, PATIENCE)
        scheduler.stop()
        scheduler.stop()
        scheduler.refresh_now()
        assert scheduler.next_run is None
        job = asyncio.all_tasks() - {asyncio.current_task()}
        work.release.set()
        await asyncio.gather(*job)
    assert screen.snapshots.empty()
    assert screen.problems.empty()
    assert work.calls == 1


def test_the_interpreter_exits_while_a_refresh_hangs() -> None:
    program = """
import asyncio, threading
from core.scheduler import Scheduler

async def main():
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    def hang():
        loop.call_soon_threadsafe(begun.set)
        threading.Event().wait()
    scheduler = Scheduler(hang, on_snapshot=print, on_problem=print, next_delay=lambda _: 15, timeout=600,
                          misfire_grace=60)
    scheduler.start()
    await begun.wait()
    scheduler.stop()
    print("stopped")

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "stopped\n", "")
