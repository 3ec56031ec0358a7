from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from functools import partial

import pytest
from textual.pilot import Pilot

from core.errors import NoDataError
from core.series import RatioSeries
from core.snapshot import Spread
from tests.tui import builders
from tests.tui.script import Script, board, text, until
from tui.app import TapeboardApp
from tui.screens.board import BoardScreen
from tui.screens.over_time import OverTimeScreen


class Refusing(Script):
    def ratio(self, above: str, below: str, at: date | None) -> RatioSeries:
        raise NoDataError(f"{above} or {below} is not there", "wait")


def told(pilot: Pilot[None], words: str) -> bool:
    return words in text(pilot)


@asynccontextmanager
async def opened(
    script: Script, size: tuple[int, int] = (120, 35)
) -> AsyncIterator[tuple[Pilot[None], OverTimeScreen]]:
    async with TapeboardApp(builders.settings(), lambda: script).run_test(size=size) as pilot:
        await board(pilot)
        await pilot.press("o")
        screen = pilot.app.screen
        assert isinstance(screen, OverTimeScreen)
        await until(pilot, lambda: "loading …" not in text(pilot))
        yield pilot, screen


@pytest.mark.parametrize("size", [(160, 45), (120, 35), (80, 24), (30, 8)])
async def test_o_shows_who_led_and_the_ratio(size: tuple[int, int]) -> None:
    async with opened(Script(builders.rich()), size) as (pilot, _screen):
        assert "IWM" in text(pilot)
        if size[0] >= 80:
            for part in (
                "Who led  Index funds  by 63s tr",
                "7 % now 17 s",
                "Ratio  tr",
                "IWM / SPY",
                "50d +",
                "2025-0",
            ):
                assert part in text(pilot)


@pytest.mark.parametrize("key", ["o", "escape"])
async def test_o_and_escape_go_back(key: str) -> None:
    async with opened(Script(builders.rich())) as (pilot, _screen):
        await pilot.press(key)
        assert isinstance(pilot.app.screen, BoardScreen)
        await pilot.press("o")
        assert isinstance(pilot.app.screen, OverTimeScreen)


async def test_the_window_is_the_same_everywhere() -> None:
    async with opened(Script(builders.rich())) as (pilot, screen):
        await pilot.press("w")
        await until(pilot, lambda: "by 126s" in text(pilot))
        assert (await board(pilot)).window == screen.window == "126s"


async def test_arrows_choose_any_two_and_space_the_known_pairs() -> None:
    async with opened(Script(builders.rich(spreads=(*builders.spreads(), Spread(id="RSP-SPY"))))) as (pilot, screen):
        for key, pair in (("right", "QQQ / SPY"), ("left", "IWM / SPY"), ("down", "IWM / QQQ"), ("k", "IWM / SPY")):
            await pilot.press(key)
            await until(pilot, partial(told, pilot, pair))
        await pilot.press("space")
        await until(pilot, lambda: "RSP / SPY" in text(pilot))
        await pilot.press("space")
        assert screen.pair == ("IWM", "SPY")


async def test_the_strip_says_what_its_blocks_and_its_shares_mean() -> None:
    async with opened(Script(builders.rich())) as (pilot, _screen):
        await until(pilot, lambda: "height and %: share of its sessions led" in text(pilot))


async def test_the_last_session_is_on_prices_whatever_the_ratio_is_on() -> None:
    async with opened(Script(builders.rich())) as (pilot, screen):
        screen.window = "1s"
        await until(pilot, lambda: "by 1s px" in text(pilot))
        assert "Ratio  tr" in text(pilot)


async def test_tab_shows_the_next_group() -> None:
    async with opened(Script(builders.rich())) as (pilot, _screen):
        await pilot.press("tab")
        await pilot.pause()
        assert "Who led  Sectors" in text(pilot)
        await pilot.press("shift+tab", "shift+tab")
        await pilot.pause()
        assert "Who led  Sectors" in text(pilot)


async def test_a_new_snapshot_is_asked_about_again() -> None:
    asked: list[str] = []

    class Counting(Script):
        def ratio(self, above: str, below: str, at: date | None) -> RatioSeries:
            asked.append(above)
            return super().ratio(above, below, at)

    async with opened(Counting(builders.rich(), builders.rich(step=1))) as (pilot, _screen):
        assert len(asked) == 1
        await pilot.press("r")
        await until(pilot, lambda: len(asked) == 2)
        await pilot.press("ctrl+t", "question_mark", "escape")
        assert isinstance(pilot.app.screen, OverTimeScreen)


async def test_what_cannot_be_answered_is_told() -> None:
    async with opened(Refusing(builders.rich())) as (pilot, _screen):
        await until(pilot, lambda: "IWM or SPY is not there: wait" in text(pilot))
