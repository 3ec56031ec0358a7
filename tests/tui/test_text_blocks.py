from __future__ import annotations

from datetime import date

import msgspec

from core.snapshot import Appetite, Breadth, Concentration, Risk
from tests.tui import builders
from tui.text_blocks import blocks


def lines(**changes: object) -> list[str]:
    snapshot = msgspec.structs.replace(builders.rich(), **changes)
    return [line for block in blocks(snapshot) for line in block]


def test_breadth_names_its_universe_its_coverage_and_its_date() -> None:
    breadth = Breadth(
        universe="sp500",
        members=503,
        used=488,
        coverage=488 / 503,
        seeded=date(2024, 11, 4),
        advances=274.0,
        declines=212.0,
        unchanged=2.0,
        above_sma200=0.6694,
        mcclellan=-9.04,
        notes=("members of 2025-11-16",),
    )
    found = lines(breadth=breadth)
    assert found[0] == "Breadth of sp500: 488 of 503 members used (97.0 %), members of 2025-11-16"
    assert "advances 274  declines 212  unchanged 2" in found[1]
    assert "200d 66.9 %" in found[2]
    assert "McClellan -9.0" in found[3]
    assert "TRIN —" in found[3]


def test_what_is_not_there_is_said_in_words() -> None:
    found = lines(breadth=Breadth(universe="core", sectors_above_sma50=9.0), concentration=Concentration())
    assert found[0] == "Breadth: no universe chosen; 9 of the sector funds above their 50-day average"
    assert "Concentration: not evaluated, [holdings] names no file of weights" in found


def test_concentration_and_risk_carry_their_numbers() -> None:
    weights = Concentration(c1=0.3442, c2={"63s": 0.253}, c3=43.84, weights_date={"SPY": date(2025, 11, 18)})
    risk = Risk(appetite=Appetite(score=21.03, state="risk-on", parts=5), vix=14.49, regime="calm", rate_21s_bp=-1.5)
    text = "\n".join(lines(concentration=weights, risk=risk))
    assert "weights of SPY 2025-11-18" in text
    assert "seven largest weigh 34.4 %  their share of 63s 25.3 %  effective names 43.8  small-cap top ten — %" in text
    assert "appetite 21 risk-on (5 of 8 parts)  VIX 14.5  VIX/VIX3M —  volatility calm" in text
    assert "10y over 21s -2 bp" in text
