"""The process of `Screen`: the whole application, painted to nowhere, on a clock of its own.

Its feed finds Yahoo by the environment alone. It writes lines of JSON and obeys lines of its input: `refresh`,
`report` and `exit`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec
import numpy as np

import tui.app
from core.glance import last_snapshot
from core.pipeline import open_pipeline
from core.sessions import Clock
from core.settings import Settings
from tests.feed import stage
from tui.app import TapeboardApp
from tui.cli import leave
from tui.messages import ProblemArrived, SnapshotArrived, SourceReady
from tui.screens.board import BoardScreen
from tui.widgets.header import Header

SIZE: Final = (160, 45)
HOUR: Final = 3600.0
FEEDS: Final = f"{os.sep}core{os.sep}feeds{os.sep}"
PROBE: Final = 0.002
"""Seconds of the sleeps whose lag is measured."""


def say(event: str, **values: object) -> None:
    """Write an event, with the time on the clock that all processes share."""
    line = msgspec.json.encode({"event": event, "at": time.monotonic(), **values})
    sys.__stdout__.buffer.write(line + b"\n")  # type: ignore[union-attr] # this process has a standard output
    sys.__stdout__.buffer.flush()  # type: ignore[union-attr] # likewise


class Watched(TapeboardApp):
    """Tells what arrives, and how long its loop kept others waiting.

    Textual calls a handler of each class, so that those here come on top of the application's own.
    """

    CSS_PATH = Path(tui.app.__file__).parent / "styles" / "app.tcss"

    def __init__(self, settings: Settings, clock: Clock, *, watched: bool) -> None:
        super().__init__(
            settings,
            lambda: open_pipeline(settings, clock=clock),
            glance=lambda: last_snapshot(settings.store.url),
        )
        self.lags: list[float] = []
        self._watched = watched
        self._on_loop: set[str] = set()

    def on_source_ready(self, _event: SourceReady) -> None:
        """The first refresh begins."""
        say("opened")

    def on_snapshot_arrived(self, _event: SnapshotArrived) -> None:
        """A refresh has brought something."""
        say("told")

    def on_problem_arrived(self, _event: ProblemArrived) -> None:
        """A refresh has failed."""
        say("told")

    async def on_mount(self) -> None:
        """Begin to probe and to obey."""
        self.run_worker(self._probe())
        threading.Thread(target=self._obey, daemon=True).start()
        if self._watched:
            sys.setprofile(self._notice)

    def _notice(self, frame: FrameType, event: str, _argument: object) -> None:
        """Note what is called of the feeds in this thread, which is that of the loop."""
        if event == "call" and FEEDS in frame.f_code.co_filename:
            self._on_loop.add(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_qualname}")

    async def _probe(self) -> None:
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(PROBE)
            self.lags.append(1000 * (time.perf_counter() - asked - PROBE))

    def _obey(self) -> None:
        acts = {"report": self._report, "exit": self.exit, "refresh": lambda: self.action_command("refresh")}
        for line in sys.stdin:
            self.call_from_thread(acts[line.strip()])

    def _report(self) -> None:
        board = next((screen for screen in self.screen_stack if isinstance(screen, BoardScreen)), None)
        header = "" if board is None else board.query_one(Header).render_line(0).text
        snapshot = None if board is None else board.snapshot
        probes = self.lags or [0.0]
        say(
            "report",
            header=header,
            failure=self._status.failure,
            snapshot=snapshot,
            p99=float(np.percentile(probes, 99)),
            longest=max(probes),
            probes=len(probes),
            on_loop=sorted(self._on_loop),
        )
        self.lags.clear()


def patient(settings: Settings) -> Settings:
    """These settings with an hour for everything that waits for Yahoo."""
    yahoo = msgspec.structs.replace(settings.feed.yahoo, timeout=HOUR, cookie_timeout=HOUR, deadline=HOUR)
    return msgspec.structs.replace(
        settings,
        feed=msgspec.structs.replace(settings.feed, yahoo=yahoo),
        refresh=msgspec.structs.replace(settings.refresh, timeout=HOUR),
    )


def main() -> None:
    """Run until told to exit."""
    options = json.loads(sys.argv[1])
    settings = stage.settings(Path(options["store"]), budget=options["budget"], stream=options["stream"])
    if options["endless"]:
        settings = patient(settings)
    clock = stage.RunningClock(datetime.fromisoformat(options["now"]))
    app = Watched(settings, clock, watched=options["watched"])
    app.run(headless=True, size=SIZE)
    if app._exception is not None:  # Textual keeps a defect to itself where it paints to nowhere
        raise app._exception


if __name__ == "__main__":
    main()
    leave(0)  # as the command does
