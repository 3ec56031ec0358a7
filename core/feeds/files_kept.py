"""The files of a feed as they were read last, in the user's cache folder: a start parses only what is new since.

A file counts as unchanged while path, size, inode and both times of change (of the content, of the inode) are the
same, and if it had been left alone for `SETTLED` before it was read: what is written within one tick of the clock
cannot be told apart. What was read by another version of Tapeboard, pandas or pyarrow, or told in another language,
is read anew. Whatever is wrong with the kept file, or keeps it from being written, costs speed and nothing else; it
is logged for who debugs. Each set of paths has one of `MOST` kept files of at most `LARGEST` bytes.

    offset  what
    0       magic "TBff", CRC-32 of the rest (little-endian)
    8       `_Kept` as MessagePack
"""

from __future__ import annotations

import logging
import struct
import zlib
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
import numpy as np
from platformdirs import user_cache_path

from core import __version__
from core.errors import DataFileError, TapeboardError
from core.feeds.files_table import Series, Table
from core.files import write_whole
from core.i18n import language
from core.packing import pack, unpack
from core.panel import Days

FORMAT: Final = 1
"""To be raised with every change of what is kept, or of what the same file is read as."""

SETTLED: Final = 2_000_000_000
"""Nanoseconds; the coarsest clock of a file system, that of FAT, has ticks of as many."""

LARGEST: Final = 256_000_000
MOST: Final = 4

ROW: Final = 52
"""Bytes of a bar (`core.packing`)."""

_HEADER: Final = struct.Struct("<4sI")
_MAGIC: Final = b"TBff"
_PREFIX: Final = "files-"

Stamp: TypeAlias = tuple[int, int, int, int]
"""Size, inode, time of change of the content and of the inode, in nanoseconds."""

Outcome: TypeAlias = Table | DataFileError
"""What a file holds, or why it cannot be used."""

Files: TypeAlias = Mapping[Path, tuple[Stamp, Outcome]]

_log = logging.getLogger(__name__)


class _Series(msgspec.Struct, array_like=True):
    bars: bytes  # core.packing
    dropped: bytes  # days since 1970-01-01 as int64, and so below
    spoilt: bytes
    undated: int


class _File(msgspec.Struct, array_like=True):
    path: str
    stamp: Stamp
    series: dict[str, _Series]
    unnamed: int
    refusal: tuple[str, str] | None


class _Kept(msgspec.Struct, array_like=True):
    readers: list[str]
    files: list[_File]


def kept_file(paths: Sequence[Path]) -> Path | None:
    """Where the files of a feed over `paths` are kept; None where there is no place, or the paths depend on one."""
    folder = user_cache_path("tapeboard", appauthor=False)
    if not folder.is_absolute() or not all(path.is_absolute() for path in paths):
        return None
    name = sha256("\0".join(map(str, paths)).encode("utf-8", "surrogateescape")).hexdigest()
    return folder / f"{_PREFIX}{name[:16]}.bin"


def recall(kept: Path) -> Files:
    """What is kept there; nothing where that is of no use."""
    try:
        content = memoryview(kept.read_bytes())
        header, body = content[: _HEADER.size], content[_HEADER.size :]
        sound = header == _HEADER.pack(_MAGIC, zlib.crc32(body))
        found = msgspec.msgpack.decode(body, type=_Kept) if sound else _Kept([], [])
        if found.readers == _readers():
            return {Path(file.path): (file.stamp, _outcome(file)) for file in found.files}
    except (OSError, ValueError, msgspec.MsgspecError, TapeboardError) as error:
        _log.debug("no files are recalled from %s: %s", kept, error)
    return {}


def keep(kept: Path, read: Files, recalled: Files, begun: int) -> None:
    """Keep what was `read` from `begun` (nanoseconds since 1970) on, in place of what was `recalled`, if it differs."""
    settled = {path: one for path, one in read.items() if max(one[0][2:]) < begun - SETTLED}
    if settled == recalled or sum(map(_size, settled.values())) > LARGEST:
        return
    try:
        body = msgspec.msgpack.encode(_Kept(_readers(), [_file(path, *one) for path, one in settled.items()]))
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(_HEADER.pack(_MAGIC, zlib.crc32(body)) + body, kept)
        kept.chmod(0o600)  # whoever may not read the files may not read them here
        by_age = sorted(kept.parent.glob(f"{_PREFIX}*.bin"), key=lambda path: path.stat().st_mtime_ns)
        for oldest in by_age[:-MOST]:
            oldest.unlink()
    except (OSError, ValueError, TapeboardError) as error:  # ValueError: a file whose name is no text
        _log.debug("the files are not kept in %s: %s", kept, error)


def _size(one: tuple[Stamp, Outcome]) -> int:
    """Bytes it takes, but for some that do not count."""
    outcome = one[1]
    rows = 0 if isinstance(outcome, DataFileError) else sum(len(series.bars) for series in outcome.series.values())
    return rows * ROW


def _readers() -> list[str]:
    """Who made what is kept."""
    return [str(FORMAT), __version__, language(), _version("pandas"), _version("pyarrow")]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _file(path: Path, stamp: Stamp, outcome: Outcome) -> _File:
    if isinstance(outcome, DataFileError):
        return _File(str(path), stamp, {}, 0, (outcome.message, outcome.mend))
    series = {
        symbol: _Series(pack(one.bars), _days_out(one.dropped), _days_out(one.spoilt), one.undated)
        for symbol, one in outcome.series.items()
    }
    return _File(str(path), stamp, series, outcome.unnamed, None)


def _outcome(file: _File) -> Outcome:
    if file.refusal is not None:
        return DataFileError(*file.refusal)
    series = {
        symbol: Series(unpack(symbol, one.bars), _days_in(one.dropped), _days_in(one.spoilt), one.undated)
        for symbol, one in file.series.items()
    }
    return Table(series, file.unnamed)


def _days_out(days: Days) -> bytes:
    return days.astype("<i8").tobytes()


def _days_in(packed: bytes) -> Days:
    return np.frombuffer(packed, "<i8").astype("datetime64[D]")
