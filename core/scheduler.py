"""When to refresh: the only module that knows APScheduler.

`Scheduler` runs one job on the running event loop: `work` in a daemon thread (`core.worker`), its result
handed to `on_snapshot`, whatever went wrong to `on_problem`. Both are called on the loop, as every public
method here must be, and must not raise; a snapshot makes the problems reported before it history.

What holds, whatever happens:
- one run at a time; a run that outlasts its interval is reported and the runs it covers are skipped;
- a run that fails or hangs (`timeout`) is reported, and the next one is due as if nothing had happened;
- exactly one run after a suspend, and a run on time after the wall clock was set back;
- `stop` returns at once, and no callback comes after it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    EVENT_JOB_SUBMITTED,
    JobEvent,
    JobExecutionEvent,
)
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from core.errors import StoreError, TapeboardError
from core.i18n import _
from core.model import Instant, Problem
from core.snapshot import Snapshot
from core.text import clean
from core.worker import in_daemon_thread, living_threads

Beat: TypeAlias = float | Instant | None
"""When the next refresh is due: every so many seconds; at one instant (the next open); only when asked for."""

THREAD = "tapeboard-refresh"
MOST_HANGING = 4
"""So many abandoned runs may still hang before no further one is started."""

FASTEST = 1.0
"""The shortest interval a user can ask for, in seconds."""

_ZONE = ZoneInfo("America/New_York")  # given to APScheduler, which otherwise guesses and raises at an odd TZ
_PULSE = 5.0  # seconds between two looks at the clocks
_JUMP = 1.0  # seconds by which the clocks may drift apart between two looks; more is a suspend or a clock set
_EVENTS = EVENT_JOB_SUBMITTED | EVENT_JOB_EXECUTED | EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES

# Without any handler Python would print APScheduler's warnings to the terminal, through the screen.
logging.getLogger("apscheduler").addHandler(logging.NullHandler())


class Scheduler:
    """Calls `work` at once, then whenever `next_delay(last good snapshot)` says. All durations in seconds.

    A float from `next_delay` is an interval, which `set_pace` overrides; an instant is an appointment, which
    it does not; None waits for `refresh_now`. It is asked after every run, so it must be quick.
    `misfire_grace`: a run that starts later than this is reported, and made up for.
    """

    def __init__(
        self,
        work: Callable[[], Snapshot],
        *,
        on_snapshot: Callable[[Snapshot], None],
        on_problem: Callable[[Problem], None],
        next_delay: Callable[[Snapshot | None], Beat],
        timeout: float,
        misfire_grace: float,
    ) -> None:
        self._work = work
        self._on_snapshot = on_snapshot
        self._on_problem = on_problem
        self._next_delay = next_delay
        self._timeout = timeout
        self._misfire_grace = misfire_grace
        self._snapshot: Snapshot | None = None
        self._beat: Beat = None
        self._pace: float | None = None
        self._interval: float | None = None
        self._running = False
        self._scheduler = AsyncIOScheduler(timezone=_ZONE)
        self._job: Any = None  # apscheduler.job.Job, which is untyped; None before start() and after stop()
        self._offset = 0.0
        self._pulse: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin on the running event loop; the first run is due at once."""
        self._scheduler.add_listener(self._on_event, _EVENTS)
        self._scheduler.start()
        self._job = self._scheduler.add_job(
            self._refresh,
            # Stands in until `next_delay` names an interval; not shorter, for a run may take as long.
            IntervalTrigger(seconds=self._timeout, timezone=_ZONE),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=max(1, round(self._misfire_grace)),  # APScheduler takes whole seconds only
        )
        self._arm()
        self._job.modify(next_run_time=_now())
        self._offset = self._clock_offset()
        self._watch()

    def stop(self) -> None:
        """End: nothing is called back any more, and a run under way is abandoned. Never blocks."""
        if self._job is None:
            return
        if self._pulse is not None:
            self._pulse.cancel()
        self._scheduler.remove_listener(self._on_event)
        self._job.remove()  # a wake-up already on its way finds nothing to do
        self._job = None
        self._scheduler.shutdown(wait=False)

    def refresh_now(self) -> None:
        """Run at once, unless a run is under way; the next interval counts from here."""
        if self._job is not None and not self._running:
            self._job.modify(next_run_time=_now())

    def set_pace(self, seconds: float) -> float:
        """Use this interval in place of the one `next_delay` names; the interval taken (`FASTEST` at least)."""
        self._pace = max(seconds, FASTEST)
        self._arm()
        return self._pace

    @property
    def interval(self) -> float | None:
        """Seconds between two refreshes while there is something to learn; None while that is unknown."""
        return self._pace or self._interval

    @property
    def next_run(self) -> Instant | None:
        """When the next refresh is due, in New York time; None when only `refresh_now` can bring it."""
        due: datetime | None = self._job and self._job.next_run_time
        return due and due.astimezone(_ZONE)

    async def _refresh(self) -> Snapshot | Problem | None:
        """The job, and so the `retval` of its event. Never blocks: what hangs is abandoned after the timeout."""
        if living_threads(THREAD) >= MOST_HANGING:
            return _late(_("{count} refreshes hang; none is begun before one of them ends").format(count=MOST_HANGING))
        deadline = asyncio.timeout(self._timeout)
        try:
            async with deadline:
                return await in_daemon_thread(self._work, name=THREAD)
        except asyncio.CancelledError:
            return None  # by stop() or the end of the loop: APScheduler would log it as a failure
        except TimeoutError:
            if not deadline.expired():  # the work's own, e.g. of a socket
                raise
        return _late(_("The refresh did not end within {seconds:g} s and was given up").format(seconds=self._timeout))

    def _arm(self) -> None:
        """Set the next run by the last good snapshot; an interval that has not changed keeps its rhythm."""
        if self._job is None:
            return
        beat, last = self._next_delay(self._snapshot), self._beat
        if isinstance(beat, datetime) and beat <= _now():
            beat = self._interval or self._timeout  # the run it asked for has failed: do not hurry in a circle
        if isinstance(beat, (int, float)):
            self._interval = beat
            beat = self._pace or beat
            if beat != last:
                self._job.reschedule(IntervalTrigger(seconds=beat, timezone=_ZONE))
        else:
            self._job.modify(next_run_time=beat)
        self._beat = beat

    def _on_event(self, event: JobEvent) -> None:
        """APScheduler swallows what a job raises; only its events can tell that the data went stale."""
        if event.code == EVENT_JOB_SUBMITTED:
            self._running = True
        elif event.code == EVENT_JOB_MAX_INSTANCES:
            self._on_problem(_late(_("The refresh takes longer than its interval")))
        else:
            self._running = False
            self._conclude(event)

    def _conclude(self, event: JobExecutionEvent) -> None:
        """A run is over: set the next one first, so that a callback reads its time, then hand over the outcome."""
        if event.code == EVENT_JOB_MISSED:
            due = event.scheduled_run_time.astimezone(_ZONE)
            self.refresh_now()
            self._on_problem(_late(_("The refresh due at {time:%H:%M:%S} was missed and runs now").format(time=due)))
            return
        outcome = event.retval if event.code == EVENT_JOB_EXECUTED else _failure(event.exception)
        if isinstance(outcome, Snapshot):
            self._snapshot = outcome
        self._arm()
        if isinstance(outcome, Snapshot):
            self._on_snapshot(outcome)
        elif isinstance(outcome, Problem):
            self._on_problem(outcome)

    def _watch(self) -> None:
        """Look for a jump of the wall clock against the loop's monotonic one, and move the next run with it.

        APScheduler waits by the monotonic clock, which stands still in a suspend, for a time on the wall
        clock: it would be late after a suspend, and silent for as long as the clock was set back.
        """
        offset = self._clock_offset()
        jump, self._offset = offset - self._offset, offset
        due = self.next_run
        if due is not None and abs(jump) > _JUMP:
            if jump < 0 and not isinstance(self._beat, datetime):
                due = due.astimezone(UTC) + timedelta(seconds=jump)
            self._job.modify(next_run_time=max(due, _now()))
        self._pulse = asyncio.get_running_loop().call_later(_PULSE, self._watch)

    @staticmethod
    def _clock_offset() -> float:
        return _now().timestamp() - asyncio.get_running_loop().time()


def _now() -> Instant:
    return datetime.now(UTC)


def _late(text: str) -> Problem:
    return Problem("late", None, text)


def _failure(error: BaseException) -> Problem:
    """What the user reads of a failed run; the traceback is in the log."""
    if isinstance(error, TapeboardError):
        return Problem("store" if isinstance(error, StoreError) else "feed", None, clean(str(error)))
    text = _("The refresh failed: {error}").format(error=f"{type(error).__name__}: {error}")
    return Problem("feed", None, clean(text))
