"""The rows of a snapshot: symbols, pairs, the rotation; and how values stand in it. A part of `core.snapshot`."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

RANK_WINDOWS = ("1s", "5s", "21s", "63s", "126s", "252s")
"""The windows that are ranked, and that `w` steps through on the screen."""

Value: TypeAlias = float | None
Status: TypeAlias = str | dict[str, str]


def number(x: float) -> Value:
    """A float as the snapshot carries it: None for what is missing."""
    return float(x) if math.isfinite(x) else None


class Row(msgspec.Struct, frozen=True, eq=False, kw_only=True):
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
    msgspec.Struct,
    frozen=True,
    eq=False,
    kw_only=True,
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


class Rotation(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """S4 and S5: the spread of cyclical over defensive sectors, and how long ranks persist."""

    scheme: str
    cyc_minus_def: dict[str, Value] = {}
    z21: Value = None
    schemes: dict[str, dict[str, Value]] = {}
    rank_persistence: Value = None
    leader: dict[str, str | None] = {}
    leader_days: dict[str, int | None] = {}
    status: Status = "ok"
