"""A long life in a short time: thousands of refreshes under faults by chance, on a clock that jumps.

Each refresh is held against what was shown before it: no price may become empty, older, or another than the one Yahoo
truly had at that time.
"""

from __future__ import annotations

import gc
import os
import random
import threading
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from unittest import mock

import msgspec

from core.errors import FeedError
from core.model import Instant, Session
from core.pipeline import Pipeline, open_pipeline
from core.sessions import NEW_YORK, FixedClock
from core.settings import Settings
from core.snapshot import Row
from tests.emulator.catalogue import CATALOGUE, STREAM, TUNNEL, Manner
from tests.emulator.wire import Endpoint
from tests.feed import stage
from tests.feed.apart import EmulatorApart

BEGIN: Final = datetime(2025, 3, 3, 9, 31, tzinfo=NEW_YORK)
QUICK: Final = {"timeout": 0.2, "cookie_timeout": 0.2, "deadline": 0.5}
"""In seconds: what stalls on purpose is given up soon."""

WARM: Final = 50
"""Refreshes until everything has been imported, opened and filled once."""
MOST_SOCKETS: Final = 28
"""Connections of each of nine threads to three hosts, and the way to the process of the emulator."""

FAULTS: Final = tuple(name for name, kind in CATALOGUE.items() if kind.manner not in STREAM)
ENDPOINTS: Final = ((), (Endpoint.CHART,), (Endpoint.QUOTE,), (Endpoint.GETCRUMB,))
GROUPS: Final = ("index_funds", "sectors", "indices", "volatility", "rates")


@dataclass(slots=True)
class Figures:
    """What a soak cost: megabytes, descriptors and threads at several times of its life, and what went wrong.

    Of all `descriptors`, so many are `sockets`, which come and go with the hosts that were asked. `raised`:
    refreshes that failed as a whole, `faults`: those that were set, `fresh`: prices of the session in progress that
    were shown, `wrong`: a line for every price that became empty, older or untrue.
    """

    megabytes: list[float] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)
    sockets: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    refreshes: int = 0
    raised: int = 0
    faults: int = 0
    fresh: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def warming(self) -> float:
        """Megabytes that came between the first `WARM` refreshes and the next time they were measured."""
        return self.megabytes[1] - self.megabytes[0]

    @property
    def growth(self) -> float:
        """Megabytes that came after that."""
        return self.megabytes[-1] - self.megabytes[1]

    @property
    def steady(self) -> bool:
        """Whether threads and descriptors stay as they were, but for sockets, of which there are never too many."""
        others = {every - sockets for every, sockets in zip(self.descriptors, self.sockets, strict=True)}
        return len(set(self.threads)) == len(others) == 1 and max(self.sockets) <= MOST_SOCKETS

    def measure(self) -> None:
        """Add what is used at present."""
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        self.megabytes.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
        targets = [os.readlink(entry.path) for entry in os.scandir("/proc/self/fd")]  # noqa: PTH115 - names, which lead to no files
        self.descriptors.append(len(targets))
        self.sockets.append(sum(target.startswith("socket:") for target in targets))
        self.threads.append(threading.active_count())


class Soak:
    """One pipeline over one store, and one Yahoo; `seed` decides what happens to them."""

    def __init__(self, store: Path, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._settings = _quick(stage.settings(store, budget=stage.UNLIMITED, years=1))
        self._clock = FixedClock(BEGIN)
        self._shown: dict[str, Row] = {}
        self._session: Session | None = None
        self._true: dict[tuple[str, Instant], float] = {}
        self.figures = Figures()

    def run(self, refreshes: int) -> Figures:
        """So many refreshes; figures are taken after good ones, when the first `WARM` and each quarter are over."""
        with (
            EmulatorApart() as emulator,
            mock.patch.dict(os.environ, emulator.environment()),
            closing(open_pipeline(self._settings, clock=self._clock)) as pipe,
        ):
            quarters = {refreshes * quarter // 4 for quarter in (1, 2, 3, 4)}
            for number in range(1, refreshes + 1):
                self._go_on(emulator)
                self._trouble(emulator)
                self._refresh(pipe, emulator)
                if number == WARM or (number > WARM and number in quarters):
                    self._calm(pipe, emulator)
                    self.figures.measure()
        return self.figures

    def _go_on(self, emulator: EmulatorApart) -> None:
        """Some seconds of a session, or to the next one."""
        seconds = self._chance.choice((5.0, 15.0, 15.0, 40.0, 200.0, 900.0))
        now = self._clock.now() + timedelta(seconds=seconds)
        if now.hour >= 17:
            opens = emulator.market.state().next_open
            seconds = (opens + timedelta(minutes=1) - self._clock.now()).total_seconds()
        self._move(emulator, seconds)

    def _move(self, emulator: EmulatorApart, seconds: float) -> None:
        self._clock.advance(seconds)
        emulator.set_clock(self._clock.now())

    def _trouble(self, emulator: EmulatorApart) -> None:
        """No fault, one, or two at a time, for all or for some."""
        emulator.clear()
        for _number in range(self._chance.choice((0, 0, 1, 1, 2))):
            name = self._chance.choice(FAULTS)
            self.figures.faults += 1
            kind = CATALOGUE[name]
            if kind.manner is Manner.DOWN:
                emulator.set_fault(name)
                continue
            some = () if kind.manner in TUNNEL else self._chance.sample(self._symbols, self._chance.choice((0, 0, 3)))
            emulator.set_fault(
                name,
                endpoints=kind.endpoints.intersection(self._chance.choice(ENDPOINTS)),
                symbols=some,
                after=self._chance.choice((0, 0, 5)),
                times=self._chance.choice((None, None, 2)),
            )

    @property
    def _symbols(self) -> list[str]:
        groups = self._settings.universe.groups
        return [symbol for name in GROUPS for symbol in groups[name].symbols]

    def _refresh(self, pipe: Pipeline, emulator: EmulatorApart) -> None:
        """One, whose rows are held against those before and against Yahoo."""
        self.figures.refreshes += 1
        session, now = emulator.market.state().session, self._clock.now()
        if session != self._session:
            self._true.clear()  # what is shown of an earlier one was held against it
            self._session = session
        for symbol in self._symbols:
            live = emulator.market.live(symbol)
            self._true[symbol, live.at] = live.price
        try:
            after = stage.rows(pipe.refresh())
        except FeedError:
            self.figures.raised += 1
            return
        for symbol, row in after.items():
            if reason := self._fault_of(row, self._shown.get(symbol), emulator):
                self.figures.wrong.append(f"{now:%Y-%m-%d %H:%M:%S} {symbol}: {reason}")
        self.figures.fresh += sum(row.session == session for row in after.values())
        self._shown |= after

    def _fault_of(self, row: Row, before: Row | None, emulator: EmulatorApart) -> str:
        """What is wrong with the price of a row that is shown after another one; "" for nothing."""
        if row.last is None or row.session is None:
            return "empty" if before is not None and before.last is not None else ""
        if before is not None and before.session is not None:
            if row.session < before.session:
                return f"of {row.session} after one of {before.session}"
            if row.session == before.session and row.asof and before.asof and row.asof < before.asof:
                return f"of {row.asof} after one of {before.asof}"
            if (row.session, row.last) == (before.session, before.last):
                return ""
        true = self._true.get((row.symbol, row.asof)) if row.asof else None
        if true is None:
            true = emulator.market.price(row.symbol, row.session)
        return "" if abs(row.last / true - 1) < stage.SAME else f"{row.last} of {row.asof} is {true} in truth"

    def _calm(self, pipe: Pipeline, emulator: EmulatorApart) -> None:
        """Good refreshes until everything has come, as it does when the last pause is over."""
        emulator.clear()
        for _number in range(3):
            self._move(emulator, 3600.0 if self._clock.now().hour < 12 else 1200.0)
            self._refresh(pipe, emulator)


def _quick(settings: Settings) -> Settings:
    """These settings with a smaller universe and short time-outs."""
    yahoo = msgspec.structs.replace(settings.feed.yahoo, **QUICK)
    return msgspec.structs.replace(
        settings,
        feed=msgspec.structs.replace(settings.feed, yahoo=yahoo),
        universe=msgspec.structs.replace(settings.universe, show=GROUPS),
        watchlist={},
    )
