"""The two markets of the oracles, folded once for all their tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.data import Market, real, synthetic


@pytest.fixture(scope="session")
def invented() -> Market:
    return synthetic()


@pytest.fixture(scope="session")
def true_market(market: Path) -> Market:
    """Without the market data every test that asks for it skips."""
    return real(market)
