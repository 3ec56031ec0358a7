"""How old prices are told to be: by the times in the snapshot alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from core.snapshot import Snapshot
from tests.tui import builders
from tui.ages import Age, is_delayed, moment, of_row
from tui.format import NEW_YORK

NOON = datetime(2026, 1, 9, 12, tzinfo=NEW_YORK)
FINAL = datetime(2026, 1, 9, 16, 15, tzinfo=NEW_YORK)


def at(viewed: datetime, phase: str = "open", status: str = "intraday") -> Snapshot:
    source = builders.source(feed="yahoo", final_at=FINAL)
    return builders.rich(session_status=status, phase=phase, viewed_at=viewed, source=source)


def aged(asof: datetime | None, snapshot: Snapshot, session: date = builders.SESSION) -> Age:
    return of_row(builders.row("IWM", asof=asof, session=session), snapshot)


@pytest.mark.parametrize(
    ("minutes", "age"), [(0, Age.LIVE), (15, Age.LIVE), (16, Age.DELAYED), (150, Age.DELAYED), (-1, Age.LIVE)]
)
def test_while_open_a_quote_is_delayed_after_a_quarter_of_an_hour(minutes: int, age: Age) -> None:
    assert aged(NOON - timedelta(minutes=minutes), at(NOON)) is age


def test_a_bar_of_the_session_that_tells_no_time_is_not_called_late() -> None:
    assert aged(None, at(NOON)) is Age.LIVE


@pytest.mark.parametrize(("minute", "age"), [(59, Age.CLOSE), (30, Age.DELAYED)])
def test_after_the_close_a_quote_is_held_against_the_close(minute: int, age: Age) -> None:
    last = datetime(2026, 1, 9, 15, minute, tzinfo=NEW_YORK)
    assert aged(last, at(datetime(2026, 1, 9, 16, 14, tzinfo=NEW_YORK), "after")) is age


@pytest.mark.parametrize("phase", ["pre", "after", "closed"])
def test_a_final_close_is_a_close_however_long_ago(phase: str) -> None:
    assert aged(builders.CLOSE, at(NOON + timedelta(days=3), phase, "final")) is Age.CLOSE


def test_an_earlier_session_is_stale_and_so_is_all_of_a_stale_snapshot() -> None:
    assert aged(None, at(NOON), date(2026, 1, 8)) is Age.STALE
    assert aged(builders.CLOSE, at(NOON + timedelta(days=9), "open", "stale")) is Age.STALE


def test_invented_prices_are_never_late() -> None:
    snapshot = builders.simulated()
    assert of_row(builders.row("IWM", asof=snapshot.source.asof), snapshot) is Age.LIVE
    assert not is_delayed(snapshot.source.asof, snapshot)


def test_a_time_of_another_day_names_it() -> None:
    assert moment(NOON, at(NOON)) == "12:00"
    assert moment(NOON, at(NOON + timedelta(days=1))) == "01-09 12:00"
    assert moment(NOON, at(NOON + timedelta(days=365))) == "2026-01-09 12:00"
    assert moment(None, at(NOON)) == "—"
