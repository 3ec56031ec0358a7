"""The guarded session by itself, asked as yfinance would ask it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import msgspec
import pytest
from curl_cffi.requests import exceptions as curl

from core.errors import FeedError, FeedGarbled, FeedRefused, FeedThrottled, FeedTimeout, FeedUnreachable, UnknownSymbol
from core.feeds.breaker import Backoff, Breaker
from core.feeds.throttle import Budget, Throttle
from core.feeds.yahoo_answers import NoCrumb
from core.feeds.yahoo_session import COOKIES_REST, CookiesWithheld, GuardedSession, of_curl
from core.sessions import FixedClock
from tests.core.feeds.yahoo_rig import NOON, SHIPPED
from tests.emulator import Emulator

CHART = "https://query2.finance.yahoo.com/v8/finance/chart/SPY"
QUOTE = "https://query1.finance.yahoo.com/v7/finance/quote"
COOKIE = "https://fc.yahoo.com"
CRUMB = "https://query1.finance.yahoo.com/v1/test/getcrumb"
RANGE = {"range": "5d", "interval": "1d"}


class Rig:
    def __init__(self, **changes: float) -> None:
        self.clock = FixedClock(NOON)
        self.throttle = Throttle(Budget(1000), Breaker(4, Backoff(60, 900), lambda: 0.0), self.clock, paced_from=1000)
        self.session = GuardedSession(msgspec.structs.replace(SHIPPED, **changes), self.throttle, self.clock)

    def chart(self, timeout: float = 3600) -> bytes:
        return self.session.get(CHART, params=RANGE, timeout=timeout).content


@contextmanager
def rig(emulator: Emulator, **changes: float) -> Iterator[Rig]:
    emulator.clock.set(NOON)
    with mock.patch.dict(os.environ, emulator.environment()):
        yield Rig(**changes)


def test_an_answer_comes_through_as_it_is(emulator: Emulator) -> None:
    with rig(emulator) as one:
        assert msgspec.json.decode(one.chart())["chart"]["result"][0]["meta"]["symbol"] == "SPY"
        assert one.throttle.state().requests == emulator.log.count() == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("429", FeedThrottled),
        ("403", FeedRefused),
        ("500", FeedUnreachable),
        ("right_back", FeedUnreachable),
        ("html", FeedGarbled),
        ("cut_json", FeedGarbled),
        ("null_chart", FeedGarbled),
        ("consent", FeedRefused),
        ("truncated", FeedGarbled),
        ("reset", FeedUnreachable),
        ("bad_certificate", FeedUnreachable),
        ("delisted", UnknownSymbol),
    ],
)
def test_what_is_no_answer_is_an_error_of_ours(emulator: Emulator, fault: str, kind: type[FeedError]) -> None:
    emulator.faults.set(fault)
    with rig(emulator) as one, pytest.raises(FeedError) as caught:
        one.chart()
    assert type(caught.value) is kind


@pytest.mark.parametrize("fault", ["stall", "trickle"])
def test_the_time_out_is_ours_whatever_the_caller_says(emulator: Emulator, fault: str) -> None:
    emulator.faults.set(fault)
    with rig(emulator, timeout=0.3) as one, pytest.raises(FeedTimeout):
        one.chart(timeout=3600)


def test_a_cookie_is_fetched_for_those_who_need_a_crumb_only(emulator: Emulator) -> None:
    with rig(emulator) as one:
        one.session.get(COOKIE)  # answered at once, as if there were one
        with pytest.raises(CookiesWithheld):
            one.session.get(CRUMB)
        assert emulator.log.count() == 0
        with one.session.terms(0, crumb=True):
            for _ in range(3):
                one.session.get(COOKIE)
            assert one.session.get(CRUMB).text
        assert emulator.log.by_endpoint() == {"cookie": 1, "getcrumb": 1}


def test_a_way_to_a_crumb_that_failed_is_left_alone_for_ten_minutes_and_the_other_is_not(emulator: Emulator) -> None:
    emulator.faults.set("stall_getcrumb")
    with rig(emulator, cookie_timeout=0.3) as one, one.session.terms(0, crumb=True):
        one.session.get(COOKIE)
        for _ in range(3):
            with pytest.raises(CookiesWithheld):
                one.session.get(CRUMB)
            one.clock.advance(COOKIES_REST / 3 - 1)
        assert emulator.log.by_endpoint()["getcrumb"] == 1
        assert one.session.get("https://guce.yahoo.com/consent").content
        emulator.faults.clear()
        one.clock.advance(4)
        assert one.session.get(CRUMB).text
        assert one.throttle.state().open is False


def test_quotes_without_a_crumb_are_not_even_asked_for(emulator: Emulator) -> None:
    with rig(emulator) as one, one.session.terms(0, crumb=True), pytest.raises(NoCrumb):
        one.session.get(QUOTE, params={"symbols": "SPY"})
    assert emulator.log.count() == 0


def test_the_first_401_is_for_yfinance_to_mend_and_the_second_is_an_error(emulator: Emulator) -> None:
    emulator.faults.set("401")
    with rig(emulator) as one, one.session.terms(0):
        assert one.session.get(CHART, params=RANGE).status_code == 401
        with pytest.raises(FeedRefused, match="401"):
            one.chart()


def test_a_chart_with_numbers_that_json_does_not_know_is_an_answer(emulator: Emulator) -> None:
    emulator.faults.set("nan")
    with rig(emulator) as one:
        assert b"NaN" in one.chart()


@pytest.mark.parametrize(
    ("failure", "kind", "text"),
    [
        (curl.DNSError("host"), FeedUnreachable, "the name of Yahoo's server is not found: check the network"),
        (curl.ProxyError("proxy"), FeedUnreachable, "the proxy does not lead to Yahoo: check HTTPS_PROXY"),
        (curl.CertificateVerifyError("cert"), FeedUnreachable, "the certificate of Yahoo is not trusted"),
        (curl.ConnectTimeout("late"), FeedTimeout, "Yahoo does not answer in time"),
        (curl.ConnectionError("gone"), FeedUnreachable, "Yahoo cannot be reached"),
        (curl.IncompleteRead("half"), FeedGarbled, "cut off"),
        (curl.InvalidURL("user:secret@host"), FeedUnreachable, "Yahoo cannot be reached"),
    ],
)
def test_failures_of_curl_are_told_apart_and_its_words_are_not_passed_on(
    failure: curl.RequestException, kind: type[FeedError], text: str
) -> None:
    error = of_curl(failure)
    assert type(error) is kind
    assert text in str(error)
    assert "secret" not in str(error)
