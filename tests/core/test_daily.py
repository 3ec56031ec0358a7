"""What comes once a day: asked once, remembered over a restart, told when it fails, and never in the way of prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import pytest

from core.daily import AGAIN, FETCH_PATIENCE, PATIENCE, Beside, Daily
from core.errors import StoreWriteError
from core.model import Instant, Instrument, Rejected, SymbolClass
from core.moment import Moment
from core.pipeline import Pipeline
from core.sessions import Calendar
from core.settings import Settings
from core.store import Store
from core.valuation import FUNDS, Answer, Fundamentals
from tests.core.fakes import FRIDAY, MONDAY, SUNDAY, FakeFeed, clock_at, market, new_york, quote, sessions, settings
from tests.core.fakes import walk as walked

CALENDAR = Calendar()
TUESDAY = MONDAY + timedelta(days=1)


class Source(FakeFeed):
    """A feed with fundamentals and market caps, asked at the time of `now`."""

    def __init__(self, *bars: Any) -> None:
        super().__init__(*bars)
        self.answer: Answer | None = None
        self.questions = 0
        self.patience = 0.0
        self.caps: dict[str, tuple[float, Instant]] = {}

    def fundamentals(self, patience: float) -> Answer | None:
        self.questions += 1
        self.patience = patience
        return self.answer

    def market_caps(self) -> Mapping[str, tuple[float, Instant]]:
        return self.caps


def fundamentals(session: date, at: datetime, **values: float | None) -> tuple[Fundamentals, ...]:
    usual: dict[str, float | None] = {"trailing_pe": 20.0, "shares": 1e9, "price": 100.0}
    return tuple(
        replace(Fundamentals(fund, session, at, at, "fake"), **{**usual, **values})  # type: ignore[arg-type] # by name
        for fund in FUNDS
    )


def moment(at: datetime) -> Moment:
    return Moment.of(CALENDAR, at, grace=timedelta(hours=2), always_open=False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")) as opened:
        yield opened


def daily(feed: FakeFeed, store: Store | None, *large: str, past: bool = False) -> Daily:
    return Daily(feed, store, CALENDAR, large, past=past)


def known(of: Daily, at: datetime) -> tuple[Fundamentals, ...] | None:
    return of.at(moment(at), {}, {})[0].fundamentals


SUNDAY_NOON, MONDAY_EARLY = new_york(SUNDAY, "12:00"), new_york(MONDAY, "08:00")
MONDAY_NOON, TUESDAY_NOON = new_york(MONDAY, "12:00"), new_york(TUESDAY, "12:00")


# --- fundamentals -----------------------------------------------------------------------------------------------------


def test_they_are_asked_for_once_a_day_and_only_when_a_session_is_new(store: Store) -> None:
    feed = Source()
    of = daily(feed, store)
    assert known(of, SUNDAY_NOON) == ()
    assert feed.questions == 1  # under way
    feed.answer = Answer(fundamentals(FRIDAY, SUNDAY_NOON))
    first = of.at(moment(SUNDAY_NOON), {}, {})[0]
    assert first.fundamentals == tuple(sorted(feed.answer.found, key=lambda one: one.symbol))
    assert of.at(moment(SUNDAY_NOON), {}, {})[0] is first
    known(of, MONDAY_EARLY)  # no session has begun since
    assert feed.questions == 2
    feed.answer = Answer(fundamentals(MONDAY, MONDAY_NOON, trailing_pe=21.0))
    assert len(known(of, MONDAY_NOON) or ()) == 6
    known(of, new_york(MONDAY, "19:00"))
    assert feed.questions == 3


def test_a_restart_does_not_ask_again(store: Store) -> None:
    feed = Source()
    feed.answer = Answer(fundamentals(MONDAY, MONDAY_NOON), (Rejected("SPY", MONDAY, "forward_pe", -1.0, "no"),))
    before = known(daily(feed, store), MONDAY_NOON)
    again = Source()
    assert known(daily(again, store), MONDAY_NOON) == before
    assert again.questions == 0
    assert [one.field for one in store.rejected(["SPY"])] == ["forward_pe"]
    known(daily(again, store), TUESDAY_NOON)
    assert again.questions == 1


def test_an_answer_without_values_is_remembered_too(store: Store) -> None:
    feed = Source()
    feed.answer = Answer(fundamentals(MONDAY, MONDAY_NOON, trailing_pe=None, shares=None, price=None))
    known(daily(feed, store), MONDAY_NOON)
    known(daily(feed, store), MONDAY_NOON)
    assert feed.questions == 1


def test_what_another_process_has_asked_is_not_asked_again(store: Store) -> None:
    feed = Source()
    of = daily(feed, store)
    assert known(of, MONDAY_NOON) == ()
    store.put_fundamentals(fundamentals(MONDAY, MONDAY_NOON))
    assert len(known(of, MONDAY_NOON) or ()) == 3
    assert feed.questions == 1


def test_a_failure_is_told_and_nothing_known_is_lost(store: Store) -> None:
    store.put_fundamentals(fundamentals(FRIDAY, new_york(FRIDAY, "12:00")))
    feed = Source()
    feed.answer = Answer(failure="Yahoo gave no fundamentals: Yahoo fails (503)")
    found, problems = daily(feed, store).at(moment(MONDAY_NOON), {}, {})
    assert [one.session for one in found.fundamentals or () if one.trailing_pe] == [FRIDAY] * 3
    assert [(problem.kind, problem.text) for problem in problems] == [("fundamentals", feed.answer.failure)]


def test_what_comes_bit_by_bit_is_stored_bit_by_bit(store: Store) -> None:
    feed = Source()
    of = daily(feed, store)
    feed.answer = Answer(fundamentals(MONDAY, MONDAY_NOON), more=True)
    known(of, MONDAY_NOON)
    assert [one.price_to_book for one in store.fundamentals()] == [None] * 3
    feed.answer = Answer(fundamentals(MONDAY, MONDAY_NOON, price_to_book=1.9))
    known(of, MONDAY_NOON)
    assert [one.price_to_book for one in store.fundamentals()] == [1.9] * 3
    known(of, MONDAY_NOON)
    assert feed.questions == 2


@pytest.mark.parametrize("vain", [Answer(more=True), Answer(failure="Yahoo gave no fundamentals: not JSON")])
def test_whom_a_command_asked_in_vain_the_next_one_leaves_alone_for_an_hour(store: Store, vain: Answer) -> None:
    feed = Source()
    feed.answer = vain
    known(daily(feed, store), MONDAY_NOON)
    known(daily(feed, store), MONDAY_NOON + AGAIN - timedelta(seconds=1))
    assert feed.questions == 1
    feed.answer = Answer(fundamentals(MONDAY, MONDAY_NOON + AGAIN))
    assert {one.trailing_pe for one in known(daily(feed, store), MONDAY_NOON + AGAIN) or ()} == {20.0}
    assert feed.questions == 2


def test_who_has_not_waited_has_not_asked_in_vain(store: Store) -> None:
    feed = Source()
    feed.answer = Answer(more=True)
    daily(feed, store).at(moment(MONDAY_NOON), {}, {}, patience=0.0)
    assert store.fundamentals() == ()


def test_a_failure_is_told_as_long_as_it_lasts(store: Store) -> None:
    feed = Source()
    feed.answer = Answer(failure="Yahoo gave no fundamentals: not JSON")
    of = daily(feed, store)
    for _again in range(2):
        assert [problem.kind for problem in of.at(moment(MONDAY_NOON), {}, {})[1]] == ["fundamentals"]


def test_nobody_is_asked_where_nobody_has_patience(store: Store) -> None:
    feed = Source()
    daily(feed, store).at(moment(MONDAY_NOON), {}, {}, patience=None)
    assert feed.questions == 0


def test_a_disk_that_refuses_loses_nothing_of_the_screen(store: Store) -> None:
    feed = Source()
    feed.answer = Answer(fundamentals(MONDAY, MONDAY_NOON))
    of = daily(feed, store)
    with mock.patch.object(store, "put_fundamentals", side_effect=StoreWriteError("the disk is full")):
        found, problems = of.at(moment(MONDAY_NOON), {}, {})
    assert len(found.fundamentals or ()) == 3
    assert [problem.kind for problem in problems] == ["store"]


def test_without_a_source_there_are_those_that_are_stored(store: Store) -> None:
    assert known(daily(FakeFeed(), None), MONDAY_NOON) is None
    assert known(daily(FakeFeed(), store), MONDAY_NOON) is None
    store.put_fundamentals(fundamentals(FRIDAY, MONDAY_NOON))
    assert len(known(daily(FakeFeed(), store), MONDAY_NOON) or ()) == 3


def test_who_looks_at_the_past_asks_nobody(store: Store) -> None:
    feed = Source()
    feed.answer = Answer(fundamentals(MONDAY, MONDAY_NOON))
    assert known(daily(feed, store, past=True), MONDAY_NOON) == ()
    assert feed.questions == 0


def test_without_a_store_they_are_remembered_as_long_as_the_process_lives() -> None:
    feed = Source()
    feed.answer = Answer(fundamentals(MONDAY, MONDAY_NOON))
    of = daily(feed, None)
    assert known(of, MONDAY_NOON) == known(of, MONDAY_NOON)
    assert feed.questions == 1


# --- market caps ------------------------------------------------------------------------------------------------------

MEMBERS = ("AAPL", "MSFT", "GOOGL", "GOOG", "JPM")


def stocks() -> Source:
    """Five members whose price has risen by a tenth since their last close, and whose caps tell of that price."""
    days = sessions(40, FRIDAY)
    feed = Source(*(walked(Instrument(s, s, SymbolClass.STOCK, "members"), days) for s in MEMBERS))
    for k, symbol in enumerate(MEMBERS, start=1):
        feed.current[symbol] = quote(symbol, float(feed.bars[symbol].close[-1]) * 1.1, MONDAY_NOON)
        feed.caps[symbol] = (1.1e12 * k, MONDAY_NOON)
    return feed


def weighed(of: Daily, feed: Source, at: datetime = MONDAY_NOON) -> Beside:
    return of.at(moment(at), feed.bars, feed.current)[0]


def test_weights_are_those_of_the_last_close(store: Store) -> None:
    feed = stocks()
    weights = weighed(daily(feed, store, *MEMBERS), feed).weights
    assert weights is not None
    assert (weights.fund, weights.dated, weights.source, weights.coverage) == ("SPY", FRIDAY, "market caps", 1.0)
    total = 1 + 2 + 3.5 + 5  # of the two lines of one company each has half of its cap
    assert weights.values["AAPL"] == pytest.approx(1 / total)
    assert weights.values["GOOGL"] == pytest.approx(1.5 / total)
    cap, session = store.market_caps(["JPM"])["JPM"]
    assert cap == pytest.approx(5e12)
    assert session == FRIDAY


def test_the_next_start_has_them(store: Store) -> None:
    feed = stocks()
    before = weighed(daily(feed, store, *MEMBERS), feed).weights
    after = daily(FakeFeed(), store, *MEMBERS).at(moment(SUNDAY_NOON), {}, {})[0].weights
    assert before is not None
    assert after is not None
    assert dict(after.values) == pytest.approx(dict(before.values))
    assert (after.dated, after.coverage) == (before.dated, before.coverage)


def test_too_few_members_give_no_weights_and_more_of_them_better_ones(store: Store) -> None:
    feed = stocks()
    caps = feed.caps
    feed.caps = {symbol: caps[symbol] for symbol in MEMBERS[:3]}
    of = daily(feed, store, *MEMBERS)
    assert weighed(of, feed).weights is None
    feed.caps = {symbol: caps[symbol] for symbol in MEMBERS[:4]}
    most = weighed(of, feed).weights
    assert most is not None
    assert most.coverage == pytest.approx(0.8)
    feed.caps = caps
    whole = weighed(of, feed)
    assert whole.weights is not None
    assert whole.weights.coverage == 1.0
    assert weighed(of, feed) is whole


def test_caps_of_another_session_than_the_quote_do_not_count(store: Store) -> None:
    feed = stocks()
    feed.caps = {symbol: (cap, new_york(FRIDAY, "15:00")) for symbol, (cap, _at) in feed.caps.items()}
    assert weighed(daily(feed, store, *MEMBERS), feed).weights is None


# --- the whole road ---------------------------------------------------------------------------------------------------


def pipeline(chosen: Settings, feed: FakeFeed, store: Store | None, at: datetime = MONDAY_NOON) -> Pipeline:
    return Pipeline(
        chosen, clock=clock_at(at.date(), f"{at:%H:%M}"), calendar=CALENDAR, feed=feed, store=store, past=False
    )


def live(chosen: Settings) -> Source:
    """A whole market with quotes of Monday noon."""
    feed = Source(*market(chosen, sessions(300, FRIDAY)).bars.values())
    feed.current = {s: quote(s, float(b.close[-1]) * 1.01, MONDAY_NOON) for s, b in feed.bars.items()}
    return feed


def test_fundamentals_that_come_late_are_on_the_next_screen(store: Store) -> None:
    chosen = settings(show=("index_funds", "size", "sectors", "volatility", "rates"))
    feed = live(chosen)
    pipe = pipeline(chosen, feed, store)
    assert pipe.refresh().not_evaluated["L1"] == "no fundamentals fetched yet"
    feed.answer = Answer(fundamentals(MONDAY, MONDAY_NOON))
    found = pipe.refresh()
    assert set(found.valuation.funds) == set(FUNDS)
    assert {"L1", "L2", "L3"} & set(found.not_evaluated) == set()
    rule = next(warning for warning in found.warnings if warning.id == "W12")
    assert rule.state == "CLEAR"
    assert rule.evidence["dated"] == MONDAY.isoformat()


def test_a_fetch_brings_them_too_and_has_more_patience(store: Store) -> None:
    chosen = settings(store=f"sqlite:///{store.path}")
    feed = live(chosen)
    feed.answer = Answer(fundamentals(MONDAY, MONDAY_NOON))
    pipeline(chosen, feed, store).fetch(FRIDAY, lambda _step: None)
    assert {one.symbol for one in store.fundamentals()} == set(FUNDS)
    assert feed.patience == FETCH_PATIENCE > PATIENCE


def test_a_failure_is_in_the_header_and_the_prices_are_there(store: Store) -> None:
    chosen = settings()
    feed = live(chosen)
    feed.answer = Answer(failure="Yahoo gave no fundamentals: not JSON")
    found = pipeline(chosen, feed, store).refresh()
    assert [note.text for note in found.source.problems if note.kind == "fundamentals"] == [feed.answer.failure]
    assert all(row.last is not None for row in found.leadership)


def test_concentration_stands_on_market_caps_where_no_file_gives_weights(store: Store) -> None:
    chosen = settings()
    chosen = msgspec.structs.replace(chosen, universe=msgspec.structs.replace(chosen.universe, breadth="sp500"))
    feed = live(chosen)
    pipe = pipeline(chosen, feed, store)
    days = sessions(300, FRIDAY)
    for instrument in pipe._wanted:
        if instrument.group == "members":
            bars = walked(instrument, days)
            feed.bars[instrument.symbol] = bars
            feed.current[instrument.symbol] = quote(instrument.symbol, float(bars.close[-1]) * 1.01, MONDAY_NOON)
            feed.caps[instrument.symbol] = (1e11, MONDAY_NOON)
    found = pipe.refresh().concentration
    assert (found.sources, found.weights_date) == ({"SPY": "market caps"}, {"SPY": FRIDAY})
    assert found.c1 == pytest.approx(7 / 500, rel=0.2)
    assert found.c3 is not None
