"""The shipped application in a process of its own, led to the emulator by its environment and by nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

import msgspec

from core.snapshot import EMPTY, Snapshot

Json: TypeAlias = dict[str, Any]

PATIENCE: Final = 90.0
ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Report:
    """What stands on the screen. `p99`, `longest`: the lag of its loop since the last report, in milliseconds.

    `on_loop`: the functions of the feeds that its loop has called, where that is watched.
    """

    header: str
    failure: str
    snapshot: Snapshot
    p99: float
    longest: float
    probes: int
    on_loop: tuple[str, ...]


class Screen:
    """The application over `store`, its clock beginning at `now`; times are seconds of `time.monotonic`.

    `endless`: it has an hour's patience in everything. `watched`: it notes what its loop calls of the feeds. `budget`:
    the requests a minute that are its own, None for the shipped number. `prefix` begins its command.
    """

    def __init__(
        self,
        environment: dict[str, str],
        store: Path,
        now: datetime,
        *,
        stream: bool = False,
        endless: bool = False,
        watched: bool = False,
        budget: int | None = None,
        prefix: Sequence[str] = (),
    ) -> None:
        flags = {"stream": stream, "endless": endless, "watched": watched}
        options = {"store": str(store), "now": now.isoformat(), "budget": budget, **flags}
        homes = {"HOME": str(store.parent), "XDG_CACHE_HOME": str(store.parent / "cache")}
        self._events: list[Json] = []
        self._ended = False
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "tests.feed.screen_process", json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **environment, **homes},
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.kill()
        with self._process:
            pass

    def wait(self, event: str, *, after: float = 0.0, patience: float = PATIENCE) -> float:
        """When `event` happened first later than `after`. Raises TimeoutError."""

        def found() -> float | None:
            times = (e["at"] for e in self._events if e["event"] == event and e["at"] > after)
            return next(times, None)

        with self._changed:
            if not self._changed.wait_for(lambda: found() is not None or self._ended, patience):
                raise TimeoutError(f"no {event!r} within {patience} s")
            at = found()
        if at is None:
            raise RuntimeError(f"the program has ended: {self._errors()}")
        return at

    def refresh(self) -> float:
        """As the key `r`; when it was pressed."""
        at = time.monotonic()
        self._tell("refresh")
        return at

    def report(self) -> Report:
        """What stands on the screen now."""
        asked = time.monotonic()
        self._tell("report")
        at = self.wait("report", after=asked)
        with self._changed:
            said = next(e for e in self._events if e["at"] == at)
        return Report(
            header=said["header"],
            failure=said["failure"],
            snapshot=EMPTY if said["snapshot"] is None else msgspec.convert(said["snapshot"], Snapshot),
            p99=said["p99"],
            longest=said["longest"],
            probes=said["probes"],
            on_loop=tuple(said["on_loop"]),
        )

    def leave(self) -> float:
        """As the key `q`; the seconds until the process has ended. Raises RuntimeError where it says anything."""
        asked = time.monotonic()
        self._tell("exit")
        code = self._process.wait(PATIENCE)
        seconds = time.monotonic() - asked
        if errors := self._errors():
            raise RuntimeError(f"the program ended with {code}: {errors}")
        return seconds

    def stand_still(self, *, still: bool) -> None:
        """Do nothing at all, or go on."""
        self._process.send_signal(signal.SIGSTOP if still else signal.SIGCONT)

    def _tell(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    def _errors(self) -> str:
        assert self._process.stderr is not None
        return self._process.stderr.read()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self._events.append(json.loads(line))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
