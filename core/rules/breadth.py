"""W08 breadth divergence and W09 high-low conflict: the members of a universe against SPY on `px` (warnings.md C.2)."""

from __future__ import annotations

import numpy as np

from core.breadth_series import HIGH_SESSIONS
from core.i18n import _
from core.metrics.breadth import CONFLICT_SESSIONS, CONFLICT_TREND, WARM_UP
from core.rules.machine import EvidenceValue, Judgement
from core.rules.market import Market
from core.rules.rule import Deferred, WithThresholds, numbers
from core.rules.wording import number, percent, share
from core.settings_warnings import W08Settings, W09Settings
from core.snapshot import Gauge
from core.universe import ENOUGH, LARGE, WHOLE


class BreadthDivergence(WithThresholds[W08Settings]):
    """W08: the index near its high while its members are not, or without the advance/decline line."""

    id = "W08"
    subjects = (LARGE,)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Breadth divergence")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "{index} within {near} of its 252-session closing high with under {watch} of the members above their "
            "200-session average (warning under {warn}), or at a {n}-session closing high with the advance/decline "
            "line below its own for {days} sessions; left at {exit} of the members or beyond {out} below the high, "
            "without the latter. History shows false alarms: members can catch up while the index rises"
        ).format(
            index=subject,
            near=share(limits.near_high),
            watch=share(limits.watch_above),
            warn=share(limits.warning_above),
            n=HIGH_SESSIONS,
            days=limits.line_sessions,
            exit=share(limits.exit_above),
            out=share(limits.exit_distance),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="above_sma200",
            label=_("members > 200d"),
            enter=limits.watch_above,
            warn=limits.warning_above,
            leave=limits.exit_above,
            direction="below",
            unit="fraction",
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits = self._limits
        distance = market.value("dist_high_close_252", subject, t)
        above = market.breadth("above_sma200", t)
        line_below, index_high = market.breadth("line_below", t), market.breadth("index_high", t)
        coverage = min(market.breadth("coverage", t), market.breadth("average_coverage", t))
        values = (above, line_below, index_high)
        missing = (
            *market.missing((subject,), t, (distance,)),
            *lacking_members(market, coverage, limits.coverage, values),
        )
        if missing:
            return Judgement(missing=missing)
        near = distance >= -limits.near_high
        alone = index_high > 0 and line_below >= limits.line_sessions
        return Judgement(
            watch=(near and above < limits.watch_above) or alone,
            warn=near and above < limits.warning_above,
            exit=(above >= limits.exit_above or distance < -limits.exit_distance) and not alone,
            evidence=Deferred(lambda: _divergence(market, distance, t)),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        parts = [
            _("{share} of {universe} > 200d").format(
                share=share(e["above_sma200"], 1), universe=judgement.evidence["universe"]
            ),
            _("{index} {distance} from its high").format(index=subject, distance=percent(e["dist_high_close_252"])),
            _("new highs {highs}, lows {lows}").format(highs=number(e["new_highs"], 0), lows=number(e["new_lows"], 0)),
            _("A/D line {gap} under its high").format(gap=number(-e["line_gap"], 0)),
            _("{share} of the members priced").format(share=share(e["coverage"])),
            _("history shows false alarms"),
        ]
        return "   ".join(parts)


class HighLowConflict(WithThresholds[W09Settings]):
    """W09: many new highs and many new lows at one time (B12). Over-fitted by common opinion: information only."""

    id = "W09"
    subjects = (LARGE,)
    informs = True

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("High-low conflict")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        return _(
            "new highs and new lows each at least {share} % of the members, highs at most twice the lows, {index} "
            "above its close {trend} sessions ago, McClellan below zero; left {n} sessions later, and "
            "resting while McClellan is not below zero. Over-fitted by common opinion"
        ).format(share=self._limits.variant, index=subject, trend=CONFLICT_TREND, n=CONFLICT_SESSIONS)

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`: highs, lows and McClellan decide together."""
        return None

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        trend = market.value("px", subject, t) / market.value("px", subject, t - CONFLICT_TREND)
        coverage = market.breadth("highs_coverage", t)
        warm = market.breadth("mcclellan_rows", t) >= WARM_UP
        values = (market.breadth("high_share", t), market.breadth("mcclellan", t) if warm else np.nan)
        missing = (
            *market.missing((subject,), t, (trend,)),
            *lacking_members(market, coverage, ENOUGH, values),
        )
        if missing:
            return Judgement(missing=missing)
        active = market.breadth(f"active_{self._limits.variant}", t) > 0
        return Judgement(
            watch=active,
            exit=not active,
            partial=lacking_members(market, coverage, WHOLE, values),
            evidence=Deferred(lambda: _conflict(market, t)),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        left, firings = e[f"active_{self._limits.variant}"], e[f"firings_{self._limits.variant}"]
        return "   ".join(
            (
                _("highs {highs}, lows {lows} of {universe}").format(
                    highs=share(e["high_share"], 1),
                    lows=share(e["low_share"], 1),
                    universe=judgement.evidence["universe"],
                ),
                _("McClellan {value}").format(value=number(e["mcclellan"], 1)),
                _("firings in our history: {n}").format(n=number(firings, 0)),
                _("{n} sessions left").format(n=number(left, 0)) if left else _("not active"),
            )
        )


def lacking_members(market: Market, coverage: float, least: float, values: tuple[float, ...]) -> tuple[str, ...]:
    """What a rule lacks of the members: a universe, enough of it, or the history that its `values` need."""
    universe = market.behind.universe
    if universe is None:
        return (_("members of a breadth universe"),)
    if not coverage >= least:
        found = share(np.nan_to_num(coverage))
        return (
            _("{least} of the members of {universe} with their history (there are {found})").format(
                least=share(least), universe=universe, found=found
            ),
        )
    if any(np.isnan(values)):
        return (_("full history of the members of {universe}").format(universe=universe),)
    return ()


def _divergence(market: Market, distance: float, t: int) -> dict[str, EvidenceValue]:
    names = ("above_sma20", "above_sma50", "above_sma200", "new_highs", "new_lows", "line_gap", "line_below")
    return {
        "dist_high_close_252": distance,
        "index_high_63": market.breadth("index_high", t) > 0,
        **{name: market.breadth(name, t) for name in names},
        "universe": market.behind.universe,
        "coverage": market.breadth("coverage", t),
    }


def _conflict(market: Market, t: int) -> dict[str, EvidenceValue]:
    names = ("high_share", "low_share", "new_highs", "new_lows", "mcclellan")
    counts = ("active_2.8", "firings_2.8", "active_2.2", "firings_2.2")
    values: dict[str, EvidenceValue] = {name: market.breadth(name, t) for name in names}
    highs, lows = market.breadth("new_highs", t), market.breadth("new_lows", t)
    return {
        **values,
        "highs_per_low": highs / lows if lows else np.nan,
        **{name: int(market.breadth(name, t)) for name in counts},
        "universe": market.behind.universe,
        "coverage": market.breadth("coverage", t),
    }
