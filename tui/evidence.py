"""The evidence of the rules in words and units: what its names mean, how its values are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

from core.i18n import _
from core.metrics.nameable import nameable, unit_of
from core.text import clean
from tui import format as fmt

EvidenceValue: TypeAlias = float | int | str | bool | None

SPREAD: Final = re.compile(r"(\d+)s")
SCHEME: Final = re.compile(r"(\w+)_(\d+)s")
CORRELATION: Final = re.compile(r"corr(\d+)_([a-z]+)_([a-z]+)")
SIGMA: Final = re.compile(r"z_(\w+)")
CONFLICT: Final = re.compile(r"(active|firings)_([\d.]+)")


class Name(NamedTuple):
    """What a piece of evidence is, and its unit: one of `_FORMS`, or what stands after the number."""

    text: str
    unit: str


def named(evidence: Mapping[str, EvidenceValue]) -> list[tuple[str, str]]:
    """Name and value of each piece, in the order given; a text that is empty is left out."""
    return [(name_of(key).text, written(key, value)) for key, value in evidence.items() if value != ""]


def written(key: str, value: EvidenceValue) -> str:
    """A value in its unit; a dash where it is missing."""
    if value is None:
        return fmt.DASH
    if isinstance(value, str):
        return clean(value, 400)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    unit = name_of(key).unit
    form = _FORMS.get(unit)
    return f"{_plain(value)} {unit}" if form is None else form(value)


def _plain(value: float) -> str:
    text = fmt.number(value, 0 if isinstance(value, int) else 1 if abs(value) >= 100 else 2)
    return text.removeprefix("+")


_FORMS: Final[Mapping[str, Callable[[float], str]]] = {
    "change": fmt.percent,
    "share": lambda value: fmt.percent(value, 1, sign=False),
    "spread": lambda value: fmt.pp(value, 2),
    "bp": fmt.bp,
    "count": lambda value: fmt.number(value, 0).removeprefix("+"),
    "number": _plain,
}
"""How the values of a unit are written; those of another one are a number before it."""


def name_of(key: str) -> Name:
    """What a piece of evidence is; of the metric of a user's rule, and of one that nobody has named, its id."""
    if known := _names().get(key):
        return known
    if key in nameable():
        return Name(key, "%" if unit_of(key) == "percent" else unit_of(key))
    return _patterned(key) or Name(clean(key.replace("_", " "), 60), "number")


def _patterned(key: str) -> Name | None:
    if found := SPREAD.fullmatch(key):
        return Name(_("small less large caps over {n} sessions").format(n=found[1]), "spread")
    if found := CORRELATION.fullmatch(key):
        a, b = found[2].upper(), found[3].upper()
        return Name(_("correlation of {a} and {b}, {n} sessions").format(a=a, b=b, n=found[1]), "number")
    if found := SIGMA.fullmatch(key):
        return Name(_("move of {symbol} today").format(symbol=found[1]), "σ")
    if found := CONFLICT.fullmatch(key):
        told = _("sessions left at {share} %") if found[1] == "active" else _("firings so far at {share} %")
        return Name(told.format(share=found[2]), "count")
    if found := SCHEME.fullmatch(key):
        text = _("cyclicals less defensives by {scheme}, {n} sessions").format(scheme=found[1], n=found[2])
        return Name(text, "spread")
    return None


def _names() -> dict[str, Name]:
    """The names that stand for themselves."""
    return {**_of_leadership(), **_of_volatility(), **_of_levels(), **_of_breadth(), **_of_weights(), **_of_others()}


def _of_leadership() -> dict[str, Name]:
    return {
        "z21": Name(_("21-session spread in units of its deviation"), "σ"),
        "ratio_vs_sma50": Name(_("ratio against its 50-session average"), "change"),
        "share63": Name(_("sessions ahead, of the last 63"), "share"),
        "lead_sessions": Name(_("sessions in the lead without a break"), "count"),
        "band_low": Name(_("63-session spread, worst base date"), "spread"),
        "band_high": Name(_("63-session spread, best base date"), "spread"),
        "agree": Name(_("windows that agree, of 6"), "count"),
        "t63": Name(_("t of the mean daily spread, 63 sessions"), "number"),
    }


def _of_volatility() -> dict[str, Name]:
    return {
        "vol_ratio": Name(_("20-session volatility, IWM over SPY"), "number"),
        "vol_ratio_pr": Name(_("its percentile in 5 years"), "share"),
        "vol_ratio_median": Name(_("its median of 5 years"), "number"),
        "sigma20": Name(_("deviation of SPY a day, 20 sessions"), "share"),
        "sigma20_iwm": Name(_("deviation of IWM a day, 20 sessions"), "share"),
        "sigma20_spy": Name(_("deviation of SPY a day, 20 sessions"), "share"),
        "annual_vol": Name(_("volatility of SPY a year"), "share"),
        "annual_vol_iwm": Name(_("volatility of IWM a year"), "share"),
        "annual_vol_spy": Name(_("volatility of SPY a year"), "share"),
        "sigma20_pr": Name(_("percentile of that deviation in 5 years"), "share"),
        "ewma_vol": Name(_("deviation a day, newest days weighing most"), "share"),
        "implied_less_realised": Name(_("VIX less realised volatility"), _("points")),
        "vix": Name("VIX", _("points")),
        "vix3m": Name("VIX3M", _("points")),
        "vix_term": Name(_("VIX over VIX3M"), "number"),
        "days_inverted": Name(_("sessions inverted"), "count"),
    }


def _of_levels() -> dict[str, Name]:
    return {
        "rsi14": Name(_("RSI of 14 sessions"), "number"),
        "pct_b": Name(_("place in the Bollinger band, 1 is its upper end"), "number"),
        "pr_dist_sma50": Name(_("percentile of the distance to the 50-day average"), "share"),
        "pr_ret_63s": Name(_("percentile of the 63-session return"), "share"),
        "points": Name(_("points, of 4"), "count"),
        "dist_high_close_252": Name(_("from the highest close of 252 sessions"), "change"),
        "extension": Name(_("above the 50-day average"), "σ"),
        "days_since_high": Name(_("sessions since that high"), "count"),
        "drawdown_252": Name(_("below the highest close of 252 sessions"), "change"),
        "dist_sma200": Name(_("from the 200-session average"), "change"),
        "slope_sma200": Name(_("that average over 20 sessions"), "change"),
    }


def _of_breadth() -> dict[str, Name]:
    return {
        "index_high_63": Name(_("SPY at a 63-session closing high"), "number"),
        "above_sma20": Name(_("members above their 20-session average"), "share"),
        "above_sma50": Name(_("members above their 50-session average"), "share"),
        "above_sma200": Name(_("members above their 200-session average"), "share"),
        "new_highs": Name(_("members at a new high"), "count"),
        "new_lows": Name(_("members at a new low"), "count"),
        "high_share": Name(_("new highs, share of the members"), "share"),
        "low_share": Name(_("new lows, share of the members"), "share"),
        "highs_per_low": Name(_("new highs for each new low"), "number"),
        "line_gap": Name(_("A/D line less its highest of 63 sessions"), "count"),
        "line_below": Name(_("sessions the A/D line is below that"), "count"),
        "mcclellan": Name(_("McClellan oscillator"), "number"),
        "universe": Name(_("universe"), "number"),
        "coverage": Name(_("coverage"), "share"),
    }


def _of_weights() -> dict[str, Name]:
    return {
        "c1": Name(_("weight of the seven mega caps"), "share"),
        "c2_63s": Name(_("their share of the return of SPY, 63 sessions"), "share"),
        "c2_contribution_63s": Name(_("what they brought to it"), "spread"),
        "c3": Name(_("weight of the ten largest"), "share"),
        "c5": Name(_("share of the ten best in the return of IWM"), "share"),
        "c7": Name(_("members that beat the index"), "share"),
        "ret_63s": Name(_("return of the fund over 63 sessions"), "change"),
        "equal_less_cap_63s": Name(_("equal less cap weight, 63 sessions"), "spread"),
        "mean_less_median": Name(_("mean less median return of members"), "spread"),
        "index_less_equal": Name(_("index less equal weight"), "spread"),
        "top10": Name(_("what the ten best brought"), "number"),
        "stands_in": Name(_("stands in for the holdings"), "number"),
        "weights_date": Name(_("weights of"), "number"),
    }


def _of_others() -> dict[str, Name]:
    return {
        "relative_pe": Name(_("P/E of IWM over that of SPY"), "number"),
        "relative_pe_pr": Name(_("its percentile among own snapshots"), "share"),
        "snapshots": Name(_("own snapshots"), "count"),
        "earnings_yield_gap": Name(_("earnings yield of IWM less the 10-year yield"), "spread"),
        "trailing_pe_small": Name(_("P/E of IWM, trailing"), "number"),
        "trailing_pe_large": Name(_("P/E of SPY, trailing"), "number"),
        "price_to_book_small": Name(_("price to book of IWM"), "number"),
        "price_to_book_large": Name(_("price to book of SPY"), "number"),
        "source": Name(_("source"), "number"),
        "dated": Name(_("as of"), "number"),
        "negative_earnings": Name(_("companies with losses"), "number"),
        "t": Name(_("t of the slope on IEF"), "number"),
        "gamma": Name(_("slope of IWM on IEF beside SPY"), "number"),
        "b": Name(_("slope of IWM on SPY"), "number"),
        "r2": Name("R²", "number"),
        "tlt_21s": Name(_("TLT over 21 sessions"), "change"),
        "iwm_21s": Name(_("IWM over 21 sessions"), "change"),
        "xlre_21s": Name(_("XLRE over 21 sessions"), "change"),
        "rate_5s_bp": Name(_("10-year yield over 5 sessions"), "bp"),
        "rate_21s_bp": Name(_("10-year yield over 21 sessions"), "bp"),
        "credit_z": Name(_("HYG over 21 sessions in its deviation"), "σ"),
        "hyg_21s": Name(_("HYG over 21 sessions"), "change"),
        "hyg_less_ief_21s": Name(_("HYG less IEF over 21 sessions"), "spread"),
        "oas": Name(_("option-adjusted spread of high yield"), "%"),
        "oas_21s_bp": Name(_("that spread over 21 sessions"), "bp"),
        "oas_pr": Name(_("percentile of that spread"), "share"),
        "spy_drawdown_252": Name(_("SPY below its highest close of 252 sessions"), "change"),
        "scheme": Name(_("scheme"), "number"),
        "xly_xlp": Name(_("XLY over XLP, 21 sessions"), "change"),
        "appetite": Name(_("risk appetite, -100 to 100"), "count"),
        "avg_corr": Name(_("mean correlation of two sectors, 63 sessions"), "number"),
        "absorption": Name(_("absorption ratio"), "number"),
        "delta_ar": Name(_("shift of the absorption ratio"), "σ"),
        "dispersion": Name(_("dispersion of the members today"), "share"),
        "sector_dispersion": Name(_("dispersion of the sectors today"), "share"),
        "turbulent_sessions": Name(_("turbulent sessions of the last 5"), "count"),
        "turbulence": Name(_("turbulence today"), "number"),
        "turbulence_pr": Name(_("its percentile in 5 years"), "share"),
        "faults": Name(_("stale or missing core symbols, and limits passed"), "count"),
        "universe_coverage": Name(_("coverage of the universe"), "share"),
        "suspect_share": Name(_("members with suspect prices"), "share"),
        "missing": Name(_("missing"), "number"),
        "stale": Name(_("stale"), "number"),
        "fetch_age_hours": Name(_("age of the last fetch"), _("hours")),
    }
