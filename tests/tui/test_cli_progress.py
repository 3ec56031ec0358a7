"""What a long command tells on standard error: how far it is, how fast, and what it waits for."""

from __future__ import annotations

import sys
from itertools import count

import pytest

from tui import cli_progress
from tui.cli_progress import lines, progress

WAITS = "Yahoo refuses (429); waits until 15:46"


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds pass from one look at the clock to the next."""
    clock = count(0, 10)
    monkeypatch.setattr(cli_progress, "monotonic", lambda: next(clock))


@pytest.mark.usefixtures("seconds")
def test_a_bar_tells_what_is_waited_for_instead_of_a_pace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress("fetching", "", quiet=False) as tell:
        tell(26, 56, "SPY", 4, WAITS)
    told = capsys.readouterr().err
    assert WAITS in told
    assert "/min" not in told
    assert "4 failed" in told


@pytest.mark.usefixtures("seconds")
def test_the_pace_leaves_out_what_was_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = cli_progress._Pace()
    assert pace(20, 60, "") == "120/min, 0:00:20 left"
    assert [pace(20, 60, WAITS) for _second in range(6)] == [WAITS] * 6
    assert pace(30, 60, "") == "90/min, 0:00:20 left"
    assert pace(30, 60, "") == "60/min, 0:00:30 left"


def test_where_nothing_is_done_yet_there_is_no_pace() -> None:
    assert cli_progress._Pace()(0, 60, "") == ""


def test_lines_tell_once_what_is_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    tell = lines("{done} of {total}")
    for waits in ("", WAITS, WAITS, "", WAITS):
        tell(6, 60, "SPY", waits=waits)
    assert capsys.readouterr().err.splitlines() == [
        "tapeboard: 6 of 60",
        f"tapeboard: {WAITS}",
        f"tapeboard: {WAITS}",
    ]
