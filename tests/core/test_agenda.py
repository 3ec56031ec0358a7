"""What is on the calendar after a session."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.agenda import Event, agenda, load_events
from core.errors import DataFileError
from core.sessions import Calendar

HEAD = "first_day,last_day,title,source\n"


def test_sessions_half_days_and_events_come_nearest_first() -> None:
    found = agenda(Calendar(), date(2025, 11, 26), load_events())
    assert found.sessions[:2] == (date(2025, 11, 28), date(2025, 12, 1))
    assert found.half_days == (date(2025, 11, 28), date(2025, 12, 24))
    assert [event.last_day for event in found.events] == [date(2025, 12, 10)]


def test_an_event_under_way_counts_and_one_that_is_over_does_not() -> None:
    event = Event(first_day=date(2026, 1, 27), last_day=date(2026, 1, 28), title="T", source="S")
    assert agenda(Calendar(), date(2026, 1, 27), [event]).events == (event,)
    assert agenda(Calendar(), date(2026, 1, 28), [event]).events == ()


def test_the_shipped_events_name_their_source() -> None:
    events = load_events()
    assert len(events) >= 24
    assert all("Federal Reserve" in event.source for event in events)


def test_events_of_the_user_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(HEAD + "2026-01-15,2026-01-15,Own \x1b[31mdate,me\n", encoding="utf-8")
    assert load_events(str(own))[-1].title == "Own [31mdate"


def test_a_shipped_event_that_the_user_has_too_stands_once(tmp_path: Path) -> None:
    shipped = load_events()
    own = tmp_path / "own.csv"
    lines = (f'{event.first_day},{event.last_day},"{event.title}","{event.source}"' for event in shipped)
    own.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    assert load_events(str(own)) == shipped


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n", "no column first_day, last_day, source, title"),
        (HEAD + "soon,2026-01-15,T,S\n", "line 2: expected two dates"),
        (HEAD + "2026-01-16,2026-01-15,T,S\n", "line 2: expected first_day before last_day"),
        (HEAD + "2026-01-15,2026-01-15,T,\n", "a title and a source"),
        (HEAD + 140_000 * "x", "cannot be read"),
    ],
)
def test_a_wrong_file_is_one_line_with_the_place(tmp_path: Path, content: str, said: str) -> None:
    own = tmp_path / "own.csv"
    own.write_text(content, encoding="utf-8")
    with pytest.raises(DataFileError, match=said):
        load_events(str(own))


def test_an_absent_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="cannot be read"):
        load_events(str(tmp_path / "none.csv"))
