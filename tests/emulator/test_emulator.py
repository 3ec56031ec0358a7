"""The real yfinance, led here by its environment alone, takes the emulator for Yahoo, and its faults for Yahoo's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from core.sessions import NEW_YORK
from tests.emulator import Emulator
from tests.emulator.plain_yfinance import PlainYfinance

ROOT = Path(__file__).parents[2]
TODAY = date(2025, 11, 25)
YESTERDAY = date(2025, 11, 24)
NOON = datetime(2025, 11, 25, 12, tzinfo=NEW_YORK)
SYMBOLS = ["AAPL", "MSFT", "SPY", "ABC", "^GSPC"]


@pytest.fixture(scope="module")
def shared() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(shared: Emulator) -> Iterator[Emulator]:
    """An emulator at noon, without faults and with an empty log."""
    shared.clock.set(NOON)
    shared.log.clear()
    yield shared
    shared.faults.clear()


@pytest.fixture(scope="module")
def warm(shared: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainYfinance]:
    """A yfinance that has its cookie, its crumb and an open connection."""
    shared.clock.set(NOON)
    with PlainYfinance(shared.environment(), tmp_path_factory.mktemp("warm")) as client:
        assert "error" not in client.ask("quotes", ["AAPL"])
        assert "error" not in client.ask("history", "AAPL", period="5d")
        yield client


@pytest.fixture
def cold(emulator: Emulator, tmp_path: Path) -> Iterator[PlainYfinance]:
    """A yfinance that knows nothing yet."""
    with PlainYfinance(emulator.environment(), tmp_path) as client:
        yield client


def test_a_download_gets_the_prices_of_the_market(emulator: Emulator, cold: PlainYfinance) -> None:
    answer = cold.ask("download", SYMBOLS, period="1y")
    assert answer["close"] == {symbol: emulator.market.price(symbol, TODAY) for symbol in SYMBOLS}
    assert answer["rows"] == len(emulator.market.calendar.sessions(date(2024, 11, 25), TODAY))
    # One more chart for each symbol, whose time zone yfinance does not know yet.
    assert emulator.log.by_endpoint() == {"cookie": 1, "getcrumb": 1, "chart": 2 * len(SYMBOLS)}


def test_a_history_has_both_price_bases_and_the_events(emulator: Emulator, warm: PlainYfinance) -> None:
    emulator.market.split("SPLIT", YESTERDAY, 2)
    emulator.market.dividend("SPLIT", date(2025, 11, 20), 0.5)
    series = emulator.market.series("SPLIT")
    answer = warm.ask("history", "SPLIT", period="2y")
    assert list(answer["close"].values()) == series.close[-len(answer["close"]) :].tolist()
    assert list(answer["adjusted"].values()) == series.adj_close[-len(answer["close"]) :].tolist()
    assert answer["splits"] == {"2025-11-24": 2.0}
    assert answer["dividends"]["2025-11-20"] == pytest.approx(0.5)


def test_fifty_quotes_come_with_one_request(emulator: Emulator, warm: PlainYfinance) -> None:
    symbols = [f"Q{number}" for number in range(50)]
    answer = warm.ask("quotes", symbols)
    assert {symbol: answer[symbol]["regularMarketPrice"] for symbol in symbols} == {
        symbol: emulator.market.price(symbol, TODAY) for symbol in symbols
    }
    assert answer["Q0"]["marketState"] == "REGULAR"
    assert emulator.log.by_endpoint() == {"quote": 1}
    assert emulator.log.entries[0].symbols == tuple(symbols)


def test_the_stream_tells_every_trade(emulator: Emulator, cold: PlainYfinance) -> None:
    emulator.market.set_live("AAPL", 123.5, volume=777)
    ticks = cold.ask("stream", ["AAPL"], 1)["ticks"]
    assert (ticks[0]["id"], ticks[0]["price"], ticks[0]["day_volume"]) == ("AAPL", 123.5, "777")
    assert ticks[0]["time"] == str(int(NOON.timestamp() * 1000))
    assert ticks[0]["market_hours"] == 1


def test_without_the_first_cookie_there_is_the_way_of_consent(emulator: Emulator, cold: PlainYfinance) -> None:
    emulator.faults.set("reset", endpoints=["cookie"])
    assert cold.ask("quotes", ["SPY"])["SPY"]["regularMarketPrice"] == emulator.market.price("SPY", TODAY)
    assert [entry.path for entry in emulator.log.entries if entry.endpoint == "consent"] == [
        "/consent",
        "/v2/collectConsent",
        "/v2/collectConsent",
        "/copyConsent",
        "/copyConsent",
    ]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("429", "YFRateLimitError"),
        ("401", "YFPricesMissingError"),
        ("403", "JSONDecodeError"),
        ("503", "JSONDecodeError"),
        ("right_back", "YFDataException"),
        ("cut_json", "JSONDecodeError"),
        ("consent", "JSONDecodeError"),
        ("down", "ConnectionError"),
        ("unreachable", "ConnectionError"),
        ("bad_certificate", "CertificateVerifyError"),
        ("no_tunnel", "Timeout"),
        ("reset", "ConnectionError"),
        ("truncated", "IncompleteRead"),
        ("stall", "Timeout"),
        ("trickle", "Timeout"),
        ("empty_result", "YFPricesMissingError"),
        ("empty_quote", "YFPricesMissingError"),
        ("delisted", "YFPricesMissingError"),
        ("unknown_zone", "ZoneInfoNotFoundError"),
        ("unequal_lengths", "ValueError"),
        ("no_currency", "KeyError"),
    ],
)
def test_a_failure_shows_as_the_matrix_says(emulator: Emulator, warm: PlainYfinance, fault: str, error: str) -> None:
    emulator.faults.set(fault)
    assert warm.ask("history", "AAPL", period="1mo", timeout=0.5)["error"] == error
    emulator.faults.clear()
    assert "error" not in warm.ask("history", "AAPL", period="1mo")


@pytest.mark.parametrize(
    ("fault", "day", "ratio"),
    [
        ("null_close", TODAY, float("nan")),
        ("null_last", YESTERDAY, 1.0),
        ("zero_close", TODAY, 0.0),
        ("negative", TODAY, -1.0),
        ("x10_last", TODAY, 10.0),
        ("x10_history", TODAY, 1.0),
        ("high_below_low", TODAY, 1.0),
        ("retroactive_split", TODAY, 1.0),
        ("announced_split", TODAY, 1.0),
        ("other_symbol", TODAY, 1.7),
        ("duplicates", TODAY, 1.0),
        ("unsorted", TODAY, 1.0),
        ("live_twice", TODAY, 1.0),
        ("missing_sessions", TODAY, 1.0),
        ("stale", date(2025, 11, 18), 1.0),
        ("tokyo", date(2025, 11, 26), 1.0),
    ],
)
def test_wrong_data_pass(emulator: Emulator, warm: PlainYfinance, fault: str, day: date, ratio: float) -> None:
    right = warm.ask("history", "AAPL", period="1mo")["close"]
    emulator.faults.set(fault)
    wrong = warm.ask("history", "AAPL", period="1mo")["close"]
    assert max(wrong) == day.isoformat()
    true_close = emulator.market.price("AAPL", min(day, TODAY))
    assert wrong[max(wrong)] == pytest.approx(true_close * ratio, nan_ok=True)
    assert (wrong == right) == (fault in ("high_below_low", "announced_split", "duplicates", "unsorted", "live_twice"))


def test_a_refusal_once_is_overcome_and_costs_a_second_round(emulator: Emulator, warm: PlainYfinance) -> None:
    fault = emulator.faults.set("503", times=1)
    assert "error" not in warm.ask("history", "AAPL", period="1mo")
    assert (fault.met, fault.played) == (2, 1)


def test_a_refusal_of_two_symbols_leaves_the_others(emulator: Emulator, warm: PlainYfinance) -> None:
    emulator.faults.set("429", symbols=["AAPL", "ABC"])
    close = warm.ask("download", SYMBOLS, period="1mo")["close"]
    assert {symbol for symbol, price in close.items() if price is None} == {"AAPL", "ABC"}
    assert close["SPY"] == emulator.market.price("SPY", TODAY)


def test_a_fault_can_wait(emulator: Emulator, warm: PlainYfinance) -> None:
    fault = emulator.faults.set("429", endpoints=["quote"], after=2)
    answers = [warm.ask("quotes", ["SPY"]).get("error") for _ in range(3)]
    assert answers[:2] == [None, None]
    assert answers[2] is not None
    assert fault.played > 0


def test_rows_of_a_quote_are_wrong_for_the_symbols_meant_only(emulator: Emulator, warm: PlainYfinance) -> None:
    emulator.faults.set("x10_last", symbols=["AAPL"])
    emulator.faults.set("delisted", symbols=["ABC"])
    rows = warm.ask("quotes", ["AAPL", "ABC", "SPY"])
    assert rows["AAPL"]["regularMarketPrice"] == pytest.approx(10 * emulator.market.price("AAPL", TODAY))
    assert rows["SPY"]["regularMarketPrice"] == emulator.market.price("SPY", TODAY)
    assert "ABC" not in rows


def test_it_runs_by_hand() -> None:
    commands = "503 endpoints=chart after=3\nclock 2025-11-28T12:59\nlive aapl 100\nfoo\noff\nlog\n"
    ended = subprocess.run(
        [sys.executable, "-m", "tests.emulator", "--fault", "429", "--latency", "0.1"],
        input=commands,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=dict(os.environ),
        check=False,
    )
    lines = ended.stdout.splitlines()
    exported = {line.split()[1].partition("=")[0] for line in lines if line.startswith("export ")}
    assert exported >= {"HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"}
    said = [line for line in lines if not line.startswith("export ")]
    assert said[0].startswith("429 on")
    assert said[1].startswith("429 on, played 0 times, 503 on")
    assert said[2].startswith("2025-11-28 ")
    assert "no fault 'foo'" in said[4]
    assert said[5].endswith("no faults")
    assert said[6] == "0 connections; no requests"
    assert (ended.returncode, ended.stderr) == (0, "")
