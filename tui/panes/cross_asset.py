"""What other markets say: volatility, rates, credit, correlation, the appetite for risk, and concentration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from core.i18n import _
from core.snapshot import Appetite, Concentration, Risk, Snapshot, Value
from tui import format as fmt
from tui.panes.gauges import NO_COURSE, Gauge, GaugePane, why

HUNDRED: Final = 100.0
"""Fractions are shown in percent."""


class CrossAssetPane(GaugePane):
    """The `risk` and the `concentration` of the snapshot."""

    COMMAND = "pane_cross_asset"

    def __init__(self, key: str, *, flash: bool = True) -> None:
        super().__init__(_("Cross-asset"), key, short=_("Assets"), flash=flash)

    def slices(self, snapshot: Snapshot) -> tuple[object, ...]:
        """See `Pane`."""
        return snapshot.risk, snapshot.concentration

    def info(self) -> tuple[str, ...]:
        """See `Pane`: the appetite for risk, the regime of volatility, and the session."""
        risk = self.snapshot.risk
        if risk.appetite.score is None or risk.regime is None:
            return ("",)
        appetite = _("appetite {score} {state}").format(
            score=fmt.number(risk.appetite.score, 0), state=_words()[risk.appetite.state or ""]
        )
        regime = _("volatility {regime}").format(regime=_words()[risk.regime])
        both = f"{appetite} · {regime}"
        return f"{both} · {fmt.day(self.snapshot.session)}", both, appetite, _words()[risk.appetite.state or ""]

    def sections(self) -> Iterable[tuple[str, Sequence[Gauge]]]:
        """See `GaugePane`."""
        risk, concentration = self.snapshot.risk, self.snapshot.concentration
        yield _("Appetite for risk, -100 to 100"), _appetite(risk)
        yield _("Volatility"), _volatility(risk)
        yield _("Rates"), _rates(risk)
        yield _("Credit and growth"), _credit(risk)
        yield _("Correlation"), _correlation(risk)
        yield _("Price stretch, not valuation"), _stretch(risk)
        yield _dated(concentration), _concentration(concentration)


def _gauge(risk: Risk, field: str, name: str, about: str, **look: Any) -> Gauge:
    """The gauge of one field, with its course, and the reason that `status` gives for it."""
    return Gauge(
        field,
        name,
        getattr(risk, field),
        about,
        risk.course.get(field, NO_COURSE),
        why=why(risk.status, field) or _missing(),
        **look,
    )


def _appetite(risk: Risk) -> list[Gauge]:
    """Y1: the score, and what each component adds to it; X12."""
    appetite = risk.appetite
    about = _("mean of {parts} of {of} components; no forecast").format(parts=appetite.parts, of=appetite.of)
    score = Gauge(
        "appetite",
        _("Appetite"),
        appetite.score,
        about,
        risk.course.get("appetite", NO_COURSE),
        digits=0,
        sign=True,
        why=_("fewer than 5 of its 8 components"),
    )
    about = _limits(appetite).format(enter=round(appetite.enter), leave=round(appetite.leave))
    state = Gauge("appetite state", _("State"), None, about, text=_words()[appetite.state or ""], why=score.why)
    most = HUNDRED / max(appetite.parts, 1)
    parts = [
        Gauge(
            f"appetite {name}",
            _components().get(name, name),
            None if value is None else most * value,
            _("21 s by its deviation; ±{most} at most").format(most=fmt.number(most, 1, sign=False)),
            digits=1,
            sign=True,
            why=_missing(),
            widest=most,
        )
        for name, value in appetite.components.items()
    ]
    known = sum(value is not None for value in risk.sentiment_parts.values())
    mix = _("{known} of {of} parts of a fear and greed mix").format(known=known, of=len(risk.sentiment_parts))
    return [score, state, *parts, Gauge("sentiment", _("Sentiment mix"), risk.sentiment, mix, digits=0, why=_missing())]


def _limits(appetite: Appetite) -> str:
    """What ends the state that is held; what begins one where none is."""
    return {
        "risk-on": _("in from +{enter}, left below +{leave}, for 2 sessions"),
        "risk-off": _("in from -{enter}, left above -{leave}, for 2 sessions"),
    }.get(appetite.state or "", _("on from +{enter}, off from -{enter}, for 2 sessions"))


def _volatility(risk: Risk) -> list[Gauge]:
    """Group V."""
    regime = _words()[risk.regime] if risk.regime else ""
    return [
        _gauge(risk, "vix", _("VIX"), _("implied volatility of 30 days, points")),
        _gauge(risk, "vix_term", _("VIX / VIX3M"), _("term structure: above 1, fear is for now")),
        _gauge(
            risk,
            "implied_less_realised",
            _("Implied-real., pt"),
            _("VIX less the volatility of 20 sessions"),
            sign=True,
        ),
        Gauge("regime", _("Regime"), None, _("by the rank of SPY's volatility below"), text=regime, why=_missing()),
        _gauge(
            risk, "sigma20_pr", _("SPY vol rank, %"), _("20 sessions, among those of 5 years"), digits=0, scale=HUNDRED
        ),
        _gauge(
            risk,
            "vol_ratio_pr",
            _("IWM/SPY vol rank"),
            _("their volatilities' ratio, in 5 years, %"),
            digits=0,
            scale=HUNDRED,
        ),
    ]


def _rates(risk: Risk) -> list[Gauge]:
    """X5 to X7."""
    return [
        _gauge(risk, "curve_10y_3m", _("10 y - 3 m, pp"), _("the curve; below 0 it is inverted"), sign=True),
        _gauge(risk, "curve_10y_5y", _("10 y - 5 y, pp"), _("the long end of the curve"), sign=True),
        _gauge(risk, "rate_5s_bp", _("10 y in 5 s, bp"), _("change of the 10-year yield"), digits=0, sign=True),
        _gauge(risk, "rate_21s_bp", _("10 y in 21 s, bp"), _("change of the 10-year yield"), digits=0, sign=True),
        _gauge(risk, "rate_21s_z", _("10 y in 21 s, z"), _("the same in units of its deviation"), sign=True),
        _gauge(
            risk, "rate_gamma_ief", _("IWM on IEF, γ"), _("small caps on bonds beside SPY, 126 sessions"), sign=True
        ),
        _gauge(risk, "rate_t_ief", _("IWM on IEF, t"), _("of γ; within ±2 it may be noise"), sign=True),
    ]


def _credit(risk: Risk) -> list[Gauge]:
    """X8 to X10."""
    pairs = [
        Gauge(
            f"ratio {pair}",
            _("{pair}, %").format(pair=pair),
            values.get("21s"),
            _("in 21 s; in 63 s {long} %, to its 50 d {dist} %").format(
                long=fmt.pct(values.get("63s"), 1), dist=fmt.pct(values.get("dist_sma50"), 1)
            ),
            scale=HUNDRED,
            sign=True,
            why=_missing(),
        )
        for pair, values in risk.ratios.items()
    ]
    return [
        _gauge(risk, "credit_21s", _("HYG-IEF 21 s, pp"), _("high yield less Treasuries"), scale=HUNDRED, sign=True),
        _gauge(risk, "credit_z", _("HYG in 21 s, z"), _("high yield in units of its deviation"), sign=True),
        _gauge(risk, "copper_gold_21s", _("Copper/gold, %"), _("CPER/GLD over 21 sessions"), scale=HUNDRED, sign=True),
        *pairs,
    ]


def _correlation(risk: Risk) -> list[Gauge]:
    """X2 to X4, X11, X13."""
    pairs = [
        Gauge(
            f"corr63 {pair}",
            _("{pair} corr").format(pair=pair),
            value,
            _("63 sessions; in 252: {year}").format(year=fmt.number(risk.corr252.get(pair))),
            risk.course.get(f"corr63_{pair}".replace("-", "_").lower(), NO_COURSE),
            sign=True,
            why=_missing(),
        )
        for pair, value in risk.corr63.items()
    ]
    return [
        _gauge(risk, "avg_corr", _("Sectors' mean"), _("mean correlation of sector pairs, 63 s")),
        _gauge(
            risk, "absorption", _("Absorption, %"), _("variance in the first fifth of factors"), digits=1, scale=HUNDRED
        ),
        _gauge(risk, "delta_ar", _("Absorption shift"), _("15 sessions to a year; above 1 it tightens"), sign=True),
        _gauge(risk, "turbulence", _("Turbulence"), _("how unusual today's moves are; 1 is usual")),
        _gauge(
            risk,
            "turbulence_pr",
            _("Turbulence rank"),
            _("in 5 years, %; from 75 on turbulent"),
            digits=0,
            scale=HUNDRED,
        ),
        _gauge(risk, "diversification", _("Diversification"), _("SPY, IWM, TLT, GLD: 1 is none, 2 is much")),
        *pairs,
    ]


def _stretch(risk: Risk) -> list[Gauge]:
    """L4."""
    about = _("price to its 5-year average, in 5 years")
    return [
        Gauge(
            f"stretch {s}",
            _("{symbol} rank, %").format(symbol=s),
            value,
            about,
            digits=0,
            scale=HUNDRED,
            why=_("too short a history"),
        )
        for s, value in risk.price_stretch.items()
    ]


def _concentration(found: Concentration) -> list[Gauge]:
    """C1 to C8."""
    month, quarter, skew = found.c4.get("21s", {}), found.c4.get("63s", {}), found.c6 or {}
    gauges = (
        _share("c1", _("Seven weigh, %"), found.c1, _("weight of the magnificent seven in SPY")),
        _share("c2", _("their share, %"), found.c2.get("63s"), _("of SPY's 63 s, if it moved 2 % or more")),
        Gauge("c3", _("Effective names"), found.c3, _("SPY is as broad as so many equal names"), digits=1),
        _points("c4", _("Large-equal 21 s"), month.get("largest_less_equal"), _("XLG or MAGS less RSP, pp")),
        _points("c4 63s", _("Large-equal 63 s"), quarter.get("largest_less_equal"), _("the same in 63 sessions, pp")),
        _share("c5", _("IWM top ten, %"), found.c5, _("share of the ten that brought most in 63 s")),
        _points("c6", _("IWM skew, pp"), skew.get("mean_less_median"), _("mean less median member, 63 sessions")),
        _share("c7", _("Beating IWM, %"), found.c7, _("members ahead; below 40 it is narrow")),
        Gauge("c8", _("Independent bets"), found.c8, _("of the sectors, by eigenvalues, 252 sessions")),
    )
    words = {"missing_input": _("needs [holdings] or members with prices"), "partial": _("SPY moved by less than 2 %")}
    return [replace(gauge, why=why(found.status, gauge.key.split()[0], words) or _missing()) for gauge in gauges]


def _share(key: str, name: str, value: Value, about: str) -> Gauge:
    return Gauge(key, name, value, about, digits=1, scale=HUNDRED)


def _points(key: str, name: str, value: Value, about: str) -> Gauge:
    return Gauge(key, name, value, about, scale=HUNDRED, sign=True)


def _dated(found: Concentration) -> str:
    """The title of the concentration: whose weights, and of which day."""
    if not found.weights_date:
        return _("Concentration")
    dated = ", ".join(f"{fund} {day}" for fund, day in found.weights_date.items())
    return _("Concentration, weights of {dated}").format(dated=dated)


def _missing() -> str:
    return _("the feed does not have it")


def _components() -> dict[str, str]:
    return {
        "cyclical_defensive": _("Cyc-defensive"),
        "xly_xlp": "XLY-XLP",
        "iwm_spy": "IWM-SPY",
        "hyg_ief": "HYG-IEF",
        "smh_spy": "SMH-SPY",
        "sphb_splv": "SPHB-SPLV",
        "cper_gld": "CPER-GLD",
        "vix": _("VIX, turned"),
    }


def _words() -> dict[str, str]:
    return {
        "": "",
        "risk-on": _("risk-on"),
        "neutral": _("neutral"),
        "risk-off": _("risk-off"),
        "calm": _("calm"),
        "normal": _("normal"),
        "elevated": _("elevated"),
        "extreme": _("extreme"),
    }
