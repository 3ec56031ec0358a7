"""A list of members or holdings in a CSV file, read into checked lines.

The header is the first row with a column `symbol` or `ticker`; a fund house writes some lines above it and prose
below. Known columns, in any case and spelling: name, sector, industry, weight, date, asset class. What a line says
is believed as far as it can be:

* Cash, futures and money-market lines are left out, and so is a line whose symbol cannot be one ("-").
* A weight that is not a number of at least zero is an absent one.
* The date is that of the column `date`, else "as of" above the header, else the end of the file's name.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path

from core.errors import DataFileError
from core.files import shown
from core.i18n import _
from core.text import clean

HEADER_WITHIN = 40
"""The header stands among so many first rows."""

_COLUMNS = {
    "symbol": "symbol",
    "ticker": "symbol",
    "name": "name",
    "sector": "sector",
    "gicssector": "sector",
    "industry": "industry",
    "subindustry": "industry",
    "gicssubindustry": "industry",
    "weight": "weight",
    "weightpct": "weight",
    "weight(%)": "weight",
    "marketweight": "weight",
    "date": "date",
    "assetclass": "kind",
}
_NOT_EQUITY = re.compile(r"cash|derivative|future|forward|swap|money market|collateral|\bfx\b", re.IGNORECASE)
_SYMBOL = re.compile(r"[\^A-Z0-9][A-Z0-9.=^-]{0,19}")
_CLASS = re.compile(r"[ ./]([A-Z])$")
_NAME_DATE = re.compile(r"_(\d{4}-\d{2}-\d{2})$")
_US_DATE = re.compile(r"([A-Za-z]{3})[a-z]* (\d{1,2}), (\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_JOINED = {
    symbol.replace("-", ""): symbol
    for symbol in (
        *("AGM-A", "BF-A", "BF-B", "BH-A", "BRK-A", "BRK-B", "CRD-A", "CRD-B", "CWEN-A", "GEF-B", "GTN-A"),
        *("HEI-A", "HVT-A", "LEN-B", "MOG-A", "MOG-B", "UHAL-B"),
    )
}
"""Share classes that fund houses write without a separator; none of the joined forms is a symbol of its own."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list; `weight` is in the unit of the file."""

    symbol: str
    name: str
    sector: str
    industry: str
    weight: float | None


@dataclass(frozen=True, slots=True)
class MemberFile:
    """The lines of one file in its order; `unnamed` counts those left out for want of a symbol."""

    lines: tuple[Line, ...]
    dated: date | None
    unnamed: int


def read_lines(path: Path) -> MemberFile:
    """Read `path`. Raises DataFileError."""
    rows = _rows(path)
    at = next((i for i, row in enumerate(rows[:HEADER_WITHIN]) if "symbol" in map(_column, row)), None)
    if at is None:
        raise unusable(path, _("no column 'symbol' or 'ticker'"), _("begin with a line that names the columns"))
    names = [_column(cell) for cell in rows[at]]
    for name in set(_COLUMNS.values()):
        if names.count(name) > 1:
            raise unusable(path, _("two columns '{name}'").format(name=name), _("leave one of them out"))
    found = [_cells(path, names, row) for row in rows[at + 1 :] if not _is_prose(row)]
    equity = [cells for cells in found if not _NOT_EQUITY.search(f"{cells['sector']} {cells['kind']}")]
    lines = [_line(cells, symbol) for cells in equity if (symbol := yahoo_symbol(cells["symbol"]))]
    if not lines:
        raise unusable(path, _("no symbol below the header"), _("write one symbol a line"))
    dated = _column_date(path, [cells["date"] for cells in equity]) or _date_above(rows[:at]) or _name_date(path)
    return MemberFile(tuple(lines), dated, unnamed=len(equity) - len(lines))


def yahoo_symbol(text: str) -> str | None:
    """`text` as Yahoo writes the symbol (BRK.B is BRK-B), or None where it cannot be one."""
    symbol = _CLASS.sub(r"-\1", text.strip().upper())
    symbol = _JOINED.get(symbol, symbol)
    return symbol if _SYMBOL.fullmatch(symbol) else None


def unusable(path: Path, reason: str, mend: str) -> DataFileError:
    """The error that names `path`, and says why it cannot be used and what to do."""
    return DataFileError(f"{shown(path)}: {clean(reason)}", mend)


def _rows(path: Path) -> list[list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except OSError as error:
        raise unusable(path, error.strerror or str(error), _("make it a readable file")) from error
    except UnicodeDecodeError as error:
        raise unusable(path, _("not UTF-8 text"), _("save it in UTF-8")) from error
    except csv.Error as error:
        raise unusable(path, str(error), _("save it again as plain CSV with a header line")) from error


def _column(cell: str) -> str:
    """The name a column is known by here, "" for one that is not."""
    return _COLUMNS.get(re.sub(r"[\s_-]", "", cell).lower(), "")


def _is_prose(row: Sequence[str]) -> bool:
    """Whether a row below the header is blank, or a note of one cell and no symbol."""
    written = [cell for cell in row if cell.strip()]
    return not written or (len(written) == 1 and yahoo_symbol(written[0]) is None)


def _cells(path: Path, names: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """The known columns of one row; "" where there is none."""
    if any(cell.strip() for cell in row[len(names) :]):
        raise unusable(path, _("rows have more fields than the header line"), _("name every column"))
    known = {name: cell.strip() for name, cell in zip(names, row, strict=False) if name}
    return dict.fromkeys(_COLUMNS.values(), "") | known


def _line(cells: Mapping[str, str], symbol: str) -> Line:
    name, sector, industry = (clean(cells[column], 60) for column in ("name", "sector", "industry"))
    return Line(symbol, name or symbol, sector, industry, _weight(cells["weight"]))


def _weight(cell: str) -> float | None:
    try:
        weight = float(cell.replace("%", "").replace(",", ""))
    except ValueError:
        return None
    return weight if isfinite(weight) and weight >= 0 else None


def _column_date(path: Path, cells: Sequence[str]) -> date | None:
    """The one date of the column; None where it is blank or absent."""
    written = sorted({cell for cell in cells if cell})
    if len(written) > 1:
        reason = _("more than one date: {first}, {second}").format(first=written[0], second=written[1])
        raise unusable(path, reason, _("keep one list a file"))
    if not written:
        return None
    dated = _iso(written[0])
    if dated is None:
        reason = _("no date in column 'date', but {cell}").format(cell=written[0])
        raise unusable(path, reason, _("write dates as 2026-01-09"))
    return dated


def _date_above(rows: Sequence[Sequence[str]]) -> date | None:
    """The date beside the words "as of", as a fund house writes it above the header."""
    for row in rows:
        if row and "as of" in row[0].lower():
            return next((dated for cell in row for dated in (_iso(cell.strip()), _us(cell)) if dated), None)
    return None


def _name_date(path: Path) -> date | None:
    match = _NAME_DATE.search(path.stem)
    return _iso(match[1]) if match else None


def _us(cell: str) -> date | None:
    """The date in "Nov 18, 2025"; the month never depends on the locale."""
    match = _US_DATE.search(cell)
    if match is None or match[1].lower() not in _MONTHS:
        return None
    return _iso(f"{match[3]}-{_MONTHS.index(match[1].lower()) + 1:02}-{int(match[2]):02}")


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
