"""Series, documents and comparisons for the tests of the store."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from core.panel import Bars
from core.snapshot import Row, Snapshot, Source, to_json
from core.store import Store

AT = datetime(2026, 1, 9, 21, 15, 0, 123456, tzinfo=UTC)

_NOBODY = 65534


def series(symbol: str, *, rows: int = 3, value: float = 100.0, adjusted: bool = True) -> Bars:
    """`rows` bars from 2024-01-02 on, every column of its own, all telling `value`."""
    base = value + np.arange(rows, dtype=np.float64)
    sessions = np.datetime64("2024-01-02", "D") + np.arange(rows)
    return Bars(symbol, sessions, base, base + 0.5, base - 0.5, base + 0.25, base * 0.9, base * 1e6, adjusted)


def same(left: Bars, right: Bars) -> bool:
    """Whether two series hold the same bytes, NaN included."""
    names = ("sessions", "open", "high", "low", "close", "adj_close", "volume")
    columns = ((getattr(left, name), getattr(right, name)) for name in names)
    return (left.symbol, left.adjusted) == (right.symbol, right.adjusted) and all(
        one.dtype == other.dtype and one.tobytes() == other.tobytes() for one, other in columns
    )


def document(*, simulated: bool = False, feed: str = "yahoo") -> bytes:
    """A snapshot with one row, as JSON."""
    row = Row(symbol="SPY", name="S&P 500", group="index", last=690.5)
    return to_json(Snapshot(source=Source(feed=feed, simulated=simulated, asof=AT), leadership=(row,)))


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of `folder` with its bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@contextmanager
def readable_folder() -> Iterator[Path]:
    """A folder that `unprivileged` code can reach; pytest's own is closed to others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def unprivileged() -> Iterator[None]:
    """File permissions hold inside this block, even where the tests run as root."""
    user = os.geteuid()
    if user != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


@contextmanager
def write_protected(folder: Path) -> Iterator[None]:
    """`folder` and its files can be read and not written inside this block."""
    entries = [folder, *folder.iterdir()]
    modes = [entry.stat().st_mode for entry in entries]
    for entry in entries:
        entry.chmod(0o555 if entry.is_dir() else 0o444)
    try:
        with unprivileged():
            yield
    finally:
        for entry, mode in zip(entries, modes, strict=True):
            entry.chmod(mode)


def put(store: Store, *bars: Bars) -> None:
    store.replace_many(bars, source="yahoo", fetched_at=AT)


def loaded(store: Store, symbol: str) -> Bars:
    return store.load([symbol])[symbol]
