"""When the note of a day is due: after the close, at the time set, once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from core.report import hour
from core.sessions import NEW_YORK, Calendar
from core.settings import ReportSettings
from core.snapshot import EMPTY, Snapshot, Source

CALENDAR = Calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def settings(tmp_path: Path, when: str = "16:15") -> ReportSettings:
    return ReportSettings(at=when, format="md", folder=str(tmp_path), events="")


def seen(when: str, *, status: str = "final", session: str = "2026-01-09", simulated: bool = False) -> Snapshot:
    return msgspec.structs.replace(
        EMPTY,
        session=datetime.fromisoformat(session).date(),
        session_status=status,
        viewed_at=at(when),
        next_session=datetime.fromisoformat("2026-01-12").date(),
        source=Source(feed="yahoo", simulated=simulated),
    )


def test_it_is_due_from_the_time_set_on_and_until_it_lies_there(tmp_path: Path) -> None:
    file = tmp_path / "tapeboard-2026-01-09.md"
    assert hour.due(seen("2026-01-09 16:14"), settings(tmp_path), CALENDAR) is None
    assert hour.due(seen("2026-01-09 16:15"), settings(tmp_path), CALENDAR) == file
    file.write_text("written", encoding="utf-8")
    assert hour.due(seen("2026-01-09 16:20"), settings(tmp_path), CALENDAR) is None


def test_a_machine_that_slept_writes_it_when_it_is_awake(tmp_path: Path) -> None:
    assert hour.due(seen("2026-01-11 09:00"), settings(tmp_path), CALENDAR) is not None


def test_a_time_before_the_close_means_the_close(tmp_path: Path) -> None:
    early = settings(tmp_path, "12:00")
    assert hour.next_due(seen("2026-01-09 11:00"), early, CALENDAR) == at("2026-01-09 16:00")
    half = seen("2025-11-28 12:30", session="2025-11-28")
    assert hour.next_due(half, settings(tmp_path, "12:00"), CALENDAR) == at("2025-11-28 13:00")


def test_the_next_one_is_that_of_the_next_session(tmp_path: Path) -> None:
    assert hour.next_due(seen("2026-01-09 16:15"), settings(tmp_path), CALENDAR) == at("2026-01-12 16:15")


@pytest.mark.parametrize(
    "snapshot", [seen("2026-01-09 17:00", simulated=True), seen("2026-01-09 17:00", status="stale")]
)
def test_invented_and_stale_data_have_no_note_of_the_day(tmp_path: Path, snapshot: Snapshot) -> None:
    assert hour.due(snapshot, settings(tmp_path), CALENDAR) is None


def test_without_a_time_there_is_none(tmp_path: Path) -> None:
    assert hour.due(seen("2026-01-09 17:00"), settings(tmp_path, ""), CALENDAR) is None
    assert hour.next_due(seen("2026-01-09 17:00"), settings(tmp_path, ""), CALENDAR) is None
    assert hour.next_due(EMPTY, settings(tmp_path), CALENDAR) is None


def test_a_folder_of_ones_own_or_that_of_the_user(tmp_path: Path) -> None:
    assert hour.folder(settings(tmp_path)) == tmp_path
    own = msgspec.structs.replace(settings(tmp_path), folder="", format="text")
    assert hour.path_of(datetime.fromisoformat("2026-01-09").date(), own).parts[-2:] == (
        "notes",
        "tapeboard-2026-01-09.txt",
    )
