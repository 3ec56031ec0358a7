"""The help: the keys of the screen it is called from, as the user has them, what the signs mean, all other keys."""

from __future__ import annotations

import pytest

from tests.tui import builders, world
from tests.tui.hands import ready
from tests.tui.script import app, text
from tui import commands
from tui.legend import signs
from tui.screens.help import HelpScreen, keys_elsewhere, keys_here, page

KEYS = world.settings().keys
SCREENS = (*commands.LIVE, commands.OPENING)


def lines(width: int, here: str = commands.BOARD, keys: dict[str, str] | None = None) -> list[str]:
    return [line.plain for line in page(keys or KEYS, here, width)]


def titles(line: str) -> list[str]:
    """The titles of the sections that begin in a line."""
    return [part.strip() for part in line.split("─") if part.strip()]


@pytest.mark.parametrize("here", SCREENS)
def test_every_command_with_its_key_stands_once_here_or_elsewhere(here: str) -> None:
    sections = (*keys_here(KEYS, here), *keys_elsewhere(KEYS, here))
    told = [about for section in sections for _key, about in section.entries]
    for command in commands.registry():
        assert told.count(command.help) == 1, command.id


@pytest.mark.parametrize("here", SCREENS)
def test_what_stands_first_works_where_the_help_was_called(here: str) -> None:
    known = {command.help: command.where for command in commands.registry()}
    for section in keys_here(KEYS, here):
        assert section.title in commands.groups().values()
        assert all(here in known.get(about, (here,)) for _key, about in section.entries)


def test_what_has_nothing_to_do_in_the_past_is_left_out_there() -> None:
    told = {about for section in keys_here(KEYS, commands.BOARD, past=True) for _key, about in section.entries}
    present = {command.help for command in commands.registry() if command.id in commands.PRESENT}
    assert not told & present
    assert present <= {about for section in keys_here(KEYS, commands.BOARD) for _key, about in section.entries}


def test_keys_are_those_of_the_user() -> None:
    keys = {**KEYS, "refresh": "f5, r", "zoom": ""}
    entries = {about: key for section in keys_here(keys, commands.BOARD) for key, about in section.entries}
    assert entries["refresh now"] == "f5 r"
    assert entries["show this pane alone, or all again"] == "ctrl+p …", "the palette has what has no key"
    unkeyed = keys_here({**keys, "palette": ""}, commands.BOARD)
    assert "show this pane alone, or all again" not in {about for section in unkeyed for _key, about in section.entries}


@pytest.mark.parametrize(("width", "columns"), [(155, 3), (140, 3), (115, 2), (75, 1), (40, 1)])
def test_sections_use_the_width_in_columns_and_no_line_is_wider(width: int, columns: int) -> None:
    found = lines(width)
    assert max(map(len, found)) <= width
    assert max(len(titles(line)) for line in found if "──" in line) == columns
    whole = " ".join(" ".join(found).split())
    assert all(title in whole for title, _entries in signs())


def test_groups_stand_in_the_order_of_the_registry() -> None:
    groups = list(commands.groups().values())
    order = [title for line in lines(75) for title in titles(line) if "──" in line]
    assert [title for title in order if title in groups][: len(groups)] == groups


def test_every_sign_of_a_kind_is_explained_once() -> None:
    told = [word for _title, entries in signs() for word, _about in entries]
    assert len(told) == len(set(told))
    assert {"WATCH", "INFO", "clear", "≈", "†", "s", "pp", "Leading", "Improving", "● ◐ ○"} <= set(told)


@pytest.mark.parametrize("size", [(160, 45), (120, 35), (80, 24)])
async def test_it_is_about_the_screen_it_was_called_from_and_scrolls(size: tuple[int, int]) -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=size) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("question_mark")
        assert "Keys on the board" in text(pilot)
        assert "go to Leadership" in text(pilot)
        await pilot.press("escape", "enter", "question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        assert "Keys in a symbol" in text(pilot)
        assert "go to Leadership" not in text(pilot)
        before = text(pilot)
        await pilot.press("j")
        await pilot.pause()
        assert text(pilot) != before
        await pilot.press("k")
        await pilot.pause()
        assert text(pilot) == before
        await pilot.press("end")
        await pilot.pause()
        assert "hold the display, or let it go on" in text(pilot), "what is for other screens stands last"
