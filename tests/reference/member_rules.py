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
from dataclasses import dataclass

import numpy as np

from tests.reference.basics import NAN, highest, percentile_rank, ret
from tests.reference.data import Array, Data, past
from tests.reference.judged import Judged, Rule, known, lacking
from tests.reference.members import Breadth, Holdings, Stocks, c1, c2, c3, c5_to_c7
from tests.reference.spreads import r5


def w08(data: Data, of: Breadth) -> Rule:
    """Breadth divergence; `of` is on the sessions of the funds."""
    spy = past(data.px, "SPY", len(data.sessions) - 1)
    gap = np.array([of.line[i] - highest(of.line[: i + 1], 63) for i in range(len(spy))])
    return Rule("W08", [divergence(spy[: i + 1], of, gap[: i + 1]) for i in range(len(spy))])


def divergence(spy: Array, of: Breadth, gap: Array) -> Judged:
    """W08 on the last session of SPY and of the A/D line's gap to its high."""
    i = len(spy) - 1
    from_high, b6 = float(spy[-1]) / highest(spy, 252) - 1, float(of.above[200][i])
    if missing := lacking(SPY=from_high, B6=b6 if of.counted[200][i] / of.expected >= 0.95 else NAN):
        return Judged(missing=missing)
    below = 0
    while gap[i - below] < 0:  # NaN is not below its maximum
        below += 1
    at_high = bool(spy[-1] >= highest(spy, 63))
    near, second = from_high >= -0.02, at_high and below >= 10
    evidence = known(
        above20=of.above[20][i],
        above50=of.above[50][i],
        above200=b6,
        new_highs=of.new_highs[i] if of.ranged[i] > 0 else NAN,
        new_lows=of.new_lows[i] if of.ranged[i] > 0 else NAN,
        line_gap=gap[-1],
        line_below=below,
        at_high=at_high,
        from_high=from_high,
        coverage=of.priced[i] / of.expected,
    )
    return Judged(
        watch=(near and b6 < 60) or second,
        warn=near and b6 < 50,
        exit=(b6 >= 65 or from_high < -0.05) and not second,
        partial=lacking(line=float(np.sum(gap[-10:]))),
        evidence=evidence,
    )


@dataclass(frozen=True, eq=False)
class Conflict:
    """B12 of a universe on the sessions of the funds, and what W09 makes of it."""

    spy: Array
    of: Breadth

    def known(self, i: int) -> bool:
        """Whether enough members have 252 sessions."""
        return bool(self.of.ranged[i] / self.of.expected >= 0.80)

    def fires(self, i: int, percent: float) -> bool:
        """B12 on one session; false where it cannot be judged."""
        if not self.known(i) or i < 50:
            return False
        new_highs, new_lows, ranged = self.of.new_highs[i], self.of.new_lows[i], self.of.ranged[i]
        return bool(
            100 * new_highs / ranged >= percent
            and 100 * new_lows / ranged >= percent
            and self.spy[i] > self.spy[i - 50]
            and new_highs <= 2 * new_lows
            and self.of.mcclellan[i] < 0
        )

    def left(self, i: int, percent: float) -> int:
        """How many of the 30 sessions are left, today among them."""
        return next((30 - back for back in range(30) if self.fires(i - back, percent)), 0)

    def active(self, i: int, percent: float) -> int:
        """The same while McClellan is below 0."""
        return self.left(i, percent) if self.of.mcclellan[i] < 0 else 0

    def firings(self, i: int, percent: float) -> int:
        """How often it has fired outside the 30 sessions of a firing before."""
        return sum(self.fires(k, percent) and self.left(k - 1, percent) <= 1 for k in range(1, i + 1))

    def judge(self, i: int) -> Judged:
        """W09 on one session."""
        of = self.of
        counts = of.new_highs[i] + of.new_lows[i] if self.known(i) else NAN
        if missing := lacking(NH_NL=counts, McClellan=of.mcclellan[i], SPY=self.spy[i - 50] if i >= 50 else NAN):
            return Judged(missing=missing)
        evidence = known(
            high_share=100 * of.new_highs[i] / of.ranged[i],
            low_share=100 * of.new_lows[i] / of.ranged[i],
            new_highs=of.new_highs[i],
            new_lows=of.new_lows[i],
            ratio=of.new_highs[i] / of.new_lows[i] if of.new_lows[i] else NAN,
            mcclellan=of.mcclellan[i],
            active28=self.active(i, 2.8),
            active22=self.active(i, 2.2),
            firings28=self.firings(i, 2.8),
            firings22=self.firings(i, 2.2),
            coverage=of.priced[i] / of.expected,
        )
        raised = self.active(i, 2.8) > 0
        return Judged(watch=raised, exit=not raised, evidence=evidence)


def w09(data: Data, of: Breadth) -> Rule:
    """High-low conflict at 2.8 % on SPY; the 2.2 % variant is evidence."""
    conflict = Conflict(past(data.px, "SPY", len(data.sessions) - 1), of)
    return Rule("W09", [conflict.judge(i) for i in range(len(data.sessions))], raised="INFO")


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
