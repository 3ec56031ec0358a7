"""One file of prices: what is believed, what is dropped, what is left out, and how a bad file is refused."""

from __future__ import annotations

import csv
import io
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DataFileError
from core.feeds.files_table import Series, Table
from core.feeds.tables import read_table
from core.panel import Floats

HEADER = "symbol,date,open,high,low,close,adj_close,volume"


def table_of(tmp_path: Path, text: str) -> Table:
    path = tmp_path / "prices.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path)


def spy(tmp_path: Path, *rows: str, header: str = HEADER) -> Series:
    return table_of(tmp_path, "\n".join([header, *rows])).series["SPY"]


def nan_as_none(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]


def test_a_long_table_is_taken_apart_by_symbol(tmp_path: Path) -> None:
    table = table_of(
        tmp_path,
        f"{HEADER}\nSPY,2026-01-08,1,3,0.5,2,1.5,100\nIWM,2026-01-08,,,,7,6,\nSPY,2026-01-09,2,4,1,3,2.5,0\n",
    )
    assert sorted(table.series) == ["IWM", "SPY"]
    bars = table.series["SPY"].bars
    assert bars.sessions.tolist() == [date(2026, 1, 8), date(2026, 1, 9)]
    assert bars.sessions.dtype == np.dtype("datetime64[D]")
    assert [bars.open.tolist(), bars.high.tolist(), bars.low.tolist()] == [[1, 2], [3, 4], [0.5, 1]]
    assert [bars.close.tolist(), bars.adj_close.tolist(), bars.volume.tolist()] == [[2, 3], [1.5, 2.5], [100, 0]]
    close_only = table.series["IWM"].bars
    assert [nan_as_none(v) for v in (close_only.open, close_only.high, close_only.low)] == [[None]] * 3
    assert close_only.adjusted


@pytest.mark.parametrize(
    "header",
    [
        "Symbol,Date,Close,Adj Close",
        "SYMBOL,DATE,CLOSE,ADJ_CLOSE",
        " symbol , date, close ,adjclose",
    ],
)
def test_columns_in_any_case_and_spelling(tmp_path: Path, header: str) -> None:
    bars = spy(tmp_path, "SPY,2026-01-09,690.1,689.5", header=header).bars
    assert (bars.close.tolist(), bars.adj_close.tolist(), bars.adjusted) == ([690.1], [689.5], True)


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    assert spy(tmp_path, "SPY,2026-01-09,690", header="\ufeffsymbol,date,close").bars.close.tolist() == [690]


def test_without_adjusted_closes_there_is_one_basis(tmp_path: Path) -> None:
    bars = spy(tmp_path, "SPY,2026-01-09,690", header="symbol,date,close").bars
    assert (bars.adj_close.tolist(), bars.adjusted) == ([690], False)


def test_the_bases_are_judged_by_symbol(tmp_path: Path) -> None:
    series = table_of(
        tmp_path,
        "symbol,date,close,adj_close\nA,2026-01-08,10,\nA,2026-01-09,11,\nB,2026-01-08,10,9\nB,2026-01-09,11,\n",
    ).series
    assert (series["A"].bars.adjusted, series["A"].bars.adj_close.tolist()) == (False, [10, 11])
    assert (series["B"].bars.adjusted, nan_as_none(series["B"].bars.adj_close)) == (True, [9, None])


def test_rows_are_ordered_and_of_two_the_later_stands(tmp_path: Path) -> None:
    bars = spy(
        tmp_path,
        "SPY,2026-01-09,3",
        "SPY,2026-01-07,1",
        "spy,2026-01-08,2",
        "SPY,2026-01-09,4",
        "SPY,2026-01-07,bad",
        header="symbol,date,close",
    ).bars
    assert bars.sessions.tolist() == [date(2026, 1, 7), date(2026, 1, 8), date(2026, 1, 9)]
    assert bars.close.tolist() == [1, 2, 4]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-01-09", date(2026, 1, 9)),
        ("20260109", date(2026, 1, 9)),
        (" 2026-01-09 00:00:00 ", date(2026, 1, 9)),
        ("2026-01-09T23:59:59.123456789", date(2026, 1, 9)),
        ("2026-01-09 00:00:00-05:00", date(2026, 1, 9)),
        ("2026-07-09 00:00:00-04:00", date(2026, 7, 9)),
        ("2026-01-09T21:00:00Z", date(2026, 1, 9)),
        ("2026-01-10T04:59:59Z", date(2026, 1, 9)),
        ("2026-01-10T05:00:01Z", date(2026, 1, 10)),
        ("2026-01-10T06:00:00+09:00", date(2026, 1, 9)),
        ("2026-01-09T00:00:00+00:00", date(2026, 1, 9)),  # midnight is a date, of whatever zone
    ],
)
def test_dates_become_the_day_of_the_exchange(tmp_path: Path, cell: str, day: date) -> None:
    assert spy(tmp_path, f"SPY,{cell},690", header="symbol,date,close").bars.sessions.tolist() == [day]


@pytest.mark.parametrize("cell", ["01/09/2026", "2026-02-30", "", "nan", "soon", "9999999", "0001-01-01T01:00:00Z"])
def test_rows_without_a_date_are_dropped_and_counted(tmp_path: Path, cell: str) -> None:
    series = spy(tmp_path, f"SPY,{cell},690", "SPY,2026-01-09,691", header="symbol,date,close")
    assert (series.bars.close.tolist(), series.undated) == ([691], 1)


@pytest.mark.parametrize("cell", ["0", "-1", "inf", "-inf", "1e999", "six", "1,2", "True", "0x1F"])
def test_a_row_with_an_impossible_close_is_dropped(tmp_path: Path, cell: str) -> None:
    series = spy(tmp_path, f'SPY,2026-01-08,"{cell}"', "SPY,2026-01-09,691", header="symbol,date,close")
    assert series.bars.close.tolist() == [691]
    assert series.dropped.tolist() == [date(2026, 1, 8)]


@pytest.mark.parametrize("cell", ["", " ", "nan", "NaN", "null", ".", "N/A"])
def test_a_blank_close_is_no_row_and_no_fault(tmp_path: Path, cell: str) -> None:
    series = spy(tmp_path, f"SPY,2026-01-08,{cell}", "SPY,2026-01-09,691", header="symbol,date,close")
    assert series.bars.close.tolist() == [691]
    assert (len(series.dropped), len(series.spoilt), series.undated) == (0, 0, 0)


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ("10,12,9,11,10.5,100", [10, 12, 9, 10.5, 100]),
        ("-10,12,9,11,10.5,100", [None, 12, 9, 10.5, 100]),
        ("10,inf,9,11,10.5,100", [10, None, 9, 10.5, 100]),
        ("10,12,x,11,10.5,100", [10, 12, None, 10.5, 100]),
        ("10,12,9,11,0,100", [10, 12, 9, None, 100]),
        ("10,12,9,11,10.5,-1", [10, 12, 9, 10.5, None]),
        ("10,9,12,11,10.5,100", [None, None, None, 10.5, 100]),  # the high below the low
        ("10,10.9,9,11,10.5,100", [10, None, 9, 10.5, 100]),  # the close above the high
        ("11.5,12,11.1,11,10.5,100", [11.5, 12, None, 10.5, 100]),  # and below the low
        ("8,12,9,11,10.5,100", [None, 12, 9, 10.5, 100]),  # the open outside
        ("1e308,1e308,9,11,10.5,100", [1e308, 1e308, 9, 10.5, 100]),
    ],
)
def test_impossible_values_are_left_out(tmp_path: Path, row: str, kept: list[float | None]) -> None:
    series = spy(tmp_path, "SPY,2026-01-08,10,12,9,11,10.5,100", f"SPY,2026-01-09,{row}")
    bars = series.bars
    assert [nan_as_none(v)[1] for v in (bars.open, bars.high, bars.low, bars.adj_close, bars.volume)] == kept
    assert bars.close.tolist() == [11, 11]
    assert series.spoilt.tolist() == ([date(2026, 1, 9)] if None in kept else [])


def test_rounding_is_no_fault(tmp_path: Path) -> None:
    close = spy(tmp_path, "SPY,2026-01-09,10,11,9,11.000009,10,1").bars
    assert nan_as_none(close.high) == [11]
    assert nan_as_none(spy(tmp_path, "SPY,2026-01-09,10,11,9,11.00002,10,1").bars.high) == [None]


def test_words_that_pandas_reads_as_values_are_symbols(tmp_path: Path) -> None:
    table = table_of(
        tmp_path, "symbol,date,close\nNA,2026-01-09,1\nTRUE,2026-01-09,2\nnull,2026-01-09,3\n007,2026-01-09,4"
    )
    assert sorted(table.series) == ["007", "NA", "NULL", "TRUE"]


@pytest.mark.parametrize("symbol", ["", "   ", "S\x1b[31mPY", "SP\u202eY", "X" * 21])
def test_what_cannot_be_a_symbol_is_dropped_and_counted(tmp_path: Path, symbol: str) -> None:
    table = table_of(tmp_path, f"symbol,date,close\n{symbol},2026-01-09,1\n^GSPC,2026-01-09,2\n")
    assert (sorted(table.series), table.unnamed) == (["^GSPC"], 1)


def test_a_file_of_one_symbol_needs_no_column_for_it(tmp_path: Path) -> None:
    path = tmp_path / "^GSPC.csv"
    path.write_text("Date,Close\n2026-01-09,6966.28\n")
    assert list(read_table(path, "^GSPC").series) == ["^GSPC"]
    with pytest.raises(DataFileError, match=r"\^GSPC\.csv: no column 'symbol' among: Date, Close"):
        read_table(path)


@pytest.mark.parametrize(
    "dates",
    [
        pd.Series(["2026-01-08", "2026-01-09"]),
        pd.Series(pd.to_datetime(["2026-01-08", "2026-01-09"])),
        pd.Series(pd.to_datetime(["2026-01-08 21:00", "2026-01-10 01:00"], utc=True)),
        pd.Series(pd.to_datetime(["2026-01-08", "2026-01-09"]).tz_localize("America/New_York")),
        pd.Series([date(2026, 1, 8), date(2026, 1, 9)]),
        pd.Series([20260108, 20260109]),
        pd.Series(["2026-01-08", "2026-01-09"], dtype="category"),
    ],
    ids=["text", "time", "utc", "new-york", "date", "number", "category"],
)
def test_parquet_dates_of_every_type(tmp_path: Path, dates: pd.Series) -> None:
    path = tmp_path / "prices.parquet"
    pd.DataFrame({"symbol": "SPY", "date": dates, "Close": [1, 2]}).to_parquet(path)
    assert read_table(path).series["SPY"].bars.sessions.tolist() == [date(2026, 1, 8), date(2026, 1, 9)]


def test_parquet_with_an_index_texts_and_absent_values(tmp_path: Path) -> None:
    path = tmp_path / "prices.parquet"
    frame = pd.DataFrame(
        {
            "symbol": pd.Series(["SPY", "SPY", None], dtype="category"),
            "date": ["2026-01-08", "2026-01-09", "2026-01-09"],
            "close": ["690.5", "none", "1"],
            "volume": pd.array([None, 5, 6], dtype="Int64"),
        }
    )
    frame.set_index(["date", "symbol"]).to_parquet(path)
    table = read_table(path)
    series = table.series["SPY"]
    assert (series.bars.close.tolist(), nan_as_none(series.bars.volume)) == ([690.5], [None])
    assert series.dropped.tolist() == [date(2026, 1, 9)]
    assert table.unnamed == 1


def test_parquet_cells_that_are_no_values(tmp_path: Path) -> None:
    path = tmp_path / "prices.parquet"
    rows = {"symbol": ["SPY", "SPY"], "date": ["2026-01-08", "2026-01-09"], "close": [[1.0], [2.0]]}
    pd.DataFrame(rows).to_parquet(path)
    series = read_table(path).series["SPY"]
    assert (len(series.bars), len(series.dropped)) == (0, 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "No columns"),
        (b"symbol,date,close\n", "no rows"),
        (b"symbol,date,open\nSPY,2026-01-09,1\n", "no column 'close' among: symbol, date, open"),
        (b"symbol;date;close\nSPY;2026-01-09;1\n", "no column 'symbol'"),
        (b"symbol,date,close,Close\nSPY,2026-01-09,1,2\n", "two columns 'close'"),
        (b"symbol,date,close,close\nSPY,2026-01-09,1,2\n", "two columns 'close'"),
        (b"symbol,date,close\nSPY,2026-01-09,1,234\n", "more fields than the header"),
        (b"symbol,date,close\nSPY,2026-01-08,1\nSPY,2026-01-09,1,234\n", "line 3"),
        (b'symbol,date,close\nSPY,2026-01-09,"1\n', "EOF inside string"),
        (b"symbol,date,close\nSPY,01/09/2026,1\n", "no dates in column 'date', but e.g. '01/09/2026'"),
        (b"\xff\xfes\x00y\x00m\x00", "not UTF-8"),
        (b"\x7fELF\x02\x01\x01\x00\x00\xe8", "not UTF-8"),
    ],
)
def test_files_that_are_no_table_are_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(DataFileError) as refused:
        read_table(path)
    assert str(path) in refused.value.message
    assert reason in refused.value.message
    assert refused.value.mend


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.parquet"
    path.write_bytes(b"PAR1 this is none PAR1")
    with pytest.raises(DataFileError, match=r"bad\.parquet: not a Parquet file, or a damaged one"):
        read_table(path)


def test_parquet_without_pyarrow_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "prices.parquet"
    path.write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DataFileError) as refused:
        read_table(path)
    assert refused.value.mend == "pip install 'tapeboard[parquet]'"


def test_escape_sequences_do_not_reach_the_message(tmp_path: Path) -> None:
    with pytest.raises(DataFileError) as refused:
        table_of(tmp_path, "\x1b]0;owned\x07symbol\nSPY\n")
    assert "\x1b" not in str(refused.value)


def assert_sound(table: Table) -> None:
    for symbol, series in table.series.items():
        bars = series.bars
        assert symbol == symbol.upper()
        assert 0 < len(symbol) <= 20
        assert (np.diff(bars.sessions) > np.timedelta64(0, "D")).all()
        assert not np.isnat(bars.sessions).any()
        assert (np.isfinite(bars.close) & (bars.close > 0)).all()
        for prices in (bars.open, bars.high, bars.low, bars.adj_close):
            known = prices[~np.isnan(prices)]
            assert (np.isfinite(known) & (known > 0)).all()
        assert (bars.volume[~np.isnan(bars.volume)] >= 0).all()


def read_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        table = read_table(path, "SPY")
    except DataFileError:
        return
    assert_sound(table)


hostile = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
"""The folder is shared by the examples, which overwrite the same file."""

cells = st.one_of(
    st.sampled_from(["SPY", "2026-01-09", "2026-01-08 00:00-05:00", "1", "2.5", "-3", "inf", "1e308", "1e-320", ""]),
    st.floats().map(str),
    st.dates().map(str),
    st.datetimes(timezones=st.timezones()).map(str),
    st.text(max_size=8),
)
columns = st.sampled_from(["symbol", "date", "open", "high", "low", "close", "Adj Close", "volume", "note"])


@hostile
@given(st.binary(max_size=200))
@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
def test_random_bytes_are_refused_or_sound(tmp_path: Path, name: str, content: bytes) -> None:
    read_bytes(tmp_path / name, content)


@hostile
@given(st.lists(columns, min_size=2, max_size=9), st.lists(st.lists(cells, max_size=9), max_size=8))
def test_random_cells_are_refused_or_sound(tmp_path: Path, header: list[str], rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    read_bytes(tmp_path / "x.csv", text.getvalue().encode())


@hostile
@given(st.lists(st.tuples(cells, cells, cells, cells, cells, cells, cells), min_size=1, max_size=8))
def test_random_values_under_a_true_header_are_refused_or_sound(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER.split(",")[1:], *rows])
    read_bytes(tmp_path / "x.csv", text.getvalue().encode())
