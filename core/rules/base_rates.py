"""How often a rule was raised and what its target did then, against any day (warnings.md C.3 and C.4).

Prices are closes with dividends. A window begins at the close of the session it is counted from; one that the end
of the data cuts short, or that has a hole, tells nothing and is left out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.i18n import _
from core.panel import Floats
from core.periods import YEAR
from core.rules.course import CLEAR, Course
from core.rules.wording import share
from core.universe import BENCHMARK, SMALL

HORIZON, FALL = 63, 0.05
"""The event the base rates are told of: a close this much lower within so many sessions."""

FEW = 10
"""Fewer cases than these are called what they are: an anecdote."""

FEW_YEARS = 5
"""Fewer years than these are told with a decimal."""

_ABOUT_SMALL_CAPS = ("W01", "W02", "W03", "W11", "W12", "W13", "W18")
_WITHOUT = ("W20",)
"""Rules about the data, which say nothing about a market."""


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """What lies ahead of each session within `horizon`: the return, and the lowest close against its own."""

    horizon: int
    ret: Floats
    low: Floats

    def until(self, t: int) -> Ahead:
        """What of it was known after the session of row t: the windows that had ended by then."""
        known = np.arange(t + 1) + self.horizon <= t
        ret, low = (np.where(known, values[: t + 1], np.nan) for values in (self.ret, self.low))
        return Ahead(self.horizon, ret, low)


def measurable(rule_id: str) -> bool:
    """Whether a rule says something of the market; one about the data is followed by nothing."""
    return rule_id not in _WITHOUT


def target(rule_id: str, subject: str, watched: Collection[str]) -> str | None:
    """The symbol a rule is measured on (C.3): its subject, else small caps or SPY; None where it is not measurable."""
    if not measurable(rule_id):
        return None
    if subject in watched:
        return subject
    return SMALL if rule_id in _ABOUT_SMALL_CAPS else BENCHMARK


def look_ahead(closes: Floats, horizon: int = HORIZON) -> Ahead:
    """The windows of all sessions, NaN where one is not whole; arrays of the shape of `closes`, (T,)."""
    ret, low = np.full(len(closes), np.nan), np.full(len(closes), np.nan)
    whole = len(closes) - horizon
    if whole > 0:
        windows = sliding_window_view(closes[1:], horizon)
        low[:whole] = windows.min(axis=1) / closes[:whole] - 1.0
        ret[:whole] = windows[:, -1] / closes[:whole] - 1.0
        ret[np.isnan(low)] = np.nan
    return Ahead(horizon, ret, low)


@dataclass(frozen=True, slots=True)
class Record:
    """What is told beside a rule; `n` of the `fired` cases have a whole window ahead of them.

    `low` and `high` bound `p_entry` by the bootstrap, None where no backtest was kept; `until` is the last session.
    """

    fired: int
    years: float
    n: int
    p_entry: float | None
    p_base: float | None
    until: date
    low: float | None = None
    high: float | None = None
    horizon: int = HORIZON
    fall: float = FALL

    def told(self) -> dict[str, str | float | int | None]:
        """The record as the snapshot carries it, with its sentence."""
        return {**asdict(self), "until": self.until.isoformat(), "text": self.sentence()}

    def sentence(self) -> str:
        """The record in words (C.1), with the number of cases where they are few."""
        if not self.years:
            return _("History: never evaluated")
        years = f"{self.years:.0f}" if self.years >= FEW_YEARS else f"{self.years:.1f}"
        if not self.fired:
            return _("History: never fired in {years} years").format(years=years)
        times = _("once") if self.fired == 1 else _("{n} times").format(n=self.fired)
        head = _("History: fired {times} in {years} years").format(times=times, years=years)
        if self.p_entry is None or self.p_base is None:
            return _("{head}, none with {horizon} sessions behind it").format(head=head, horizon=self.horizon)
        body = _(
            "{head}; followed by a ≥{fall} lower close within {horizon} sessions in {p} of cases (any day: {base})"
        )
        told = body.format(
            head=head, fall=share(self.fall), horizon=self.horizon, p=share(self.p_entry), base=share(self.p_base)
        )
        return f"{told}; {few(self.n)}" if self.n < FEW else told


def record(course: Course, ahead: Ahead, until: date) -> Record:
    """The short record of a rule whose target has these windows ahead, up to the session `until`."""
    evaluated = course.levels >= CLEAR
    known = np.isfinite(ahead.low)
    fell = ahead.low <= -FALL
    cases = course.entries[known[course.entries]]
    days = evaluated & known
    return Record(
        fired=len(course.entries),
        years=round(float(evaluated.sum()) / YEAR, 1),  # of the rule's own data: "in 7 years" means seven evaluated
        n=len(cases),
        p_entry=float(fell[cases].mean()) if len(cases) else None,
        p_base=float(fell[days].mean()) if days.any() else None,
        until=until,
    )


def few(n: int) -> str:
    """What so few cases are."""
    return _("n = 0: no case yet") if n == 0 else _("n = {n}: anecdote, not evidence").format(n=n)
