"""The feed alpaca against its emulator, over real HTTP: what it asks, what it makes of the answers, how it fails."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import numpy as np
import pytest

from core.errors import FeedError, FeedGarbled, FeedPaused, FeedRefused, FeedThrottled, FeedTimeout, FeedUnreachable
from core.feeds.alpaca import ASK_AGAIN, AlpacaFeed, open_alpaca
from core.feeds.alpaca_keys import VARIABLES
from core.feeds.base import Feed, History
from core.feeds.throttle import Budget
from core.model import Instrument, Problem, Session, SymbolClass
from core.sessions import Calendar, FixedClock
from core.settings_load import defaults
from tests.core.feeds import alpaca_server
from tests.core.feeds.alpaca_server import KEY_ID, SECRET, AlpacaServer, Asked, Reply, Stock, serving, steady

FIRST, LAST, TODAY = date(2025, 11, 3), date(2026, 1, 9), date(2026, 1, 12)
NOON = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)
FINAL = datetime(2026, 1, 12, 21, 15, tzinfo=UTC)
CHECK = ": check the key, and what its plan permits"
UNUSABLE = "Alpaca gave an unusable answer "
EVER = 3_600.0  # seconds of a time-out that must not be what ends a test
PATIENCE = 60.0  # seconds until a test that waits for what never comes fails


def instruments(*symbols: str) -> list[Instrument]:
    return [Instrument(symbol, symbol, SymbolClass.FUND, "test") for symbol in symbols]


def texts(problems: tuple[Problem, ...], kind: str) -> dict[str | None, str]:
    return {problem.symbol: problem.text for problem in problems if problem.kind == kind}


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def days(calendar: Calendar) -> list[Session]:
    """The sessions from the first to the one in progress."""
    sessions: list[Session] = calendar.sessions(FIRST, TODAY).tolist()
    return sessions


@pytest.fixture
def server(days: list[Session]) -> Iterator[AlpacaServer]:
    """It knows SPY, IWM and QQQ."""
    with serving() as server:
        server.stocks = {symbol: steady(days, 100 + n) for n, symbol in enumerate(("IWM", "QQQ", "SPY"))}
        yield server


@dataclass
class Client:
    """A feed at the emulator, with a clock that stands."""

    feed: AlpacaFeed
    clock: FixedClock

    def history(self, *symbols: str, first: Session = FIRST, last: Session = TODAY) -> History:
        return self.feed.history(instruments(*symbols), first, last)


Open = Callable[..., Client]


@pytest.fixture
def open_feed(server: AlpacaServer, calendar: Calendar, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    for name, part in zip(VARIABLES, (KEY_ID, SECRET), strict=True):
        monkeypatch.setenv(name, part)
    opened: list[AlpacaFeed] = []

    def open_feed(now: datetime = NOON, **changes: Any) -> Client:
        settings = msgspec.structs.replace(
            defaults().settings.feed.alpaca, **{"url": server.url, "timeout": EVER, **changes}
        )
        clock = FixedClock(now)
        opened.append(open_alpaca(settings, calendar, clock=clock))
        return Client(opened[-1], clock)

    yield open_feed
    for feed in opened:
        feed.close()


class TestHistory:
    def test_many_symbols_are_one_request_for_each_price_base(
        self, server: AlpacaServer, open_feed: Open, days: list[Session]
    ) -> None:
        symbols = [f"F{n:02d}" for n in range(61)]
        server.stocks = {symbol: steady(days, 50) for symbol in symbols}
        assert len(open_feed().history(*symbols).bars) == 61
        px, tr = server.take()
        span = {"start": "2025-11-03T05:00:00+00:00", "end": "2026-01-09T05:00:01+00:00"}
        common = {"timeframe": "1Day", "feed": "sip", "limit": "10000", **span}
        for asked, adjustment in ((px, "split"), (tr, "all")):
            assert asked.path == "/v2/stocks/bars"
            assert asked.symbols == symbols
            assert asked.params.items() >= {**common, "adjustment": adjustment}.items()

    def test_prices_stand_on_both_bases(self, server: AlpacaServer, open_feed: Open) -> None:
        """A split 2:1 and, one session later, a dividend of 1.00 on a close of 50."""
        monday, tuesday, wednesday, thursday = (date(2025, 12, day) for day in (1, 2, 3, 4))
        server.stocks["SPY"] = Stock(
            {
                monday: (98, 102, 96, 100, 1000),
                tuesday: (50, 51, 49, 50, 2000),
                wednesday: (49, 50, 48, 49, 2100),
                thursday: (49, 53, 48, 52, 2200),
            },
            splits={tuesday: 2.0},
            dividends={wednesday: 1.0},
        )
        bars = open_feed().history("SPY", first=monday, last=thursday).bars["SPY"]
        assert bars.sessions.tolist() == [monday, tuesday, wednesday, thursday]
        assert bars.open.tolist() == [49, 50, 49, 49]
        assert bars.high.tolist() == [51, 51, 50, 53]
        assert bars.low.tolist() == [48, 49, 48, 48]
        assert bars.close.tolist() == [50, 50, 49, 52]
        assert bars.adj_close.tolist() == [49, 49, 49, 52]
        assert bars.volume.tolist() == [2000, 2000, 2100, 2200]
        assert bars.adjusted

    def test_pages_are_put_together(self, server: AlpacaServer, open_feed: Open) -> None:
        whole = open_feed().history("SPY", "IWM", "QQQ").bars
        server.take()
        server.page = 50
        paged = open_feed().history("SPY", "IWM", "QQQ").bars
        rows = sum(len(bars) for bars in whole.values())
        assert len(server.take()) == 2 * -(-rows // 50)
        for symbol, bars in whole.items():
            assert np.array_equal(paged[symbol].sessions, bars.sessions)
            assert np.array_equal(paged[symbol].adj_close, bars.adj_close)

    def test_what_alpaca_lacks_is_named_and_the_rest_kept(self, server: AlpacaServer, open_feed: Open) -> None:
        client = open_feed()
        found = client.history("SPY", "SPYY", "^GSPC", "ES=F", "SPY")
        assert set(found.bars) == {"SPY"}
        assert texts(found.problems, "missing") == {
            "SPYY": "SPYY: Alpaca has no price from 2025-11-03 to 2026-01-09",
            "^GSPC": "^GSPC: Alpaca has no index levels",
            "ES=F": "ES=F: Alpaca has stocks and funds of US exchanges only",
        }
        assert [asked.symbols for asked in server.take()] == [["SPY", "SPYY"], ["SPY"]]
        assert client.feed.known() == {"SPY", "^GSPC", "ES=F"}

    def test_nothing_that_alpaca_has_is_no_request(self, server: AlpacaServer, open_feed: Open) -> None:
        assert open_feed().history("^GSPC").bars == {}
        assert server.take() == []

    def test_a_class_of_shares_is_spelt_as_alpaca_does(self, server: AlpacaServer, open_feed: Open) -> None:
        server.stocks["BRK.B"] = server.stocks["SPY"]
        found = open_feed().history("BRK-B")
        assert found.bars["BRK-B"].symbol == "BRK-B"
        assert found.problems == ()

    def test_a_batch_is_as_large_as_the_settings_say(self, server: AlpacaServer, open_feed: Open) -> None:
        open_feed(batch=2).history("SPY", "IWM", "QQQ")
        assert [asked.symbols for asked in server.take()] == [["SPY", "IWM"], ["IWM", "SPY"], ["QQQ"], ["QQQ"]]

    def test_the_session_in_progress_is_no_history(self, open_feed: Open) -> None:
        assert open_feed(NOON).history("SPY").bars["SPY"].sessions[-1].item() == LAST
        assert open_feed(FINAL).history("SPY").bars["SPY"].sessions[-1].item() == TODAY

    def test_days_before_the_calendar_are_not_asked_for(self, server: AlpacaServer, open_feed: Open) -> None:
        assert len(open_feed().history("SPY", first=date(1926, 1, 1)).bars["SPY"])
        assert server.take()[0].params["start"].startswith("1990-01-01")

    def test_rows_that_cannot_be_are_left_out_and_named(
        self, server: AlpacaServer, open_feed: Open, days: list[Session]
    ) -> None:
        bars = server.stocks["SPY"].bars
        saturday = date(2025, 12, 6)
        bars[saturday] = bars[days[4]]
        opened, high, low, _close, volume = bars[days[6]]
        bars[days[6]] = (opened, high, low, 0.0, volume)
        del bars[days[8]]
        found = open_feed().history("SPY")
        assert {days[6], days[8], saturday}.isdisjoint(found.bars["SPY"].sessions.tolist())
        assert {(one.session, one.field) for one in found.rejected} == {(saturday, "close"), (days[6], "close")}
        assert list(texts(found.problems, "rejected")) == ["SPY"]
        assert texts(found.problems, "missing")["SPY"] == f"SPY: 2 × no bar of a session (first {days[6]})"

    def test_text_from_outside_is_cleaned(self, server: AlpacaServer, open_feed: Open) -> None:
        server.every = alpaca_server.refuse(503, "\x1b[31mred\nalert")
        with pytest.raises(FeedUnreachable, match=r"Alpaca fails \(503: \[31mred alert\)"):
            open_feed().history("SPY")


class TestWhatIsHeld:
    def test_an_answer_is_asked_for_once(self, server: AlpacaServer, open_feed: Open) -> None:
        client = open_feed()
        first = client.history("SPY", "IWM")
        again = client.history("SPY", "IWM", first=date(2025, 12, 1), last=LAST)
        assert len(server.take()) == 2
        assert {bars.symbol for bars in first.fresh} == {"SPY", "IWM"}
        assert again.fresh == ()
        assert again.bars["SPY"].sessions[0].item() == date(2025, 12, 1)

    def test_a_finished_session_and_older_ones_are_asked_for(self, server: AlpacaServer, open_feed: Open) -> None:
        client = open_feed()
        client.history("SPY", first=date(2025, 12, 1))
        client.history("SPY")
        client.clock.advance((FINAL - NOON).total_seconds())
        assert client.history("SPY").bars["SPY"].sessions[-1].item() == TODAY
        assert len(server.take()) == 6

    def test_what_lacks_is_asked_for_again_after_a_while(self, server: AlpacaServer, open_feed: Open) -> None:
        client = open_feed()
        late = server.stocks["IWM"].bars.pop(LAST)
        client.history("SPY", "IWM", "NEW")
        server.take()
        client.clock.advance(ASK_AGAIN - 1)
        client.history("SPY", "IWM", "NEW")
        assert server.take() == []
        server.stocks["IWM"].bars[LAST] = late
        server.stocks["NEW"] = server.stocks["SPY"]
        client.clock.advance(1)
        found = client.history("SPY", "IWM", "NEW")
        assert [asked.symbols for asked in server.take()] == [["IWM", "NEW"], ["IWM", "NEW"]]
        assert found.problems == ()

    def test_refreshes_that_overlap_ask_once(self, server: AlpacaServer, open_feed: Open) -> None:
        client = open_feed()
        found: list[History] = []
        threads = [threading.Thread(target=lambda: found.append(client.history("SPY", "IWM"))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [set(history.bars) for history in found] == [{"SPY", "IWM"}] * 4
        assert len(server.take()) == 2

    def test_a_failure_takes_nothing_away(self, server: AlpacaServer, open_feed: Open) -> None:
        client = open_feed()
        before = client.history("SPY", "IWM").bars
        client.clock.advance((FINAL - NOON).total_seconds())
        server.every = alpaca_server.refuse(503)
        found = client.history("SPY", "IWM")
        assert {symbol: len(bars) for symbol, bars in found.bars.items()} == {s: len(b) for s, b in before.items()}
        assert texts(found.problems, "feed") == {"SPY": "SPY: Alpaca fails (503)", "IWM": "IWM: Alpaca fails (503)"}
        assert found.fresh == ()

    def test_an_empty_answer_takes_nothing_away(self, server: AlpacaServer, open_feed: Open) -> None:
        client = open_feed()
        before = client.history("SPY").bars["SPY"]
        del server.stocks["SPY"]
        client.clock.advance((FINAL - NOON).total_seconds())
        assert np.array_equal(client.history("SPY").bars["SPY"].sessions, before.sessions)


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "error", "text"),
        [
            (
                alpaca_server.refuse(401, "not authorized"),
                FeedRefused,
                "Alpaca refuses the key, or the plan does not permit it (401: not authorized)" + CHECK,
            ),
            (
                alpaca_server.refuse(403, "no recent SIP data"),
                FeedRefused,
                "Alpaca refuses the key, or the plan does not permit it (403: no recent SIP data)" + CHECK,
            ),
            (alpaca_server.refuse(500), FeedUnreachable, "Alpaca fails (500)"),
            (alpaca_server.body(b"<html>busy</html>", 502), FeedUnreachable, "Alpaca fails (502)"),
            (alpaca_server.refuse(400, "bad"), FeedGarbled, UNUSABLE + "(400: bad)"),
            (
                alpaca_server.body(b"", 302, Location="http://127.0.0.1:9/"),
                FeedGarbled,
                UNUSABLE + "(302)",
            ),
            (
                alpaca_server.body(b'{"bars": {"SPY": [{"t": "20'),
                FeedGarbled,
                UNUSABLE + "(Input data was truncated)",
            ),
            (
                alpaca_server.body(b"<html>hello</html>"),
                FeedGarbled,
                UNUSABLE + "(JSON is malformed: invalid character (byte 0))",
            ),
            (
                alpaca_server.body(b'{"bars": {"SPY": [{"t": 5}]}}'),
                FeedGarbled,
                UNUSABLE + "(Expected `datetime`, got `int` - at `$.bars[...][0].t`)",
            ),
            (
                alpaca_server.body(b'{"bars": {"SPY": [{"t": "2025-12-01T05:00:00"}]}}'),
                FeedGarbled,
                UNUSABLE + "(Expected `datetime` with a timezone component - at `$.bars[...][0].t`)",
            ),
            (
                alpaca_server.body(b'{"bars": {"\xff": []}}'),
                FeedGarbled,
                UNUSABLE + "(not JSON)",
            ),
            (
                alpaca_server.body(b"[" * 100_000),
                FeedGarbled,
                UNUSABLE + "(Expected `object`, got `array`)",
            ),
            (
                alpaca_server.body(b"{}", Content_Encoding="br"),
                FeedGarbled,
                UNUSABLE + "(its compression is broken)",
            ),
            (
                alpaca_server.cut,
                FeedUnreachable,
                "Alpaca broke off in the middle of its answer: check the network",
            ),
            (alpaca_server.reset, FeedUnreachable, "Alpaca cannot be reached: check the network"),
        ],
    )
    def test_each_is_an_error_of_its_kind(
        self, server: AlpacaServer, open_feed: Open, fault: Reply, error: type[FeedError], text: str
    ) -> None:
        server.every = fault
        with pytest.raises(error) as raised:
            open_feed().history("SPY")
        assert (type(raised.value), str(raised.value)) == (error, text)
        assert len(server.take()) == 1

    @pytest.mark.parametrize("fault", [alpaca_server.stall, alpaca_server.trickle])
    def test_an_answer_that_does_not_end_is_given_up(self, server: AlpacaServer, open_feed: Open, fault: Reply) -> None:
        server.every = fault
        with pytest.raises(FeedTimeout, match="Alpaca does not answer in time"):
            open_feed(timeout=0.3).history("SPY")

    def test_nobody_goes_on_reading_an_answer_that_was_given_up(self, server: AlpacaServer, open_feed: Open) -> None:
        server.every = alpaca_server.trickle
        with pytest.raises(FeedTimeout):
            open_feed(timeout=0.3).history("SPY")
        assert server.hung_up.wait(PATIENCE)

    def test_closing_ends_what_is_under_way(self, server: AlpacaServer, open_feed: Open) -> None:
        server.every = alpaca_server.stall
        client = open_feed()
        failures: list[FeedError] = []

        def ask() -> None:
            try:
                client.history("SPY")
            except FeedError as error:
                failures.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        assert server.arrived.wait(PATIENCE)
        client.feed.close()
        thread.join(PATIENCE)
        assert [str(error) for error in failures] == ["Alpaca is no longer asked: the feed is closed"]
        with pytest.raises(FeedError):
            client.history("SPY")
        assert len(server.take()) == 1

    def test_429_is_silence_until_the_time_it_names(self, server: AlpacaServer, open_feed: Open) -> None:
        client = open_feed()
        server.faults = [alpaca_server.refuse(429, Retry_After="600")]
        with pytest.raises(FeedThrottled, match=r"^Alpaca refuses \(429\); next try 12:10$"):
            client.history("SPY")
        client.clock.advance(599)
        with pytest.raises(FeedPaused, match=r"^Alpaca refuses \(429\); next try 12:10$"):
            client.history("SPY")
        assert len(server.take()) == 1
        client.clock.advance(1)
        assert "SPY" in client.history("SPY").bars

    def test_the_reset_of_a_budget_is_a_time_too(self, server: AlpacaServer, open_feed: Open) -> None:
        reset = str(int(NOON.timestamp()) + 300)
        server.every = alpaca_server.refuse(429, "too many requests.", X_RateLimit_Reset=reset)
        with pytest.raises(FeedThrottled, match=r"^Alpaca refuses \(429: too many requests.\); next try 12:05$"):
            open_feed().history("SPY")

    def test_a_source_that_fails_is_left_alone(self, server: AlpacaServer, open_feed: Open) -> None:
        server.every = alpaca_server.refuse(503)
        client = open_feed()
        for _refresh in range(20):
            with pytest.raises(FeedError, match="Alpaca fails"):
                client.history("SPY")
        assert len(server.take()) == 2

    def test_the_budget_is_that_of_the_settings(self, open_feed: Open, monkeypatch: pytest.MonkeyPatch) -> None:
        budgets: list[int] = []

        def budget(most: int) -> Budget:
            budgets.append(most)
            return Budget(most)

        monkeypatch.setattr("core.feeds.alpaca_client.Budget", budget)
        open_feed(budget_per_minute=7)
        assert budgets == [7]

    def test_a_failed_batch_leaves_the_others(self, server: AlpacaServer, open_feed: Open) -> None:
        server.faults = [None, None, alpaca_server.cut]
        found = open_feed(batch=1).history("SPY", "IWM", "QQQ")
        assert set(found.bars) == {"SPY", "QQQ"}
        assert texts(found.problems, "feed") == {"IWM": "IWM: Alpaca broke off in the middle of its answer"}

    @pytest.mark.parametrize(
        ("answered", "kept"),
        [(2, {"IWM"}), (3, {"IWM", "QQQ"}), (4 + 2, {"IWM"})],
        ids=["px, third page", "px, last page", "tr, third page"],
    )
    def test_a_failed_page_leaves_the_symbols_before_it(
        self, server: AlpacaServer, open_feed: Open, days: list[Session], answered: int, kept: set[str]
    ) -> None:
        server.page = len(days) - 6  # so that a page ends within each symbol
        server.faults = [*[None] * answered, alpaca_server.cut]
        found = open_feed().history("IWM", "QQQ", "SPY")
        assert {symbol: len(bars) for symbol, bars in found.bars.items()} == dict.fromkeys(kept, len(days) - 1)
        assert set(texts(found.problems, "feed")) == {"IWM", "QQQ", "SPY"} - kept

    def test_a_page_that_comes_again_ends_the_paging(self, server: AlpacaServer, open_feed: Open) -> None:
        page = {"bars": {"SPY": []}, "next_page_token": "again"}
        server.every = alpaca_server.body(json.dumps(page).encode())
        with pytest.raises(FeedGarbled, match="the same page again"):
            open_feed().history("SPY")
        assert len(server.take()) == 2


class TestSecrets:
    @pytest.mark.parametrize(
        "fault",
        [
            None,
            alpaca_server.refuse(401, f"the secret {SECRET} of {KEY_ID} is wrong"),
            alpaca_server.refuse(403, f"{KEY_ID}{SECRET}"),
            alpaca_server.refuse(429, f"{SECRET}"),
            alpaca_server.refuse(500, f"{SECRET}"),
            alpaca_server.body(f"{SECRET}".encode()),
            alpaca_server.body(f'{{"bars": "{SECRET}"}}'.encode()),
            alpaca_server.cut,
            alpaca_server.reset,
            alpaca_server.stall,
        ],
    )
    def test_no_failure_shows_the_key(
        self, server: AlpacaServer, open_feed: Open, fault: Reply | None, caplog: pytest.LogCaptureFixture
    ) -> None:
        server.every = fault
        client = open_feed(timeout=0.3 if fault is alpaca_server.stall else EVER)
        shown: list[str] = []
        with caplog.at_level(logging.DEBUG):
            try:
                shown.append(repr(client.history("SPY")))
            except FeedError as error:
                told = traceback.TracebackException.from_exception(error, capture_locals=True)
                shown += [repr(error), str(error), *told.format()]
            shown.append(repr(client.feed.quotes(instruments("SPY"), TODAY, NOON)))
        shown += [caplog.text, repr(client.feed), repr(vars(client.feed)), repr(server.take())]
        assert "SPY" in "".join(shown)
        assert SECRET not in "".join(shown)
        assert KEY_ID not in "".join(shown)


def trade(price: float, at: str) -> dict[str, Any]:
    return {"t": at, "x": "V", "p": price, "s": 100, "c": ["@"], "i": 1, "z": "B"}


def bar(day: str, *values: float) -> dict[str, Any]:
    return {"t": f"{day}T05:00:00Z", **dict(zip("ohlcv", values, strict=True)), "n": 9, "vw": 1.0}


class TestQuotes:
    LIVE = "2026-01-12T16:59:58.123456789Z"
    DAY = bar("2026-01-12", 101, 103, 100, 102, 5e6)

    def test_all_symbols_are_one_request(self, server: AlpacaServer, open_feed: Open) -> None:
        client = open_feed(feed="delayed_sip")
        server.snapshots = {
            symbol: {"latestTrade": trade(102.5, self.LIVE), "latestQuote": {"ap": 1}, "dailyBar": self.DAY}
            for symbol in ("SPY", "IWM", "BRK.B")
        }
        found = client.feed.quotes(instruments("SPY", "IWM", "BRK-B", "^VIX"), TODAY, NOON)
        assert server.take() == [
            Asked("/v2/stocks/snapshots", {"symbols": "SPY,IWM,BRK.B", "feed": "delayed_sip"}),
        ]
        assert set(found.quotes) == {"SPY", "IWM", "BRK-B"}
        quote = found.quotes["SPY"]
        assert (quote.price, quote.open, quote.high, quote.low, quote.volume) == (102.5, 101, 103, 100, 5e6)
        assert quote.session == TODAY
        assert quote.asof.isoformat() == "2026-01-12T11:59:58.123457-05:00"
        assert found.problems == ()

    def test_the_volume_of_one_exchange_is_left_out_and_told_once(self, server: AlpacaServer, open_feed: Open) -> None:
        snapshot = {"latestTrade": trade(102.5, self.LIVE), "dailyBar": self.DAY}
        server.snapshots = {"SPY": snapshot, "IWM": snapshot}
        found = open_feed(feed="iex").feed.quotes(instruments("SPY", "IWM"), TODAY, NOON)
        assert [quote.volume for quote in found.quotes.values()] == [None, None]
        assert [(problem.kind, problem.symbol) for problem in found.problems] == [("partial", None)]

    def test_a_trade_outside_the_range_widens_it(self, server: AlpacaServer, open_feed: Open) -> None:
        server.snapshots = {
            "SPY": {"latestTrade": trade(103.01, self.LIVE), "dailyBar": self.DAY},
            "IWM": {"latestTrade": trade(99.99, self.LIVE), "dailyBar": self.DAY},
        }
        quotes = open_feed().feed.quotes(instruments("SPY", "IWM"), TODAY, NOON).quotes
        assert (quotes["SPY"].low, quotes["SPY"].high) == (100, 103.01)
        assert (quotes["IWM"].low, quotes["IWM"].high) == (99.99, 103)

    @pytest.mark.parametrize(
        "day",
        [
            None,
            bar("2026-01-09", 1, 2, 1, 2, 3),
            bar("2026-01-12", 101, 100, 103, 102, 3),
            bar("2026-01-12", 101, 103, 0, 102, 3),
            {"t": "2026-01-12T05:00:00Z"},
        ],
    )
    def test_a_range_that_is_not_of_the_session_is_not_shown(
        self, server: AlpacaServer, open_feed: Open, day: dict[str, Any] | None
    ) -> None:
        server.snapshots = {"SPY": {"latestTrade": trade(102.5, self.LIVE), "dailyBar": day}}
        quote = open_feed(feed="sip").feed.quotes(instruments("SPY"), TODAY, NOON).quotes["SPY"]
        assert (quote.price, quote.open, quote.high, quote.low, quote.volume) == (102.5, None, None, None, None)

    @pytest.mark.parametrize(
        "snapshot",
        [
            None,
            {},
            {"latestTrade": None, "dailyBar": DAY},
            {"latestTrade": trade(102.5, "2026-01-09T20:59:59Z"), "dailyBar": DAY},
            {"latestTrade": trade(102.5, "2026-01-12T14:29:59Z")},
            {"latestTrade": trade(0, LIVE), "dailyBar": DAY},
            {"latestTrade": trade(-1, LIVE)},
            {"latestTrade": trade(102.5, "2026-01-12T21:00:01Z")},
        ],
        ids=["null", "empty", "no trade", "last session", "before the open", "nothing", "negative", "after hours only"],
    )
    def test_without_a_trade_of_the_session_there_is_no_quote(
        self, server: AlpacaServer, open_feed: Open, snapshot: dict[str, Any] | None
    ) -> None:
        server.snapshots = {"SPY": snapshot}
        found = open_feed().feed.quotes(instruments("SPY"), TODAY, NOON)
        assert found.quotes == {}
        assert texts(found.problems, "missing") == {"SPY": "SPY: no trade in this session yet"}

    def test_after_the_close_the_price_is_that_of_the_close(self, server: AlpacaServer, open_feed: Open) -> None:
        server.snapshots = {"SPY": {"latestTrade": trade(105, "2026-01-12T21:07:00Z"), "dailyBar": self.DAY}}
        quote = open_feed().feed.quotes(instruments("SPY"), TODAY, NOON).quotes["SPY"]
        assert (quote.price, quote.high, quote.asof.isoformat()) == (102, 103, "2026-01-12T16:00:00-05:00")

    def test_a_failure_is_a_problem(self, server: AlpacaServer, open_feed: Open) -> None:
        server.snapshots = {"IWM": {"latestTrade": trade(102.5, self.LIVE), "dailyBar": self.DAY}}
        server.faults = [alpaca_server.refuse(403, "subscription does not permit querying recent SIP data")]
        found = open_feed(feed="sip", batch=1).feed.quotes(instruments("SPY", "IWM"), TODAY, NOON)
        assert set(found.quotes) == {"IWM"}
        (problem,) = found.problems
        assert (problem.kind, problem.symbol) == ("feed", None)
        assert problem.text.startswith("symbols without quotes: 1 (Alpaca refuses the key, or the plan")

    def test_what_has_no_history_is_named_by_that_alone(self, server: AlpacaServer, open_feed: Open) -> None:
        client = open_feed()
        client.history("SPY", "NONE")
        server.take()
        client.feed.quotes(instruments("SPY", "NONE", "^GSPC"), TODAY, NOON)
        assert [asked.symbols for asked in server.take()] == [["SPY"]]


def test_it_is_a_feed(open_feed: Open) -> None:
    feed: Feed = open_feed().feed
    assert (feed.name, feed.simulated, feed.always_open) == ("alpaca", False, False)
