from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial

from textual.app import App
from textual.pilot import Pilot
from textual.widget import Widget

from core.errors import NoDataError
from tests.tui.script import PATIENCE, Script, app, board, until
from tui.asking import Desk
from tui.messages import Answered, Asked
from tui.source import SnapshotSource


class Asker(Widget):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[Answered] = []

    def on_answered(self, event: Answered) -> None:
        self.got.append(event)

    def has(self, count: int) -> bool:
        return len(self.got) == count

    def ask(self, question: Callable[[SnapshotSource], object], kind: str = "k") -> Asked:
        return Asked(kind, question, self)


async def asker_in(pilot: Pilot[None]) -> Asker:
    asker = Asker()
    await pilot.app.mount(asker)
    return asker


async def test_what_is_asked_before_there_is_a_source_is_answered_in_a_thread_once_there_is() -> None:
    async with App[None]().run_test() as pilot:
        asker, desk = await asker_in(pilot), Desk()
        desk.ask(asker.ask(lambda source: (threading.current_thread().name, source.prices("SPY").symbol)))
        desk.open(Script())
        await until(pilot, lambda: bool(asker.got))
        assert asker.got[0].answer == ("tapeboard-ask", "SPY")
        assert (asker.got[0].kind, asker.got[0].failure) == ("k", "")


async def test_of_one_kind_the_newest_counts_and_one_is_under_way() -> None:
    release = threading.Event()
    asked: list[int] = []

    def question(number: int) -> Callable[[SnapshotSource], object]:
        def answer(_source: SnapshotSource) -> int:
            asked.append(number)
            release.wait(PATIENCE)
            return number

        return answer

    async with App[None]().run_test() as pilot:
        asker, desk = await asker_in(pilot), Desk()
        desk.open(Script())
        desk.ask(asker.ask(question(0)))
        await until(pilot, lambda: asked == [0])
        for number in (1, 2, 3):
            desk.ask(asker.ask(question(number)))
        desk.ask(asker.ask(question(9), kind="another"))
        await until(pilot, lambda: 9 in asked)
        release.set()
        await until(pilot, lambda: len(asker.got) == 2)
        assert {(event.kind, event.answer) for event in asker.got} == {("k", 3), ("another", 9)}
        assert sorted(asked) == [0, 3, 9]


async def test_what_cannot_be_answered_is_told_and_the_next_question_is_answered() -> None:
    def refuse(_source: SnapshotSource) -> object:
        raise NoDataError("nothing yet", "wait")

    def defect(_source: SnapshotSource) -> object:
        raise ZeroDivisionError("x\x1b[31m")

    async with App[None]().run_test() as pilot:
        asker, desk = await asker_in(pilot), Desk()
        desk.open(Script())
        for count, question in enumerate((refuse, defect, lambda _source: 1), 1):
            desk.ask(asker.ask(question))
            await until(pilot, partial(asker.has, count))
        assert [event.failure for event in asker.got[::2]] == ["nothing yet: wait", ""]
        assert asker.got[1].failure.startswith("unexpected error: ZeroDivisionError: x")
        assert "\x1b" not in asker.got[1].failure


async def test_a_closed_desk_answers_nothing() -> None:
    release, begun = threading.Event(), threading.Event()

    def question(_source: SnapshotSource) -> None:
        begun.set()
        release.wait(PATIENCE)

    async with App[None]().run_test() as pilot:
        asker, desk = await asker_in(pilot), Desk()
        desk.open(Script())
        desk.ask(asker.ask(question))
        await asyncio.to_thread(begun.wait, PATIENCE)
        desk.close()
        release.set()
        await pilot.pause()
        assert asker.got == []


async def test_the_application_answers_whoever_asks_from_its_screen() -> None:
    async with app().run_test() as pilot:
        screen = await board(pilot)
        asker = Asker()
        await screen.mount(asker)
        asker.post_message(asker.ask(lambda source: source.ratio("RSP", "SPY", None)))
        await until(pilot, lambda: bool(asker.got))
        assert getattr(asker.got[0].answer, "above", "") == "RSP"
