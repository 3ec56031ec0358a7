"""The reference's answers on the article's session, worked out once; without the market file every test skips."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.reference.data import MARKET, Data, load
from tests.reference.rotation import expected_rotation
from tests.reference.rows import Row, expected_rows
from tests.reference.spreads import expected_spreads

ARTICLE = date(2026, 1, 9)


@pytest.fixture(scope="session")
def data() -> Data:
    if not MARKET.exists():
        pytest.skip("market data absent: ../shared/market")
    return load()


@pytest.fixture(scope="session")
def rows(data: Data) -> dict[str, Row]:
    return expected_rows(data, ARTICLE)


@pytest.fixture(scope="session")
def spreads(data: Data) -> dict[str, dict[str, Any]]:
    return expected_spreads(data, ARTICLE)


@pytest.fixture(scope="session")
def rotation(data: Data) -> dict[str, Any]:
    return expected_rotation(data, ARTICLE)
