"""What counts as a value lost: the judges of all proofs can say no."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from core.panel import Bars
from core.snapshot import Row
from tests.emulator import Emulator
from tests.feed import stage

THURSDAY, WEDNESDAY = date(2026, 1, 8), date(2026, 1, 7)


@pytest.fixture(autouse=True)
def _noon(emulator: Emulator) -> None:
    emulator.clock.set(stage.NOON)


def row(emulator: Emulator, session: date = THURSDAY, factor: float = 1.0) -> Row:
    last = emulator.market.price("SPY", session) * factor
    return Row(symbol="SPY", name="S&P 500", group="index_funds", last=last, session=session)


def lost(before: Row, after: Row | None, emulator: Emulator) -> bool:
    return bool(stage.lost_prices({"SPY": before}, {} if after is None else {"SPY": after}, emulator))


def test_a_price_is_kept_where_it_stays_or_gives_way_to_a_newer_true_one(emulator: Emulator) -> None:
    for before, after in ((THURSDAY, THURSDAY), (THURSDAY, stage.SESSION), (WEDNESDAY, THURSDAY)):
        assert not lost(row(emulator, before), row(emulator, after), emulator)
    untrue = row(emulator, factor=1.5)
    assert not lost(untrue, untrue, emulator), "it was so before"


def test_a_price_is_lost_where_it_is_empty_older_or_untrue(emulator: Emulator) -> None:
    before = row(emulator)
    empty = Row(symbol="SPY", name="S&P 500", group="index_funds")
    for after in (
        None,
        empty,
        row(emulator, WEDNESDAY),
        row(emulator, factor=10.0),
        row(emulator, stage.SESSION, 1.01),
    ):
        assert lost(before, after, emulator)


def test_a_price_is_lost_where_it_is_of_an_earlier_time(emulator: Emulator) -> None:
    def at(minutes: int) -> Row:
        live = row(emulator, stage.SESSION)
        return Row(
            symbol="SPY",
            name="S&P 500",
            group="index_funds",
            last=live.last,
            session=stage.SESSION,
            asof=stage.NOON - timedelta(minutes=minutes),
        )

    assert not lost(at(1), at(0), emulator)
    assert lost(at(0), at(1), emulator)


def bars(emulator: Emulator) -> Bars:
    series = emulator.market.series("SPY")
    columns = {name: getattr(series, name) for name in ("open", "high", "low", "close", "adj_close", "volume")}
    return Bars("SPY", series.days, **columns, adjusted=True)


def test_bars_are_lost_where_one_is_missing_or_untrue(emulator: Emulator) -> None:
    before = bars(emulator)
    without = before.taken(np.arange(len(before)) != 100)
    assert stage.lost_bars({"SPY": before}, {"SPY": before}, emulator) == set()
    assert stage.lost_bars({"SPY": without}, {"SPY": before}, emulator) == set()
    for after in ({}, {"SPY": without}, {"SPY": replace(before, close=before.close * 10)}):
        assert stage.lost_bars({"SPY": before}, after, emulator) == {"SPY"}
