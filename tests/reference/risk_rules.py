"""warnings.md C.2: the rules of funds, volatility, rates and sectors: W03, W04, W05, W13 to W18.

Choices the specification leaves:
- Which inputs are required: those of the condition, all of them; where "the parts available" decide (W14) or two
  alternatives stand side by side (W13: R_21(TLT) or Δ10y) one of the two is enough, and the other is optional.
- W03's 5-year median is that of the values its percentile ranks: 1,260 sessions, at least 504.
- W05's days inverted are consecutive sessions, today the last, with a ratio of at least 1.
- W13's other regressor Δ10y (X5) decides nothing; t is that on IEF.
- W14's drawdown of SPY is `drawdown_252`, W19's.
- W15's deviation is of the daily spread on `tr`, as its 21-session spread is.
- W16 needs both X3 and ΔAR: only W10, W12 and W14 are "judged on the parts available".
- W17's last five sessions must all have a percentile (0.3: a window must be full); its z-scores are S3.
"""

from __future__ import annotations

import math

import numpy as np

from tests.reference.basics import correlation, ewma_volatility, highest, mean, percentile_rank, ratio, ret, sigma
from tests.reference.cross_asset import (
    absorption,
    absorption_shift,
    appetite,
    average_correlation,
    rate_sensitivity,
    sector_returns,
    turbulence,
    z21_of_return,
)
from tests.reference.data import SCHEMES, SECTORS, Array, Data, past
from tests.reference.judged import Evidence, Judged, Rule, every, known, lacking
from tests.reference.rotation import cyclical_minus_defensive, rotation_z21, z_day

YEAR = math.sqrt(252)


def whole(data: Data, symbol: str, *, px: bool = False) -> Array:
    """A symbol at every session; NaN throughout where the file lacks it."""
    if symbol not in data.symbols:
        return np.full(len(data.sessions), math.nan)
    return past(data.px if px else data.tr, symbol, len(data.sessions) - 1)


def w03(data: Data) -> Rule:
    """Small-cap volatility premium."""
    small = every(lambda past_: sigma(past_, 20), whole(data, "IWM"))
    large = every(lambda past_: sigma(past_, 20), whole(data, "SPY"))
    v4 = np.array([ratio(a, b) for a, b in zip(small, large, strict=True)])
    percentiles = every(percentile_rank, v4)

    def judge(i: int) -> Judged:
        v, pr = v4[i], percentiles[i]
        if missing := lacking(V4=v, V4_percentile=pr):
            return Judged(missing=missing)
        five_years = v4[: i + 1][-1260:]
        evidence = known(
            sigma20_small=small[i],
            sigma20_large=large[i],
            annual_small=small[i] * YEAR,
            annual_large=large[i] * YEAR,
            v4=v,
            percentile=pr,
            median=float(np.median(five_years[np.isfinite(five_years)])),
        )
        return Judged(
            watch=v >= 1.5 and pr >= 0.90,
            warn=v >= 1.75 and pr >= 0.97,
            exit=v < 1.4 or pr < 0.75,
            evidence=evidence,
        )

    return Rule("W03", [judge(i) for i in range(len(v4))])


def w04(data: Data) -> Rule:
    """Volatility regime."""
    vix, spy = whole(data, "^VIX", px=True), whole(data, "SPY")
    sigma20 = every(lambda past_: sigma(past_, 20), spy)
    ewma = every(ewma_volatility, spy)
    percentiles = every(percentile_rank, sigma20)

    def judge(i: int) -> Judged:
        level, pr = vix[i], percentiles[i]
        if missing := lacking(VIX=level, sigma20_percentile=pr):
            return Judged(missing=missing)
        annual = sigma20[i] * YEAR
        evidence = known(
            vix=level, sigma20=sigma20[i], annual=annual, ewma=ewma[i], v7=level - 100 * annual, percentile=pr
        )
        return Judged(
            watch=level >= 22 and pr >= 0.85,
            warn=level >= 30 and pr >= 0.95,
            exit=level < 20 or pr < 0.75,
            evidence=evidence,
        )

    return Rule("W04", [judge(i) for i in range(len(vix))])


def w05(data: Data) -> Rule:
    """VIX term inversion: in at once, WARNING after two sessions, out after two."""
    vix, vix3m = whole(data, "^VIX", px=True), whole(data, "^VIX3M", px=True)
    ratios = vix / vix3m

    def judge(i: int) -> Judged:
        v8 = ratios[i]
        if missing := lacking(V8=v8):
            return Judged(missing=missing)
        inverted = 0
        while inverted <= i and ratios[i - inverted] >= 1:
            inverted += 1
        evidence = known(v8=v8, vix=vix[i], vix3m=vix3m[i], days_inverted=inverted)
        return Judged(watch=v8 >= 1.00, warn=v8 >= 1.08, exit=v8 <= 0.95, evidence=evidence)

    return Rule("W05", [judge(i) for i in range(len(ratios))], watch_in=1, warn_in=2, out=2)


def w13(data: Data) -> Rule:
    """Rate pressure on small caps."""
    return Rule("W13", [rate_pressure(data, i) for i in range(len(data.sessions))])


def rate_pressure(data: Data, i: int) -> Judged:
    """W13 on one session."""
    iwm, spy, ief, tlt, xlre = (past(data.tr, symbol, i) for symbol in ("IWM", "SPY", "IEF", "TLT", "XLRE"))
    y10 = past(data.px, "^TNX", i)
    x5, fall = rate_sensitivity(iwm, spy, ief), ret(tlt, 21)
    week, rise = (100 * float(y10[-1] - y10[-1 - n]) if i >= n else math.nan for n in (5, 21))
    alternatives = lacking(R21_TLT=fall, d10y_21=rise)
    if missing := lacking(X5_t=x5.t) + (alternatives if len(alternatives) == 2 else ()):
        return Judged(missing=missing)
    # A comparison with NaN is false: an alternative that is not there raises nothing, and must not hinder the exit.
    calm = not fall <= -0.02 and not rise >= 10
    moves = {"tlt_21": fall, "d10y_5": week, "d10y_21": rise, "xlre_21": ret(xlre, 21), "iwm_21": ret(iwm, 21)}
    return Judged(
        watch=x5.t >= 2 and (fall <= -0.04 or rise >= 25),
        warn=x5.t >= 2 and (fall <= -0.065 or rise >= 40),
        exit=calm or x5.t < 1,
        partial=alternatives,
        evidence=known(gamma=x5.gamma, t=x5.t, b=x5.b, r2=x5.r2, **moves),
    )


def w14(data: Data) -> Rule:
    """Credit stress; the option-adjusted spread has no source here, so that z alone is judged."""
    hyg, ief = whole(data, "HYG"), whole(data, "IEF")
    spy = whole(data, "SPY", px=True)

    def judge(i: int) -> Judged:
        z = z21_of_return(hyg[: i + 1])
        if missing := lacking(HYG_z=z):
            return Judged(missing=missing)
        evidence = known(
            z=z,
            hyg_21=ret(hyg[: i + 1], 21),
            hyg_less_ief=ret(hyg[: i + 1], 21) - ret(ief[: i + 1], 21),
            spy_drawdown=float(spy[i]) / highest(spy[: i + 1], 252) - 1,
        )
        return Judged(watch=z <= -1.5, warn=z <= -2.5, exit=z > -0.5, partial=("HY OAS",), evidence=evidence)

    return Rule("W14", [judge(i) for i in range(len(hyg))])


def w15(data: Data) -> Rule:
    """Defensive rotation, by the default scheme."""
    xly, xlp = whole(data, "XLY"), whole(data, "XLP")

    def judge(i: int) -> Judged:
        z = rotation_z21(data, i, "msci") if i >= 252 else math.nan
        if missing := lacking(S4_z21=z):
            return Judged(missing=missing)
        spreads = {f"{s}_{n}": cyclical_minus_defensive(data, i, s, n) for s in SCHEMES for n in (5, 21, 63)}
        quotient = (xly / xlp)[: i + 1]
        evidence = known(
            z=z,
            xly_xlp_21=ret(quotient, 21),
            xly_xlp_63=ret(quotient, 63),
            xly_xlp_sma50=float(quotient[-1]) / mean(quotient, 50) - 1,
            y1=appetite(data, i),
            **spreads,
        )
        return Judged(watch=z <= -1.5, warn=z <= -2.25, exit=z > -0.5, evidence=evidence)

    return Rule("W15", [judge(i) for i in range(len(xly))])


def w16(data: Data, dispersion: Array) -> Rule:
    """Correlation and fragility of the sectors; `dispersion` is V10 of the members, told as evidence only."""
    returns = sector_returns(data)
    days = range(len(data.sessions))
    ratios = np.array([absorption(returns[:i]) for i in days])

    def judge(i: int) -> Judged:
        x3, shift = average_correlation(returns[:i]), absorption_shift(ratios[: i + 1])
        if missing := lacking(X3=x3, dAR=shift):
            return Judged(missing=missing)
        return Judged(
            watch=x3 >= 0.75 or shift >= 2,
            warn=x3 >= 0.85 or shift >= 3,
            exit=x3 < 0.70 and shift < 1.5,
            evidence=known(
                x3=x3, ar=ratios[i], ar_shift=shift, v10=dispersion[i], of_sectors=float(np.std(returns[i - 1], ddof=1))
            ),
        )

    return Rule("W16", [judge(i) for i in days])


def w17(data: Data) -> Rule:
    """Turbulence: in and out at once."""
    returns = sector_returns(data)
    days = range(len(data.sessions))
    distances = np.array([turbulence(returns[:i]) for i in days])
    percentiles = every(percentile_rank, distances)

    def judge(i: int) -> Judged:
        five = percentiles[: i + 1][-5:]
        if len(five) < 5 or not np.isfinite(five).all():
            return Judged(missing=("X11_percentile",))
        count = int(np.sum(five >= 0.95))
        scores = {symbol: z_day(data, symbol, i) for symbol in SECTORS}
        largest = sorted(scores, key=lambda symbol: abs(scores[symbol]), reverse=True)[:3]
        shown = {f"z_{symbol}": scores[symbol] if symbol in largest else None for symbol in SECTORS}
        evidence = known(x11=distances[i], percentile=percentiles[i], count=count, **shown)
        return Judged(watch=count >= 2, warn=count >= 3, exit=count == 0, evidence=evidence)

    return Rule("W17", [judge(i) for i in days], watch_in=1, warn_in=1, out=1)


def w18(data: Data) -> Rule:
    """Diversification loss."""
    iwm = whole(data, "IWM")
    others = {symbol: whole(data, symbol) for symbol in ("QQQ", "SPY", "MAGS", "TLT")}

    def judge(i: int) -> Judged:
        together = {
            f"{symbol}_{n}": correlation(iwm[: i + 1], other[: i + 1], n)
            for symbol, other in others.items()
            for n in (63, 252)
        }
        corr = together["QQQ_63"]
        if missing := lacking(corr63=corr):
            return Judged(missing=missing)
        evidence: Evidence = known(**together)
        return Judged(watch=corr >= 0.92, warn=corr >= 0.96, exit=corr < 0.89, evidence=evidence)

    return Rule("W18", [judge(i) for i in range(len(iwm))])
