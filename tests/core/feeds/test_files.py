"""The feed of files: which file a symbol comes from, what is told about it, and when files are read again."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from core.errors import DataFileError
from core.feeds.base import Feed, History
from core.feeds.files import FilesFeed
from core.model import Instrument, Problem, Stage, SymbolClass
from core.sessions import Calendar, end_of_day

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 9)


def instruments(*symbols: str) -> list[Instrument]:
    return [Instrument(symbol, symbol, SymbolClass.FUND, "test") for symbol in symbols]


def history(feed: Feed, *symbols: str) -> History:
    return feed.history(instruments(*symbols), FIRST, LAST)


def of_kind(problems: tuple[Problem, ...], kind: str) -> dict[str | None, str]:
    return {problem.symbol: problem.text for problem in problems if problem.kind == kind}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """^GSPC with a close only, SPY with a bad row, both in files of their own, and IWM in long form."""
    path = tmp_path / "folder"
    path.mkdir()
    (path / "^GSPC.csv").write_text("Date,Close\n2026-01-08,6921.46\n2026-01-09,6966.28\n")
    (path / "spy.CSV").write_text("date,close\n2025-12-30,0\n2026-01-07,0\n2026-01-08,689.51\n2026-01-09,694.07\n")
    (path / "more.csv").write_text("symbol,date,close\nIWM,2026-01-08,258.3\nIWM,2026-01-12,261.5\n")
    (path / "notes.txt").write_text("not a table")
    (path / "._SPY.csv").write_bytes(b"\x00\x05\x16\x07")
    return path


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    path.write_text("symbol,date,close\nSPY,2026-01-09,1\nQQQ,2026-01-09,626.65\n")
    return path


def test_a_folder_holds_symbols_by_name_and_tables_in_long_form(folder: Path) -> None:
    feed = FilesFeed([folder])
    assert feed.known() == {"^GSPC", "SPY", "IWM"}
    found = history(feed, "^GSPC", "SPY", "IWM")
    assert {symbol: bars.close.tolist() for symbol, bars in found.bars.items()} == {
        "^GSPC": [6921.46, 6966.28],
        "SPY": [689.51, 694.07],
        "IWM": [258.3],
    }
    assert np.isnan(found.bars["^GSPC"].high).all()


def test_rows_are_told_of_only_inside_the_sessions_asked_for(folder: Path) -> None:
    feed = FilesFeed([folder])
    assert history(feed, "SPY", "^GSPC").problems == (
        Problem("rejected", "SPY", "SPY, spy.CSV: 1 × no usable close, row dropped (first 2026-01-07)"),
    )
    everything = feed.history(instruments("SPY"), date(2025, 1, 1), LAST)
    assert "2 × no usable close, row dropped (first 2025-12-30)" in everything.problems[0].text
    assert feed.history(instruments("SPY"), date(2026, 1, 8), LAST).problems == ()


def test_every_kind_of_bad_row_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "symbol,date,high,close\nSPY,2026-01-08,1,689.51\nSPY,soon,,1\nSPY,2026-01-07,,x\nSPY,2026-01-06,,x\n,2026-01-09,,1\n"
    )
    rejected = of_kind(history(FilesFeed([path]), "SPY").problems, "rejected")
    assert rejected == {
        None: "bad.csv: 1 × impossible symbol, row dropped",
        "SPY": "SPY, bad.csv: 2 × no usable close, row dropped (first 2026-01-06); "
        "1 × impossible value, left out (first 2026-01-08); 1 × unreadable date, row dropped",
    }


def test_the_first_path_that_has_a_symbol_wins(folder: Path, long_file: Path) -> None:
    found = history(FilesFeed([long_file, folder]), "SPY", "QQQ")
    assert found.bars["SPY"].close.tolist() == [1]
    assert of_kind(found.problems, "duplicate") == {"SPY": "SPY is in several files, taken from long.csv"}
    found = history(FilesFeed([folder, long_file]), "SPY")
    assert found.bars["SPY"].close.tolist() == [689.51, 694.07]


def test_a_path_given_twice_is_one(long_file: Path) -> None:
    assert history(FilesFeed([long_file, long_file]), "SPY").problems == ()


def test_what_is_wanted_and_not_there_is_named(folder: Path) -> None:
    found = FilesFeed([folder]).history(instruments("AFMS", "IWM"), FIRST, date(2026, 1, 7))
    assert found.bars == {}
    assert of_kind(found.problems, "missing") == {
        "AFMS": "AFMS is in none of the files",
        "IWM": "IWM: no price from 2026-01-01 to 2026-01-07 in more.csv",
    }


def test_there_are_no_quotes(folder: Path) -> None:
    feed: Feed = FilesFeed([folder])
    quotes = feed.quotes(instruments("SPY"), LAST, end_of_day(LAST))
    assert (quotes.quotes, quotes.problems) == ({}, ())
    feed.close()


def test_a_file_of_a_folder_that_is_no_table_is_left_out_and_named(folder: Path) -> None:
    (folder / "holdings.csv").write_text("symbol,weight\nNVDA,7.82\n")
    (folder / "broken.csv").write_bytes(b"\xff\xfe")
    (folder / "a folder.csv").mkdir()
    found = history(FilesFeed([folder]), "^GSPC")
    assert list(found.bars) == ["^GSPC"]
    first, *others = [problem.text for problem in found.problems if problem.kind == "unreadable"]
    assert "a folder.csv: not a file" in first
    assert len(others) == 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent.csv", "absent.csv: No such file"),
        ("empty", "empty: no CSV or Parquet file in it"),
        ("hopeless", "SPY.csv: no column 'close'"),
        ("pipe", "pipe: not a file"),
        ("a\0b", "null"),
    ],
)
def test_a_path_that_cannot_be_used_is_an_error(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "hopeless").mkdir()
    (tmp_path / "hopeless" / "SPY.csv").write_text("date,open\n2026-01-09,1\n")
    os.mkfifo(tmp_path / "pipe")
    feed = FilesFeed([tmp_path / name])
    with pytest.raises(DataFileError) as refused:
        history(feed, "SPY")
    assert reason in refused.value.message
    assert refused.value.mend


def test_no_paths_at_all_are_an_error() -> None:
    with pytest.raises(DataFileError, match="--data"):
        FilesFeed([]).known()


def test_only_changed_files_are_read_again(folder: Path, long_file: Path) -> None:
    read: list[str] = []

    def watch(stage: Stage, done: int = 0, total: int = 0, name: str = "") -> None:
        assert stage == Stage.READING
        assert 0 <= done < total
        read.append(name)

    feed = FilesFeed([folder, long_file], watch)
    history(feed, "QQQ")
    history(feed, "QQQ")
    assert sorted(set(read)) == ["^GSPC.csv", "long.csv", "more.csv", "spy.CSV"]

    read.clear()
    long_file.write_text("symbol,date,close\nQQQ,2026-01-08,620\nQQQ,2026-01-09,627\n")
    assert history(feed, "QQQ").bars["QQQ"].close.tolist() == [620, 627]
    assert read == ["long.csv"]

    read.clear()
    os.utime(long_file, ns=(0, 0))
    (folder / "more.csv").unlink()
    assert "IWM" not in feed.known()
    assert read == ["long.csv"]


def test_the_real_files_together(market: Path) -> None:
    feed = FilesFeed([market / "index_etf_daily.csv", market / "stocks_daily.parquet"])
    known = feed.known()
    assert len(known) == 38 + 628
    found = feed.history(instruments(*sorted(known), "AFMS"), date(2019, 1, 1), date(2026, 1, 30))
    assert set(found.bars) == known
    assert of_kind(found.problems, "missing").keys() == {"AFMS"}
    assert of_kind(found.problems, "rejected").keys() == {"^IRX"}  # its yield was not positive on 7 days of 2020
    assert {len(found.bars[symbol]) for symbol in ("SPY", "^GSPC", "^VIX3M")} == {1780}
    assert (found.bars["SPY"].adjusted, found.bars["AAPL"].adjusted) == (True, False)
    assert np.isnan(found.bars["^VIX3M"].open).all()
    spy = found.bars["SPY"].upto(LAST)
    assert spy.close[-1] == 694.07
    assert spy.adj_close[0] < spy.close[0]
    sessions = Calendar().sessions(date(2019, 1, 1), date(2026, 1, 30))
    assert np.array_equal(found.bars["SPY"].sessions, sessions)
