"""Whether the claims of a published note hold, and under which convention: `tapeboard verify`.

The claims of a group are judged together, first by the conventions the note states (ours where it states none),
then by each of a fixed set: from the close before or from the open, `tr` or `px`, sample or population deviation,
the window moved by up to five sessions. A convention counts only if every claim of the group fits it within its
printed digits, for one number always fits something; how many were tried is told. A window of several sessions
moves at its start, what belongs to one session moves as a whole.

Pure: panel in, verdicts out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Literal, TypeAlias

import msgspec
import numpy as np

from core.claims import LEVELS, UNSTATED, Claim, ClaimFile, ClaimGroup, Printed, printed
from core.metrics.statistics import ranks
from core.model import Session
from core.panel import Floats, Panel
from core.periods import months_back
from core.settings import Basis
from core.snapshot import Value, number

SHIFTS = range(-5, 6)
"""Sessions by which a window is moved in the search."""

Base: TypeAlias = Literal["close", "open"]

Finding: TypeAlias = Literal["holds", "holds otherwise", "fails", "not judged"]


@dataclass(frozen=True, slots=True)
class Convention:
    """How a number is made; `shift` moves the window, in sessions."""

    base: Base
    basis: Basis
    ddof: int
    shift: int = 0


class Fit(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A convention that fits, with the sessions it means: base and end of the window."""

    base: str
    basis: str
    ddof: int
    shift: int
    base_session: Session
    end_session: Session


class ClaimFinding(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One claim: what was printed, and what is measured in plain units under the convention of the group.

    `alone` are the conventions that fit this claim and not its whole group: no evidence, told for completeness.
    """

    subject: str
    metric: str
    n: int
    claimed: str
    measured: Value
    fits: bool
    alone: tuple[Fit, ...] = ()


class GroupFinding(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One group. `fits` are the conventions that fit all its claims, the nearest to the stated one first.

    `no_session`: the day the group ends at, where the exchange did not trade; then nothing holds as printed.
    `missing`: symbols without the prices it takes.
    """

    title: str
    finding: Finding
    tried: int
    stated: Fit | None
    fits: tuple[Fit, ...] = ()
    claims: tuple[ClaimFinding, ...] = ()
    no_session: date | None = None
    missing: tuple[str, ...] = ()


class Verification(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Every group of one file."""

    schema: int = 1
    title: str
    feed: str = ""
    groups: tuple[GroupFinding, ...] = ()


def verify(claims: ClaimFile, panel: Panel) -> Verification:
    """Judge every group on the prices of `panel`, which reach far enough back for all windows."""
    return Verification(title=claims.title, groups=tuple(_Judge(panel, group).finding() for group in claims.group))


class _Judge:
    """One group on one panel."""

    def __init__(self, panel: Panel, group: ClaimGroup) -> None:
        self._panel = panel
        self._group = group
        self._columns = {symbol: column for column, symbol in enumerate(panel.symbols)}
        self._end = int(np.searchsorted(panel.sessions, np.datetime64(group.to, "D"), "right")) - 1
        self._traded = self._end >= 0 and panel.sessions[self._end].item() == group.to
        self._printed = [(claim, printed(claim.value)) for claim in group.claim]

    def finding(self) -> GroupFinding:
        """See `GroupFinding`."""
        group = self._group
        stated = Convention(group.base, _basis(group.base, group.basis), group.ddof)
        tried = [c for c in self._conventions() if self._window(c) is not None]
        fits = [c for c in tried if all(self._fits(claim, claimed, c) for claim, claimed in self._printed)]
        fits.sort(key=lambda c: (c != stated, abs(c.shift), c.base != group.base, c.basis != group.basis))
        missing = self._missing(stated)
        told = fits[0] if fits else stated
        return GroupFinding(
            title=group.title,
            finding="not judged" if missing else self._word(stated, fits),
            tried=len(tried),
            stated=self._told(stated),
            fits=tuple(fit for fit in map(self._told, fits) if fit is not None),
            claims=tuple(self._claim(claim, claimed, told, tried, fits) for claim, claimed in self._printed),
            no_session=None if self._traded else group.to,
            missing=missing,
        )

    def _word(self, stated: Convention, fits: list[Convention]) -> Finding:
        if not self._traded or not fits:
            return "fails"
        return "holds" if stated in fits else "holds otherwise"

    def _conventions(self) -> Iterator[Convention]:
        """Every convention that makes a difference to a claim of this group, once."""
        metrics = {claim.metric for claim in self._group.claim}
        based: list[tuple[Base, Basis]] = [("close", "tr"), ("close", "px")]
        if metrics & {"return", "rank"}:
            based.append(("open", "px"))
        elif "volatility" not in metrics:
            based = [("close", self._group.basis)]  # levels and volumes are what they are
        ddofs = (0, 1) if "volatility" in metrics else (self._group.ddof,)
        for (base, basis), ddof, shift in product(based, ddofs, SHIFTS):
            yield Convention(base, basis, ddof, shift)

    def _claim(
        self, claim: Claim, claimed: Printed, told: Convention, tried: list[Convention], fits: list[Convention]
    ) -> ClaimFinding:
        measured = self._measure(claim, told)
        alone = [] if fits else [c for c in tried if self._fits(claim, claimed, c)]
        return ClaimFinding(
            subject=claim.subject,
            metric=claim.metric,
            n=claim.n,
            claimed=claim.value,
            measured=number(measured),
            fits=claimed.fits(measured),
            alone=tuple(fit for fit in map(self._told, alone) if fit is not None),
        )

    def _fits(self, claim: Claim, claimed: Printed, convention: Convention) -> bool:
        return claimed.fits(self._measure(claim, convention))

    def _missing(self, stated: Convention) -> tuple[str, ...]:
        lacking = [c for c, _number in self._printed if np.isnan(self._measure(c, replace(stated, base="close")))]
        return tuple(dict.fromkeys(symbol for claim in lacking for symbol in self._unpriced(claim)))

    def _unpriced(self, claim: Claim) -> tuple[str, ...]:
        """The symbols of a claim that have no close at the end, or all where a session inside is what lacks."""
        columns = {symbol: self._columns.get(symbol) for symbol in claim.symbols}
        absent = tuple(
            s for s, c in columns.items() if c is None or self._end < 0 or np.isnan(self._panel.px[self._end, c])
        )
        return absent or claim.symbols

    def _window(self, convention: Convention) -> tuple[int, int] | None:
        """First and last row of the window; None where it leaves the panel or turns round."""
        first, last = self._begin(), self._end
        if first is None:
            return None
        whole = first == last
        first, last = first + convention.shift, last + (convention.shift if whole else 0)
        inside = 1 <= first <= last < len(self._panel.sessions)
        return (first, last) if inside else None

    def _begin(self) -> int | None:
        group, sessions = self._group, self._panel.sessions
        if group.begin != UNSTATED:
            return int(np.searchsorted(sessions, np.datetime64(group.begin, "D"), "left"))
        if group.window.endswith("m"):
            base = months_back(sessions, self._end, int(group.window[:-1])) if self._end >= 0 else None
            return None if base is None else base + 1
        return self._end - int(group.window[:-1] or 1) + 1 if group.window else self._end

    def _told(self, convention: Convention) -> Fit | None:
        window = self._window(convention)
        if window is None:
            return None
        first, last = window
        base = first - 1 if convention.base == "close" else first
        return Fit(
            base=convention.base,
            basis=convention.basis,
            ddof=convention.ddof,
            shift=convention.shift,
            base_session=self._panel.sessions[base].item(),
            end_session=self._panel.sessions[last].item(),
        )

    def _measure(self, claim: Claim, convention: Convention) -> float:
        """The number a claim is about, in plain units; NaN where a price lacks."""
        window = self._window(convention)
        columns = [self._columns.get(symbol) for symbol in claim.symbols]
        if window is None or None in columns:
            return np.nan
        first, last = window
        column = self._columns[claim.subject]
        if claim.metric in LEVELS:
            return self._level(claim, column, last)
        if claim.metric == "volume":
            return float(self._panel.volume[first : last + 1, column].mean())
        if claim.metric == "volatility":
            closes = self._prices(convention)[first : last + 1, column]
            return float((closes[1:] / closes[:-1] - 1.0).std(ddof=convention.ddof)) if len(closes) > 2 else np.nan
        returns = self._returns(convention, first, last)
        if claim.metric == "return":
            return float(returns[column])
        among = [self._columns[symbol] for symbol in claim.among]
        return float(ranks(returns[among])[claim.among.index(claim.subject)])

    def _level(self, claim: Claim, column: int, row: int) -> float:
        panel = self._panel
        if claim.metric == "average":
            return float(panel.px[row - claim.n + 1 : row + 1, column].mean()) if row + 1 >= claim.n else np.nan
        return float({"close": panel.px, "high": panel.high, "low": panel.low}[claim.metric][row, column])

    def _prices(self, convention: Convention) -> Floats:
        return self._panel.px if convention.basis == "px" else self._panel.tr

    def _returns(self, convention: Convention, first: int, last: int) -> Floats:
        prices = self._prices(convention)
        base = self._panel.open[first] if convention.base == "open" else prices[first - 1]
        returns: Floats = prices[last] / base - 1.0
        return returns


def _basis(base: Base, basis: Basis) -> Basis:
    """Nobody adjusts opens for dividends: from the open everything is on price."""
    return "px" if base == "open" else basis
