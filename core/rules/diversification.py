"""W18 diversification loss: small caps and the Nasdaq 100 move as one (warnings.md C.2)."""

from __future__ import annotations

import numpy as np

from core.i18n import _
from core.metrics.cross_asset import average_correlation
from core.rules.machine import EvidenceValue, Judgement
from core.rules.market import Market
from core.rules.rule import Deferred, WithThresholds, numbers
from core.rules.wording import number
from core.settings_warnings import W18Settings
from core.snapshot import Gauge
from core.universe import LARGE, SMALL

GROWTH = "QQQ"
OTHERS = (LARGE, "MAGS", "TLT")
"""What small caps are compared with as well: large caps, the seven largest, and bonds."""
WINDOWS = (63, 252)


class DiversificationLoss(WithThresholds[W18Settings]):
    """W18: who holds small caps beside the Nasdaq 100 holds the same risk twice."""

    id = "W18"
    subjects = (f"{SMALL}-{GROWTH}",)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Diversification loss")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _("63-session correlation of IWM and QQQ at least {watch} (warning {warn}); left below {exit}").format(
            watch=number(limits.watch), warn=number(limits.warning), exit=number(limits.exit)
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="corr63_iwm_qqq",
            label=_("correlation IWM, QQQ"),
            enter=limits.watch,
            warn=limits.warning,
            leave=limits.exit,
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits, together = self._limits, market.risk("corr63_iwm_qqq", t)
        if missing := market.missing((SMALL, GROWTH), t, (together,)):
            return Judgement(missing=missing)
        return Judgement(
            watch=together >= limits.watch,
            warn=together >= limits.warning,
            exit=together < limits.exit,
            evidence=Deferred(lambda: _correlations(market, t)),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        pairs = (
            _("{symbol} {quarter} / {year}").format(
                symbol=symbol,
                quarter=number(e[f"corr63_iwm_{symbol.lower()}"]),
                year=number(e[f"corr252_iwm_{symbol.lower()}"]),
            )
            for symbol in (GROWTH, *OTHERS)
        )
        return _("correlation of IWM over 63 / 252 sessions: {pairs}").format(pairs="   ".join(pairs))


def _correlations(market: Market, t: int) -> dict[str, EvidenceValue]:
    return {
        f"corr{n}_{SMALL}_{other}".lower(): float(
            average_correlation(market.returns((SMALL, other), t, n)[np.newaxis])[0]
        )
        for n in WINDOWS
        for other in (GROWTH, *OTHERS)
    }
