"""What is told of a metric."""

from __future__ import annotations

from typing import NamedTuple


class Metric(NamedTuple):
    """One metric. `basis` is px, tr or level; `window` in sessions unless it says otherwise."""

    id: str
    name: str
    formula: str
    unit: str
    basis: str
    window: str
    field: str
    source: str = "field standard"
