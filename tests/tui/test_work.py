from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from core.errors import StoreError
from tests.tui.script import PATIENCE
from tui.status import Work
from tui.work import Cancelled, Tell, Workshop


class Office:
    """A workshop, and what it has shown and said."""

    def __init__(self) -> None:
        self.shown: list[Work | None] = []
        self.said: list[str] = []
        self.done: list[object] = []
        self.dropped: list[object] = []
        self.news = asyncio.Event()
        self.shop = Workshop(self._into(self.shown), self._into(self.said), self._into(self.said))

    def begin(self, job: Callable[[Tell], object], title: str = "digging") -> None:
        self.shop.begin(title, job, self._into(self.done), drop=self._into(self.dropped))

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self.news.clear()
                await self.news.wait()

    def _into(self, found: list[Any]) -> Callable[[Any], None]:
        def take(news: object) -> None:
            found.append(news)
            self.news.set()

        return take


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    found = Office()
    yield found
    found.shop.close()


class Stepping:
    """A job that goes on when it is told to, and remembers how it ended."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.ended: list[str] = []
        self.over = threading.Event()

    def __call__(self, tell: Tell) -> str:
        try:
            for done in range(3):
                tell(done, 2, f"part {done}", 1)
                self.go.acquire(timeout=PATIENCE)
        except Cancelled:
            self.ended.append("cancelled")
            self.over.set()
            raise
        self.ended.append("done")
        self.over.set()
        return "gold"


async def test_work_is_shown_from_its_beginning_and_its_result_handed_over(office: Office) -> None:
    job = Stepping()
    office.begin(job)
    assert office.shown == [Work("digging")]
    await office.until(lambda: Work("digging", 0, 2, "part 0", 1) in office.shown)
    job.go.release(3)
    await office.until(lambda: office.done)
    assert office.done == ["gold"]
    assert office.shown[-1] is None
    assert Work("digging", 2, 2, "part 2", 1) in office.shown
    assert office.said == []


async def test_only_one_piece_of_work_is_done_at_a_time(office: Office) -> None:
    job, other = Stepping(), Stepping()
    office.begin(job)
    office.begin(other, "filling")
    assert office.said == ["digging is under way: escape stops it"]
    job.go.release(3)
    await office.until(lambda: office.done)
    assert other.ended == []
    office.begin(other, "filling")
    other.go.release(3)
    await office.until(lambda: len(office.done) == 2)


async def test_cancelled_work_lets_go_at_its_next_step_and_other_work_can_begin_at_once(office: Office) -> None:
    job, other = Stepping(), Stepping()
    office.begin(job)
    await office.until(lambda: len(office.shown) == 2)
    assert office.shop.cancel()
    assert office.shown[-1] is None
    assert office.said == ["stopped: digging"]
    office.begin(other, "filling")
    job.go.release(3)
    assert await asyncio.to_thread(job.over.wait, PATIENCE)
    other.go.release(3)
    await office.until(lambda: office.done)
    assert (job.ended, office.done) == (["cancelled"], ["gold"])
    assert all(work is None or work.title == "filling" for work in office.shown[2:])


async def test_a_result_that_nobody_wants_any_more_is_dropped(office: Office) -> None:
    release = threading.Event()

    def job(_tell: Tell) -> str:
        release.wait(PATIENCE)
        return "gold"

    office.begin(job)
    office.shop.cancel()
    release.set()
    await office.until(lambda: office.dropped)
    assert (office.dropped, office.done) == (["gold"], [])


@pytest.mark.parametrize(
    ("error", "told"),
    [(StoreError("the disk is full", "make room"), "the disk is full: make room"), (KeyError("x"), "KeyError")],
)
async def test_a_failure_is_one_line(office: Office, error: Exception, told: str) -> None:
    def job(_tell: Tell) -> str:
        raise error

    office.begin(job)
    await office.until(lambda: office.said)
    assert told in office.said[0]
    assert office.shown[-1] is None


async def test_a_failure_after_the_end_of_the_wish_is_not_told(office: Office) -> None:
    release, ended = threading.Event(), threading.Event()

    def job(_tell: Tell) -> str:
        release.wait(PATIENCE)
        ended.set()
        raise StoreError("the disk is full", "make room")

    office.begin(job)
    office.shop.cancel()
    release.set()
    assert await asyncio.to_thread(ended.wait, PATIENCE)
    office.begin(lambda _tell: "silver")
    await office.until(lambda: office.done)
    assert office.said == ["stopped: digging"]


async def test_there_is_nothing_to_cancel_where_nothing_is_done(office: Office) -> None:
    assert not office.shop.cancel()
    assert office.said == []
