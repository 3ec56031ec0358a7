"""Every metric Tapeboard knows by its id: what it is, on what, and where it stands in the snapshot.

The one list behind `docs/metrics.md` (made by `make docs`, compared in CI). Ids, formulas and sources are those
of the metric specification; `field` is the place in the JSON, `oracle` what the tests hold it against.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Metric(NamedTuple):
    """One metric. `basis` is px, tr or level; `window` in sessions unless it says otherwise."""

    id: str
    name: str
    formula: str
    unit: str
    basis: str
    window: str
    field: str
    source: str = "field standard"


RETURNS: Final = (
    Metric(
        "R1",
        "n-session return",
        "P(t)/P(t-n) - 1",
        "fraction",
        "tr; 1 session px",
        "1 5 21 42 63 126 252",
        "ret.*s, chg_1s",
    ),
    Metric(
        "R2",
        "calendar return",
        "P(t)/P(b) - 1, b the last session at or before t less m months",
        "fraction",
        "tr",
        "1 3 6 12 months",
        "ret.1m .. ret.1y, base",
    ),
    Metric(
        "R3",
        "period return",
        "P(end)/P(base) - 1, base by convention",
        "fraction",
        "tr or px",
        "any",
        "tapeboard period",
    ),
    Metric("R4", "year to date", "base the last close of the year before", "fraction", "tr", "year", "ret.ytd"),
    Metric("R5", "relative-strength spread", "R_n(A) - R_n(B)", "fraction", "tr", "5 21 63 126 252", "spreads, rs"),
    Metric("R6", "relative return", "(1+R_A)/(1+R_B) - 1", "fraction", "tr", "5 .. 252", "spreads.relative"),
    Metric(
        "R7",
        "leadership rank",
        "rank of R_n within the group, 1 best, ties share",
        "rank",
        "tr; 1 session px",
        "1 .. 252",
        "rank, rank_of, rank_change",
    ),
    Metric(
        "R8",
        "window agreement",
        "windows of six with the sign of the 63-session spread",
        "count",
        "tr",
        "5 21 42 63 126 252",
        "spreads.agree",
    ),
    Metric(
        "R9",
        "base-date band",
        "least and largest spread over bases 58 to 68 back",
        "fraction",
        "tr",
        "58-68",
        "spreads.band63",
    ),
    Metric(
        "R10",
        "streaks",
        "sessions in a row with r_A > r_B; with R5(63) > 0; share of 63",
        "sessions, fraction",
        "tr",
        "63",
        "spreads.streak_daily, streak, share63",
    ),
    Metric("R11", "significance", "mean(d)/std(d)·√63, d = r_A - r_B", "t", "tr", "63", "spreads.t63"),
    Metric(
        "R12",
        "momentum 12-1",
        "P(t-21)/P(t-252) - 1",
        "fraction",
        "tr",
        "252",
        "momentum_12_1",
        "Jegadeesh and Titman 1993",
    ),
    Metric(
        "R13",
        "rank persistence",
        "Spearman of ranks now and 21 sessions ago; sessions at rank 1",
        "correlation, sessions",
        "tr",
        "63, lag 21",
        "rotation.rank_persistence, days_at_rank1",
    ),
    Metric(
        "R14",
        "rotation (own formula)",
        "e = EMA5(P/B); 100·e/SMA63(e); 100·RSR/SMA21(RSR)",
        "index around 100",
        "tr",
        "5 63 21",
        "rs_ratio, rs_momentum, quadrant, tail, tail_days",
        "Tapeboard",
    ),
    Metric(
        "R15",
        "relative-strength trend",
        "A/B over its SMA50 and SMA200; slope of SMA50 over 20",
        "fraction",
        "tr",
        "50 200 20",
        "spreads.ratio_*",
    ),
)

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

TREND: Final = (
    Metric(
        "T1",
        "average, distance, slope",
        "P/SMA_n - 1; SMA_n(t)/SMA_n(t-20) - 1",
        "price, fraction",
        "px",
        "20 50 200",
        "sma*, dist_sma*, slope_sma*",
    ),
    Metric(
        "T2",
        "distance from the high",
        "close against the largest high, and the largest close",
        "fraction",
        "px",
        "252",
        "dist_high_252, dist_high_close_252, low_252",
    ),
    Metric(
        "T3",
        "records",
        "close or high at the largest since the first loaded session",
        "flag, count",
        "px",
        "loaded, ISO week",
        "record_close, record_high, records_week",
    ),
    Metric("T4", "RSI", "Wilder, first average the mean of 14, flat 50", "0-100", "px", "14", "rsi14", "Wilder 1978"),
    Metric("T5", "Bollinger %b", "(P - (SMA20 - 2s))/(4s), ddof 0", "ratio", "px", "20", "pct_b", "Bollinger"),
    Metric("T6", "extension", "(P/SMA50 - 1)/(sigma60·√50)", "σ", "px, sigma tr", "50 60", "extension", "Tapeboard"),
    Metric(
        "T7", "sessions since the high", "since the largest close of 252", "sessions", "px", "252", "days_since_high"
    ),
    Metric("T8", "average true range", "Wilder, from the second bar", "price", "px", "14", "atr14", "Wilder 1978"),
    Metric(
        "T9",
        "mean and relative volume",
        "mean of n; V/ADV20",
        "shares, ratio",
        "-",
        "20 63",
        "adv20, adv63, rel_volume",
    ),
)

VOLATILITY: Final = (
    Metric(
        "V1",
        "daily deviation",
        "sample deviation of simple returns, ddof 1",
        "fraction",
        "tr",
        "20 60 252",
        "sigma20, sigma60, sigma252",
    ),
    Metric("V2", "annualised", "V1·√252", "fraction", "tr", "20", "annual_vol"),
    Metric(
        "V3",
        "EWMA volatility",
        "v = 0.94v + 0.06r², seed the mean of the first 75",
        "fraction",
        "tr",
        "λ 0.94",
        "ewma_vol",
        "RiskMetrics 1996",
    ),
    Metric("V4", "volatility ratio", "sigma20 / sigma20(SPY)", "ratio", "tr", "20", "vol_ratio"),
    Metric(
        "V5",
        "percentile",
        "pr_1260 of V1(SPY) and of V4(IWM), at least 504",
        "fraction",
        "tr",
        "1260",
        "risk.sigma20_pr, vol_ratio_pr",
    ),
    Metric(
        "V6",
        "regime",
        "calm < 0.5, normal, elevated >= 0.85, extreme >= 0.95 of V5",
        "name",
        "tr",
        "1260",
        "risk.regime",
        "Tapeboard",
    ),
    Metric(
        "V7", "implied less realised", "VIX - 100·V2(SPY)", "points", "level, tr", "20", "risk.implied_less_realised"
    ),
    Metric("V8", "VIX term ratio", "VIX/VIX3M", "ratio", "level", "1", "risk.vix_term"),
    Metric(
        "V9",
        "drawdown",
        "P/cummax - 1 over the loaded history; px close against 252",
        "fraction, sessions",
        "tr; px",
        "loaded; 252",
        "drawdown, max_drawdown, drawdown_sessions, drawdown_252",
    ),
    Metric(
        "V10",
        "dispersion",
        "sample deviation across members of the day's r",
        "fraction",
        "tr",
        "1",
        "breadth.dispersion",
    ),
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

CROSS_ASSET: Final = (
    Metric("X1", "beta", "cov(r, r_SPY)/var(r_SPY)", "ratio", "tr", "63", "beta63"),
    Metric("X2", "correlation", "Pearson", "-1..1", "tr", "63 252", "corr63, risk.corr63, risk.corr252"),
    Metric(
        "X3",
        "average pairwise correlation",
        "(var(sum z) - N)/(N(N-1)) of the sector funds",
        "-1..1",
        "tr",
        "63",
        "risk.avg_corr",
        "Pollet and Wilson 2010",
    ),
    Metric(
        "X4",
        "absorption ratio and shift",
        "share of the top N/5 eigenvalues; (mean15 - mean252)/std252",
        "fraction, σ",
        "tr",
        "252",
        "risk.absorption, delta_ar",
        "Kritzman et al. 2011",
    ),
    Metric(
        "X5",
        "rate sensitivity",
        "OLS of IWM on SPY and IEF (or TLT): slope and t of the bond",
        "ratio, t",
        "tr",
        "126",
        "risk.rate_gamma_*, rate_t_*",
    ),
    Metric(
        "X6",
        "rate move",
        "change of the 10-year yield; z against 252",
        "bp, σ",
        "level",
        "5 21",
        "risk.rate_5s_bp, rate_21s_bp, rate_21s_z",
    ),
    Metric("X7", "curve", "10y - 3m; 10y - 5y", "percentage points", "level", "1", "risk.curve_10y_3m, curve_10y_5y"),
    Metric(
        "X8", "credit", "R_21(HYG) - R_21(IEF); z of R_21(HYG)", "fraction, σ", "tr", "21", "risk.credit_21s, credit_z"
    ),
    Metric(
        "X9", "copper over gold", "relative return of CPER over GLD", "fraction", "tr", "21", "risk.copper_gold_21s"
    ),
    Metric(
        "X10",
        "appetite ratios",
        "relative return and distance from SMA50 of XLY/XLP, SMH/SPY, SPHB/SPLV",
        "fraction",
        "tr",
        "21 63 50",
        "risk.ratios",
    ),
    Metric(
        "X11",
        "turbulence",
        "(r-μ)'Σ⁻¹(r-μ)/N from the 252 sessions before; pr_1260",
        "ratio, fraction",
        "tr",
        "252",
        "risk.turbulence, turbulence_pr",
        "Kritzman and Li 2010",
    ),
    Metric(
        "X12",
        "sentiment mix",
        "mean of up to 7 components' pr_252·100",
        "0-100",
        "px, tr",
        "252",
        "risk.sentiment, sentiment_parts",
        "after CNN's components",
    ),
    Metric(
        "X13",
        "diversification ratio",
        "mean sigma over sigma of the equal-weight sum of SPY IWM TLT GLD",
        "ratio",
        "tr",
        "252",
        "risk.diversification",
    ),
)

SECTORS: Final = (
    Metric("S1", "day move", "R1 close to close", "fraction", "px", "1", "sectors.chg_1s"),
    Metric("S2", "rank table", "R7 of 11", "rank", "tr; 1 session px", "1 5 21 63", "sectors.rank"),
    Metric("S3", "z of the day move", "r(t)/sigma60(t-1)", "σ", "px, sigma tr", "60", "sectors.z_day"),
    Metric(
        "S4",
        "cyclical less defensive",
        "mean R_n of cyclical funds - mean of defensive, by scheme; z_21",
        "fraction, σ",
        "tr; 1 session px",
        "1 5 21 63",
        "rotation.cyc_minus_def, z21, schemes",
        "MSCI, Morningstar classes",
    ),
    Metric("S5", "persistence", "R13 on the sectors", "correlation", "tr", "63, lag 21", "rotation.rank_persistence"),
)

APPETITE: Final = (
    Metric(
        "Y1",
        "risk appetite",
        "100·mean of clip(z_21,-2,2)/2 of 8 components, at least 5",
        "-100..100",
        "tr, level",
        "21, σ 252",
        "risk.appetite",
        "Tapeboard, unvalidated",
    ),
)

EXTERNAL: Final = (
    Metric(
        "L1",
        "P/E, P/B of IWM, IJR, SPY",
        "as the source gives them, whatever it does with losses",
        "ratio",
        "-",
        "-",
        "valuation.funds",
        "Yahoo",
    ),
    Metric(
        "L2",
        "relative P/E",
        "L1(IWM)/L1(SPY) and its percentile of own snapshots",
        "ratio",
        "-",
        "1260, at least 250 snapshots",
        "valuation.relative_pe, relative_pe_pr",
        "Yahoo",
    ),
    Metric(
        "L3",
        "earnings-yield gap",
        "1/PE - y10",
        "fraction",
        "level",
        "-",
        "valuation.funds.earnings_yield_gap",
        "Yahoo",
    ),
    Metric(
        "L4", "price stretch, not valuation", "percentile of P/SMA1260", "fraction", "px", "1260", "risk.price_stretch"
    ),
    Metric(
        "F1",
        "ETF flow",
        "change of shares outstanding times the price, which stands for the NAV",
        "USD",
        "px",
        "2 snapshots",
        "valuation.funds.flow",
        "Yahoo",
    ),
    Metric("F2", "event calendar", "dated external file", "-", "-", "-", "not evaluated: no source of events"),
)

METRICS: Final = (
    *(*RETURNS, *BREADTH, *TREND, *VOLATILITY, *CONCENTRATION),
    *(*CROSS_ASSET, *SECTORS, *APPETITE, *EXTERNAL),
)

UNSOURCED: Final = {
    metric.id: metric.field.partition(": ")[2] for metric in METRICS if metric.field.startswith("not evaluated")
}
"""The metrics nothing gives the inputs of, with the reason."""
