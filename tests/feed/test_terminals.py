"""Two screens and a fill at the same time on one store: what the fill stores, both screens show."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from core.sessions import NEW_YORK, Calendar
from core.store import Store
from tests.emulator import Emulator
from tests.feed import stage
from tests.feed.fill import Filling
from tests.feed.screen import Report, Screen


def test_two_screens_see_what_a_fill_stores(emulator: Emulator, tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite3"
    now = datetime.now(NEW_YORK)
    shown = stage.settings(None).universe.show
    filling = Filling(emulator, tmp_path, shown, watchlist=stage.WATCHED)
    nowhere = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), "http://127.0.0.1:9")
    with Screen(nowhere, store, now) as one, Screen(nowhere, store, now) as other:
        screens = (one, other)
        opened = [screen.wait("opened") for screen in screens]
        for screen, at in zip(screens, opened, strict=True):
            screen.wait("told", after=at)
        assert all("Yahoo cannot be reached" in screen.report().failure for screen in screens)
        process = filling.begin(store)
        while process.poll() is None:
            for screen in screens:
                refreshed(screen)
            assert filling.end(process) == ""
        for screen in screens:
            refreshed(screen)
            assert complete(screen.report(), now)
            screen.leave()
    with closing(Store.open(stage.url_of(store))) as opened_store:
        assert opened_store.check() == []


def refreshed(screen: Screen) -> None:
    """Press `r` and wait for what comes of it."""
    screen.wait("told", after=screen.refresh())


def complete(report: Report, now: datetime) -> bool:
    """Whether every symbol is shown with its close of the last finished session."""
    finished = Calendar().state(now).last_finished
    rows = stage.rows(report.snapshot)
    return rows.keys() == set(stage.SYMBOLS) and all(row.session == finished for row in rows.values())
