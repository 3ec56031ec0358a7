"""The own daily snapshots of the fundamentals over time, read as of any session: nothing later is ever looked at.

A snapshot serves for a week after its session, so that a program that was not started for some days still has one.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from core.metrics.valuation import earnings_yield_gap, flow, relative_pe, relative_pe_percentile
from core.model import Session
from core.universe import LARGE, SMALL
from core.valuation import FUNDS, Fundamentals

SERVES = timedelta(days=7)

FROZEN = 5
"""Shares outstanding that stay the same over more snapshots are not kept up by the source: they change daily."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Valuation as of one session; NaN where it cannot be said.

    `relative_pe` is of the newest session with both P/E, `percentile` its rank among the `snapshots` until then,
    `gap` that of IWM. `newest` is the session of the newest snapshot of all, however old; `sourced`: there is
    somebody to ask for them.
    """

    small: Fundamentals | None = None
    large: Fundamentals | None = None
    newest: Session | None = None
    relative_pe: float = math.nan
    percentile: float = math.nan
    snapshots: int = 0
    gap: float = math.nan
    sourced: bool = True


@dataclass(frozen=True, slots=True)
class Flow:
    """F1 of one fund: dollars since the snapshot of `since`; `unchanged` since that session where shares are frozen."""

    dollars: float = math.nan
    since: Session | None = None
    unchanged: Session | None = None
    split: bool = False


class ValuationSeries:
    """Snapshots by fund and session; `minimum` of them are needed for the percentile of the relative P/E.

    `any`: there is one that says anything.
    """

    def __init__(self, found: Iterable[Fundamentals], minimum: int) -> None:
        self.minimum = minimum
        said = sorted((one for one in found if _says(one)), key=lambda one: one.session)
        self._by_fund = {fund: [one for one in said if one.symbol == fund] for fund in FUNDS}
        small, large = (
            {one.session: one.trailing_pe for one in self._by_fund[fund] if one.trailing_pe is not None}
            for fund in (SMALL, LARGE)
        )
        self.any = bool(said)
        self._both = sorted(small.keys() & large.keys())
        self._relative = relative_pe(
            np.array([small[day] for day in self._both]), np.array([large[day] for day in self._both])
        )

    def of(self, fund: str, session: Session) -> Fundamentals | None:
        """The newest snapshot of `fund` that serves at `session`."""
        until = self._until(fund, session)
        return until[-1] if until and session - until[-1].session <= SERVES else None

    def reading(self, session: Session, yield_10y: float) -> Reading:
        """Valuation as of `session`, with the 10-year yield of then as a fraction."""
        ends = [until[-1].session for fund in FUNDS if (until := self._until(fund, session))]
        if not ends:
            return Reading()
        count = bisect_right(self._both, session)
        serves = count > 0 and session - self._both[count - 1] <= SERVES
        small = self.of(SMALL, session)
        return Reading(
            small=small,
            large=self.of(LARGE, session),
            newest=max(ends),
            relative_pe=float(self._relative[count - 1]) if serves else math.nan,
            percentile=relative_pe_percentile(self._relative[:count], self.minimum) if serves else math.nan,
            snapshots=count,
            gap=gap(small, yield_10y),
        )

    def flow(self, fund: str, session: Session) -> Flow:
        """What flowed between the two newest snapshots of `fund`, if the newer one serves at `session`."""
        counted = [one for one in self._until(fund, session) if one.shares and one.price]
        if len(counted) < 2 or session - counted[-1].session > SERVES:
            return Flow()
        before, now = counted[-2:]
        same = _same_to_the_end(counted)
        if len(same) > FROZEN:
            return Flow(since=before.session, unchanged=same[0].session)
        dollars = flow(before.shares or math.nan, now.shares or math.nan, now.price or math.nan)
        return Flow(dollars, before.session, split=math.isnan(dollars))

    def _until(self, fund: str, session: Session) -> Sequence[Fundamentals]:
        course = self._by_fund[fund]
        return course[: bisect_right(course, session, key=lambda one: one.session)]


def gap(of: Fundamentals | None, yield_10y: float) -> float:
    """L3 of one fund; NaN where P/E or yield is missing."""
    return math.nan if of is None or of.trailing_pe is None else earnings_yield_gap(of.trailing_pe, yield_10y)


def _says(one: Fundamentals) -> bool:
    return any(value is not None for value in (one.trailing_pe, one.forward_pe, one.price_to_book, one.shares))


def _same_to_the_end(counted: Sequence[Fundamentals]) -> Sequence[Fundamentals]:
    """The last snapshots that all have the shares of the newest."""
    first = next((k for k in range(len(counted), 0, -1) if counted[k - 1].shares != counted[-1].shares), 0)
    return counted[first:]
