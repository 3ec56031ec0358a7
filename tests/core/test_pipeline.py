"""The whole road: what a refresh shows at which moment, what it folds again, keeps and stores."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from core.errors import FeedError, NoDataError, StoreError, StoreWriteError
from core.model import Problem, Quote
from core.pipeline import Pipeline
from core.sessions import Calendar, FixedClock
from core.settings import Settings
from core.settings_load import load
from core.snapshot import Snapshot, from_json
from core.store import Store
from tests.core.fakes import (
    FRIDAY,
    HALF_DAY,
    MONDAY,
    SUNDAY,
    FakeFeed,
    clock_at,
    engine_of,
    market,
    new_york,
    quotes,
    rows,
    sessions,
    settings,
    times,
)

XNYS = Calendar()
DAYS = sessions()
WITH_MONDAY = sessions(last=MONDAY)


def pipeline(
    feed: FakeFeed, clock: FixedClock, *, chosen: Settings | None = None, store: Store | None = None, past: bool = False
) -> Pipeline:
    return Pipeline(chosen or settings(), clock=clock, calendar=XNYS, feed=feed, store=store, past=past)


def health(snapshot: Snapshot) -> str:
    return next(warning.state for warning in snapshot.warnings if warning.id == "W20")


@pytest.fixture
def feed() -> FakeFeed:
    return market(settings(), DAYS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/store.sqlite3")
    yield opened
    opened.close()


class TestSession:
    def test_a_sunday_shows_friday(self, feed: FakeFeed) -> None:
        snapshot = pipeline(feed, clock_at(SUNDAY, "12:00")).refresh()
        assert (snapshot.session, snapshot.session_status, snapshot.phase) == (FRIDAY, "final", "closed")
        assert snapshot.viewed_at == new_york(SUNDAY, "12:00")
        assert (snapshot.next_session, snapshot.next_open) == (MONDAY, new_york(MONDAY, "09:30"))
        assert snapshot.source.asof == new_york(FRIDAY, "16:00")
        assert {row.asof for row in rows(snapshot).values()} == {new_york(FRIDAY, "16:00")}

    def test_before_the_open_the_session_before_is_final(self, feed: FakeFeed) -> None:
        feed.current = quotes(feed, new_york(MONDAY, "08:00"))
        snapshot = pipeline(feed, clock_at(MONDAY, "08:00")).refresh()
        assert (snapshot.session, snapshot.session_status, snapshot.phase) == (FRIDAY, "final", "pre")

    def test_quotes_make_the_session_in_progress(self, feed: FakeFeed) -> None:
        feed.current = quotes(feed, new_york(MONDAY, "10:59"))
        snapshot = pipeline(feed, clock_at(MONDAY, "11:00")).refresh()
        assert (snapshot.session, snapshot.session_status, snapshot.phase) == (MONDAY, "intraday", "open")
        assert snapshot.source.asof == new_york(MONDAY, "10:59")
        spy = rows(snapshot)["SPY"]
        assert spy.chg_1s == pytest.approx(0.01)
        assert (spy.session, spy.asof) == (MONDAY, new_york(MONDAY, "10:59"))
        assert snapshot.verdict.provisional
        assert all(warning.provisional for warning in snapshot.warnings)

    def test_bars_of_the_session_in_progress_are_provisional_and_of_unknown_time(self) -> None:
        feed = market(settings(), WITH_MONDAY)
        snapshot = pipeline(feed, clock_at(MONDAY, "11:00")).refresh()
        assert (snapshot.session, snapshot.session_status) == (MONDAY, "intraday")
        assert snapshot.source.asof is None
        assert rows(snapshot)["SPY"].last == feed.bars["SPY"].close[-1]
        assert rows(snapshot)["SPY"].asof is None

    def test_a_few_quotes_do_not_begin_a_session(self, feed: FakeFeed) -> None:
        all_quotes = quotes(feed, new_york(MONDAY, "09:31"))
        feed.current = {symbol: all_quotes[symbol] for symbol in ("SPY", "XLB")}
        snapshot = pipeline(feed, clock_at(MONDAY, "09:31")).refresh()
        assert (snapshot.session, snapshot.session_status) == (FRIDAY, "final")

    def test_a_symbol_without_a_quote_stays_behind(self, feed: FakeFeed) -> None:
        feed.current = quotes(feed, new_york(MONDAY, "11:00"))
        del feed.current["XLB"]
        pipe = pipeline(feed, clock_at(MONDAY, "11:00"))
        snapshot = pipe.refresh()
        xlb = rows(snapshot)["XLB"]
        assert (xlb.session, xlb.asof, xlb.last) == (FRIDAY, None, feed.bars["XLB"].close[-1])
        assert isinstance(xlb.status, dict)
        assert set(xlb.status.values()) == {"stale_input"}
        assert pipe.incomplete(snapshot) == ("XLB",)

    def test_a_half_day_ends_at_one(self) -> None:
        feed = market(settings(), sessions(last=HALF_DAY))
        clock = clock_at(HALF_DAY, "13:10")
        pipe = pipeline(feed, clock)
        assert (pipe.refresh().session_status, pipe.refresh().half_day) == ("intraday", True)
        clock.advance(300)
        snapshot = pipe.refresh()
        assert (snapshot.session, snapshot.session_status, snapshot.half_day) == (HALF_DAY, "final", True)
        assert snapshot.source.asof == new_york(HALF_DAY, "13:00")

    def test_data_of_an_earlier_session_are_stale(self, feed: FakeFeed) -> None:
        pipe = pipeline(feed, clock_at(date(2026, 1, 14), "08:00"))
        snapshot = pipe.refresh()
        assert (snapshot.session, snapshot.session_status) == (FRIDAY, "stale")
        assert pipe.incomplete(snapshot) == tuple(rows(snapshot))

    def test_one_series_that_runs_ahead_or_behind_moves_nothing(self, feed: FakeFeed) -> None:
        ahead = market(settings(), WITH_MONDAY).bars
        feed.bars["SPY"] = ahead["SPY"]
        feed.bars["XLB"] = feed.bars["XLB"].upto(date(2026, 1, 8))
        pipe = pipeline(feed, clock_at(MONDAY, "20:00"))
        snapshot = pipe.refresh()
        assert (snapshot.session, snapshot.session_status) == (FRIDAY, "stale")
        found = rows(snapshot)
        assert found["SPY"].last == pytest.approx(ahead["SPY"].upto(FRIDAY).close[-1])
        assert (found["XLB"].session, found["XLB"].last) == (date(2026, 1, 8), feed.bars["XLB"].close[-1])

    def test_rows_on_days_without_a_session_are_dropped(self, feed: FakeFeed) -> None:
        shifted = np.append(DAYS[:-1], np.datetime64("2026-01-10"))
        feed.bars = {symbol: replace(series, sessions=shifted) for symbol, series in feed.bars.items()}
        snapshot = pipeline(feed, clock_at(SUNDAY, "12:00")).refresh()
        assert (snapshot.session, snapshot.session_status) == (date(2026, 1, 8), "stale")

    def test_many_years_begin_with_the_calendar(self, feed: FakeFeed) -> None:
        snapshot = pipeline(feed, clock_at(SUNDAY, "12:00"), chosen=settings(years=90)).refresh()
        assert snapshot.session == FRIDAY
        assert [first for _symbols, first, _last in feed.asked] == [date(1990, 1, 1)]


class TestFolding:
    def test_nothing_new_is_not_folded_again(self, feed: FakeFeed) -> None:
        pipe = pipeline(feed, clock_at(MONDAY, "11:00"), chosen=settings(years=1))
        feed.current = quotes(feed, new_york(MONDAY, "11:00"))
        first = pipe.refresh()
        engine = engine_of(pipe)
        feed.current = quotes(feed, new_york(MONDAY, "11:00"), factor=1.02)
        second = pipe.refresh()
        assert engine_of(pipe) is engine
        assert rows(first)["SPY"].chg_1s == pytest.approx(0.01)
        assert rows(second)["SPY"].chg_1s == pytest.approx(0.02)
        assert first.source.problems == second.source.problems == ()

    def test_equal_bars_in_new_objects_are_nothing_new(self, feed: FakeFeed) -> None:
        pipe = pipeline(feed, clock_at(SUNDAY, "12:00"))
        pipe.refresh()
        engine = engine_of(pipe)
        feed.bars = market(settings(), DAYS).bars
        pipe.refresh()
        assert engine_of(pipe) is engine

    def test_another_price_is_folded(self, feed: FakeFeed) -> None:
        pipe = pipeline(feed, clock_at(SUNDAY, "12:00"))
        before = pipe.refresh()
        feed.bars["XLB"] = times(feed.bars["XLB"], 2.0)
        after = pipe.refresh()
        assert rows(after)["XLB"].last == pytest.approx(2 * (rows(before)["XLB"].last or 0))

    def test_a_session_that_ends_is_folded_at_a_quarter_past_four(self) -> None:
        feed, clock = market(settings(), WITH_MONDAY), clock_at(MONDAY, "11:00")
        pipe = pipeline(feed, clock)
        pipe.refresh()
        engine = engine_of(pipe)
        clock.advance((5 * 60 + 14) * 60)
        assert pipe.refresh().session_status == "intraday"
        assert engine_of(pipe) is engine
        clock.advance(60)
        snapshot = pipe.refresh()
        assert (snapshot.session, snapshot.session_status, snapshot.phase) == (MONDAY, "final", "after")
        assert engine_of(pipe) is not engine
        assert not any(warning.provisional for warning in snapshot.warnings)

    def test_a_live_session_leaves_no_trace(self, feed: FakeFeed) -> None:
        clock = clock_at(MONDAY, "11:00")
        feed.current = quotes(feed, new_york(MONDAY, "11:00"), factor=0.7)
        disturbed, calm = pipeline(feed, clock), pipeline(market(settings(), WITH_MONDAY), clock)
        disturbed.refresh()
        feed.bars, feed.current = market(settings(), WITH_MONDAY).bars, {}
        clock.advance(8 * 3600)
        assert [row.ret for row in disturbed.refresh().leadership] == [row.ret for row in calm.refresh().leadership]

    def test_a_hole_in_the_sessions_before_a_live_one_stays_a_hole(self, feed: FakeFeed) -> None:
        now = new_york(date(2026, 1, 13), "11:00")
        feed.current = quotes(feed, now)
        snapshot = pipeline(feed, FixedClock(now)).refresh()
        spy = rows(snapshot)["SPY"]
        assert (snapshot.session, snapshot.session_status) == (now.date(), "intraday")
        assert spy.chg_1s is None  # Monday never came, and Friday is not the session before
        assert spy.base["5s"] == date(2026, 1, 6)

    def test_two_refreshes_at_once_do_not_mix(self, feed: FakeFeed) -> None:
        feed.current = quotes(feed, new_york(MONDAY, "11:00"))
        pipe = pipeline(feed, clock_at(MONDAY, "11:00"))
        alone = pipe.refresh()
        found: list[Snapshot] = []
        threads = [threading.Thread(target=lambda: found.append(pipe.refresh())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 4
        assert all(
            [row.chg_1s for row in snapshot.leadership] == [row.chg_1s for row in alone.leadership]
            for snapshot in found
        )

    def test_a_streamed_price_does_not_bring_back_what_a_refresh_has_replaced(
        self, feed: FakeFeed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        feed.current = quotes(feed, new_york(MONDAY, "11:00"))
        pipe = pipeline(feed, clock_at(MONDAY, "11:00"))
        before = rows(pipe.refresh())["SPY"].ret
        series, newest = feed.bars["SPY"], pipe._gatherer.quotes

        def overtaken() -> dict[str, Quote]:
            """A refresh with other bars comes while the price is being worked on."""
            monkeypatch.setattr(pipe._gatherer, "quotes", newest)
            feed.bars["SPY"] = replace(series, adj_close=series.adj_close * np.linspace(0.9, 1.0, len(series)))
            pipe.refresh()
            return newest()

        monkeypatch.setattr(pipe._gatherer, "quotes", overtaken)
        pipe.take({})
        assert pipe.latest is not None
        after = rows(pipe.latest)["SPY"].ret
        assert after != before
        assert after == rows(pipe.refresh())["SPY"].ret


class TestProblems:
    def test_a_feed_that_fails_raises_and_the_next_refresh_works(self, feed: FakeFeed) -> None:
        pipe = pipeline(feed, clock_at(SUNDAY, "12:00"))
        feed.failure = FeedError("no answer")
        with pytest.raises(FeedError, match="no answer"):
            pipe.refresh()
        feed.failure = None
        assert pipe.refresh().session == FRIDAY

    def test_no_price_at_all_is_exit_3(self, feed: FakeFeed) -> None:
        with pytest.raises(NoDataError, match="there is no price of a watched symbol up to 2025-01-03") as caught:
            pipeline(feed, clock_at(date(2025, 1, 5), "23:59")).refresh()
        assert caught.value.exit_code == 3

    def test_only_bars_of_an_unfinished_session_are_no_history(self) -> None:
        feed = market(settings(), WITH_MONDAY[-1:])
        with pytest.raises(NoDataError, match="no price of a watched symbol up to 2026-01-09"):
            pipeline(feed, clock_at(MONDAY, "11:00")).refresh()

    def test_a_streamed_price_on_top_of_no_history_is_waited_with(self) -> None:
        feed = market(settings(), WITH_MONDAY[-1:])
        pipe = pipeline(feed, clock_at(MONDAY, "11:00"))
        with pytest.raises(NoDataError):
            pipe.refresh()
        pipe.follow(lambda: pytest.fail("nothing is new"))
        pipe.take(quotes(feed, new_york(MONDAY, "11:00")))
        assert pipe.latest is None

    def test_what_the_feed_says_is_passed_on(self, feed: FakeFeed) -> None:
        feed.problems = (Problem("rejected", "SPY", "SPY: one row dropped"),)
        (note,) = pipeline(feed, clock_at(SUNDAY, "12:00")).refresh().source.problems
        assert (note.kind, note.symbol, note.text) == ("rejected", "SPY", "SPY: one row dropped")

    def test_an_unknown_symbol_is_answered_and_the_rest_goes_on(self) -> None:
        chosen = settings(watchlist={"mine": ("AFMS", "IWM", "QQQQQQQQ")})
        feed = market(chosen, DAYS, without=("AFMS", "QQQQQQQQ", "XLB"))
        pipe = pipeline(feed, clock_at(SUNDAY, "12:00"), chosen=chosen)
        snapshot = pipe.refresh()
        assert [(note.kind, note.symbol, note.text) for note in snapshot.source.problems] == [
            ("missing", "XLB", "XLB is absent"),
            ("unknown-symbol", "AFMS", "unknown symbol AFMS: did you mean AFSM?"),
            ("unknown-symbol", "QQQQQQQQ", "unknown symbol QQQQQQQQ: nothing known is spelt alike"),
        ]
        assert pipe.incomplete(snapshot) == ("XLB", "AFMS", "QQQQQQQQ")
        afms = rows(snapshot)["AFMS"]
        assert (afms.last, afms.session) == (None, None)
        assert isinstance(afms.status, dict)
        assert set(afms.status.values()) == {"missing_input"}

    def test_a_misspelt_symbol_in_a_group_of_the_user_is_no_known_one(self, tmp_path: Path) -> None:
        mine = tmp_path / "mine.toml"
        mine.write_text('[universe.groups.small_caps.symbols]\nAFMS = "misspelt"\n', encoding="utf-8")
        chosen = load(mine).with_overrides(store="none").settings
        feed = market(chosen, DAYS, without=("AFMS",))
        (note,) = pipeline(feed, clock_at(SUNDAY, "12:00"), chosen=chosen).refresh().source.problems
        assert note.text == "unknown symbol AFMS: did you mean AFSM?"

    def test_a_watched_symbol_of_the_universe_has_a_row_of_its_own(self) -> None:
        chosen = settings(watchlist={"mine": ("SPY", "XLB")})
        snapshot = pipeline(market(chosen, DAYS), clock_at(SUNDAY, "12:00"), chosen=chosen).refresh()
        watched = {row.symbol: row for row in snapshot.watchlist}
        assert [(row.symbol, row.group) for row in snapshot.watchlist] == [
            ("SPY", "watchlist:mine"),
            ("XLB", "watchlist:mine"),
        ]
        spy = next(row for row in snapshot.leadership if row.symbol == "SPY")
        assert (spy.group, spy.last, spy.ret) == ("index_funds", watched["SPY"].last, watched["SPY"].ret)
        assert {watched["SPY"].rank["63s"], watched["XLB"].rank["63s"]} == {1.0, 2.0}

    def test_yields_that_come_times_ten_are_divided_live_too(self, feed: FakeFeed) -> None:
        feed.current = quotes(feed, new_york(MONDAY, "11:00"))
        plain = rows(pipeline(feed, clock_at(MONDAY, "11:00")).refresh())["^TNX"]
        feed.bars["^TNX"] = times(feed.bars["^TNX"], 10.0)
        feed.current = quotes(feed, new_york(MONDAY, "11:00"))
        snapshot = pipeline(feed, clock_at(MONDAY, "11:00")).refresh()
        found = rows(snapshot)["^TNX"]
        assert found.last == pytest.approx(plain.last)
        assert found.chg_bp == pytest.approx(plain.chg_bp)
        assert [(note.kind, note.symbol) for note in snapshot.source.problems] == [("rescaled", "^TNX")]


class TestHealth:
    def test_all_is_well(self, feed: FakeFeed) -> None:
        assert health(pipeline(feed, clock_at(SUNDAY, "12:00")).refresh()) == "CLEAR"

    def test_without_spy_it_warns(self) -> None:
        feed = market(settings(), DAYS, without=("SPY",))
        assert health(pipeline(feed, clock_at(SUNDAY, "12:00")).refresh()) == "WARNING"

    def test_one_stale_sector_is_watched_at_once_and_cleared_when_cured(self, feed: FakeFeed) -> None:
        pipe, whole = pipeline(feed, clock_at(SUNDAY, "12:00")), feed.bars["XLB"]
        feed.bars["XLB"] = whole.upto(date(2026, 1, 8))
        snapshot = pipe.refresh()
        (w20,) = (warning for warning in snapshot.warnings if warning.id == "W20")
        assert (w20.state, w20.evidence["stale"]) == ("WATCH", "XLB")
        feed.bars["XLB"] = whole
        assert health(pipe.refresh()) == "CLEAR"

    def test_a_session_is_not_missed_before_its_grace_has_passed(self, feed: FakeFeed) -> None:
        clock = clock_at(MONDAY, "18:14")
        pipe = pipeline(feed, clock)
        assert health(pipe.refresh()) == "CLEAR"
        clock.advance(60)
        assert health(pipe.refresh()) == "WATCH"

    @pytest.mark.parametrize(
        ("now", "fetched", "state"),
        [
            (new_york(MONDAY, "10:00"), "21:16", "WARNING"),
            (new_york(MONDAY, "08:00"), "21:14", "WARNING"),
            (new_york(MONDAY, "08:00"), "21:15", "CLEAR"),  # final since 16:15, and nothing has traded after that
            (new_york(SUNDAY, "12:00"), "21:14", "CLEAR"),
        ],
    )
    def test_an_old_fetch_is_a_warning_on_a_trading_day_if_there_was_something_to_fetch_since(
        self, feed: FakeFeed, now: datetime, fetched: str, state: str
    ) -> None:
        feed.fetched_at = datetime.fromisoformat(f"2026-01-09T{fetched}+00:00")
        assert health(pipeline(feed, FixedClock(now)).refresh()) == state

    def test_a_fetch_of_less_than_a_day_ago_is_well(self, feed: FakeFeed) -> None:
        feed.fetched_at = datetime(2026, 1, 11, 22, 0, tzinfo=UTC)
        snapshot = pipeline(feed, clock_at(MONDAY, "08:00")).refresh()
        assert health(snapshot) == "CLEAR"
        assert snapshot.source.fetched_at == feed.fetched_at
        assert snapshot.source.fetched_at.utcoffset() == timedelta(hours=-5)


class TestKeeping:
    def test_a_live_snapshot_of_a_real_feed_is_stored_as_the_last(self, feed: FakeFeed, store: Store) -> None:
        clock = clock_at(SUNDAY, "12:00")
        shown = pipeline(feed, clock, store=store).refresh()
        kept = store.snapshot()
        assert kept is not None
        assert kept[1] == clock.now()
        assert from_json(kept[0]).leadership[0].last == shown.leadership[0].last

    def test_a_look_at_the_past_is_not(self, feed: FakeFeed, store: Store) -> None:
        pipeline(feed, clock_at(SUNDAY, "23:59"), store=store, past=True).refresh()
        assert store.snapshot() is None

    def test_a_disk_that_refuses_is_told_and_the_snapshot_shown(
        self, feed: FakeFeed, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(document: bytes, at: datetime) -> None:
            raise StoreWriteError("the disk is full", "free some space")

        monkeypatch.setattr(store, "put_snapshot", full)
        snapshot = pipeline(feed, clock_at(SUNDAY, "12:00"), store=store).refresh()
        (note,) = snapshot.source.problems
        assert (note.kind, note.text) == ("store", "the disk is full: free some space")
        assert rows(snapshot)["SPY"].last is not None

    def test_closing_lets_go_of_feed_and_store(self, feed: FakeFeed, store: Store) -> None:
        pipeline(feed, clock_at(SUNDAY, "12:00"), store=store).close()
        assert feed.closed
        with pytest.raises(StoreError, match="closed"):
            store.symbols()
