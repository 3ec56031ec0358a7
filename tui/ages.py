"""How old what is shown is. Pure: from the times in a snapshot, never from a clock, so that it stands still with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from core.snapshot import Row, Snapshot
from tui.format import date_et, short_day, time_et

DELAYED: Final = timedelta(minutes=15)
"""A quote that was older than this when it was looked at is a delayed one."""

_FINAL_AFTER: Final = timedelta(minutes=15)
"""Between the close of a session and the time its bars are final."""


class Age(StrEnum):
    """What a price is: of the session in progress, or of it but late, or its close, or that of an earlier session."""

    LIVE = "live"
    DELAYED = "delayed"
    CLOSE = "close"
    STALE = "stale"


def of_row(row: Row, snapshot: Snapshot) -> Age:
    """How old the price of a row is among those of its snapshot."""
    behind = row.session is not None and snapshot.session is not None and row.session < snapshot.session
    if behind or snapshot.session_status == "stale":
        return Age.STALE
    if is_delayed(row.asof, snapshot):
        return Age.DELAYED
    return Age.LIVE if snapshot.phase in ("open", "simulated") else Age.CLOSE


def is_delayed(asof: datetime | None, snapshot: Snapshot) -> bool:
    """Whether a quote of the session in progress came late, against the close where that is over."""
    looked = snapshot.viewed_at
    if asof is None or looked is None or snapshot.session_status != "intraday":
        return False
    final = snapshot.source.final_at
    return (looked if final is None else min(looked, final - _FINAL_AFTER)) - asof > DELAYED


def moment(at: datetime | None, snapshot: Snapshot) -> str:
    """A time in words: the clock's, with its day where that is another one than the day it was looked at."""
    if at is None or snapshot.viewed_at is None or date_et(at) == date_et(snapshot.viewed_at):
        return time_et(at)
    return f"{short_day(date_et(at), date_et(snapshot.viewed_at))} {time_et(at)}"
