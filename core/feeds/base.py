"""The one seam between Tapeboard and the sources of market data.

A feed blocks while it works and is therefore always called from a daemon thread of ours, never from the
event loop. It raises `core.errors.FeedError` only when nothing at all can be had; what single symbols
fail to give is named in `problems`, the rest is returned. Text that comes from outside (names, error
messages) must have passed `core.text.clean` before it leaves a feed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from core.errors import FeedError
from core.model import Doubt, Instant, Instrument, Problem, Quote, Rejected, Session
from core.panel import Bars


@dataclass(frozen=True, slots=True)
class History:
    """Finished daily bars per symbol (never an empty series), and what could not be had.

    `fetched_at`: when somebody fetched them from their source, None where this call did. A remote feed gives in
    `fresh` the whole series that are to be stored, and in `rejected` what it did not believe; each of them once.
    """

    bars: Mapping[str, Bars]
    problems: tuple[Problem, ...] = ()
    fetched_at: Instant | None = None
    fresh: tuple[Bars, ...] = ()
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class Quotes:
    """Quotes of the session in progress per symbol (empty for feeds without one).

    `doubts`: the symbols whose newest price was rejected, as long as no good one has come.
    """

    quotes: Mapping[str, Quote] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """One symbol of a fill: its whole series, None where there is none; `fresh`: it is to be stored.

    `error`: how asking for it failed, if it did; `problems` and `rejected` as in `History`.
    """

    symbol: str
    bars: Bars | None
    fresh: bool
    error: FeedError | None
    problems: tuple[Problem, ...]
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True)
class FeedState:
    """How a remote feed is doing, for the header.

    `open`: nothing is asked until `next_try` (about), because of `cause`. `requests`: sent in the last minute.
    `answered`: the source has answered since the feed was opened. A feed that asks nobody is as this is by default.
    """

    open: bool = False
    cause: str = ""
    next_try: Instant | None = None
    requests: int = 0
    answered: bool = False


class Feed(Protocol):
    """A source of market data.

    `simulated`: its numbers are invented and must be marked so everywhere, and never stored.
    `always_open`: it has a session of its own that never closes (the simulated feed).
    """

    name: str
    simulated: bool
    always_open: bool

    def history(self, wanted: Sequence[Instrument], first: Session, last: Session) -> History:
        """Daily bars of sessions `first` to `last` inclusive."""
        ...

    def quotes(self, wanted: Sequence[Instrument], session: Session, now: Instant) -> Quotes:
        """The provisional state of `session` at `now`; the adjusted closes of the history lead up to these prices."""
        ...

    def state(self) -> FeedState:
        """How the source is doing; asks nobody."""
        ...

    def known(self) -> frozenset[str]:
        """Symbols this feed can name without asking anybody, for the resolver's suggestions."""
        ...

    def close(self) -> None:
        """Stop whatever is under way; later calls may fail."""
        ...


@runtime_checkable
class Patient(Feed, Protocol):
    """A feed that is asked symbol by symbol, so that a fill may take many minutes."""

    def stream(
        self,
        wanted: Sequence[Instrument],
        first: Session,
        last: Session,
        *,
        patience: float,
        idle: Callable[[], None],
    ) -> Generator[Fetched]:
        """Each of `wanted` as soon as it is complete or has failed; what is complete already is not asked for.

        A symbol waits `patience` seconds where the source refuses. `idle` is called about once a second while none
        comes.
        """
        ...
