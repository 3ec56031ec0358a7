"""The only door to the exchange calendar and to the clock.

`Calendar` holds XNYS, taken from exchange_calendars (with pandas, 0.4 s) as plain dates and seconds, which a
file keeps for the next start (`core.calendar_file`): nothing heavy is imported before the first one is built,
so that the screen can paint. It covers 1990 to the end of next year and refuses dates beyond.

Instants given out carry a fixed offset, that of New York at that moment: they read as the exchange's own
wall clock, and differences between them stay exact across a change to or from daylight saving time.
"""

from __future__ import annotations

import time
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from core.errors import UsageError
from core.i18n import _
from core.model import Instant, Session

if TYPE_CHECKING:
    from core.calendar_file import Table
    from core.panel import Days

NEW_YORK = ZoneInfo("America/New_York")

FIRST_YEAR = 1990

# In seconds, counted from the open or the close: daylight saving never changes on a session day.
_PRE_MARKET = 19_800  # from 04:00
_AFTER_HOURS = 14_400  # until 20:00, on a half day until 17:00
_FULL_SESSION = 23_400  # 09:30 to 16:00
_FINAL_AFTER = 900  # a daily bar is final 15 minutes after the close


def exchange_time(instant: Instant) -> Instant:
    """`instant` on New York's wall clock, with the offset of that moment."""
    return _at(_seconds(instant))


def end_of_day(day: date) -> Instant:
    """23:59 New York time of `day`: the clock of `--as-of`."""
    return exchange_time(datetime(day.year, day.month, day.day, 23, 59, tzinfo=NEW_YORK))


class Clock(Protocol):
    """Tells the time; injected wherever time matters."""

    def now(self) -> Instant:
        """The present instant, on New York's wall clock."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment, never running backwards."""
        ...


class SystemClock:
    """The clock of this computer."""

    def now(self) -> Instant:
        """The present instant, on New York's wall clock."""
        return exchange_time(datetime.now(UTC))

    def monotonic(self) -> float:
        """Seconds since the computer started."""
        return time.monotonic()


class FixedClock:
    """A clock that stands still until it is advanced."""

    def __init__(self, instant: Instant) -> None:
        self._start = exchange_time(instant)
        self._elapsed = 0.0

    def now(self) -> Instant:
        """The instant it was set to, plus what it was advanced by."""
        return exchange_time(self._start + timedelta(seconds=self._elapsed))

    def monotonic(self) -> float:
        """The seconds it was advanced by."""
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`."""
        self._elapsed += seconds


class Phase(StrEnum):
    """What the exchange is doing."""

    PRE = "pre"
    OPEN = "open"
    AFTER = "after"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class MarketState:
    """The exchange at one instant.

    `session` is the one in progress or, outside one, the last one begun; `half_day` is about it.
    `last_finished` is the last one whose daily bars are final. `next_session` is the first one not begun.
    """

    phase: Phase
    session: Session
    last_finished: Session
    next_session: Session
    next_open: Instant
    half_day: bool


class Calendar:
    """The sessions of XNYS, without `extra_closures` (unscheduled ones reach the library only by a release).

    Every method raises `UsageError` for a date or an answer outside the years covered; those about one
    session raise `ValueError` for a day that is none.
    """

    def __init__(self, extra_closures: Iterable[date] = ()) -> None:
        self._last_year = datetime.now(NEW_YORK).year + 1
        days, opens, closes = _exchange(self._last_year)
        closed = frozenset(extra_closures)
        kept = [i for i, day in enumerate(days.tolist()) if day not in closed]
        self._days = days[kept]
        self._days.flags.writeable = False
        self._sessions: list[Session] = self._days.tolist()
        self._opens = [opens[i] for i in kept]
        self._closes = [closes[i] for i in kept]

    def sessions(self, first: date, last: date) -> Days:
        """The sessions from `first` to `last` inclusive, as a read-only `datetime64[D]` array."""
        return self._days[self._before(first) : self._upto(last)]

    def is_session(self, day: date) -> bool:
        """Whether the exchange opens on `day`."""
        return self._before(day) < self._upto(day)

    def previous(self, day: date) -> Session:
        """The last session strictly before `day`."""
        return self._session(self._before(day) - 1)

    def next(self, day: date) -> Session:
        """The first session strictly after `day`."""
        return self._session(self._upto(day))

    def open_at(self, session: Session) -> Instant:
        """When `session` opens."""
        return _at(self._opens[self._index(session)])

    def close_at(self, session: Session) -> Instant:
        """When `session` closes."""
        return _at(self._closes[self._index(session)])

    def final_at(self, session: Session) -> Instant:
        """When the daily bars of `session` are final: 15 minutes after its close."""
        return _at(self._closes[self._index(session)] + _FINAL_AFTER)

    def is_half_day(self, session: Session) -> bool:
        """Whether `session` closes early."""
        return self._half_day(self._index(session))

    def state(self, now: Instant) -> MarketState:
        """The exchange at `now`."""
        self._cover(exchange_time(now).date())
        seconds = _seconds(now)
        begun = bisect_right(self._opens, seconds) - 1
        session, next_session = self._session(begun), self._session(begun + 1)
        final = seconds >= self._closes[begun] + _FINAL_AFTER
        return MarketState(
            phase=self._phase(begun, seconds),
            session=session,
            last_finished=session if final else self._session(begun - 1),
            next_session=next_session,
            next_open=_at(self._opens[begun + 1]),
            half_day=self._half_day(begun),
        )

    def _phase(self, begun: int, seconds: float) -> Phase:
        if seconds < self._closes[begun]:
            return Phase.OPEN
        if seconds < self._closes[begun] + _AFTER_HOURS:
            return Phase.AFTER
        return Phase.PRE if seconds >= self._opens[begun + 1] - _PRE_MARKET else Phase.CLOSED

    def _half_day(self, index: int) -> bool:
        return self._closes[index] - self._opens[index] < _FULL_SESSION

    def _before(self, day: date) -> int:
        """The number of sessions before `day`."""
        self._cover(day)
        return bisect_left(self._sessions, day)

    def _upto(self, day: date) -> int:
        """The number of sessions up to and including `day`."""
        self._cover(day)
        return bisect_right(self._sessions, day)

    def _index(self, session: Session) -> int:
        if not self.is_session(session):
            raise ValueError(f"{session} is not a session of XNYS")
        return self._before(session)

    def _session(self, index: int) -> Session:
        if not 0 <= index < len(self._sessions):
            raise self._beyond()
        return self._sessions[index]

    def _cover(self, day: date) -> None:
        if not FIRST_YEAR <= day.year <= self._last_year:
            raise self._beyond()

    def _beyond(self) -> UsageError:
        return UsageError(
            _("the exchange calendar knows the sessions of {first} to {last} only").format(
                first=FIRST_YEAR, last=self._last_year
            ),
            _("use a date well inside them"),
        )


def _seconds(instant: Instant) -> float:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its UTC offset")
    return instant.timestamp()


def _at(seconds: float) -> Instant:
    # The ISO form carries the offset and not the zone.
    return datetime.fromisoformat(datetime.fromtimestamp(seconds, NEW_YORK).isoformat())


@cache
def _exchange(last_year: int) -> tuple[Days, list[int], list[int]]:
    """Sessions, and their opens and closes in seconds since 1970."""
    from core.calendar_file import kept  # noqa: PLC0415 - numpy, like all that is heavy, is for the first calendar

    days, opens, closes = kept(f"xnys-{FIRST_YEAR}-{last_year}", lambda: _from_library(last_year))
    return days.astype("datetime64[D]"), opens.tolist(), closes.tolist()


def _from_library(last_year: int) -> Table:
    """What exchange_calendars says: rows of sessions (days since 1970), opens and closes (seconds)."""
    import exchange_calendars  # noqa: PLC0415 - with its pandas it takes longer to import than a screen to paint
    import numpy as np  # noqa: PLC0415 - likewise

    with warnings.catch_warnings():
        # exchange_calendars 4.13 uses what pandas 3.1 deprecates; a user can do nothing about it.
        warnings.simplefilter("ignore", DeprecationWarning)
        xnys = exchange_calendars.get_calendar("XNYS", start=f"{FIRST_YEAR}-01-01", end=f"{last_year}-12-31")
        days = xnys.sessions.to_numpy().astype("datetime64[D]")
        times = (xnys.schedule[c].dt.tz_convert(None).to_numpy().astype("datetime64[s]") for c in ("open", "close"))
        return np.stack([column.astype(np.int64) for column in (days, *times)])
