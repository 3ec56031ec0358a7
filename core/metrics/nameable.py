"""What a rule of the user's own may look at, by name, with its unit: `tapeboard config --metrics` prints the list.

A plain name is a metric of one symbol; `spread.`, `breadth.` and `risk.` name the series of a pair, of the breadth
universe and of the market. Standard library only: a configuration is checked before numpy is there.
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from core.i18n import _

SPREAD, BREADTH, RISK = "spread.", "breadth.", "risk."
PAIRED, MARKET_WIDE = (SPREAD,), (BREADTH, RISK)

WINDOWS = (5, 21, 42, 63, 126, 252)

Unit: TypeAlias = Literal["change", "share", "spread", "bp", "percent", "number"]
"""What a value is: as a fraction a change, a share or a difference of returns; basis points, percent, a number."""

FRACTIONS: Final[frozenset[Unit]] = frozenset({"change", "share", "spread"})

_UNITS: Final[dict[Unit, re.Pattern[str]]] = {
    "change": re.compile(
        r"chg_1s|ret_\d+s|momentum_12_1|(dist|slope)_\w+|drawdown|drawdown_252|max_drawdown|spread\.ratio_vs_sma50"
    ),
    "share": re.compile(
        r"sigma\d+|annual_vol|ewma_vol|spread\.share63|risk\.(\w+_pr|absorption)"
        r"|breadth\.(adv_share|above_sma\d+|high_share|low_share|zweig|upvol_share|dispersion|coverage)"
    ),
    "spread": re.compile(r"spread\.(\d+s|band_low|band_high)|risk\.(credit|copper_gold)_21s"),
    "bp": re.compile(r"risk\.rate_\d+s_bp"),
    "percent": re.compile(r"breadth\.(record_high_share|high_low_index)"),
}


def unit_of(name: str) -> Unit:
    """The unit of a metric by its name."""
    return next((unit for unit, names in _UNITS.items() if names.fullmatch(name)), "number")


def nameable() -> dict[str, str]:
    """Every name and what it is, in the order of the list; fractions: 0.01 is 1 %."""
    return {
        **_returns(),
        **_levels(),
        **_volatility(),
        **{SPREAD + name: meaning for name, meaning in _spreads().items()},
        **{BREADTH + name: meaning for name, meaning in _breadth().items()},
        **{RISK + name: meaning for name, meaning in (_stress() | _rates()).items()},
    }


def _returns() -> dict[str, str]:
    returns = {f"ret_{n}s": _("return over {n} sessions, fraction").format(n=n) for n in WINDOWS}
    return {
        "px": _("close, in its currency, percent for rates, points for volatility"),
        "chg_1s": _("change of the day, fraction"),
        **returns,
        "momentum_12_1": _("return from 252 to 21 sessions ago, fraction"),
        "volume": _("volume, shares"),
        "adv20": _("mean volume of 20 sessions, shares"),
        "adv63": _("mean volume of 63 sessions, shares"),
        "rel_volume": _("volume over its mean of 20 sessions"),
        "rs_ratio": _("rotation: relative strength against SPY, around 100"),
        "rs_momentum": _("rotation: its momentum, around 100"),
    }


def _levels() -> dict[str, str]:
    averages = {
        name.format(n=n): meaning.format(n=n)
        for n in (20, 50, 200)
        for name, meaning in {
            "sma{n}": _("average of {n} sessions, price"),
            "dist_sma{n}": _("close over its average of {n} sessions less 1, fraction"),
            "slope_sma{n}": _("change of the average of {n} sessions over 20, fraction"),
            "above_sma{n}": _("1 above the average of {n} sessions, else 0"),
        }.items()
    }
    return {
        **averages,
        "high_252": _("highest high of 252 sessions, price"),
        "low_252": _("lowest low of 252 sessions, price"),
        "high_close_252": _("highest close of 252 sessions, price"),
        "dist_high_252": _("close over the highest high of 252 sessions less 1, fraction"),
        "dist_low_252": _("close over the lowest low of 252 sessions less 1, fraction"),
        "dist_high_close_252": _("close over the highest close of 252 sessions less 1, fraction"),
        "drawdown_252": _("the same, as rule W19 reads it"),
        "record_close": _("1 at the highest close since the data begin, else 0"),
        "record_high": _("1 at the highest high since the data begin, else 0"),
        "rsi14": _("RSI of 14 sessions, 0 to 100"),
        "pct_b": _("%b of the Bollinger bands, 0 at the lower, 1 at the upper"),
        "extension": _("distance from the 50-session average in its own deviations"),
    }


def _volatility() -> dict[str, str]:
    return {
        **{f"sigma{n}": _("daily deviation of {n} sessions, fraction").format(n=n) for n in (20, 60, 252)},
        "annual_vol": _("deviation of 20 sessions a year, fraction"),
        "ewma_vol": _("exponentially weighted daily deviation, fraction"),
        "vol_ratio": _("deviation of 20 sessions over that of SPY"),
        "atr14": _("average true range of 14 sessions, price"),
        "z_day": _("change of the day in daily deviations of the 60 sessions before"),
        "beta63": _("beta to SPY over 63 sessions"),
        "corr63": _("correlation with SPY over 63 sessions"),
        "drawdown": _("return since the highest point of the data, fraction"),
        "max_drawdown": _("the deepest of these so far, fraction"),
        "drawdown_sessions": _("sessions since that highest point"),
    }


def _spreads() -> dict[str, str]:
    return {
        **{f"{n}s": _("difference of the returns over {n} sessions, fraction").format(n=n) for n in WINDOWS},
        "z21": _("that of 21 sessions in deviations of 63"),
        "band_low": _("least of the 63-session spread over base dates 58 to 68 back, fraction"),
        "band_high": _("largest of them, fraction"),
        "agree": _("how many of six windows agree with the sign of 63 sessions"),
        "t63": _("t statistic of the daily lead over 63 sessions"),
        "share63": _("share of the last 63 sessions with a lead, fraction"),
        "lead_sessions": _("sessions in a row with a lead over 63 sessions"),
        "ratio_vs_sma50": _("ratio of the two over its average of 50 sessions less 1, fraction"),
    }


def _breadth() -> dict[str, str]:
    return {
        "advances": _("members that rose"),
        "declines": _("members that fell"),
        "unchanged": _("members unchanged"),
        "net_advances": _("advances less declines"),
        "ad_ratio": _("advances over declines"),
        "adv_share": _("advances of those that moved, fraction"),
        "mcclellan": _("McClellan oscillator, ratio-adjusted"),
        "summation": _("McClellan summation"),
        **{
            f"above_sma{n}": _("members above their average of {n} sessions, fraction").format(n=n)
            for n in (20, 50, 200)
        },
        "new_highs": _("members at a high of 252 sessions"),
        "new_lows": _("members at a low of 252 sessions"),
        "high_share": _("the former as a fraction of the members"),
        "low_share": _("the latter as a fraction of the members"),
        "record_high_share": _("highs of highs and lows, percent"),
        "high_low_index": _("its average of 10 sessions, percent"),
        "zweig": _("Zweig breadth thrust, fraction"),
        "trin": _("TRIN"),
        "trin10": _("TRIN of 10 sessions"),
        "upvol_share": _("volume in rising members, fraction"),
        "dispersion": _("deviation of the returns of the day across members, fraction"),
        "line_gap": _("A/D line less its highest of 63 sessions"),
        "line_below": _("sessions in a row that the A/D line is below it"),
        "coverage": _("members with a price, fraction"),
    }


def _stress() -> dict[str, str]:
    pairs = {
        f"corr{n}_{pair}": _("correlation of {pair} over {n} sessions").format(pair=shown, n=n)
        for pair, shown in {"iwm_spy": "IWM, SPY", "iwm_qqq": "IWM, QQQ", "spy_tlt": "SPY, TLT"}.items()
        for n in (63, 252)
    }
    return {
        "vix": _("VIX, points"),
        "vix_term": _("VIX over VIX3M"),
        "implied_less_realised": _("VIX less realised volatility of SPY, points"),
        "sigma20_pr": _("percentile of SPY's deviation, 0 to 1"),
        "vol_ratio_pr": _("percentile of IWM's over SPY's, 0 to 1"),
        "avg_corr": _("average correlation of the sectors over 63 sessions"),
        "absorption": _("absorption ratio of the sectors, fraction"),
        "delta_ar": _("its shift, in deviations"),
        "turbulence": _("turbulence of the sectors"),
        "turbulence_pr": _("its percentile, 0 to 1"),
        "effective_bets": _("effective number of bets among the sectors"),
        "diversification": _("diversification ratio of SPY, IWM, TLT and GLD"),
        "appetite": _("risk appetite, -100 to 100"),
        **pairs,
    }


def _rates() -> dict[str, str]:
    return {
        "curve_10y_3m": _("10 years less 3 months, percentage points"),
        "curve_10y_5y": _("10 years less 5 years, percentage points"),
        "rate_5s_bp": _("change of the 10-year yield over 5 sessions, basis points"),
        "rate_21s_bp": _("the same over 21 sessions, basis points"),
        "rate_21s_z": _("the latter in deviations of a year"),
        "rate_gamma_ief": _("sensitivity of IWM to IEF beside SPY"),
        "rate_t_ief": _("its t statistic"),
        "rate_gamma_tlt": _("sensitivity of IWM to TLT beside SPY"),
        "rate_t_tlt": _("its t statistic"),
        "credit_21s": _("HYG less IEF over 21 sessions, fraction"),
        "credit_z": _("return of HYG over 21 sessions in deviations of a year"),
        "rotation_z": _("cyclical less defensive sectors over 21 sessions in deviations of a year"),
        "copper_gold_21s": _("copper against gold over 21 sessions, fraction"),
    }
