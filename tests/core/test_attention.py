"""What is acknowledged and muted: until a state changes, till a day, and in a store beyond the process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from core.attention import Attention
from core.errors import NoDataError, StoreError, UsageError
from core.sessions import Calendar
from core.snapshot import RiskWarning, Snapshot
from core.store import Store
from tests.core.fakes import FRIDAY, MONDAY, clock_at
from tests.core.store_builders import url_of

CALENDAR = Calendar()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(url_of(tmp_path / "tapeboard.sqlite3"))) as opened:
        yield opened


def attention(store: Store | None = None, day: date = FRIDAY, universe: str = "core") -> Attention:
    return Attention(store, universe, CALENDAR, clock_at(day, "20:00"))


def warning(state: str = "WATCH", since: date | None = FRIDAY, rule: str = "W19") -> RiskWarning:
    plain = RiskWarning(id=rule, subject="SPY", title="Drawdown", state="WATCH", since=since, sessions=1)
    return msgspec.structs.replace(plain, state=state)


def seen(*warnings: RiskWarning, day: date = FRIDAY) -> Snapshot:
    return Snapshot(session=day, viewed_at=clock_at(day, "20:00").now(), warnings=warnings or (warning(),))


def test_an_acknowledged_warning_is_marked_until_its_state_changes() -> None:
    mind = attention()
    mind.marked(seen())
    mind.acknowledge("W19", "SPY")
    assert mind.marked(seen()).warnings[0].acknowledged
    assert mind.marked(seen(day=MONDAY)).warnings[0].acknowledged
    assert not mind.marked(seen(warning("WARNING", MONDAY), day=MONDAY)).warnings[0].acknowledged
    assert not mind.marked(seen(warning("CLEAR", MONDAY), day=MONDAY)).warnings[0].acknowledged
    again = seen(warning("WATCH", MONDAY), day=MONDAY)
    assert not mind.marked(again).warnings[0].acknowledged, "it was left in between"


def test_a_start_that_moves_with_the_history_keeps_it() -> None:
    mind = attention()
    mind.marked(seen())
    mind.acknowledge("W19", "SPY")
    assert mind.marked(seen(warning(since=FRIDAY - timedelta(days=3)))).warnings[0].acknowledged


def test_a_second_time_takes_it_back() -> None:
    mind = attention()
    mind.marked(seen())
    mind.acknowledge("W19", "SPY")
    said = mind.acknowledge("W19", "SPY")
    assert said.acknowledged == {}
    assert not said.applied(seen()).warnings[0].acknowledged


def test_a_snapshot_that_is_marked_already_stays_the_same_object() -> None:
    snapshot = seen()
    assert attention().marked(snapshot) is snapshot


@pytest.mark.parametrize("found", [warning("CLEAR"), warning("NOT_EVALUATED", None), warning(rule="W04")])
def test_only_what_is_raised_can_be_acknowledged(found: RiskWarning) -> None:
    mind = attention()
    mind.marked(seen(found))
    with pytest.raises(NoDataError, match="W19 is not raised"):
        mind.acknowledge("W19", "SPY")


def test_a_rule_is_muted_to_the_end_of_a_day() -> None:
    mind = attention()
    mind.mute("W19", MONDAY)
    assert mind.marked(seen(day=MONDAY)).warnings[0].muted_until == MONDAY
    assert mind.marked(seen(day=MONDAY + timedelta(days=1))).warnings[0].muted_until is None
    assert mind.mute("W19", None).muted == {}


def test_sessions_are_counted_by_the_calendar_from_today() -> None:
    mind = attention()
    assert mind.mute("W19", 1).muted == {"W19": FRIDAY}
    assert mind.mute("W19", 2).muted == {"W19": MONDAY}


@pytest.mark.parametrize("day", [FRIDAY - timedelta(days=1), FRIDAY + timedelta(days=500)])
def test_a_day_that_is_past_or_too_far_is_refused(day: date) -> None:
    with pytest.raises(UsageError, match="cannot be muted till"):
        attention().mute("W19", day)


def test_both_outlive_the_process_where_there_is_a_store(store: Store) -> None:
    mind = attention(store)
    mind.marked(seen())
    mind.acknowledge("W19", "SPY")
    assert mind.mute("W04", MONDAY).kept
    later, elsewhere = attention(store, MONDAY), attention(store, MONDAY, universe="sp500")
    assert later.recall() == elsewhere.recall() == ()
    marked = later.marked(seen(warning(), warning(rule="W04"), day=MONDAY)).warnings
    assert [(w.acknowledged, w.muted_until) for w in marked] == [(True, None), (False, MONDAY)]
    assert not elsewhere.marked(seen()).warnings[0].acknowledged
    later.acknowledge("W19", "SPY")
    later.mute("W04", None)
    assert (store.acknowledged("core"), store.muted()) == ({}, {})


def test_what_is_said_while_the_store_is_read_is_not_undone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    mind = attention(store)
    mind.marked(seen())
    saying = threading.Thread(target=mind.acknowledge, args=("W19", "SPY"))
    muted = store.muted

    def slowly() -> dict[str, date]:
        """What was acknowledged has been read already; now the user says something."""
        saying.start()
        return muted()

    monkeypatch.setattr(store, "muted", slowly)
    assert mind.recall() == ()
    saying.join()
    assert mind.marked(seen()).warnings[0].acknowledged


def test_what_cannot_be_kept_is_told_and_not_believed(store: Store) -> None:
    mind = attention(store)
    mind.marked(seen())
    store.close()
    with pytest.raises(StoreError):
        mind.acknowledge("W19", "SPY")
    (problem,) = mind.recall()
    assert problem.kind == "store"
    assert not mind.marked(seen()).warnings[0].acknowledged
