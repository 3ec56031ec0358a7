"""Evenings of finished sessions as they looked, read off the engine of the last refresh: what `--as-of` tells.

It is the snapshot of `--as-of` on the same data, with these differences: the loaded history begins where that of
today does; `source` tells of the feed as it is now, without problems of the last refresh; and what `Engine.snapshot_at`
excepts. Whoever uses it sees to it that no refresh goes on meanwhile.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from core import intake
from core.engine import Engine
from core.errors import NoDataError
from core.i18n import _
from core.model import Instant, Session
from core.moment import Moment
from core.sessions import Calendar, end_of_day
from core.snapshot import Snapshot
from core.viewing import Shown, Viewer

REMEMBERED: Final = 8
"""Evenings kept of an engine: who steps to and fro comes back to the same ones."""


class Evenings:
    """Evenings of one pipeline; `grace` is how late bars may come, `fetched_at` when the newest were fetched."""

    def __init__(self, calendar: Calendar, viewer: Viewer, grace: timedelta) -> None:
        """`viewer` looks at the past."""
        self._calendar = calendar
        self._viewer = viewer
        self._grace = grace
        self._kept: WeakKeyDictionary[Engine, dict[Session, Snapshot]] = WeakKeyDictionary()
        self.fetched_at: Instant | None = None

    def sessions(self, engine: Engine) -> tuple[Session, ...]:
        """The finished sessions that can be looked back at, oldest first."""
        days: list[Session] = engine.panel.sessions.tolist()
        return tuple(days)

    def snapshot(self, engine: Engine, day: date) -> Snapshot:
        """The evening of the last finished session up to `day`, or of the first one.

        Raises NoDataError where no watched symbol had a price by then.
        """
        sessions = engine.panel.sessions
        row = max(0, int(np.searchsorted(sessions, np.datetime64(day, "D"), side="right")) - 1)
        session: Session = sessions[row].item()
        kept = self._kept.setdefault(engine, {})
        snapshot = kept.pop(session, None) or self._told(engine, session, row)
        kept[session] = snapshot
        if len(kept) > REMEMBERED:
            del kept[next(iter(kept))]
        return snapshot

    def _told(self, engine: Engine, evening: Session, row: int) -> Snapshot:
        newest = intake.newest_row(engine.panel.px[: row + 1])
        if newest is None:
            message = _("there is no price of a watched symbol up to {day}").format(day=evening)
            raise NoDataError(message, _("give a later day"))
        moment = Moment.of(self._calendar, end_of_day(evening), grace=self._grace, always_open=False)
        session: Session = engine.panel.sessions[newest].item()
        view = self._viewer.view(Shown(moment, session, None, self.fetched_at, (), 0))
        return engine.snapshot_at(newest, view)
