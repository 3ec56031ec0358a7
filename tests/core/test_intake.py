"""What counts of that which a feed gave: yields in percent, the session of the majority, the live row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core import intake
from core.feeds.base import History, Quotes
from core.model import Instrument, Problem, SymbolClass
from core.panel import Bars, LiveRow, Panel, align
from tests.core.fakes import FRIDAY, MONDAY, new_york, quote, sessions, times, walk

DAYS = sessions(6)
NOON = new_york(MONDAY, "12:00")


def instrument(symbol: str, cls: SymbolClass = SymbolClass.FUND) -> Instrument:
    return Instrument(symbol, symbol, cls, "group")


def series(symbol: str, first: int = 0, last: int = 6, cls: SymbolClass = SymbolClass.FUND) -> Bars:
    return walk(instrument(symbol, cls), DAYS[first:last])


def panel(*bars: Bars) -> Panel:
    return align({b.symbol: b for b in bars}, [b.symbol for b in bars], DAYS)


class TestPercent:
    TNX = instrument("^TNX", SymbolClass.RATE)
    HIGH = times(series("^TNX", cls=SymbolClass.RATE), 10.0)

    def test_a_yield_times_ten_is_divided_and_named(self) -> None:
        given = History({"^TNX": self.HIGH}, (Problem("other", None, "first"),), NOON)
        asked = Quotes({"^TNX": quote("^TNX", 41.0, NOON, open=40.0, high=42.0, volume=7.0)})
        history, quotes = intake.in_percent(given, asked, [self.TNX])
        assert np.array_equal(history.bars["^TNX"].close, self.HIGH.close / 10)
        assert np.array_equal(history.bars["^TNX"].adj_close, self.HIGH.adj_close / 10)
        assert [problem.kind for problem in history.problems] == ["other", "rescaled"]
        assert history.fetched_at == NOON
        assert quotes.quotes["^TNX"] == quote("^TNX", 4.1, NOON, open=4.0, high=4.2, volume=7.0)

    @pytest.mark.parametrize(
        ("bars", "cls"),
        [
            (series("^TNX", cls=SymbolClass.RATE), SymbolClass.RATE),
            (HIGH, SymbolClass.INDEX),
            (replace(HIGH, close=np.full(len(DAYS), np.nan)), SymbolClass.RATE),
        ],
        ids=["in percent", "no yield", "nothing but gaps"],
    )
    def test_all_else_is_left_alone(self, bars: Bars, cls: SymbolClass) -> None:
        history, quotes = History({"^TNX": bars}), Quotes({"^TNX": quote("^TNX", 41.0, NOON)})
        assert intake.in_percent(history, quotes, [instrument("^TNX", cls)]) == (history, quotes)


class TestNewestRow:
    @pytest.mark.parametrize(
        ("lasts", "newest"),
        [([6], 5), ([6, 3], 5), ([6, 3, 3], 2), ([6, 6, 3], 5), ([6, 6, 3, 3], 5), ([6, 3, 3, 3, 1], 2)],
    )
    def test_half_of_the_series_have_reached_it(self, lasts: Sequence[int], newest: int) -> None:
        assert intake.newest_row(panel(*(series(f"S{i}", last=last) for i, last in enumerate(lasts))).px) == newest

    def test_absent_series_have_no_say(self) -> None:
        empty = [series(f"E{i}", last=0) for i in range(3)]
        assert intake.newest_row(panel(series("A", last=4), *empty).px) == 3

    def test_without_a_price_there_is_none(self) -> None:
        assert intake.newest_row(panel(series("A", last=0)).px) is None
        assert intake.newest_row(align({}, ["A"], DAYS[:0]).px) is None


def test_the_first_session_is_the_earliest_of_any() -> None:
    assert intake.first_session([series("A", 2), series("B", 1), series("C", last=0)]) == DAYS[1].item()
    assert intake.first_session([series("C", last=0)]) is None


class TestLiveRow:
    BARS = {symbol: series(symbol) for symbol in ("A", "B", "C")}  # noqa: RUF012 - nobody changes it

    def row(self, *given: str, session: date = MONDAY, price: float = 5.0) -> LiveRow | None:
        quotes = {symbol: quote(symbol, price, NOON, low=4.0) for symbol in given}
        return intake.live_row(("A", "B", "C"), session, quotes, self.BARS)

    def test_a_quote_was_traded_at_its_price(self) -> None:
        row = self.row("A", "C")
        assert row is not None
        assert row.session == MONDAY
        nan = np.nan
        for name, values in {"px": [5, nan, 5], "high": [5, nan, 5], "low": [4, nan, 4]}.items():
            assert np.array_equal(getattr(row, name), values, equal_nan=True), name
        assert np.isnan(row.open).all()
        assert np.isnan(row.volume).all()
        assert row.asof == (NOON, None, NOON)

    def test_fewer_than_half_are_none(self) -> None:
        assert self.row("A") is None
        assert intake.live_row(("A",), MONDAY, {}, {}) is None

    def test_series_of_other_symbols_have_no_say(self) -> None:
        bars = self.BARS | {f"M{i}": series(f"M{i}") for i in range(9)}
        assert intake.live_row(("A", "B"), MONDAY, {"A": quote("A", 5.0, NOON)}, bars) is not None

    @pytest.mark.parametrize("price", [0.0, -1.0, float("nan"), float("inf")])
    def test_an_impossible_price_is_no_quote(self, price: float) -> None:
        assert self.row("A", "B", "C", price=price) is None

    def test_quotes_of_another_session_are_none(self) -> None:
        assert self.row("A", "B", "C", session=date(2026, 1, 13)) is None

    def test_bars_of_the_session_stand_in_for_quotes(self) -> None:
        given = {"A": quote("A", 5.0, new_york(FRIDAY, "12:00"))}
        row = intake.live_row(("A", "B", "C"), FRIDAY, given, self.BARS)
        assert row is not None
        b = self.BARS["B"]
        assert row.px.tolist() == [5.0, b.close[-1], self.BARS["C"].close[-1]]
        assert (row.open[1], row.high[1], row.low[1], row.volume[1]) == (
            b.open[-1],
            b.high[-1],
            b.low[-1],
            b.volume[-1],
        )
        assert row.asof == (new_york(FRIDAY, "12:00"), None, None)


class TestLedOn:
    BARS = {"A": series("A"), "B": series("B", last=5), "C": series("C", last=5)}  # noqa: RUF012 - nobody changes it

    def test_a_quote_stands_for_the_bar_that_others_have(self) -> None:
        given = {"B": quote("B", 5.0, new_york(FRIDAY, "15:59"), high=6.0)}
        led = intake.led_on(self.BARS, given, FRIDAY)
        assert led["A"] is self.BARS["A"]
        assert led["C"] is self.BARS["C"]
        assert led["B"].sessions.tolist() == DAYS.tolist()
        assert np.array_equal(led["B"].close[:-1], self.BARS["B"].close)
        assert (led["B"].close[-1], led["B"].adj_close[-1], led["B"].high[-1]) == (5.0, 5.0, 6.0)
        assert np.isnan(led["B"].volume[-1])

    def test_without_a_quote_of_that_session_it_is_as_it_was(self) -> None:
        given = {"A": quote("A", 5.0, new_york(FRIDAY, "15:59")), "B": quote("B", 5.0, NOON)}
        assert intake.led_on(self.BARS, given, FRIDAY) is self.BARS


class TestSame:
    ONE = series("^VIX", cls=SymbolClass.VOLATILITY)  # with columns that are nothing but NaN

    def test_equal_numbers_are_the_same(self) -> None:
        assert intake.same({"^VIX": self.ONE}, {"^VIX": series("^VIX", cls=SymbolClass.VOLATILITY)})
        assert intake.same({}, {})

    @pytest.mark.parametrize("column", ["open", "high", "low", "close", "adj_close", "volume"])
    def test_any_other_number_is_another(self, column: str) -> None:
        values = getattr(self.ONE, column).copy()
        values[2] = 1.0
        assert not intake.same({"^VIX": self.ONE}, {"^VIX": replace(self.ONE, **{column: values})})

    def test_other_sessions_bases_and_symbols_are_another(self) -> None:
        days = self.ONE.sessions.copy()
        days[-1] += 1
        others = (replace(self.ONE, sessions=days), replace(self.ONE, adjusted=False), self.ONE.upto(DAYS[3].item()))
        assert not any(intake.same({"^VIX": self.ONE}, {"^VIX": other}) for other in others)
        assert not intake.same({"^VIX": self.ONE}, {"VIX": self.ONE})
        assert not intake.same({"^VIX": self.ONE}, {})


class TestSuggestions:
    def told(self, problem: Problem) -> Problem:
        (answer,) = intake.with_suggestions([problem], {"AFSM", "SPY", "IWM"})
        return answer

    def test_the_nearest_known_symbol_is_named(self) -> None:
        assert self.told(Problem("missing", "AFMS", "absent")) == Problem(
            "unknown-symbol", "AFMS", "unknown symbol AFMS: did you mean AFSM?"
        )

    def test_nothing_near(self) -> None:
        assert self.told(Problem("missing", "ZZZZ", "absent")).text.endswith("nothing known is spelt alike")

    @pytest.mark.parametrize(
        "problem",
        [Problem("missing", "SPY", "absent"), Problem("rejected", "AFMS", "a row"), Problem("missing", None, "a file")],
    )
    def test_all_else_stays(self, problem: Problem) -> None:
        assert self.told(problem) is problem
