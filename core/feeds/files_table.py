"""What a file of prices holds once it is read, and how one is refused that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import DataFileError
from core.panel import Bars, Days
from core.text import clean

LONGEST_SYMBOL = 20

TEXT = ".csv"
PARQUET = (".parquet", ".pq")
SUFFIXES = (TEXT, *PARQUET)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One symbol of a table: its bars, and the sessions (or number) of rows that were not taken as they are."""

    bars: Bars
    dropped: Days
    spoilt: Days  # rows kept without a value that cannot be
    undated: int  # rows dropped because their date cannot be read


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The series of one file by symbol. `unnamed` counts rows whose symbol cannot be one."""

    series: Mapping[str, Series]
    unnamed: int


def symbol_of(text: str) -> str | None:
    """`text` as a symbol, upper case, or None where it cannot be one."""
    symbol = text.strip().upper()
    return symbol if symbol and symbol == clean(symbol) and len(symbol) <= LONGEST_SYMBOL else None


def unusable(path: Path, reason: str | Exception, mend: str) -> DataFileError:
    """The error that names `path`, and says why it cannot be used and what to do."""
    if isinstance(reason, Exception):
        reason = (isinstance(reason, OSError) and reason.strerror) or str(reason)
    return DataFileError(f"{clean(str(path))}: {clean(reason)}", mend)
