"""The basis is a switch of what is shown: rules stay on the bases they are defined on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import numpy as np
import pytest
from msgspec import UNSET

from core.panel import Panel
from core.pipeline import Pipeline
from core.sessions import Calendar
from core.settings import Basis, Settings
from core.snapshot import Row, Snapshot, to_json
from tests.core import builders, fakes

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


@pytest.mark.parametrize("live", [False, True])
def test_an_engine_on_another_basis_tells_what_one_made_on_it_tells(whole: Panel, *, live: bool) -> None:
    row = builders.live_row(whole, LAST) if live else None
    engine = builders.engine(builders.part(whole, slice(LAST)) if live else whole, builders.settings())
    view = builders.view(whole.sessions[LAST].item())
    before = to_json(engine.snapshot(row, view))
    price = engine.on("px")
    assert to_json(price.snapshot(row, view)) == to_json(shown(whole, "px", live=live))
    assert to_json(price.on("tr").snapshot(row, view)) == before == to_json(engine.snapshot(row, view))


class TestSwitch:
    """A pipeline shows the other basis without asking its feed."""

    @pytest.fixture
    def feed(self) -> fakes.FakeFeed:
        return fakes.market(fakes.settings(), fakes.sessions())

    @pytest.fixture
    def pipe(self, feed: fakes.FakeFeed) -> Pipeline:
        clock = fakes.clock_at(fakes.SUNDAY, "12:00")
        return Pipeline(fakes.settings(), clock=clock, calendar=Calendar(), feed=feed, store=None)

    def test_the_newest_snapshot_changes_at_once(self, pipe: Pipeline, feed: fakes.FakeFeed) -> None:
        assert pipe.refresh().basis == "tr"
        published: list[str] = []
        pipe.follow(lambda: published.append(pipe.latest.basis if pipe.latest else ""))
        feed.bars.clear()
        pipe.show_basis("px")
        assert published == ["px"]
        assert pipe.latest is not None
        assert pipe.latest.session == fakes.FRIDAY

    def test_before_the_first_refresh_it_is_the_basis_of_that(self, pipe: Pipeline) -> None:
        pipe.show_basis("px")
        assert pipe.latest is None
        assert pipe.refresh().basis == "px"

    def test_there_and_back_is_where_it_was(self, pipe: Pipeline) -> None:
        before = pipe.refresh()
        pipe.show_basis("px")
        pipe.show_basis("tr")
        assert pipe.latest is not None
        assert pipe.latest.leadership[0].ret == before.leadership[0].ret
        assert [w.state for w in pipe.latest.warnings] == [w.state for w in before.warnings]
