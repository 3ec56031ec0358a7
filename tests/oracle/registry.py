"""All oracles, by metric: what the tests assert and what `docs/metrics.md` prints.

    markets = [synthetic(), real(folder)]
    for oracle in ORACLES:
        largest = max(oracle.compare(market).scaled for market in markets if oracle.answers(market))

The order is that of metrics.md; a metric may have several oracles, an oracle speaks of one metric.
"""

from __future__ import annotations

from tests.oracle import breadth, concentration, cross_asset, leadership, sectors, trend, volatility
from tests.oracle.compare import TOLERANCE, Difference, Oracle
from tests.oracle.data import Market, real, synthetic

__all__ = ["ORACLES", "TOLERANCE", "Difference", "Market", "Oracle", "real", "synthetic"]

_GROUPS = "RBTVCXSYL"


def _place(oracle: Oracle) -> tuple[int, int]:
    return _GROUPS.index(oracle.metric_id[0]), int(oracle.metric_id[1:])


_FAMILIES = (leadership, breadth, trend, volatility, concentration, cross_asset, sectors)

ORACLES: list[Oracle] = sorted((oracle for family in _FAMILIES for oracle in family.ORACLES), key=_place)
