from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulator import Emulator


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Yahoo on the loopback."""
    with Emulator() as running:
        yield running
