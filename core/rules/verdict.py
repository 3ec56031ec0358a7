"""The verdict: four pieces of evidence, one word (warnings.md C.1b). A new word must hold two sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from core.i18n import _
from core.metrics.concentration import EQUAL
from core.metrics.sectors import class_spread
from core.rules.market import Market
from core.rules.wording import pp, share
from core.universe import LARGE, SMALL

CONFIRM_SESSIONS = 2
SECTORS_NEEDED = 6
MEMBERS_NEEDED = 0.5


class Word(StrEnum):
    """What the verdict can say."""

    NOT_EVALUATED = "NOT EVALUATED"
    BROADENING = "BROADENING"
    MIXED = "MIXED"
    NARROWING = "NARROWING"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence; `holds` is None where an input is missing."""

    id: str
    text: str
    value: float
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The word in force, the row where it was confirmed, and the candidate that may replace it."""

    state: Word = Word.NOT_EVALUATED
    since: int | None = None
    candidate: Word = Word.NOT_EVALUATED
    held: int = 0

    def step(self, raw: Word, t: int) -> Confirmed:
        """After the session of row t; a session that cannot be evaluated changes nothing."""
        if raw is Word.NOT_EVALUATED:
            return self
        held = self.held + 1 if raw == self.candidate else 1
        counted = replace(self, candidate=raw, held=held)
        if raw != self.state and held >= CONFIRM_SESSIONS:
            return replace(counted, state=raw, since=t)
        return counted


@dataclass(frozen=True, slots=True)
class SectorClasses:
    """The scheme in force: columns of its cyclical and defensive funds, and of all sector funds.

    With a breadth universe `participation` gives the share of its members above their 50-session average at a
    row, and `universe` its name; without one the sector funds stand for it.
    """

    scheme: str
    cyclical: Sequence[int]
    defensive: Sequence[int]
    all: Sequence[int]
    universe: str | None = None
    participation: Callable[[int], float] | None = None


def raw_state(market: Market, sectors: SectorClasses, t: int) -> Word:
    """The word that the evidence of this one session spells."""
    holding = [holds for _value, holds in _values(market, sectors, t)]
    if any(holds is None for holds in holding):
        return Word.NOT_EVALUATED
    score = sum(holds is True for holds in holding)
    return Word.BROADENING if score >= 3 else Word.MIXED if score == 2 else Word.NARROWING


def evidence(market: Market, sectors: SectorClasses, t: int) -> tuple[Piece, ...]:
    """The four pieces with their sentences."""
    (small, small_holds), (equal, equal_holds), (cyclical, cyclical_holds), (above, above_holds) = _values(
        market, sectors, t
    )
    if sectors.universe is None:
        count = "—" if np.isnan(above) else round(above * len(sectors.all))
        broad = _("{n}/{of} sectors > 50d").format(n=count, of=len(sectors.all))
    else:
        broad = _("{share} of {universe} > 50d").format(share=share(above), universe=sectors.universe)
    return (
        Piece("small_lead", _("small caps {pp} / 63s").format(pp=pp(small)), small, small_holds),
        Piece("equal_weight", _("equal vs cap {pp} / 63s").format(pp=pp(equal)), equal, equal_holds),
        Piece(
            "cyclicals",
            _("cyclicals vs defensives {pp} / 21s {scheme}").format(pp=pp(cyclical), scheme=sectors.scheme),
            cyclical,
            cyclical_holds,
        ),
        Piece("participation", broad, above, above_holds),
    )


def _values(market: Market, sectors: SectorClasses, t: int) -> list[tuple[float, bool | None]]:
    small, equal = (market.value("ret_63s", fund, t) - market.value("ret_63s", LARGE, t) for fund in (SMALL, EQUAL))
    cyclical = class_spread(market.history, t, sectors.cyclical, sectors.defensive, 21)
    participation, broad = _participation(market, sectors, t)
    return [
        (small, _holds(small, small > 0)),
        (equal, _holds(equal, equal > 0)),
        (cyclical, _holds(cyclical, cyclical > 0)),
        (participation, _holds(participation, broad)),
    ]


def _participation(market: Market, sectors: SectorClasses, t: int) -> tuple[float, bool]:
    """The share above the 50-session average, and whether it is enough: half the members, or 6 of 11 funds."""
    if sectors.participation is not None:
        part = sectors.participation(t)
        return part, part >= MEMBERS_NEEDED
    above = market.history["above_sma50"][t, list(sectors.all)]
    part = float(np.mean(above)) if len(above) else np.nan
    return part, part > (SECTORS_NEEDED - 0.5) / 11


def _holds(value: float, condition: bool) -> bool | None:  # noqa: FBT001 - a condition is what it is about
    return None if np.isnan(value) else bool(condition)
