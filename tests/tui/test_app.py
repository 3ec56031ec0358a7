from __future__ import annotations

import threading
from datetime import date
from typing import get_args

import msgspec
import pytest
from textual.color import Color
from textual.message_pump import MessagePump
from textual.timer import Timer

from core.errors import FeedUnavailable, NoDataError
from core.settings import FeedName, ThemeName
from core.settings_load import defaults
from core.snapshot import Snapshot
from tests.tui import builders
from tests.tui.script import PATIENCE, Script, app, board, shown, text, until
from tui.app import TapeboardApp
from tui.launch import run
from tui.screens.board import BoardScreen
from tui.screens.help import HelpScreen

SIZE = (160, 45)


async def test_a_refresh_now_shows_the_next_snapshot() -> None:
    first, second = builders.rich(), builders.rich(step=1)
    async with app(first, second).run_test(size=SIZE) as pilot:
        await shown(pilot, first)
        await pilot.press("r")
        await shown(pilot, second)


async def test_nothing_known_says_what_it_waits_for() -> None:
    hanging = threading.Event()
    async with app(hanging).run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "Opening the data" in text(pilot)
        assert "TAPEBOARD" in text(pilot)
        hanging.set()


async def test_pause_holds_the_display_and_not_the_collection() -> None:
    first, second = builders.simulated(1), builders.simulated(2)
    async with app(first, second).run_test(size=SIZE) as pilot:
        screen = await shown(pilot, first)
        await pilot.press("p", "r")
        await until(pilot, lambda: pilot.app._latest is second)  # type: ignore[attr-defined] # nothing shows it
        await pilot.pause()
        assert screen.snapshot is first
        assert "PAUSED 11:30:03" in text(pilot)
        await pilot.press("p")
        await shown(pilot, second)
        assert "PAUSED" not in text(pilot)


async def test_a_failed_refresh_keeps_the_last_good_numbers_and_says_so() -> None:
    good, better = builders.rich(), builders.rich(step=1)
    async with app(good, NoDataError("the feed gave nothing"), better).run_test(size=SIZE) as pilot:
        screen = await shown(pilot, good)
        await pilot.press("r")
        await until(pilot, lambda: "✗ the feed gave nothing" in text(pilot))
        assert screen.snapshot is good
        assert "Russell 2000" in text(pilot)
        assert "1 problem" in text(pilot)
        await pilot.press("r")
        await shown(pilot, better)
        assert "✗ the feed" not in text(pilot)


async def test_a_failure_shows_while_the_display_is_held() -> None:
    good = builders.rich()
    async with app(good, NoDataError("the feed gave nothing")).run_test(size=SIZE) as pilot:
        await shown(pilot, good)
        await pilot.press("p", "r")
        await until(pilot, lambda: "the feed gave nothing" in text(pilot))
        assert "PAUSED" in text(pilot)


async def test_no_data_at_all_shows_in_the_body_and_ends_with_its_code() -> None:
    running = app(NoDataError("nothing to compute from", "give files"))
    async with running.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "nothing to compute from: give files" in text(pilot))
        await pilot.press("q")
    assert running.return_code == NoDataError.exit_code
    assert isinstance(running.failure, NoDataError)


@pytest.mark.parametrize(
    ("error", "told", "code"),
    [
        (FeedUnavailable("yahoo is not there yet", "use --feed files"), "yahoo is not there yet: use --feed files", 2),
        (ZeroDivisionError("a defect"), "unexpected error: ZeroDivisionError: a defect", 1),
    ],
)
async def test_a_source_that_cannot_be_opened_is_one_clear_line(error: Exception, told: str, code: int) -> None:
    def opener() -> Script:
        raise error

    running = TapeboardApp(builders.settings(), opener)
    async with running.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: told in text(pilot))
        await pilot.press("q")
    assert running.return_code == code
    assert running.failure is error


async def test_while_the_data_are_opened_the_help_the_themes_and_the_way_out_are_there() -> None:
    closed = threading.Event()

    def opener() -> Script:
        closed.wait(PATIENCE)
        return Script(builders.rich())

    running = TapeboardApp(builders.settings(), opener)
    async with running.run_test(size=SIZE) as pilot:
        before = running.theme
        await pilot.press("w", "ctrl+t", "question_mark")
        assert isinstance(running.screen, HelpScreen)
        assert running.theme != before
        await pilot.press("question_mark", "q")
        closed.set()
    assert running.return_code == 0


async def test_a_defect_ends_the_screen_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_screen: BoardScreen, _command: str) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(BoardScreen, "run_command", broken)
    running = app()

    async def press() -> None:
        async with running.run_test(size=SIZE) as pilot:
            await board(pilot)
            await pilot.press("w")

    with pytest.raises(ZeroDivisionError):
        await press()
    assert isinstance(running.failure, ZeroDivisionError)
    assert running._exit_renderables == []


async def test_a_good_refresh_makes_a_failed_one_history() -> None:
    good = builders.rich()
    running = app(NoDataError("not yet"), good)
    async with running.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "not yet" in text(pilot))
        await pilot.press("r")
        await shown(pilot, good)
        await pilot.press("q")
    assert (running.return_code, running.failure) == (0, None)


async def test_quitting_does_not_wait_for_a_download_that_hangs() -> None:
    hanging = threading.Event()
    running = app(builders.rich(), hanging)
    async with running.run_test(size=SIZE) as pilot:
        await board(pilot)
        await pilot.press("r", "q")
    assert not hanging.is_set()
    assert running.return_code == 0
    assert all(thread.daemon for thread in threading.enumerate() if thread.name.startswith("tapeboard"))
    hanging.set()


async def test_the_stored_snapshot_shows_first_with_its_age() -> None:
    opened = threading.Event()
    stored, fresh = builders.rich(), builders.rich(step=1)

    def opener() -> Script:
        opened.wait(10)
        return Script(fresh)

    running = TapeboardApp(builders.settings(), opener, glance=lambda: stored)
    async with running.run_test(size=SIZE) as pilot:
        await shown(pilot, stored)
        assert "stored 01-11 15:00 · refreshing" in text(pilot)
        assert "Russell 2000" in text(pilot)
        opened.set()
        await shown(pilot, fresh)
        assert "stored" not in text(pilot)


async def test_simulated_data_say_so_in_the_help_as_well() -> None:
    snapshot = builders.simulated()
    async with app(snapshot, NoDataError("the feed gave nothing")).run_test(size=SIZE) as pilot:
        await shown(pilot, snapshot)
        await pilot.press("question_mark")
        await until(pilot, lambda: "SIMULATED" in text(pilot) and "Problems" not in text(pilot))
        await pilot.press("question_mark", "r", "question_mark")
        await until(pilot, lambda: "✗ the feed gave nothing" in text(pilot))


async def test_a_source_that_fails_under_a_stored_snapshot_leaves_it_on_the_screen() -> None:
    def opener() -> Script:
        raise FeedUnavailable("yahoo is not there yet", "use --feed files")

    running = TapeboardApp(builders.settings(), opener, glance=builders.rich)
    async with running.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: text(pilot).count("yahoo is not there yet: use --feed files") == 2)
        assert "Russell 2000" in text(pilot)
        assert "refreshing" not in text(pilot)


async def test_the_board_comes_under_the_help_that_is_read_meanwhile() -> None:
    hanging = threading.Event()
    async with app(hanging).run_test(size=SIZE) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        hanging.set()
        await until(pilot, lambda: "data 16:00 ET" in text(pilot))
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("escape")
        await board(pilot)
        assert "Russell 2000" in text(pilot)


async def test_help_tells_the_keys_and_goes_away() -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await shown(pilot, snapshot)
        for leave in ("question_mark", "escape"):
            await pilot.press("question_mark")
            await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
            await pilot.pause()
            seen = text(pilot)
            assert "refresh now" in seen
            assert "w W" not in seen.splitlines()[-1]
            await pilot.press(leave)
            assert not isinstance(pilot.app.screen, HelpScreen)


async def test_keys_of_the_board_rest_while_the_help_is_read() -> None:
    snapshot = builders.rich()
    running = app(snapshot)
    async with running.run_test(size=SIZE) as pilot:
        screen = await shown(pilot, snapshot)
        await pilot.press("question_mark", "w", "z", "2")
        assert (screen.window, screen.zoomed, screen.active) == ("63s", False, 0)
        await pilot.press("q")
    assert running.return_code == 0


def test_run_raises_what_has_left_the_screen_without_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def quit_at_once(running: TapeboardApp) -> None:
        running._failure = NoDataError("nothing")

    monkeypatch.setattr(TapeboardApp, "run", quit_at_once)
    with pytest.raises(NoDataError, match="nothing"):
        run(defaults())


@pytest.mark.parametrize(
    ("feed", "data", "store", "as_of", "own"),
    [
        ("auto", (), None, None, True),
        ("auto", ("prices.csv",), None, None, False),
        ("yahoo", (), None, None, True),
        ("yahoo", ("prices.csv",), None, None, True),
        ("files", ("prices.csv",), None, None, False),
        ("simulated", (), None, None, False),
        ("auto", (), "none", None, False),
        ("auto", (), None, date(2026, 1, 9), False),
    ],
)
def test_only_a_snapshot_of_this_feed_is_shown_at_first_glance(
    monkeypatch: pytest.MonkeyPatch,
    feed: FeedName,
    data: tuple[str, ...],
    store: str | None,
    as_of: date | None,
    *,
    own: bool,
) -> None:
    stored = builders.rich()
    glances: list[Snapshot | None] = []

    def look(running: TapeboardApp) -> None:
        glances.append(running._glance())

    monkeypatch.setattr(TapeboardApp, "run", look)
    monkeypatch.setattr("tui.launch.last_snapshot", lambda _url: stored)
    assert run(defaults().with_overrides(feed=feed, data=data, store=store), as_of=as_of) == 0
    assert glances == [stored if own else None]


async def test_the_theme_goes_round() -> None:
    async with app().run_test(size=SIZE) as pilot:
        names = []
        for _step in get_args(ThemeName):
            await pilot.press(builders.settings().keys["theme_next"])
            names.append(pilot.app.theme)
    first, *others = get_args(ThemeName)
    assert names == [*others, first]


async def test_keys_are_those_of_the_configuration() -> None:
    settings = builders.settings()
    keys = {**settings.keys, "window_next": "f2", "quit": ""}
    running = TapeboardApp(msgspec.structs.replace(settings, keys=keys), lambda: Script(builders.rich()))
    async with running.run_test(size=SIZE) as pilot:
        screen = await board(pilot)
        await pilot.press("w")
        assert screen.window == "63s"
        await pilot.press("f2")
        assert screen.window == "126s"
        await pilot.press("q")
        assert pilot.app.is_running
        await pilot.press("ctrl+c")
    assert running.return_code == 0


@pytest.mark.parametrize(("system", "kept"), [("standard", False), ("256", True)])
async def test_of_16_colours_none_lies_under_the_row_at_the_cursor(
    monkeypatch: pytest.MonkeyPatch, system: str, kept: bool
) -> None:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", system)
    snapshot = builders.rich()
    running = app(snapshot)
    async with running.run_test(size=SIZE) as pilot:
        await shown(pilot, snapshot)
        pane = (await board(pilot)).panes[0].body()
        under = pane.get_component_rich_style("live-table--cursor-focus").bgcolor
        plain = pane.get_component_rich_style("live-table--row").bgcolor
        assert (under != plain) is kept


async def test_no_color_means_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await shown(pilot, snapshot)
        filters = pilot.app.get_line_filters()
        ground = Color.parse(pilot.app.theme_variables["background"])
        for strip in pilot.app.screen._compositor.render_strips():
            segments = list(strip)
            for line_filter in filters:
                segments = line_filter.apply(segments, ground)
            for segment in segments:
                style = segment.style
                assert style is None or style.color is None or style.color.is_default
                assert style is None or style.bgcolor is None or style.bgcolor.is_default


async def test_the_pace_keys_need_a_running_refresh() -> None:
    async with app(RuntimeError("nothing")).run_test(size=SIZE) as pilot:
        await pilot.press("plus", "minus")
        assert pilot.app.is_running


def is_ticking(timer: Timer) -> bool:
    return timer._active.is_set()


async def test_an_idle_screen_has_no_timer() -> None:
    first, second = builders.rich(), builders.rich(step=1)
    async with app(first, second, flash=True).run_test(size=SIZE) as pilot:

        def ticking() -> list[Timer]:
            nodes: list[MessagePump] = [pilot.app, pilot.app.screen, *pilot.app.screen.walk_children()]
            return [timer for node in nodes for timer in node._timers if is_ticking(timer)]

        await shown(pilot, first)
        await pilot.press("r")
        await shown(pilot, second)
        assert ticking(), "the flashes of what has changed should still be lit"
        await until(pilot, lambda: not ticking())
        assert all(widget.auto_refresh is None for widget in pilot.app.screen.walk_children())
