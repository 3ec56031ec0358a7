"""The one place where the screen touches the engine: opens the source, schedules its refreshes, posts what comes.

The source is opened in a daemon thread, because that imports pandas and the calendar; only then does the
event loop take over with the scheduler. Whatever happens reaches the application as a message, posted and
never called, so no thread ever waits for the screen.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from tui.asking import Desk
from tui.messages import ProblemArrived, SnapshotArrived, SourceFailed, SourceReady

if TYPE_CHECKING:
    from textual.message import Message

    from core.model import Problem
    from core.scheduler import Beat, Scheduler
    from core.settings import RefreshSettings
    from core.snapshot import Snapshot
    from tui.messages import Asked
    from tui.source import AwaitSource, OpenSource, SnapshotSource

PACE_STEP: Final = 1.5
"""How much more or less often one key press makes the refreshes."""

UNSETTLED: Final = frozenset({"late", "feed", "stale"})
"""Problems that another refresh may mend; a feed sends nothing where it is too early to ask again."""

CLOSED: Final = timedelta(minutes=15)
"""So long before its bars are final the session ends; prices of then are its last."""

CLOSING: Final = 0.3
"""Seconds that closing the source may take; one that hangs is left behind in its daemon thread."""

_log = logging.getLogger(__name__)


class Bridge:
    """Runs one source for one application. All methods are called on the event loop; only `close` may wait a moment."""

    def __init__(
        self,
        post: Callable[[Message], object],
        opener: OpenSource,
        refresh: RefreshSettings,
        *,
        frozen: bool,
        successor: AwaitSource = lambda: None,
        appointment: Callable[[Snapshot], datetime | None] = lambda _snapshot: None,
    ) -> None:
        """`post` may be called from any thread. `frozen`: the clock stands still, one refresh tells all.

        `appointment`: when a refresh is wanted after this snapshot, even if there is nothing to learn.
        """
        self._post = post
        self._opener = opener
        self._successor = successor
        self._refresh = refresh
        self._frozen = frozen
        self._appointment = appointment
        self._opened = False
        self._line = 0
        self._source: SnapshotSource | None = None
        self._scheduler: Scheduler | None = None
        self._desk = Desk()

    def open(self) -> None:
        """Begin to open the source, once; `SourceReady` or `SourceFailed` will be posted.

        A second `SourceReady` follows when its successor is ready.
        """
        if self._opened:
            return
        self._opened = True
        threading.Thread(target=self._open, name="tapeboard-open", daemon=True).start()

    def start(self, source: SnapshotSource) -> None:
        """Refresh from `source` now and then: `SnapshotArrived` and `ProblemArrived` will be posted.

        It takes the place of an earlier one, whose last snapshot stays until the first of this one comes.
        """
        from core.scheduler import Scheduler  # noqa: PLC0415 - imported already by `_open`, after the first paint

        if self._scheduler is not None:
            self._scheduler.stop()
        if self._source is not None:
            _closing(self._source)
        self._source = source
        self._scheduler = Scheduler(
            source.refresh,
            on_snapshot=self._on_snapshot,
            on_problem=self._on_problem,
            next_delay=self._next_delay,
            timeout=self._refresh.timeout,
            misfire_grace=self._refresh.misfire_grace,
        )
        self._scheduler.start()
        self._desk.open(source)
        source.follow(partial(self._published, asyncio.get_running_loop()))

    def supersede(self, source: SnapshotSource, successor: AwaitSource) -> None:
        """Refresh from a source of another configuration, and what follows it; what was awaited before never comes."""
        self._line += 1
        self.start(source)
        threading.Thread(target=self._follow, args=(successor, self._line), name="tapeboard-open", daemon=True).start()

    def leave(self, source: SnapshotSource) -> None:
        """Close a source that nobody wants any more."""
        _closing(source)

    def accept(self, ready: SourceReady) -> None:
        """Refresh from what has been opened, unless another configuration is in force by now."""
        if ready.line == self._line:
            self.start(ready.source)
        else:
            _closing(ready.source)

    def ask(self, asked: Asked) -> None:
        """Have a question answered: `Answered` will be posted to who asked (`tui.asking`)."""
        self._desk.ask(asked)

    def refresh_now(self) -> None:
        """Refresh at once, unless a refresh is under way."""
        if self._scheduler is not None:
            self._scheduler.refresh_now()

    def change_pace(self, *, faster: bool) -> float | None:
        """Refresh more or less often; the new interval in seconds, None while there is none to change."""
        if self._scheduler is None or self._scheduler.interval is None:
            return None
        factor = 1 / PACE_STEP if faster else PACE_STEP
        return self._scheduler.set_pace(self._scheduler.interval * factor)

    @property
    def next_run(self) -> datetime | None:
        """When the next refresh is due; None when only `refresh_now` can bring it."""
        return self._scheduler.next_run if self._scheduler is not None else None

    def close(self) -> None:
        """End, without waiting for a refresh that hangs, and for a source that hangs no longer than `CLOSING`."""
        self._desk.close()
        if self._scheduler is not None:
            self._scheduler.stop()
        if self._source is not None:
            _closing(self._source).join(CLOSING)

    def _open(self) -> None:
        try:
            source = self._opener()
            import core.scheduler  # noqa: F401, PLC0415 - APScheduler costs time that the event loop has not
        except Exception as error:  # noqa: BLE001 - whatever it is, the screen must say it
            _log.debug("the source cannot be opened", exc_info=True)
            self._tell(SourceFailed(error))
        else:
            self._tell(SourceReady(source))
            self._follow(self._successor, 0)

    def _follow(self, successor: AwaitSource, line: int) -> None:
        """Wait for the source that takes the place of the first one of a configuration."""
        try:
            source = successor()
        except Exception as error:  # noqa: BLE001 - see above
            _log.debug("the next source cannot be opened", exc_info=True)
            if line == self._line:
                self._tell(SourceFailed(error))
        else:
            if source is not None:
                self._tell(SourceReady(source, line))

    def _tell(self, message: Message) -> None:
        with suppress(RuntimeError):  # the application has ended meanwhile, and its loop with it
            self._post(message)

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        """A refresh has ended; a price that was streamed meanwhile may have made a newer snapshot."""
        latest = None if self._source is None else self._source.latest
        self._post(SnapshotArrived(latest or snapshot))

    def _published(self, loop: asyncio.AbstractEventLoop) -> None:
        with suppress(RuntimeError):  # the application has ended meanwhile, and its loop with it
            loop.call_soon_threadsafe(self._show_latest)

    def _show_latest(self) -> None:
        """On the event loop, where refreshes end too: so the newest always comes last."""
        if self._source is not None and self._source.latest is not None:
            self._post(SnapshotArrived(self._source.latest))

    def _on_problem(self, problem: Problem) -> None:
        self._post(ProblemArrived(problem))

    def _next_delay(self, snapshot: Snapshot | None) -> Beat:
        if self._frozen:
            return None
        beat = next_beat(snapshot, self._refresh)
        wanted = None if snapshot is None else self._appointment(snapshot)
        return min(beat, wanted) if isinstance(beat, datetime) and wanted is not None else beat


def _closing(source: SnapshotSource) -> threading.Thread:
    """Close `source` in the thread given back, for a source may hang."""
    closing = threading.Thread(target=source.close, name="tapeboard-close", daemon=True)
    closing.start()
    return closing


def next_beat(snapshot: Snapshot | None, refresh: RefreshSettings) -> Beat:
    """When there may be something new to learn after `snapshot`, the last good one.

    An interval while the exchange is open, and while something lacks that was asked for; of a session that has closed
    the moment its bars are final; else the next open. Files do not change by themselves: they are read when asked for.
    """
    if snapshot is None:
        return refresh.open
    source = snapshot.source
    if source.simulated:
        return refresh.simulated
    if source.feed == "files":
        return None
    lacks = snapshot.session_status == "stale" or any(note.kind in UNSETTLED for note in source.problems)
    if snapshot.phase == "open" or lacks:
        return refresh.open
    if snapshot.session_status == "final":
        return snapshot.next_open
    closed = source.asof is not None and source.final_at is not None and source.asof >= source.final_at - CLOSED
    return source.final_at if closed else refresh.open
