from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.errors import StoreError
from core.packing import pack, unpack
from core.panel import Bars
from tests.core.store_builders import same, series

COLUMNS = ("open", "high", "low", "close", "adj_close", "volume")


@st.composite
def any_bars(draw: st.DrawFn) -> Bars:
    rows = draw(st.integers(0, 12))
    days = draw(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=rows, max_size=rows, unique=True))
    floats = hnp.arrays(np.float64, rows, elements=st.floats(allow_nan=True, allow_infinity=True))
    columns = {name: draw(floats) for name in COLUMNS}
    sessions = np.array(sorted(days), dtype="datetime64[D]")
    return Bars(draw(st.text(max_size=8)), sessions, **columns, adjusted=draw(st.booleans()))


@given(any_bars())
def test_every_series_comes_back_to_the_last_bit(bars: Bars) -> None:
    assert same(unpack(bars.symbol, pack(bars)), bars)


@given(st.data())
def test_any_changed_bit_is_refused_with_the_symbol(data: st.DataObject) -> None:
    packed = bytearray(pack(series("SPY")))
    position = data.draw(st.integers(0, len(packed) - 1))
    packed[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(StoreError, match=r"SPY is damaged.*tapeboard fetch"):
        unpack("SPY", bytes(packed))


@pytest.mark.parametrize("length", [0, 3, 15, 16, 100])
def test_a_cut_series_is_refused(length: int) -> None:
    with pytest.raises(StoreError, match="SPY is damaged"):
        unpack("SPY", pack(series("SPY"))[:length])


def test_a_surplus_is_refused() -> None:
    with pytest.raises(StoreError, match="SPY is damaged"):
        unpack("SPY", pack(series("SPY")) + b"\0")


def by_hand(*, form: int = 1, rows: int = 2) -> bytes:
    """The documented layout, written without the code under test."""
    head = struct.pack("<4sBBHI", b"TBar", form, 0, 0, rows)
    columns = [(1.0, 2.0), (3.0, 4.0), (0.5, float("nan")), (1.5, 2.5), (1.25, 2.25), (1e6, 0.0)]
    body = b"".join(struct.pack("<2d", *column) for column in columns) + struct.pack("<2i", -1, 20_462)
    return head + struct.pack("<I", zlib.crc32(head + body)) + body


def test_the_layout_is_the_documented_one() -> None:
    bars = unpack("RUT", by_hand())
    assert bars.sessions.tolist() == [date(1969, 12, 31), date(2026, 1, 9)]
    assert not bars.adjusted
    assert bars.open.tolist() == [1.0, 2.0]
    assert bars.low[0] == 0.5
    assert np.isnan(bars.low[1])
    assert bars.adj_close.tolist() == [1.25, 2.25]
    assert bars.volume.tolist() == [1e6, 0.0]
    assert pack(bars) == by_hand()


def test_a_newer_format_asks_for_an_update() -> None:
    with pytest.raises(StoreError, match="RUT was written by a newer Tapeboard: update"):
        unpack("RUT", by_hand(form=2))


def test_a_sound_sum_over_the_wrong_number_of_rows_is_refused() -> None:
    with pytest.raises(StoreError, match="RUT is damaged"):
        unpack("RUT", by_hand(rows=3))


def test_the_arrays_lie_aligned_and_cannot_be_written() -> None:
    bars = unpack("SPY", pack(series("SPY", rows=5)))
    for array in (bars.sessions, *(getattr(bars, name) for name in COLUMNS)):
        assert array.flags.aligned
        assert not array.flags.writeable


@pytest.mark.parametrize(
    "sessions",
    [
        ["2026-01-09", "2026-01-08"],
        ["2026-01-09", "2026-01-09"],
        ["NaT", "2026-01-09"],
        ["2026-01-09", "NaT"],
        ["2026-01-09", "9999999-01-01"],
    ],
)
def test_sessions_that_are_no_series_are_a_defect(sessions: list[str]) -> None:
    bars = replace(series("SPY", rows=2), sessions=np.array(sessions, dtype="datetime64[D]"))
    with pytest.raises(ValueError, match="SPY: the sessions"):
        pack(bars)


def test_columns_of_different_lengths_are_a_defect() -> None:
    bars = replace(series("SPY", rows=2), low=np.array([1.0]))
    with pytest.raises(ValueError, match="SPY: the columns"):
        pack(bars)
