"""The blocks of a snapshot about the market as a whole: breadth, concentration, risk, valuation.

A part of `core.snapshot`.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from core.snapshot_rows import Status, Value


class Course(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """How a number has moved: since the session before, in its own units, and over the last 252 sessions.

    `pr` is its percentile among these, in (0, 1]; `spark` every sixth of them, oldest first, the last one included.
    """

    chg_1s: Value = None
    pr: Value = None
    spark: tuple[Value, ...] = ()


class Breadth(msgspec.Struct, frozen=True, eq=False, kw_only=True):
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


class Concentration(msgspec.Struct, frozen=True, eq=False, kw_only=True):
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


class Appetite(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Y1: the score in -100..100, its state with hysteresis, and the components in -1..1.

    `enter` and `leave` are the scores it becomes risk-on at and ceases to be below, mirrored for risk-off;
    `since_at_least`: the state is older than the loaded history.
    """

    score: Value = None
    state: str | None = None
    since: date | None = None
    since_at_least: bool = False
    enter: float = 25.0
    leave: float = 10.0
    parts: int = 0
    of: int = 8
    components: dict[str, Value] = {}


class Risk(msgspec.Struct, frozen=True, eq=False, kw_only=True):
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


class FundValuation(msgspec.Struct, frozen=True, eq=False, kw_only=True):
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


class Valuation(msgspec.Struct, frozen=True, eq=False, kw_only=True):
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
