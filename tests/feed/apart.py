"""An emulator in a process of its own, so that what is measured here is ours alone."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Collection
from datetime import datetime
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Final, Self

from tests.emulator import Emulator
from tests.emulator.clock import VirtualClock
from tests.emulator.market import Market

PATIENCE: Final = 60.0


class EmulatorApart:
    """The part of an `Emulator` that a soak needs; `market` is its twin in this process."""

    def __init__(self) -> None:
        self._clock = VirtualClock()
        self.market = Market(self._clock)
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._ours.close()  # which ends it
        self._process.join(PATIENCE)

    def environment(self) -> dict[str, str]:
        """As `Emulator.environment`."""
        variables: dict[str, str] = self._ask("environment")
        return variables

    def set_clock(self, now: datetime) -> None:
        """Make it `now`, there and here."""
        self._clock.set(now)
        self._ask("clock", now)

    def set_fault(self, name: str, **options: Collection[str] | int | None) -> None:
        """As `Faults.set`."""
        self._ask("fault", name, options)

    def clear(self) -> None:
        """No faults, and an empty log."""
        self._ask("clear")

    def _ask(self, what: str, *arguments: object) -> Any:
        self._ours.send((what, arguments))
        if not self._ours.poll(PATIENCE):
            raise TimeoutError(f"the emulator does not answer {what!r}")
        return self._ours.recv()


def _serve(asked: Connection) -> None:
    """Answer until the other end is closed."""
    with Emulator() as emulator:

        def set_fault(name: str, options: dict[str, Any]) -> None:
            emulator.faults.set(name, **options)

        def clear() -> None:
            emulator.faults.clear()
            emulator.log.clear()

        acts: dict[str, Callable[..., Any]] = {
            "environment": emulator.environment,
            "clock": emulator.clock.set,
            "fault": set_fault,
            "clear": clear,
        }
        while True:
            try:
                what, arguments = asked.recv()
            except EOFError:
                return
            asked.send(acts[what](*arguments))
