"""How old a price is, told in its row: by a mark and a word, and so without colour too."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
import pytest
from textual.message_pump import MessagePump

from core.snapshot import Row, Snapshot
from tests.tui import builders
from tests.tui.script import Script, shown, text, until
from tui.app import TapeboardApp
from tui.format import NEW_YORK
from tui.panes import cells
from tui.widgets.live_table import Cell

NOON = datetime(2026, 1, 9, 12, tzinfo=NEW_YORK)
LATE = NOON - timedelta(minutes=18)


def live(*changed: Row) -> Snapshot:
    """At noon, all prices a minute old but those of the rows that are given."""
    fresh = NOON - timedelta(minutes=1)
    source = builders.source(feed="yahoo", asof=fresh, oldest=LATE)
    snapshot = builders.rich(session_status="intraday", phase="open", viewed_at=NOON, source=source)
    rows = tuple(msgspec.structs.replace(row, asof=fresh) for row in snapshot.leadership)
    sectors = tuple(msgspec.structs.replace(row, asof=fresh) for row in snapshot.sectors)
    snapshot = msgspec.structs.replace(snapshot, leadership=rows, sectors=sectors)
    for row in changed:
        snapshot = builders.with_row(snapshot, row)
    return snapshot


@pytest.mark.parametrize(
    ("row", "snapshot", "told"),
    [
        (builders.row("IWM", asof=NOON), live(), ("7.00", "strong")),
        (builders.row("IWM", asof=LATE), live(), ("d 7.00", "watch")),
        (builders.row("IWM", session=date(2026, 1, 8)), live(), ("† 7.00", "stale")),
        (builders.row("IWM", asof=builders.CLOSE), builders.rich(phase="pre"), ("7.00", "")),
        (builders.row("IWM", asof=builders.CLOSE), builders.rich(session_status="stale"), ("† 7.00", "stale")),
        (builders.row("IWM", last=None), live(), ("7.00", "stale")),
    ],
    ids=["live", "delayed", "earlier session", "close", "stale", "none"],
)
def test_a_price_is_marked_by_its_age(row: Row, snapshot: Snapshot, told: tuple[str, str]) -> None:
    cell = cells.price(row, snapshot, "7.00")
    assert (cell.text, cell.style, cell.sort) == (*told, row.last)


def test_the_time_of_a_price_sorts_the_oldest_first() -> None:
    earlier = cells.time(builders.row("IWM", session=date(2026, 1, 8)))
    late, fresh = (cells.time(builders.row("IWM", asof=asof)) for asof in (LATE, NOON))
    assert [cell.text for cell in (earlier, late, fresh)] == ["01-08", "11:42", "12:00"]
    keys = [cell.sort for cell in (earlier, late, fresh)]
    assert keys == sorted(keys, key=str)
    assert cells.time(builders.row("IWM", session=None)) == cells.DASH


def test_a_late_quote_names_its_time_and_a_late_yield_need_not() -> None:
    fund, rate = builders.row("IWM", asof=LATE), builders.row("^TNX", asof=LATE)
    found = {"name": Cell("x"), "1s": Cell("+1.00", "up", 0.01)}
    aged = cells.aged(found, fund, live())
    assert (aged["name"].text, aged["name"].style) == ("11:42 · Russell 2000", "watch")
    assert aged["1s"] is found["1s"]
    assert cells.aged(found, rate, live()) is found
    assert cells.price(rate, live(), "4.20").text == "d 4.20"


@pytest.mark.parametrize("size", [(160, 45), (80, 24)])
async def test_without_colour_the_marks_stay(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    snapshot = live(builders.row("IWM", asof=LATE), builders.row("SPY", session=date(2026, 1, 8), asof=None))
    running = TapeboardApp(builders.settings(), lambda: Script(snapshot))
    async with running.run_test(size=size) as pilot:
        await shown(pilot, snapshot)
        seen = text(pilot)
    assert " d " in next(line for line in seen.splitlines() if " IWM " in line)
    assert " † " in next(line for line in seen.splitlines() if " SPY " in line)


async def test_ages_stand_still_between_two_refreshes() -> None:
    """A quote grows old when it is looked at again, and not before: nothing ticks, so nothing is written."""
    snapshot = live(builders.row("IWM", asof=LATE))
    running = TapeboardApp(builders.settings(), lambda: Script(snapshot))
    async with running.run_test(size=(160, 45)) as pilot:
        board = await shown(pilot, snapshot)
        before = text(pilot)
        nodes: list[MessagePump] = [running, board, *board.walk_children()]
        await until(pilot, lambda: not any(timer._active.is_set() for node in nodes for timer in node._timers))
        assert text(pilot) == before
