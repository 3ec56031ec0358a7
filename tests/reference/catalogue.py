"""Every rule of warnings.md C.2 but W20 over one market, with its judgements and evidence by rule and subject.

W20 tells of the age and the health of the data at hand, not of the market. A subject is a fund where a rule has one
instance for each, else empty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.reference.basics import extension, highest, mean, percent_b, percentile_rank, ret, rsi
from tests.reference.data import LEADERS, Array, Data, load, past
from tests.reference.judged import Evidence, Judged, Rule, every, known
from tests.reference.member_rules import w08, w09, w10, w11, without_fundamentals
from tests.reference.members import (
    FOLDER,
    Holdings,
    Stocks,
    breadth,
    load_holdings,
    load_stocks,
    load_universe,
    on_sessions,
)
from tests.reference.risk_rules import w03, w04, w05, w13, w14, w15, w16, w17, w18
from tests.reference.rows import days_since_high
from tests.reference.rules import rule_inputs
from tests.reference.spreads import agreement, band63, r5, share63, streak63, t63, z21

Rules = dict[tuple[str, str], Rule]


@dataclass(frozen=True, eq=False)
class Market:
    """All that is in ../shared/market and decides a rule."""

    data: Data
    stocks: Stocks
    universe: list[str]
    spy: Holdings | None
    iwm: Holdings | None


def load_market() -> Market:
    """The funds, the stocks, the members and the two holdings files."""
    data = load()
    spy = load_holdings(FOLDER / "holdings_sp500_ivv_2025-11-18.csv")
    iwm = load_holdings(FOLDER / "holdings_russell2000_iwm_2025-11-11.csv")
    return Market(data, load_stocks(data.sessions), load_universe(), spy, iwm)


def rules(market: Market) -> Rules:
    """(id, subject) -> the rule; W10 with the weights of SPY."""
    data, stocks = market.data, market.stocks
    members = on_sessions(breadth(stocks, market.universe), stocks, data.sessions)
    alone = [rule(data) for rule in (w03, w04, w05, w13, w14, w15, w17, w18)]
    alone += [w08(data, members), w09(data, members), w16(data, members.dispersion)]
    alone += [w10(data, stocks, market.spy), w11(data, stocks, market.iwm), without_fundamentals(data)]
    return price_rules(data) | {(rule.id, ""): rule for rule in alone}


def price_rules(data: Data) -> Rules:
    """W01, W01b, W02, W06, W07, W19 and W19b with their evidence."""
    days = range(len(data.sessions))
    lead = [lead_evidence(data, i) for i in days]
    evidence: dict[tuple[str, str], list[Evidence]] = {(rule, "IWM-SPY"): lead for rule in ("W01", "W01b", "W02")}
    for fund in LEADERS:
        evidence["W06", fund] = overbought_evidence(data, fund)
        level = [level_evidence(data, fund, i) for i in days]
        evidence |= {(rule, fund): level for rule in ("W07", "W19", "W19b")}
    return {
        (rule, subject): Rule(
            rule,
            [
                Judged(missing=("prices",)) if x is None else Judged(x.watch, x.warn, x.exit, evidence=shown)
                for x, shown in zip(inputs, evidence[rule, subject], strict=True)
            ],
            raised="INFO" if rule == "W01b" else "WATCH",
        )
        for (rule, subject), inputs in rule_inputs(data).items()
    }


def lead_evidence(data: Data, i: int) -> Evidence:
    """IWM against SPY: spreads, z21, the ratio against its average, share, start of the lead, band, agreement, t."""
    iwm, spy = past(data.tr, "IWM", i), past(data.tr, "SPY", i)
    low, high = band63(iwm, spy)
    quotient = iwm / spy
    return known(
        r5=r5(iwm, spy, 5),
        r21=r5(iwm, spy, 21),
        r42=r5(iwm, spy, 42),
        r63=r5(iwm, spy, 63),
        r126=r5(iwm, spy, 126),
        r252=r5(iwm, spy, 252),
        z21=z21(iwm, spy, 63),
        from_sma50=float(quotient[-1]) / mean(quotient, 50) - 1,
        share=share63(iwm, spy),
        streak=streak63(iwm, spy),
        low=low,
        high=high,
        agree=agreement(iwm, spy),
        t=t63(iwm, spy),
    )


def overbought_evidence(data: Data, fund: str) -> list[Evidence]:
    """RSI, %b, and the percentiles of the distance from SMA50 and of the 63-session return."""
    newest = len(data.sessions) - 1
    px, tr = past(data.px, fund, newest), past(data.tr, fund, newest)
    rsi14, b = rsi(px), every(lambda p: percent_b(p) if len(p) >= 20 else math.nan, px)
    stretch = every(percentile_rank, every(lambda p: float(p[-1]) / mean(p, 50) - 1, px))
    momentum = every(percentile_rank, every(lambda p: ret(p, 63), tr))

    def points(i: int) -> int:
        return sum((rsi14[i] >= 70, b[i] >= 1, stretch[i] >= 0.95, momentum[i] >= 0.95))

    return [
        known(rsi=rsi14[i], pct_b=b[i], stretch=stretch[i], momentum=momentum[i], points=points(i))
        for i in range(len(data.sessions))
    ]


def level_evidence(data: Data, fund: str, i: int) -> Evidence:
    """The closing high of 252 sessions and the average of 200, and how far the price is from each."""
    px, tr = past(data.px, fund, i), past(data.tr, fund, i)
    average = mean(px, 200)
    return known(
        from_high=float(px[-1]) / highest(px, 252) - 1,
        t6=extension(px, tr),
        t7=days_since_high(px),
        from_sma200=float(px[-1]) / average - 1,
        sma200_20=_change(px, average),
    )


def _change(px: Array, average: float) -> float:
    return average / mean(px[:-20], 200) - 1
