"""The screen as pictures: each size, each kind of theme, and the states that must not be mistaken."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec
import pytest
from textual.pilot import Pilot

from core.errors import NoDataError
from core.snapshot import ProblemNote, Snapshot
from tests.tui import blocks, builders
from tests.tui.script import Script, shown, text, until
from tui.app import TapeboardApp
from tui.format import NEW_YORK

Compare = Callable[..., bool]
Before = Callable[[Pilot[None]], Awaitable[None]]


def app(*steps: Snapshot | Exception, theme: str = "tapeboard-dark") -> TapeboardApp:
    script = Script(*steps)
    return TapeboardApp(builders.settings(theme=theme), lambda: script, frozen=True)


def once_shown(snapshot: Snapshot, *keys: str) -> Before:
    async def before(pilot: Pilot[None]) -> None:
        await shown(pilot, snapshot)
        await pilot.press(*keys)
        await pilot.pause()

    return before


@pytest.mark.parametrize(
    ("theme", "size"),
    [("dark", (160, 45)), ("light", (120, 35)), ("contrast", (80, 24))],
    ids=["wide-dark", "medium-light", "narrow-contrast"],
)
def test_the_board(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    snapshot = builders.rich()
    running = app(snapshot, theme=f"tapeboard-{theme}")
    assert snap_compare(running, terminal_size=size, run_before=once_shown(snapshot))


@pytest.mark.parametrize(
    ("theme", "size", "keys"),
    [("light", (120, 35), "4"), ("dark", (160, 45), "6z"), ("dark", (80, 24), "6")],
    ids=["breadth-medium-light", "cross-asset-zoomed-dark", "cross-asset-narrow-dark"],
)
def test_the_gauges(snap_compare: Compare, theme: str, size: tuple[int, int], keys: str) -> None:
    snapshot = blocks.full()
    running = app(snapshot, theme=f"tapeboard-{theme}")
    assert snap_compare(running, terminal_size=size, run_before=once_shown(snapshot, *keys))


def test_simulated_data_held_with_warnings_alone(snap_compare: Compare) -> None:
    snapshot = builders.simulated()
    running = app(snapshot)
    assert snap_compare(running, terminal_size=(120, 35), run_before=once_shown(snapshot, "3", "z", "p"))


@pytest.mark.parametrize(("theme", "size"), [("dark", (160, 45)), ("contrast", (80, 24))], ids=["wide", "narrow"])
def test_an_evening_of_the_past(snap_compare: Compare, theme: str, size: tuple[int, int]) -> None:
    async def gone_back(pilot: Pilot[None]) -> None:
        await once_shown(snapshot, "left_curly_bracket")(pilot)
        await until(pilot, lambda: "PAST Tue 2025-12-09" in text(pilot))

    snapshot = builders.rich()
    assert snap_compare(app(snapshot, theme=f"tapeboard-{theme}"), terminal_size=size, run_before=gone_back)


@pytest.mark.parametrize(
    ("theme", "size", "keys"),
    [("colorblind", (120, 35), "5"), ("red-up", (250, 70), "")],
    ids=["rotation-medium-colorblind", "vast-red-up"],
)
def test_the_colours_of_others(snap_compare: Compare, theme: str, size: tuple[int, int], keys: str) -> None:
    snapshot = blocks.full()
    running = app(snapshot, theme=f"tapeboard-{theme}")
    assert snap_compare(running, terminal_size=size, run_before=once_shown(snapshot, *keys))


def test_nothing_yet(snap_compare: Compare) -> None:
    opening = threading.Event()
    running = TapeboardApp(builders.settings(), lambda: Script(opening), frozen=True)
    assert snap_compare(running, terminal_size=(80, 24))
    opening.set()


def test_a_refresh_that_failed(snap_compare: Compare) -> None:
    async def failed(pilot: Pilot[None]) -> None:
        await once_shown(snapshot, "r")(pilot)
        await until(pilot, lambda: "the feed gave nothing" in text(pilot))

    snapshot = builders.rich()
    running = app(snapshot, NoDataError("the feed gave nothing"))
    assert snap_compare(running, terminal_size=(160, 45), run_before=failed)


def test_nothing_to_show(snap_compare: Compare) -> None:
    async def failed(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "give files" in text(pilot))

    running = app(NoDataError("there is no price up to 2026-01-09", "give files, or a later --as-of"))
    assert snap_compare(running, terminal_size=(80, 24), run_before=failed)


@pytest.mark.parametrize(
    ("theme", "size", "keys"),
    [
        ("dark", (160, 45), ()),
        ("light", (120, 35), ("end",)),
        ("contrast", (80, 24), ("pagedown", "pagedown")),
    ],
    ids=["wide-dark", "medium-end-light", "narrow-contrast"],
)
def test_the_help(snap_compare: Compare, theme: str, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    snapshot = builders.rich()
    running = app(snapshot, theme=f"tapeboard-{theme}")
    assert snap_compare(running, terminal_size=size, run_before=once_shown(snapshot, "question_mark", *keys))


@pytest.mark.parametrize(("size", "keys"), [((80, 24), ""), ((120, 35), "!")], ids=["board-narrow", "problems-medium"])
def test_a_feed_that_is_refused(snap_compare: Compare, size: tuple[int, int], keys: str) -> None:
    noon = datetime(2026, 1, 9, 12, tzinfo=NEW_YORK)
    asof = noon - timedelta(minutes=20)
    source = builders.source(
        feed="yahoo",
        asof=asof,
        oldest=asof,
        fetched_at=asof,
        breaker="Yahoo refuses (429)",
        next_try=noon + timedelta(minutes=4),
        quarantined=2,
        problems=(ProblemNote(kind="feed", symbol=None, text="Yahoo refuses (429); next try 12:04"),),
    )
    snapshot = builders.rich(session_status="intraday", phase="open", viewed_at=noon, source=source)
    old = tuple(msgspec.structs.replace(row, asof=asof) for row in snapshot.leadership)
    snapshot = msgspec.structs.replace(snapshot, leadership=old)

    async def before(pilot: Pilot[None]) -> None:
        await once_shown(snapshot, *keys)(pilot)
        await until(pilot, lambda: not keys or "requests in the last minute" in text(pilot))

    assert snap_compare(app(snapshot), terminal_size=size, run_before=before)
