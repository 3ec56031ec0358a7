"""W20 data health: always evaluated, because it is about what the other rules stand on (warnings.md C.2)."""

from __future__ import annotations

import numpy as np

from core.i18n import _
from core.rules.machine import EvidenceValue, Hysteresis, Judgement
from core.rules.market import Health, Market
from core.rules.rule import WithThresholds, numbers, without_nan
from core.rules.wording import number, share
from core.settings_warnings import W20Settings
from core.snapshot import Gauge

VITAL = ("SPY", "IWM")


class DataHealth(WithThresholds[W20Settings]):
    """W20: core symbols stale or missing, coverage too low, too many members in doubt, or the last fetch too long ago.

    Coverage is that of the core symbols and, where a breadth universe is chosen, that of its members.

    Raised and left at once (docs/decisions/004): that an input is gone is not a signal that needs confirming.
    """

    id = "W20"
    subjects = ("data",)
    hysteresis = Hysteresis(watch_in=1, warn_in=1, out=1)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Data health")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "a core symbol stale {hours} h after its session was final, coverage of core symbols or members below "
            "{watch}, or more than {suspect} of the members suspect; warning when SPY or IWM is missing, coverage "
            "below {warn} or the last fetch older than {age} h on a trading day; left when all is cured"
        ).format(
            hours=number(limits.grace_hours, 0),
            watch=share(limits.watch_coverage),
            suspect=share(limits.suspect_share, 1),
            warn=share(limits.warning_coverage),
            age=number(limits.fetch_age_hours, 0),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`. A fault is a core symbol that is stale or missing, and each limit that is passed."""
        return Gauge(id="faults", label=_("faults in the data"), enter=1, leave=1, unit="count")

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits, health = self._limits, market.health(t)
        age = health.fetch_age_hours
        coverage = min(health.coverage, np.nan_to_num(health.universe_coverage, nan=1.0))
        old = age is not None and age > limits.fetch_age_hours
        lacking = {*health.missing, *health.stale}
        beside = (coverage < limits.watch_coverage, health.suspect_share > limits.suspect_share, old)
        faults = len(lacking) + int(sum(beside))
        return Judgement(
            watch=faults > 0,
            warn=any(symbol in health.missing for symbol in VITAL) or coverage < limits.warning_coverage or old,
            exit=faults == 0,
            evidence={"faults": faults, **_evidence(health)},
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        parts = [_("coverage {share} of the core symbols").format(share=share(e["coverage"]))]
        if not np.isnan(e["universe_coverage"]):
            parts.append(_("{share} of the members").format(share=share(e["universe_coverage"])))
        if e["suspect_share"] > 0:
            parts.append(_("{share} of them suspect").format(share=share(e["suspect_share"], 1)))
        if missing := judgement.evidence["missing"]:
            parts.append(_("missing: {symbols}").format(symbols=missing))
        if stale := judgement.evidence["stale"]:
            parts.append(_("stale: {symbols}").format(symbols=stale))
        return "   ".join(parts)


def _evidence(health: Health) -> dict[str, EvidenceValue]:
    return without_nan(
        {
            "coverage": health.coverage,
            "universe_coverage": health.universe_coverage,
            "suspect_share": health.suspect_share,
            "missing": ", ".join(health.missing),
            "stale": ", ".join(health.stale),
            "fetch_age_hours": health.fetch_age_hours,
        }
    )
