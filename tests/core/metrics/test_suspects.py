"""Closes in doubt (metrics.md 0.4): which jump puts one in doubt, and what clears it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from core.feeds.files import FilesFeed
from core.metrics.members import Members
from core.metrics.row import Row
from core.metrics.suspects import Suspects
from core.model import Instrument, SymbolClass
from core.panel import align
from tests.core import builders

NAN = np.nan


def doubted(*prices: float) -> list[bool]:
    """Session by session, whether the close of one symbol is in doubt."""
    suspects, found = Suspects(1), []
    for t, price in enumerate(prices):
        px = np.array([price])
        row = Row(t, px, px, px, px, px, r=px, move=px)
        found.append(bool(suspects.doubted(row)[0]))
        suspects.advance(row)
    return found


@pytest.mark.parametrize(
    ("ratio", "doubt"),
    [
        *((1 / 2, True), (1 / 2 * 1.019, True), (1 / 2 * 1.021, False)),  # within 2 % of 1:2
        *((2.0, True), (3.0, True), (20.0, True), (1 / 20, True), (3 / 2, True), (5 / 2, True), (2 / 7, True)),
        *((2.2, False), (1.45, False), (0.53, False), (0.45, False)),  # large, but near no split
        *((4.51, False), (5.11, True), (17.3, True), (0.19, True), (1e6, True)),  # beyond a factor of five
        *((1.399, False), (0.601, False)),  # not beyond 40 %
        *((1 - 0.44, False), (1 - 0.47, False), (1 - 0.404, False)),  # FISV, FMC, CNC
    ],
)
def test_a_jump_like_a_split_or_a_slip_is_in_doubt(ratio: float, *, doubt: bool) -> None:
    assert doubted(80.0, 80.0 * ratio) == [False, doubt]


def test_the_third_close_near_it_clears_it() -> None:
    """Three closes within 20 % of 50; the third of them counts again."""
    assert doubted(100.0, 50.0, 59.9, 40.1, 50.0, 51.0) == [False, True, True, True, False, False]


def test_a_slip_and_the_way_back_are_both_in_doubt() -> None:
    assert doubted(100.0, 1000.0, 100.0, 101.0, 99.0, 100.0) == [False, True, True, True, True, False]


def test_a_price_that_moves_on_is_not_in_doubt_for_ever() -> None:
    """62 is further than 20 % from 50: the next three closes must stay near 62."""
    assert doubted(100.0, 50.0, 62.0, 63.0, 61.0, 62.0) == [False, True, True, True, True, False]


def test_a_gap_is_no_close_and_the_jump_over_it_is_judged() -> None:
    assert doubted(100.0, NAN, 50.0, NAN, 50.0, 50.0) == [False, False, True, False, True, True]
    assert doubted(100.0, NAN, 50.0, NAN, 50.0, 50.0, NAN, 50.0)[-2:] == [False, False]


def test_each_symbol_is_judged_alone() -> None:
    whole = builders.panel(3, 40, ("A", "B", "C"))
    halved = builders.priced(whole, "B", np.where(np.arange(40) < 20, 80.0, 40.0))
    assert Members(halved).doubted == {20: ("B",), 21: ("B",), 22: ("B",)}


def test_the_crashes_of_the_market_stay_in(market: Path) -> None:
    """FISV -44 %, FMC -47 %, CNC -40 %: each one a decline of its day, and no close of theirs is in doubt."""
    crashes = {"FISV": (date(2025, 10, 29), -44), "FMC": (date(2025, 10, 30), -47), "CNC": (date(2025, 7, 2), -40)}
    wanted = [Instrument(symbol, symbol, SymbolClass.STOCK, "members") for symbol in crashes]
    bars = FilesFeed([market / "stocks_daily.parquet"]).history(wanted, date(2024, 11, 1), date(2026, 1, 30)).bars
    whole = align(bars, list(crashes), bars["FMC"].sessions)
    members = Members(whole)
    assert members.doubted == {}
    days = whole.sessions.tolist()
    for column, (day, fall) in enumerate(crashes.values()):
        t = days.index(day)
        moves = whole.px[t] / whole.px[t - 1] - 1
        assert round(100 * float(moves[column])) == fall
        assert members.history["declines"][t] == np.count_nonzero(moves < 0)
        assert members.history["counted"][t] == 3
