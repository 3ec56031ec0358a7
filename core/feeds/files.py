"""The feed `files`: daily bars from the user's own CSV and Parquet files, no network.

Each path is a file in long form (with a column `symbol`) or a folder of `SYMBOL.csv` files; a folder may
hold files in long form too. What a file must look like stands in `core.feeds.tables`. A path that cannot be
used is an error; a file of a folder that cannot is left out and named. Files are read again only when their
times of change or size are others, so a refresh costs one look at each, also over a restart
(`core.feeds.files_kept`). Those of a folder are read together where that is the same (`core.feeds.files_together`).
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import DataFileError
from core.feeds.base import FeedState, History, Quotes
from core.feeds.files_kept import Outcome, Stamp, keep, kept_file, recall
from core.feeds.files_table import SUFFIXES, TEXT, Series, Table, symbol_of, unusable
from core.i18n import _
from core.model import Instant, Instrument, Problem, Session, Stage, Watch, unwatched
from core.panel import Bars, Days
from core.text import clean

if TYPE_CHECKING:
    from core.feeds.files_together import Plain

Holders = Mapping[str, Sequence[tuple[Path, Series]]]


class FilesFeed:
    """Daily bars from `paths`; a symbol in several of them is taken from the first. `watch` is told of every file."""

    name = "files"
    simulated = False
    always_open = False

    def __init__(self, paths: Sequence[Path], watch: Watch = unwatched) -> None:
        self._paths = tuple(dict.fromkeys(paths))
        self._watch = watch
        self._read: dict[Path, tuple[Stamp, Outcome]] = {}
        self._kept = kept_file(self._paths)

    def history(self, wanted: Sequence[Instrument], first: Session, last: Session) -> History:
        """The bars the files hold of `wanted`, `first` to `last` inclusive. Raises DataFileError."""
        holders, problems = self._holders()
        bars: dict[str, Bars] = {}
        for symbol in dict.fromkeys(instrument.symbol for instrument in wanted):
            if symbol not in holders:
                problems.append(Problem("missing", symbol, _("{symbol} is in none of the files").format(symbol=symbol)))
                continue
            (path, series), *others = holders[symbol]
            file = clean(path.name)
            if others:
                text = _("{symbol} is in several files, taken from {file}")
                problems.append(Problem("duplicate", symbol, text.format(symbol=symbol, file=file)))
            part = series.bars.since(first).upto(last)
            if len(part):
                bars[symbol] = part
            else:
                text = _("{symbol}: no price from {first} to {last} in {file}")
                text = text.format(symbol=symbol, first=first, last=last, file=file)
                problems.append(Problem("missing", symbol, text))
            if faults := _faults(series, first, last):
                problems.append(Problem("rejected", symbol, f"{symbol}, {file}: {faults}"))
        return History(bars, tuple(problems))

    def quotes(self, wanted: Sequence[Instrument], session: Session, now: Instant) -> Quotes:
        """None: files hold finished sessions."""
        return Quotes()

    def state(self) -> FeedState:
        """That of a feed without a source to be asked."""
        return FeedState()

    def known(self) -> frozenset[str]:
        """Every symbol the files hold. Raises DataFileError."""
        holders, _problems = self._holders()
        return frozenset(holders)

    def close(self) -> None:
        """Nothing is left open between calls."""

    def _holders(self) -> tuple[Holders, list[Problem]]:
        """For each symbol the files that hold it, in the order of the paths, and what else is to be told."""
        if not self._paths:
            raise DataFileError(_("the feed 'files' has no files"), _("give them with --data, or as feed.data"))
        holders: dict[str, list[tuple[Path, Series]]] = {}
        problems: list[Problem] = []
        for path, table in self._recalled(problems):
            for symbol, series in table.series.items():
                holders.setdefault(symbol, []).append((path, series))
            if table.unnamed:
                text = _("{file}: {count} × impossible symbol, row dropped")
                problems.append(Problem("rejected", None, text.format(file=clean(path.name), count=table.unnamed)))
        return holders, problems

    def _recalled(self, problems: list[Problem]) -> list[tuple[Path, Table]]:
        """All tables, the first time with the help of what an earlier start has kept for this one."""
        kept, self._kept = self._kept, None
        if kept is None:
            return list(self._tables(problems))
        begun = time.time_ns()
        recalled = recall(kept)
        self._read |= {path: one for path, one in recalled.items() if _current(path) == one[0]}
        tables = list(self._tables(problems))
        keep(kept, self._read, recalled, begun)
        return tables

    def _tables(self, problems: list[Problem]) -> Iterator[tuple[Path, Table]]:
        for number, path in enumerate(self._paths):
            if stat.S_ISDIR(_stat(path).st_mode):
                yield from self._folder(path, problems)
            else:
                yield path, self._table(path, None, number, len(self._paths))

    def _folder(self, folder: Path, problems: list[Problem]) -> Iterator[tuple[Path, Table]]:
        """The tables of `folder` in the order of their names, those that cannot be read left out."""
        left_out: list[DataFileError] = []
        files = _listing(folder)
        self._read_ahead(files)
        for number, path in enumerate(files):
            try:
                table = self._table(path, symbol_of(path.stem), number, len(files))
            except DataFileError as error:
                left_out.append(error)
            else:
                yield path, table
        if left_out and len(left_out) == len(files):
            raise left_out[0]
        problems += (Problem("unreadable", None, clean(f"{error.message}: {error.mend}")) for error in left_out)

    def _read_ahead(self, files: Sequence[Path]) -> None:
        """Read those new files together that can be; what is wrong with the others will be told of each."""
        found = {path: stamp for path in files if path.suffix.lower() == TEXT and (stamp := _current(path))}
        stamps = {path: stamp for path, stamp in found.items() if not self._knows(path, stamp)}
        if stamps:
            from core.feeds.files_together import read_together  # noqa: PLC0415 - pandas, where something is new

            for path, table in read_together(self._contents(list(stamps))):
                self._read[path] = (stamps[path], table)

    def _contents(self, files: Sequence[Path]) -> Iterator[Plain]:
        from core.feeds.files_together import plain  # noqa: PLC0415 - likewise

        for number, path in enumerate(files):
            symbol = symbol_of(path.stem)
            self._watch(Stage.READING, number, len(files), clean(path.name))
            with suppress(OSError):
                if symbol is not None and (file := plain(path, symbol, path.read_bytes())) is not None:
                    yield file

    def _table(self, path: Path, symbol: str | None, done: int, total: int) -> Table:
        stamp = _stamp(path)
        if not self._knows(path, stamp):
            from core.feeds.tables import read_table  # noqa: PLC0415 - likewise

            self._watch(Stage.READING, done, total, clean(path.name))
            try:
                self._read[path] = (stamp, read_table(path, symbol))
            except DataFileError as error:
                if isinstance(error.__cause__, OSError):  # it may be readable the next time, and no stamp would tell
                    raise
                self._read[path] = (stamp, error)
        outcome = self._read[path][1]
        if isinstance(outcome, DataFileError):
            raise outcome.detached()
        return outcome

    def _knows(self, path: Path, stamp: Stamp | None) -> bool:
        return path in self._read and self._read[path][0] == stamp


def _current(path: Path) -> Stamp | None:
    """The stamp of a file, None where there is none."""
    try:
        return _stamp(path)
    except DataFileError:
        return None


def _stamp(path: Path) -> Stamp:
    status = _stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise unusable(path, _("not a file"), _("give a CSV or Parquet file, or a folder of them"))
    return status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        raise unusable(path, error, _("give the path of a file or folder of prices")) from error


def _listing(folder: Path) -> list[Path]:
    try:
        files = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith("."))
    except OSError as error:
        raise unusable(folder, error, _("make it a folder that can be read")) from error
    if not files:
        raise unusable(folder, _("no CSV or Parquet file in it"), _("put one SYMBOL.csv per symbol there"))
    return files


def _faults(series: Series, first: Session, last: Session) -> str:
    """What is wrong with the rows from `first` to `last`, or nothing."""
    dated = (
        (_("{count} × no usable close, row dropped (first {day})"), _between(series.dropped, first, last)),
        (_("{count} × impossible value, left out (first {day})"), _between(series.spoilt, first, last)),
    )
    faults = [text.format(count=len(days), day=days.min()) for text, days in dated if len(days)]
    if series.undated:
        faults.append(_("{count} × unreadable date, row dropped").format(count=series.undated))
    return "; ".join(faults)


def _between(days: Days, first: Session, last: Session) -> Days:
    return days[(days >= np.datetime64(first, "D")) & (days <= np.datetime64(last, "D"))]
