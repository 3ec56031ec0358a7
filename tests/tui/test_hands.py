"""The basis and the universe, changed while the screen goes on."""

from __future__ import annotations

import threading

import pytest

from core.errors import UsageError
from core.settings import Basis
from tests.tui import builders
from tests.tui.hands import SIZE, Universes, ready, with_universes
from tests.tui.script import Script, app, shown, text, until
from tui.screens.dialog import Chooser


async def test_b_shows_the_other_basis_and_back() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        assert "% · 63s · tr" in text(pilot)
        await pilot.press("b")
        await until(pilot, lambda: "% · 63s · px" in text(pilot))
        await pilot.press("b")
        await until(pilot, lambda: "% · 63s · tr" in text(pilot))


async def test_a_basis_that_takes_its_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    go, move = threading.Event(), Script.show_basis

    def slowly(script: Script, basis: Basis) -> None:
        go.wait(30)
        move(script, basis)

    monkeypatch.setattr(Script, "show_basis", slowly)
    monkeypatch.setattr("tui.hands.SLOW", 0.01)
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("b")
        await until(pilot, lambda: "computing returns of prices only …" in text(pilot))
        assert "% · 63s · tr" in text(pilot)
        go.set()
        await until(pilot, lambda: "% · 63s · px" in text(pilot))


async def test_a_basis_that_cannot_be_shown_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_script: Script, _basis: str) -> None:
        raise UsageError("no such basis", "stay")

    monkeypatch.setattr(Script, "show_basis", refuse)
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("b")
        await until(pilot, lambda: "no such basis: stay" in text(pilot))
        assert "% · 63s · tr" in text(pilot)


async def test_another_universe_is_loaded_behind_the_old_numbers() -> None:
    old, new = builders.rich(), builders.rich(step=1)
    universes = Universes(new)
    async with with_universes(old, universes).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, old)
        await pilot.press("u")
        assert isinstance(pilot.app.screen, Chooser)
        assert "russell2000 Russell 2000: needs the file of IWM" in text(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "loading sp500 120 of 503 · AAPL · esc stops it" in text(pilot))
        assert screen.snapshot is old
        await pilot.press("r", "w")
        assert screen.snapshot is old
        universes.go.set()
        await shown(pilot, new)
        assert universes.asked == [("sp500", "files")]
        assert "loading" not in text(pilot)
        await pilot.press("u")
        assert "● sp500" in text(pilot)


async def test_escape_stops_the_loading_and_what_was_opened_is_closed() -> None:
    old = builders.rich()
    universes = Universes(builders.rich(step=1))
    async with with_universes(old, universes).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, old)
        await pilot.press("u", "down", "enter")
        await until(pilot, lambda: "esc stops it" in text(pilot))
        await pilot.press("escape")
        assert "esc stops it" not in text(pilot)
        universes.go.set()
        await until(pilot, universes.script.closed.is_set)
        assert screen.snapshot is old
        await pilot.press("u")
        assert "● core" in text(pilot)


async def test_a_failure_is_one_line_and_the_old_universe_stays() -> None:
    old = builders.rich()
    universes = Universes(builders.rich(step=1), UsageError("the universe sp500 has no list", "name one"))
    universes.go.set()
    async with with_universes(old, universes).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, old)
        await pilot.press("u", "down", "enter")
        await until(pilot, lambda: "the universe sp500 has no list: name one" in text(pilot))
        assert screen.snapshot is old
        await pilot.press("u")
        assert "● core" in text(pilot)


async def test_where_nothing_can_be_opened_it_says_how() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("u")
        await until(pilot, lambda: "this run keeps its universe: start again with --universe NAME" in text(pilot))
