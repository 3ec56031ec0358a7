"""Invented series for the tests of the charts, always the same."""

from __future__ import annotations

import math
from datetime import date, timedelta

from core.series import (
    Drawdowns,
    GaugeSeries,
    Leaders,
    MemberRow,
    PriceSeries,
    RatioSeries,
    RuleDetail,
    RuleStep,
    SectorMembers,
    SymbolDetail,
    Values,
)
from core.snapshot import Gauge, Row
from tests.tui.builders import SESSION

COUNT = 252
SESSIONS = tuple(SESSION - timedelta(days=round(1.45 * (COUNT - 1 - k))) for k in range(COUNT))
FUNDS = ("SPY", "IWM", "QQQ", "DIA")


def leaders(window: str = "63s") -> tuple[Leaders, ...]:
    """QQQ for a long time, nobody for a day, DIA now and then, IWM for the last 17 sessions; and one small group."""
    names: list[str | None] = ["QQQ"] * 150 + [None] + ["DIA", "QQQ"] * 20 + ["SPY"] * 44 + ["IWM"] * 17
    sectors = ("XLK",) * 200 + ("XLV",) * 52
    return (
        Leaders("Index funds", window, FUNDS, SESSIONS, tuple(names)),
        Leaders("Sectors", window, ("XLB", "XLK", "XLV"), SESSIONS, sectors),
    )


def ratio(above: str = "IWM", below: str = "SPY") -> RatioSeries:
    """A wave that ends above both averages."""
    ratios = [0.36 + 0.03 * math.sin(k / 40) + 0.004 * math.sin(k / 5) for k in range(COUNT)]
    return RatioSeries(above, below, SESSIONS, tuple(ratios), average(ratios, 50), average(ratios, 200))


def prices(symbol: str = "SPY", *, live: bool = False) -> PriceSeries:
    """A rise with waves; the last bar may be that of a session in progress."""
    closes = [500 + k / 2 + 30 * math.sin(k / 25) + 4 * math.sin(k / 2) for k in range(COUNT)]
    opens = [closes[max(0, k - 1)] for k in range(COUNT)]
    highs = [max(pair) + 3 for pair in zip(opens, closes, strict=True)]
    lows = [min(pair) - 3 for pair in zip(opens, closes, strict=True)]
    return PriceSeries(
        symbol=symbol,
        sessions=SESSIONS,
        open=(*opens[:-1], None if live else opens[-1]),
        high=tuple(highs),
        low=tuple(lows),
        close=tuple(closes),
        volume=tuple(4e7 + 3e7 * abs(math.sin(k / 9)) for k in range(COUNT)),
        sma20=average(closes, 20),
        sma50=average(closes, 50),
        sma200=average(closes, 200),
        high_252=max(highs),
        low_252=min(lows),
        live=live,
    )


def detail(symbol: str = "SPY", row: Row | None = None) -> SymbolDetail:
    """Prices that fell once by a fifth, and stand a little below their high."""
    falls = Drawdowns(
        since=SESSIONS[0],
        depth=-0.021,
        peak=SESSIONS[-8],
        sessions=7,
        deepest=-0.19,
        top=SESSIONS[60],
        trough=SESSIONS[90],
        recovered=SESSIONS[150],
    )
    if row is None and symbol in MEMBERS:
        row = Row(symbol=symbol, name=f"{symbol} Corp.", group="members", last=101.5, session=SESSION, chg_1s=0.0123)
    return SymbolDetail(symbol, prices(symbol), falls, row)


MEMBERS = {"AAA": 0.021, "BBB": 0.004, "CCC": -0.013, "DDD": None}


def members(fund: str = "XLK") -> SectorMembers:
    """Two that gained, one that lost, one without a price."""
    rows = [
        MemberRow(
            symbol=symbol,
            name=f"{symbol} Corp.",
            last=101.5 + place,
            session=SESSION,
            ret={"1s": move, "5s": -move, "21s": 2 * move, "63s": move, "126s": -move, "252s": None},
            dist_sma50=move / 2,
            dist_high_252=-0.04,
            weight=0.05 - place / 100,
            brought={"63s": 0.05 * move},
            status="short_history",
        )
        for place, (symbol, move) in enumerate(MEMBERS.items())
        if move is not None
    ]
    return SectorMembers(
        fund=fund,
        sector="Information Technology",
        universe="S&P 500",
        session=SESSION,
        live=False,
        used=3,
        rows=(*rows, MemberRow("DDD", "DDD Corp.", status="missing_input")),
        caption="members of an undated list (pytickersymbols)",
        weights_of="SPY",
        weights_dated=SESSION,
    )


def average(values: list[float], n: int) -> Values:
    """The mean of the last n; None before there are so many."""
    return tuple(None if k + 1 < n else sum(values[k + 1 - n : k + 1]) / n for k in range(len(values)))


def rule(rule_id: str = "W02", subject: str = "IWM-SPY") -> RuleDetail:
    """A rule that was raised twice in three years, and whose number falls under its threshold at the end."""
    days = tuple(date(2023, 1, 9) + timedelta(days=n) for n in range(1097))
    levels = tuple(
        -1 if n < 100 else 1 if 300 < n < 340 or n > 1050 else 2 if 340 <= n < 360 else 0 for n in range(1097)
    )
    gauge = Gauge(id="agree", label="windows that agree", value=5.0, enter=3.0, warn=2.0, leave=4.0, direction="below")
    steps = (
        RuleStep(days[301], "CLEAR", "WATCH", {"agree": 3, "t63": -0.21}),
        RuleStep(days[340], "WATCH", "WARNING", {"agree": 2, "t63": -1.8}),
        RuleStep(days[360], "WARNING", "CLEAR", {"agree": 6, "t63": 0.4}),
        RuleStep(days[1051], "CLEAR", "WATCH", {"agree": 3, "t63": None}),
    )
    year = tuple(3.0 + 2.0 * math.sin(n / 20) for n in range(252))
    return RuleDetail(rule_id, subject, False, days, levels, steps, GaugeSeries(gauge, days[-252:], year))
