"""What is waited for until there are numbers: on the opening screen, and on standard error."""

from __future__ import annotations

import io
import sys
import threading

import pytest

from core.model import Stage, unwatched
from tests.tui.script import app, board, text, until
from tui import cli_waiting, waiting
from tui.cli_waiting import _Line
from tui.messages import Waiting
from tui.waiting import Paced, told

READING, COMPUTING = Stage.READING, Stage.COMPUTING


def test_a_file_is_told_by_number_and_name() -> None:
    assert told(READING, 2, 500, "SPY.csv") == "Reading file 3 of 500: SPY.csv …"
    assert told(COMPUTING, 0, 0, "") == "Computing …"


def test_files_that_come_fast_are_not_all_told_and_a_stage_always_is(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(waiting, "monotonic", lambda: now)
    said: list[str] = []
    watch = Paced(said.append)
    watch(READING, 0, 9, "A.csv")
    watch(READING, 1, 9, "B.csv")
    now += waiting.PACE
    watch(READING, 2, 9, "C.csv")
    watch(COMPUTING)
    assert said == ["Reading file 1 of 9: A.csv …", "Reading file 3 of 9: C.csv …", "Computing …"]


async def test_the_opening_screen_tells_it() -> None:
    hanging = threading.Event()
    async with app(hanging).run_test(size=(160, 45)) as pilot:
        pilot.app.post_message(Waiting("Reading file 3 of 500: SPY.csv …"))
        await until(pilot, lambda: "Reading file 3 of 500: SPY.csv" in text(pilot))
        hanging.set()
        await board(pilot)


class Screen(io.StringIO):
    """A standard error that says what it is."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def error(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> Screen:
    """Put it in place; pytest puts its own there after every fixture."""
    screen = Screen(terminal=terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    return screen


def test_what_takes_longer_than_a_moment_is_told_by_the_tenth(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = error(monkeypatch, terminal=False)
    monkeypatch.setattr(cli_waiting, "MOMENT", 0.0)
    with cli_waiting.waiting(quiet=False) as watch:
        for done in range(40):
            watch(READING, done, 40, f"S{done}.csv")
        watch(COMPUTING)
    first, *_others, last = lines = screen.getvalue().splitlines()
    assert first == "tapeboard: reading files: 4 of 40, now S4.csv"
    assert last == "tapeboard: computing"
    assert len(lines) == 10


def test_what_is_soon_done_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = error(monkeypatch, terminal=False)
    monkeypatch.setattr(cli_waiting, "MOMENT", 1000.0)
    with cli_waiting.waiting(quiet=False) as watch:
        watch(READING, 9, 10, "S9.csv")
        watch(COMPUTING)
    assert screen.getvalue() == ""


def test_quiet_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = error(monkeypatch, terminal=True)
    monkeypatch.setattr(cli_waiting, "MOMENT", 0.0)
    with cli_waiting.waiting(quiet=True) as watch:
        assert watch is unwatched
    assert screen.getvalue() == ""


def test_on_a_terminal_it_is_a_line_in_which_nothing_is_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = error(monkeypatch, terminal=True)
    monkeypatch.setattr(cli_waiting, "MOMENT", 1000.0)
    with cli_waiting.waiting(quiet=False) as watch:
        assert screen.getvalue() == ""
    line = _Line()
    line.tell("Computing …")
    line._show()
    line.tell("Reading file 3 of 500: [bold]SPY.csv …")
    line.end()
    assert "Reading file 3 of 500: [bold]SPY.csv …" in screen.getvalue()
    watch(COMPUTING)  # too late, and harmless


def test_a_line_whose_time_comes_after_the_end_stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = error(monkeypatch, terminal=True)
    line = _Line()
    line.end()
    line._show()
    assert screen.getvalue() == ""
