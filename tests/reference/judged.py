"""What a rule says of one session, and the course it takes through C.1.

A rule of this package is a function of the data that answers with one `Judged` a session, oldest first. Its inputs are
named by metric, as metrics.md has them ("V4", "C1") or by symbol; its evidence by short names of this package.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from tests.reference.data import Array
from tests.reference.machine import Inputs, StateRow, replay

Evidence = Mapping[str, float | None]


@dataclass(frozen=True)
class Judged:
    """`missing` are required inputs that are not there, `partial` optional ones; with the first nothing is judged."""

    watch: bool = False
    warn: bool = False
    exit: bool = False
    missing: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    evidence: Evidence = field(default_factory=dict)

    def inputs(self) -> Inputs | None:
        """As the machine takes them."""
        return None if self.missing else Inputs(self.watch, self.warn, self.exit)


@dataclass(frozen=True)
class Rule:
    """A rule's judgements of every session, and what C.2 says of its machine."""

    id: str
    judged: list[Judged]
    raised: str = "WATCH"
    watch_in: int = 2
    warn_in: int = 2
    out: int = 3

    def states(self, sessions: list[date]) -> list[StateRow]:
        """State, since and sessions after every session."""
        inputs = [judged.inputs() for judged in self.judged]
        return replay(
            sessions, inputs, raised=self.raised, min_in=self.watch_in, warn_in=self.warn_in, min_out=self.out
        )


def lacking(**inputs: float) -> tuple[str, ...]:
    """The names of the inputs that have no value."""
    return tuple(name for name, value in inputs.items() if not math.isfinite(value))


def known(**evidence: float | None) -> Evidence:
    """Evidence, with None for what has no value."""
    return {
        name: None if value is None or not math.isfinite(value) else float(value) for name, value in evidence.items()
    }


def every(metric: Callable[..., float], *series: Array) -> Array:
    """A metric at every session, each time of nothing but the past of its series."""
    return np.array([metric(*(values[: i + 1] for values in series)) for i in range(len(series[0]))], dtype=np.float64)
