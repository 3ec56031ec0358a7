"""One instant on the exchange, as the pipeline needs it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from core.model import Instant, Session
from core.sessions import Calendar
from core.snapshot import Phase


@dataclass(frozen=True, slots=True)
class Moment:
    """The sessions of an instant.

    `session` is in progress or, outside one, the last one begun; `finished` is the last one whose bars are
    final; `expected` is the last one whose bars should all have come by now.
    """

    now: Instant
    phase: Phase
    session: Session
    finished: Session
    expected: Session
    next_session: Session
    next_open: Instant

    @classmethod
    def of(cls, calendar: Calendar, now: Instant, *, grace: timedelta, always_open: bool) -> Moment:
        """The moment `now`; bars may come as late as `grace` after they are final.

        `always_open`: the last session begun is in progress for as long as no other begins (simulated).
        """
        state = calendar.state(now)
        finished = calendar.previous(state.session) if always_open else state.last_finished
        return cls(
            now=now,
            phase="simulated" if always_open else state.phase.value,
            session=state.session,
            finished=finished,
            expected=finished if always_open else calendar.state(now - grace).last_finished,
            next_session=state.next_session,
            next_open=state.next_open,
        )

    def of_quotes(self, session: Session, calendar: Calendar) -> Moment:
        """The same instant, before the bars of `session` have come: only quotes tell of it."""
        return replace(self, session=session, finished=calendar.previous(session))

    def same_sessions(self, other: Moment) -> bool:
        """Whether no session has begun or become final between the two."""
        return (self.session, self.finished) == (other.session, other.finished)

    @property
    def in_progress(self) -> bool:
        """Whether the session is not final yet."""
        return self.session != self.finished
