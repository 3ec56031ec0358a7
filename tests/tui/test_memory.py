from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from textual import events

from core.choices import Choices, Instead, Order, choices_file, load_choices, save_choices
from core.settings_load import defaults
from core.snapshot import Snapshot
from tests.tui import builders
from tests.tui.hands import SIZE, Universes, ready, titles, with_universes
from tests.tui.script import Script, board, shown, text, until
from tui.app import TapeboardApp
from tui.launch import remembered
from tui.memory import Memory
from tui.panes.rotation import RotationPane
from tui.screens.over_time import OverTimeScreen


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "screen.json"


def spoil(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("{", encoding="utf-8")


def block(path: Path) -> None:
    path.parent.write_text("no folder", encoding="utf-8")


def remembering(path: Path, given: Collection[str] = ()) -> Memory:
    themes = ["tapeboard-dark", "tapeboard-light"]
    choices, problem = load_choices(path)

    def keep(found: Choices) -> None:
        save_choices(found, path)

    return Memory(choices, builders.settings(), themes, given=given, problem=problem, keep=keep)


def again(snapshot: Snapshot, path: Path) -> TapeboardApp:
    script = Script(snapshot)
    return TapeboardApp(builders.settings(), lambda: script, memory=remembering(path))


async def test_layout_and_choices_come_back(path: Path) -> None:
    snapshot = builders.rich()
    async with again(snapshot, path).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        screen.panes[0].chosen = ("symbol", "ytd", "beta63")
        await pilot.press(
            "w", "2", "s", "S", "5", "d", "z", "slash", *"health", "enter", "o", "down", "o", "ctrl+t", "b"
        )
        await until(pilot, lambda: screen.snapshot.basis == "px")
        order = screen.panes[1].listed().sort_key
        await pilot.press("q")
    kept, problem = load_choices(path)
    assert problem == ""
    assert (kept.active, kept.zoomed, kept.looks) == ("pane_rotation", True, {"pane_rotation": "days"})
    assert kept.orders["pane_sectors"].column == order
    assert set(kept.settings) == {"screen.theme", "metrics.window", "metrics.basis"}
    async with again(snapshot, path).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        await until(pilot, lambda: screen.panes[screen.active].COMMAND == "pane_rotation")
        rotation = screen.panes[screen.active]
        assert isinstance(rotation, RotationPane)
        assert (rotation.tails, rotation.filter, screen.zoomed, screen.window) == ("days", "", True, "126s")
        assert pilot.app.theme == "tapeboard-light"
        assert screen.panes[1].listed().sort_key == order
        await pilot.press("z", "1")
        assert titles(screen.panes[0].listed()) == ["Symbol", "ytd", "beta"]
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(pilot.app.screen, OverTimeScreen)
        assert pilot.app.screen.pair == kept.pair != ("IWM", "SPY")


async def test_a_universe_that_was_chosen_is_loaded_after_the_first_numbers(path: Path) -> None:
    old, new = builders.rich(), builders.rich(step=1)
    for _start in range(2):
        universes = Universes(new)
        universes.go.set()
        async with with_universes(old, universes, remembering(path)).run_test(size=SIZE) as pilot:
            await board(pilot)
            if not load_choices(path)[0].settings:
                await shown(pilot, old)
                await pilot.press("u", "down", "enter")
            await shown(pilot, new)
        assert universes.asked == [("sp500", "files")]
    assert remembering(path, given=["universe.breadth"]).universe == ""


async def test_what_cannot_be_read_is_told_and_replaced_at_the_end(path: Path) -> None:
    spoil(path)
    snapshot = builders.rich()
    async with again(snapshot, path).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await until(pilot, lambda: "the last layout is not known" in text(pilot))
    assert load_choices(path)[1] == ""


async def test_what_cannot_be_written_is_told_after_the_end(path: Path) -> None:
    block(path)
    snapshot = builders.rich()
    running = again(snapshot, path)
    async with running.run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("q")
    assert running.return_code == 0
    assert "cannot be made" in running.unkept


def test_what_no_longer_exists_is_left_as_configured(path: Path) -> None:
    save_choices(Choices(active="pane_gone", orders={"pane_gone": Order("x")}, looks={"pane_rotation": "hours"}), path)
    assert remembering(path).theme == "tapeboard-dark"


async def test_a_pane_that_no_longer_exists_hinders_nothing(path: Path) -> None:
    save_choices(Choices(active="pane_gone", columns={"pane_sectors": ("gone",)}, looks={"pane_rotation": "x"}), path)
    snapshot = builders.rich()
    async with again(snapshot, path).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        assert screen.active == 0
        assert titles(screen.panes[1].listed()) == ["Symbol"]


async def test_a_universe_still_on_its_way_is_not_forgotten_and_one_that_was_stopped_is(path: Path) -> None:
    snapshot = builders.rich()
    for keys, universe in ((("q",), "sp500"), (("escape", "q"), "")):
        universes = Universes(snapshot)
        async with with_universes(snapshot, universes, remembering(path)).run_test(size=SIZE) as pilot:
            await ready(pilot, snapshot)
            if not universes.asked:
                await pilot.press("u", "down", "enter")
            await until(pilot, lambda: "esc stops it" in text(pilot))
            await pilot.press(*keys)
            universes.go.set()
        assert remembering(path).universe == universe


def test_the_command_line_stands_above_what_was_chosen_and_that_above_the_configuration() -> None:
    save_choices(
        Choices(
            settings={
                "universe.breadth": Instead("core", "sp500"),
                "screen.theme": Instead("tapeboard-dark", "tapeboard-light"),
                "metrics.basis": Instead("tr", "px"),
            }
        ),
        choices_file(),
    )
    loaded = defaults()
    chosen = remembered(loaded, fresh=False)
    assert (chosen.universe, chosen.theme, chosen.in_force(loaded.settings).metrics.basis) == (
        "sp500",
        "tapeboard-light",
        "px",
    )
    assert remembered(loaded.with_overrides(universe="sp600"), fresh=False).universe == ""
    assert remembered(loaded.with_overrides(universe="core"), fresh=False).universe == ""
    fresh = remembered(loaded, fresh=True)
    assert (fresh.universe, fresh.theme, fresh.basis) == ("", "tapeboard-dark", "tr")


async def test_what_the_command_line_gave_is_no_choice(path: Path) -> None:
    save_choices(Choices(settings={"universe.breadth": Instead("core", "sp500")}), path)
    snapshot = builders.rich()
    script = Script(snapshot)
    memory = remembering(path, given=["universe.breadth"])
    async with TapeboardApp(builders.settings(), lambda: script, memory=memory).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
    assert load_choices(path)[0].settings == {"universe.breadth": Instead("core", "sp500")}


async def test_the_last_pane_keeps_the_keys_when_the_board_comes_up_again(path: Path) -> None:
    save_choices(Choices(active="pane_sectors", zoomed=True), path)
    snapshot = builders.rich()
    async with again(snapshot, path).run_test(size=SIZE) as pilot:
        screen = await ready(pilot, snapshot)
        assert screen.panes[screen.active].COMMAND == "pane_sectors"
        screen.set_focus(None)  # as at the start, where Textual may look for a focus before the pane has it
        screen.post_message(events.ScreenResume())
        await pilot.pause()
        assert screen.panes[screen.active].COMMAND == "pane_sectors"
