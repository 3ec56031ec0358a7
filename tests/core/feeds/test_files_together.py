"""Many files parsed as one: bit for bit what each of them gives alone, or nothing."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DataFileError
from core.feeds import files_together
from core.feeds.files_table import Table
from core.feeds.files_together import plain, read_together
from core.feeds.tables import read_table

HEADER = "Date,Open,High,Low,Close,Adj Close,Volume"
GOOD = f"{HEADER}\n2026-01-08,1,3,0.5,2,1.5,100\n2026-01-09,2.1,3.2,1.3,2.4,1.6,200\n"


def written(folder: Path, *texts: str | bytes) -> list[Path]:
    paths = [folder / f"S{number}.csv" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return paths


def together(paths: list[Path]) -> dict[Path, Table]:
    files = (plain(path, path.stem, path.read_bytes()) for path in paths)
    return dict(read_together(file for file in files if file is not None))


def bits(table: Table) -> object:
    """All there is in a table, the numbers by their bytes."""
    parts: list[object] = [table.unnamed]
    for symbol, series in table.series.items():
        bars = series.bars
        arrays = [bars.sessions, bars.open, bars.high, bars.low, bars.close, bars.adj_close, bars.volume]
        arrays += [series.dropped, series.spoilt]
        parts += [symbol, bars.symbol, bars.adjusted, series.undated]
        parts += [(array.dtype.str, array.tobytes()) for array in arrays]
    return parts


def assert_as_alone(paths: list[Path]) -> dict[Path, Table]:
    tables = together(paths)
    for path, table in tables.items():
        assert bits(table) == bits(read_table(path, path.stem))
    return tables


def test_files_with_one_header_are_all_read(tmp_path: Path) -> None:
    whole = f"{HEADER}\n2026-01-09,2,3,1,2,2,200\n2026-01-08,1,,,soon,1,-5\nnever,1,1,1,1,1,1\n"
    tidied = whole.replace("soon", "")
    paths = written(tmp_path, GOOD, tidied, GOOD.replace("\n", "\r\n"), GOOD.rstrip("\n"), GOOD + "\n\n")
    assert set(assert_as_alone(paths)) == set(paths)


def test_other_headers_are_other_tables(tmp_path: Path) -> None:
    paths = written(tmp_path, GOOD, "close,date\n1,2026-01-09\n", GOOD, "\ufeffdate,close\n2026-01-09,2\n")
    assert set(assert_as_alone(paths)) == set(paths)


@pytest.mark.parametrize("portion", [1, 150])
def test_portions_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr(files_together, "PORTION", portion)
    paths = written(tmp_path, *[GOOD] * 5)
    assert set(assert_as_alone(paths)) == set(paths)


def test_an_odd_file_leaves_most_others_together(tmp_path: Path) -> None:
    paths = written(tmp_path, *[GOOD] * 4, GOOD.replace("2.4", "two"), *[GOOD] * 4)
    assert set(assert_as_alone(paths)) == {*paths[:3], *paths[6:]}


@pytest.mark.parametrize(
    "odd",
    [
        "",
        HEADER,
        f"{HEADER}\n\n",
        f"\n{GOOD}",
        f"symbol,{HEADER}\nSPY,2026-01-08,1,3,0.5,2,1.5,100\n",
        f"{HEADER}\n2026-01-08,1,3,0.5,2,1.5,100\r2026-01-09,1,3,0.5,2,1.5,100\n",
        f"{HEADER}\n2026-01-08,1,3,0.5,2,1.5,1é\n".encode("latin-1"),
    ],
    ids=["empty", "header", "blank", "late-header", "symbols", "carriage-return", "latin-1"],
)
def test_what_is_not_plain_is_seen_at_once(odd: str | bytes) -> None:
    assert plain(Path("x.csv"), "X", odd if isinstance(odd, bytes) else odd.encode()) is None


@pytest.mark.parametrize(
    "row",
    [
        "2026-01-09,1,3,0.5,two,1.5,100",
        "2026-01-09,1,3,0.5,2,1.5,9007199254740993",
        "2026-01-09,1,3,0.5,2,inf,100",
        "2026-01-09,1,3,0.5,2,1.5,100,200",
        '2026-01-09,1,3,0.5,2,1.5,"10\n0"',
        '2026-01-09,1,3,0.5,2,1.5,"100',
        "\n2026-01-09,1,3,0.5,2,1.5,100",
    ],
    ids=["word", "great", "infinite", "long", "line-end-in-a-cell", "open-quote", "blank-line"],
)
def test_what_turns_out_not_to_be_plain_is_left_to_be_read_alone(tmp_path: Path, row: str) -> None:
    good, _odd, another = paths = written(tmp_path, GOOD, f"{HEADER}\n{row}\n", GOOD)
    assert set(assert_as_alone(paths)) == {good, another}


@pytest.mark.parametrize("header", ["Date,Open", "date,close,Close", "a,b,close"])
def test_tables_that_are_refused_are_refused_alone(tmp_path: Path, header: str) -> None:
    paths = written(tmp_path, *[f"{header}\n2026-01-09,1,1\n"] * 2)
    assert together(paths) == {}
    for path in paths:
        with pytest.raises(DataFileError):
            read_table(path, path.stem)


def test_a_file_without_a_date_is_refused_beside_those_that_have_some(tmp_path: Path) -> None:
    good, _odd = paths = written(tmp_path, GOOD, f"{HEADER}\nsoon,1,1,1,1,1,1\n")
    assert set(assert_as_alone(paths)) == {good}


cells = st.one_of(
    st.sampled_from(["2026-01-09", "20260108", "1", "2.5", "-3", "inf", "1e308", "", " ", "nan", '"', "True", "\0"]),
    st.sampled_from(["9007199254740993", "00000000000000000000007", "18446744073709551616", "3.14159265358979323846"]),
    st.floats().map(str),
    st.integers().map(str),
    st.text(max_size=4),
)
numbers = st.one_of(st.integers(0, 10**9).map(str), st.floats(0, 1e9).map(str), st.sampled_from(["", "NA", "-1"]))
days = st.one_of(
    st.dates().map(str), st.dates().map(lambda day: f"{day} 00:00:00-05:00"), st.sampled_from(["", "soon"])
)
headers = st.sampled_from([("date", "close"), ("Date", "Open", "Close", "Volume"), ("note", "date", "close", "Close")])


@st.composite
def documents(draw: st.DrawFn, header: tuple[str, ...]) -> str:
    """A table under `header`, mostly of dates and numbers; now and then anything stands in it, and anywhere."""
    sound = st.tuples(*(days if name.lower() == "date" else numbers for name in header)).map(list)
    rows = draw(st.lists(st.one_of(sound, sound, sound, st.lists(cells, max_size=5)), max_size=5))
    text = io.StringIO()
    csv.writer(text, lineterminator=draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))).writerows([header, *rows])
    return text.getvalue() + draw(st.sampled_from(["", "", "\n", "\r", '"']))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_whatever_is_read_together_is_as_alone(tmp_path: Path, data: st.DataObject) -> None:
    header = data.draw(headers)
    texts = data.draw(st.lists(documents(header), min_size=1, max_size=4))
    assert_as_alone(written(tmp_path, *(text.encode("utf-8", "surrogatepass") for text in texts)))
