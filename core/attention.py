"""What the user says of the warnings: which are acknowledged, until their state changes, and which rules are muted.

With a store both outlive the process; without one they are kept for the run. Numbers are never touched: `Said.applied`
only marks the warnings of a snapshot.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from core.errors import NoDataError, StoreError, UsageError
from core.i18n import _
from core.journal import Key
from core.model import Problem, Session
from core.sessions import NEW_YORK, Calendar, Clock
from core.snapshot import EMPTY, RiskWarning, RuleState, Snapshot

if TYPE_CHECKING:
    from core.store import Store

RAISED: Final = ("INFO", "WATCH", "WARNING")
FARTHEST: Final = 252
"""Sessions that a rule can be muted for."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The state that was acknowledged, and the session in which it was."""

    state: RuleState
    session: Session

    def covers(self, warning: RiskWarning) -> bool:
        """Whether the warning has been in that state ever since; its start may move with the loaded history."""
        return warning.state == self.state and warning.since is not None and warning.since <= self.session


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """All that was said. `muted` has the last day of each muted rule; `kept`: a store remembers it."""

    acknowledged: Mapping[Key, Acknowledged] = field(default_factory=dict)
    muted: Mapping[str, date] = field(default_factory=dict)
    kept: bool = False

    def applied(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with its warnings marked; the same object where they are marked so already."""
        today = day_of(snapshot)
        marked = tuple(self._marked(warning, today) for warning in snapshot.warnings)
        if all(new is old for new, old in zip(marked, snapshot.warnings, strict=True)):
            return snapshot
        return replace(snapshot, warnings=marked)

    def _marked(self, warning: RiskWarning, today: date | None) -> RiskWarning:
        seen = self.acknowledged.get((warning.id, warning.subject))
        known = seen is not None and warning.state in RAISED and seen.covers(warning)
        until = self.muted.get(warning.id)
        muted = until if until is not None and today is not None and today <= until else None
        if (known, muted) == (warning.acknowledged, warning.muted_until):
            return warning
        return replace(warning, acknowledged=known, muted_until=muted)


def day_of(snapshot: Snapshot) -> date | None:
    """The New York day a snapshot was looked at."""
    at: datetime | None = snapshot.viewed_at
    return snapshot.session if at is None else at.astimezone(NEW_YORK).date()


class Attention:
    """The memory of what one pipeline's user says. Any thread may call it; without a `store` the run is its life."""

    def __init__(self, store: Store | None, universe: str, calendar: Calendar, clock: Clock) -> None:
        self._store = store
        self._universe = universe
        self._calendar = calendar
        self._clock = clock
        self._said = Said(kept=store is not None)
        self._latest = EMPTY
        self._saying = Lock()  # what is read of the store must not undo what is said meanwhile

    def recall(self) -> tuple[Problem, ...]:
        """Take in what is stored, for another process may have said it; what was said stays where that fails."""
        if self._store is None:
            return ()
        try:
            with self._saying:
                self._said = Said(self._store.acknowledged(self._universe), self._store.muted(), kept=True)
        except StoreError as error:
            return (Problem.of_store(error),)
        return ()

    def marked(self, snapshot: Snapshot) -> Snapshot:
        """The newest snapshot with its warnings marked; what is said from now on is about these."""
        self._latest = self._said.applied(snapshot)
        return self._latest

    def acknowledge(self, rule: str, subject: str) -> Said:
        """Acknowledge a raised warning until its state changes, or take that back.

        Raises NoDataError where it is not raised, StoreError where it cannot be kept.
        """
        key, latest = (rule, subject), self._latest
        session = latest.session
        warning = next((w for w in latest.warnings if (w.id, w.subject) == key), None)
        if warning is None or session is None or warning.state not in RAISED:
            raise NoDataError(_("{rule} is not raised").format(rule=rule), _("only what is raised can be acknowledged"))
        with self._saying:
            acknowledged = dict(self._said.acknowledged)
            seen = acknowledged.pop(key, None)
            if seen is not None and seen.covers(warning):
                seen = None
            else:
                seen = acknowledged[key] = Acknowledged(warning.state, session)
            if self._store is not None:
                self._store.put_acknowledged(self._universe, key, seen, self._clock.now())
            self._said = dataclasses.replace(self._said, acknowledged=acknowledged)
            return self._said

    def mute(self, rule: str, until: date | int | None) -> Said:
        """Mute a rule till the end of a day, for so many sessions from now on, or no longer (None).

        Raises UsageError for a day that is past or too far, StoreError where it cannot be kept.
        """
        today = self._clock.now().astimezone(NEW_YORK).date()
        last = self._after(today, until) if isinstance(until, int) else until
        if last is not None and not today <= last <= self._after(today, FARTHEST):
            mend = _("give a day from today on, at most {n} sessions ahead").format(n=FARTHEST)
            raise UsageError(_("{rule} cannot be muted till {day}").format(rule=rule, day=last), mend)
        with self._saying:
            muted = {name: day for name, day in self._said.muted.items() if name != rule}
            if last is not None:
                muted[rule] = last
            if self._store is not None:
                self._store.put_muted(rule, last, self._clock.now())
            self._said = dataclasses.replace(self._said, muted=muted)
            return self._said

    def _after(self, day: date, sessions: int) -> date:
        """The session so many after a day; the day itself counts if it is one."""
        last = self._calendar.previous(day)
        for _step in range(max(1, sessions)):
            last = self._calendar.next(last)
        return last
