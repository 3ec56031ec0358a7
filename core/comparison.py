"""The blocks of the snapshot that compare symbols: spreads of two, and the rotation of the sectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.metrics.fold import History
from core.metrics.leadership import SpreadValues, rank_persistence, ratio_trend, sessions_at_rank1, spread_values
from core.metrics.sectors import SPREAD_WINDOWS, class_spread, class_spread_z21
from core.metrics.statistics import tail
from core.rows import SPARK_SESSIONS
from core.rules.verdict import SectorClasses
from core.snapshot import RANK_WINDOWS, Rotation, Spread, Status, Value, number


def spread_block(history: History, columns: Mapping[str, int], a: str, b: str, t: int) -> Spread:
    """R5 to R11 and R15 of a over b at row t."""
    first, second = columns.get(a), columns.get(b)
    if first is None or second is None:
        return Spread(id=f"{a}-{b}", status="missing_input")
    values = spread_values(history, t, first, second)
    now = {n: number(value) for n, value in values.spread.items()}
    now[1] = number(float(history["chg_1s"][t, first] - history["chg_1s"][t, second]))
    low, high = number(values.band[0]), number(values.band[1])
    fields = _plain(values, ratio_trend(history, t, first, second))
    absent = {f"{n}s": value for n, value in now.items()} | {"band63": low, "agree": values.agree} | fields
    return Spread(
        id=f"{a}-{b}",
        s1=now[1],
        s5=now[5],
        s21=now[21],
        s63=now[63],
        s126=now[126],
        s252=now[252],
        relative={f"{n}s": number(value) for n, value in values.relative.items()},
        band63=(low, high),
        agree=(values.agree, 6),
        spark=_lead_spark(history, t, first, second),
        status=_status(absent, "short_history" if now[5] is not None else "missing_input"),
        **fields,
    )


def rotation_block(
    history: History, symbols: Sequence[str], schemes: Mapping[str, SectorClasses], scheme: str, t: int
) -> Rotation:
    """S4 for every scheme, and S5 of the sector funds, at row t; `scheme` is the one in force."""
    here = schemes[scheme]
    leaders = {w: sessions_at_rank1(history, t, here.all, w) for w in RANK_WINDOWS}
    spreads = {
        name: {f"{n}s": number(class_spread(history, t, part.cyclical, part.defensive, n)) for n in SPREAD_WINDOWS}
        for name, part in schemes.items()
    }
    z21 = number(class_spread_z21(history, t, here.cyclical, here.defensive))
    persistence = number(rank_persistence(history, t, here.all))
    absent = {f"cyc_minus_def.{window}": value for window, value in spreads[scheme].items()}
    absent |= {"z21": z21, "rank_persistence": persistence}
    return Rotation(
        scheme=scheme,
        cyc_minus_def=spreads[scheme],
        z21=z21,
        schemes=spreads,
        rank_persistence=persistence,
        leader={w: None if who is None else symbols[here.all[who]] for w, (who, _held) in leaders.items()},
        leader_days={w: None if who is None else held for w, (who, held) in leaders.items()},
        status=_status(absent, "short_history" if spreads[scheme]["1s"] is not None else "missing_input"),
    )


def _plain(values: SpreadValues, trend: tuple[float, float, float]) -> dict[str, Any]:
    """The fields of a spread that are one number each; `trend` is R15."""
    dist_sma50, dist_sma200, slope_sma50 = trend
    return {
        "z21": number(values.z21),
        "t63": number(values.t63),
        "share63": number(values.lead_share),
        "streak": values.lead_streak,
        "streak_daily": values.daily_streak,
        "ratio_dist_sma50": number(dist_sma50),
        "ratio_dist_sma200": number(dist_sma200),
        "ratio_slope_sma50": number(slope_sma50),
    }


def _lead_spark(history: History, t: int, a: int, b: int) -> tuple[Value, ...]:
    """The 63-session spread of the sessions that a spark shows."""
    leads = tail(history["ret_63s"], t, SPARK_SESSIONS)
    return tuple(number(v) for v in (leads[:, a] - leads[:, b]).tolist())


def _status(fields: Mapping[str, object], reason: str) -> Status:
    """Why the absent ones of these fields are absent; "ok" where none is."""
    return {name: reason for name, value in fields.items() if value is None} or "ok"
