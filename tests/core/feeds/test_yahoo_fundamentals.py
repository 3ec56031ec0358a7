"""The fundamentals of the funds: how a row is read, and how little is asked."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from core.feeds.yahoo_fundamentals import REQUESTS, REST, of_row, ratio
from core.valuation import FUNDS, Answer
from tests.core.feeds.yahoo_rig import EVENING, FIRST, PANDAS, SESSION, SHIPPED, Rig, fund, rig
from tests.emulator import Emulator

pytestmark = pytest.mark.filterwarnings(PANDAS)

ROW = {
    "regularMarketTime": int(EVENING.timestamp()) - 4 * 3600,
    "regularMarketPrice": 690.5,
    "trailingPE": 27.9,
    "sharesOutstanding": 917_782_016,
    "priceToBook": 1.6,
}


def read(row: dict[str, Any], book: object = 0.2) -> tuple[Any, dict[str, float]]:
    found, rejected = of_row("SPY", row, book, EVENING, SESSION)
    return found, {one.field: one.value for one in rejected}


def answered(yahoo: Rig) -> Answer:
    """The answer to the question that is asked now."""
    answer = yahoo.feed.fundamentals(30.0)
    assert answer is not None
    return answer


def requests(emulator: Emulator, endpoint: str) -> int:
    return sum(entry.endpoint == endpoint for entry in emulator.log.entries)


# --- one row ----------------------------------------------------------------------------------------------------------


def test_a_row_has_the_session_of_its_quote_and_the_book_of_the_holdings() -> None:
    found, rejected = read(ROW)
    assert (found.session, found.fetched_at, found.source) == (SESSION, EVENING, "yahoo")
    assert (found.trailing_pe, found.shares, found.price) == (27.9, 917_782_016, 690.5)
    assert found.price_to_book == 5.0  # that of the quote is of something else
    assert (found.forward_pe, found.losses) == (None, "unknown")
    assert rejected == {}


@pytest.mark.parametrize(
    ("column", "field", "value"),
    [
        *(("trailingPE", "trailing_pe", value) for value in (-4.0, 0.0, 1.9, 200.1, 1e12, math.inf)),
        *(("forwardPE", "forward_pe", value) for value in (-1.0, 900.0)),
        *(("sharesOutstanding", "shares", value) for value in (-1, 0, 99_999, 2e11)),
        *(("regularMarketPrice", "price", value) for value in (0.0, -3.0)),
    ],
)
def test_what_cannot_be_is_rejected_and_the_rest_kept(column: str, field: str, value: float) -> None:
    found, rejected = read({**ROW, column: value})
    assert getattr(found, field) is None
    assert rejected == {field: value}
    assert found.price_to_book == 5.0


@pytest.mark.parametrize("value", [math.nan, None, "27.9", True])
def test_what_is_no_number_is_missing(value: object) -> None:
    found, rejected = read({**ROW, "trailingPE": value})
    assert (found.trailing_pe, rejected) == (None, {})


@pytest.mark.parametrize("at", [EVENING + timedelta(hours=1), EVENING - timedelta(days=31)])
def test_without_a_believable_time_nothing_counts(at: Any) -> None:
    found, rejected = read({**ROW, "regularMarketTime": int(at.timestamp())})
    assert (found.session, found.trailing_pe, found.shares) == (SESSION, None, None)
    assert rejected == {"time": at.timestamp()}


def test_a_row_that_is_empty_is_an_answer_too() -> None:
    found, rejected = read({})
    assert (found.session, found.trailing_pe, rejected) == (SESSION, None, {})


@pytest.mark.parametrize(("said", "expected"), [(0.03516, 28.441), (0.27355, 3.6556), (29.6, 29.6), (1.0, 1.0)])
def test_a_yield_under_the_name_of_a_ratio_is_turned_over(said: float, expected: float) -> None:
    assert ratio(said) == pytest.approx(expected, rel=1e-4)
    assert math.isnan(ratio(math.nan))
    assert ratio(-0.5) == -0.5


# --- the questions ----------------------------------------------------------------------------------------------------


@pytest.fixture
def yahoo(emulator: Emulator) -> Iterator[Rig]:
    with rig(emulator) as made:
        yield made


def test_one_question_brings_all_funds(yahoo: Rig, emulator: Emulator) -> None:
    emulator.market.set_fundamentals("IWM", trailingPE=18.5, priceToBook=1.9, sharesOutstanding=250_000_000)
    emulator.market.set_fundamentals("SPY", trailingPE=-3.0)
    answer = answered(yahoo)
    found = {one.symbol: one for one in answer.found}
    assert set(found) == set(FUNDS)
    assert {one.session for one in answer.found} == {SESSION}
    assert (found["IWM"].trailing_pe, found["IWM"].shares) == (18.5, 250_000_000)
    assert found["IWM"].price_to_book == pytest.approx(1.9, rel=1e-4)
    assert found["SPY"].trailing_pe is None
    assert [(one.symbol, one.field, one.value) for one in answer.rejected] == [("SPY", "trailing_pe", -3.0)]
    assert (requests(emulator, "quote"), requests(emulator, "summary")) == (1, 3)


def test_without_the_book_the_rest_is_there(yahoo: Rig, emulator: Emulator) -> None:
    emulator.faults.set("503", endpoints=["summary"])
    found = {one.symbol: one for one in answered(yahoo).found}
    assert {one.price_to_book for one in found.values()} == {None}
    assert all(one.trailing_pe for one in found.values())


def test_a_failure_is_told_and_not_repeated_for_an_hour(yahoo: Rig, emulator: Emulator) -> None:
    emulator.faults.set("503", endpoints=["quote"])
    failed = answered(yahoo)
    assert failed.found == ()
    assert failed.failure.startswith("Yahoo gave no fundamentals: Yahoo fails (503)")
    asked = len(emulator.log.entries)
    yahoo.advance(REST - 1)
    assert yahoo.feed.fundamentals(0.0) == failed
    assert len(emulator.log.entries) == asked
    emulator.faults.clear()
    yahoo.advance(2)
    assert answered(yahoo).found


def test_prices_come_whatever_happens_to_fundamentals(yahoo: Rig, emulator: Emulator) -> None:
    emulator.faults.set("stall", endpoints=["quote", "summary"])
    assert yahoo.feed.fundamentals(0.0) == Answer(more=True)
    assert yahoo.history([fund("SPY")], FIRST).bars["SPY"].sessions[-1].item() == date(2026, 1, 9)


def test_a_closed_feed_answers_nothing(yahoo: Rig, emulator: Emulator) -> None:
    yahoo.feed.close()
    assert yahoo.feed.fundamentals(0.0) is None
    assert not emulator.log.entries


def test_it_is_not_asked_for_where_the_budget_is_spent(emulator: Emulator) -> None:
    with rig(emulator, budget=REQUESTS) as yahoo:
        yahoo.history([fund("SPY")], FIRST)
        assert yahoo.feed.fundamentals(30.0) is None
        assert requests(emulator, "quote") == 0


def test_what_is_left_of_the_budget_is_used(emulator: Emulator) -> None:
    with rig(emulator, budget=1 + REQUESTS + 1) as yahoo:
        yahoo.history([fund("SPY")], FIRST)
        answer = answered(yahoo)
        assert not answer.more
        assert [one.symbol for one in answer.found if one.trailing_pe] == list(FUNDS)
        assert [one.symbol for one in answer.found if one.price_to_book] == [FUNDS[0]]


def test_the_shipped_budget_holds_the_screen_and_the_funds_without_a_pause(emulator: Emulator) -> None:
    """On a clock that stands still whatever is sent in step would wait for ever."""
    with rig(emulator, budget=SHIPPED.budget_per_minute) as yahoo:
        yahoo.history([fund("SPY")], FIRST)
        assert {one.price_to_book is None for one in answered(yahoo).found} == {False}


def test_what_has_come_is_told_before_the_rest(yahoo: Rig, emulator: Emulator) -> None:
    emulator.faults.set("stall", endpoints=["summary"])
    answer: Answer | None = Answer()
    while not (answer and answer.found):
        answer = yahoo.feed.fundamentals(0.1)
    assert answer.more
    assert all(one.trailing_pe for one in answer.found)
    assert yahoo.feed.fundamentals(0.0) == Answer(more=True)
