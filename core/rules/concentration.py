"""W10 mega-cap and W11 small-cap concentration: how much of a return a few names carry (warnings.md C.2)."""

from __future__ import annotations

from math import isnan

from core.i18n import _
from core.metrics.concentration import EQUAL, LEAST_PRICED
from core.rules.machine import EvidenceValue, Judgement
from core.rules.market import Market
from core.rules.rule import Deferred, WithThresholds, numbers
from core.rules.wording import number, percent, pp, share
from core.settings_warnings import W10Settings, W11Settings
from core.snapshot import Gauge
from core.universe import LARGE, SMALL
from core.weights import SERVES_DAYS


class MegaCapConcentration(WithThresholds[W10Settings]):
    """W10: the weight of seven companies, their share of SPY's return, and equal weight falling behind.

    Any part alone is enough to judge it; the weights of the first two come from the holdings of SPY.
    """

    id = "W10"
    subjects = (LARGE,)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Mega-cap concentration")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "seven companies weigh {weight}, or bring {share} of a 63-session return of {least} or more, or equal "
            "less cap weight at most {equal}; warning at {warn_share} of the return, or at {warn_weight} with equal "
            "weight so far behind; left under {out_weight} and {out_share} with equal weight above {out_equal}, of "
            "what is known"
        ).format(
            weight=share(limits.watch_weight),
            share=share(limits.watch_share),
            least=share(limits.least_return),
            equal=pp(limits.watch_equal, 0),
            warn_share=share(limits.warning_share),
            warn_weight=share(limits.warning_weight),
            out_weight=share(limits.exit_weight),
            out_share=share(limits.exit_share),
            out_equal=pp(limits.exit_equal, 0),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="c1",
            label=_("weight of seven companies"),
            enter=limits.watch_weight,
            warn=limits.warning_weight,
            leave=limits.exit_weight,
            unit="fraction",
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`. A comparison with what is missing is false, so a missing part raises nothing."""
        limits = self._limits
        weight, brought = market.concentration("c1", t), market.concentration("c2_63s", t)
        fund = market.value("ret_63s", LARGE, t)
        equal = market.value("ret_63s", EQUAL, t) - fund
        lacking = _lacking_weights(market, LARGE, t)
        without_equal = market.missing((EQUAL, LARGE), t, (equal,))
        if isnan(weight) and without_equal:
            return Judgement(missing=(*without_equal, *lacking))
        carried = fund >= limits.least_return
        return Judgement(
            watch=weight >= limits.watch_weight
            or (carried and brought >= limits.watch_share)
            or equal <= limits.watch_equal,
            warn=(carried and brought >= limits.warning_share)
            or (weight >= limits.warning_weight and equal <= limits.watch_equal),
            exit=not (weight >= limits.exit_weight or brought >= limits.exit_share or equal <= limits.exit_equal),
            partial=(*without_equal, *lacking, *_lacking_prices(market, weight, t)),
            evidence=Deferred(lambda: _mega_caps(market, fund, equal, t)),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e, dated = numbers(judgement), judgement.evidence["weights_date"]
        parts = [_("equal vs cap {pp} / 63s").format(pp=pp(e["equal_less_cap_63s"]))]
        if isnan(e["c1"]):
            return "   ".join((*parts, _("partial: weights missing")))
        return "   ".join(
            (
                _("seven companies {weight} of {fund}").format(weight=share(e["c1"], 1), fund=subject),
                _("brought {share} of {ret}").format(share=_or_not(e["c2_63s"]), ret=percent(e["ret_63s"])),
                *parts,
                _("{n} names in effect").format(n=number(e["c3"], 0)),
                _("weights of {day}").format(day=dated),
            )
        )


class SmallCapConcentration(WithThresholds[W11Settings]):
    """W11: ten names bring much of IWM's return, or few of its members beat it.

    Without the fund's holdings only the second can be judged, of a universe of small caps.
    """

    id = "W11"
    subjects = (SMALL,)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Small-cap concentration")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "ten names bring {share} (warning {warn_share}) of a 63-session return of {least} or more, or under "
            "{beating} (warning {warn_beating}) of the members beat the index; left under {out_share} with at least "
            "{out_beating} beating it, of what is known"
        ).format(
            share=share(limits.watch_share),
            warn_share=share(limits.warning_share),
            least=share(limits.least_return),
            beating=share(limits.watch_beating),
            warn_beating=share(limits.warning_beating),
            out_share=share(limits.exit_share),
            out_beating=share(limits.exit_beating),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="c7",
            label=_("members beating IWM"),
            enter=limits.watch_beating,
            warn=limits.warning_beating,
            leave=limits.exit_beating,
            direction="below",
            unit="fraction",
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`. A comparison with what is missing is false, so a missing part raises nothing."""
        limits = self._limits
        top, beating = market.concentration("c5", t), market.concentration("c7", t)
        fund = market.value("ret_63s", SMALL, t)
        lacking = _lacking_weights(market, SMALL, t)
        if isnan(beating):
            if not _unserved(market, SMALL, t):
                priced = _("prices for {share} of the weight of {fund}")
                lacking = (priced.format(share=share(LEAST_PRICED), fund=SMALL),)
            return Judgement(missing=(*market.missing((SMALL,), t, (fund,)), *lacking))
        carried = fund >= limits.least_return
        return Judgement(
            watch=(carried and top >= limits.watch_share) or beating < limits.watch_beating,
            warn=(carried and top >= limits.warning_share) or beating < limits.warning_beating,
            exit=not top >= limits.exit_share and beating >= limits.exit_beating,
            partial=lacking,
            evidence=Deferred(lambda: _small_caps(market, fund, t)),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e, names = numbers(judgement), judgement.evidence["top10"]
        parts = [
            _("{share} of the members beat {fund}").format(share=share(e["c7"], 1), fund=subject),
            _("mean less median {pp}").format(pp=pp(e["mean_less_median"])),
        ]
        if stand_in := judgement.evidence["stands_in"]:
            return "   ".join((*parts, _("partial: holdings missing, members of {universe}").format(universe=stand_in)))
        return "   ".join(
            (
                _("ten names brought {share} of {ret}").format(share=_or_not(e["c5"]), ret=percent(e["ret_63s"])),
                *parts,
                _("yardstick about 15 % in the long run, 29 % in 3 years to June 2025"),
                *((str(names),) if names else ()),
            )
        )


def _lacking_weights(market: Market, fund: str, t: int) -> tuple[str, ...]:
    """What the weights of a fund lack at row t: a file, a day near enough, a universe that is the fund itself."""
    known = market.behind.concentration
    lines = None if known is None else known.lines.get(fund)
    if known is None or lines is None:
        return (_("holdings of {fund}").format(fund=fund),)
    if lines.weights is None:
        return (_("holdings of {fund} ({universe} stands in)").format(fund=fund, universe=lines.stands_in),)
    status, dated = known.status(fund, t), lines.weights.dated
    if status == "ok":
        return ()
    if status == "stale_input":
        needs = _("holdings of {fund} within {days} days (there are those of {dated})")
        return (needs.format(fund=fund, days=SERVES_DAYS, dated=dated),)
    return (_("fresh and whole holdings of {fund} (there are those of {dated})").format(fund=fund, dated=dated),)


def _unserved(market: Market, fund: str, t: int) -> bool:
    """Whether no weights of a fund, nor a universe in its place, say anything at row t."""
    known = market.behind.concentration
    return known is None or known.status(fund, t) not in ("ok", "partial")


def _lacking_prices(market: Market, weight: float, t: int) -> tuple[str, ...]:
    """Where the weights are known, the prices that C2 lacks."""
    if isnan(weight) or not isnan(market.concentration("c2_contribution_63s", t)):
        return ()
    return (_("63 sessions of all seven companies"),)


def _mega_caps(market: Market, fund: float, equal: float, t: int) -> dict[str, EvidenceValue]:
    known = market.behind.concentration
    weights = None if known is None or isnan(market.concentration("c1", t)) else known.lines[LARGE].weights
    return {
        **{name: market.concentration(name, t) for name in ("c1", "c2_63s", "c2_contribution_63s", "c3")},
        "ret_63s": fund,
        "equal_less_cap_63s": equal,
        "weights_date": None if weights is None else str(weights.dated),
    }


def _small_caps(market: Market, fund: float, t: int) -> dict[str, EvidenceValue]:
    known = market.behind.concentration
    lines = None if known is None else known.lines.get(SMALL)
    top = {} if known is None else known.contributors(t)
    return {
        "c5": market.concentration("c5", t),
        "c7": market.concentration("c7", t),
        "ret_63s": fund,
        "mean_less_median": market.concentration("c6_skew", t),
        "index_less_equal": market.concentration("c6_index_less_equal", t),
        "top10": ", ".join(f"{symbol} {pp(brought, 2)}" for symbol, brought in top.items()),
        "stands_in": None if lines is None else lines.stands_in,
        "weights_date": None if lines is None or lines.weights is None else str(lines.weights.dated),
    }


def _or_not(value: float) -> str:
    """A share of a return, which means nothing where the return is small."""
    return _("n/m") if isnan(value) else share(value)
