"""What a chart is drawn from: series over sessions, frozen, oldest first. Standard library only.

All tuples of one result have the same length. Prices are in the quote currency, ratios are plain numbers; a value
that is missing, or whose window is not full yet, is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from core.model import Session
from core.snapshot import Gauge, Value

Values: TypeAlias = tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Leaders:
    """Who stood first in a ranked group by one window on each session (R13); None where nobody did.

    `group` is the title of the group, `symbols` its members in the order of the configuration.
    """

    group: str
    window: str
    symbols: tuple[str, ...]
    sessions: tuple[Session, ...]
    leader: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RatioSeries:
    """The ratio of two symbols on the basis of the snapshot, with its averages of 50 and 200 sessions (R15)."""

    above: str
    below: str
    sessions: tuple[Session, ...]
    ratio: Values
    sma50: Values
    sma200: Values


@dataclass(frozen=True, slots=True, eq=False)
class PriceSeries:
    """The bars of one symbol on `px` with their averages (T1), and the 52-week range as of the last session (T5).

    `live`: the last bar is that of the session in progress, of which no open is known.
    """

    symbol: str
    sessions: tuple[Session, ...]
    open: Values
    high: Values
    low: Values
    close: Values
    volume: Values
    sma20: Values
    sma50: Values
    sma200: Values
    high_252: Value
    low_252: Value
    live: bool


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Several symbols on the basis of the snapshot, each 100 at the first session."""

    sessions: tuple[Session, ...]
    values: dict[str, Values]


@dataclass(frozen=True, slots=True, eq=False)
class RuleCourse:
    """The states of one rule on one subject: -1 not evaluated, 0 clear, 1 INFO or WATCH, 2 WARNING, by session."""

    id: str
    subject: str
    title: str
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Every rule that was raised on one of the sessions."""

    sessions: tuple[Session, ...]
    courses: tuple[RuleCourse, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GaugeSeries:
    """The number that decides a rule on one subject, over the past year of finished sessions."""

    gauge: Gauge
    sessions: tuple[Session, ...]
    values: Values
