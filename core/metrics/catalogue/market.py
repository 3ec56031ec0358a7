"""The metrics across assets and sectors, and what needs a source of its own: groups X, S, Y, L, F."""

from __future__ import annotations

from typing import Final

from core.metrics.catalogue.metric import Metric

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
    Metric("F2", "event calendar", "dated external file", "-", "-", "-", "events of the market note"),
)
