"""The result of one refresh, frozen: what the screen shows and what `tapeboard snapshot` prints.

Field names and units are a contract (schema 1): returns, spreads, volatilities, distances and shares are
fractions (0.0123 = 1.23 %); levels are in the quote currency; dates and instants ISO; a value that cannot
be computed is None and `status` says why. Compared by identity: a pane that holds the same object has
nothing to repaint. Imports neither numpy nor pandas: the screen shows a stored snapshot before those load.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias

import msgspec

from core.snapshot_blocks import Appetite, Breadth, Concentration, Course, FundValuation, Risk, Valuation
from core.snapshot_rows import RANK_WINDOWS, Rotation, Row, SectorRow, Spread, Status, Value, number

__all__ = [
    "EMPTY",
    "RANK_WINDOWS",
    "SCHEMA",
    "Appetite",
    "Breadth",
    "Concentration",
    "Course",
    "Evaluated",
    "Evidence",
    "FundValuation",
    "Gauge",
    "Phase",
    "ProblemNote",
    "Risk",
    "RiskWarning",
    "Rotation",
    "Row",
    "RuleState",
    "SectorRow",
    "SessionStatus",
    "Snapshot",
    "Source",
    "Spread",
    "Status",
    "Valuation",
    "Value",
    "Verdict",
    "VerdictState",
    "from_json",
    "number",
    "to_json",
]

SCHEMA = 1

SessionStatus: TypeAlias = Literal["final", "intraday", "stale"]
Phase: TypeAlias = Literal["pre", "open", "after", "closed", "simulated"]
RuleState: TypeAlias = Literal["NOT_EVALUATED", "CLEAR", "INFO", "WATCH", "WARNING"]
VerdictState: TypeAlias = Literal["BROADENING", "MIXED", "NARROWING", "NOT EVALUATED"]


class ProblemNote(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Something the user must know; see `core.model.Problem`."""

    kind: str
    symbol: str | None = None
    text: str


class Source(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where the numbers come from. `asof` is the time of the newest datum, `fetched_at` when we got it.

    `oldest` is the time of the oldest price; yields and implied volatilities, which keep other hours, do not count.
    `breaker` says why the feed asks nothing until `next_try`, "" while it asks. `quarantined` values of the watched
    symbols were ever rejected. `final_at` is when the bars of a session in progress, or the last one, are final.
    """

    feed: str
    simulated: bool
    asof: datetime | None = None
    oldest: datetime | None = None
    fetched_at: datetime | None = None
    final_at: datetime | None = None
    breaker: str = ""
    next_try: datetime | None = None
    quarantined: int = 0
    problems: tuple[ProblemNote, ...] = ()


class Evidence(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One piece of the verdict's evidence; `holds` is None where it could not be evaluated."""

    id: str
    text: str
    value: Value
    holds: bool | None


class Verdict(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """The state of the market in one word, with its evidence (warnings.md C.1b)."""

    state: VerdictState
    score: int
    of: int
    evidence: tuple[Evidence, ...] = ()
    since: date | None = None
    fragile: bool | None = None
    provisional: bool = False
    text: str = ""


class Gauge(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """The number that decides a rule, `id` among its evidence, and the thresholds it is raised, warned and left at.

    A threshold that the rule does not have is None. `direction` is the side of `enter` on which it is raised, and the
    rule is left on the other side of `leave`. A fraction is shown as a percentage, a count without decimals.
    """

    id: str
    label: str
    value: Value = None
    enter: Value = None
    warn: Value = None
    leave: Value = None
    direction: Literal["above", "below"] = "above"
    unit: Literal["fraction", "number", "count"] = "number"


class RiskWarning(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One rule applied to one subject. `since_at_least`: the state is older than the loaded history.

    `acknowledged` by the user, until the state changes; the rule is muted till the end of `muted_until`.
    """

    id: str
    subject: str
    title: str
    state: RuleState
    since: date | None = None
    since_at_least: bool = False
    sessions: int | None = None
    provisional: bool = False
    partial: bool = False
    label: str | None = None
    text: str = ""
    evidence: dict[str, float | int | str | bool | None] = {}
    gauge: Gauge | None = None
    condition: str = ""
    missing: tuple[str, ...] = ()
    history: dict[str, str | float | int | None] = {}
    acknowledged: bool = False
    muted_until: date | None = None


class Evaluated(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """How many rules could be evaluated, of how many there are."""

    rules: int
    of: int


class Snapshot(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Everything one refresh knows, or was known on an evening of the `past`.

    `not_evaluated` names the metrics that have no source, with the reason.
    """

    schema: int = SCHEMA
    tapeboard: str = ""
    session: date | None = None
    session_status: SessionStatus = "stale"
    half_day: bool = False
    past: bool = False
    phase: Phase = "closed"
    viewed_at: datetime | None = None
    next_session: date | None = None
    next_open: datetime | None = None
    source: Source = Source(feed="", simulated=False)
    verdict: Verdict = Verdict(state="NOT EVALUATED", score=0, of=4)
    basis: str = "tr"
    leadership: tuple[Row, ...] = ()
    sectors: tuple[SectorRow, ...] = ()
    watchlist: tuple[Row, ...] = ()
    spreads: tuple[Spread, ...] = ()
    rotation: Rotation = Rotation(scheme="")
    breadth: Breadth = Breadth(universe="core")
    concentration: Concentration = Concentration()
    risk: Risk = Risk()
    valuation: Valuation = Valuation()
    warnings: tuple[RiskWarning, ...] = ()
    evaluated: Evaluated = Evaluated(rules=0, of=0)
    not_evaluated: dict[str, str] = {}


EMPTY = Snapshot()
"""Nothing known yet."""


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Snapshot)


def to_json(snapshot: Snapshot) -> bytes:
    """The snapshot as one JSON document, UTF-8, without a final newline."""
    return _encoder.encode(snapshot)


def from_json(document: bytes) -> Snapshot:
    """The inverse of `to_json`. Raises `msgspec.ValidationError` on any other document."""
    return _decoder.decode(document)
