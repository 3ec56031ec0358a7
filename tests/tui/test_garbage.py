from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.tui import builders
from tests.tui.script import Script, shown, until
from tui import garbage
from tui.app import TapeboardApp


@pytest.fixture
def _as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


@pytest.mark.usefixtures("_as_before")
def test_what_is_there_is_left_out_of_every_later_collection() -> None:
    mine: list[object] = []
    garbage.set_aside()
    assert gc.get_freeze_count() > 10_000
    assert not any(thing is mine for thing in gc.get_objects())
    assert gc.get_threshold()[0] == garbage.YOUNG


async def test_it_is_set_aside_once_and_with_the_first_fresh_numbers() -> None:
    calls: list[None] = []
    first, second = builders.rich(), builders.rich(step=1)
    script = Script(first, second)
    running = TapeboardApp(builders.settings(), lambda: script, settled=lambda: calls.append(None))
    async with running.run_test(size=(80, 24)) as pilot:
        assert calls == []
        await shown(pilot, first)
        assert len(calls) == 1
        await pilot.press("r")
        await shown(pilot, second)
        await until(pilot, lambda: script.refreshes == 2)
    assert len(calls) == 1
