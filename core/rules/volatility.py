"""W03 small-cap volatility premium, W04 volatility regime, W05 VIX term inversion (warnings.md C.2)."""

from __future__ import annotations

import numpy as np

from core.i18n import _
from core.metrics.statistics import PERCENTILE_WINDOW
from core.rules.machine import EvidenceValue, Hysteresis, Judgement
from core.rules.market import Market
from core.rules.rule import Deferred, WithThresholds, numbers
from core.rules.wording import number, share
from core.settings_warnings import W03Settings, W04Settings, W05Settings
from core.snapshot import Gauge
from core.universe import LARGE, SMALL

VIX, VIX3M = "^VIX", "^VIX3M"
INVERTED = 1.0
"""V8: from this ratio on the term structure is inverted, whatever the thresholds of the rule."""


class SmallVolatilityPremium(WithThresholds[W03Settings]):
    """W03: small caps move far more than large caps, more than they mostly do."""

    id = "W03"
    subjects = (f"{SMALL}-{LARGE}",)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Small-cap volatility premium")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "20-session volatility of IWM over that of SPY at least {watch} (warning {warn}) and at or above its "
            "percentile {watch_pr} (warning {warn_pr}) of 5 years; left below {exit} or percentile {exit_pr}"
        ).format(
            watch=number(limits.watch_ratio),
            warn=number(limits.warning_ratio),
            watch_pr=share(limits.watch_percentile),
            warn_pr=share(limits.warning_percentile),
            exit=number(limits.exit_ratio),
            exit_pr=share(limits.exit_percentile),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="vol_ratio",
            label=_("volatility IWM/SPY"),
            enter=limits.watch_ratio,
            warn=limits.warning_ratio,
            leave=limits.exit_ratio,
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits = self._limits
        ratio, rank = market.value("vol_ratio", SMALL, t), market.risk("vol_ratio_pr", t)
        if missing := market.missing((SMALL, LARGE), t, (ratio, rank)):
            return Judgement(missing=missing)
        return Judgement(
            watch=ratio >= limits.watch_ratio and rank >= limits.watch_percentile,
            warn=ratio >= limits.warning_ratio and rank >= limits.warning_percentile,
            exit=ratio < limits.exit_ratio or rank < limits.exit_percentile,
            evidence=Deferred(lambda: self._evidence(market, t)),
        )

    def _evidence(self, market: Market, t: int) -> dict[str, EvidenceValue]:
        daily = {f"sigma20_{s}".lower(): market.value("sigma20", s, t) for s in (SMALL, LARGE)}
        annual = {f"annual_vol_{s}".lower(): market.value("annual_vol", s, t) for s in (SMALL, LARGE)}
        return {
            "vol_ratio": market.value("vol_ratio", SMALL, t),
            "vol_ratio_pr": market.risk("vol_ratio_pr", t),
            "vol_ratio_median": float(np.nanmedian(market.tail("vol_ratio", SMALL, t, PERCENTILE_WINDOW))),
            **daily,
            **annual,
        }

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        return _(
            "ratio {ratio}   pr {rank}   5-year median {median}   σ20 IWM {small} a day, {small_year} a year   "
            "SPY {large} a day, {large_year} a year"
        ).format(
            ratio=number(e["vol_ratio"]),
            rank=share(e["vol_ratio_pr"]),
            median=number(e["vol_ratio_median"]),
            small=share(e["sigma20_iwm"], 2),
            small_year=share(e["annual_vol_iwm"], 1),
            large=share(e["sigma20_spy"], 2),
            large_year=share(e["annual_vol_spy"], 1),
        )


class VolatilityRegime(WithThresholds[W04Settings]):
    """W04: options expect much, and the market moves much. The one rule that was clearly followed by falls (C.3)."""

    id = "W04"
    subjects = (LARGE,)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Volatility regime")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "VIX at least {watch} (warning {warn}) and the 20-session volatility of SPY at or above its percentile "
            "{watch_pr} (warning {warn_pr}) of 5 years; left below {exit} or percentile {exit_pr}"
        ).format(
            watch=number(limits.watch_vix, 0),
            warn=number(limits.warning_vix, 0),
            watch_pr=share(limits.watch_percentile),
            warn_pr=share(limits.warning_percentile),
            exit=number(limits.exit_vix, 0),
            exit_pr=share(limits.exit_percentile),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(id="vix", label=_("VIX"), enter=limits.watch_vix, warn=limits.warning_vix, leave=limits.exit_vix)

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits = self._limits
        vix, rank = market.risk("vix", t), market.risk("sigma20_pr", t)
        if missing := market.missing((VIX, LARGE), t, (vix, rank)):
            return Judgement(missing=missing)
        return Judgement(
            watch=vix >= limits.watch_vix and rank >= limits.watch_percentile,
            warn=vix >= limits.warning_vix and rank >= limits.warning_percentile,
            exit=vix < limits.exit_vix or rank < limits.exit_percentile,
            evidence=Deferred(
                lambda: {
                    "vix": vix,
                    "sigma20_pr": rank,
                    "sigma20": market.value("sigma20", LARGE, t),
                    "annual_vol": market.value("annual_vol", LARGE, t),
                    "ewma_vol": market.value("ewma_vol", LARGE, t),
                    "implied_less_realised": market.risk("implied_less_realised", t),
                }
            ),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        return _(
            "VIX {vix}   σ20 SPY {daily} a day, {annual} a year, pr {rank}   EWMA {smoothed} a day   "
            "VIX less realised {gap} points"
        ).format(
            vix=number(e["vix"], 1),
            daily=share(e["sigma20"], 2),
            annual=share(e["annual_vol"], 1),
            rank=share(e["sigma20_pr"]),
            smoothed=share(e["ewma_vol"], 2),
            gap=number(e["implied_less_realised"], 1),
        )


class TermInversion(WithThresholds[W05Settings]):
    """W05: the next month is dearer to insure than the next three. Stress, but no forecast of falls (V8)."""

    id = "W05"
    subjects = ("VIX-VIX3M",)
    hysteresis = Hysteresis(watch_in=1, warn_in=2, out=2)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("VIX term inversion")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "VIX over VIX3M at least {watch} (warning {warn} on 2 sessions); left at {exit} or less on 2 sessions"
        ).format(watch=number(limits.watch), warn=number(limits.warning), exit=number(limits.exit))

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(id="vix_term", label=_("VIX/VIX3M"), enter=limits.watch, warn=limits.warning, leave=limits.exit)

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits, ratio = self._limits, market.risk("vix_term", t)
        if missing := market.missing((VIX, VIX3M), t, (ratio,)):
            return Judgement(missing=missing)
        watch = ratio >= limits.watch
        return Judgement(
            watch=watch,
            warn=ratio >= limits.warning,
            exit=ratio <= limits.exit and not watch,
            evidence=Deferred(
                lambda: {
                    "vix_term": ratio,
                    "vix": market.value("px", VIX, t),
                    "vix3m": market.value("px", VIX3M, t),
                    "days_inverted": _days_inverted(market, t),
                }
            ),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        return _(
            "VIX/VIX3M {ratio}   inverted for {days} sessions   an inversion is stress now; historically followed by "
            "above-average SPY returns"
        ).format(ratio=number(e["vix_term"]), days=int(e["days_inverted"]))


def _days_inverted(market: Market, t: int) -> int:
    """How many sessions in a row up to row t the term structure was inverted."""
    normal = np.flatnonzero(~(market.risk_tail("vix_term", t, t + 1) >= INVERTED))
    return int(t - normal[-1]) if len(normal) else t + 1
