"""Questions from the screen to the source, each answered in a daemon thread.

Of each kind one question is under way and only the newest one waits, so that somebody who runs through a list
with a held key starts one thread, not one for every row.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from core.errors import TapeboardError
from core.i18n import _
from core.text import clean
from tui.messages import Answered, Asked

if TYPE_CHECKING:
    from tui.source import SnapshotSource

THREAD: Final = "tapeboard-ask"

_log = logging.getLogger(__name__)


class Desk:
    """Takes questions at any time and answers them once there is a source. Lives on the event loop."""

    def __init__(self) -> None:
        self._source: SnapshotSource | None = None
        self._waiting: dict[str, Asked] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def ask(self, asked: Asked) -> None:
        """Have it answered, in place of an older question of its kind that nobody has begun with."""
        self._waiting[asked.kind] = asked
        self._begin(asked.kind)

    def open(self, source: SnapshotSource) -> None:
        """Answer from `source`, first what waits."""
        self._source = source
        for kind in self._waiting:
            self._begin(kind)

    def close(self) -> None:
        """Answer nothing any more; a question under way is left behind in its thread."""
        self._waiting.clear()
        for task in self._tasks.values():
            task.cancel()

    def _begin(self, kind: str) -> None:
        if self._source is not None and kind not in self._tasks:
            self._tasks[kind] = asyncio.create_task(self._answer(kind, self._source))

    async def _answer(self, kind: str, source: SnapshotSource) -> None:
        """Answer the questions of one kind until none waits."""
        while asked := self._waiting.pop(kind, None):
            answer = await _answered(asked, source)
            if kind not in self._waiting:  # else somebody wants to know something newer
                asked.asker.post_message(answer)
        del self._tasks[kind]


async def _answered(asked: Asked, source: SnapshotSource) -> Answered:
    from core.worker import in_daemon_thread  # noqa: PLC0415 - like the scheduler, after the first paint

    try:
        return Answered(asked.kind, await in_daemon_thread(partial(asked.question, source), name=THREAD))
    except Exception as error:  # noqa: BLE001 - whatever it is, who asked must be told
        _log.debug("a question has no answer", exc_info=True)
        return Answered(asked.kind, failure=told(error))


def told(error: Exception) -> str:
    """What an error says to the user, in one line; a defect by its kind."""
    if isinstance(error, TapeboardError):
        return clean(str(error), 400)
    return clean(_("unexpected error: {error}").format(error=f"{type(error).__name__}: {error}"), 400)
