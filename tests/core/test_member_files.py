"""Lists of members and holdings as people and fund houses write them, and as nobody should."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataFileError
from core.member_files import Line, MemberFile, read_lines, yahoo_symbol
from tests.core.builders import examples

FUND_HOUSE = """\ufeffSome Core S&P 500 ETF
Fund Holdings as of,"Nov 18, 2025"
Inception Date,"May 15, 2000"
Shares Outstanding,"1,152,900,000.00"
Stock,"-"
\u00a0
Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Price
"NVDA","NVIDIA CORP","Information Technology","Equity","1,000,000.00","7.82","100.00"
"BRKB","BERKSHIRE HATHAWAY INC CLASS B","Financials","Equity","1,000,000.00","1.64","100.00"
"XTSLA","BLK CSH FND TREASURY SL AGENCY","Cash and/or Derivatives","Money Market","1.00","0.15","1.00"
"ESZ5","S&P500 EMINI DEC 25","Cash and/or Derivatives","Futures","0.00","0.00","6,000.00"
"-","AN ESCROW","Health Care","Equity","1.00","0.01","1.00"
\u00a0
"The content contained herein is owned or licensed by the fund house."
"""


def write(folder: Path, content: str | bytes, name: str = "list.csv") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def refusal(file: Path) -> str:
    """What reading `file` says, after its name."""
    with pytest.raises(DataFileError) as caught:
        read_lines(file)
    line = str(caught.value)
    assert line.isprintable()
    return line.removeprefix(f"{file}: ")


def test_a_file_of_a_fund_house(tmp_path: Path) -> None:
    assert read_lines(write(tmp_path, FUND_HOUSE)) == MemberFile(
        lines=(
            Line("NVDA", "NVIDIA CORP", "Information Technology", "", 7.82),
            Line("BRK-B", "BERKSHIRE HATHAWAY INC CLASS B", "Financials", "", 1.64),
        ),
        dated=date(2025, 11, 18),
        unnamed=1,
    )


def test_a_bare_list_of_symbols(tmp_path: Path) -> None:
    found = read_lines(write(tmp_path, "Symbol\naapl\n\nBRK.B\n\nNA\n"))
    assert [(line.symbol, line.name, line.weight) for line in found.lines] == [
        ("AAPL", "AAPL", None),
        ("BRK-B", "BRK-B", None),
        ("NA", "NA", None),
    ]
    assert found.dated is None


def test_columns_are_known_in_any_spelling(tmp_path: Path) -> None:
    text = "notes,GICS Sub-Industry,GICS_SECTOR,TICKER,Weight\nx,Railroads,Industrials,unp,0.5\n"
    assert read_lines(write(tmp_path, text)).lines == (Line("UNP", "UNP", "Industrials", "Railroads", 0.5),)


@pytest.mark.parametrize(
    ("name", "text", "dated"),
    [
        ("sp500_members_2025-11-16.csv", "symbol\nA\n", date(2025, 11, 16)),
        ("list_2025-11-16.csv", "symbol,date\nA,2025-12-01\n", date(2025, 12, 1)),
        ("list_2025-11-16.csv", 'Holdings as of,"Feb 3, 2026"\nsymbol\nA\n', date(2026, 2, 3)),
        ("list.csv", "Holdings as of,2026-02-03\nsymbol\nA\n", date(2026, 2, 3)),
        ("list_2025-11-16.csv", 'Holdings as of,"-"\nsymbol\nA\n', date(2025, 11, 16)),
        ("list.csv", 'Holdings as of,"Foo 3, 2026"\nsymbol\nA\n', None),
        ("list.csv", 'Holdings as of,"Feb 30, 2026"\nsymbol\nA\n', None),
        ("list_2025-13-16.csv", "symbol,date\nA,\n", None),
    ],
)
def test_the_date_stands_in_one_of_three_places(tmp_path: Path, name: str, text: str, dated: date | None) -> None:
    assert read_lines(write(tmp_path, text, name)).dated == dated


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        (" brk.b ", "BRK-B"),
        ("BRK B", "BRK-B"),
        ("BF/B", "BF-B"),
        ("MOGA", "MOG-A"),
        ("FOXA", "FOXA"),
        ("^GSPC", "^GSPC"),
        ("0700.HK", "0700.HK"),
        ("-", None),
        ("", None),
        ("NO SYMBOL", None),
        ("A\x1b[31m", None),
        ("Ä", None),
        ("A" * 21, None),
    ],
)
def test_a_symbol_is_written_as_yahoo_does(text: str, symbol: str | None) -> None:
    assert yahoo_symbol(text) == symbol


@pytest.mark.parametrize("weight", ["", "-", "x", "-1", "nan", "inf", "1e999"])
def test_a_weight_that_cannot_be_is_absent(tmp_path: Path, weight: str) -> None:
    assert read_lines(write(tmp_path, f"symbol,weight\nA,{weight}\n")).lines[0].weight is None


def test_names_are_cleaned(tmp_path: Path) -> None:
    (line,) = read_lines(write(tmp_path, f"symbol,name\nA,\x1b[31mRed\x07 [b]{'x' * 80}\n")).lines
    assert line.name.startswith("[31mRed [b]xxx")
    assert len(line.name) == 60


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ("", "no column 'symbol' or 'ticker': begin with a line that names the columns"),
        ("AAPL\nMSFT\n", "no column 'symbol' or 'ticker': begin with a line that names the columns"),
        ("symbol;name\nA;B\n", "no column 'symbol' or 'ticker': begin with a line that names the columns"),
        ("symbol,name\n", "no symbol below the header: write one symbol a line"),
        ("symbol,name\n-,x\n", "no symbol below the header: write one symbol a line"),
        ("symbol,Ticker\nA,B\n", "two columns 'symbol': leave one of them out"),
        ("symbol,name\nA,B,C\n", "rows have more fields than the header line: name every column"),
        ("symbol,date\nA,tomorrow\n", "no date in column 'date', but tomorrow: write dates as 2026-01-09"),
        (
            "symbol,date\nA,2026-01-08\nB,2026-01-09\n",
            "more than one date: 2026-01-08, 2026-01-09: keep one list a file",
        ),
        ('symbol\n"A\n', "unexpected end of data: save it again as plain CSV with a header line"),
        (
            f"symbol\n{'A' * 200_000}\n",
            "field larger than field limit (131072): save it again as plain CSV with a header line",
        ),
        (b"symbol\nA\xff\n", "not UTF-8 text: save it in UTF-8"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, content: str | bytes, answer: str) -> None:
    assert refusal(write(tmp_path, content)) == answer


def test_so_is_what_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent.csv") == "No such file or directory: make it a readable file"
    assert refusal(tmp_path) == "Is a directory: make it a readable file"


@examples(150)
@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: f"symbol,weight,date\n{text}".encode()))
)
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = write(tmp_path_factory.getbasetemp(), content, "hostile.csv")
    try:
        lines = read_lines(file).lines
        said = [line.name for line in lines]
    except DataFileError as error:
        lines, said = (), [str(error)]
    assert all(yahoo_symbol(line.symbol) == line.symbol for line in lines)
    assert all(text.isprintable() for text in said)
