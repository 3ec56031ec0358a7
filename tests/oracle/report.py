"""`docs/metrics.md`: every metric with its definition and how far we are from the libraries others wrote.

`make docs` writes it; a test compares. The differences are those on the invented market, which every machine
has, and stand as bounds, because their last digits depend on the processor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from core.metrics import catalogue
from core.metrics.catalogue import Metric
from tests.oracle.data import Market, synthetic
from tests.oracle.registry import ORACLES

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
BOUNDS = (1e-12, 1e-10, 1e-9)

HEAD = """# Metrics

Made by `make docs` from `core/metrics/catalogue/` and `tests/oracle/`; do not edit.

Bases: `px` adjusted for splits, `tr` for dividends too (metrics.md 0.2 of the specification), level as quoted.
Windows are sessions. The last columns name the independent implementation and the bound that our largest difference
on 1,500 invented sessions keeps (relative to the number where that is above 1; `exact` is no difference at all).
The same oracles are held on the real data where those are at hand, to 1e-9.
"""

GROUPS = {
    "Returns and leadership": catalogue.RETURNS,
    "Breadth": catalogue.BREADTH,
    "Trend and level": catalogue.TREND,
    "Volatility and drawdown": catalogue.VOLATILITY,
    "Concentration": catalogue.CONCENTRATION,
    "Cross-asset": catalogue.CROSS_ASSET,
    "Sectors": catalogue.SECTORS,
    "Risk appetite": catalogue.APPETITE,
    "Valuation, flows, events": catalogue.EXTERNAL,
}


def page() -> str:
    """The whole document."""
    market = synthetic()
    found = differences(market)
    return "\n".join([HEAD, *(line for title, group in GROUPS.items() for line in _table(title, group, found))])


def differences(market: Market) -> dict[str, list[tuple[str, float]]]:
    """For each metric its oracles and our largest scaled difference from each."""
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for oracle in ORACLES:
        if oracle.answers(market):
            found[oracle.metric_id].append((oracle.oracle, oracle.compare(market).scaled))
    return found


def bound(difference: float) -> str:
    """The bound a difference keeps, in words of the table."""
    if difference == 0:
        return "exact"
    return next(f"< {limit:.0e}" for limit in BOUNDS if difference < limit)


def _table(title: str, group: tuple[Metric, ...], found: dict[str, list[tuple[str, float]]]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| id | metric | formula | unit | basis | window | field | source | oracle | difference |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for metric in group:
        pairs = found.get(metric.id, [])
        oracles = ", ".join(dict.fromkeys(f"`{name}`" for name, _difference in pairs)) or "-"
        worst = bound(max(difference for _name, difference in pairs)) if pairs else "-"
        cells = (metric.id, metric.name, metric.formula, metric.unit, metric.basis, metric.window)
        text = " | ".join(cell.replace("|", "\\|") for cell in cells)
        yield f"| {text} | `{metric.field}` | {metric.source} | {oracles} | {worst} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
