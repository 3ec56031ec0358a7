"""A market that reads what a test says, and what a rule judges of it in one word."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from core.metrics.leadership import SpreadValues
from core.panel import Floats
from core.rules.market import Behind, Health, Market, SectorFunds
from tests.core import builders
from tests.reference.data import SECTORS


class Reading(Market):
    """A market that reads what the test says, at every session and for every symbol."""

    def __init__(
        self,
        values: Mapping[str, float] | None = None,
        *,
        percentiles: Mapping[str, float] | None = None,
        series: Mapping[str, float | Sequence[float]] | None = None,
        lead: SpreadValues | None = None,
        health: Health | None = None,
    ) -> None:
        self._values = {"px": 100.0, **(values or {})}
        self._percentiles = percentiles or {}
        self._series = series or {}
        self._lead = lead
        self._health = health
        schemes = builders.settings().universe.schemes
        self.behind = Behind(sectors=SectorFunds(tuple(SECTORS), "msci", schemes))
        self.columns = {symbol: column for column, symbol in enumerate(SECTORS)}

    def value(self, field: str, symbol: str, t: int) -> float:
        return self._values[field]

    def percentile(self, field: str, symbol: str, t: int, *, window: int = 1260, minimum: int = 504) -> float:
        assert (window, minimum) == (1260, 504)
        return self._percentiles[field]

    def risk(self, name: str, t: int) -> float:
        value = self._series[name]
        assert isinstance(value, int | float)
        return value

    def risk_tail(self, name: str, t: int, n: int) -> Floats:
        values = np.array(self._series[name], dtype=np.float64)
        assert len(values) <= n
        return values

    def change(self, symbol: str, t: int, n: int) -> float:
        assert n == 21
        return self._values.get(f"{symbol} 21s", math.nan)

    def spread(self, a: str, b: str, t: int) -> SpreadValues | None:
        assert (a, b) == ("IWM", "SPY")
        return self._lead

    def missing(self, symbols: Sequence[str], t: int, values: Iterable[float]) -> tuple[str, ...]:
        known = list(values)
        lacks = not known or any(map(math.isnan, known))
        return tuple(f"full history of {symbol}" for symbol in symbols) if lacks else ()

    def health(self, t: int) -> Health:
        assert self._health is not None
        return self._health


def judged(rule_id: str, reading: Reading, subject: str = "SPY") -> str:
    """The conditions that hold, as one word; C.1: `warn` implies `watch`, and `watch` excludes `exit`."""
    judgement = builders.rule(rule_id).judge(reading, subject, 0)
    assert not judgement.missing
    assert judgement.watch or not judgement.warn
    assert not (judgement.watch and judgement.exit)
    return "warn" if judgement.warn else "watch" if judgement.watch else "exit" if judgement.exit else "between"
