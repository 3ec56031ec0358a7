from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec

from core.snapshot import Appetite, Breadth, Concentration, FundValuation, Risk, Valuation
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
    assert "Concentration: not evaluated, [holdings] names no file of weights, and no market caps are known" in found


def test_concentration_and_risk_carry_their_numbers() -> None:
    weights = Concentration(
        c1=0.3442,
        c2={"63s": 0.253},
        c3=43.84,
        weights_date={"SPY": date(2025, 11, 18)},
        sources={"SPY": "market caps"},
    )
    risk = Risk(appetite=Appetite(score=21.03, state="risk-on", parts=5), vix=14.49, regime="calm", rate_21s_bp=-1.5)
    text = "\n".join(lines(concentration=weights, risk=risk))
    assert "weights of SPY 2025-11-18 (market caps)" in text
    assert "seven largest weigh 34.4 %  their share of 63s 25.3 %  effective names 43.8  small-cap top ten — %" in text
    assert "appetite 21 risk-on (5 of 8 parts)  VIX 14.5  VIX/VIX3M —  volatility calm" in text
    assert "10y over 21s -2 bp" in text


def test_valuation_names_source_and_date_and_what_it_does_with_losses() -> None:
    at = datetime(2026, 1, 9, 21, tzinfo=UTC)
    iwm = FundValuation(
        session=at.date(),
        asof=at,
        trailing_pe=18.4,
        price_to_book=1.9,
        earnings_yield_gap=0.0123,
        flow=-2.5e8,
        flow_since=date(2026, 1, 8),
    )
    spy = FundValuation(session=at.date(), asof=at, shares_unchanged_since=date(2025, 12, 1))
    found = Valuation(funds={"IWM": iwm, "SPY": spy}, relative_pe=0.66, snapshots=12, needed=250, source="yahoo")
    text = lines(valuation=found)
    assert "Valuation, fundamentals of yahoo, negative earnings: unknown" in text
    assert (
        "  IWM  2026-01-09  P/E 18.4  forward —  P/B 1.9  yield less 10y +1.2 pp  flow -250 M$ since 2026-01-08" in text
    )
    assert any(line.endswith("flow unknown, the source's shares stand still since 2025-12-01") for line in text)
    assert "  P/E of IWM over that of SPY 0.66, percentile — of 12 own daily snapshots (250 needed)" in text


def test_without_fundamentals_the_reason_is_said() -> None:
    told = lines(valuation=Valuation(), not_evaluated={"L1": "no fundamentals source"})
    assert "Valuation: not evaluated, no fundamentals source" in told
