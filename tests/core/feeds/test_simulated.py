from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import NoDataError
from core.feeds.base import Feed
from core.feeds.simulated import SimulatedFeed
from core.model import Quote, SymbolClass
from tests.core.feeds.weekdays import FIRST, LAST, LIVE, NOW, UNIVERSE, Weekdays, feed, history, instrument, same

SEEDS = st.integers(0, 2**32)


def ticks(feed: SimulatedFeed, count: int) -> list[dict[str, Quote]]:
    return [dict(feed.quotes(UNIVERSE, LIVE, NOW).quotes) for _ in range(count)]


def test_it_is_a_feed_that_says_it_is_simulated_and_always_open() -> None:
    simulated: Feed = feed()
    assert (simulated.name, simulated.simulated, simulated.always_open) == ("simulated", True, True)
    assert {"SPY", "^VIX", "XLRE"} <= simulated.known()


def test_the_same_seed_gives_the_same_bars_and_another_seed_others() -> None:
    a, b, c = history(7), history(7), history(8)
    assert all(same(a.bars[i.symbol], b.bars[i.symbol]) for i in UNIVERSE)
    assert not any(same(a.bars[i.symbol], c.bars[i.symbol]) for i in UNIVERSE)


def test_a_symbol_does_not_depend_on_the_others() -> None:
    iwm, mine = instrument("IWM"), instrument("MINE", SymbolClass.STOCK)
    alone, among = history(wanted=[iwm]), history(wanted=[mine, *UNIVERSE])
    assert same(alone.bars["IWM"], among.bars["IWM"])

    plain, watching = feed(), feed()
    for _ in range(5):
        expected = plain.quotes([iwm], LIVE, NOW).quotes["IWM"]
        assert watching.quotes([mine, *UNIVERSE], LIVE, NOW).quotes["IWM"] == expected


def test_history_holds_the_newest_sessions_up_to_last_and_no_more_than_configured() -> None:
    days = Weekdays().sessions(FIRST, LAST)
    assert np.array_equal(history(sessions=300).bars["SPY"].sessions, days[-300:])
    short = feed().history(UNIVERSE, date(2026, 1, 5), LAST).bars["SPY"]
    assert np.array_equal(short.sessions, days[-5:])


def test_the_same_period_gives_the_same_objects() -> None:
    simulated = feed()
    once = simulated.history(UNIVERSE, FIRST, LAST).bars
    again = simulated.history([*UNIVERSE, instrument("MINE")], FIRST, LAST).bars
    assert all(again[symbol] is bars for symbol, bars in once.items())
    earlier = simulated.history(UNIVERSE, FIRST, LAST - timedelta(days=1)).bars
    assert earlier["SPY"].sessions[-1] < once["SPY"].sessions[-1]


@pytest.mark.parametrize("symbol", ["SPY", "HYG", "^RUT", "^VIX", "^TNX"])
def test_a_longer_history_only_adds_older_sessions(symbol: str) -> None:
    long, short = (history(sessions=n).bars[symbol] for n in (1000, 300))
    assert np.array_equal(long.sessions[-300:], short.sessions)
    assert long.close[-300:] == pytest.approx(short.close, rel=1e-9, abs=0.011)  # a sum in another order may round


def test_the_same_closes_end_at_any_last_session() -> None:
    now, later = (feed().history(UNIVERSE, FIRST, last).bars["SPY"] for last in (LAST, LAST + timedelta(days=3)))
    assert later.sessions[-1] > now.sessions[-1]
    assert np.array_equal(now.close, later.close)


def test_a_period_without_sessions_is_an_error_with_a_mend() -> None:
    with pytest.raises(NoDataError, match="no session") as raised:
        feed().history(UNIVERSE, date(2026, 1, 10), date(2026, 1, 11))
    assert raised.value.mend


def test_an_unknown_symbol_is_invented_from_its_name_and_class() -> None:
    wanted = [instrument(f"MADE{cls.name}", cls) for cls in SymbolClass]
    bars = history(wanted=wanted).bars
    assert same(bars["MADESTOCK"], history(wanted=wanted[2:3]).bars["MADESTOCK"])
    for i in wanted:
        series = bars[i.symbol]
        assert (series.low > 0).all()
        assert np.isfinite(series.volume).all() == i.cls.has_total_return
    levels = {i.cls: float(np.median(bars[i.symbol].close)) for i in wanted}
    assert 1 < levels[SymbolClass.RATE] < 9
    assert 8 < levels[SymbolClass.VOLATILITY] < 50
    assert not same(bars["MADESTOCK"], history(wanted=[instrument("MADEOTHER", SymbolClass.STOCK)]).bars["MADEOTHER"])


def test_global_random_state_is_left_alone() -> None:
    np.random.seed(5)
    untouched = np.random.random()
    np.random.seed(5)
    simulated = feed()
    simulated.history(UNIVERSE, FIRST, LAST)
    simulated.quotes(UNIVERSE, LIVE, NOW)
    assert np.random.random() == untouched


def test_the_open_session_walks_the_same_way_for_the_same_seed() -> None:
    assert ticks(feed(3), 20) == ticks(feed(3), 20)
    assert ticks(feed(3), 1) != ticks(feed(4), 1)


def test_a_new_session_starts_the_walk_again() -> None:
    simulated = feed()
    opening = simulated.quotes(UNIVERSE, LIVE, NOW).quotes
    simulated.quotes(UNIVERSE, LIVE, NOW)
    again = simulated.quotes(UNIVERSE, LIVE + timedelta(days=1), NOW).quotes
    assert {s: q.price for s, q in again.items()} == {s: q.price for s, q in opening.items()}
    assert {q.session for q in again.values()} == {LIVE + timedelta(days=1)}


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_quotes_go_on_from_the_last_close_and_agree_with_themselves(seed: int) -> None:
    simulated = feed(seed, 50)
    closes = {s: b.close[-1] for s, b in simulated.history(UNIVERSE, FIRST, LAST).bars.items()}
    walked = ticks(simulated, 12)
    for symbol, first in walked[0].items():
        assert first.price == pytest.approx(closes[symbol], rel=0.5 if symbol.startswith("^VIX") else 0.15)
    for before, after in pairwise(walked):
        for symbol, quote in after.items():
            old = before[symbol]
            assert None not in (quote.open, quote.high, quote.low, old.high, old.low)
            assert 0 < (quote.low or 0) <= min(quote.price, quote.open or 0, old.low or 0)
            assert (quote.high or 0) >= max(quote.price, quote.open or 0, old.high or 0)
            assert quote.open == old.open
            assert (quote.asof, quote.session) == (NOW, LIVE)
            assert (quote.volume is None) == symbol.startswith("^")
            assert (quote.volume or 0) >= (old.volume or 0)


def test_some_prices_change_at_each_tick_and_some_stay() -> None:
    walked = ticks(feed(), 30)
    changed = [sum(a[s].price != b[s].price for s in a) / len(a) for a, b in pairwise(walked)]
    assert all(0.1 < share < 0.9 for share in changed)
    assert 0.3 < np.mean(changed) < 0.7


def test_a_burst_of_stress_lowers_spy_and_raises_vix_within_minutes() -> None:
    walked = ticks(feed(), 100)  # five minutes at a tick every 3 s
    spy = np.array([tick["SPY"].price for tick in walked])
    vix = np.array([tick["^VIX"].price for tick in walked])
    bottom = int(spy.argmin())
    assert spy[bottom] / spy[0] - 1 < -0.004
    assert vix[bottom] / vix[0] - 1 > 0.05
    assert spy[bottom:].max() / spy[bottom] - 1 > 0.003


def test_a_session_left_open_for_hours_stays_believable() -> None:
    simulated, wanted = feed(), [instrument("SPY"), instrument("^VIX", SymbolClass.VOLATILITY)]
    walked = [simulated.quotes(wanted, LIVE, NOW).quotes for _ in range(10_000)]
    spy = np.array([tick["SPY"].price for tick in walked])
    assert 0.004 < spy.max() / spy.min() - 1 < 0.06
    assert min(tick["^VIX"].price for tick in walked) > 9
    usual = np.mean(history(wanted=wanted).bars["SPY"].volume)
    assert 0.5 * usual < (walked[-1]["SPY"].volume or 0) < 2 * usual


def test_closing_leaves_nothing_behind() -> None:
    simulated = feed()
    simulated.close()
    assert simulated.history(UNIVERSE, FIRST, LAST).problems == ()
