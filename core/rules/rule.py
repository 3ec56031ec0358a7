"""What every rule has, and what the rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Generic, Protocol, TypeVar

import numpy as np

from core.rules.machine import EvidenceValue, Hysteresis, Judgement
from core.rules.market import Market
from core.snapshot import Gauge


class Rule(Protocol):
    """A named condition with evidence, applied to one or more subjects."""

    @property
    def id(self) -> str:
        """The rule's name in the catalogue: W06."""
        ...

    @property
    def subjects(self) -> tuple[str, ...]:
        """What it is applied to, one machine each."""
        ...

    @property
    def hysteresis(self) -> Hysteresis:
        """How many sessions in a row raise and end it."""
        ...

    @property
    def informs(self) -> bool:
        """Whether INFO is its one raised state."""
        ...

    def title(self, subject: str) -> str:
        """A few words: what the rule watches."""
        ...

    def condition(self, subject: str) -> str:
        """When it is raised and when it is left, in words with the thresholds in force."""
        ...

    def gauge(self, subject: str) -> Gauge | None:
        """The one number of the evidence that decides it, with its thresholds; None where no single one does."""
        ...

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """The conditions at row t, from rows up to t only."""
        ...

    def text(self, subject: str, judgement: Judgement) -> str:
        """The evidence in one line."""
        ...


Thresholds = TypeVar("Thresholds")


class WithThresholds(Generic[Thresholds]):
    """What most rules share: a table of the configuration, the usual hysteresis, and states up to WARNING."""

    hysteresis = Hysteresis()
    informs = False

    def __init__(self, limits: Thresholds) -> None:
        self._limits = limits


class Deferred(Mapping[str, EvidenceValue]):
    """Evidence that is gathered when it is first looked at: a replay judges thousands of sessions and shows one.

    What was judged at a provisional row must be looked at before the next quote overwrites that row.
    """

    def __init__(self, gather: Callable[[], Mapping[str, EvidenceValue]]) -> None:
        self._gather = gather

    @cached_property
    def _gathered(self) -> Mapping[str, EvidenceValue]:
        return without_nan(self._gather())

    def __getitem__(self, key: str) -> EvidenceValue:
        return self._gathered[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._gathered)

    def __len__(self) -> int:
        return len(self._gathered)


def without_nan(evidence: Mapping[str, EvidenceValue]) -> dict[str, EvidenceValue]:
    """Evidence as the snapshot carries it: None for what is missing."""
    return {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in evidence.items()}


def signs_agree(values: Sequence[float]) -> bool:
    """Whether all values have one and the same sign; zero disagrees with both (C.1)."""
    return all(v > 0 for v in values) or all(v < 0 for v in values)


def numbers(judgement: Judgement) -> dict[str, float]:
    """The numeric evidence, NaN where it is missing: for the one-line text."""
    return {k: v if isinstance(v, int | float) else np.nan for k, v in judgement.evidence.items()}
