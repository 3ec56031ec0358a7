"""Two screens and a fill at the same time on one store, which all three write: both screens see what is new."""

from __future__ import annotations

import subprocess
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from core.sessions import NEW_YORK, Calendar
from core.store import Store
from tests.emulator import Emulator
from tests.feed import stage
from tests.feed.fill import Filling
from tests.feed.screen import Screen

SLOW: Final = 0.5
"""Seconds before every answer until both screens have refreshed beside the fill."""
FILLED_ONLY: Final = "GOOGL"
"""What the fill asks for and no screen shows."""


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
    with Screen(led, store, now) as one, Screen(led, store, now) as other:
        rounds = refreshed_beside(process, emulator, (one, other))
        assert filling.end(process) == ""
        assert rounds > 0, "the fill has ended before both screens had refreshed"
        for screen in (one, other):
            sessions, problems = seen(screen)
            assert sessions.keys() == set(stage.SYMBOLS)
            assert all(session is not None and session >= finished for session in sessions.values())
            assert problems == []
            screen.leave()
    assert stage.stored_rows(store).keys() == set(stage.SYMBOLS), "the screens have stored what they showed"
    bars = stage.stored_bars(store)
    assert bars.keys() == {*stage.SYMBOLS, FILLED_ONLY}, "the fill has stored what it alone asked for"
    assert {series.sessions[-1].item() for series in bars.values()} == {finished}
    assert stage.lost_bars(kept, bars, emulator) == set()
    with closing(Store.open(stage.url_of(store))) as opened:
        assert opened.check() == []


def refreshed_beside(process: subprocess.Popen[str], emulator: Emulator, screens: tuple[Screen, ...]) -> int:
    """Refresh the screens again and again till the fill has ended; how often all had before it did."""
    for screen in screens:
        screen.wait("opened")
    rounds = 0
    while process.poll() is None:
        for screen in screens:
            screen.wait("told", after=screen.refresh())
        if process.poll() is None:
            rounds, emulator.latency = rounds + 1, 0.0
    emulator.latency = 0.0
    return rounds


def seen(screen: Screen) -> tuple[dict[str, date | None], list[str]]:
    """The session of every symbol on a screen after one more refresh, and the store's problems or a failure there."""
    screen.wait("told", after=screen.refresh())
    report = screen.report()
    problems = [note.text for note in report.snapshot.source.problems if note.kind == "store"]
    sessions = {symbol: row.session for symbol, row in stage.rows(report.snapshot).items()}
    return sessions, problems + [report.failure] * bool(report.failure)
