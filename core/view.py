"""From where and when the data are looked at."""

from __future__ import annotations

from dataclasses import dataclass

from core.model import Instant, Session
from core.snapshot import Phase, SessionStatus, Source


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Everything about a snapshot that is not in the bars.

    `expected` is the session whose bars should all be there by now; `final_asof` the time of a final bar.
    """

    viewed_at: Instant
    phase: Phase
    session_status: SessionStatus
    half_day: bool
    past: bool
    next_session: Session
    next_open: Instant
    expected: Session
    final_asof: Instant
    source: Source
    fetch_age_hours: float | None = None
