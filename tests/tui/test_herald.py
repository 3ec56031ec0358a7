"""What is told in a line: where it stands, how long, and that nothing else is ever shown over data."""

from __future__ import annotations

import ast
from pathlib import Path

from textual.pilot import Pilot

import tui
from tests.tui import builders
from tests.tui.hands import NARROW, SIZE, ready
from tests.tui.script import app, text, until
from tui.app import TapeboardApp
from tui.messages import Remarked
from tui.screens.dialog import Chooser

LONG = "it cannot be written to /home/somebody/a/rather/long/folder/where/nothing/can/be/written: choose another one"


def last(pilot: Pilot[None]) -> str:
    return text(pilot).splitlines()[-1]


def test_nothing_shows_a_toast_which_would_cover_data() -> None:
    for path in Path(tui.__file__).parent.rglob("*.py"):
        calls = (node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
        named = [func.attr for func in calls if isinstance(func, ast.Attribute)]
        assert "notify" not in named, path


async def test_the_next_key_or_click_brings_the_keys_back() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=NARROW) as pilot:
        await ready(pilot, snapshot)
        for leave in (lambda: pilot.press("down"), lambda: pilot.click("Footer")):
            pilot.app.post_message(Remarked("it is done"))
            await until(pilot, lambda: last(pilot).startswith(" it is done"))
            await leave()
            assert "? help" in last(pilot)


async def test_a_key_that_is_answered_at_once_does_not_take_the_answer_away() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=NARROW) as pilot:
        await ready(pilot, snapshot)
        for _press in range(2):
            await pilot.press("plus")
            await until(pilot, lambda: "a refresh every" in last(pilot))


async def test_what_is_long_is_told_whole_over_no_data() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=NARROW) as pilot:
        await ready(pilot, snapshot)
        before = text(pilot).splitlines()[:8]
        running = pilot.app
        assert isinstance(running, TapeboardApp)
        running._herald.complain(LONG)
        await until(pilot, lambda: LONG in " ".join(text(pilot).split()))
        assert text(pilot).splitlines()[:8] == before
        await pilot.press("down")
        await pilot.pause()
        assert "? help" in last(pilot)


async def test_under_a_dialog_the_board_tells_it() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("e")
        assert isinstance(pilot.app.screen, Chooser)
        pilot.app.post_message(Remarked("it is done"))
        await until(pilot, lambda: last(pilot).startswith(" it is done"))


async def test_a_pane_without_columns_says_so_in_the_line() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("5", "c")
        await until(pilot, lambda: last(pilot).startswith(" Rotation has no columns to choose"))
