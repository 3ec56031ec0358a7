"""Facts are found by their places, whatever symbols are named; a few cases are called what they are."""

from __future__ import annotations

from datetime import date

import pytest

from core.agenda import Agenda
from core.report.facts import Facts, spark, thinned
from core.report.risks import risks
from core.snapshot import Evaluated, RiskWarning, Row, Snapshot

FRIDAY = date(2026, 1, 9)


def facts(symbol: str, **history: float | str) -> Facts:
    raised = RiskWarning(
        id="OWN",
        subject=symbol,
        title="Far up",
        state="WATCH",
        since=FRIDAY,
        sessions=1,
        text="px 500",
        condition="px at least 400",
        history=dict(history),
    )
    row = Row(symbol=symbol, name="A stock", group="watchlist", ret={"21s": 0.05})
    found = Snapshot(
        session=FRIDAY, viewed_at=None, watchlist=(row,), warnings=(raised,), evaluated=Evaluated(rules=1, of=1)
    )
    return Facts(found, agenda=Agenda())


@pytest.mark.parametrize("symbol", ["SPY", "BRK.B", "^VIX"])
def test_a_symbol_may_have_a_dot(symbol: str) -> None:
    found = facts(symbol)
    assert found.value(f"watchlist.{symbol}.ret.21s") == 0.05
    assert found.value("watchlist.0.name") == "A stock"
    said = "\n".join(sentence.text for sentence in risks(found).sentences)
    assert f"Far up {symbol}: WATCH since Fri 2026-01-09 (1 session). px 500. Rule: px at least 400." in said


@pytest.mark.parametrize(("n", "told"), [(9, True), (10, False)])
def test_few_cases_are_called_an_anecdote(n: int, told: bool) -> None:
    found = facts("SPY", fired=n + 1, years=8.0, n=n, p_entry=0.5, p_base=0.2, target="IWM")
    said = [sentence.text for sentence in risks(found).sentences]
    assert f"History: fired {n + 1} times in 8 years." in said
    rate = f"Of the {n} cases with 63 sessions behind them, IWM closed 5 % or more lower within these in 50.0 %"
    assert any(text.startswith(rate) for text in said)
    assert ("n = 9: anecdote, not evidence" in said) is told


def test_one_case_is_told_as_one() -> None:
    found = facts("SPY", fired=1, years=8.0, n=1, p_entry=1.0, p_base=0.2, target="SPY")
    said = [sentence.text for sentence in risks(found).sentences]
    assert "History: fired 1 time in 8 years." in said
    assert any(text.startswith("Of the 1 case with 63 sessions behind it, SPY closed") for text in said)


def test_a_line_is_of_few_points_and_ends_with_the_last() -> None:
    assert thinned(tuple(float(k) for k in range(60))) == tuple(float(k) for k in range(3, 60, 4))
    assert spark((0.0, None, 6.0, 8.0)) == "▁ ▇█"
    assert spark((5.0, 5.0)) == "▄▄"


@pytest.mark.parametrize("path", ["watchlist.XYZ.name", "watchlist.SPY.name.more", "watchlist.SPY.ret", "nothing", ""])
def test_nothing_stands_where_nothing_is(path: str) -> None:
    assert facts("SPY").value(path) is None
