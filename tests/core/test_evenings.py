"""An evening of the past is what `--as-of` tells of that day on the same data, and knows nothing of what came later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from core import universe
from core.constituents import Constituents
from core.errors import NoDataError
from core.feeds.files import FilesFeed
from core.panel import Bars
from core.pipeline import Pipeline
from core.sessions import Calendar, FixedClock, end_of_day
from core.settings import Settings
from core.settings_load import defaults
from core.snapshot import Snapshot, to_json
from tests.core.fakes import (
    COLUMNS,
    FRIDAY,
    MONDAY,
    FakeFeed,
    clock_at,
    market,
    new_york,
    quotes,
    sessions,
    settings,
    walk,
)

XNYS = Calendar()
DAYS = sessions(330)
WEEK = timedelta(days=7)


def pipeline(feed: FakeFeed, chosen: Settings, clock: FixedClock, *, past: bool = False) -> Pipeline:
    return Pipeline(chosen, clock=clock, calendar=XNYS, feed=feed, store=None, past=past)


def begun(feed: FakeFeed, chosen: Settings) -> Pipeline:
    """A live pipeline on the weekend after the last session, refreshed once."""
    live = pipeline(feed, chosen, FixedClock(end_of_day(FRIDAY + timedelta(days=2))))
    live.refresh()
    return live


def as_of(feed: FakeFeed, chosen: Settings, day: date) -> Snapshot:
    return pipeline(feed, chosen, FixedClock(end_of_day(day)), past=True).refresh()


def document(snapshot: Snapshot) -> dict[str, Any]:
    """The JSON without what a feed that was asked that evening would have found wrong."""
    found: dict[str, Any] = json.loads(to_json(snapshot))
    del found["source"]["problems"]
    return found


def differences(found: Any, expected: Any, where: str = "") -> Iterator[str]:
    """Every place at which two documents differ, to the last digit."""
    if isinstance(found, dict) and isinstance(expected, dict) and found.keys() == expected.keys():
        for key, value in found.items():
            yield from differences(value, expected[key], f"{where}.{key}")
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for place, value in enumerate(found):
            yield from differences(value, expected[place], f"{where}[{place}]")
    elif found != expected:
        yield f"{where}: {found!r}, expected {expected!r}"


def same(live: Pipeline, feed: FakeFeed, chosen: Settings, days: Sequence[date]) -> None:
    for day in days:
        told = list(differences(document(live.past(day)), document(as_of(feed, chosen, day))))
        assert not told, (day, told[:20])


def holed(feed: FakeFeed) -> FakeFeed:
    """The same feed with a fund that begins late, one that ended, one with holes, and one that jumps."""
    changed: Mapping[str, Bars] = {
        "XLC": feed.bars["XLC"].since(DAYS[180].item()),
        "^VIX3M": feed.bars["^VIX3M"].since(DAYS[-60].item()),
        "QQQ": feed.bars["QQQ"].upto(DAYS[290].item()),
        "IWM": without_rows(feed.bars["IWM"], (100, 101, 250)),
        "XLE": replace(feed.bars["XLE"], close=jumping(feed.bars["XLE"].close, 200)),
    }
    feed.bars |= changed
    return feed


def without_rows(bars: Bars, rows: Sequence[int]) -> Bars:
    kept = ~np.isin(np.arange(len(bars)), rows)
    columns: list[Any] = [getattr(bars, name)[kept] for name in ("sessions", *COLUMNS)]
    return Bars(bars.symbol, *columns)


def jumping(close: np.ndarray[Any, np.dtype[np.float64]], row: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    result = close.copy()
    result[row] *= 10.0
    return result


@pytest.mark.parametrize("basis", ["tr", "px"])
def test_an_evening_is_what_as_of_tells(basis: str) -> None:
    shipped = settings()
    chosen = msgspec.structs.replace(shipped, metrics=msgspec.structs.replace(shipped.metrics, basis=basis))
    feed = holed(market(chosen, DAYS))
    edges = [DAYS[k].item() for k in (0, 1, 2, 25, 100, 101, 200, 201, 251, 252, 290, 291, 292, 329)]
    same(begun(feed, chosen), feed, chosen, edges)


def test_with_the_members_of_a_universe() -> None:
    shipped = settings()
    chosen = msgspec.structs.replace(shipped, universe=msgspec.structs.replace(shipped.universe, breadth="nasdaq100"))
    feed = holed(market(chosen, DAYS))
    watched = universe.build(chosen).symbols
    feed.bars |= {i.symbol: walk(i, DAYS) for i in Constituents(chosen).instruments(watched)}
    same(begun(feed, chosen), feed, chosen, [DAYS[k].item() for k in (0, 60, 200, 290, 328)])


def test_before_the_breadth_of_members_is_read_it_is_missing() -> None:
    """Three years of it are read; that costs no session before them its other numbers."""
    shipped = settings()
    chosen = msgspec.structs.replace(shipped, universe=msgspec.structs.replace(shipped.universe, breadth="nasdaq100"))
    days = sessions(800)
    feed = market(chosen, days)
    members = Constituents(chosen).instruments(universe.build(chosen).symbols)[:20]
    feed.bars |= {i.symbol: walk(i, days) for i in members}
    snapshot = begun(feed, chosen).past(days[30].item())
    assert (snapshot.breadth.used, snapshot.breadth.coverage, snapshot.breadth.status) == (0, None, "missing_input")
    assert snapshot.leadership[0].last is not None
    to_json(snapshot)


def test_a_session_in_progress_changes_no_evening() -> None:
    chosen = settings()
    feed = market(chosen, DAYS)
    before = begun(feed, chosen)
    live = pipeline(feed, chosen, clock_at(MONDAY, "11:00"))
    feed.current = quotes(feed, new_york(MONDAY, "11:00"), factor=0.8)
    first = live.refresh()
    assert (first.session, first.session_status, first.past) == (MONDAY, "intraday", False)
    for day in (DAYS[-1].item(), DAYS[-30].item()):
        told = differences(document(live.past(day)), document(before.past(day)))
        assert not [line for line in told if "source" not in line]
    again = live.refresh()
    assert not list(differences(json.loads(to_json(again)), json.loads(to_json(first))))


def test_a_day_without_a_session_is_the_session_before_and_the_first_one_the_end() -> None:
    chosen = settings()
    live = begun(market(chosen, DAYS), chosen)
    assert live.evenings() == tuple(DAYS.tolist())
    first, last = DAYS[0].item(), DAYS[-1].item()
    for day, session in (
        (first - WEEK, first),
        (FRIDAY - timedelta(days=5), FRIDAY - WEEK),
        (last + WEEK, last),
    ):
        snapshot = live.past(day)
        assert (snapshot.session, snapshot.past, snapshot.session_status) == (session, True, "final")


def test_evenings_are_kept_until_the_history_is_another() -> None:
    chosen = settings()
    feed = market(chosen, DAYS)
    live = begun(feed, chosen)
    day = DAYS[-5].item()
    assert live.past(day) is live.past(day)
    known = live.past(day)
    for back in range(10, 20):
        live.past(DAYS[-back].item())
    assert live.past(day) is not known
    feed.bars["SPY"] = replace(feed.bars["SPY"], close=feed.bars["SPY"].close * 2)
    known = live.past(day)
    live.refresh()
    assert live.past(day) is not known


def test_without_a_refresh_or_a_price_there_is_no_evening() -> None:
    chosen = settings()
    feed = market(chosen, DAYS)
    with pytest.raises(NoDataError):
        pipeline(feed, chosen, FixedClock(end_of_day(FRIDAY))).past(FRIDAY)
    nothing = np.full(len(DAYS), np.nan)
    for symbol, bars in feed.bars.items():
        close = np.where(np.arange(len(DAYS)) < 3, nothing, bars.close)
        feed.bars[symbol] = replace(bars, close=close)
    with pytest.raises(NoDataError, match="up to"):
        begun(feed, chosen).past(DAYS[1].item())


def test_on_real_data_twenty_evenings_are_what_as_of_tells(market: Path) -> None:
    chosen = defaults().with_overrides(feed="files", data=[str(market / "index_etf_daily.csv")], store="none").settings
    files = FilesFeed([market / "index_etf_daily.csv"])
    wanted = universe.build(chosen).instruments
    feed = FakeFeed(*files.history(wanted, date(2019, 1, 1), date(2026, 1, 30)).bars.values())
    live = pipeline(feed, chosen, FixedClock(end_of_day(date(2026, 2, 1))))
    live.refresh()
    chance = np.random.default_rng(6).choice(len(live.evenings()), 20, replace=False)
    same(live, feed, chosen, [live.evenings()[k] for k in chance])
