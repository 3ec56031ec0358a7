"""Facts are found by their places, whatever symbols are named; a few cases are called what they are."""

from __future__ import annotations

from datetime import date

import pytest

from core.agenda import Agenda
from core.report.facts import Facts
from core.report.risks import risks
from core.snapshot import Evaluated, RiskWarning, Row, Snapshot

FRIDAY = date(2026, 1, 9)


def facts(symbol: str, **history: float) -> Facts:
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
    assert f"Far up {symbol}: WATCH since Fri 2026-01-09 (1 sessions). px 500. Rule: px at least 400." in said


@pytest.mark.parametrize(("n", "told"), [(9, True), (10, False)])
def test_few_cases_are_called_an_anecdote(n: int, told: bool) -> None:
    found = facts("SPY", fired=n, years=8.0, n=n, p_entry=0.5, p_base=0.2)
    said = [sentence.text for sentence in risks(found).sentences]
    assert any("in 50.0 % of the cases, on any day in 20.0 %" in text for text in said)
    assert ("n = 9: anecdote, not evidence" in said) is told


@pytest.mark.parametrize("path", ["watchlist.XYZ.name", "watchlist.SPY.name.more", "watchlist.SPY.ret", "nothing", ""])
def test_nothing_stands_where_nothing_is(path: str) -> None:
    assert facts("SPY").value(path) is None
