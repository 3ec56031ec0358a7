"""The whole program on simulated data and a clock that stands still: the same at every start and on every day."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import msgspec

from core.pipeline import Pipeline, open_pipeline
from core.sessions import FixedClock
from core.settings import Settings
from tests.tui import builders
from tui.app import TapeboardApp
from tui.source import SnapshotSource

NOON = datetime(2026, 1, 9, 17, 0, tzinfo=UTC)
"""A Friday, in New York."""


class Shared:
    """A pipeline that serves many applications, one after the other; none of them closes it."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def close(self) -> None:
        """It stays open for the next one."""

    def __getattr__(self, name: str) -> object:
        return getattr(self._pipeline, name)


def settings(universe: str = "core", **screen: object) -> Settings:
    """Those of the builders; nothing is refreshed but on request, so that all that changes was asked for."""
    built = builders.settings(**screen)
    breadth = msgspec.structs.replace(built.universe, breadth=universe)
    return msgspec.structs.replace(
        built, universe=breadth, refresh=msgspec.structs.replace(built.refresh, simulated=600.0)
    )


@cache
def opened(universe: str) -> Pipeline:
    """One for all tests of this process: the simulated market moves a tick with each refresh."""
    return open_pipeline(settings(universe), clock=FixedClock(NOON))


def source(universe: str = "core") -> SnapshotSource:
    """What an application opens: on the first basis again, whatever the one before has left."""
    opened(universe).show_basis(settings().metrics.basis)
    return Shared(opened(universe))  # type: ignore[return-value] # it passes on what it does not do itself


def app(universe: str = "core", **screen: object) -> TapeboardApp:
    """The application over this world; `screen` are keys of `[screen]`."""
    return TapeboardApp(settings(universe, **screen), lambda: source(universe))


def still(universe: str = "core", **screen: object) -> TapeboardApp:
    """Likewise, without a time for the next refresh and without a toast over the keys."""
    chosen = settings(universe, **screen)
    quiet = msgspec.structs.replace(chosen, notify=msgspec.structs.replace(chosen.notify, toast=False))
    return TapeboardApp(quiet, lambda: source(universe), frozen=True)
