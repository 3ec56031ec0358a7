"""What every test has: no network, a home of its own, no skip without an excuse, and perhaps real market data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# No property is false because the machine was busy; in CI hypothesis has a profile of its own, without chance.
settings.register_profile("unhurried", deadline=None)
if "CI" not in os.environ:
    settings.load_profile("unhurried")

pytest_plugins = ["tests.support.isolation", "tests.support.skip_policy"]

MARKET = Path(__file__).parents[2] / "shared" / "market"


@pytest.fixture(scope="session")
def market() -> Path:
    """The folder of real market data beside the repository; it is never part of it."""
    if not MARKET.is_dir():
        pytest.skip("market data absent: ../shared/market")
    return MARKET
