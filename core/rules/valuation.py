"""W12 valuation stretch: small caps dear against large ones, or against bonds (warnings.md C.2)."""

from __future__ import annotations

import math

from core.i18n import _
from core.rules.machine import EvidenceValue, Judgement
from core.rules.market import Market
from core.rules.rule import WithThresholds, numbers, without_nan
from core.rules.wording import number, percent, share
from core.settings_warnings import W12Settings
from core.snapshot import Gauge
from core.universe import LARGE, SMALL
from core.valuation import TEN_YEARS
from core.valuation_series import Reading


class ValuationStretch(WithThresholds[W12Settings]):
    """W12: the P/E of IWM over that of SPY among own daily snapshots (L2), and the yield gap of IWM (L3).

    Judged on whichever of the two is there; the price alone never raises it.
    """

    id = "W12"
    subjects = (SMALL,)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Valuation stretch")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "P/E of {small} over that of {large} at or above its percentile {watch} of at least {n} own daily "
            "snapshots (warning {warn}), or earnings yield of {small} less the 10-year yield at or below {gap}; left "
            "below percentile {exit} with the yield gap above {gap}, whichever of the two is known"
        ).format(
            small=SMALL,
            large=LARGE,
            watch=share(limits.watch_percentile),
            n=limits.snapshots,
            warn=share(limits.warning_percentile),
            gap=percent(limits.gap),
            exit=share(limits.exit_percentile),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="relative_pe_pr",
            label=_("percentile of the relative P/E"),
            enter=limits.watch_percentile,
            warn=limits.warning_percentile,
            leave=limits.exit_percentile,
            unit="fraction",
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits, found = self._limits, market.valuation(t)
        lacking = _lacking(found, limits.snapshots, market.value("px", TEN_YEARS, t))
        stretched, gap = not math.isnan(found.percentile), not math.isnan(found.gap)
        if not (stretched or gap):
            return Judgement(missing=lacking)
        dear = stretched and found.percentile >= limits.watch_percentile
        poor = gap and found.gap <= limits.gap
        calm = not stretched or found.percentile < limits.exit_percentile
        return Judgement(
            watch=dear or poor,
            warn=stretched and found.percentile >= limits.warning_percentile,
            exit=calm and not poor,
            partial=lacking,
            evidence=without_nan(_evidence(found)),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e, said = numbers(judgement), judgement.evidence
        parts = [
            _("P/E {small} {pe} (P/B {pb}), {large} {other} (P/B {other_pb})").format(
                small=SMALL,
                pe=number(e["trailing_pe_small"], 1),
                pb=number(e["price_to_book_small"], 1),
                large=LARGE,
                other=number(e["trailing_pe_large"], 1),
                other_pb=number(e["price_to_book_large"], 1),
            ),
            _("relative {ratio} pr {pr}").format(ratio=number(e["relative_pe"]), pr=share(e["relative_pe_pr"])),
            _("yield gap {gap}").format(gap=percent(e["earnings_yield_gap"])),
            _("{source} {day}, negative earnings: {losses}").format(
                source=said["source"], day=said["dated"], losses=said["negative_earnings"]
            ),
        ]
        return "   ".join(parts)


def _lacking(found: Reading, needed: int, yield_10y: float) -> tuple[str, ...]:
    """What of the two parts is not known, in words."""
    if found.newest is None:
        return (_("fundamentals (none fetched yet)") if found.sourced else _("a fundamentals source"),)
    if found.small is None:
        return (_("fundamentals newer than {day}").format(day=found.newest),)
    lacking = []
    if math.isnan(found.relative_pe):
        lacking.append(_("P/E of {small} and {large}").format(small=SMALL, large=LARGE))
    elif math.isnan(found.percentile):
        told = _("{n} own daily snapshots for the percentile ({count} so far)")
        lacking.append(told.format(n=needed, count=found.snapshots))
    if math.isnan(found.gap):
        lacking.append(TEN_YEARS if math.isnan(yield_10y) else _("P/E of {small}").format(small=SMALL))
    return tuple(lacking)


def _evidence(found: Reading) -> dict[str, EvidenceValue]:
    small, large = found.small, found.large
    named = max(filter(None, (small, large)), key=lambda one: one.session)
    return {
        "relative_pe": found.relative_pe,
        "relative_pe_pr": found.percentile,
        "snapshots": found.snapshots,
        "earnings_yield_gap": found.gap,
        "trailing_pe_small": None if small is None else small.trailing_pe,
        "price_to_book_small": None if small is None else small.price_to_book,
        "trailing_pe_large": None if large is None else large.trailing_pe,
        "price_to_book_large": None if large is None else large.price_to_book,
        "source": named.source,
        "dated": named.session.isoformat(),
        "negative_earnings": named.losses,
    }
