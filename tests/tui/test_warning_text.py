"""What the detail of a warning says in words."""

from __future__ import annotations

from typing import Literal

import pytest

from core.snapshot import Gauge, RiskWarning
from tui.screens.warning_text import condition


@pytest.mark.parametrize(
    ("unit", "value", "enter", "told"),
    [
        ("fraction", -0.021, -0.05, "-2.1 %   raised ≤ -5.0 % (2.9 pp away)"),
        ("number", 21.5, 22.0, "21.50   raised ≥ 22 (0.50 away)"),
    ],
)
def test_percentages_lie_apart_by_percentage_points(
    unit: Literal["fraction", "number"], value: float, enter: float, told: str
) -> None:
    side: Literal["above", "below"] = "below" if enter < 0 else "above"
    gauge = Gauge(id="x", label="close", value=value, enter=enter, direction=side, unit=unit)
    warning = RiskWarning(id="W19", subject="SPY", title="Drawdown", state="CLEAR", condition="below", gauge=gauge)
    assert told in condition(warning).plain
