"""The metrics of many members and of the lines of funds: groups B and C."""

from __future__ import annotations

from typing import Final

from core.metrics.catalogue.metric import Metric

BREADTH: Final = (
    Metric(
        "B1",
        "advances, declines, unchanged",
        "members with C(t) above, below, at C(t-1)",
        "members",
        "px",
        "1",
        "breadth.advances, declines, unchanged",
    ),
    Metric(
        "B2",
        "advance-decline ratio, net, share",
        "A/D; A-D; A/(A+D)",
        "ratio, members, fraction",
        "px",
        "1",
        "breadth.ad_ratio, net_advances, adv_share",
    ),
    Metric(
        "B3", "advance-decline line", "sum of A-D from the second row", "members", "px", "loaded", "breadth.ad_line"
    ),
    Metric(
        "B4",
        "McClellan oscillator",
        "EMA19 - EMA39 of 1000(A-D)/(A+D)",
        "index",
        "px",
        "19 39",
        "breadth.mcclellan",
        "McClellan, ratio-adjusted",
    ),
    Metric(
        "B5",
        "McClellan summation",
        "19(E39-x0) - 9(E19-x0)",
        "index",
        "px",
        "loaded",
        "breadth.summation, summation_chg_21s, summation_pr",
        "McClellan",
    ),
    Metric(
        "B6",
        "above the average",
        "members with n·P > S_n(1+1e-12) / members with n rows",
        "fraction",
        "px",
        "20 50 200",
        "breadth.above_sma*",
    ),
    Metric(
        "B7",
        "new highs, new lows",
        "H at its 252-session high; L at its low",
        "members",
        "px",
        "252",
        "breadth.new_highs, new_lows",
    ),
    Metric(
        "B8",
        "high-low index",
        "SMA10 of 100·NH/(NH+NL)",
        "index 0-100",
        "px",
        "252 10",
        "breadth.high_low_index, record_high_share",
        "StockCharts",
    ),
    Metric("B9", "TRIN", "(A/D)/(UV/DV); ten sessions by sums", "ratio", "px", "1 10", "breadth.trin, trin10", "Arms"),
    Metric("B10", "up-volume share", "UV/(UV+DV)", "fraction", "px", "1", "breadth.upvol_share"),
    Metric(
        "B11",
        "breadth thrust",
        "EMA10 of A/(A+D); from below 0.40 to above 0.615 within 10",
        "fraction, events",
        "px",
        "10",
        "breadth.zweig, thrusts",
        "Zweig",
    ),
    Metric(
        "B12",
        "high-low conflict",
        "NH% and NL% at least 2.2 or 2.8, index up over 50, NH <= 2NL, B4 < 0",
        "sessions left, firings",
        "px",
        "50, active 30",
        "breadth.conflict",
        "Hindenburg type",
    ),
    Metric(
        "B13",
        "sector participation",
        "sector funds above SMA50; ahead of SPY over 21",
        "funds",
        "px, tr",
        "50 21",
        "breadth.sectors_above_sma50, sectors_beating_21s",
    ),
    Metric("B14", "equal against cap weight", "R5(RSP, SPY)", "fraction", "tr", "21 63", "breadth.equal_less_cap"),
)

CONCENTRATION: Final = (
    Metric(
        "C1",
        "Mag-7 weight",
        "sum of w, two Alphabet lines one company",
        "fraction",
        "px",
        "dated, rolled",
        "concentration.c1",
    ),
    Metric(
        "C2",
        "Mag-7 contribution and share",
        "sum of w·r; over R where |R| >= 2 %",
        "fraction",
        "tr",
        "21 63",
        "concentration.c2",
    ),
    Metric(
        "C3", "effective number of names", "1/sum of w² by company", "names", "px", "dated, rolled", "concentration.c3"
    ),
    Metric(
        "C4",
        "concentration by price",
        "R5(RSP,SPY), R5(XLG or MAGS,RSP)",
        "fraction",
        "tr",
        "21 63",
        "concentration.c4",
    ),
    Metric(
        "C5", "small-cap top ten", "sum of w·r of the ten largest over R", "fraction", "tr", "63", "concentration.c5"
    ),
    Metric(
        "C6",
        "small-cap skew",
        "mean less median member return; R5(IWM, equal weight)",
        "fraction",
        "tr",
        "63",
        "concentration.c6",
    ),
    Metric("C7", "members beating the index", "members with r > R", "fraction", "tr", "63", "concentration.c7"),
    Metric(
        "C8",
        "effective bets",
        "exp(-sum p ln p), p the eigenvalue shares of the sector correlation",
        "bets",
        "tr",
        "252",
        "risk.effective_bets",
    ),
)
