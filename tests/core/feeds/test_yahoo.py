"""The whole feed, with the real yfinance and curl, before an emulated Yahoo."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from core.errors import FeedError, FeedPaused, NoDataError
from core.feeds.base import Fetched, History
from core.model import SymbolClass
from core.panel import Bars
from core.sessions import NEW_YORK
from core.store import Store
from tests.core.feeds.bars import same
from tests.core.feeds.yahoo_rig import CALENDAR, EVENING, FIRST, NOON, PANDAS, SESSION, Rig, fund, instruments, rig
from tests.emulator import Emulator

pytestmark = pytest.mark.filterwarnings(PANDAS)

THURSDAY = date(2026, 1, 8)
MONDAY = date(2026, 1, 12)
MONDAY_EVENING = datetime(2026, 1, 12, 20, tzinfo=NEW_YORK)
THREE = instruments(3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")) as opened:
        yield opened


def told(history: History) -> list[tuple[str, str | None]]:
    return [(problem.kind, problem.symbol) for problem in history.problems]


def last(bars: Bars) -> date:
    day: date = bars.sessions[-1].item()
    return day


# History


def test_it_gives_both_price_bases_of_every_session(emulator: Emulator) -> None:
    emulator.market.dividend("SPY", date(2025, 9, 19), 1.76)
    with rig(emulator) as yahoo:
        history = yahoo.history([fund("SPY")])
    bars = history.bars["SPY"]
    assert np.array_equal(bars.sessions, CALENDAR.sessions(FIRST, SESSION))
    expected = emulator.market.series("SPY")
    chosen = np.isin(expected.days, bars.sessions)
    for name in ("open", "high", "low", "close", "adj_close"):
        np.testing.assert_allclose(getattr(bars, name), getattr(expected, name)[chosen], rtol=1e-7)
    assert np.array_equal(bars.volume, expected.volume[chosen])
    assert (bars.adj_close[:50] < bars.close[:50]).all()
    assert np.array_equal(bars.adj_close[-5:], bars.close[-5:])
    assert (history.problems, history.rejected) == ((), ())
    assert history.fetched_at == yahoo.clock.now()


def test_one_request_a_symbol_and_neither_cookie_nor_crumb(emulator: Emulator) -> None:
    with rig(emulator) as yahoo:
        yahoo.history(instruments(60))
    assert emulator.log.by_endpoint() == {"chart": 60}
    assert emulator.log.connections <= 12


def test_the_session_in_progress_is_not_history_but_quoted_with_it(emulator: Emulator) -> None:
    with rig(emulator, now=NOON) as yahoo:
        history = yahoo.history(THREE)
        assert {last(bars) for bars in history.bars.values()} == {THURSDAY}
        quotes = yahoo.quotes(THREE)
    assert quotes.quotes.keys() == {"F000", "F001", "F002"}
    assert quotes.quotes["F000"].session == SESSION
    assert quotes.quotes["F000"].asof == NOON
    assert quotes.quotes["F000"].price == pytest.approx(emulator.market.live("F000").price, rel=1e-6)
    assert emulator.log.by_endpoint() == {"chart": 3}


def test_a_bar_counts_when_it_is_final_and_not_when_the_exchange_closes(emulator: Emulator) -> None:
    close = CALENDAR.close_at(SESSION)
    with rig(emulator, now=close + timedelta(minutes=14)) as yahoo:
        assert last(yahoo.history(THREE).bars["F000"]) == THURSDAY
        yahoo.advance(60)
        assert last(yahoo.history(THREE).bars["F000"]) == SESSION


def test_what_is_here_is_not_asked_for_again(emulator: Emulator) -> None:
    with rig(emulator) as yahoo:
        before = yahoo.history(THREE)
        emulator.log.clear()
        for _ in range(3):
            yahoo.advance(3600)
            again = yahoo.history(THREE)
    assert emulator.log.count() == 0
    assert all(again.bars[symbol] is before.bars[symbol] for symbol in before.bars)
    assert (len(before.fresh), len(again.fresh)) == (3, 0)


def test_cboe_in_chicago_keeps_new_yorks_sessions(emulator: Emulator) -> None:
    wanted = [fund("^TNX", SymbolClass.RATE), fund("^VIX", SymbolClass.VOLATILITY), fund("^GSPC", SymbolClass.INDEX)]
    with rig(emulator) as yahoo:
        history = yahoo.history(wanted)
    assert {last(bars) for bars in history.bars.values()} == {SESSION}
    assert history.problems == ()


def test_no_finished_session_is_nothing_to_ask_for(emulator: Emulator) -> None:
    with rig(emulator, now=NOON) as yahoo, pytest.raises(NoDataError, match="no session from 2026-01-09"):
        yahoo.history(THREE, first=SESSION)
    assert emulator.log.count() == 0


@pytest.mark.parametrize("symbol", ["US0378331005", "../../etc", "A?b=c", "spy"])
def test_what_is_no_symbol_is_not_asked_for(emulator: Emulator, symbol: str) -> None:
    with rig(emulator) as yahoo:
        history = yahoo.history([fund(symbol), fund("SPY")])
    assert told(history) == [("missing", symbol)]
    assert yahoo.charts() == ["SPY"]


def test_screen_symbols_are_asked_for_before_members(emulator: Emulator) -> None:
    with rig(emulator, threads=1) as yahoo:
        wanted = instruments(30)[::-1]
        yahoo.history(wanted)
    assert yahoo.charts() == [instrument.symbol for instrument in wanted]


# Topping up


def test_a_new_session_is_topped_up_with_a_short_request(emulator: Emulator, store: Store) -> None:
    with rig(emulator, store=store) as yahoo:
        yahoo.keep(yahoo.history(THREE))
    with rig(emulator, now=MONDAY_EVENING, store=store) as yahoo:
        emulator.log.clear()
        history = yahoo.history(THREE, last=MONDAY)
    assert emulator.log.by_endpoint() == {"chart": 3}
    starts = {int(entry.query["period1"]) for entry in emulator.log.entries}
    assert min(starts) > datetime(2025, 12, 25, tzinfo=NEW_YORK).timestamp()
    with rig(emulator, now=MONDAY_EVENING) as anew:
        whole = anew.history(THREE, last=MONDAY)
    assert all(same(history.bars[symbol], whole.bars[symbol]) for symbol in whole.bars)
    assert {bars.symbol for bars in history.fresh} == {"F000", "F001", "F002"}
    assert all(same(bars, whole.bars[bars.symbol]) for bars in history.fresh)


def test_a_fresh_store_is_not_asked_for_again(emulator: Emulator, store: Store) -> None:
    with rig(emulator, store=store) as yahoo:
        yahoo.keep(yahoo.history(THREE))
    emulator.log.clear()
    with rig(emulator, store=store) as restarted:
        restarted.advance(60)
        history = restarted.history(THREE)
    assert emulator.log.count() == 0
    assert len(history.bars) == 3
    assert history.fetched_at == EVENING


@pytest.mark.parametrize("event", ["dividend", "split"])
def test_an_event_restates_the_whole_symbol_and_only_that(emulator: Emulator, store: Store, event: str) -> None:
    with rig(emulator, store=store) as yahoo:
        yahoo.keep(yahoo.history(THREE))
    if event == "split":
        emulator.market.split("F001", MONDAY, 4.0)
    else:
        emulator.market.dividend("F001", MONDAY, 1.0)
    with rig(emulator, now=MONDAY_EVENING, store=store) as yahoo:
        emulator.log.clear()
        history = yahoo.history(THREE, last=MONDAY)
        yahoo.keep(history)
    assert sorted(yahoo.charts()) == ["F000", "F001", "F001", "F002"]
    with rig(emulator, now=MONDAY_EVENING) as anew:
        whole = anew.history(THREE, last=MONDAY)
    assert history.problems == ()
    for symbol, bars in whole.bars.items():
        np.testing.assert_allclose(history.bars[symbol].close, bars.close, rtol=2e-7)
        np.testing.assert_allclose(store.load([symbol])[symbol].adj_close, bars.adj_close, rtol=2e-7)


def test_more_years_are_fetched_when_they_are_wanted(emulator: Emulator, store: Store) -> None:
    with rig(emulator, store=store) as yahoo:
        yahoo.keep(yahoo.history(THREE))
        history = yahoo.history(THREE, first=date(2020, 1, 2))
    assert {bars.sessions[0].item() for bars in history.bars.values()} == {date(2020, 1, 2)}


def test_a_symbol_listed_lately_is_asked_once_whether_there_is_more(emulator: Emulator, store: Store) -> None:
    emulator.market.list_from("F001", date(2025, 10, 1))
    with rig(emulator, store=store) as yahoo:
        yahoo.keep(yahoo.history(THREE))
    emulator.log.clear()
    with rig(emulator, store=store) as restarted:
        for _ in range(3):
            history = restarted.history(THREE)
            restarted.advance(7200)
    assert restarted.charts() == ["F001"]
    assert history.bars["F001"].sessions[0].item() == date(2025, 10, 1)
    assert history.problems == ()


def test_what_another_process_has_fetched_is_not_asked_for(emulator: Emulator, store: Store) -> None:
    with rig(emulator, store=store) as screen:
        screen.keep(screen.history(THREE))
        with rig(emulator, now=MONDAY_EVENING, store=store) as fill:
            fill.keep(fill.history(THREE, last=MONDAY))
        emulator.log.clear()
        screen.at(MONDAY_EVENING)
        history = screen.history(THREE, last=MONDAY)
    assert emulator.log.count() == 0
    assert last(history.bars["F000"]) == MONDAY
    assert history.fresh == ()


def test_a_damaged_series_is_told_and_fetched_anew(emulator: Emulator, store: Store) -> None:
    with rig(emulator, store=store) as yahoo:
        yahoo.keep(yahoo.history(THREE))
    with store._writing() as connection:
        connection.exec_driver_sql("UPDATE series SET data = x'00' WHERE symbol = 'F001'")
    with rig(emulator, store=store) as yahoo:
        emulator.log.clear()
        history = yahoo.history(THREE)
    assert yahoo.charts() == ["F001"]
    assert len(history.bars) == 3
    assert told(history) == [("store", "F001")]


# The morning of an event

THURSDAY_EVENING = datetime(2026, 1, 8, 20, tzinfo=NEW_YORK)


def checked(yahoo: Rig) -> History:
    """The history after what is under way in the background, in step with the clock, has ended."""
    throttle = yahoo.feed._throttle
    while any(series.busy for series in yahoo.feed._series.values()):
        with throttle._changed:
            yahoo.clock.advance(0.01)
            throttle._changed.notify_all()
            throttle._changed.wait(0.001)
    return yahoo.history(THREE)


def test_a_dividend_is_in_the_history_on_the_day_it_is_paid(emulator: Emulator, store: Store) -> None:
    with rig(emulator, now=THURSDAY_EVENING, store=store) as yahoo:
        yahoo.keep(yahoo.history(THREE))
    emulator.market.dividend("F001", SESSION, 1.0)
    emulator.log.clear()
    with rig(emulator, now=NOON, store=store) as yahoo:
        assert yahoo.history(THREE).problems == ()  # nobody waits for the check
        history = checked(yahoo)
        assert sorted(yahoo.charts()) == ["F000", "F001", "F001", "F002"]
        expected = emulator.market.series("F001")
        assert history.bars["F001"].adj_close[-1] == pytest.approx(expected.adj_close[-2], rel=1e-6)
        assert history.bars["F001"].adj_close[-1] < history.bars["F001"].close[-1]
        yahoo.keep(history)
        checked(yahoo)
    with rig(emulator, now=NOON, store=store) as restarted:
        emulator.log.clear()
        checked(restarted)
        restarted.at(EVENING - timedelta(hours=4))
        assert checked(restarted).problems == ()
    assert emulator.log.count() == 0


def test_on_the_day_of_a_split_quotes_wait_for_the_history(emulator: Emulator, store: Store) -> None:
    with rig(emulator, now=THURSDAY_EVENING, store=store) as yahoo:
        yahoo.keep(yahoo.history(THREE))
    emulator.market.split("F001", SESSION, 4.0)
    with rig(emulator, now=NOON.replace(hour=9, minute=31), store=store) as yahoo:
        yahoo.history(THREE)
        quotes = yahoo.quotes(THREE)
        assert quotes.quotes.keys() == {"F000", "F002"}
        assert [one.symbol for one in quotes.rejected] == ["F001"]
        yahoo.at(NOON)
        yahoo.history(THREE)
        checked(yahoo)
        assert yahoo.quotes(THREE).quotes.keys() == {"F000", "F001", "F002"}


# What is missing


def test_a_missing_session_is_named_and_asked_for_again_less_and_less_often(emulator: Emulator) -> None:
    emulator.market.drop_session("F001", SESSION)
    with rig(emulator) as yahoo:
        history = yahoo.history(THREE)
        assert [(p.kind, p.text) for p in history.problems] == [("stale", "F001: no bar of 2026-01-09")]
        assert last(history.bars["F001"]) == THURSDAY
        asked = []
        for minute in range(120):
            emulator.log.clear()
            yahoo.history(THREE)
            asked += [minute] * emulator.log.count()
            yahoo.advance(60)
        assert asked == [1, 2, 4, 8, 16, 32, 64]
        emulator.market.restore_session("F001", SESSION)
        yahoo.advance(3600)
        assert yahoo.history(THREE).problems == ()


def test_a_missing_session_stays_named_while_it_is_asked_for_again(emulator: Emulator) -> None:
    emulator.market.drop_session("F001", SESSION)
    with rig(emulator, deadline=2.0) as yahoo:
        named = yahoo.history(THREE).problems
        assert [(p.kind, p.text) for p in named] == [("stale", "F001: no bar of 2026-01-09")]
        emulator.faults.set("stall")
        yahoo.advance(60)
        assert yahoo.history(THREE).problems == named
        assert emulator.log.in_flight == 1


def test_a_hole_of_these_days_is_filled_and_an_old_one_is_named(emulator: Emulator, store: Store) -> None:
    emulator.market.drop_session("F000", date(2025, 9, 10))
    emulator.market.drop_session("F001", date(2026, 1, 6))
    with rig(emulator, store=store) as yahoo:
        yahoo.keep(yahoo.history(THREE))
    emulator.market.restore_session("F000", date(2025, 9, 10))
    emulator.market.restore_session("F001", date(2026, 1, 6))
    emulator.log.clear()
    with rig(emulator, store=store) as yahoo:
        history = yahoo.history(THREE)
    assert yahoo.charts() == ["F001"]
    assert [p.text for p in history.problems] == ["F000: no bar of 2025-09-10"]


def test_a_symbol_yahoo_does_not_know_is_named_and_left_alone_for_an_hour(emulator: Emulator) -> None:
    emulator.faults.set("delisted", symbols=["F001"])
    with rig(emulator) as yahoo:
        history = yahoo.history(THREE)
        assert told(history) == [("missing", "F001")]
        assert "knows no such symbol" in history.problems[0].text
        assert history.bars.keys() == {"F000", "F002"}
        yahoo.advance(3599)
        yahoo.history(THREE)
        assert yahoo.charts().count("F001") == 1
        yahoo.advance(2)
        yahoo.history(THREE)
        assert yahoo.charts().count("F001") == 2


# Faults of one answer: what is stored stays, what is wrong is told


BAD_LAST = ["null_close", "zero_close", "null_last", "negative", "zero", "nan", "inf", "huge", "x10_last"]
BAD_WHOLE = ["x10_history", "retroactive_split", "other_symbol", "tokyo", "auckland", "unknown_zone", "no_zone",
             "no_currency", "unequal_lengths", "empty_quote"]  # fmt: skip
HARMLESS = ["duplicates", "unsorted", "live_twice", "high_below_low", "announced_split"]


@pytest.mark.parametrize("fault", BAD_LAST)
def test_a_bad_last_bar_is_left_out_and_named(emulator: Emulator, fault: str) -> None:
    with rig(emulator) as yahoo:
        emulator.faults.set(fault, symbols=["F001"])
        history = yahoo.history(THREE)
        assert {symbol: last(bars) for symbol, bars in history.bars.items()} == {
            "F000": SESSION, "F001": THURSDAY, "F002": SESSION}  # fmt: skip
        assert ("stale", "F001") in told(history)
        emulator.faults.clear()
        yahoo.advance(60)
        assert last(yahoo.history(THREE).bars["F001"]) == SESSION


@pytest.mark.parametrize("fault", BAD_WHOLE)
def test_a_bad_answer_is_refused_as_a_whole_and_named(emulator: Emulator, fault: str) -> None:
    with rig(emulator) as yahoo:
        emulator.faults.set(fault, symbols=["F001"])
        history = yahoo.history(THREE)
        assert history.bars.keys() == {"F000", "F002"}
        assert told(history)[0] == ("feed", "F001")
        emulator.faults.clear()
        yahoo.advance(60)
        assert yahoo.history(THREE).bars.keys() == {"F000", "F001", "F002"}


@pytest.mark.parametrize("fault", [*BAD_LAST, *BAD_WHOLE, *HARMLESS, "missing_sessions", "stale"])
def test_no_good_value_is_lost_to_a_bad_answer(emulator: Emulator, store: Store, fault: str) -> None:
    with rig(emulator, store=store) as yahoo:
        yahoo.keep(yahoo.history(THREE))
    before = store.load(["F000", "F001", "F002"])
    emulator.faults.set(fault, symbols=["F001"])
    with rig(emulator, now=MONDAY_EVENING, store=store) as yahoo:
        for _ in range(3):
            history = yahoo.history(THREE, last=MONDAY)
            yahoo.keep(history)
            yahoo.advance(7200)
        for symbol, old in before.items():
            kept, shown = store.load([symbol])[symbol], history.bars[symbol]
            assert same(replace(kept.upto(SESSION), symbol=symbol), old)
            assert same(shown.upto(SESSION), old)
        assert last(history.bars["F000"]) == MONDAY
        assert fault in HARMLESS or last(history.bars["F001"]) == SESSION or fault == "missing_sessions"
        emulator.faults.clear()
        yahoo.advance(7200)
        healed = yahoo.history(THREE, last=MONDAY)
    assert last(healed.bars["F001"]) == MONDAY
    # A range that was upside down is absent, and comes with the next session.
    assert told(healed) == ([("rejected", "F001")] if fault == "high_below_low" else [])


def test_what_is_rejected_goes_to_the_quarantine_once(emulator: Emulator, store: Store) -> None:
    emulator.faults.set("x10_last", symbols=["F001"])
    with rig(emulator, store=store) as yahoo:
        history = yahoo.history(THREE)
        yahoo.keep(history)
        again = yahoo.history(THREE)
    assert [(one.symbol, one.session, one.field) for one in history.rejected] == [("F001", SESSION, "close")]
    assert again.rejected == ()
    assert ("rejected", "F001") in told(again)
    assert [one.reason for one in store.rejected(["F001"])] == [
        "a jump like that of a split or a slip, without a split"
    ]


def test_a_bar_that_was_made_before_the_end_of_its_session_waits(emulator: Emulator) -> None:
    with rig(emulator) as yahoo:
        emulator.market.set_live("F001", 50.0, at=datetime(2026, 1, 9, 14, tzinfo=NEW_YORK))
        history = yahoo.history([fund("F001")])
    assert last(history.bars["F001"]) == THURSDAY
    assert ("stale", "F001") in told(history)


# Faults of the source


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("429", "Yahoo refuses (429)"),
        ("403", "Yahoo refuses (403)"),
        ("401", "Yahoo refuses (401)"),
        ("500", "Yahoo fails (500)"),
        ("503", "Yahoo fails (503)"),
        ("right_back", "Yahoo is down for maintenance"),
        ("html", "Yahoo gave an unusable answer (a page, not data)"),
        ("bad_json", "Yahoo gave an unusable answer (not JSON)"),
        ("cut_json", "Yahoo gave an unusable answer (not JSON)"),
        ("consent", "Yahoo asks for consent to its cookies instead of giving prices"),
        ("empty_result", "Yahoo gave an empty answer"),
        ("null_result", "Yahoo gave an empty answer"),
        ("null_chart", "Yahoo gave an empty answer"),
        ("truncated", "Yahoo gave an unusable answer (cut off)"),
        ("reset", "Yahoo cannot be reached"),
        ("unreachable", "Yahoo cannot be reached"),
        ("down", "Yahoo cannot be reached"),
        ("bad_certificate", "the certificate of Yahoo is not trusted"),
    ],
)
def test_who_refuses_everybody_is_asked_four_times_and_then_left_alone(
    emulator: Emulator, fault: str, cause: str
) -> None:
    wanted = instruments(12)
    with rig(emulator, now=NOON) as yahoo:
        emulator.faults.set(fault)
        for _ in range(4):
            with pytest.raises(FeedPaused) as caught:
                yahoo.history(wanted)
            assert yahoo.quotes(wanted).quotes == {}
            yahoo.advance(14)
        assert str(caught.value).startswith(f"{cause}; next try 12:01")
        assert yahoo.feed.state().cause == cause
        assert emulator.log.by_endpoint()["chart"] <= 4
        assert yahoo.feed.state().requests == 4
        emulator.faults.clear()
        yahoo.advance(20)
        assert len(yahoo.history(wanted).bars) == 12
        assert yahoo.feed.state().open is False


def test_a_refusal_keeps_what_is_there_and_names_what_is_not(emulator: Emulator, store: Store) -> None:
    with rig(emulator, store=store) as yahoo:
        yahoo.keep(yahoo.history(THREE[:2]))
    emulator.faults.set("429")
    with rig(emulator, now=MONDAY_EVENING, store=store) as yahoo:
        history = yahoo.history(THREE, last=MONDAY)
    assert history.bars.keys() == {"F000", "F001"}
    assert told(history) == [("stale", "F000"), ("stale", "F001"), ("feed", "F002")]
    assert history.problems[0].text.startswith("F000: no bar of 2026-01-12: Yahoo refuses (429)")


def test_after_the_pause_one_request_tries_and_all_others_wait_for_it(emulator: Emulator) -> None:
    wanted = instruments(20)
    with rig(emulator) as yahoo:
        emulator.faults.set("429")
        with pytest.raises(FeedPaused):
            yahoo.history(wanted)
        yahoo.advance(67)
        emulator.log.clear()
        with pytest.raises(FeedPaused):
            yahoo.history(wanted)
        assert emulator.log.count() == 1


@pytest.mark.parametrize("fault", ["503", "reset"])
def test_one_failure_in_passing_costs_one_request(emulator: Emulator, fault: str) -> None:
    emulator.faults.set(fault, times=1)
    with rig(emulator) as yahoo:
        history = yahoo.history(THREE)
    assert len(history.bars) == 3
    assert emulator.log.by_endpoint()["chart"] == 4


def test_a_chart_that_demands_a_crumb_gets_one(emulator: Emulator) -> None:
    emulator.faults.set("401", endpoints=["chart"], times=1)
    with rig(emulator) as yahoo:
        history = yahoo.history(THREE)
    assert len(history.bars) == 3


def test_some_that_stall_do_not_hold_the_others(emulator: Emulator) -> None:
    wanted = instruments(20)
    emulator.faults.set("stall", symbols=["F003", "F009"])
    with rig(emulator, timeout=0.5) as yahoo:
        history = yahoo.history(wanted)
    assert len(history.bars) == 18
    assert told(history) == [("feed", "F003"), ("feed", "F009")]
    assert "does not answer in time" in history.problems[0].text


def test_who_stalls_for_everybody_is_asked_four_times(emulator: Emulator) -> None:
    emulator.faults.set("stall")
    with rig(emulator, timeout=0.5) as yahoo, pytest.raises(FeedPaused, match="does not answer in time"):
        yahoo.history(instruments(60))
    assert emulator.log.count() == 4


def test_what_comes_after_the_deadline_is_there_for_the_next_call(emulator: Emulator) -> None:
    emulator.faults.set("stall", symbols=["F002"])
    with rig(emulator, deadline=1.0, timeout=60) as yahoo:
        history = yahoo.history(THREE)
        assert told(history) == [("late", None)]
        assert "the bars of 1 of 3 symbols are still on their way" in history.problems[0].text
        assert history.bars.keys() == {"F000", "F001"}
        again = yahoo.history(THREE)
        assert told(again) == [("late", None)]
        assert yahoo.charts().count("F002") == 1


def test_why_it_failed_is_told_while_it_is_asked_for_again(emulator: Emulator) -> None:
    emulator.faults.set("429", symbols=["F002"], times=1)
    with rig(emulator, deadline=1.0, timeout=60) as yahoo:
        assert told(yahoo.history(THREE)) == [("feed", "F002")]
        emulator.faults.set("stall", symbols=["F002"])
        yahoo.advance(120)
        again = yahoo.history(THREE)
        assert yahoo.feed._series["F002"].loading
        assert told(again) == [("feed", "F002")]
        assert "Yahoo refuses (429)" in again.problems[0].text


def test_closed_it_asks_nobody(emulator: Emulator) -> None:
    with rig(emulator) as yahoo:
        yahoo.feed.close()
        with pytest.raises(FeedError, match="The feed is closed"):
            yahoo.history(THREE)
    assert emulator.log.count() == 0


# A fill


def test_a_fill_gives_each_symbol_as_soon_as_it_is_there(emulator: Emulator, store: Store) -> None:
    wanted = instruments(30)
    emulator.faults.set("delisted", symbols=["F007"])
    with rig(emulator, store=store) as yahoo:
        yahoo.keep(yahoo.history(wanted[:5]))
        fetched = list(yahoo.feed.stream(wanted, FIRST, SESSION))
    assert sorted(one.symbol for one in fetched) == [instrument.symbol for instrument in wanted]
    assert {one.symbol for one in fetched[:5]} == {"F000", "F001", "F002", "F003", "F004"}
    by_symbol = {one.symbol: one for one in fetched}
    assert [by_symbol[symbol].fresh for symbol in ("F000", "F010")] == [False, True]
    assert by_symbol["F007"].bars is None
    assert [problem.kind for problem in by_symbol["F007"].problems] == ["missing"]
    assert emulator.log.by_endpoint() == {"chart": 30}


def test_a_fill_that_is_left_asks_no_further(emulator: Emulator) -> None:
    with rig(emulator, threads=1) as yahoo:
        for number, _one in enumerate(yahoo.feed.stream(instruments(50), FIRST, SESSION)):
            if number == 3:
                break
        asked = emulator.log.count()
        yahoo.history(instruments(1))
        assert emulator.log.count() <= asked + 1
    assert asked < 10


def test_a_fill_with_patience_outlasts_a_refusal(emulator: Emulator) -> None:
    wanted = instruments(12)
    emulator.faults.set("429", after=3, times=1)
    fetched: list[Fetched] = []
    idle = threading.Event()
    with rig(emulator, threads=2) as yahoo:
        stream = yahoo.feed.stream(wanted, FIRST, SESSION, patience=100, idle=idle.set)
        fill = threading.Thread(target=lambda: fetched.extend(stream))
        fill.start()
        assert idle.wait(20)
        throttle = yahoo.feed._throttle
        with throttle._changed:
            while throttle._breaker.until is None or not throttle._waiting:
                throttle._changed.wait(0.001)
            yahoo.clock.advance(70)
            throttle._changed.notify_all()  # time alone would wake those who wait, but it stands still here
        fill.join(20)
    assert len(fetched) == 12
    assert all(one.bars for one in fetched)  # the one that was refused is asked for again


def test_the_resolver_may_suggest_what_has_bars(emulator: Emulator) -> None:
    emulator.faults.set("delisted", symbols=["F001"])
    with rig(emulator) as yahoo:
        yahoo.history(THREE)
        assert yahoo.feed.known() == {"F000", "F002"}
