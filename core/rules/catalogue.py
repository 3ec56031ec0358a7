"""All rules, in the order of warnings.md, with the thresholds of the configuration."""

from __future__ import annotations

from collections.abc import Mapping

from core.rules.breadth import BreadthDivergence, HighLowConflict
from core.rules.concentration import MegaCapConcentration, SmallCapConcentration
from core.rules.credit import CreditStress, RatePressure
from core.rules.diversification import DiversificationLoss
from core.rules.health import DataHealth
from core.rules.leadership import FragileLeadership, LeadershipReversal
from core.rules.level import Drawdown, ExtendedNearHigh, Overbought, TrendState
from core.rules.own import own_rules
from core.rules.rule import Rule
from core.rules.sectors import DefensiveRotation, SectorCorrelation, Turbulence
from core.rules.valuation import ValuationStretch
from core.rules.volatility import SmallVolatilityPremium, TermInversion, VolatilityRegime
from core.settings_warnings import OwnRuleSettings, WarningSettings


def rules(settings: WarningSettings, own: Mapping[str, OwnRuleSettings] | None = None) -> tuple[Rule, ...]:
    """The catalogue, then the user's own rules.

    W01b and W19b are parts of W01 and W19: they share their number and their thresholds.
    """
    return (
        LeadershipReversal(settings.W01),
        LeadershipReversal(settings.W01, mirrored=True),
        FragileLeadership(settings.W02),
        SmallVolatilityPremium(settings.W03),
        VolatilityRegime(settings.W04),
        TermInversion(settings.W05),
        Overbought(settings.W06),
        ExtendedNearHigh(settings.W07),
        BreadthDivergence(settings.W08),
        HighLowConflict(settings.W09),
        MegaCapConcentration(settings.W10),
        SmallCapConcentration(settings.W11),
        ValuationStretch(settings.W12),
        RatePressure(settings.W13),
        CreditStress(settings.W14),
        DefensiveRotation(settings.W15),
        SectorCorrelation(settings.W16),
        Turbulence(settings.W17),
        DiversificationLoss(settings.W18),
        Drawdown(settings.W19),
        TrendState(),
        DataHealth(settings.W20),
        *own_rules(own or {}),
    )


def number(rule_id: str) -> str:
    """The number a rule is counted under: W19 for W19b."""
    return rule_id.removesuffix("b") if rule_id.startswith("W") and rule_id[1:3].isdigit() else rule_id
