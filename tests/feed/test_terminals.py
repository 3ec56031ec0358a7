"""Two screens and a fill at the same time on one store, which all three write: both screens see what is new."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

import pytest

from core.sessions import NEW_YORK, Calendar
from core.store import Store
from tests.core.feeds.yahoo_rig import PANDAS
from tests.emulator import Emulator
from tests.feed import stage
from tests.feed.fill import Filling
from tests.feed.screen import Screen

SLOW: Final = 5.0
"""Seconds before every answer until both screens have refreshed once: the fill, of 61 answers, takes longer."""
REFRESHES: Final = 40
"""Within so many a screen has taken in what was on its way."""
FILLED_ONLY: Final = "GOOGL"
"""What the fill asks for and no screen shows."""


@pytest.mark.filterwarnings(PANDAS)
def test_two_screens_and_a_fill_write_one_store_and_both_screens_see_what_is_new(
    emulator: Emulator, tmp_path: Path
) -> None:
    store, now = tmp_path / "store.sqlite3", datetime.now(NEW_YORK)
    finished = Calendar().state(now).last_finished
    before = Calendar().previous(finished)
    stage.make_store(store, datetime.combine(before, time(20), NEW_YORK), years=2)
    shown = stage.settings(None).universe.show
    filling = Filling(emulator, tmp_path, shown, watchlist=(*stage.WATCHED, FILLED_ONLY))
    kept, emulator.latency = stage.stored_bars(store), SLOW
    led = emulator.environment()
    process = filling.begin(store)
    with opened(led, store, now) as one, opened(led, store, now) as other:
        for screen in (one, other):
            screen.wait("told", after=screen.wait("opened"))
        assert process.poll() is None, "both screens have refreshed while the fill goes on"
        emulator.latency = 0.0
        while process.poll() is None:
            for screen in (one, other):
                screen.wait("told", after=screen.refresh())
        assert filling.end(process) == ""
        for screen in (one, other):
            assert sees(screen, finished) == ""
            screen.leave()
    assert stage.stored_rows(store).keys() == set(stage.SYMBOLS), "the screens have stored what they showed"
    bars = stage.stored_bars(store)
    assert bars.keys() == {*stage.SYMBOLS, FILLED_ONLY}, "the fill has stored what it alone asked for"
    assert {series.sessions[-1].item() for series in bars.values()} == {finished}
    assert stage.lost_bars(kept, bars, emulator) == set()
    with closing(Store.open(stage.url_of(store))) as left:
        assert left.check() == []


def opened(led: dict[str, str], store: Path, now: datetime) -> Screen:
    """A screen that is not held back by its budget, so that it writes as much as the fill."""
    return Screen(led, store, now, budget=stage.UNLIMITED)


def sees(screen: Screen, finished: date) -> str:
    """ "" once a screen shows every symbol with the last finished session; what is wrong with it, or what lacks."""
    lacking: set[str] = set(stage.SYMBOLS)
    for _refresh in range(REFRESHES):
        screen.wait("told", after=screen.refresh())
        report = screen.report()
        wrong = [note.text for note in report.snapshot.source.problems if note.kind == "store"]
        if report.failure or wrong:
            return "; ".join([report.failure, *wrong])
        shown = stage.rows(report.snapshot)
        lacking = {symbol for symbol in stage.SYMBOLS if (shown[symbol].session or date.min) < finished}
        if not lacking:
            return ""
    return f"not seen: {', '.join(sorted(lacking))}"
