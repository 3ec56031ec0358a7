"""The result of one refresh, frozen: what the screen shows and what `tapeboard snapshot` prints.

Field names and units are a contract (schema 1): returns, spreads, volatilities, distances and shares are
fractions (0.0123 = 1.23 %); levels are in the quote currency; dates and instants ISO; a value that cannot
be computed is None and `status` says why. Compared by identity: a pane that holds the same object has
nothing to repaint. Imports neither numpy nor pandas: the screen shows a stored snapshot before those load.
"""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

SCHEMA = 1

RANK_WINDOWS = ("1s", "5s", "21s", "63s", "126s", "252s")
"""The windows that are ranked, and that `w` steps through on the screen."""

Value: TypeAlias = float | None
Status: TypeAlias = str | dict[str, str]
SessionStatus: TypeAlias = Literal["final", "intraday", "stale"]
Phase: TypeAlias = Literal["pre", "open", "after", "closed", "simulated"]
RuleState: TypeAlias = Literal["NOT_EVALUATED", "CLEAR", "INFO", "WATCH", "WARNING"]
VerdictState: TypeAlias = Literal["BROADENING", "MIXED", "NARROWING", "NOT EVALUATED"]


class _Frozen(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Immutable, compared and hashed by identity."""


class ProblemNote(_Frozen, kw_only=True, frozen=True):
    """Something the user must know; see `core.model.Problem`."""

    kind: str
    symbol: str | None = None
    text: str


class Source(_Frozen, kw_only=True, frozen=True):
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


class Evidence(_Frozen, kw_only=True, frozen=True):
    """One piece of the verdict's evidence; `holds` is None where it could not be evaluated."""

    id: str
    text: str
    value: Value
    holds: bool | None


class Verdict(_Frozen, kw_only=True, frozen=True):
    """The state of the market in one word, with its evidence (warnings.md C.1b)."""

    state: VerdictState
    score: int
    of: int
    evidence: tuple[Evidence, ...] = ()
    since: date | None = None
    fragile: bool | None = None
    provisional: bool = False
    text: str = ""


class Row(_Frozen, kw_only=True, frozen=True):
    """One symbol. Levels, averages, highs and lows on `px`; `ret`, volatility, beta on `basis`.

    `ret` is absent for rates and volatility indices, which give `chg_bp` or `chg_pt` per window instead.
    `rank` is 1 for the best, ties share the average; `rank_of` is the number of ranked members.
    """

    symbol: str
    name: str
    group: str
    last: Value = None
    session: date | None = None
    asof: datetime | None = None
    status: Status = "ok"
    chg_1s: Value = None
    ret: dict[str, Value] | UnsetType = UNSET
    chg_bp: dict[str, Value] | UnsetType = UNSET
    chg_pt: dict[str, Value] | UnsetType = UNSET
    base: dict[str, date | None] = {}
    basis: str = "tr"
    rank: dict[str, Value] = {}
    rank_of: dict[str, int] = {}
    rank_change: dict[str, Value] = {}
    sma20: Value = None
    sma50: Value = None
    sma200: Value = None
    dist_sma20: Value = None
    dist_sma50: Value = None
    dist_sma200: Value = None
    slope_sma20: Value = None
    slope_sma50: Value = None
    slope_sma200: Value = None
    rsi14: Value = None
    pct_b: Value = None
    extension: Value = None
    atr14: Value = None
    high_252: Value = None
    low_252: Value = None
    dist_high_252: Value = None
    dist_low_252: Value = None
    high_close_252: Value = None
    dist_high_close_252: Value = None
    record_close: bool | None = None
    record_high: bool | None = None
    record_since: date | None = None
    records_week: int | None = None
    days_since_high: int | None = None
    sigma20: Value = None
    sigma60: Value = None
    sigma252: Value = None
    annual_vol: Value = None
    ewma_vol: Value = None
    vol_ratio: Value = None
    beta63: Value = None
    corr63: Value = None
    momentum_12_1: Value = None
    drawdown: Value = None
    max_drawdown: Value = None
    drawdown_sessions: int | None = None
    drawdown_252: Value = None
    volume: Value = None
    adv20: Value = None
    adv63: Value = None
    rel_volume: Value = None
    rs: dict[str, Value] = {}
    days_at_rank1: dict[str, int | None] = {}
    spark: tuple[Value, ...] = ()


class SectorRow(Row, kw_only=True, frozen=True):
    """A sector fund; `class` is its class in the scheme named in `rotation`.

    `tail` is (rs_ratio, rs_momentum) at the ends of the last weeks, `tail_days` on the last sessions, oldest first.
    """

    quadrant: str | None = None
    rs_ratio: Value = None
    rs_momentum: Value = None
    tail: tuple[tuple[Value, Value], ...] = ()
    tail_days: tuple[tuple[Value, Value], ...] = ()
    cls: str | None = msgspec.field(name="class", default=None)
    z_day: Value = None


class Spread(
    _Frozen,
    kw_only=True,
    frozen=True,
    rename={"s1": "1s", "s5": "5s", "s21": "21s", "s63": "63s", "s126": "126s", "s252": "252s"},
):
    """Relative strength of two symbols (R5 to R11), on the basis of the snapshot."""

    id: str
    s1: Value = None
    s5: Value = None
    s21: Value = None
    s63: Value = None
    s126: Value = None
    s252: Value = None
    relative: dict[str, Value] = {}
    z21: Value = None
    band63: tuple[Value, Value] = (None, None)
    agree: tuple[int | None, int] = (None, 6)
    t63: Value = None
    streak: int | None = None
    streak_daily: int | None = None
    share63: Value = None
    ratio_dist_sma50: Value = None
    ratio_dist_sma200: Value = None
    ratio_slope_sma50: Value = None
    spark: tuple[Value, ...] = ()
    status: Status = "ok"


class Rotation(_Frozen, kw_only=True, frozen=True):
    """S4 and S5: the spread of cyclical over defensive sectors, and how long ranks persist."""

    scheme: str
    cyc_minus_def: dict[str, Value] = {}
    z21: Value = None
    schemes: dict[str, dict[str, Value]] = {}
    rank_persistence: Value = None
    leader: dict[str, str | None] = {}
    leader_days: dict[str, int | None] = {}
    status: Status = "ok"


class Gauge(_Frozen, kw_only=True, frozen=True):
    """The number that decides a rule, `id` among its evidence, and the thresholds it is raised, warned and left at.

    A threshold that the rule does not have is None. `direction` is the side of `enter` on which it is raised. A
    fraction is shown as a percentage.
    """

    id: str
    label: str
    value: Value = None
    enter: Value = None
    warn: Value = None
    leave: Value = None
    direction: Literal["above", "below"] = "above"
    unit: Literal["fraction", "number"] = "number"


class RiskWarning(_Frozen, kw_only=True, frozen=True):
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


class Course(_Frozen, kw_only=True, frozen=True):
    """How a number has moved: since the session before, in its own units, and over the last 252 sessions.

    `pr` is its percentile among these, in (0, 1]; `spark` every sixth of them, oldest first, the last one included.
    """

    chg_1s: Value = None
    pr: Value = None
    spark: tuple[Value, ...] = ()


class Breadth(_Frozen, kw_only=True, frozen=True):
    """Group B of one universe at the session: counts, shares as fractions, indices as they are defined.

    `used` of `members` had a usable bar. `dated` is the day of the membership; applied to an earlier session it
    leaves out who has left since. `seeded` is the session the averages of B4, B5 and B11 begin at. `course` is by
    measure, that of `equal_less_cap` by measure and window: equal_less_cap_21s.
    """

    universe: str
    members: int = 0
    used: int = 0
    coverage: Value = None
    dated: date | None = None
    source: str = ""
    seeded: date | None = None
    advances: Value = None
    declines: Value = None
    unchanged: Value = None
    net_advances: Value = None
    ad_ratio: Value = None
    adv_share: Value = None
    ad_line: Value = None
    ad_line_chg_21s: Value = None
    mcclellan: Value = None
    summation: Value = None
    summation_chg_21s: Value = None
    summation_pr: Value = None
    above_sma20: Value = None
    above_sma50: Value = None
    above_sma200: Value = None
    new_highs: Value = None
    new_lows: Value = None
    record_high_share: Value = None
    high_low_index: Value = None
    zweig: Value = None
    thrusts: Value = None
    trin: Value = None
    trin10: Value = None
    up_volume: Value = None
    down_volume: Value = None
    upvol_share: Value = None
    conflict: dict[str, Value] = {}
    dispersion: Value = None
    sectors_above_sma50: Value = None
    sectors_beating_21s: Value = None
    equal_less_cap: dict[str, Value] = {}
    counted: dict[str, Value] = {}
    course: dict[str, Course] = {}
    notes: tuple[str, ...] = ()
    status: Status = "ok"


class Concentration(_Frozen, kw_only=True, frozen=True):
    """Group C: weights and shares as fractions, by window where there are several; `weights_date` by fund."""

    c1: Value = None
    c2: dict[str, Value] = {}
    c2_contribution: dict[str, Value] = {}
    c3: Value = None
    c4: dict[str, dict[str, Value]] = {}
    c5: Value = None
    c5_names: dict[str, Value] = {}
    c6: dict[str, Value] | None = None
    c7: Value = None
    c8: Value = None
    weights_date: dict[str, date] = {}
    coverage: dict[str, float] = {}
    sources: dict[str, str] = {}
    stands_in: dict[str, str] = {}
    status: Status = "ok"


class Appetite(_Frozen, kw_only=True, frozen=True):
    """Y1: the score in -100..100, its state with hysteresis, and the components in -1..1."""

    score: Value = None
    state: str | None = None
    parts: int = 0
    of: int = 8
    components: dict[str, Value] = {}


class Risk(_Frozen, kw_only=True, frozen=True):
    """Groups V, X and Y across symbols. Rates and their changes in percent and basis points, VIX in points."""

    appetite: Appetite = Appetite()
    avg_corr: Value = None
    absorption: Value = None
    delta_ar: Value = None
    turbulence: Value = None
    turbulence_pr: Value = None
    effective_bets: Value = None
    diversification: Value = None
    vix: Value = None
    vix_term: Value = None
    implied_less_realised: Value = None
    sigma20_pr: Value = None
    vol_ratio_pr: Value = None
    regime: str | None = None
    curve_10y_3m: Value = None
    curve_10y_5y: Value = None
    rate_5s_bp: Value = None
    rate_21s_bp: Value = None
    rate_21s_z: Value = None
    rate_gamma_ief: Value = None
    rate_t_ief: Value = None
    rate_gamma_tlt: Value = None
    rate_t_tlt: Value = None
    credit_21s: Value = None
    credit_z: Value = None
    copper_gold_21s: Value = None
    corr63: dict[str, Value] = {}
    corr252: dict[str, Value] = {}
    ratios: dict[str, dict[str, Value]] = {}
    price_stretch: dict[str, Value] = {}
    sentiment: Value = None
    sentiment_parts: dict[str, Value] = {}
    course: dict[str, Course] = {}
    status: Status = "ok"


class FundValuation(_Frozen, kw_only=True, frozen=True):
    """L1, L3 and F1 of one fund, at the price of `session`: ratios, a gap as a fraction, a flow in dollars.

    The flow is that since the own snapshot of `flow_since`. `shares_unchanged_since`: the source does not keep them.
    """

    session: date
    asof: datetime
    trailing_pe: Value = None
    forward_pe: Value = None
    price_to_book: Value = None
    earnings_yield_gap: Value = None
    shares: Value = None
    shares_unchanged_since: date | None = None
    flow: Value = None
    flow_since: date | None = None
    status: Status = "ok"


class Valuation(_Frozen, kw_only=True, frozen=True):
    """Groups L and F: what funds cost by `source`, which treats companies with losses as `negative_earnings` says.

    `relative_pe` is that of IWM over SPY, `relative_pe_pr` its percentile among the own daily `snapshots`, of which
    it needs `needed`.
    """

    funds: dict[str, FundValuation] = {}
    relative_pe: Value = None
    relative_pe_pr: Value = None
    snapshots: int = 0
    needed: int = 0
    source: str = ""
    fetched_at: datetime | None = None
    negative_earnings: str = "unknown"
    status: Status = "ok"


class Evaluated(_Frozen, kw_only=True, frozen=True):
    """How many rules could be evaluated, of how many there are."""

    rules: int
    of: int


class Snapshot(_Frozen, kw_only=True, frozen=True):
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


def number(x: float) -> Value:
    """A float as the snapshot carries it: None for what is missing."""
    return float(x) if math.isfinite(x) else None


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Snapshot)


def to_json(snapshot: Snapshot) -> bytes:
    """The snapshot as one JSON document, UTF-8, without a final newline."""
    return _encoder.encode(snapshot)


def from_json(document: bytes) -> Snapshot:
    """The inverse of `to_json`. Raises `msgspec.ValidationError` on any other document."""
    return _decoder.decode(document)
