"""A tour: every command of the registry, by its key, on every screen it claims; each time something is seen or said.

The tour follows the registry: a new command is on it at once, a new screen as soon as `WAYS` tells how to get there.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

import pytest
from textual.pilot import Pilot

from tests.tui import script, world
from tests.tui.script import board, until
from tui import commands
from tui.app import TapeboardApp
from tui.commands import registry, split
from tui.screens.page import PageScreen

SIZE: Final = (160, 45)
KEYS: Final = world.settings().keys

WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    commands.BOARD: (),
    commands.HELP: ("help",),
    commands.OVER_TIME: ("over_time",),
    commands.NOTE: ("note",),
    commands.PROBLEMS: ("problems",),
    commands.SYMBOL: ("pane_leadership", "enter"),
    commands.MEMBERS: ("pane_sectors", "enter"),
    commands.WARNING: ("pane_warnings", "enter"),
    commands.MUTE: ("pane_warnings", "mute"),
    commands.DATE: ("go_to_date",),
    commands.DIALOG: ("columns",),
    commands.PAGE: ("page",),
}
"""Commands and keys that lead from the board to each screen."""

FIRST: Final[Mapping[str, tuple[str, ...]]] = {
    "pane_leadership": ("pane_sectors",),
    "session_on": ("session_back", "session_back"),
    "month_on": ("month_back", "month_back"),
    "live": ("session_back",),
    "play": ("month_back",),
    "acknowledge": ("pane_warnings",),
    "mute": ("pane_warnings",),
}
"""Commands without which a command has nothing to do; they come before the way to its screen."""

UNKEYED: Final = tuple(command.id for command in registry() if not split(KEYS.get(command.id, "")))
"""Commands that the palette alone has: they do long work."""

UNIVERSE: Final = {commands.MEMBERS: "sp500"}
"""Screens that need members."""


def here(screen: str) -> list[str]:
    """The commands that work on a screen; the one that ends it comes last."""
    found = [command.id for command in registry() if screen in command.where and command.id != "quit"]
    return [*found, "quit"]


def test_the_tour_knows_the_way_to_every_screen() -> None:
    screens = {screen for command in registry() for screen in command.where}
    assert screens == {commands.OPENING, *WAYS}


@pytest.mark.parametrize("screen", WAYS)
async def test_every_command_shows_that_it_was_heard(screen: str) -> None:
    running = world.app(UNIVERSE.get(screen, "core"))
    silent = []
    async with running.run_test(size=SIZE) as pilot:
        await board(pilot)
        for command in here(screen):
            await home(pilot)
            for step in (*FIRST.get(command, ()), *WAYS[screen]):
                await press(pilot, step)
                await answered(pilot)
            await until(pilot, lambda: running.screen.name == screen)
            if not await take(pilot, command):
                silent.append(command)
            if command in UNKEYED:
                await take(pilot, "escape")  # which stops long work
    assert silent == []
    assert running.failure is None
    assert running.return_code == 0


async def test_the_first_screen_has_its_keys_before_there_are_data() -> None:
    opened = threading.Event()
    running = script.app(opened)
    async with running.run_test(size=SIZE) as pilot:
        for command in here(commands.OPENING):
            while running.screen.name != commands.OPENING:
                await take(pilot, "escape")
            if command != "refresh":  # one is under way
                assert await take(pilot, command), command
        opened.set()
    assert running.return_code == 0


async def home(pilot: Pilot[None]) -> None:
    """Back to the board with all its panes, in the present."""
    while pilot.app.screen.name != commands.BOARD:
        await take(pilot, "escape")
    if (await board(pilot)).zoomed:
        await take(pilot, "zoom")
    if pilot.app.check_action("command", ("refresh",)) is False:
        await take(pilot, "live")


async def take(pilot: Pilot[None], step: str) -> bool:
    """Press the key of a command, or any other, and wait for what it brings: whether that can be seen."""
    running = pilot.app
    assert isinstance(running, TapeboardApp)
    before = seen(running)
    await press(pilot, step)
    try:
        await until(pilot, lambda: running._exit or seen(running) != before)
    except TimeoutError:
        return False
    await answered(pilot)
    return True


async def press(pilot: Pilot[None], step: str) -> None:
    """Press the key of a command, or any other; of a command that has none, do what the palette does."""
    running = pilot.app
    assert isinstance(running, TapeboardApp)
    if step == "quit" and running.screen.name in (commands.DIALOG, commands.MUTE, commands.DATE):
        step = commands.ALWAYS_QUIT  # a letter would be written into the dialog
    if step == "page":
        running.push_screen(PageScreen(KEYS, running._status, "A page", "of text"))
    elif key := next(iter(split(KEYS.get(step, step))), ""):
        await pilot.press(key)
    else:
        running.action_command(step)


async def answered(pilot: Pilot[None]) -> None:
    """Wait until all that was asked is answered and shown."""
    running = pilot.app
    assert isinstance(running, TapeboardApp)
    await pilot.pause()
    await until(pilot, lambda: running._exit or not running._bridge._desk._tasks)
    await pilot.pause()


def seen(running: TapeboardApp) -> list[object]:
    """All that stands on the terminal, with its colours, and on which screen."""
    screen = running.screen
    return [screen, *(list(strip) for strip in screen._compositor.render_strips())]
