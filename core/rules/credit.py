"""W13 rate pressure on small caps and W14 credit stress (warnings.md C.2)."""

from __future__ import annotations

import math

import numpy as np

from core.i18n import _
from core.metrics import cross_asset
from core.rules.machine import EvidenceValue, Judgement
from core.rules.market import Market
from core.rules.rule import Deferred, WithThresholds, numbers
from core.rules.wording import number, percent, share
from core.settings_warnings import W13Settings, W14Settings
from core.snapshot import Gauge
from core.universe import LARGE, SMALL

NOTES, BONDS, YIELD, REAL_ESTATE = "IEF", "TLT", "^TNX", "XLRE"
HIGH_YIELD = "HYG"
SPREAD = "BAMLH0A0HYM2"
"""The option-adjusted spread of high yield, in percent, by the name FRED has for it."""
MONTH = 21


class RatePressure(WithThresholds[W13Settings]):
    """W13: rates rise while small caps move with bonds, beyond what they share with large caps.

    The rate move is the return of TLT or the rise of the 10-year yield, whichever is there.
    """

    id = "W13"
    subjects = (SMALL,)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Rate pressure on small caps")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "small caps sensitive (t of their slope on IEF beside SPY at least {t}) and TLT over 21 sessions at most "
            "{bonds} (warning {bonds_warn}) or the 10-year yield up {bp} bp (warning {bp_warn}); left when TLT is "
            "above {bonds_exit} and the yield up less than {bp_exit} bp, or t below {t_exit}"
        ).format(
            t=number(limits.watch_t, 1),
            bonds=percent(limits.watch_bonds),
            bonds_warn=percent(limits.warning_bonds),
            bonds_exit=percent(limits.exit_bonds),
            bp=number(limits.watch_bp, 0),
            bp_warn=number(limits.warning_bp, 0),
            bp_exit=number(limits.exit_bp, 0),
            t_exit=number(limits.exit_t, 1),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="tlt_21s",
            label=_("TLT / 21s"),
            enter=limits.watch_bonds,
            warn=limits.warning_bonds,
            leave=limits.exit_bonds,
            direction="below",
            unit="fraction",
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits = self._limits
        sensitivity = market.risk("rate_t_ief", t)
        bonds, rise = market.value("ret_21s", BONDS, t), market.risk("rate_21s_bp", t)
        parts = {BONDS: bonds, YIELD: rise}
        missing = market.missing((SMALL, LARGE, NOTES), t, (sensitivity,))
        if all(map(math.isnan, parts.values())):
            missing += tuple(name for part in parts for name in market.missing((part,), t, ()))
        if missing:
            return Judgement(missing=missing)
        sensitive = sensitivity >= limits.watch_t
        watch = sensitive and (bonds <= limits.watch_bonds or rise >= limits.watch_bp)
        calm = not (bonds <= limits.exit_bonds or rise >= limits.exit_bp)  # a part that is missing does not object
        return Judgement(
            watch=watch,
            warn=sensitive and (bonds <= limits.warning_bonds or rise >= limits.warning_bp),
            exit=(calm or sensitivity < limits.exit_t) and not watch,
            partial=tuple(part for part, value in parts.items() if math.isnan(value)),
            evidence=Deferred(lambda: _rates(market, t)),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        text = _(
            "slope on IEF {gamma} (t {t})   on SPY {b}   R² {r2}   TLT {bonds}   10-year yield {week} bp / 5s, "
            "{month} bp / 21s   IWM {small}   XLRE {estate}"
        ).format(
            gamma=number(e["gamma"]),
            t=number(e["t"]),
            b=number(e["b"]),
            r2=number(e["r2"]),
            bonds=percent(e["tlt_21s"]),
            week=number(e["rate_5s_bp"], 0),
            month=number(e["rate_21s_bp"], 0),
            small=percent(e["iwm_21s"]),
            estate=percent(e["xlre_21s"]),
        )
        if e["rate_21s_bp"] >= self._limits.watch_bp and e["t"] < self._limits.watch_t:
            return "   ".join((text, _("rates rose; no measurable extra small-cap sensitivity")))
        return text


class CreditStress(WithThresholds[W14Settings]):
    """W14: high-yield bonds fall, or their spread over treasuries widens, whichever is known."""

    id = "W14"
    subjects = ("credit",)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Credit stress")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "21-session return of HYG, scaled by its own deviation, at most {z} (warning {z_warn}) or the "
            "option-adjusted spread of high yield ({spread}) up {bp} bp (warning {bp_warn}) in 21 sessions; left when "
            "that return is above {z_exit} and the spread up less than {bp_exit} bp"
        ).format(
            spread=SPREAD,
            z=number(limits.watch_z, 1),
            z_warn=number(limits.warning_z, 1),
            z_exit=number(limits.exit_z, 1),
            bp=number(limits.watch_bp, 0),
            bp_warn=number(limits.warning_bp, 0),
            bp_exit=number(limits.exit_bp, 0),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="credit_z",
            label=_("z of HYG / 21s"),
            enter=limits.watch_z,
            warn=limits.warning_z,
            leave=limits.exit_z,
            direction="below",
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits = self._limits
        z, wider = market.risk("credit_z", t), 100 * market.change(SPREAD, t, MONTH)
        parts = {HIGH_YIELD: z, SPREAD: wider}
        if math.isnan(wider) and (missing := market.missing((HIGH_YIELD,), t, (z,))):
            return Judgement(missing=missing)
        watch = z <= limits.watch_z or wider >= limits.watch_bp
        calm = not (z <= limits.exit_z or wider >= limits.exit_bp)  # a part that is missing does not object
        return Judgement(
            watch=watch,
            warn=z <= limits.warning_z or wider >= limits.warning_bp,
            exit=calm and not watch,
            partial=tuple(part for part, value in parts.items() if math.isnan(value)),
            evidence=Deferred(
                lambda: {
                    "credit_z": z,
                    "hyg_21s": market.value("ret_21s", HIGH_YIELD, t),
                    "hyg_less_ief_21s": market.risk("credit_21s", t),
                    "oas": market.value("px", SPREAD, t),
                    "oas_21s_bp": wider,
                    "oas_pr": market.percentile("px", SPREAD, t),
                    "spy_drawdown_252": market.value("drawdown_252", LARGE, t),
                }
            ),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        text = _("z {z}   HYG {high_yield}   HYG−IEF {gap}   SPY {drawdown} from its high").format(
            z=number(e["credit_z"]),
            high_yield=percent(e["hyg_21s"]),
            gap=percent(e["hyg_less_ief_21s"]),
            drawdown=percent(e["spy_drawdown_252"]),
        )
        if math.isnan(e["oas"]):
            return text
        spread = _("spread {level} %, {change} bp / 21s, pr {rank}").format(
            level=number(e["oas"]), change=number(e["oas_21s_bp"], 0), rank=share(e["oas_pr"])
        )
        return f"{text}   {spread}"


def _rates(market: Market, t: int) -> dict[str, EvidenceValue]:
    window = market.returns((SMALL, LARGE, NOTES), t, cross_asset.REGRESSION)[np.newaxis]
    slopes, statistics = cross_asset.regression(window[:, :, 0], window[:, :, 1:])
    return {
        "t": float(statistics[0, 1]),
        "gamma": float(slopes[0, 1]),
        "b": float(slopes[0, 0]),
        "r2": float(cross_asset.explained(window[:, :, 0], window[:, :, 1:], slopes)[0]),
        "tlt_21s": market.value("ret_21s", BONDS, t),
        "rate_5s_bp": market.risk("rate_5s_bp", t),
        "rate_21s_bp": market.risk("rate_21s_bp", t),
        "xlre_21s": market.value("ret_21s", REAL_ESTATE, t),
        "iwm_21s": market.value("ret_21s", SMALL, t),
    }
