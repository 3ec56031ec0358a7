"""What a chart is drawn from: series over sessions, frozen, oldest first. Standard library only.

All tuples of one result have the same length. Prices are in the quote currency, ratios are plain numbers; a value
that is missing, or whose window is not full yet, is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, TypeAlias

from core.model import Session
from core.snapshot import Gauge, RiskWarning, Row, RuleState, Value

Values: TypeAlias = tuple[Value, ...]

_LEVELS: Final[Mapping[RuleState, int]] = {"NOT_EVALUATED": -1, "CLEAR": 0, "INFO": 1, "WATCH": 1, "WARNING": 2}


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


@dataclass(frozen=True, slots=True, eq=False)
class RuleStep:
    """One step of a rule from a state to another, and the evidence of that session; `provisional`: it is not over."""

    session: Session
    old: RuleState
    new: RuleState
    evidence: Mapping[str, float | int | str | bool | None]
    provisional: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RuleDetail:
    """One rule on one subject over all loaded sessions that are finished: `levels` as in `RuleCourse`, its steps.

    `gauge` is None where no single number decides it. `informs`: level 1 is INFO.
    """

    id: str
    subject: str
    informs: bool
    sessions: tuple[Session, ...]
    levels: tuple[int, ...]
    steps: tuple[RuleStep, ...]
    gauge: GaugeSeries | None

    def ending_in(self, warning: RiskWarning, session: Session | None) -> RuleDetail:
        """The same with the state of the moment, of a session in progress too, and the step that leads to it.

        Data health is judged by the clock, so even its state of a finished session may be another now.
        """
        level = _LEVELS[warning.state]
        if session is None or not self.sessions or session < self.sessions[-1]:
            return self
        past = len(self.sessions) - (session == self.sessions[-1])
        if self.levels[past:] == (level,):
            return self
        steps = tuple(step for step in self.steps if step.session < session)
        old = steps[-1].new if steps else "CLEAR"
        if warning.state not in ("NOT_EVALUATED", old):
            steps += (RuleStep(session, old, warning.state, dict(warning.evidence), provisional=warning.provisional),)
        sessions, levels = (*self.sessions[:past], session), (*self.levels[:past], level)
        return replace(self, sessions=sessions, levels=levels, steps=steps)


@dataclass(frozen=True, slots=True, eq=False)
class Drawdowns:
    """Where a symbol stands below its highest close since `since`, and where it stood lowest, on the shown basis (V9).

    Depths are fractions, at most 0. `trough` is the session of the deepest fall, `top` that of the high before it,
    `recovered` the first later one that was as high again, None while there is none. `sessions` have passed since
    `peak`.
    """

    since: Session
    depth: float
    peak: Session
    sessions: int
    deepest: float
    top: Session
    trough: Session
    recovered: Session | None


@dataclass(frozen=True, slots=True, eq=False)
class SymbolDetail:
    """Two years of one symbol up to a session.

    `row` has the metrics of a member of the universe; those of a watched symbol stand in the snapshot. `drawdowns`
    is None without a price.
    """

    symbol: str
    prices: PriceSeries
    drawdowns: Drawdowns | None
    row: Row | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MemberRow:
    """One member of a universe: returns by window (1s on `px`), distances from the average of 50 and from the high.

    `weight` is that in the fund whose index the universe is, `brought` what the member added to the return of this
    fund by window. `last` is of `session`. `status` says in the words of the snapshot why values are absent: "ok",
    or the reason of the whole row.
    """

    symbol: str
    name: str
    last: Value = None
    session: Session | None = None
    ret: dict[str, Value] = field(default_factory=dict)
    dist_sma50: Value = None
    dist_high_252: Value = None
    weight: Value = None
    brought: dict[str, Value] = field(default_factory=dict)
    status: str = "ok"


@dataclass(frozen=True, slots=True, eq=False)
class SectorMembers:
    """The members of `universe` in the `sector` of a fund, as of `session`.

    `used` of the rows have a price of that session that is not in doubt. `caption` must stand beside the numbers:
    what list it is. `weights_of` is the fund whose weights are given, "" where there are none, `weights_dated` their
    day.
    """

    fund: str
    sector: str
    universe: str
    session: Session
    live: bool
    used: int
    rows: tuple[MemberRow, ...]
    caption: str
    weights_of: str = ""
    weights_dated: date | None = None
