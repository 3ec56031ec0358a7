"""Many CSV files of one symbol each, parsed as one table: what a parser costs per call is paid once, not per file.

It gives exactly what `read_table` gives of each of them, or leaves a file to it. Files are put together whose header
lines are the same bytes. That every line of theirs is one row, and no row of one runs over into another, is known
afterwards: a quoted or an empty line makes fewer rows than there are line ends, and nothing makes more. Whether a
column holds whole numbers only is judged for all of them, which makes no difference below `EXACT`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import isqrt
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from core.errors import DataFileError
from core.feeds.files_table import Table
from core.feeds.tables import canonical, checked, days_of, name_columns, numbers_of, read_csv
from core.panel import Floats

PORTION: Final = 4_000_000
"""Bytes that are parsed together, about: enough to save nearly all that can be saved, little enough to begin again."""

EXACT: Final = 2.0**53
"""Below it a whole number is the same, read as one or as a float64."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A file of one symbol that can be parsed beside others."""

    path: Path
    symbol: str
    header: bytes
    body: bytes  # ends with a line end

    @property
    def rows(self) -> int:
        """How many there are, if every line is one."""
        return self.body.count(b"\n")


def plain(path: Path, symbol: str, content: bytes) -> Plain | None:
    """The file, if its lines can be told apart: UTF-8, one kind of line end, a header without symbols, and rows."""
    header, _end, body = content.partition(b"\n")
    body = body.rstrip(b"\r\n") + b"\n"
    if not header.strip() or len(body) == 1 or content.count(b"\r") != content.count(b"\r\n"):
        return None
    try:
        content.decode()
    except UnicodeDecodeError:
        return None
    names_symbols = "symbol" in canonical(header.decode())
    return None if names_symbols else Plain(path, symbol, header, body)


def read_together(files: Iterable[Plain]) -> Iterator[tuple[Path, Table]]:
    """The tables of those files that can be read so; the others need `read_table`."""
    waiting: dict[bytes, list[Plain]] = {}
    sizes: Counter[bytes] = Counter()
    for file in files:
        waiting.setdefault(file.header, []).append(file)
        sizes[file.header] += len(file.body)
        if sizes[file.header] >= PORTION:
            del sizes[file.header]
            yield from _tables(waiting.pop(file.header)).items()
    for portion in waiting.values():
        yield from _tables(portion).items()


def _tables(files: Sequence[Plain]) -> dict[Path, Table]:
    """The tables of files with one header line: of all, else of those pieces in which every file is as it looked."""
    size = isqrt(len(files))
    pieces = (files[start : start + size] for start in range(0, len(files), size))
    return _at_once(files) or {path: table for piece in pieces for path, table in _at_once(piece).items()}


def _at_once(files: Sequence[Plain]) -> dict[Path, Table]:
    """The tables of files with one header line; none where one of them is not as plain as it looked."""
    path, header = files[0].path, files[0].header
    bounds = [0, *accumulate(file.rows for file in files)]
    try:
        frame = read_csv(path, header + b"\n" + b"".join(file.body for file in files))
        if len(frame) != bounds[-1]:
            return {}
        name_columns(path, frame, files[0].symbol)
        days = days_of(path, frame["date"])
    except DataFileError:
        return {}
    values = numbers_of(frame)
    if not _exact(frame, values) or any(np.isnat(days[start:end]).all() for start, end in pairwise(bounds)):
        return {}
    numbers = np.repeat(np.arange(len(files)), np.diff(bounds))
    series = checked(values, [file.symbol for file in files], numbers, days)
    return {file.path: Table({file.symbol: one}, 0) for file, one in zip(files, series, strict=True)}


def _exact(frame: pd.DataFrame, values: Mapping[str, Floats]) -> bool:
    """Whether every column of numbers was read as one, and reads the same in each file alone."""
    typed = all(frame[name].dtype.kind in "iuf" for name in values if name in frame)
    return typed and not any((np.abs(column) >= EXACT).any() for column in values.values())
