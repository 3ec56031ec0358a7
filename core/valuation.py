"""What funds cost by their fundamentals: one snapshot a day, of our own, because no history of it is free.

Frozen values between the feed that gives them, the store that keeps them, and the engine (metrics.md L1 to L3, F1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from core.model import Instant, Rejected, Session
from core.universe import LARGE, SMALL

FUNDS = (SMALL, "IJR", LARGE)
"""The funds whose fundamentals are kept; L2 sets the first against the last."""

TEN_YEARS = "^TNX"
"""The yield that L3 holds earnings against, in percent."""

Losses: TypeAlias = Literal["included", "excluded", "unknown"]
"""Whether companies with negative earnings count in a fund's P/E: vendors differ, and many do not say."""


@dataclass(frozen=True, slots=True)
class Fundamentals:
    """One fund at the price of `session`, quoted at `asof`, asked for at `fetched_at`; None where nothing was given.

    Ratios are of price to earnings and to book value, `shares` those outstanding, `price` in dollars. One without
    any value says that the source was asked and had nothing; one without a `source`, that nobody answered.
    """

    symbol: str
    session: Session
    asof: Instant
    fetched_at: Instant
    source: str
    trailing_pe: float | None = None
    forward_pe: float | None = None
    price_to_book: float | None = None
    shares: float | None = None
    price: float | None = None
    losses: Losses = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source said of the funds, and what of it was not believed; `failure` in words where it said nothing.

    `more`: it is still being asked.
    """

    found: tuple[Fundamentals, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    failure: str = ""
    more: bool = False
