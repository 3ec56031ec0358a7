from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core import charts
from core.errors import NoDataError
from core.metrics.leadership import ratio_trend, sessions_at_rank1
from core.model import Group, Instrument, SymbolClass
from core.pipeline import open_pipeline
from tests.core import builders

PANEL = builders.panel(3, 320)
FOLD, HISTORY = builders.folded(PANEL)
NOW = HISTORY.size - 1
COLUMNS = {symbol: column for column, symbol in enumerate(PANEL.symbols)}


def group(*symbols: str) -> Group:
    instruments = tuple(Instrument(symbol, symbol, SymbolClass.FUND, "g") for symbol in symbols)
    return Group("g", "Funds", SymbolClass.FUND, ranked=True, instruments=instruments)


def test_the_leaders_end_with_the_leader_of_the_rows_and_its_run() -> None:
    series = charts.leaders(HISTORY, NOW, COLUMNS, group(*builders.FUNDS), "63s")
    place, held = sessions_at_rank1(HISTORY, HISTORY.size - 1, [COLUMNS[s] for s in builders.FUNDS], "63s")
    assert place is not None
    assert len(series.sessions) == len(series.leader) == 252
    assert set(series.leader[-held:]) == {builders.FUNDS[place]}
    assert series.leader[-held - 1] != builders.FUNDS[place]


def test_nobody_leads_alone_where_two_are_equal_or_none_is_ranked() -> None:
    twins = builders.priced(builders.priced(PANEL, "SPY", np.full(320, 5.0)), "IWM", np.full(320, 7.0))
    _fold, history = builders.folded(twins)
    assert set(charts.leaders(history, NOW, COLUMNS, group("SPY", "IWM"), "21s").leader) == {None}
    assert set(charts.leaders(history, NOW, COLUMNS, group(), "21s").leader) == {None}


def test_who_is_alone_leads_nobody() -> None:
    _fold, history = builders.folded(builders.without(PANEL, "IWM", rows=slice(0, 300)))
    series = charts.leaders(history, NOW, COLUMNS, group("SPY", "IWM"), "5s")
    assert set(series.leader[: 300 + 5 - 320]) == {None}
    assert None not in series.leader[300 + 5 - 320 :]


def test_the_ratio_stands_from_its_averages_as_the_spread_says() -> None:
    series = charts.ratio_series(HISTORY, NOW, COLUMNS, "IWM", "SPY")
    last, sma50, sma200 = series.ratio[-1], series.sma50[-1], series.sma200[-1]
    assert last is not None
    assert sma50 is not None
    assert sma200 is not None
    expected = ratio_trend(HISTORY, HISTORY.size - 1, COLUMNS["IWM"], COLUMNS["SPY"])
    assert (last / sma50 - 1, last / sma200 - 1) == pytest.approx(expected[:2])
    assert series.sessions[-1] == PANEL.sessions[-1].astype(object)


def test_averages_wait_for_their_windows_and_for_holes() -> None:
    _fold, history = builders.folded(builders.without(PANEL, "IWM", rows=slice(250, 251)))
    series = charts.ratio_series(history, NOW, COLUMNS, "IWM", "SPY", sessions=320)
    assert [value is None for value in series.sma50] == [t < 49 or 250 <= t < 300 for t in range(320)]
    assert all(value is None for value in charts.ratio_series(history, NOW, COLUMNS, "IWM", "SPY", sessions=20).sma200)


def test_prices_are_the_bars_and_the_averages_of_the_rows() -> None:
    series = charts.price_series(HISTORY, NOW, PANEL, "QQQ")
    column = COLUMNS["QQQ"]
    assert not series.live
    assert series.open == tuple(PANEL.open[-252:, column].tolist())
    assert series.volume == tuple(PANEL.volume[-252:, column].tolist())
    for name in ("sma20", "sma50", "sma200"):
        assert getattr(series, name)[-1] == pytest.approx(HISTORY.latest[name][column])
    assert series.high_252 == max(high for high in series.high if high is not None)
    assert series.low_252 == min(low for low in series.low if low is not None)


def test_the_session_in_progress_is_the_last_bar_without_an_open() -> None:
    before = builders.part(PANEL, slice(0, 319))
    fold, history = builders.folded(before)
    live = builders.live_row(PANEL, 319)
    history.put_live(live.session, fold.read(fold.live_row(live)))
    series = charts.price_series(history, history.size - 1, before, "SPY")
    assert series.live
    assert (series.open[-1], series.high[-1], series.close[-1]) == (None, live.high[0], live.px[0])
    assert len(series.sessions) == len(series.open) == len(series.sma20) == 252


def test_a_missing_bar_is_none() -> None:
    holed = replace(PANEL, volume=np.full_like(PANEL.volume, np.nan))
    _fold, history = builders.folded(holed)
    assert set(charts.price_series(history, history.size - 1, holed, "SPY").volume) == {None}


def test_a_pipeline_answers_after_its_first_refresh_only_and_of_what_it_watches() -> None:
    pipeline = open_pipeline(builders.settings())
    with pytest.raises(NoDataError, match="first refresh"):
        pipeline.leaders("63s")
    snapshot = pipeline.refresh()
    (funds, *_others) = pipeline.leaders("63s")
    rows = {row.symbol: row for row in snapshot.leadership}
    assert funds.symbols == builders.FUNDS
    assert funds.leader[-1] == next(symbol for symbol in builders.FUNDS if rows[symbol].rank["63s"] == 1)
    assert pipeline.prices("SPY").close[-1] == rows["SPY"].last
    assert pipeline.ratio("IWM", "SPY").sessions[-1] == snapshot.session
    gauge = pipeline.gauge("W07", "SPY")
    assert gauge is not None
    assert gauge.sessions[-1] == funds.sessions[-2]  # the session in progress stands in the snapshot
    with pytest.raises(NoDataError, match="NOPE is not watched"):
        pipeline.prices("NOPE")
    with pytest.raises(NoDataError, match="NOPE is not watched"):
        pipeline.ratio("SPY", "NOPE")
    pipeline.close()
