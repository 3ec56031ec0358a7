"""An eventful market and the rules over it, made once for all tests of the rules."""

from __future__ import annotations

import pytest

from core.panel import Panel
from core.rules.board import RuleBoard
from tests.core import builders


@pytest.fixture(scope="session")
def eventful() -> Panel:
    return builders.eventful()


@pytest.fixture(scope="session")
def board(eventful: Panel) -> RuleBoard:
    return builders.board(eventful)
