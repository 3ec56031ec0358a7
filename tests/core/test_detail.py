from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import detail
from core.engine import Engine
from core.errors import NoDataError
from core.membership import SECTOR_FUNDS, Member, Membership
from core.metrics.members import Members
from core.model import Instrument, SymbolClass
from core.panel import Panel
from core.pipeline import open_pipeline
from core.series import MemberRow, SectorMembers
from core.snapshot import RANK_WINDOWS, Row, Snapshot
from core.weights import Weights
from tests.core import builders

WHOLE = builders.panel(3, 320)
NAMES = ("IWM", "QQQ", "DIA")
"""Funds of the screen, here as members as well: what is told of them twice must be the same."""
LABELS = Membership("mine", "My list", tuple(Member(s, f"{s} Inc.", "Energy") for s in NAMES), None, "mine.csv")
ALONE = Instrument("IWM", "IWM Inc.", SymbolClass.FUND, "members")
ONLY_ON_THE_SCREEN = {"name", "group", "rank", "rank_of", "rank_change", "days_at_rank1", "asof", "status"}


def of(whole: Panel, symbols: tuple[str, ...] = NAMES) -> Panel:
    """Some symbols of a panel as members."""
    columns = [whole.symbols.index(symbol) for symbol in symbols]
    fields = {name: getattr(whole, name)[:, columns] for name in builders.FIELDS}
    return replace(whole, symbols=symbols, adjusted=whole.adjusted[columns], **fields)


def engine(whole: Panel = WHOLE, lines: Weights | None = None) -> Engine:
    return builders.engine_with_members(whole, of(whole), lines=lines)


def behind(at: Engine) -> Members:
    assert at.members is not None
    return at.members


def row_of(snapshot: Snapshot, symbol: str) -> Row:
    return next(row for row in snapshot.leadership if row.symbol == symbol)


def told(row: Row | None) -> dict[str, object]:
    assert row is not None
    return {name: value for name, value in msgspec.structs.asdict(row).items() if name not in ONLY_ON_THE_SCREEN}


def sector(at: Engine, t: int, labels: Membership = LABELS) -> SectorMembers:
    return detail.of_sector(at, behind(at), t, labels, "XLE")


def member(found: SectorMembers, symbol: str = "IWM") -> MemberRow:
    return next(row for row in found.rows if row.symbol == symbol)


def live_snapshot(at: Engine, *, quoted: bool = True) -> Snapshot:
    """The snapshot of an engine up to row 318 with row 319 in progress."""
    live, members = (builders.live_row(panel, 319) for panel in (WHOLE, of(WHOLE)))
    return at.snapshot(live, builders.view(live.session), members if quoted else None)


def test_a_member_has_the_metrics_that_it_would_have_on_the_screen() -> None:
    at = engine()
    expected = row_of(builders.look(at, WHOLE), "IWM")
    found = detail.of_member(ALONE, detail.laid_out(at, behind(at), 319, "IWM"))
    assert told(found.row) == told(expected)
    assert found.prices.close[-1] == expected.last
    assert found.row is not None
    assert found.row.rank == {}


def test_a_session_in_progress_lies_on_top_of_a_member_too() -> None:
    at = engine(builders.part(WHOLE, slice(0, 319)))
    expected = row_of(live_snapshot(at), "IWM")
    found = detail.of_member(ALONE, detail.laid_out(at, behind(at), 319, "IWM"))
    assert found.prices.live
    same, other = told(found.row), told(expected)
    assert {name: value for name, value in same.items() if value != other[name]} == {}
    now = sector(at, 319)
    assert now.live
    assert (member(now).last, member(now).ret["1s"]) == (expected.last, expected.chg_1s)


def test_a_session_in_which_no_member_is_quoted_does_not_count_for_them() -> None:
    at = engine(builders.part(WHOLE, slice(0, 319)))
    live_snapshot(at, quoted=False)
    found = detail.of_member(ALONE, detail.laid_out(at, behind(at), 319, "IWM"))
    assert not found.prices.live
    now = sector(at, 319)
    assert (now.live, now.session, now.used) == (False, WHOLE.sessions[318].item(), 3)


def test_an_earlier_session_is_seen_as_it_was() -> None:
    before = builders.part(WHOLE, slice(0, 300))
    now, then = engine(), engine(before)
    builders.look(then, before)
    later, earlier = (detail.of_member(ALONE, detail.laid_out(at, behind(at), 299, "IWM")) for at in (now, then))
    assert told(later.row) == told(earlier.row)
    assert later.prices.close == earlier.prices.close
    assert (later.prices.high_252, later.prices.low_252) == (earlier.prices.high_252, earlier.prices.low_252)
    assert [r.ret for r in sector(now, 299).rows] == [r.ret for r in sector(then, 299).rows]
    watched = [detail.of_watched(at.shown, 299, at.panel, "SPY") for at in (now, then)]
    assert watched[0].drawdowns is not None
    assert watched[1].drawdowns is not None
    assert watched[0].drawdowns.deepest == watched[1].drawdowns.deepest


@builders.examples(60)
@given(st.lists(st.one_of(st.just(np.nan), st.floats(1, 200)), min_size=1, max_size=60))
def test_falls_are_those_of_the_fold_with_their_dates(prices: list[float]) -> None:
    values, days = np.array(prices), builders.days(len(prices))
    found = detail.drawdowns(days, values)
    if found is None:
        assert np.isnan(values).all()
        return
    known = {day: price for day, price in zip(days.tolist(), prices, strict=True) if not np.isnan(price)}
    newest = max(known)
    assert found.depth == pytest.approx(known[newest] / known[found.peak] - 1)
    assert known[found.peak] == max(known.values())
    assert found.sessions == sum(day > found.peak for day in known)
    assert found.deepest == pytest.approx(known[found.trough] / known[found.top] - 1)
    assert found.since <= found.top <= found.trough <= newest
    assert found.deepest <= found.depth <= 0
    back = [day for day, price in known.items() if day > found.trough and price >= known[found.top]]
    assert found.recovered == (min(back) if back and found.deepest < 0 else found.trough if not found.deepest else None)


def test_the_falls_end_with_those_of_the_row() -> None:
    at = engine()
    row = row_of(builders.look(at, WHOLE), "SPY")
    found = detail.of_watched(at.shown, 319, at.panel, "SPY").drawdowns
    assert found is not None
    assert (found.depth, found.deepest) == pytest.approx((row.drawdown, row.max_drawdown))
    assert found.sessions == row.drawdown_sessions


def test_the_members_of_a_sector_move_as_the_same_symbols_do_on_the_screen() -> None:
    at = engine()
    expected = row_of(builders.look(at, WHOLE), "QQQ")
    found = sector(at, 319)
    row = member(found, "QQQ")
    assert isinstance(expected.ret, dict)
    assert row.ret == {"1s": expected.chg_1s, **{w: expected.ret[w] for w in RANK_WINDOWS[1:]}}
    assert (row.dist_sma50, row.dist_high_252) == (expected.dist_sma50, expected.dist_high_252)
    assert (found.used, len(found.rows), found.universe, found.weights_of) == (3, 3, "My list", "")
    assert row.weight is None
    assert row.name == "QQQ Inc."
    assert "mine.csv" in found.caption


def test_what_a_member_lacks_is_told() -> None:
    holed = builders.without(WHOLE, "IWM")
    holed = builders.without(holed, "QQQ", rows=slice(319, 320))
    holed = builders.without(holed, "DIA", rows=slice(0, 290))
    found = sector(engine(holed), 319)
    assert [row.status for row in found.rows] == ["missing_input", "stale_input", "short_history"]
    assert (member(found, "QQQ").session, member(found, "QQQ").ret) == (holed.sessions[318].item(), {})
    assert member(found, "DIA").ret["63s"] is None
    assert found.used == 1
    (gap,) = {row.status for row in sector(engine(builders.without(WHOLE, *NAMES, rows=slice(314, 315))), 319).rows}
    assert gap == "gap"


def test_a_price_in_doubt_says_nothing() -> None:
    found = sector(engine(builders.halved(WHOLE, "IWM", 319)), 319)
    assert member(found).status == "suspect"
    assert member(found).ret == {}
    assert found.used == 2


def test_weights_are_told_where_the_universe_is_that_of_a_fund() -> None:
    day = WHOLE.sessions[310].item()
    at = engine(lines=Weights("SPY", day, {"IWM": 0.6, "QQQ": 0.3, "DIA": 0.1}, 1.0, "file"))
    found = sector(at, 319, replace(LABELS, id="sp500"))
    assert (found.weights_of, found.weights_dated) == ("SPY", day)
    assert sum(row.weight or 0.0 for row in found.rows) == pytest.approx(1.0)
    tr = of(WHOLE).tr
    for place, row in enumerate(found.rows):
        base = at.concentration.weights("SPY", 319 - 21)[row.symbol]
        assert row.brought["21s"] == pytest.approx(base * (tr[319, place] / tr[319 - 21, place] - 1))
    assert sector(at, 319).weights_of == ""


def test_nobody_is_in_a_sector_that_the_list_does_not_name() -> None:
    at = engine()
    found = detail.of_sector(at, behind(at), 319, LABELS, "XLU")
    assert (found.sector, found.rows, found.used) == (SECTOR_FUNDS["XLU"], (), 0)


def test_a_pipeline_answers_from_any_session_and_says_what_it_does_not_know() -> None:
    pipeline = open_pipeline(builders.settings())
    snapshot = pipeline.refresh()
    assert snapshot.session is not None
    days = pipeline.detail("SPY").prices.sessions
    assert days[-1] == snapshot.session
    past = days[-30]
    assert pipeline.detail("SPY", past).prices.sessions[-1] == past
    assert pipeline.prices("SPY", past).close[-1] == pipeline.prices("SPY").close[-30]
    assert pipeline.ratio("IWM", "SPY", past).ratio[-1] == pipeline.ratio("IWM", "SPY").ratio[-30]
    assert pipeline.leaders("63s", past)[0].leader[-1] == pipeline.leaders("63s")[0].leader[-30]
    assert pipeline.timeline(past).sessions[-1] == past
    with pytest.raises(NoDataError, match="2001-01-01 is no session from"):
        pipeline.prices("SPY", snapshot.session.replace(year=2001, month=1, day=1))
    with pytest.raises(NoDataError, match="NOPE is neither watched nor a member"):
        pipeline.detail("NOPE")
    with pytest.raises(NoDataError, match="no breadth universe is chosen: start with --universe sp500"):
        pipeline.members("XLK")
    pipeline.close()


def test_a_universe_answers_with_its_members() -> None:
    shipped = builders.settings()
    own = msgspec.structs.replace(shipped.universe, breadth="nasdaq100")
    pipeline = open_pipeline(msgspec.structs.replace(shipped, universe=own))
    pipeline.refresh()
    found = pipeline.members("XLK")
    assert found.used == len(found.rows) > 20
    assert found.live
    one = pipeline.detail(found.rows[0].symbol)
    assert one.row is not None
    assert one.row.last == found.rows[0].last
    assert one.row.chg_1s == found.rows[0].ret["1s"]
    with pytest.raises(NoDataError, match="SPY is not the fund of a sector"):
        pipeline.members("SPY")
    pipeline.close()
