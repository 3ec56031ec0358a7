"""The store among processes: killed at any instant, and two at once on one file."""

from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from core.glance import last_snapshot
from core.store import Store
from tests.core.store_builders import AT, document, same, series, url_of
from tests.core.store_processes import (
    SYMBOLS,
    generation,
    write_and_read_beside_another,
    write_for_ever,
    write_without_an_end,
)

KILLS = 20
PATIENCE = 60.0

CONTEXT = multiprocessing.get_context("forkserver")
# Children fork from a process that has these loaded already: 20 kills take 2 s and not 20.
CONTEXT.set_forkserver_preload(["core.store", "pytest"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tapeboard.sqlite3"


def report(reports: Connection) -> Any:
    assert reports.poll(PATIENCE), "the child says nothing"
    return reports.recv()


def last_report(reports: Connection) -> int | None:
    """The last of the reports that a dead child left in the pipe."""
    last = None
    try:
        while True:
            last = reports.recv()
    except EOFError:
        return last


def write_until_killed(path: Path, first: int, commits: int) -> int:
    """Let a child commit generations from `first` on, kill it in the midst of the one after `commits`.

    Returns the last generation it has reported as committed.
    """
    receiver, sender = CONTEXT.Pipe(duplex=False)
    with closing(receiver):
        child = CONTEXT.Process(target=write_for_ever, args=(path, first, sender))
        child.start()
        sender.close()
        reported = [report(receiver) for _ in range(commits)]
        child.kill()
        child.join()
        child.close()
        return last_report(receiver) or reported[-1]


def test_what_was_reported_as_committed_survives_every_kill(path: Path) -> None:
    first = 1
    for kill in range(KILLS):
        committed = write_until_killed(path, first, commits=1 + kill % 5)
        with closing(Store.open(url_of(path))) as store:
            stored = store.load(SYMBOLS)
            found = round(float(stored["S0"].open[0]))
            # A commit that the child had no time to report counts as well; half of one never does.
            assert found in (committed, committed + 1)
            assert all(same(stored[bars.symbol], bars) for bars in generation(found))
            assert store.check() == []
        first = found + 1


def test_a_kill_is_survived_in_a_file_system_without_write_ahead_log(path: Path) -> None:
    with closing(Store.open(url_of(path))) as store:
        store.replace_many(generation(1), source="yahoo", fetched_at=AT)
        store.put_snapshot(document(), AT)
    before = path.read_bytes()
    ours, childs = CONTEXT.Pipe()
    child = CONTEXT.Process(target=write_without_an_end, args=(path, childs))
    child.start()
    report(ours)
    child.kill()
    child.join()
    ours.close()
    childs.close()
    assert path.read_bytes() != before, "the half of a write has reached the file"
    assert path.with_name(f"{path.name}-journal").stat().st_size > 0

    assert last_snapshot(url_of(path)) is None, "to read it, the half must be taken back: not at first glance"
    with closing(Store.open(url_of(path))) as store:
        stored = store.load(SYMBOLS)
        assert all(same(stored[bars.symbol], bars) for bars in generation(1))
        assert store.check() == []
    assert last_snapshot(url_of(path)) is not None


def test_two_processes_make_write_and_read_one_store_at_once(path: Path) -> None:
    writes = 25
    start = CONTEXT.Barrier(2)
    pipes = [CONTEXT.Pipe(duplex=False) for _ in range(2)]
    children = [
        CONTEXT.Process(target=write_and_read_beside_another, args=(path, own, writes, start, sender))
        for own, (_receiver, sender) in zip(("A", "B"), pipes, strict=True)
    ]
    for child in children:
        child.start()
    for receiver, sender in pipes:
        sender.close()
        assert report(receiver) == []
        receiver.close()
    for child in children:
        child.join()
        assert child.exitcode == 0
    with closing(Store.open(url_of(path))) as store:
        stored = store.load(["A", "B", "BOTH"])
        for symbol in ("A", "B", "BOTH"):
            assert same(stored[symbol], series(symbol, rows=600, value=float(writes - 1)))
        assert store.check() == []


def test_a_store_in_use_can_be_read_after_the_writer_was_killed(path: Path) -> None:
    committed = write_until_killed(path, 1, commits=2)
    with closing(Store.open(url_of(path), read_only=True)) as store:
        found = round(float(store.load(["S0"])["S0"].open[0]))
    assert found in (committed, committed + 1)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
