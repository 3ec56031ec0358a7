"""Quotes of the session in progress, with the real yfinance and curl, before an emulated Yahoo."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from core.feeds.base import Quotes
from core.feeds.yahoo_session import COOKIES_REST
from core.model import SymbolClass
from core.sessions import NEW_YORK
from tests.core.feeds.yahoo_rig import NOON, PANDAS, SESSION, Rig, fund, instruments, rig
from tests.emulator import Emulator

pytestmark = pytest.mark.filterwarnings(PANDAS)

THREE = instruments(3)
BULK = {"cookie": 1, "getcrumb": 1, "quote": 1}


def told(quotes: Quotes) -> list[tuple[str, str | None]]:
    return [(problem.kind, problem.symbol) for problem in quotes.problems]


def test_fifty_symbols_are_one_request(emulator: Emulator) -> None:
    wanted = instruments(120)
    with rig(emulator, now=NOON) as yahoo:
        quotes = yahoo.quotes(wanted)
    assert len(quotes.quotes) == 120
    assert emulator.log.by_endpoint() == BULK | {"quote": 3}
    assert max(len(entry.symbols) for entry in emulator.log.entries) == 50


def test_a_refresh_of_500_quotes_is_at_most_twelve_requests(emulator: Emulator) -> None:
    with rig(emulator, now=NOON) as yahoo:
        assert len(yahoo.quotes(instruments(500)).quotes) == 500
        assert emulator.log.count() <= 12
        yahoo.advance(15)
        emulator.log.clear()
        assert len(yahoo.quotes(instruments(500)).quotes) == 500
        assert emulator.log.count() == 10


def test_a_quote_tells_all_about_the_session(emulator: Emulator) -> None:
    with rig(emulator, now=NOON) as yahoo:
        quote = yahoo.quotes([fund("SPY")]).quotes["SPY"]
        live = emulator.market.live("SPY")
        assert (quote.session, quote.asof) == (SESSION, NOON)
        assert quote.price == pytest.approx(live.price, rel=1e-6)
        assert quote.open == pytest.approx(live.open, rel=1e-6)
        assert quote.high == pytest.approx(live.high, rel=1e-6)
        assert quote.low == pytest.approx(live.low, rel=1e-6)
        assert quote.volume == live.volume
        cap, at = yahoo.feed.market_caps()["SPY"]
        assert cap > 0
        assert at == NOON


def test_quotes_are_asked_for_again_after_some_seconds_only(emulator: Emulator) -> None:
    with rig(emulator, now=NOON) as yahoo:
        first = yahoo.quotes(THREE).quotes["F000"]
        yahoo.advance(4)
        assert yahoo.quotes(THREE).quotes["F000"] is first
        assert emulator.log.by_endpoint() == BULK
        yahoo.advance(1)
        assert yahoo.quotes(THREE).quotes["F000"].asof > first.asof
        assert emulator.log.by_endpoint() == BULK | {"quote": 2}


def test_indices_rates_and_volatility_are_quoted_too(emulator: Emulator) -> None:
    wanted = [fund("^GSPC", SymbolClass.INDEX), fund("^TNX", SymbolClass.RATE), fund("^VIX", SymbolClass.VOLATILITY)]
    with rig(emulator, now=NOON) as yahoo:
        assert yahoo.quotes(wanted).quotes.keys() == {"^GSPC", "^TNX", "^VIX"}


def test_a_quote_of_an_earlier_session_is_none_of_this_one(emulator: Emulator) -> None:
    with rig(emulator, now=datetime(2026, 1, 12, 9, tzinfo=NEW_YORK)) as yahoo:
        assert yahoo.quotes(THREE, date(2026, 1, 12)).quotes == {}


def test_a_symbol_without_a_quote_is_named_where_it_has_bars(emulator: Emulator) -> None:
    with rig(emulator, now=NOON) as yahoo:
        yahoo.history(THREE[:2])
        emulator.faults.set("delisted", endpoints=["quote"], symbols=["F001", "F002"])
        yahoo.advance(10)
        quotes = yahoo.quotes(THREE)
    assert told(quotes) == [("missing", "F001")]
    assert quotes.quotes.keys() == {"F000", "F001"}  # the one that came with the chart is kept


@pytest.mark.parametrize("fault", ["null_close", "zero_close", "null_last", "negative", "zero", "nan", "inf", "huge",
                                   "x10_last", "tokyo", "no_zone", "empty_quote", "other_symbol"])  # fmt: skip
def test_a_bad_quote_never_takes_the_place_of_a_good_one(emulator: Emulator, fault: str) -> None:
    with rig(emulator, now=NOON) as yahoo:
        yahoo.history(THREE)
        yahoo.advance(15)
        good = yahoo.quotes(THREE).quotes
        emulator.faults.set(fault, symbols=["F001"])
        yahoo.advance(15)
        quotes = yahoo.quotes(THREE)
        assert quotes.quotes["F001"] == good["F001"]
        assert quotes.quotes["F000"].asof > good["F000"].asof
        emulator.faults.clear()
        yahoo.advance(15)
        assert yahoo.quotes(THREE).quotes["F001"].asof == yahoo.clock.now()


def test_what_is_rejected_is_told_once(emulator: Emulator) -> None:
    with rig(emulator, now=NOON) as yahoo:
        yahoo.history(THREE)
        emulator.faults.set("x10_last", symbols=["F001"])
        yahoo.advance(15)
        quotes = yahoo.quotes(THREE)
        again = yahoo.quotes(THREE)
    assert [(one.symbol, one.session, one.field) for one in quotes.rejected] == [("F001", SESSION, "price")]
    assert again.rejected == ()


def test_an_older_quote_changes_nothing(emulator: Emulator) -> None:
    with rig(emulator, now=NOON) as yahoo:
        good = yahoo.quotes(THREE).quotes
        emulator.faults.set("stale")
        yahoo.advance(15)
        assert yahoo.quotes(THREE).quotes == good


def test_a_crumb_that_is_no_longer_valid_is_renewed(emulator: Emulator) -> None:
    with rig(emulator, now=NOON) as yahoo:
        yahoo.quotes(THREE)
        emulator.faults.set("401", endpoints=["quote"], times=1)
        yahoo.advance(15)
        quotes = yahoo.quotes(THREE)
    assert quotes.problems == ()
    assert quotes.quotes["F000"].asof == yahoo.clock.now()
    assert emulator.log.by_endpoint()["quote"] == 3


def test_a_crumb_that_is_never_valid_is_a_refusal(emulator: Emulator) -> None:
    emulator.faults.set("401", endpoints=["quote"])
    with rig(emulator, now=NOON) as yahoo:
        quotes = yahoo.quotes(THREE)
    assert [problem.text for problem in quotes.problems] == ["Yahoo refuses (401)"]
    assert emulator.log.by_endpoint()["quote"] == 2


def settled(yahoo: Rig) -> Quotes:
    """Quotes after all that was begun in the background has ended."""
    for job in yahoo.feed._live._single.values():
        job.exception(20)
    return yahoo.quotes(THREE)


@pytest.mark.parametrize("fault", ["stall_getcrumb", "429_getcrumb"])
def test_without_a_crumb_quotes_come_chart_by_chart(emulator: Emulator, fault: str) -> None:
    emulator.faults.set(fault)
    with rig(emulator, now=NOON, cookie_timeout=0.3) as yahoo:
        quotes = yahoo.quotes(THREE)
        assert told(quotes) == [("feed", None)]
        assert quotes.problems[0].text.startswith("Yahoo gives no crumb, without which it gives no quotes (Yahoo ")
        assert quotes.quotes.keys() == settled(yahoo).quotes.keys() == {"F000", "F001", "F002"}
        assert emulator.log.by_endpoint()["chart"] == 3
        assert "quote" not in emulator.log.by_endpoint()
        for _ in range(3):  # not more often than once a minute
            yahoo.advance(15)
            settled(yahoo)
        assert emulator.log.by_endpoint()["chart"] == 3
        yahoo.advance(15)
        settled(yahoo)
        assert settled(yahoo).quotes["F000"].asof == yahoo.clock.now()
        assert emulator.log.by_endpoint()["chart"] == 6


def test_a_network_that_is_gone_is_one_problem(emulator: Emulator) -> None:
    wanted = instruments(5)
    with rig(emulator, now=NOON) as yahoo:
        emulator.faults.set("unreachable")
        (problem,) = yahoo.quotes(wanted).problems
        assert problem.text.startswith("Yahoo cannot be reached; next try ")
        yahoo.advance(15)
        assert len(yahoo.quotes(wanted).problems) == 1


def test_a_crumb_endpoint_that_failed_is_left_alone_for_ten_minutes(emulator: Emulator) -> None:
    emulator.faults.set("429_getcrumb")
    with rig(emulator, now=NOON) as yahoo:
        for _ in range(40):
            settled(yahoo)
            yahoo.advance(14)
        asked = emulator.log.by_endpoint()["getcrumb"]
        assert asked <= 2  # one by each of the two ways to a crumb
        emulator.faults.clear()
        yahoo.advance(COOKIES_REST)
        emulator.log.clear()
        assert yahoo.quotes(THREE).problems == ()
        assert emulator.log.by_endpoint()["quote"] == 1


def test_where_the_cookie_host_is_blocked_the_consent_page_leads_to_a_crumb(emulator: Emulator) -> None:
    # fc.yahoo.com stands on lists of what blocks advertisements.
    emulator.faults.set("unreachable", endpoints=["cookie"])
    with rig(emulator, now=NOON) as yahoo:
        assert yahoo.quotes(THREE).quotes.keys() == {"F000", "F001", "F002"}


def test_history_does_not_wait_for_a_crumb_that_stalls(emulator: Emulator) -> None:
    emulator.faults.set("stall_getcrumb")
    emulator.faults.set("stall_cookie")
    with rig(emulator, now=NOON) as yahoo:
        history = yahoo.history(instruments(60))
    assert len(history.bars) == 60
    assert emulator.log.by_endpoint() == {"chart": 60}


def test_what_stalls_beyond_the_deadline_keeps_the_last_quotes(emulator: Emulator) -> None:
    with rig(emulator, now=NOON, deadline=1.0) as yahoo:
        good = yahoo.quotes(THREE).quotes
        emulator.faults.set("stall", endpoints=["quote"])
        yahoo.advance(15)
        quotes = yahoo.quotes(THREE)
        assert quotes.quotes == good
        assert told(quotes) == [("late", None)]
        assert told(yahoo.quotes(THREE)) == [("late", None)]
        assert emulator.log.by_endpoint()["quote"] == 2


def test_beyond_the_budget_quotes_are_not_waited_for(emulator: Emulator) -> None:
    wanted = instruments(6)
    with rig(emulator, now=NOON, budget=6) as yahoo:
        yahoo.history(wanted)
        yahoo.advance(15)
        quotes = yahoo.quotes(wanted)
        assert [problem.text for problem in quotes.problems] == [
            "Yahoo: quotes wait, for 6 requests were sent within a minute"
        ]
        assert len(quotes.quotes) == 6
        assert yahoo.feed.state().requests == 6
    assert emulator.log.count() == 6


def test_while_yahoo_refuses_nobody_asks_for_a_cookie_either(emulator: Emulator) -> None:
    emulator.faults.set("429", endpoints=["chart"])
    with rig(emulator, now=NOON) as yahoo:
        with pytest.raises(Exception, match="refuses"):
            yahoo.history(THREE)
        emulator.log.clear()
        quotes = yahoo.quotes(THREE)
        assert [problem.text for problem in quotes.problems] == ["Yahoo refuses (429); next try 12:01"]
        assert emulator.log.count() == 0
        yahoo.advance(70)  # a pause of theirs is no failure of the cookie's host
        emulator.faults.clear()
        assert len(yahoo.quotes(THREE).quotes) == 3
