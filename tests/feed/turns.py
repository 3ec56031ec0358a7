"""Who may be busy among programs that are measured at the same time on few cores."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Program(Protocol):
    """A process that can be made to wait."""

    def stand_still(self, *, still: bool) -> None:
        """Do nothing at all, or go on."""


class Turns:
    """Programs start one after the other, and while one ends all others stand still."""

    def __init__(self) -> None:
        self._busy = threading.Lock()
        self._changing = threading.Lock()
        self._running: set[Program] = set()

    @contextmanager
    def running(self, program: Program) -> Iterator[None]:
        """Count it among those that stand still for others."""
        with self._changing:
            self._running.add(program)
        try:
            yield
        finally:
            with self._changing:
                self._running.discard(program)

    @contextmanager
    def starting(self) -> Iterator[None]:
        """No other one starts or ends meanwhile."""
        with self._busy:
            yield

    @contextmanager
    def ending(self, *together: Program) -> Iterator[None]:
        """All others stand still meanwhile; those `together` share files, which one that stands still might hold."""
        with self._busy, self._changing:
            others = self._running.difference(together)
            for other in others:
                other.stand_still(still=True)
            try:
                yield
            finally:
                for other in others:
                    other.stand_still(still=False)
