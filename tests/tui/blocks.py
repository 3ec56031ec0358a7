"""The blocks of the snapshot behind Breadth and Cross-asset, plausible and always the same."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import msgspec

from core.snapshot import Appetite, Breadth, Concentration, Course, Risk, Snapshot
from tests.tui import builders


def course(chg: float | None = 0.01, pr: float | None = 0.5) -> Course:
    """A wave over the year."""
    return Course(chg_1s=chg, pr=pr, spark=tuple(math.sin(k / 6) for k in range(42)))


def breadth(**changes: Any) -> Breadth:
    """The S&P 500 as it stood on 2026-01-09."""
    shares = ("above_sma20", "above_sma50", "above_sma200", "zweig", "upvol_share", "dispersion")
    counts = ("advances", "declines", "unchanged", "new_highs", "new_lows", "ad_line", "summation", "mcclellan")
    others = ("trin", "trin10", "high_low_index", "sectors_above_sma50", "sectors_beating_21s")
    spreads = ("equal_less_cap_21s", "equal_less_cap_63s")
    whole = Breadth(
        universe="sp500",
        members=503,
        used=501,
        coverage=501 / 503,
        dated=date(2025, 11, 16),
        source="sp500_members_2025-11-16.csv",
        advances=281.0,
        declines=220.0,
        unchanged=0.0,
        ad_line=5619.0,
        ad_line_chg_21s=341.0,
        mcclellan=12.3,
        summation=532.9,
        summation_chg_21s=-34.1,
        above_sma20=0.61,
        above_sma50=0.58,
        above_sma200=0.644,
        new_highs=41.0,
        new_lows=3.0,
        high_low_index=71.5,
        zweig=0.524,
        thrusts=2.0,
        trin=0.9,
        trin10=1.02,
        upvol_share=0.553,
        dispersion=0.0231,
        conflict={"active_2.2": 0.0, "active_2.8": 12.0},
        sectors_above_sma50=9.0,
        sectors_beating_21s=6.0,
        equal_less_cap={"21s": 0.018, "63s": 0.0463},
        course={
            **{name: course(0.012) for name in (*shares, *spreads)},
            **{name: course(12.0) for name in counts},
            **{name: course(1.0, pr=0.98) for name in others},
        },
        notes=("members of 2025-11-16",),
    )
    return msgspec.structs.replace(whole, **changes)


def funds() -> Breadth:
    """What is known where no universe is chosen."""
    absent = dict.fromkeys(("advances", "above_sma50", "trin"), "not_supported")
    return Breadth(
        universe="core", sectors_above_sma50=11.0, equal_less_cap={"21s": -0.0194, "63s": 0.0083}, status=absent
    )


def risk(**changes: Any) -> Risk:
    """A calm market that likes risk; the 5-year yield is missing."""
    components = {"cyclical_defensive": 0.84, "xly_xlp": 0.13, "iwm_spy": -0.43, "hyg_ief": 0.34, "cper_gld": None}
    whole = Risk(
        appetite=Appetite(score=23.5, state="risk-on", parts=4, components=components),
        avg_corr=0.45,
        absorption=0.65,
        delta_ar=0.42,
        turbulence=0.3,
        turbulence_pr=0.02,
        diversification=1.74,
        vix=13.81,
        vix_term=0.82,
        implied_less_realised=3.64,
        sigma20_pr=0.16,
        vol_ratio_pr=0.58,
        regime="calm",
        curve_10y_3m=0.7,
        rate_5s_bp=17.3,
        rate_21s_bp=-7.2,
        rate_21s_z=-0.31,
        rate_gamma_ief=0.01,
        rate_t_ief=0.04,
        credit_21s=0.0087,
        credit_z=1.89,
        copper_gold_21s=0.001,
        corr63={"IWM-SPY": 0.85},
        corr252={"IWM-SPY": 0.83},
        ratios={"XLY/XLP": {"21s": 0.0117, "63s": 0.0128, "dist_sma50": 0.031}},
        price_stretch={"SPY": 0.8, "IJR": None},
        sentiment=74.9,
        sentiment_parts={"momentum": 73.4, "put_call": None},
        course={name: course() for name in ("vix", "vix_term", "appetite", "corr63_iwm_spy", "curve_10y_3m")},
        status={"curve_10y_5y": "missing_input"},
    )
    return msgspec.structs.replace(whole, **changes)


def concentration(**changes: Any) -> Concentration:
    """Weights of SPY, and none of IWM."""
    whole = Concentration(
        c1=0.343,
        c2={"63s": None},
        c3=44.0,
        c4={"21s": {"largest_less_equal": 0.0309}, "63s": {"largest_less_equal": -0.0084}},
        c8=5.7,
        weights_date={"SPY": date(2025, 11, 18)},
        status={"c1": "partial", "c2": "partial", "c5": "missing_input", "c6": "missing_input", "c7": "missing_input"},
    )
    return msgspec.structs.replace(whole, **changes)


def full(**changes: Any) -> Snapshot:
    """A full snapshot with all blocks."""
    return builders.rich(**{"breadth": breadth(), "risk": risk(), "concentration": concentration(), **changes})
