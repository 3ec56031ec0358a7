"""What a backtest tells, as it is printed and kept. Returns, shares and rates are fractions; windows are sessions."""

from __future__ import annotations

from datetime import date

import msgspec

from core.rules.base_rates import FALL, FEW, HORIZON, Record, few

Bounds = tuple[float, float]
"""The 5th and the 95th percentile of the bootstrap."""


class _Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """Immutable."""


class Falls(_Frozen, kw_only=True, frozen=True):
    """How often a close `fall` lower came within the window: after entries, and on any day.

    `bounds` are those of `entry`, `excess_bounds` those of entry less base; None where too few draws have an entry.
    """

    fall: float
    entry: float | None
    base: float | None
    bounds: Bounds | None
    excess_bounds: Bounds | None


class Window(_Frozen, kw_only=True, frozen=True):
    """What followed within `horizon` sessions of the close.

    Of the entries `n` have their whole window in the data and `cut` have not; `days` are the evaluated sessions that
    have, which make the base. `ret` and `ret_base` are mean returns to the end of the window.
    """

    horizon: int
    n: int
    cut: int
    days: int
    ret: float | None
    ret_base: float | None
    ret_bounds: Bounds | None
    falls: tuple[Falls, ...]


class Variant(_Frozen, kw_only=True, frozen=True):
    """The same with one threshold moved; numbers None where the rule's other thresholds forbid that value."""

    threshold: str
    value: float
    moved: float
    episodes: int | None = None
    active: float | None = None
    n: int | None = None
    p_entry: float | None = None


class Null(_Frozen, kw_only=True, frozen=True):
    """How often the rule fires on markets made of shuffled blocks of this one; `panels` on which it was evaluated."""

    panels: int
    per_year: float
    bounds: Bounds
    active: float


class RuleResult(_Frozen, kw_only=True, frozen=True):
    """One rule on one subject, measured on `target`.

    `sessions` were evaluated, from `first` to `last`; `years` of 252. An episode goes from the entry to the return to
    CLEAR, `mean_length` counts its evaluated sessions, one not ended among them; `time_to_exit` is the median over the
    `exits`. `false_alarms`: share of entries not followed by the headline event. Of `drawdowns` of 10 % or more that
    began after 21 evaluated sessions, `missed` began with the rule CLEAR on all of them.
    """

    rule: str
    subject: str
    title: str
    target: str
    rule_set: str
    data_hash: str
    until: date
    sessions: int = 0
    first: date | None = None
    last: date | None = None
    years: float = 0.0
    entries: tuple[date, ...] = ()
    warnings: int = 0
    per_year: float | None = None
    active: float | None = None
    mean_length: float | None = None
    exits: int = 0
    time_to_exit: float | None = None
    windows: tuple[Window, ...] = ()
    false_alarms: float | None = None
    drawdowns: int = 0
    missed: int = 0
    sensitivity: tuple[Variant, ...] = ()
    null: Null | None = None
    needs: tuple[str, ...] = ()

    def few(self) -> str:
        """What so few cases are; nothing where they are enough to speak of a share."""
        n = self.windows[-1].n if self.windows else 0
        return few(n) if n < FEW else ""

    def headline(self) -> tuple[Window, Falls] | None:
        """The window and the event that are told first."""
        for window in self.windows:
            for falls in window.falls:
                if (window.horizon, falls.fall) == (HORIZON, FALL):
                    return window, falls
        return None

    def record(self) -> Record:
        """The short record that stands beside the rule."""
        window, falls = self.headline() or (None, None)
        bounds = None if falls is None else falls.bounds
        low, high = bounds or (None, None)
        return Record(
            fired=len(self.entries),
            years=round(self.years, 1),
            n=0 if window is None else window.n,
            p_entry=None if falls is None else falls.entry,
            p_base=None if falls is None else falls.base,
            until=self.until,
            low=low,
            high=high,
        )


class Backtest(_Frozen, kw_only=True, frozen=True):
    """All results, and the history they were made from. `left_out` names the rules that say nothing of a market."""

    feed: str
    simulated: bool
    universe: str
    rule_set: str
    data_hash: str
    first: date
    last: date
    sessions: int
    symbols: int
    draws: int
    block: int
    seed: int
    results: tuple[RuleResult, ...]
    left_out: tuple[str, ...] = ()
