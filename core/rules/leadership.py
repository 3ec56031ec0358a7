"""W01 leadership reversal, its large-cap twin W01b, and W02 fragile leadership (warnings.md C.2)."""

from __future__ import annotations

import numpy as np

from core.i18n import _
from core.metrics.leadership import SpreadValues
from core.metrics.trend import TIE
from core.rules.machine import Hysteresis, Judgement
from core.rules.market import Market
from core.rules.rule import Deferred, WithThresholds, numbers, signs_agree, without_nan
from core.rules.wording import number, percent, pp, share
from core.settings_warnings import W01Settings, W02Settings
from core.snapshot import Gauge
from core.universe import LARGE, SMALL

SUBJECT = f"{SMALL}-{LARGE}"


class LeadershipReversal(WithThresholds[W01Settings]):
    """W01: small caps led for most of three months and now lose beyond ordinary noise.

    With `mirrored` it is W01b, told as information only: the same of large caps, all signs swapped.
    """

    subjects = (SUBJECT,)

    def __init__(self, limits: W01Settings, *, mirrored: bool = False) -> None:
        super().__init__(limits)
        self._sign = -1.0 if mirrored else 1.0
        self.id = "W01b" if mirrored else "W01"
        self.informs = mirrored

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Large-cap lead lost") if self.informs else _("Leadership reversal")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        template = (
            _(
                "z21 at least {watch}, ratio above its 50-session average and small caps ahead on at most {share} "
                "of 63 sessions; left when z21 is below {exit} or the ratio below its average"
            )
            if self.informs
            else _(
                "z21 at most {watch} (warning {warn}), ratio below its 50-session average and small caps ahead on at "
                "least {share} of 63 sessions; left when z21 is above {exit} or the ratio above its average"
            )
        )
        return template.format(
            watch=number(self._sign * self._limits.watch_z),
            warn=number(self._limits.warning_z),
            share=share(1 - self._limits.share if self.informs else self._limits.share),
            exit=number(self._sign * self._limits.exit_z + 0.0),  # -0.0 + 0.0 has no sign
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="z21",
            label=_("z21"),
            enter=self._sign * limits.watch_z,
            warn=None if self.informs else limits.warning_z,
            leave=self._sign * limits.exit_z + 0.0,
            direction="above" if self.informs else "below",
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        spread = market.spread(SMALL, LARGE, t)
        # The 126-session spread is not judged: it is there from the 127th row on, where the rule begins.
        needed = () if spread is None else (spread.z21, spread.lead_share, spread.ratio_gap, spread.spread[126])
        missing = market.missing((SMALL, LARGE), t, needed)
        if spread is None or missing:
            return Judgement(missing=missing)
        z21, gap = self._sign * spread.z21, self._sign * spread.ratio_gap
        share_led = 1 - spread.lead_share if self.informs else spread.lead_share
        turned = gap < -TIE and share_led >= self._limits.share
        return Judgement(
            watch=turned and z21 <= self._limits.watch_z,
            warn=turned and z21 <= self._limits.warning_z and not self.informs,
            exit=z21 > self._limits.exit_z or gap > TIE,
            evidence=Deferred(lambda: spread_evidence(spread)),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        return _("z21 {z}   ratio vs 50d {gap}   ahead on {share} of 63 sessions").format(
            z=number(e["z21"]), gap=percent(e["ratio_vs_sma50"]), share=share(e["share63"])
        )


class FragileLeadership:
    """W02: whether small caps lead depends on the base date or on the window."""

    id = "W02"
    subjects = (SUBJECT,)
    informs = False

    def __init__(self, limits: W02Settings) -> None:
        self.hysteresis = Hysteresis(out=limits.exit_sessions)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Fragile leadership")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        return _(
            "moving the base date by five sessions changes the sign of the 63-session spread, or the 21, 63 and "
            "126-session spreads disagree; left after {n} sessions of neither"
        ).format(n=self.hysteresis.out)

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        return Gauge(id="agree", label=_("windows that agree"), direction="below", unit="count")

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        spread = market.spread(SMALL, LARGE, t)
        windows = [] if spread is None else [spread.spread[n] for n in (21, 63, 126)]
        missing = market.missing((SMALL, LARGE), t, [] if spread is None else [*windows, spread.band[0]])
        if spread is None or missing:
            return Judgement(missing=missing)
        agree = signs_agree(windows)
        return Judgement(
            watch=spread.both_signs or not agree,
            exit=agree and signs_agree(spread.band),
            evidence=Deferred(lambda: spread_evidence(spread)),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        return _("band {low}..{high}   {agree} of 6 windows agree   252s {year}   t {t}").format(
            low=pp(e["band_low"], 2),
            high=pp(e["band_high"], 2),
            agree="—" if np.isnan(e["agree"]) else int(e["agree"]),
            year=pp(e["252s"]),
            t=number(e["t63"]),
        )


def spread_evidence(spread: SpreadValues) -> dict[str, float | int | str | bool | None]:
    """R5 to R11 by name, None where missing."""
    values: dict[str, float | int | str | bool | None] = {f"{n}s": value for n, value in spread.spread.items()}
    values |= {
        "z21": spread.z21,
        "ratio_vs_sma50": spread.ratio_gap,
        "share63": spread.lead_share,
        "lead_sessions": spread.lead_streak,
        "band_low": spread.band[0],
        "band_high": spread.band[1],
        "agree": spread.agree,
        "t63": spread.t63,
    }
    return without_nan(values)
