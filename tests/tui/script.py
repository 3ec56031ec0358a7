"""A source of snapshots that follows a script, and waiting for what it brings to the screen."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias

from textual.pilot import Pilot

from core.attention import Attention
from core.model import FeedHealth, Rejected
from core.notices import Notices
from core.series import (
    GaugeSeries,
    Leaders,
    Lines,
    PriceSeries,
    RatioSeries,
    RuleDetail,
    SectorMembers,
    SymbolDetail,
    Timeline,
)
from core.sessions import Calendar, FixedClock
from core.settings import Basis
from core.snapshot import Snapshot
from tests.tui import builders, series
from tui.app import TapeboardApp
from tui.screens.board import BoardScreen
from tui.screens.stage import ORDER

PATIENCE = 60.0
"""Seconds after which a condition that is awaited counts as never coming true."""

Step: TypeAlias = Snapshot | Exception | threading.Event


class Script:
    """Each refresh gives the next step, the last one again and again; an event hangs until it is set."""

    def __init__(self, *steps: Step) -> None:
        self._steps = list(steps)
        self.refreshes = 0
        self.latest: Snapshot | None = None
        self.publish: Callable[[], None] = lambda: None
        self.closed = threading.Event()
        clock, notify = FixedClock(builders.CLOSE), builders.settings().notify
        self.attention = Attention(None, "core", Calendar(), clock)
        self.notices = Notices(None, notify, "core", clock)

    def refresh(self) -> Snapshot:
        """The next step."""
        step = self._steps[min(self.refreshes, len(self._steps) - 1)]
        self.refreshes += 1
        if isinstance(step, threading.Event):
            step.wait(PATIENCE)
            step = builders.rich()
        if isinstance(step, Exception):
            raise step
        self.latest = self.attention.marked(step)
        self.notices.see(self.latest, ())
        return self.latest

    def follow(self, publish: Callable[[], None]) -> None:
        """Remember whom to tell."""
        self.publish = publish

    def evenings(self) -> tuple[date, ...]:
        """All sessions of two years up to that of the snapshots."""
        return builders.EVENINGS

    def past(self, day: date) -> Snapshot:
        """An evening whose prices tell the day."""
        return builders.evening(day)

    def leaders(self, window: str, at: date | None) -> tuple[Leaders, ...]:
        """Invented ones."""
        return series.leaders(window)

    def ratio(self, above: str, below: str, at: date | None) -> RatioSeries:
        """An invented one."""
        return series.ratio(above, below)

    def prices(self, symbol: str) -> PriceSeries:
        """Invented ones."""
        return series.prices(symbol)

    def lines(self, symbols: Sequence[str], at: date | None) -> Lines:
        """None."""
        return Lines(sessions=(), values={})

    def timeline(self, at: date | None) -> Timeline:
        """Nothing was raised."""
        return Timeline(sessions=(), courses=())

    def detail(self, symbol: str, at: date | None) -> SymbolDetail:
        """An invented one."""
        return series.detail(symbol)

    def members(self, fund: str, at: date | None) -> SectorMembers:
        """Invented ones."""
        return series.members(fund)

    def rule(self, rule_id: str, subject: str, at: date | None) -> RuleDetail:
        """An invented one."""
        return series.rule(rule_id, subject)

    def gauge(self, rule_id: str, subject: str, at: date | None) -> GaugeSeries | None:
        """An invented one."""
        return series.rule(rule_id, subject).gauge

    def feed_health(self) -> FeedHealth:
        """Nothing asked, two values not believed."""
        return FeedHealth(
            requests=12,
            rejected=(
                Rejected("IWM", date(2026, 1, 9), "close", math.nan, "not a price"),
                Rejected("^VIX", date(2026, 1, 8), "high", 1e12, "below low or close"),
            ),
        )

    def show_basis(self, basis: Basis) -> None:
        """Publish the newest snapshot on this basis."""
        if self.latest is not None:
            self.latest = builders.rich(basis=basis)
            self.publish()

    def close(self) -> None:
        """Remember it."""
        self.closed.set()


def app(*steps: Step, **changes: object) -> TapeboardApp:
    """The application over a script; `changes` are keys of `[screen]`."""
    script = Script(*(steps or (builders.rich(),)))
    return TapeboardApp(builders.settings(**changes), lambda: script)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let the application work until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await pilot.pause()


async def board(pilot: Pilot[None]) -> BoardScreen:
    """The board, once it is there, under whatever screen is on top."""
    await until(pilot, lambda: any(isinstance(screen, BoardScreen) for screen in pilot.app.screen_stack))
    (screen,) = (screen for screen in pilot.app.screen_stack if isinstance(screen, BoardScreen))
    await until(pilot, lambda: screen.is_mounted and len(screen.panes) == len(ORDER))
    await pilot.pause()
    return screen


async def shown(pilot: Pilot[None], snapshot: Snapshot) -> BoardScreen:
    """Wait until the board shows this snapshot."""
    screen = await board(pilot)
    await until(pilot, lambda: screen.snapshot is snapshot)
    await pilot.pause()
    return screen


def text(pilot: Pilot[None]) -> str:
    """What stands on the terminal, line by line."""
    width, height = pilot.app.size
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in lines[:height]) if width else ""
