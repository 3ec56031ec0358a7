from __future__ import annotations

import re

from core.metrics.catalogue import METRICS
from tests.oracle.registry import ORACLES
from tests.oracle.report import PAGE, bound, page

EXPECTED = {"R": 15, "B": 14, "T": 9, "V": 10, "C": 8, "X": 13, "S": 5, "Y": 1, "L": 4, "F": 2}
"""How many metrics each group of the specification has."""


def test_the_page_is_what_make_docs_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_every_metric_of_the_specification_has_its_line() -> None:
    wanted = [f"{group}{k}" for group, count in EXPECTED.items() for k in range(1, count + 1)]
    assert sorted(metric.id for metric in METRICS) == sorted(wanted)
    lines = re.findall(r"^\| ([A-Z]\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(lines) == sorted(wanted)


def test_every_oracle_is_of_a_metric_in_the_catalogue() -> None:
    assert {oracle.metric_id for oracle in ORACLES} <= {metric.id for metric in METRICS}


def test_bounds() -> None:
    assert [bound(x) for x in (0.0, 3e-16, 1e-11, 9e-10)] == ["exact", "< 1e-12", "< 1e-10", "< 1e-09"]
