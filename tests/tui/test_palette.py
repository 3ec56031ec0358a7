from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.tui import builders, world
from tests.tui.hands import SIZE, Universes, ready, with_universes
from tests.tui.script import app, text, until
from tui.commands import BOARD, SYMBOLS, groups
from tui.palette import Palette, has, of_commands


async def take(pilot: Pilot[None], words: str) -> None:
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
    await pilot.press(*words)
    await until(pilot, lambda: words.rpartition(" ")[2] in text(pilot).split("╰")[1].casefold())
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, Palette))
    await pilot.pause()


async def test_a_symbol_is_gone_to_whatever_is_filtered() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        await pilot.press("slash", *"small", "enter", "3")
        await take(pilot, "go to qqq")
        assert screen.active == 0
        assert (screen.panes[0].listed().cursor_key or "").endswith(" QQQ")
        await take(pilot, "xlu")
        assert (screen.active, screen.panes[1].listed().cursor_key) == (1, "XLU")


async def test_commands_windows_and_themes_are_there() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        await take(pilot, "show this pane alone")
        assert screen.zoomed
        await take(pilot, "rank by 21s")
        assert screen.window == "21s"
        await take(pilot, "theme light")
        assert pilot.app.theme == "tapeboard-light"


async def test_a_universe_is_loaded() -> None:
    snapshot = builders.rich()
    universes = Universes(builders.rich(step=1))
    async with with_universes(snapshot, universes).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await take(pilot, "universe nasdaq100")
        await until(pilot, lambda: bool(universes.asked))
        universes.go.set()
    assert universes.asked == [("nasdaq100", "files")]


def test_commands_stand_in_the_groups_of_the_help_and_are_found_by_them() -> None:
    titles = [title for group, title in groups().items() if group != SYMBOLS]
    entries = [entry.text for entry in of_commands(BOARD, world.settings().keys, lambda _command: None)]
    found = [entry.partition(": ")[0] for entry in entries]
    assert list(dict.fromkeys(found)) == titles
    assert [entry for entry in entries if has(entry, "take away")] == [
        e for e in entries if e.startswith("Take away: ")
    ]


async def test_elsewhere_it_offers_what_works_there() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("question_mark", "ctrl+p")
        await until(pilot, lambda: "Program: quit at once (q)" in text(pilot))
        assert "Go to IWM" not in text(pilot)
        await pilot.press("ctrl+q")
    assert pilot.app.return_code == 0


@pytest.mark.parametrize(
    ("query", "found"), [("univ", True), ("unvierse", True), ("sp500 uni", True), ("nvda", False), ("unse", False)]
)
def test_words_are_found_also_with_a_slip_and_letters_strewn_over_an_entry_are_not(query: str, found: bool) -> None:
    assert has("Universe sp500", query) is found
