"""Time travel by its keys: what is shown, how it is marked, and that nothing live moves it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date

import pytest
from textual.pilot import Pilot

from core.errors import NoDataError
from core.series import Leaders
from core.snapshot import Snapshot
from tests.tui import builders
from tests.tui.builders import EVENINGS, SESSION
from tests.tui.script import Script, board, shown, text, until
from tui.app import TapeboardApp
from tui.messages import Answered, Question, SnapshotArrived
from tui.screens.board import BoardScreen
from tui.screens.go_to_date import GoToDateScreen
from tui.travel import EVENING, SESSIONS, Surroundings, Traveller

BACK, ON, MONTH_BACK, MONTH_ON = (
    "left_square_bracket",
    "right_square_bracket",
    "left_curly_bracket",
    "right_curly_bracket",
)
TYPED = {"-": "minus"}


@asynccontextmanager
async def opened(
    script: Script, size: tuple[int, int] = (160, 45)
) -> AsyncIterator[tuple[Pilot[None], BoardScreen, Snapshot]]:
    """The board with the first snapshot of a script."""
    async with TapeboardApp(builders.settings(), lambda: script).run_test(size=size) as pilot:
        screen = await board(pilot)
        await until(pilot, lambda: script.latest is not None and screen.snapshot is script.latest)
        assert script.latest is not None
        yield pilot, screen, script.latest


async def at(pilot: Pilot[None], screen: BoardScreen, day: date) -> None:
    """Wait until this evening is shown."""
    await until(pilot, lambda: screen.snapshot.past and screen.snapshot.session == day)
    await pilot.pause()


async def typed(pilot: Pilot[None], words: str) -> None:
    await pilot.press("g")
    await until(pilot, lambda: isinstance(pilot.app.screen, GoToDateScreen))
    await pilot.press(*(TYPED.get(letter, letter) for letter in words), "enter")


def top(pilot: Pilot[None]) -> str:
    return text(pilot).splitlines()[0]


def bottom(pilot: Pilot[None]) -> str:
    return text(pilot).splitlines()[-1]


async def test_brackets_step_by_session_and_braces_by_month() -> None:
    async with opened(Script(builders.rich())) as (pilot, screen, _live):
        for key, day in (
            (BACK, date(2026, 1, 8)),
            (BACK, date(2026, 1, 7)),
            (ON, date(2026, 1, 8)),
            (MONTH_BACK, date(2025, 12, 8)),
            (MONTH_ON, date(2026, 1, 8)),
        ):
            await pilot.press(key)
            await at(pilot, screen, day)


async def test_a_held_key_counts_every_press() -> None:
    async with opened(Script(builders.rich())) as (pilot, screen, _live):
        await pilot.press(*(BACK,) * 8)
        await at(pilot, screen, EVENINGS[-9])


@pytest.mark.parametrize("size", [(160, 45), (80, 24)])
async def test_the_past_is_marked_everywhere_and_t_returns(size: tuple[int, int]) -> None:
    async with opened(Script(builders.rich()), size) as (pilot, screen, live):
        before = text(pilot)
        assert "PAST" not in before
        await typed(pilot, "2025-04-08")
        await at(pilot, screen, date(2025, 4, 8))
        whole = text(pilot)
        assert top(pilot).startswith(" PAST Tue 2025-04-08  198 sessions ago")
        assert "market" not in top(pilot)
        titles = [line for line in whole.splitlines()[1:] if "PAST" in line]
        assert len(titles) == (1 if size[0] == 80 else 2)  # two stand in one line
        assert "T live" in bottom(pilot)
        assert not {"refresh", "pause"} & set(bottom(pilot).split())
        await pilot.press("T")
        await until(pilot, lambda: screen.snapshot is live)
        assert text(pilot) == before


async def test_the_header_is_reversed_so_that_no_colour_is_needed() -> None:
    async with opened(Script(builders.rich())) as (pilot, screen, _live):
        header = screen.query_one("#header")
        assert not header.rich_style.reverse
        await pilot.press(BACK)
        await at(pilot, screen, date(2026, 1, 8))
        strip = pilot.app.screen._compositor.render_strips()[0]
        assert all(segment.style is not None and segment.style.reverse for segment in strip)


async def test_what_comes_live_moves_nothing_and_t_shows_the_newest_at_once() -> None:
    newer = builders.rich(step=1)
    async with opened(Script(builders.rich())) as (pilot, screen, _live):
        await pilot.press(BACK)
        await at(pilot, screen, date(2026, 1, 8))
        evening, before = screen.snapshot, text(pilot)
        pilot.app.post_message(SnapshotArrived(newer))
        await pilot.pause()
        assert screen.snapshot is evening
        assert text(pilot) == before
        await pilot.press("T")
        assert screen.snapshot is newer


async def test_a_held_display_goes_on_after_the_past() -> None:
    newer = builders.rich(step=1)
    async with opened(Script(builders.rich())) as (pilot, screen, live):
        await pilot.press("p")
        await until(pilot, lambda: "PAUSED" in top(pilot))
        await pilot.press(BACK)
        await at(pilot, screen, date(2026, 1, 8))
        pilot.app.post_message(SnapshotArrived(newer))
        await pilot.press("p", "T")
        await shown(pilot, newer)
        assert "PAUSED" not in top(pilot)
        assert live is not newer


@pytest.mark.parametrize(
    ("words", "day", "note"),
    [
        ("-5", date(2026, 1, 2), ""),
        ("-2m", date(2025, 11, 7), ""),
        ("04-08", date(2025, 4, 8), ""),
        ("2025-04-05", date(2025, 4, 4), "Sat 2025-04-05 was no session: the one before"),
        ("2001-01-01", EVENINGS[0], "the data begin here"),
        ("2030-01-01", SESSION, "the last finished session"),
    ],
)
async def test_g_goes_to_a_date(words: str, day: date, note: str) -> None:
    async with opened(Script(builders.rich())) as (pilot, screen, _live):
        await typed(pilot, words)
        await at(pilot, screen, day)
        assert note in top(pilot)


async def test_what_is_no_date_is_refused_in_place() -> None:
    async with opened(Script(builders.rich()), (80, 24)) as (pilot, screen, live):
        await typed(pilot, "2025-02-30")
        await until(pilot, lambda: "no such day" in bottom(pilot))
        assert isinstance(pilot.app.screen, GoToDateScreen)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.snapshot is live


async def test_before_the_first_session_it_says_so() -> None:
    async with opened(Script(builders.rich())) as (pilot, screen, _live):
        await typed(pilot, "-9999")
        await at(pilot, screen, EVENINGS[0])
        await pilot.press(ON)
        await at(pilot, screen, EVENINGS[1])
        assert "begin" not in top(pilot)
        await pilot.press(BACK)
        await at(pilot, screen, EVENINGS[0])
        await pilot.press(BACK)
        await until(pilot, lambda: "the data begin here" in top(pilot))


async def test_who_led_and_its_ratio_are_asked_for_as_of_the_evening() -> None:
    class Watching(Script):
        asked: date | None = None

        def leaders(self, window: str, at: date | None) -> tuple[Leaders, ...]:
            self.asked = at
            return super().leaders(window, at)

    script = Watching(builders.rich())
    async with opened(script) as (pilot, screen, _live):
        await pilot.press("o")
        await until(pilot, lambda: "loading …" not in text(pilot))
        assert script.asked is None
        await pilot.press(BACK)
        await until(pilot, lambda: script.asked == date(2026, 1, 8))
        assert "PAST" in top(pilot)
        await pilot.press("T")
        await until(pilot, lambda: script.asked is None and "PAST" not in top(pilot))
        assert not screen.snapshot.past


async def test_without_an_evening_it_stays_live_and_says_why() -> None:
    class Early(Script):
        def evenings(self) -> tuple[date, ...]:
            raise NoDataError("nothing has been computed yet", "wait")

    async with opened(Early(builders.rich())) as (pilot, screen, live):
        await pilot.press(BACK)
        await until(pilot, lambda: "nothing has been computed yet" in top(pilot))
        assert screen.snapshot is live


class Clockwork:
    """Surroundings whose timer is wound by hand; questions are answered when `answer` is called."""

    def __init__(self, today: date | None = SESSION) -> None:
        self.asked: list[tuple[str, Question]] = []
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.failures: list[str] = []
        self.changes = 0
        self.traveller = Traveller(
            Surroundings(
                ask=lambda kind, question: self.asked.append((kind, question)),
                wait=self.wait,
                changed=self.change,
                failed=self.failures.append,
                today=lambda: today,
            )
        )

    def wait(self, seconds: float, call: Callable[[], None]) -> Clockwork:
        self.waiting.append((seconds, call))
        return self

    def stop(self) -> None:
        self.waiting.clear()

    def change(self) -> None:
        self.changes += 1

    def answer(self) -> None:
        """Answer all questions, those that follow from the answers too."""
        while self.asked:
            kind, question = self.asked.pop(0)
            self.traveller.answered(Answered(kind, question(Script(builders.rich()))))

    def tick(self) -> float:
        """Let the timer come; after how many seconds that was."""
        seconds, call = self.waiting.pop()
        call()
        self.answer()
        return seconds

    @property
    def day(self) -> date | None:
        past = self.traveller.past
        return None if past is None else past.snapshot.session


class TestPlaying:
    @pytest.fixture
    def clockwork(self) -> Clockwork:
        clockwork = Clockwork()
        clockwork.traveller.run("month_back")
        clockwork.answer()
        return clockwork

    def test_it_goes_forward_session_by_session_until_it_is_stopped(self, clockwork: Clockwork) -> None:
        assert clockwork.day == date(2025, 12, 9)
        clockwork.traveller.run("play")
        assert clockwork.tick() == 0.5
        assert clockwork.tick() == 0.5
        assert clockwork.day == date(2025, 12, 11)
        assert clockwork.traveller.past is not None
        assert clockwork.traveller.past.speed == 2.0
        clockwork.traveller.run("play")
        assert not clockwork.waiting
        assert clockwork.traveller.past.speed is None

    def test_plus_and_minus_change_the_speed(self, clockwork: Clockwork) -> None:
        clockwork.traveller.run("play")
        clockwork.traveller.run("faster")
        clockwork.tick()
        assert clockwork.tick() == 0.25
        for _press in range(9):
            clockwork.traveller.run("slower")
        clockwork.tick()
        assert clockwork.tick() == 2.0

    def test_it_ends_with_the_last_finished_session(self, clockwork: Clockwork) -> None:
        clockwork.traveller.run("play")
        while clockwork.waiting:
            clockwork.tick()
        assert clockwork.day == SESSION
        assert clockwork.traveller.past is not None
        assert (clockwork.traveller.past.note, clockwork.traveller.past.speed) == ("the last finished session", None)

    @pytest.mark.parametrize("command", ["session_back", "live"])
    def test_a_step_or_the_return_ends_it(self, clockwork: Clockwork, command: str) -> None:
        clockwork.traveller.run("play")
        clockwork.traveller.run(command)
        clockwork.answer()
        assert not clockwork.waiting

    def test_it_waits_for_the_evening_before_it_waits_for_the_next(self, clockwork: Clockwork) -> None:
        clockwork.traveller.run("play")
        _seconds, call = clockwork.waiting.pop()
        call()
        assert not clockwork.waiting
        clockwork.answer()
        assert len(clockwork.waiting) == 1

    def test_from_now_it_is_the_past_month(self) -> None:
        clockwork = Clockwork()
        clockwork.traveller.run("play")
        clockwork.answer()
        assert clockwork.day == EVENINGS[-22]
        assert len(clockwork.waiting) == 1


def test_the_pace_is_that_of_the_refreshes_while_nothing_of_the_past_is_shown() -> None:
    assert not Clockwork().traveller.run("faster")


def test_during_a_session_the_first_step_leads_to_the_last_finished_one() -> None:
    clockwork = Clockwork(date(2026, 1, 12))
    clockwork.traveller.run("session_back")
    clockwork.answer()
    assert clockwork.day == SESSION
    assert clockwork.traveller.past is not None
    assert clockwork.traveller.past.ago == 1, "counted as a step back is"


def test_an_evening_that_comes_after_the_return_is_not_shown() -> None:
    clockwork = Clockwork()
    clockwork.traveller.run("session_back")
    ((kind, question),) = clockwork.asked
    assert kind == SESSIONS
    clockwork.asked.clear()
    clockwork.traveller.answered(Answered(SESSIONS, question(Script(builders.rich()))))
    ((kind, question),) = clockwork.asked
    assert kind == EVENING
    clockwork.traveller.run("live")
    clockwork.traveller.answered(Answered(EVENING, question(Script(builders.rich()))))
    assert clockwork.traveller.past is None


def test_another_basis_or_universe_brings_the_same_evening_anew() -> None:
    clockwork = Clockwork()
    clockwork.traveller.run("session_back")
    clockwork.answer()
    clockwork.traveller.refreshed(builders.rich(step=1))
    assert not clockwork.asked
    clockwork.traveller.refreshed(builders.rich(basis="px"))
    assert [kind for kind, _question in clockwork.asked] == [EVENING]
    clockwork.answer()
    assert clockwork.day == date(2026, 1, 8)


def test_a_failure_in_the_past_is_a_note_and_ends_the_play() -> None:
    clockwork = Clockwork()
    clockwork.traveller.run("session_back")
    clockwork.answer()
    clockwork.traveller.run("play")
    clockwork.traveller.answered(Answered(EVENING, failure="the disk is gone"))
    assert clockwork.traveller.past is not None
    assert clockwork.traveller.past.note == "the disk is gone"
    assert not clockwork.waiting
    assert not clockwork.failures
