"""What is asked for of one symbol, and what is made of the answer; Yahoo is a function here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from core.errors import FeedError, FeedPaused, FeedThrottled, FeedTimeout, FeedUnreachable, UnknownSymbol
from core.feeds.yahoo_answers import Chart
from core.feeds.yahoo_history import RECENT, Disbelieved, Outcome, Wanted, insisting, top_up
from core.feeds.yahoo_series import REST, Series
from core.model import Instrument, Session, SymbolClass
from core.panel import Bars, Days
from core.sessions import NEW_YORK
from tests.core.feeds.bars import CALENDAR, LAST, bars, rows, same, sessions, times, without

SPY = Instrument("SPY", "S&P 500", SymbolClass.FUND, "index_funds")
TNX = Instrument("^TNX", "10 years", SymbolClass.RATE, "rates")
WHOLE = bars(60)
DAYS = sessions(60)
CLOSED = datetime(2026, 1, 9, 16, tzinfo=NEW_YORK)


@dataclass
class Yahoo:
    """Gives the bars it has from the day asked for on, and writes the questions down."""

    bars: Bars
    meta: dict[str, Any] = field(default_factory=dict)
    splits: Mapping[Session, float] = field(default_factory=dict)
    asked: list[date] = field(default_factory=list)

    def __call__(self, first: date) -> Chart:
        self.asked.append(first)
        values: dict[str, Any] = {
            "symbol": self.bars.symbol,
            "zone": "America/New_York",
            "price": float(self.bars.close[-1]),
            "at": CLOSED,
            "closes_at": CLOSED,
            "first_trade": date(1993, 1, 29),
            "year_low": float(self.bars.low.min()),
            "year_high": float(self.bars.high.max()),
        }
        return Chart(bars=self.bars.since(first), splits=self.splits, **(values | self.meta))


def wanted(
    stored: Bars | None, days: Days = DAYS, *, instrument: Instrument = SPY, since: date | None = None
) -> Wanted:
    return Wanted(instrument, days, stored, since)


def asked(want: Wanted, yahoo: Yahoo) -> Outcome:
    start = want.ask_from()
    assert start is not None
    return top_up(want, start, yahoo, CALENDAR)


def stored(first: int, last: int) -> Bars:
    return rows(WHOLE, [*range(first, last)])


def day(row: int) -> date:
    found: date = DAYS[row].item()
    return found


# What to ask for


def test_nothing_stored_is_asked_for_whole() -> None:
    assert wanted(None).ask_from() == day(0)


def test_a_complete_series_is_not_asked_for() -> None:
    assert wanted(WHOLE).ask_from() is None


def test_the_sessions_after_the_stored_ones_are_asked_for_with_an_overlap() -> None:
    assert wanted(stored(0, 57)).ask_from() == day(50)
    assert wanted(stored(0, 3)).ask_from() == day(0)


def test_a_hole_of_these_days_is_asked_for_and_an_older_one_is_not() -> None:
    assert wanted(without(WHOLE, 60 - RECENT)).ask_from() == day(60 - RECENT - 7)
    assert wanted(without(WHOLE, 60 - RECENT - 1)).ask_from() is None


def test_a_rate_has_holidays_of_its_own_and_is_asked_for_its_tail_only() -> None:
    rate = replace(WHOLE, symbol="^TNX")
    assert wanted(without(rate, 55), instrument=TNX).ask_from() is None
    assert wanted(without(rate, 59), instrument=TNX).ask_from() is not None


def test_older_sessions_are_asked_for_until_they_were_asked_for() -> None:
    assert wanted(stored(20, 60)).ask_from() is not None
    assert wanted(stored(20, 60), since=day(0)).ask_from() is None
    assert wanted(stored(20, 60), since=day(10)).ask_from() is not None


# What is made of the answer


def test_a_top_up_asks_once() -> None:
    yahoo = Yahoo(WHOLE)
    outcome = asked(wanted(stored(0, 57)), yahoo)
    assert same(outcome.bars, WHOLE)
    assert yahoo.asked == [day(50)]


def test_a_top_up_that_brings_nothing_leaves_the_series_itself() -> None:
    have = stored(0, 57)
    assert asked(wanted(have), Yahoo(have)).bars is have


def test_whether_there_is_older_history_is_asked_once() -> None:
    yahoo = Yahoo(stored(20, 60), {"first_trade": day(20)})
    outcome = asked(wanted(stored(20, 60)), yahoo)
    assert len(yahoo.asked) == 1
    assert wanted(outcome.bars, since=outcome.asked_from).ask_from() is None


@pytest.mark.parametrize("first_trade", [None, date(1993, 1, 29)])
def test_older_history_there_is_or_may_be_is_fetched(first_trade: date | None) -> None:
    yahoo = Yahoo(WHOLE, {"first_trade": first_trade})
    outcome = asked(wanted(stored(20, 60)), yahoo)
    assert same(outcome.bars, WHOLE)
    assert yahoo.asked[1:] == [day(0)]


def test_a_restated_history_is_asked_for_whole_and_as_far_back_as_it_is_stored() -> None:
    restated = replace(WHOLE, adj_close=np.where(np.arange(60) < 58, 0.98, 1.0) * WHOLE.adj_close)
    yahoo = Yahoo(restated)
    outcome = asked(wanted(stored(0, 57), DAYS[30:]), yahoo)
    assert same(outcome.bars, restated)
    assert yahoo.asked[1:] == [day(0)]


def test_a_restated_history_with_a_hole_at_the_edge_is_not_taken() -> None:
    restated = replace(WHOLE, adj_close=np.where(np.arange(60) < 55, 0.98, 1.0) * WHOLE.adj_close)
    with pytest.raises(Disbelieved, match="the prices were restated, but some of the stored ones are missing"):
        asked(wanted(stored(0, 57)), Yahoo(without(restated, 55)))


@pytest.mark.parametrize("factor", [10.0, 0.25])
def test_a_history_on_another_level_is_not_taken(factor: float) -> None:
    wrong = times(WHOLE, factor, slice(0, 59))
    true = {"year_low": float(WHOLE.low.min()), "year_high": float(WHOLE.high.max())}
    for have in (None, stored(0, 57)):
        with pytest.raises(Disbelieved, match="another level") as caught:
            asked(wanted(have), Yahoo(wrong, true))
        assert [one.field for one in caught.value.rejected] == ["close"]


def test_a_restatement_without_an_event_is_taken_where_the_answer_agrees_with_itself() -> None:
    everything = times(WHOLE, 0.25)
    assert same(asked(wanted(stored(0, 57)), Yahoo(everything)).bars, everything)


def test_an_answer_without_a_usable_bar_is_not_taken() -> None:
    with pytest.raises(Disbelieved, match="no bar of it can be used"):
        asked(wanted(None), Yahoo(replace(WHOLE, close=np.full(60, np.nan))))


@pytest.mark.parametrize(
    ("at", "closes_at", "taken"),
    [
        (CLOSED, CLOSED, True),
        (CLOSED - timedelta(minutes=29), CLOSED, True),  # the last trade of a fund that trades little
        (CLOSED - timedelta(minutes=31), CLOSED, False),
        (CLOSED - timedelta(hours=1), CLOSED - timedelta(hours=1), True),  # the rates of Cboe end at 15:00
        (CLOSED - timedelta(hours=3), CLOSED + timedelta(days=3), False),
        (CLOSED + timedelta(days=3), CLOSED + timedelta(days=3), True),
        (None, None, True),
    ],
)
def test_a_bar_from_before_the_end_of_its_session_waits(
    at: datetime | None, closes_at: datetime | None, *, taken: bool
) -> None:
    outcome = asked(wanted(None), Yahoo(WHOLE, {"at": at, "closes_at": closes_at}))
    assert (outcome.bars.sessions[-1].item() == LAST) is taken


# How asking for it went


def test_a_symbol_rests_the_longer_the_more_often_it_failed() -> None:
    series, now, pauses = Series(SPY), 0.0, []
    for _ in range(9):
        series.failed(FeedTimeout("no answer"), now)
        pauses.append(series.rests_until - now)
        now = series.rests_until
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_a_symbol_nobody_asked_about_does_not_rest() -> None:
    series = Series(SPY)
    series.failed(FeedPaused("refused; next try 12:01", FeedError("refused")), 100.0)
    assert series.rests_until == 0.0


def test_an_unknown_symbol_rests_for_the_longest_time_at_once() -> None:
    series = Series(SPY)
    series.failed(UnknownSymbol("never heard"), 0.0)
    assert series.rests_until == REST.most


def test_an_answer_that_is_complete_ends_the_rest() -> None:
    series = Series(SPY)
    series.failed(FeedTimeout("no answer"), 0.0)
    series.took(asked(wanted(None), Yahoo(WHOLE)), DAYS, 30.0, CLOSED)
    assert (series.tries, series.rests_until, series.error, series.answered_at) == (0, 30.0, None, CLOSED)
    series.took(asked(wanted(None), Yahoo(stored(0, 58))), DAYS, 40.0, CLOSED)
    assert (series.tries, series.rests_until) == (1, 70.0)


def test_a_series_is_checked_once_for_the_events_of_a_session() -> None:
    series, monday = Series(SPY, bars=WHOLE), CLOSED + timedelta(days=3)
    assert series.unchecked(CLOSED, 0.0)
    series.recall(WHOLE, CLOSED)
    assert not series.unchecked(CLOSED, 0.0)
    assert series.unchecked(monday, 0.0)
    series.failed(FeedTimeout("no answer"), 0.0)
    assert not series.unchecked(monday, 29.0)
    assert series.unchecked(monday, 30.0)


def test_what_is_cut_is_cut_once() -> None:
    series = Series(SPY, bars=WHOLE)
    part = series.within(day(10), day(50))
    assert part is not None
    assert len(part) == 41
    assert series.within(day(10), day(50)) is part
    assert series.within(day(0), day(59)) is WHOLE
    assert series.within(date(2030, 1, 2), date(2030, 1, 3)) is None


def test_what_is_stored_and_what_is_known_are_put_together() -> None:
    series, longer = Series(SPY), stored(0, 50)
    series.recall(longer, CLOSED)
    assert (series.bars, series.fresh) == (longer, False)
    series.bars = stored(10, 50)
    series.recall(longer, CLOSED)
    assert (series.bars, series.fresh) == (longer, False)
    series.recall(stored(30, 60), CLOSED)
    assert same(series.bars, WHOLE)
    assert series.fresh


def test_of_two_bases_the_series_that_reaches_further_is_taken() -> None:
    series, restated = Series(SPY, bars=stored(0, 50)), times(stored(0, 51), 0.5)
    series.recall(times(stored(0, 49), 0.5), CLOSED)
    assert same(series.bars, stored(0, 50))
    series.recall(restated, CLOSED)
    assert series.bars is restated


REFUSED, UNREACHABLE = FeedThrottled("429"), FeedUnreachable("503")


@pytest.mark.parametrize(
    ("failures", "refusals", "asked"),
    [
        ([REFUSED], 0, 1),
        ([REFUSED, REFUSED], 2, 3),
        ([REFUSED, REFUSED, REFUSED], 2, 3),
        ([UNREACHABLE], 0, 2),
        ([UNREACHABLE, UNREACHABLE], 0, 2),
        ([REFUSED, UNREACHABLE], 1, 3),
        ([FeedTimeout("late")], 5, 1),
        ([FeedPaused("paused", REFUSED)], 5, 1),
    ],
)
def test_how_often_is_asked(failures: list[FeedError], refusals: int, asked: int) -> None:
    yahoo, left, questions = Yahoo(WHOLE), iter(failures), []

    def ask() -> Chart:
        questions.append(1)
        for failure in left:
            raise failure
        return yahoo(day(0))

    if asked > len(failures):
        assert insisting(ask, refusals=refusals).bars is WHOLE
    else:
        with pytest.raises(type(failures[asked - 1])):
            insisting(ask, refusals=refusals)
    assert len(questions) == asked
