"""From a feed into the store: what joins, what is asked for whole, what is left, and what an interruption keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import universe
from core.errors import StoreError, UsageError
from core.feeds.base import FeedState, Fetched
from core.fetching import BATCH, FetchReport, Step, join
from core.model import Instrument, Problem, Session, SymbolClass
from core.panel import Bars
from core.pipeline import Pipeline, open_pipeline
from core.sessions import Calendar
from core.settings import Settings
from core.store import Store
from tests.core.fakes import (
    COLUMNS,
    FRIDAY,
    SUNDAY,
    FakeFeed,
    clock_at,
    market,
    new_york,
    sessions,
    settings,
    times,
    walk,
    write_csv,
)

DAYS = sessions(60)
NAN = float("nan")


def series(first: int = 0, last: int = 60, *, factor: float = 1.0) -> Bars:
    """The same walk of SPY, cut; `factor` restates its adjusted closes."""
    whole = times(walk(Instrument("SPY", "SPY", SymbolClass.FUND, "index_funds"), DAYS), factor, "adj_close")
    return whole.since(DAYS[first].item()).upto(DAYS[last - 1].item())


def same(a: Bars | None, b: Bars) -> bool:
    return a is not None and all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=name != "sessions")
        for name in ("sessions", *COLUMNS)
    )


def without(bars: Bars, row: int) -> Bars:
    names = ("sessions", "open", "high", "low", "close", "adj_close", "volume")
    columns: dict[str, Any] = {name: np.delete(getattr(bars, name), row) for name in names}
    return replace(bars, **columns)


class TestJoin:
    def test_what_covers_all_that_is_stored_replaces_it(self) -> None:
        for stored in (None, series(10, 50), series(factor=0.9)):
            fresh = series()
            assert join(stored, fresh) is fresh

    @pytest.mark.parametrize(("stored", "fresh"), [((0, 40), (20, 60)), ((20, 60), (0, 40)), ((0, 60), (20, 40))])
    def test_parts_of_one_series_join_to_it(self, stored: tuple[int, int], fresh: tuple[int, int]) -> None:
        joined = join(series(*stored), series(*fresh))
        assert same(joined, series())
        assert joined is not None
        assert joined.adjusted

    def test_a_session_that_the_new_part_lacks_is_kept(self) -> None:
        whole = series()
        part = without(whole, 30)
        assert same(join(whole, part), whole)
        assert join(series(factor=0.9), part) is part  # restated: what stands on the other base is not put between

    def test_the_new_numbers_stand_where_both_have_some(self) -> None:
        fresh = times(series(20, 40), 1.5, "close")
        joined = join(series(), fresh)
        assert joined is not None
        assert np.array_equal(joined.close[20:40], fresh.close)
        assert np.array_equal(joined.close[:20], series(0, 20).close)

    def test_rounding_is_no_restatement(self) -> None:
        assert join(series(0, 40), series(20, 60, factor=1 + 9e-7)) is not None

    @pytest.mark.parametrize("factor", [1 + 2e-6, 0.99, 2.0])
    def test_another_base_does_not_join(self, factor: float) -> None:
        assert join(series(0, 40), series(20, 60, factor=factor)) is None

    def test_too_few_common_sessions_prove_nothing(self) -> None:
        assert join(series(0, 40), series(35, 60)) is not None
        assert join(series(0, 40), series(36, 60)) is None
        assert join(series(0, 30), series(40, 60)) is None

    def test_gaps_prove_nothing_and_disprove_nothing(self) -> None:
        stored = series(0, 40)
        stored.adj_close[22] = NAN
        assert join(stored, series(20, 60)) is not None
        stored.adj_close[20:38] = NAN
        assert join(stored, series(20, 60)) is None

    def test_a_series_without_adjusted_closes_does_not_join_one_with(self) -> None:
        assert join(replace(series(0, 40), adjusted=False), series(20, 60)) is None


class Progress:
    """Writes the progress down; stops it like Ctrl-C after `stop` symbols."""

    def __init__(self, stop: int | None = None) -> None:
        self.steps: list[Step] = []
        self.stop = stop

    def __call__(self, step: Step) -> None:
        self.steps.append(step)
        if step.done == self.stop:
            raise KeyboardInterrupt


class TestFetch:
    @pytest.fixture
    def chosen(self, tmp_path: Path) -> Settings:
        return settings(store=f"sqlite:///{tmp_path}/store.sqlite3")

    @pytest.fixture
    def feed(self, chosen: Settings) -> FakeFeed:
        return market(chosen, DAYS)

    @pytest.fixture
    def pipe(self, chosen: Settings, feed: FakeFeed) -> Iterator[Pipeline]:
        clock = clock_at(SUNDAY, "12:00")
        with closing(Pipeline(chosen, clock=clock, calendar=Calendar(), feed=feed, store=None)) as pipe:
            yield pipe

    def fetch(self, pipe: Pipeline, since: date | None = None) -> FetchReport:
        return pipe.fetch(since, Progress())

    def stored(self, chosen: Settings) -> dict[str, Bars]:
        with closing(Store.open(chosen.store.url)) as store:
            return store.load(store.symbols())

    def test_all_symbols_are_stored_with_their_source_and_time(
        self, pipe: Pipeline, feed: FakeFeed, chosen: Settings
    ) -> None:
        progress = Progress()
        report = pipe.fetch(None, progress)
        symbols = list(universe.build(chosen).symbols)
        assert len(symbols) > BATCH
        assert report == FetchReport(len(symbols), len(symbols) * len(DAYS), ())
        assert progress.steps == [Step(done, len(symbols), symbol) for done, symbol in enumerate(symbols, start=1)]
        assert all(same(bars, feed.bars[symbol]) for symbol, bars in self.stored(chosen).items())
        with closing(Store.open(chosen.store.url)) as store:
            assert store.fetched_at() == new_york(SUNDAY, "12:00")
            assert {info.source for info in store.symbols().values()} == {"fake"}

    def test_no_bar_of_an_unfinished_session_is_asked_for(self, pipe: Pipeline, feed: FakeFeed) -> None:
        self.fetch(pipe)
        self.fetch(pipe, date(2026, 1, 5))
        assert {last for _symbols, _first, last in feed.asked} == {FRIDAY}
        assert {first for _symbols, first, _last in feed.asked} == {date(2016, 1, 10), date(2026, 1, 5)}

    def test_what_is_missing_is_told_once_and_counts_as_done(self, pipe: Pipeline, feed: FakeFeed) -> None:
        del feed.bars["XLB"]
        feed.problems = (Problem("rejected", None, "one file cannot be read"),)
        progress = Progress()
        report = pipe.fetch(None, progress)
        assert [(problem.kind, problem.symbol) for problem in report.problems] == [
            ("rejected", None),
            ("missing", "XLB"),
        ]
        last = progress.steps[-1]
        assert last.done == last.total == report.stored + 1
        assert last.failed == 1

    def test_older_bars_are_kept(self, pipe: Pipeline, feed: FakeFeed, chosen: Settings) -> None:
        whole = dict(feed.bars)
        feed.bars = {symbol: bars.upto(DAYS[39].item()) for symbol, bars in whole.items()}
        self.fetch(pipe)
        feed.bars = {symbol: bars.since(DAYS[20].item()) for symbol, bars in whole.items()}
        self.fetch(pipe)
        assert all(same(bars, whole[symbol]) for symbol, bars in self.stored(chosen).items())

    def test_since_asks_for_a_part_and_keeps_the_rest(self, pipe: Pipeline, feed: FakeFeed, chosen: Settings) -> None:
        self.fetch(pipe)
        feed.asked.clear()
        self.fetch(pipe, DAYS[50].item())
        assert {first for _symbols, first, _last in feed.asked} == {DAYS[50].item()}
        assert same(self.stored(chosen)["SPY"], feed.bars["SPY"])

    def test_a_restated_symbol_is_asked_for_whole(self, pipe: Pipeline, feed: FakeFeed, chosen: Settings) -> None:
        self.fetch(pipe)
        feed.bars["SPY"] = times(feed.bars["SPY"], 0.98, "adj_close")
        feed.asked.clear()
        report = self.fetch(pipe, DAYS[50].item())
        assert report.problems == ()
        assert (("SPY",), DAYS[0].item(), FRIDAY) in feed.asked
        assert same(self.stored(chosen)["SPY"], feed.bars["SPY"])

    def test_a_gap_to_what_is_stored_is_closed(self, pipe: Pipeline, feed: FakeFeed, chosen: Settings) -> None:
        whole = feed.bars["SPY"]
        feed.bars["SPY"] = whole.upto(DAYS[20].item())
        self.fetch(pipe)
        feed.bars["SPY"] = whole
        self.fetch(pipe, DAYS[50].item())
        assert same(self.stored(chosen)["SPY"], whole)

    def test_a_restated_symbol_that_does_not_reach_as_far_is_left_as_it_was(
        self, pipe: Pipeline, feed: FakeFeed, chosen: Settings
    ) -> None:
        self.fetch(pipe)
        before = feed.bars["SPY"]
        feed.bars["SPY"] = times(before, 0.98, "adj_close").since(DAYS[10].item())
        report = self.fetch(pipe)
        ((kind, symbol),) = [(problem.kind, problem.symbol) for problem in report.problems]
        assert (kind, symbol) == ("restated", "SPY")
        assert same(self.stored(chosen)["SPY"], before)
        assert report.stored == len(feed.bars) - 1

    def test_an_interruption_keeps_what_was_stored(self, pipe: Pipeline, chosen: Settings) -> None:
        with pytest.raises(KeyboardInterrupt):
            pipe.fetch(None, Progress(stop=3))
        assert set(self.stored(chosen)) == set(universe.build(chosen).symbols[:3])
        self.fetch(pipe)
        assert len(self.stored(chosen)) == len(universe.build(chosen).symbols)

    def test_a_damaged_series_is_replaced(self, pipe: Pipeline, feed: FakeFeed, chosen: Settings) -> None:
        self.fetch(pipe)
        with closing(sqlite3.connect(chosen.store.url.removeprefix("sqlite:///"))) as raw, raw:
            raw.execute("UPDATE series SET data = x'00' WHERE symbol = 'SPY'")
        with pytest.raises(StoreError, match="SPY is damaged"):
            self.stored(chosen)
        assert self.fetch(pipe, DAYS[20].item()).problems == ()
        assert same(self.stored(chosen)["SPY"], feed.bars["SPY"].since(DAYS[20].item()))

    def test_an_unknown_symbol_is_answered(self, tmp_path: Path) -> None:
        chosen = settings(store=f"sqlite:///{tmp_path}/store.sqlite3", watchlist={"mine": ("AFMS",)})
        feed = market(chosen, DAYS, without=("AFMS",))
        pipe = Pipeline(chosen, clock=clock_at(SUNDAY, "12:00"), calendar=Calendar(), feed=feed, store=None)
        (problem,) = self.fetch(pipe).problems
        assert problem.text == "unknown symbol AFMS: did you mean AFSM?"

    def test_a_day_that_no_session_has_followed_is_refused(self, pipe: Pipeline, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="no session has finished since 2026-01-10, the last one was 2026-01-09"):
            self.fetch(pipe, date(2026, 1, 10))
        assert list(tmp_path.iterdir()) == []


class Refused(FakeFeed):
    """Gives one symbol, is refused for a while, and gives the rest."""

    def stream(
        self,
        wanted: Sequence[Instrument],
        first: Session,
        last: Session,
        *,
        patience: float,
        idle: Callable[[], None],
    ) -> Generator[Fetched]:
        for done, instrument in enumerate(wanted):
            if done == 1:
                self.condition = FeedState(
                    open=True, cause="Yahoo refuses (429)", next_try=new_york(SUNDAY, "15:46"), answered=True
                )
                idle()
                self.condition = FeedState(answered=True)
            bars = self.history([instrument], first, last).bars[instrument.symbol]
            yield Fetched(instrument.symbol, bars, fresh=True, error=None, problems=(), rejected=())


def test_who_waits_is_told_why_and_until_when(tmp_path: Path) -> None:
    chosen = settings(store=f"sqlite:///{tmp_path}/store.sqlite3")
    feed, progress = Refused(*market(chosen, DAYS).bars.values()), Progress()
    clock = clock_at(SUNDAY, "12:00")
    with closing(Pipeline(chosen, clock=clock, calendar=Calendar(), feed=feed, store=None)) as pipe:
        pipe.fetch(None, progress)
    first, waiting, then = progress.steps[:3]
    assert (waiting.done, waiting.symbol) == (first.done, first.symbol) == (1, first.symbol)
    assert [step.waits for step in (first, waiting, then)] == ["", "Yahoo refuses (429); waits until 15:46", ""]


class TestRefusal:
    def test_simulated_data_never_enter_a_store(self, tmp_path: Path) -> None:
        pipe = open_pipeline(settings(feed="simulated", store=f"sqlite:///{tmp_path}/store.sqlite3"))
        with pytest.raises(UsageError, match="fetch needs a real feed: --feed yahoo, --feed files --data PATH"):
            pipe.fetch(None, Progress())
        assert list(tmp_path.iterdir()) == []

    def test_what_is_stored_is_not_fetched_again_from_itself(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path}/store.sqlite3"
        with closing(Store.open(url)) as store:
            store.replace(series(), source="files", fetched_at=new_york(FRIDAY, "17:00"))
        with closing(open_pipeline(settings(store=url))) as pipe, pytest.raises(UsageError, match="a real feed"):
            pipe.fetch(None, Progress())
        with closing(Store.open(url)) as store:
            assert store.fetched_at() == new_york(FRIDAY, "17:00")

    def test_there_must_be_a_store(self, tmp_path: Path) -> None:
        prices = write_csv(tmp_path / "prices.csv", [series()])
        pipe = open_pipeline(settings(feed="files", data=[prices], store="none"))
        with pytest.raises(UsageError, match="fetch needs a store"):
            pipe.fetch(None, Progress())
