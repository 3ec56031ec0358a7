"""The warnings on the screen: acknowledged, muted, told of, and shown in full."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from core.errors import NoDataError
from core.notices import Notices
from core.series import RuleDetail
from core.sessions import SystemClock
from core.snapshot import Gauge, RiskWarning, Snapshot
from tests.tui import builders
from tests.tui.script import PATIENCE, Script, board, text, until
from tui.app import TapeboardApp
from tui.screens.board import BoardScreen
from tui.screens.mute import MuteScreen, parsed
from tui.screens.warning import WarningScreen

GAUGE = Gauge(id="agree", label="windows that agree", value=3.0, enter=3.0, warn=2.0, leave=4.0, direction="below")
SIZES = [(160, 45), (120, 35), (80, 24)]


def snapshot(*found: RiskWarning) -> Snapshot:
    return builders.rich(warnings=found or (builders.warning(gauge=GAUGE), *builders.warnings()[1:]))


def fresh(**changes: object) -> RiskWarning:
    """A warning that was raised in the last session."""
    told = {"id": "W19", "subject": "SPY", "title": "Drawdown", "since": builders.SESSION, "sessions": 1, **changes}
    return builders.warning(**told)


@asynccontextmanager
async def opened(script: Script, size: tuple[int, int] = (120, 35)) -> AsyncIterator[Pilot[None]]:
    async with TapeboardApp(builders.settings(), lambda: script).run_test(size=size) as pilot:
        screen = await board(pilot)
        await until(pilot, lambda: screen.snapshot is script.latest)
        await pilot.press("3")
        await looked(pilot)
        yield pilot


async def looked(pilot: Pilot[None]) -> None:
    """All that was asked is answered: what is new, too."""
    running = pilot.app
    assert isinstance(running, TapeboardApp)
    await pilot.pause()
    await until(pilot, lambda: not running._bridge._desk._tasks)
    await pilot.pause()


def told(pilot: Pilot[None]) -> str:
    return text(pilot).splitlines()[-1]


async def test_a_acknowledges_until_pressed_again_and_says_that_nothing_is_stored() -> None:
    async with opened(Script(snapshot()), (160, 45)) as pilot:
        assert "1 new" in text(pilot)
        assert "●WATCH   W02" in text(pilot)
        await pilot.press("a")
        await until(pilot, lambda: "W02 IWM-SPY marked as known until its state changes" in told(pilot))
        assert "(this run only, no store)" in told(pilot)
        assert "1 watch 0 warn " in text(pilot)
        assert "1 new" not in text(pilot)
        assert " WATCH   W02" in text(pilot)
        await pilot.press("a")
        await until(pilot, lambda: "1 new" in text(pilot))
        assert "W02 IWM-SPY counts as new again" in told(pilot)


async def test_what_is_not_raised_cannot_be_acknowledged() -> None:
    async with opened(Script(snapshot())) as pilot:
        await pilot.press("down", "a")
        await until(pilot, lambda: "W01 is not raised" in told(pilot))


async def test_from_another_pane_a_first_goes_to_the_warnings() -> None:
    async with opened(Script(snapshot()), (80, 24)) as pilot:
        await pilot.press("1", "a")
        await pilot.pause()
        assert (await board(pilot)).active == 2
        assert "known" not in told(pilot)


async def test_m_mutes_a_rule_for_some_sessions_and_no_longer() -> None:
    async with opened(Script(snapshot()), (160, 45)) as pilot:
        await pilot.press("m")
        assert isinstance(pilot.app.screen, MuteScreen)
        assert "Mute W02 Fragile leadership till" in told(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "W02 muted till 2026-01-15" in told(pilot))
        assert "0 watch 0 warn 1 muted" in text(pilot)
        assert "─ Muted ─" in text(pilot)
        assert "muted till Thu 2026-01-15" in text(pilot)
        assert "1 muted, all 6 rules evaluated" in text(pilot)
        pane = (await board(pilot)).panes[2]
        pane.body().move_cursor_to("W02 IWM-SPY")  # type: ignore[attr-defined]  # a live table
        await pilot.press("m")
        assert pilot.app.screen.query_one(Input).value == ""
        await pilot.press("enter")
        await until(pilot, lambda: "W02 is no longer muted" in told(pilot))
        assert "1 watch 0 warn" in text(pilot)


async def test_a_wrong_day_is_told_in_the_prompt_which_stays() -> None:
    async with opened(Script(snapshot()), (160, 45)) as pilot:
        await pilot.press("m", "x", "enter")
        await until(pilot, lambda: "expected a number of sessions" in told(pilot))
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, BoardScreen)
        await pilot.press("m", "ctrl+u", *"2025-12-01", "enter")
        await until(pilot, lambda: "W02 cannot be muted till 2025-12-01" in told(pilot))
        assert pilot.app.screen.query_one(Input).value == "2025-12-01"
        await pilot.press("ctrl+u", *"+5", "enter")
        await until(pilot, lambda: "W02 muted till 2026-01-15" in told(pilot))


@pytest.mark.parametrize(("words", "meant"), [("", None), (" +5 ", 5), ("252", 252), ("2026-01-30", date(2026, 1, 30))])
def test_the_prompt_takes_sessions_days_and_nothing(words: str, meant: date | int | None) -> None:
    assert parsed(words) == meant


@pytest.mark.parametrize("words", ["0", "+253", "tomorrow", "2026-13-01", "-3"])
def test_the_prompt_refuses_all_else(words: str) -> None:
    with pytest.raises(ValueError, match=r"0|\+253|tomorrow|month|-3"):
        parsed(words)


async def test_a_new_warning_rings_once_and_is_told_over_the_keys() -> None:
    before, after = snapshot(builders.warning()), snapshot(fresh(), builders.warning())
    script = Script(before, after, msgspec.structs.replace(after, viewed_at=builders.NEXT_OPEN))
    rung: list[None] = []
    async with opened(script) as pilot:
        pilot.app.bell = lambda: rung.append(None)  # type: ignore[method-assign]
        data = text(pilot).splitlines()[1:3]
        await pilot.press("r")
        await until(pilot, lambda: "▲ W19 Drawdown SPY: WATCH since 2026-01-09" in told(pilot))
        assert len(rung) == 1
        assert text(pilot).splitlines()[1:3] == data
        await pilot.press("down")
        assert "? help" in told(pilot)
        await pilot.press("r")
        await until(pilot, lambda: script.refreshes == 3)
        await pilot.pause()
        assert len(rung) == 1


async def test_what_stands_there_at_the_start_neither_rings_nor_hides_the_keys() -> None:
    script = Script(snapshot(fresh(), builders.warning()))
    rung: list[None] = []
    running = TapeboardApp(builders.settings(), lambda: script)
    running.bell = lambda: rung.append(None)  # type: ignore[method-assign]
    async with running.run_test(size=(80, 24)) as pilot:
        screen = await board(pilot)
        await until(pilot, lambda: screen.snapshot is script.latest)
        await looked(pilot)
        assert "? help" in told(pilot)
    assert rung == []


async def test_what_was_not_sent_is_a_problem_till_it_is_sent_without_a_refresh(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, mended = threading.Event(), threading.Event()
    sent: list[str] = []

    def send(url: str, title: str, _body: str) -> str:
        sent.append(title)
        if len(sent) == 1:
            return "the service answered 500"
        asked.set()
        mended.wait(PATIENCE)
        return ""

    monkeypatch.setattr("core.notices.send", send)
    monkeypatch.setattr("core.notices.FIRST", timedelta(milliseconds=10))
    script = Script(snapshot(fresh()))
    chosen = builders.settings()
    chosen = msgspec.structs.replace(chosen, notify=msgspec.structs.replace(chosen.notify, urls=("ntfy://topic",)))
    script.notices = Notices(None, chosen.notify, "core", SystemClock())
    async with TapeboardApp(chosen, lambda: script).run_test(size=(160, 35)) as pilot:
        await until(pilot, lambda: "✗ not sent, ntfy://…: the service answered 500" in told(pilot))
        await until(pilot, asked.is_set)
        assert "1 problem " in text(pilot).splitlines()[0]
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "Notices not sent, 1" in text(pilot))
        assert "not sent, ntfy://…: the service answered 500" in text(pilot)
        mended.set()
        await until(pilot, lambda: "0 problems" in text(pilot).splitlines()[0])
        assert "Nothing is wrong." in text(pilot)
        assert script.refreshes == 1
    assert sent == ["Tapeboard: W19 Drawdown SPY: WATCH since 2026-01-09"] * 2


@pytest.mark.parametrize("size", SIZES)
async def test_enter_shows_a_warning_in_full(size: tuple[int, int]) -> None:
    async with opened(Script(snapshot()), size) as pilot:
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, WarningScreen)
        await until(pilot, lambda: "loading …" not in text(pilot))
        seen = text(pilot)
        for part in ("W02 Fragile leadership IWM-SPY", "WATCH since Wed 2025-10-29 (50 sessions)", "Rule  moving the"):
            assert part in seen
        assert "raised ≤ 3 holds" in " ".join(seen.split())
        await pilot.press("end")
        await pilot.pause()
        assert "CLEAR → WATCH" in text(pilot)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, BoardScreen)


async def test_the_detail_tells_its_past_and_how_few_the_cases_are() -> None:
    history = {"text": "History: fired 4 times in 7 years", "n": 3, "low": 0.1, "high": 0.6}
    async with opened(Script(snapshot(builders.warning(gauge=GAUGE, history=history))), (160, 70)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "WATCH → WARNING" in text(pilot))
        for part in ("fired 4 times in 7 years; n = 3; 90 % of the bootstrap lies between 10 % and 60 %",):
            assert part in text(pilot)
        for mark in ("█ warning 20", "▄ watch", "▁ clear", "· not evaluated 100"):
            assert mark in text(pilot)
        assert "windows that agree, of 6" in text(pilot)


async def test_arrows_go_to_the_next_rule_and_keys_work_in_the_detail() -> None:
    async with opened(Script(snapshot()), (160, 45)) as pilot:
        await pilot.press("enter", "right")
        await until(pilot, lambda: "W01 Leadership reversal" in text(pilot))
        await pilot.press("left", "left")
        await until(pilot, lambda: "W20 Data health" in text(pilot))
        await pilot.press("right", "a")
        await until(pilot, lambda: "· acknowledged" in text(pilot))
        await pilot.press("down", "pagedown", "up", "pageup", "home")
        await pilot.press("m", "enter")
        await until(pilot, lambda: "· muted till Thu 2026-01-15" in text(pilot))


async def test_what_was_not_evaluated_says_what_it_needs() -> None:
    lacking = builders.warning(state="NOT_EVALUATED", text="needs IWM; last evaluated 2026-01-07: WATCH", since=None)
    async with opened(Script(snapshot(lacking)), (120, 35)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "Not evaluated: needs IWM; last evaluated 2026-01-07: WATCH" in text(pilot))


async def test_a_provisional_state_is_marked() -> None:
    today = fresh(provisional=True, partial=True, missing=("weights",), label="pullback")
    async with opened(Script(snapshot(today)), (160, 45)) as pilot:
        await pilot.press("enter")
        seen = (
            "≈WATCH pullback since Fri 2026-01-09 (its first session) · provisional: the session is not over · partial"
        )
        await until(pilot, lambda: seen in text(pilot))


async def test_what_cannot_be_answered_is_told() -> None:
    class Refusing(Script):
        def rule(self, rule_id: str, subject: str, at: date | None = None) -> RuleDetail:
            raise NoDataError(f"there is no {rule_id} of {subject}")

    async with opened(Refusing(snapshot()), (160, 45)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "there is no W02 of IWM-SPY" in text(pilot))


async def test_a_raised_warning_has_the_year_of_its_number() -> None:
    async with opened(Script(snapshot()), (160, 45)) as pilot:
        await until(pilot, lambda: "▃▂▁▁▂▃▅▇██▇▆▄▃▁▁▁▃▄ since 10-29 · 50 s" in text(pilot))
        assert "windows that agree 3 · raised ≤ 3" in text(pilot)
        assert "  warning ≤ 2" in text(pilot)
