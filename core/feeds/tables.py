"""One file of daily prices, CSV or Parquet, read into checked series.

A table has the columns `date` and `close`, perhaps `open`, `high`, `low`, `adj_close` and `volume`, in any
case and spelling (`Adj Close`); in long form also `symbol`. What a row says is believed as far as it can be:

* A blank cell is an absent value, and a row without a close no row; neither is a fault.
* A row whose close is not a positive number, or whose date cannot be read, is dropped.
* Any other value that cannot be is left out: a price not positive, a negative volume, a high below the low
  (both go), a high or low that the close lies beyond, an open outside them. `TOLERANCE` allows for rounding.
* Of two rows of one session the later stands; the rows need no order.

Dates are ISO. A time of day with a zone is taken to New York's date; midnight in a zone is how exports write
a mere date and stays that date. This is one of the edges where pandas stands.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.feeds.files_table import PARQUET, Series, Table, symbol_of, unusable
from core.i18n import _
from core.panel import Bars, Days, Floats
from core.sessions import NEW_YORK
from core.text import clean

TOLERANCE = 1e-6
"""How far, relatively, a price may lie outside high and low; the real files we know never do at all."""

_TEXTS = ("symbol", "date")
_PRICES = ("open", "high", "low", "close", "adjclose")
_NUMBERS = (*_PRICES, "volume")
_BLANK = ("", ".", "-", "nan", "NaN", "NAN", "null", "NULL", "None", "NA", "N/A", "n/a", "#N/A")

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.intp]


def read_table(path: Path, symbol: str | None = None) -> Table:
    """Read `path`. Without a column `symbol` all its rows are of `symbol`, or it is refused if that is None.

    Raises DataFileError.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unusable(path, error, _("make it a readable file")) from error
    try:
        frame = _read_parquet(path, content) if path.suffix.lower() in PARQUET else read_csv(path, content)
        name_columns(path, frame, symbol)
        days = days_of(path, frame["date"])
        names, row_names = _symbols(frame["symbol"])
        series = checked(numbers_of(frame), names, row_names, days)
        return Table(dict(zip(names, series, strict=True)), int(np.count_nonzero(row_names < 0)))
    except UnicodeDecodeError as error:  # Parquet does so as late as in its cells
        raise unusable(path, _("not UTF-8 text"), _("save it in UTF-8")) from error


def read_csv(path: Path, content: bytes) -> pd.DataFrame:
    """The table as it stands in `content`. Raises DataFileError, and UnicodeDecodeError where that is not UTF-8."""
    content.decode()  # pandas would let pass what stands in a column of numbers
    text = content.removeprefix(codecs.BOM_UTF8)  # bytes: what pandas is given as `str` it copies thrice
    try:
        header = pd.read_csv(io.BytesIO(text), nrows=0).columns
        kinds = {raw: canonical(raw) for raw in header}
        frame = pd.read_csv(
            io.BytesIO(text),
            dtype={raw: str for raw, name in kinds.items() if name in _TEXTS},
            na_values={raw: _BLANK for raw, name in kinds.items() if name in _NUMBERS},
            keep_default_na=False,  # NA is a symbol
            low_memory=False,
        )
    except (ValueError, OverflowError) as error:
        raise unusable(path, error, _("save it again as plain CSV with a header line")) from error
    if not isinstance(frame.index, pd.RangeIndex):
        raise unusable(path, _("rows have more fields than the header line"), _("name every column"))
    return frame


def _read_parquet(path: Path, content: bytes) -> pd.DataFrame:
    try:
        # Columns only: what pandas had as its index when the file was written is a column like any other.
        return pd.read_parquet(io.BytesIO(content), engine="pyarrow", to_pandas_kwargs={"ignore_metadata": True})
    except ImportError as error:
        raise unusable(path, _("Parquet needs pyarrow"), "pip install 'tapeboard[parquet]'") from error
    except Exception as error:  # a decoder of foreign bytes fails in any way it likes
        raise unusable(path, _("not a Parquet file, or a damaged one"), _("write it again")) from error


def canonical(column: object) -> str:
    """The name a column is known by here; the `.1` that pandas gives to a second one of a name is not part of it."""
    return re.sub(r"[\s_]", "", re.sub(r"\.\d+$", "", str(column))).lower()


def name_columns(path: Path, frame: pd.DataFrame, symbol: str | None) -> None:
    """Give the columns their canonical names, and refuse a table that lacks one or has one twice."""
    found = ", ".join(str(column) for column in frame.columns)
    frame.columns = pd.Index([canonical(column) for column in frame.columns])
    if symbol is not None and "symbol" not in frame:
        frame["symbol"] = symbol
    for name in (*_TEXTS, "close"):
        if name not in frame:
            raise unusable(
                path,
                _("no column '{name}' among: {found}").format(name=name, found=found),
                _("the columns are {names}").format(names="symbol,date,open,high,low,close,adj_close,volume"),
            )
    for name in (*_TEXTS, *_NUMBERS):
        if list(frame.columns).count(name) > 1:
            raise unusable(path, _("two columns '{name}'").format(name=name), _("leave one of them out"))
    if frame.empty:
        raise unusable(path, _("no rows"), _("fill it, or take it away"))


def _factorize(column: pd.Series) -> tuple[list[str], Codes]:
    """The distinct cells as text, and for each row which of them it holds: -1 for none."""
    if column.dtype == object:
        column = column.map(str, na_action="ignore")
    codes, cells = pd.factorize(column)
    return [str(cell) for cell in cells], codes


def days_of(path: Path, column: pd.Series) -> Days:
    """The date of each row, NaT where it cannot be read. Raises DataFileError where none can."""
    cells, codes = _factorize(column)
    days = np.array([*map(_day, cells), "NaT"], dtype="datetime64[D]")
    if np.isnat(days).all():
        raise unusable(
            path,
            _("no dates in column 'date', but e.g. '{cell}'").format(cell=clean(next(iter(cells), ""), 20)),
            _("write dates as 2026-01-09"),
        )
    return days[codes]


def _day(cell: str) -> str:
    try:
        stamp = datetime.fromisoformat(cell.strip())
        if stamp.tzinfo is not None and stamp.time() != time.min:
            stamp = stamp.astimezone(NEW_YORK)
    except (ValueError, OverflowError):
        return "NaT"
    return stamp.date().isoformat()


def _symbols(column: pd.Series) -> tuple[list[str], Codes]:
    """The distinct symbols, and for each row which of them it has (-1: none that can be)."""
    cells, codes = _factorize(column)
    numbers: dict[str, int] = {}
    known = [numbers.setdefault(symbol, len(numbers)) if (symbol := symbol_of(cell)) else -1 for cell in cells]
    return list(numbers), np.array([*known, -1], dtype=np.intp)[codes]


def _numbers(column: pd.Series) -> Floats:
    """The cells as float64: NaN where blank, infinity where something stands that is no number."""
    if column.dtype.kind in "iuf":
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.array([_number(cell) for cell in column.map(str, na_action="ignore")], dtype=np.float64)


def _number(cell: object) -> float:
    if not isinstance(cell, str) or cell.strip() in _BLANK:
        return np.nan
    try:
        return float(cell)
    except ValueError:
        return np.inf


def numbers_of(frame: pd.DataFrame) -> dict[str, Floats]:
    """The cells of every column of numbers; one that is not there is blank."""
    return {name: _numbers(frame[name]) if name in frame else np.full(len(frame), np.nan) for name in _NUMBERS}


def checked(values: Mapping[str, Floats], names: Sequence[str], row_names: Codes, days: Days) -> list[Series]:
    """Check every value, order the rows and take them apart by `row_names`: one series for each of `names`."""
    impossible = _impossible(values)
    dropped = impossible["close"]
    spoilt = ~dropped & np.logical_or.reduce(list(impossible.values()))
    named, dated = row_names >= 0, ~np.isnat(days)
    kept = named & dated & ~dropped & ~np.isnan(values["close"])

    order = np.lexsort((days, row_names))
    order = order[kept[order]]
    last = np.ones(len(order), dtype=np.bool_)
    last[:-1] = (np.diff(row_names[order]) != 0) | (np.diff(days[order]) != np.timedelta64(0, "D"))
    order = order[last]
    columns = {name: np.where(impossible[name], np.nan, column)[order] for name, column in values.items()}
    bounds = np.searchsorted(row_names[order], np.arange(len(names) + 1))
    faulty = np.flatnonzero(dropped | spoilt | ~dated)

    def series(number: int) -> Series:
        part = slice(bounds[number], bounds[number + 1])
        own = faulty[row_names[faulty] == number]
        return Series(
            _bars(names[number], days[order[part]], {name: column[part] for name, column in columns.items()}),
            dropped=days[own[dropped[own] & dated[own]]],
            spoilt=days[own[spoilt[own] & kept[own]]],
            undated=int(np.count_nonzero(~dated[own])),
        )

    return [series(number) for number in range(len(names))]


def _impossible(values: Mapping[str, Floats]) -> dict[str, Mask]:
    """By field, where its value cannot be."""
    wrong = {name: ~np.isnan(values[name]) & ~(np.isfinite(values[name]) & (values[name] > 0)) for name in _PRICES}
    wrong["volume"] = ~np.isnan(values["volume"]) & ~(np.isfinite(values["volume"]) & (values["volume"] >= 0))
    open_, high, low, close = (np.where(wrong[name], np.nan, values[name]) for name in _PRICES[:4])
    with np.errstate(over="ignore"):
        ceiling, floor = high * (1 + TOLERANCE), low * (1 - TOLERANCE)
    crossed = ceiling < low
    wrong["high"] |= crossed | (close > ceiling)
    wrong["low"] |= crossed | (close < floor)
    wrong["open"] |= (open_ > ceiling) | (open_ < floor)
    return wrong


def _bars(symbol: str, sessions: Days, columns: Mapping[str, Floats]) -> Bars:
    adjusted = not np.isnan(columns["adjclose"]).all()
    return Bars(
        symbol=symbol,
        sessions=sessions,
        open=columns["open"],
        high=columns["high"],
        low=columns["low"],
        close=columns["close"],
        adj_close=columns["adjclose"] if adjusted else columns["close"],
        volume=columns["volume"],
        adjusted=adjusted,
    )
