"""Rules of the user's own: one metric against thresholds of the user's, in the same machine as all others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from core.i18n import _
from core.metrics.leadership import SpreadValues
from core.metrics.nameable import BREADTH, FRACTIONS, RISK, SPREAD, unit_of
from core.rules.breadth import lacking_members
from core.rules.leadership import spread_evidence
from core.rules.machine import Hysteresis, Judgement
from core.rules.market import Market
from core.rules.rule import numbers, without_nan
from core.rules.wording import in_unit
from core.settings_rules import pair
from core.settings_warnings import OwnRuleSettings
from core.snapshot import Gauge
from core.universe import ENOUGH, WHOLE

MARKET = "market"
"""The subject of a rule on what is about the market as a whole."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A value, and the inputs it lacks: required ones, or optional ones."""

    value: float
    missing: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()


class OwnRule:
    """A table of `[rules]`."""

    def __init__(self, name: str, limits: OwnRuleSettings) -> None:
        self.id = name
        self.subjects = limits.subjects or (MARKET,)
        self.hysteresis = Hysteresis(watch_in=limits.min_in, warn_in=limits.min_in, out=limits.min_out)
        self.informs = limits.severity == "info"
        self._limits = limits
        self._unit = unit_of(limits.metric)
        self._sign = 1.0 if limits.comparison == "above" else -1.0
        self._warning = limits.warning
        if limits.severity == "warning" and limits.warning is None:
            self._warning = limits.enter

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return self._limits.title or self.id

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        above = limits.comparison == "above"
        entered = _("{metric} at least {enter}") if above else _("{metric} at most {enter}")
        left = _("left below {leave}") if above else _("left above {leave}")
        warned = "" if self._warning is None else _(" (warning {warning})").format(warning=self._limit(self._warning))
        held = _("{n} sessions in a row to enter, {out} to leave")
        if limits.min_in == 1:
            held = _("1 session to enter, {out} to leave")
        entry = entered.format(metric=limits.metric, enter=self._limit(limits.enter))
        held = held.format(n=limits.min_in, out=limits.min_out)
        return f"{entry}{warned}; {left.format(leave=self._limit(limits.leave))}; {held}"

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id=limits.metric,
            label=limits.metric,
            enter=limits.enter,
            warn=self._warning,
            leave=limits.leave,
            direction=limits.comparison,
            unit="fraction" if self._unit in FRACTIONS else "number",
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        read = self._read(market, subject, t)
        if read.missing:
            return Judgement(missing=read.missing)
        height = self._sign * read.value
        watch = height >= self._sign * self._limits.enter
        return Judgement(
            watch=watch,
            warn=watch and self._warning is not None and height >= self._sign * self._warning,
            exit=height < self._sign * self._limits.leave,
            partial=read.partial,
            evidence=without_nan({self._limits.metric: read.value}),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        value = numbers(judgement)[self._limits.metric]
        parts = (f"{self._limits.metric} {in_unit(value, self._unit)}", self._limits.text)
        return "   ".join(filter(None, parts))

    def _limit(self, value: float) -> str:
        """A threshold as it was set."""
        return in_unit(value, self._unit, exact=True)

    def _read(self, market: Market, subject: str, t: int) -> _Reading:
        metric = self._limits.metric
        if metric.startswith(SPREAD):
            return _spread(market, metric.removeprefix(SPREAD), subject, t)
        if metric.startswith(BREADTH):
            return _breadth(market, metric.removeprefix(BREADTH), t)
        if metric.startswith(RISK):
            value = market.risk(metric.removeprefix(RISK), t)
            return _Reading(value, missing=(metric,) if np.isnan(value) else ())
        value = market.value(metric, subject, t)
        return _Reading(value, missing=market.missing((subject,), t, (value,)))


def own_rules(rules: Mapping[str, OwnRuleSettings]) -> tuple[OwnRule, ...]:
    """The rules of `[rules]`, in the order of the file."""
    return tuple(OwnRule(name, limits) for name, limits in rules.items())


def looked_back_on(rules: Mapping[str, OwnRuleSettings]) -> Collection[str]:
    """The metrics of symbols that these rules need of every session."""
    families = (SPREAD, BREADTH, RISK)
    return {rule.metric for rule in rules.values() if not rule.metric.startswith(families)}


def _spread(market: Market, name: str, subject: str, t: int) -> _Reading:
    symbols = pair(subject, market.columns)
    values: SpreadValues | None = None if symbols is None else market.spread(*symbols, t)
    if symbols is None or values is None:
        return _Reading(np.nan, missing=(subject,))
    told = spread_evidence(values)[name]
    value = float(told) if isinstance(told, int | float) else np.nan
    return _Reading(value, missing=market.missing(symbols, t, (value,)))


def _breadth(market: Market, name: str, t: int) -> _Reading:
    value, coverage = market.breadth(name, t), market.breadth("coverage", t)
    missing = lacking_members(market, coverage, ENOUGH, (value,))
    return _Reading(value, missing=missing, partial=lacking_members(market, coverage, WHOLE, (value,)))
