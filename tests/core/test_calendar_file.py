"""The kept calendar: the same numbers without the library, and made anew whatever has happened to the file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pytest

from core import calendar_file, sessions
from core.calendar_file import Table, kept, table_file
from tests.core.store_builders import unprivileged

TABLE = np.arange(12, dtype=np.int64).reshape(3, 4) * 1_700_000_000


class Maker:
    """Makes the table and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Table:
        self.times += 1
        return TABLE


@pytest.fixture
def file() -> Path:
    """Where the table is kept: a file of this test, which is there already."""
    path = table_file("days")
    assert path is not None
    kept("days", Maker())
    return path


def test_it_is_made_once(file: Path) -> None:
    make = Maker()
    assert np.array_equal(kept("days", make), TABLE)
    assert (make.times, list(file.parent.iterdir())) == (0, [file])
    assert np.array_equal(kept("other days", make), TABLE)
    assert make.times == 1


def test_another_version_of_the_library_is_asked_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert version("exchange-calendars") in file.name
    monkeypatch.setattr(calendar_file, "version", lambda _name: "99.0")
    make = Maker()
    kept("days", make)
    assert make.times == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[:7],
        lambda content: content[:8],
        lambda content: content[:-1],
        lambda content: content[:-24],
        lambda content: content + bytes(24),
        lambda content: b"TBxd" + content[4:],
        lambda content: content[:-3] + bytes([content[-3] ^ 1]) + content[-2:],
    ],
    ids=["empty", "half a header", "a header", "cut", "a session less", "a session more", "other magic", "a bit"],
)
def test_a_spoilt_file_is_made_anew(file: Path, spoil: Callable[[bytes], bytes]) -> None:
    content = file.read_bytes()
    file.write_bytes(spoil(content))
    make = Maker()
    assert np.array_equal(kept("days", make), TABLE)
    assert make.times == 1
    assert file.read_bytes() == content


def test_where_it_cannot_be_written_it_is_made_every_time(home: Path) -> None:
    make = Maker()
    (home / ".cache").write_text("no folder", encoding="utf-8")
    for _ in range(2):
        assert np.array_equal(kept("days", make), TABLE)
    assert make.times == 2


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(file: Path) -> None:
    file.unlink()
    file.mkdir()
    assert np.array_equal(kept("days", Maker()), TABLE)
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_that_may_not_be_entered_is_no_failure(file: Path) -> None:
    file.parent.chmod(0)
    make = Maker()
    try:
        with unprivileged():
            assert np.array_equal(kept("days", make), TABLE)
    finally:
        file.parent.chmod(0o700)
    assert make.times == 1


def test_without_a_place_or_a_version_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(calendar_file, "user_cache_path", lambda *_args, **_options: Path("~/.cache/tapeboard"))
    assert table_file("days") is None
    monkeypatch.undo()

    def unknown(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(calendar_file, "version", unknown)
    assert table_file("days") is None
    assert np.array_equal(kept("days", Maker()), TABLE)
    assert list(tmp_path.iterdir()) == []


def test_many_processes_at_once_all_get_it(tmp_path: Path) -> None:
    program = (
        "import numpy as np; from core.calendar_file import kept\n"
        "table = np.arange(30_000, dtype=np.int64).reshape(3, -1)\n"
        "for n in range(50): assert np.array_equal(kept(f'days{n % 3}', lambda: table), table)"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    running = [subprocess.Popen([sys.executable, "-c", program], env=environment) for _ in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    assert len(list((tmp_path / "tapeboard").iterdir())) == 3


def test_the_kept_calendar_is_that_of_the_library_and_needs_no_pandas() -> None:
    made = sessions._exchange.__wrapped__(2027)
    program = (
        "import sys; from core import sessions; days, opens, closes = sessions._exchange(2027);"
        "assert not {'pandas', 'exchange_calendars'} & set(sys.modules);"
        "print(len(days), days[0], days[-1], sum(opens), sum(closes))"
    )
    again = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    days, opens, closes = made
    assert again.stdout.split() == [str(x) for x in (len(days), days[0], days[-1], sum(opens), sum(closes))]
    library = sessions._from_library(2027)
    assert np.array_equal(library, np.stack([days.astype(np.int64), opens, closes]))
