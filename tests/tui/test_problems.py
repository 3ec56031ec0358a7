"""All that is wrong: one key or click away, by kind, with what was not believed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
from textual.pilot import Pilot

from core.errors import NoDataError
from core.model import FeedHealth, Rejected
from core.snapshot import ProblemNote, Snapshot
from tests.tui import builders
from tests.tui.script import app, shown, text, until
from tui.screens.problems import MOST, ProblemsScreen, feed_lines, problem_sections, quarantine_lines
from tui.status import Status

SIZE = (160, 45)
ABSENT = [
    ProblemNote(kind="missing", symbol=symbol, text=f"{symbol} is in none of the files") for symbol in ("MDY", "IJR")
]
DROPPED = ProblemNote(kind="rejected", symbol="^IRX", text="^IRX: 7 rows dropped")


def broken() -> Snapshot:
    return builders.rich(source=builders.source(quarantined=2, problems=(DROPPED, *ABSENT)))


async def opened(pilot: Pilot[None], snapshot: Snapshot, key: str = "exclamation_mark") -> None:
    await shown(pilot, snapshot)
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, ProblemsScreen))
    await until(pilot, lambda: "requests in the last minute: 12" in text(pilot))


async def test_a_key_shows_all_by_kind_and_what_was_not_believed_and_goes_back() -> None:
    snapshot = broken()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        for leave in ("exclamation_mark", "escape"):
            await opened(pilot, snapshot)
            lines = [line.strip() for line in text(pilot).splitlines()]
            at = lines.index("Missing, 2")
            assert lines[at + 1] == "MDY, IJR: is in none of the files"
            assert lines.index("Not believed, 1") > at
            assert lines[lines.index("Not believed, 1") + 1] == "^IRX: 7 rows dropped"
            at = lines.index("Quarantine: values that were not believed, 2")
            assert lines[at + 1 : at + 3] == [
                "IWM   2026-01-09  close    nan  not a price",
                "^VIX  2026-01-08  high   1e+12  below low or close",
            ]
            await pilot.press(leave)
            assert not isinstance(pilot.app.screen, ProblemsScreen)


async def test_a_click_on_their_number_shows_them() -> None:
    snapshot = broken()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await shown(pilot, snapshot)
        (top, *_rest) = text(pilot).splitlines()
        await pilot.click(offset=(top.index("3 problems") + 2, 0))
        await until(pilot, lambda: isinstance(pilot.app.screen, ProblemsScreen))


async def test_a_new_snapshot_changes_what_is_told_and_where_the_page_stands_stays() -> None:
    many = tuple(ProblemNote(kind="late", symbol=None, text=f"trouble {number}") for number in range(60))
    first, second = builders.rich(source=builders.source(problems=many)), builders.rich(step=1)
    async with app(first, second).run_test(size=SIZE) as pilot:
        await opened(pilot, first)
        await pilot.press("end")
        await until(pilot, lambda: "trouble 59" in text(pilot))
        assert "Late, 60" not in text(pilot)
        await pilot.press("home")
        await until(pilot, lambda: "Late, 60" in text(pilot))
        await pilot.press("r")
        await until(pilot, lambda: "Nothing is wrong." in text(pilot))
        assert "trouble" not in text(pilot)


async def test_a_failure_stands_first() -> None:
    good = broken()
    async with app(good, NoDataError("the feed gave nothing")).run_test(size=SIZE) as pilot:
        await opened(pilot, good)
        await pilot.press("r")
        await until(pilot, lambda: "Now\n" in "\n".join(line.strip() for line in text(pilot).splitlines()))
        lines = [line.strip() for line in text(pilot).splitlines()]
        assert lines[lines.index("Now") + 1] == "the feed gave nothing"


def test_an_open_breaker_tells_why_and_until_when() -> None:
    source = builders.source(
        feed="yahoo", breaker="Yahoo refuses (429)", next_try=datetime(2026, 1, 9, 20, 46, 5, tzinfo=UTC)
    )
    first, second = feed_lines(Status(snapshot=builders.rich(source=source)), FeedHealth(requests=5))
    assert first == "Yahoo refuses (429); nothing is asked until the next try at 15:46:05 ET"
    assert second == ("yahoo: newest price 01-09 16:00, fetched 01-09 16:00, requests in the last minute: 5")


def test_what_is_the_same_for_many_stands_once_and_the_gravest_kind_first() -> None:
    notes = [
        ProblemNote(kind="of another kind", symbol=None, text="strange"),
        ProblemNote(kind="store", symbol=None, text="the disk is full"),
        *(ProblemNote(kind="feed", symbol=s, text=f"{s}: Yahoo fails (503)") for s in ("SPY", "IWM", "SPY")),
        ProblemNote(kind="missing", symbol="RSP", text="no bar of 2026-01-08 (RSP)"),
        ProblemNote(kind="missing", symbol="DIA", text="no price"),
    ]
    assert problem_sections(notes) == [
        ("Not answered, 3", ["SPY, IWM: Yahoo fails (503)"]),
        ("Missing, 2", ["no bar of 2026-01-08 (RSP)", "DIA: no price"]),
        ("The store, 1", ["the disk is full"]),
        ("of another kind, 1", ["strange"]),
    ]


def test_a_long_quarantine_is_cut_and_says_so() -> None:
    rejected = [Rejected("SPY", date(2026, 1, 9), "close", float(number), "no") for number in range(MOST + 3)]
    lines = quarantine_lines(rejected)
    assert (len(lines), lines[-1]) == (MOST + 1, "and 3 more")


def test_what_a_feed_says_cannot_draw_on_the_screen() -> None:
    evil = msgspec.structs.replace(DROPPED, text="^IRX: \x1b[2J[bold]")
    assert problem_sections([evil]) == [("Not believed, 1", ["^IRX: [2J[bold]"])]
    assert "\x1b" not in quarantine_lines([Rejected("A\x1b", date(2026, 1, 9), "close", 1.0, "\x1b[2J")])[0]
