"""The weights of a fund's lines: their date, how long they serve, and how they roll with prices (metrics.md B.6).

Weights are those of one day. They are rolled to another by the price ratio of each line; a line without a price
keeps its dated weight. Pure: `core.holdings` makes them from files and from market caps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.model import Session
from core.panel import Floats
from core.universe import ENOUGH, WHOLE

FRESH_DAYS = 45
SERVES_DAYS = 92
"""Calendar days either side of their date: `ok` up to the first, `partial` up to the second."""

ONE_COMPANY = {"GOOG": "GOOGL", "BRK-A": "BRK-B", "FOX": "FOXA", "NWS": "NWSA"}
"""Second lines of a company in the large-cap funds, with the line that stands for it (B.10)."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Fractions of `fund` by line, their sum 1, as of the close of `dated`; `source` is where they come from.

    `coverage` is the share of the fund that these lines were before they were scaled to 1.
    """

    fund: str
    dated: date
    values: Mapping[str, float]
    coverage: float
    source: str

    @property
    def lines(self) -> tuple[str, ...]:
        """The symbols, in the order of `fractions`."""
        return tuple(self.values)

    @property
    def fractions(self) -> Floats:
        """The weights as an array of shape (N,)."""
        return np.array(list(self.values.values()), dtype=np.float64)

    def age(self, session: Session) -> int:
        """Calendar days between the weights and `session`, whichever comes first."""
        return abs((session - self.dated).days)

    def status(self, session: Session) -> Literal["ok", "partial", "missing_input", "stale_input"]:
        """What a number made with them is worth at `session`."""
        if self.coverage < ENOUGH:
            return "missing_input"
        if self.age(session) > SERVES_DAYS:
            return "stale_input"
        return "ok" if self.coverage >= WHOLE and self.age(session) <= FRESH_DAYS else "partial"


def rolled(fractions: Floats, then: Floats, now: Floats) -> Floats:
    """Fractions (..., N) at the prices `now` (..., N), for `fractions` (N,) that held at the prices `then` (N,).

    A line without either price (NaN) keeps its dated weight; the whole is scaled to 1 again.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = now / then
    moved = fractions * np.where(np.isfinite(ratio), ratio, 1.0)
    result: Floats = moved / moved.sum(axis=-1, keepdims=True)
    return result


def companies(lines: Sequence[str]) -> npt.NDArray[np.intp]:
    """The number of the company of each line, shape (N,): two lines of one company have the same."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(ONE_COMPANY.get(s, s), len(numbers)) for s in lines], dtype=np.intp)
