from __future__ import annotations

import asyncio
import logging
import threading
from datetime import date, datetime
from typing import Any

import pytest
from textual.message import Message

from core.errors import StoreError
from core.model import Problem
from core.snapshot import ProblemNote, Snapshot
from tests.core.fakes import new_york
from tests.tui import builders
from tests.tui.script import PATIENCE, Script
from tui.bridge import Bridge, next_beat
from tui.messages import ProblemArrived, SnapshotArrived, SourceFailed, SourceReady
from tui.source import AwaitSource, OpenSource

REFRESH = builders.settings().refresh


class Hanging(Script):
    """A source that hangs when it is closed, as well."""

    def __init__(self, release: threading.Event) -> None:
        super().__init__(release)
        self._release = release

    def close(self) -> None:
        self._release.wait(PATIENCE)


class Postbox:
    """Takes messages from any thread and lets a test await the next."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Message] = asyncio.Queue()

    def post(self, message: Message) -> None:
        self._loop.call_soon_threadsafe(self._queue.put_nowait, message)

    async def next(self) -> Message:
        return await asyncio.wait_for(self._queue.get(), PATIENCE)


def bridge(
    opener: OpenSource, *, frozen: bool = False, successor: AwaitSource = lambda: None
) -> tuple[Bridge, Postbox]:
    postbox = Postbox()
    return Bridge(postbox.post, opener, REFRESH, frozen=frozen, successor=successor), postbox


async def test_a_source_is_opened_elsewhere_and_refreshed_on_demand() -> None:
    threads: list[str] = []
    script = Script(builders.rich(), builders.rich())

    def opener() -> Script:
        threads.append(threading.current_thread().name)
        return script

    run, postbox = bridge(opener)
    run.open()
    ready = await postbox.next()
    assert isinstance(ready, SourceReady)
    assert threads == ["tapeboard-open"]
    run.start(ready.source)
    assert isinstance(await postbox.next(), SnapshotArrived)
    assert run.next_run is None
    run.refresh_now()
    assert isinstance(await postbox.next(), SnapshotArrived)
    assert script.refreshes == 2
    run.close()
    assert script.closed.wait(PATIENCE)


@pytest.mark.parametrize("error", [StoreError("no", "mend"), RuntimeError("a defect")])
async def test_what_cannot_be_opened_is_posted(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    def opener() -> Script:
        raise error

    run, postbox = bridge(opener)
    with caplog.at_level(logging.DEBUG, "tui.bridge"):
        run.open()
        failed = await postbox.next()
    assert isinstance(failed, SourceFailed)
    assert failed.error is error
    assert error in [record.exc_info[1] for record in caplog.records if record.exc_info]
    run.close()


async def test_a_failed_refresh_is_a_problem() -> None:
    script = Script(StoreError("the disk is full", "make room"), builders.rich())
    run, postbox = bridge(lambda: script)
    run.start(script)
    problem = await postbox.next()
    assert isinstance(problem, ProblemArrived)
    assert problem.problem == Problem("store", None, "the disk is full: make room")
    run.refresh_now()
    assert isinstance(await postbox.next(), SnapshotArrived)
    run.close()


async def test_the_pace_changes_by_steps_and_only_where_there_is_one() -> None:
    script = Script(builders.simulated())
    run, postbox = bridge(lambda: script)
    assert run.change_pace(faster=True) is None
    run.start(script)
    await postbox.next()
    slower = run.change_pace(faster=False)
    assert slower == pytest.approx(REFRESH.simulated * 1.5)
    assert run.change_pace(faster=True) == pytest.approx(REFRESH.simulated)
    assert run.next_run is not None
    run.close()


async def test_a_frozen_clock_brings_one_refresh() -> None:
    script = Script(builders.simulated())
    run, postbox = bridge(lambda: script, frozen=True)
    run.start(script)
    await postbox.next()
    assert run.next_run is None
    run.close()


async def test_a_successor_takes_over_when_it_is_ready() -> None:
    first, second = Script(builders.simulated()), Script(builders.rich())
    ready = threading.Event()

    def successor() -> Script:
        ready.wait(PATIENCE)
        return second

    run, postbox = bridge(lambda: first, successor=successor)
    run.open()
    one = await postbox.next()
    assert isinstance(one, SourceReady)
    run.start(one.source)
    assert isinstance(await postbox.next(), SnapshotArrived)
    assert not first.closed.is_set()
    ready.set()
    other = await postbox.next()
    assert isinstance(other, SourceReady)
    assert other.source is second
    run.start(other.source)
    arrived = await postbox.next()
    assert isinstance(arrived, SnapshotArrived)
    assert arrived.snapshot is second.latest
    assert first.closed.wait(PATIENCE)
    assert run.next_run is None  # of files, which the second one shows
    run.close()


async def test_what_is_published_between_refreshes_is_shown() -> None:
    script = Script(builders.rich())
    run, postbox = bridge(lambda: script)
    run.start(script)
    await postbox.next()
    script.latest = builders.rich(step=1)
    threading.Thread(target=script.publish).start()
    arrived = await postbox.next()
    assert isinstance(arrived, SnapshotArrived)
    assert arrived.snapshot is script.latest
    assert script.refreshes == 1
    run.close()


async def test_a_refresh_shows_what_was_streamed_while_it_ended() -> None:
    script = Script(builders.rich())
    run, postbox = bridge(lambda: script)
    newer = builders.rich(step=1)
    run._source = script
    script.latest = newer
    run._on_snapshot(builders.rich())
    arrived = await postbox.next()
    assert isinstance(arrived, SnapshotArrived)
    assert arrived.snapshot is newer


async def test_what_is_published_after_the_end_is_dropped() -> None:
    script = Script(builders.rich())
    run, _postbox = bridge(lambda: script)
    closed = asyncio.new_event_loop()
    closed.close()
    run._source = script
    run._published(closed)


async def test_closing_leaves_behind_what_hangs() -> None:
    hanging = threading.Event()
    script = Hanging(hanging)
    run, _postbox = bridge(lambda: script)
    run.start(script)
    run.close()
    assert any(thread.name == "tapeboard-close" and thread.daemon for thread in threading.enumerate())
    hanging.set()


def test_a_late_message_of_an_ended_program_is_dropped() -> None:
    posted = threading.Event()

    def post(_message: Message) -> None:
        posted.set()
        raise RuntimeError("Event loop is closed")

    run = Bridge(post, lambda: Script(builders.rich()), REFRESH, frozen=False)
    run._open()
    assert posted.is_set()


FINAL_AT = new_york(date(2026, 1, 9), "16:15")


def live(*, problems: tuple[str, ...] = (), asof: datetime = builders.CLOSE, **changes: Any) -> Snapshot:
    notes = tuple(ProblemNote(kind=kind, text=kind) for kind in problems)
    source = builders.source(feed="yahoo", problems=notes, asof=asof, final_at=FINAL_AT)
    return builders.rich(source=source, **changes)


def closing(asof: str, *problems: str) -> Snapshot:
    """After the close, with quotes of so late."""
    at = new_york(date(2026, 1, 9), asof)
    return live(phase="after", session_status="intraday", asof=at, problems=problems)


@pytest.mark.parametrize(
    ("snapshot", "beat"),
    [
        (None, REFRESH.open),
        (builders.simulated(), REFRESH.simulated),
        (builders.rich(), None),
        (live(phase="open", session_status="intraday"), REFRESH.open),
        (closing("15:59:59"), REFRESH.open),
        (closing("16:00:00"), FINAL_AT),
        (closing("16:00:00", "late"), REFRESH.open),
        (live(problems=("stale",)), REFRESH.open),
        (live(problems=("rejected", "missing", "partial")), builders.NEXT_OPEN),
        (live(session_status="stale"), REFRESH.open),
        (live(), builders.NEXT_OPEN),
    ],
)
def test_when_there_is_something_new_to_learn(snapshot: Snapshot | None, beat: float | datetime | None) -> None:
    assert next_beat(snapshot, REFRESH) == beat


def test_a_waiting_message_gives_way_to_a_newer_one_of_its_kind() -> None:
    first, second = SnapshotArrived(builders.rich()), SnapshotArrived(builders.rich())
    problem = ProblemArrived(Problem("late", None, "late"))
    assert first.can_replace(second)
    assert problem.can_replace(ProblemArrived(Problem("feed", None, "no")))
    assert not first.can_replace(problem)
    assert not problem.can_replace(first)


async def test_another_configuration_takes_over_and_what_was_awaited_before_never_comes() -> None:
    first, second, late, later = (Script(builders.rich(step=step)) for step in range(4))
    release = threading.Event()

    def successor() -> Script:
        release.wait(PATIENCE)
        return late

    postbox = Postbox()
    run = Bridge(postbox.post, lambda: first, REFRESH, frozen=False, successor=successor)
    run.open()
    ready = await postbox.next()
    assert isinstance(ready, SourceReady)
    run.accept(ready)
    assert isinstance(await postbox.next(), SnapshotArrived)
    run.supersede(second, lambda: later)
    assert first.closed.wait(PATIENCE)
    found = [await postbox.next(), await postbox.next()]
    (following,) = (message for message in found if isinstance(message, SourceReady))
    assert following.source is later
    release.set()
    outdated = await postbox.next()
    assert isinstance(outdated, SourceReady)
    run.accept(outdated)
    assert late.closed.wait(PATIENCE)
    run.accept(following)
    assert second.closed.wait(PATIENCE)
    arrived = await postbox.next()
    assert isinstance(arrived, SnapshotArrived)
    assert arrived.snapshot is later.latest
    run.close()


async def test_a_successor_that_fails_after_its_time_is_not_told() -> None:
    release, failed = threading.Event(), threading.Event()

    def successor() -> Script:
        release.wait(PATIENCE)
        failed.set()
        raise StoreError("no", "mend")

    first, second = Script(builders.rich()), Script(builders.rich(step=1))
    postbox = Postbox()
    run = Bridge(postbox.post, lambda: first, REFRESH, frozen=False, successor=successor)
    run.open()
    await postbox.next()
    run.supersede(second, lambda: None)
    release.set()
    assert isinstance(await postbox.next(), SnapshotArrived)
    assert await asyncio.to_thread(failed.wait, PATIENCE)
    run.refresh_now()
    assert isinstance(await postbox.next(), SnapshotArrived)
    run.close()
