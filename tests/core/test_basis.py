"""The basis is a switch of what is shown: rules stay on the bases they are defined on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import numpy as np
import pytest
from msgspec import UNSET

from core.panel import Panel
from core.settings import Basis, Settings
from core.snapshot import Row, Snapshot
from tests.core import builders

SESSIONS = 300
LAST = SESSIONS - 1


@pytest.fixture(scope="module")
def whole() -> Panel:
    """SPY paid 10 % fifty sessions ago, IWM nothing."""
    whole = builders.panel(23, SESSIONS)
    tr = whole.px.copy()
    tr[: LAST - 50, whole.symbols.index("SPY")] *= 0.9
    return replace(whole, tr=tr)


def shown(whole: Panel, basis: Basis, *, live: bool = False) -> Snapshot:
    usual: Settings = builders.settings()
    settings = msgspec.structs.replace(usual, metrics=msgspec.structs.replace(usual.metrics, basis=basis))
    day: date = whole.sessions[LAST].item()
    if not live:
        return builders.engine(whole, settings).snapshot(None, builders.view(day))
    engine = builders.engine(builders.part(whole, slice(LAST)), settings)
    return engine.snapshot(builders.live_row(whole, LAST), builders.view(day))


def spy(snapshot: Snapshot) -> Row:
    return next(row for row in snapshot.leadership if row.symbol == "SPY")


@pytest.mark.parametrize("live", [False, True])
def test_returns_and_spreads_move_to_price(whole: Panel, *, live: bool) -> None:
    columns = {symbol: whole.px[:, k] for k, symbol in enumerate(whole.symbols)}
    price = columns["SPY"][LAST] / columns["SPY"][LAST - 63] - 1
    total = columns["SPY"][LAST] / (0.9 * columns["SPY"][LAST - 63]) - 1
    small = columns["IWM"][LAST] / columns["IWM"][LAST - 63] - 1
    expectations: dict[Basis, float] = {"px": price, "tr": total}
    for basis, expected in expectations.items():
        found = shown(whole, basis, live=live)
        row = spy(found)
        assert row.ret is not UNSET
        assert row.ret["63s"] == pytest.approx(expected, abs=1e-12)
        assert (found.basis, row.basis) == (basis, basis)
        assert found.spreads[0].s63 == pytest.approx(small - expected, abs=1e-12)


@pytest.mark.parametrize("live", [False, True])
def test_rules_and_verdict_do_not_move(whole: Panel, *, live: bool) -> None:
    price, total = shown(whole, "px", live=live), shown(whole, "tr", live=live)
    assert [w.evidence for w in price.warnings] == [w.evidence for w in total.warnings]
    assert [e.value for e in price.verdict.evidence] == [e.value for e in total.verdict.evidence]
    assert spy(price).drawdown_252 == spy(total).drawdown_252
    assert not np.isclose(spy(price).sigma60 or 0.0, spy(total).sigma60 or 0.0)
