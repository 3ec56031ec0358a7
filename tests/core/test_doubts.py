"""What is said of a current price that is not believed."""

from __future__ import annotations

from datetime import timedelta

from core.doubts import told
from core.model import Doubt
from tests.core.fakes import FRIDAY, MONDAY, new_york, quote

NOON = new_york(MONDAY, "12:00")
DOUBT = Doubt("SPY", NOON, "not a price")


def texts(*doubts: Doubt, kept: dict[str, float] | None = None, minutes: int = -5) -> list[str]:
    """What is told, where these prices stand, so many minutes older than the doubt."""
    quotes = {symbol: quote(symbol, price, NOON + timedelta(minutes=minutes)) for symbol, price in (kept or {}).items()}
    return [problem.text for problem in told(doubts, quotes, NOON + timedelta(minutes=1))]


def test_what_stands_is_named_with_its_time() -> None:
    assert texts(DOUBT, kept={"SPY": 1690.5}) == [
        "SPY: its price is not believed since 12:00 (not a price); 1,690.50 of 11:55 stands"
    ]
    assert texts(DOUBT) == ["SPY: its price is not believed since 12:00 (not a price); the last close stands"]


def test_times_of_another_day_have_their_day() -> None:
    assert "since 2026-01-09 15:00 (" in texts(Doubt("SPY", new_york(FRIDAY, "15:00"), "not a price"))[0]


def test_of_two_the_earlier_one_is_told_and_a_good_price_since_ends_both() -> None:
    later = Doubt("SPY", NOON + timedelta(seconds=30), "a jump")
    assert len(texts(later, DOUBT, kept={"SPY": 690.5})) == 1
    assert "(not a price)" in texts(later, DOUBT, kept={"SPY": 690.5})[0]
    assert texts(later, DOUBT, kept={"SPY": 690.5}, minutes=1) == []
