from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.feeds.yahoo_answers import decimals, instant, number


@pytest.mark.parametrize("price", ["123.45", "0.0123", "956.68", "27699.99", "4.275", "6999.5"])
def test_a_price_of_32_bits_is_the_decimal_number_it_was(price: str) -> None:
    widened = np.array([float(np.float32(float(price)))])
    assert decimals(widened)[0] == float(price)


@given(st.floats(0.01, 99_999.99).map(lambda price: round(price, 2)))
def test_a_price_in_cents_survives_32_bits(price: float) -> None:
    assert decimals(np.array([float(np.float32(price))]))[0] == price


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_value_is_changed_within_32_bits_only(value: float) -> None:
    changed = decimals(np.array([value]))[0]
    assert changed == value or np.float32(changed) == np.float32(value)


def test_what_is_no_price_stays_as_it_is() -> None:
    odd = np.array([np.nan, np.inf, -np.inf, 0.0, -12.5, 1e300])
    assert np.array_equal(decimals(odd), odd, equal_nan=True)


@pytest.mark.parametrize(
    ("value", "read"), [(3, 3.0), (2.5, 2.5), ("2.5", None), (None, None), (True, None), ({}, None)]
)
def test_only_numbers_are_numbers(value: object, read: float | None) -> None:
    assert np.isnan(number(value)) if read is None else number(value) == read


@pytest.mark.parametrize(
    "value",
    [1_767_978_000, 1_767_978_000.0, pd.Timestamp("2026-01-09 17:00", tz="UTC"), datetime(2026, 1, 9, 17, tzinfo=UTC)],
)
def test_times_come_as_seconds_and_as_times(value: object) -> None:
    read = instant(value)
    assert read is not None
    assert read.isoformat() == "2026-01-09T12:00:00-05:00"


@pytest.mark.parametrize("value", [None, "soon", 0, -5, 1e300, float("nan"), {"start": 1}])
def test_what_is_no_time_is_none(value: object) -> None:
    assert instant(value) is None
