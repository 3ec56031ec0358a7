"""warnings.md C.2: the rules that need members, holdings or fundamentals: W08 to W12.

Choices the specification leaves:
- W08 needs B6(200) of at least 95 % of the members and SPY's 252-session high; the A/D line of the second trigger is
  optional. The gap of the A/D line is to its own 63-session maximum, in issues.
- W09 needs what B12 needs: counts of members with 252 sessions (at least 80 % of the members, 0.5), McClellan and SPY
  50 sessions ago. It fires at a session; that session and the 29 after it are its 30, and it is active on those of
  them with McClellan below 0: a rise above 0 interrupts it and does not end it (Miekka's own definition: "During the
  30 days, the signal is activated whenever the McClellan Oscillator (MCO) is negative, but deactivated whenever the
  MCO is positive"). It exits when it is not active. B12 within the 30 begins them anew and is no firing of its own.
  Sessions before B12 can be judged count as sessions on which it did not fire.
- W10: "with R >= 2 %" asks for a rise, and WATCH and WARNING by share both have it; for the exit a share is available
  where C2 has one, for a fall of 2 % too. One of its parts is enough to judge; the weights are optional, and so is RSP.
- W11: WARNING by share has WATCH's "R_63 >= 3 %"; C7 is that of IWM's lines only, for a large-cap universe never stands
  in for IWM.
- W12 exits when its percentile is below 0.80 and L3, if there, is above 0.
"""

from __future__ import annotations

import math

import numpy as np

from tests.reference.basics import NAN, highest, percentile_rank, ret
from tests.reference.data import Array, Data, past
from tests.reference.judged import Judged, Rule, known, lacking
from tests.reference.members import Breadth, Holdings, Stocks, c1, c2, c3, c5_to_c7
from tests.reference.spreads import r5


def on_all_sessions(data: Data, stocks: Stocks, values: Array) -> Array:
    """A series of the stocks' sessions at every session of the funds; NaN where they have none."""
    at = dict(zip(stocks.sessions, values, strict=True))
    return np.array([at.get(session, NAN) for session in data.sessions], dtype=np.float64)


def w08(data: Data, stocks: Stocks, of: Breadth) -> Rule:
    """Breadth divergence."""
    spy = past(data.px, "SPY", len(data.sessions) - 1)
    above = {n: on_all_sessions(data, stocks, values) for n, values in of.above.items()}
    covered = on_all_sessions(data, stocks, of.counted[200]) / of.expected
    priced = on_all_sessions(data, stocks, of.priced) / of.expected
    new_highs, new_lows = (on_all_sessions(data, stocks, v) for v in (of.new_highs, of.new_lows))
    ranged = on_all_sessions(data, stocks, of.ranged)
    line = on_all_sessions(data, stocks, of.line)
    gap = np.array([line[i] - highest(line[: i + 1], 63) for i in range(len(line))])

    def judge(i: int) -> Judged:
        from_high, b6 = spy[i] / highest(spy[: i + 1], 252) - 1, above[200][i]
        if missing := lacking(SPY=from_high, B6=b6 if covered[i] >= 0.95 else NAN):
            return Judged(missing=missing)
        ten = gap[: i + 1][-10:]
        at_high = bool(spy[i] >= highest(spy[: i + 1], 63))
        second = at_high and bool(np.all(ten < 0))  # NaN is not below its maximum
        below = 0
        while gap[i - below] < 0:
            below += 1
        near = from_high >= -0.02
        return Judged(
            watch=(near and b6 < 60) or second,
            warn=near and b6 < 50,
            exit=(b6 >= 65 or from_high < -0.05) and not second,
            partial=() if np.isfinite(ten).all() else ("A/D line",),
            evidence=known(
                above20=above[20][i],
                above50=above[50][i],
                above200=b6,
                new_highs=new_highs[i] if ranged[i] > 0 else NAN,
                new_lows=new_lows[i] if ranged[i] > 0 else NAN,
                line_gap=gap[i],
                line_below=below,
                at_high=at_high,
                from_high=from_high,
                coverage=priced[i],
            ),
        )

    return Rule("W08", [judge(i) for i in range(len(spy))])


def w09(data: Data, stocks: Stocks, of: Breadth) -> Rule:
    """High-low conflict at 2.8 % on SPY; the 2.2 % variant is evidence."""
    spy = past(data.px, "SPY", len(data.sessions) - 1)
    new_highs, new_lows, ranged, mcclellan = (
        on_all_sessions(data, stocks, values) for values in (of.new_highs, of.new_lows, of.ranged, of.mcclellan)
    )
    covered = ranged / of.expected >= 0.80
    priced = on_all_sessions(data, stocks, of.priced) / of.expected

    def fires(i: int, percent: float) -> bool:
        """B12 on one session; false where it cannot be judged."""
        if not covered[i] or i < 50:
            return False
        high, low = 100 * new_highs[i] / ranged[i], 100 * new_lows[i] / ranged[i]
        return bool(
            high >= percent
            and low >= percent
            and spy[i] > spy[i - 50]
            and new_highs[i] <= 2 * new_lows[i]
            and mcclellan[i] < 0
        )

    fired = {percent: np.array([fires(i, percent) for i in range(len(spy))]) for percent in (2.8, 2.2)}

    def left(i: int, percent: float) -> int:
        """How many of the 30 sessions are left, today among them."""
        sessions = np.flatnonzero(fired[percent][: i + 1])
        return max(0, 30 - (i - int(sessions[-1]))) if len(sessions) else 0

    def firings(i: int, percent: float) -> int:
        """How often it has fired outside the 30 sessions of a firing before."""
        return sum(bool(fired[percent][k]) and left(k - 1, percent) <= 1 for k in range(1, i + 1))

    def judge(i: int) -> Judged:
        index = spy[i - 50] if i >= 50 else NAN
        counts = new_highs[i] + new_lows[i] if covered[i] else NAN
        if missing := lacking(NH_NL=counts, McClellan=mcclellan[i], SPY=index):
            return Judged(missing=missing)
        active = {percent: left(i, percent) if mcclellan[i] < 0 else 0 for percent in (2.8, 2.2)}
        return Judged(
            watch=active[2.8] > 0,
            exit=active[2.8] == 0,
            evidence=known(
                high_share=100 * new_highs[i] / ranged[i],
                low_share=100 * new_lows[i] / ranged[i],
                new_highs=new_highs[i],
                new_lows=new_lows[i],
                ratio=new_highs[i] / new_lows[i] if new_lows[i] else NAN,
                mcclellan=mcclellan[i],
                active28=active[2.8],
                active22=active[2.2],
                firings28=firings(i, 2.8),
                firings22=firings(i, 2.2),
                coverage=priced[i],
            ),
        )

    return Rule("W09", [judge(i) for i in range(len(spy))], raised="INFO")


def w10(data: Data, stocks: Stocks, held: Holdings | None) -> Rule:
    """Mega-cap concentration; without weights the RSP part alone."""
    spy, rsp = (past(data.tr, symbol, len(data.sessions) - 1) for symbol in ("SPY", "RSP"))
    place = {session: at for at, session in enumerate(stocks.sessions)}

    def judge(i: int) -> Judged:
        session, moved = data.sessions[i], ret(spy[: i + 1], 63)
        spread = r5(rsp[: i + 1], spy[: i + 1], 63)
        weight, names, brought, part = NAN, NAN, NAN, NAN
        if held is not None and session in place and held.serves(session):
            at = place[session]
            weight, names = c1(held, stocks, at), c3(held, stocks, at)
            brought, part = c2(held, stocks, at, moved)
        absent = lacking(C1=weight, C2=brought, R5_RSP=spread)
        if len(absent) == 3:
            return Judged(missing=absent)
        rising = moved >= 0.02
        stale = () if held is None or held.fresh(session) else ("weights' age",)
        # A comparison with NaN is false, so that a part that is not there neither raises nor hinders the exit.
        return Judged(
            watch=weight >= 0.33 or (part >= 0.60 and rising) or spread <= -0.05,
            warn=(part >= 0.75 and rising) or (weight >= 0.36 and spread <= -0.05),
            exit=not (weight >= 0.31 or part >= 0.50 or spread <= -0.02),
            partial=absent + stale,
            evidence=known(c1=weight, c2=brought, share=part, r5=spread, c3=names, r63=moved),
        )

    return Rule("W10", [judge(i) for i in range(len(spy))])


def w11(data: Data, stocks: Stocks, held: Holdings | None) -> Rule:
    """Small-cap concentration, on the lines of IWM."""
    iwm = past(data.tr, "IWM", len(data.sessions) - 1)
    place = {session: at for at, session in enumerate(stocks.sessions)}

    def judge(i: int) -> Judged:
        session, moved = data.sessions[i], ret(iwm[: i + 1], 63)
        if held is None or session not in place or not held.serves(session):
            return Judged(missing=("IWM holdings",))
        small = c5_to_c7(held, stocks, place[session], moved)
        if missing := lacking(C7=small.beating, IWM=moved):
            return Judged(missing=missing)
        rising = moved >= 0.03
        return Judged(
            watch=(small.top_share >= 0.30 and rising) or small.beating < 0.40,
            warn=(small.top_share >= 0.45 and rising) or small.beating < 0.33,
            exit=not small.top_share >= 0.25 and small.beating >= 0.45,
            partial=() if held.fresh(session) else ("weights' age",),
            evidence=known(share=small.top_share, skew=small.skew, beating=small.beating, r63=moved),
        )

    return Rule("W11", [judge(i) for i in range(len(iwm))])


def w12(relative_pe: Array, earnings_gap: Array) -> Rule:
    """Valuation stretch, of own daily snapshots of L2's ratio and of L3; NaN on a session without one."""

    def judge(i: int) -> Judged:
        pr, gap = percentile_rank(relative_pe[: i + 1], at_least=250), earnings_gap[i]
        absent = lacking(L2_percentile=pr, L3=gap)
        if len(absent) == 2:
            return Judged(missing=absent)
        stretched = bool(gap <= 0)
        return Judged(
            watch=pr >= 0.90 or stretched,
            warn=pr >= 0.97,
            exit=not (pr >= 0.80 or stretched),
            partial=absent,
            evidence=known(percentile=pr, gap=gap, relative_pe=relative_pe[i]),
        )

    return Rule("W12", [judge(i) for i in range(len(relative_pe))])


def without_fundamentals(data: Data) -> Rule:
    """W12 on this data: no session has a snapshot."""
    nothing = np.full(len(data.sessions), math.nan)
    return w12(nothing, nothing)
