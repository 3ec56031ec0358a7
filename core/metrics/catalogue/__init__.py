"""Every metric Tapeboard knows by its id: what it is, on what, and where it stands in the snapshot.

The one list behind `docs/metrics.md` (made by `make docs`, compared in CI). Ids, formulas and sources are those
of the metric specification; `field` is the place in the JSON, `oracle` what the tests hold it against.
"""

from __future__ import annotations

from typing import Final

from core.metrics.catalogue.market import APPETITE, CROSS_ASSET, EXTERNAL, SECTORS
from core.metrics.catalogue.members import BREADTH, CONCENTRATION
from core.metrics.catalogue.metric import Metric
from core.metrics.catalogue.symbols import RETURNS, TREND, VOLATILITY

__all__ = [
    "APPETITE",
    "BREADTH",
    "CONCENTRATION",
    "CROSS_ASSET",
    "EXTERNAL",
    "METRICS",
    "RETURNS",
    "SECTORS",
    "TREND",
    "VOLATILITY",
    "Metric",
]

METRICS: Final = (*RETURNS, *BREADTH, *TREND, *VOLATILITY, *CONCENTRATION, *CROSS_ASSET, *SECTORS, *APPETITE, *EXTERNAL)
