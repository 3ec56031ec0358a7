"""The vocabulary of Tapeboard: instruments, quotes, problems. Frozen values, no I/O, standard library only.

Kept free of numpy on purpose: the screen imports it before its first paint.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

Session: TypeAlias = date
"""The XNYS trading date a daily bar belongs to; never a timestamp."""

Instant: TypeAlias = datetime
"""A moment in time, always with its UTC offset."""


class SymbolClass(StrEnum):
    """What a symbol is; decides which price bases and which metrics make sense for it."""

    INDEX = "index"  # price-return level, one basis only, volume is not its own
    FUND = "fund"
    STOCK = "stock"
    RATE = "rate"  # a yield in percent: changes in basis points, never returns
    VOLATILITY = "volatility"  # an implied volatility: changes in points, never returns

    @property
    def has_returns(self) -> bool:
        """Whether a percentage return of this symbol means anything."""
        return self not in (SymbolClass.RATE, SymbolClass.VOLATILITY)

    @property
    def has_total_return(self) -> bool:
        """Whether the symbol pays distributions, so that `tr` differs from `px`."""
        return self in (SymbolClass.FUND, SymbolClass.STOCK)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One watched symbol. `group` is the id of the universe group it stands in."""

    symbol: str
    name: str
    cls: SymbolClass
    group: str


@dataclass(frozen=True, slots=True)
class Group:
    """A declared group of the universe; ranks are computed inside it when `ranked`."""

    id: str
    title: str
    cls: SymbolClass
    ranked: bool
    instruments: tuple[Instrument, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """The state of one symbol inside a session that is not finished; prices on basis `px`.

    `asof` is the time of the quote itself, not of its retrieval. Missing parts are None.
    """

    symbol: str
    session: Session
    price: float
    asof: Instant
    open: float | None = None
    high: float | None = None
    low: float | None = None
    volume: float | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the user must know: shown in the header, listed in `source.problems`.

    `kind` is one word: of a symbol `missing`, `unknown-symbol`, `rejected`, `duplicate`, `rescaled` or `restated`; of
    a source `feed`, `late`, `partial`, `stream`, `fundamentals` or `unreadable`; else `store` or `notify`.
    """

    kind: str
    symbol: str | None
    text: str

    @classmethod
    def of_store(cls, error: Exception, symbol: str | None = None) -> Problem:
        """What a store could not give or keep."""
        return cls("store", symbol, str(error))


Place: TypeAlias = tuple[str, Session, str]
"""Symbol, session and field of a value that was rejected: there is one word about it in the quarantine."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A value of a source that was not believed: kept aside with the reason, in words, and never computed with.

    `field` is the name of a column of a bar or of a part of a quote.
    """

    symbol: str
    session: Session
    field: str
    value: float
    reason: str

    @property
    def place(self) -> Place:
        """Where the value stood."""
        return self.symbol, self.session, self.field


@dataclass(frozen=True, slots=True)
class Doubt:
    """The price that a source gives of a symbol now is not believed, `since` then, for a `reason` in words."""

    symbol: str
    since: Instant
    reason: str


class Stage(StrEnum):
    """What a refresh is at, where it may take seconds."""

    READING = "reading"
    COMPUTING = "computing"


class Watch(Protocol):
    """Called before every part of a refresh, from its thread."""

    def __call__(self, stage: Stage, done: int = 0, total: int = 0, name: str = "") -> None:
        """What is done of a stage, what there is in all (0: unknown), and the name of the part that is next."""
        ...


def unwatched(stage: Stage, done: int = 0, total: int = 0, name: str = "") -> None:
    """The `Watch` of nobody."""


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How the feed is doing beside what a snapshot says: requests sent in the last minute, and all it did not believe.

    `rejected` is of the watched symbols, the newest session first.
    """

    requests: int
    rejected: tuple[Rejected, ...] = ()
