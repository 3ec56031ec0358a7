"""Files over a restart: the same to the bit without being read, and read anew whenever that is not certain."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from core import i18n
from core.errors import DataFileError
from core.feeds import files_kept
from core.feeds.base import History
from core.feeds.files import FilesFeed
from core.feeds.files_kept import kept_file
from core.feeds.files_table import Table
from core.model import Instrument, Problem, Stage, SymbolClass
from core.panel import Bars
from tests.core.feeds.test_files_together import bits, documents

WANTED = [Instrument(symbol, symbol, SymbolClass.FUND, "test") for symbol in ("SPY", "IWM", "QQQ", "DIA")]
FIRST, LAST = date(2025, 12, 1), date(2026, 1, 9)
LONG = "symbol,date,close,high,adj_close\nIWM,2026-01-08,258.3,1,250\nIWM,soon,1,1,1\n,2026-01-09,1,1,1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two plain files, one in long form with every kind of bad row, and one that is no table."""
    path = tmp_path / "data"
    path.mkdir()
    (path / "SPY.csv").write_text("date,close\n2026-01-08,689.51\n2026-01-09,694.07\n2026-01-07,0\n")
    (path / "QQQ.csv").write_text("date,close\n2026-01-08,620.25\n2026-01-09,-0.0\n")
    (path / "more.csv").write_text(LONG)
    (path / "holdings.csv").write_text("symbol,weight\nNVDA,7.82\n")
    return path


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests have just written counts as left alone."""
    monkeypatch.setattr(files_kept, "SETTLED", -(10**12))


class Start:
    """What a start of the program finds in a folder, and which files it reads for that."""

    def __init__(self, *paths: Path) -> None:
        self.read: set[str] = set()
        self.feed = FilesFeed(paths, self._watch)
        self.found: History = self.feed.history(WANTED, FIRST, LAST)

    def _watch(self, stage: Stage, done: int = 0, total: int = 0, name: str = "") -> None:
        assert stage is Stage.READING
        self.read.add(name)

    @property
    def told(self) -> tuple[dict[str, object], tuple[Problem, ...]]:
        return {symbol: array_bits(bars) for symbol, bars in self.found.bars.items()}, self.found.problems


def array_bits(bars: Bars) -> object:
    arrays = (bars.sessions, bars.open, bars.high, bars.low, bars.close, bars.adj_close, bars.volume)
    return bars.symbol, bars.adjusted, [(array.dtype.str, array.tobytes()) for array in arrays]


ALL = {"SPY.csv", "QQQ.csv", "more.csv", "holdings.csv"}


def the_file(*paths: Path) -> Path:
    path = kept_file(paths)
    assert path is not None
    return path


def test_a_second_start_reads_nothing_and_tells_the_same(folder: Path) -> None:
    first = Start(folder)
    assert first.read == ALL
    second = Start(folder)
    assert second.read == set()
    assert second.told == first.told
    assert {problem.kind for problem in second.found.problems} == {"rejected", "unreadable", "missing"}


def test_a_second_start_imports_no_pandas(folder: Path) -> None:
    Start(folder)
    program = (
        "import sys; from pathlib import Path; from core.feeds.files import FilesFeed\n"
        f"assert FilesFeed([Path({str(folder)!r})]).known() == {{'SPY', 'QQQ', 'IWM'}}\n"
        "assert not {'pandas', 'pyarrow'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_changed_file_is_read_and_a_removed_one_forgotten(folder: Path) -> None:
    Start(folder)
    (folder / "SPY.csv").write_text("date,close\n2026-01-08,1\n2026-01-09,2\n")
    (folder / "QQQ.csv").unlink()
    (folder / "DIA.csv").write_text("date,close\n2026-01-09,500\n")
    changed = Start(folder)
    assert changed.read == {"SPY.csv", "DIA.csv"}
    assert changed.found.bars["SPY"].close.tolist() == [1, 2]
    assert changed.feed.known() == {"SPY", "DIA", "IWM"}
    assert Start(folder).read == set()


def test_a_change_that_keeps_size_and_time_is_seen(folder: Path) -> None:
    Start(folder)
    path = folder / "SPY.csv"
    before = path.stat()
    path.write_text(path.read_text().replace("694.07", "694.08"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert Start(folder).found.bars["SPY"].close[-1] == 694.08


def test_what_was_written_just_before_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_kept, "SETTLED", 10**12)
    Start(folder)
    assert not the_file(folder).exists()
    assert Start(folder).read == ALL


def test_a_file_that_cannot_be_used_is_refused_again(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("symbol,weight\nNVDA,7.82\n")
    for _start in range(2):
        with pytest.raises(DataFileError, match="no column 'date'") as refused:
            Start(path)
        assert refused.value.mend


def test_a_file_that_could_not_be_opened_is_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_bytes = Path.read_bytes

    def denied(path: Path) -> bytes:
        if path.name == "SPY.csv":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", denied)
        first = Start(folder)
        assert any("SPY.csv: Permission denied" in problem.text for problem in first.found.problems)
    assert "SPY" in first.feed.known()
    assert Start(folder).read == {"SPY.csv"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[:7],
        lambda content: content[:8],
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: b"TBfg" + content[4:],
        lambda content: content[:-3] + bytes([content[-3] ^ 1]) + content[-2:],
        lambda content: files_kept._HEADER.pack(b"TBff", 0x36DEDD69) + b"\xff\x00\x01",
        lambda content: files_kept._HEADER.pack(b"TBff", 0xD202EF8D) + b"\0",
    ],
    ids=["empty", "half-header", "header", "cut", "longer", "magic", "bit", "nonsense", "other-shape"],
)
def test_a_spoilt_file_is_made_anew(folder: Path, spoil: Callable[[bytes], bytes]) -> None:
    first = Start(folder)
    kept = the_file(folder)
    content = kept.read_bytes()
    kept.write_bytes(spoil(content))
    again = Start(folder)
    assert (again.read, again.told) == (ALL, first.told)
    assert kept.read_bytes() == content


@pytest.mark.parametrize("name", ["FORMAT", "__version__"])
def test_what_others_have_read_is_read_anew(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    Start(folder)
    monkeypatch.setattr(files_kept, name, "another")
    assert Start(folder).read == ALL
    assert Start(folder).read == set()


def test_refusals_are_told_in_the_language_in_force(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Start(folder)
    monkeypatch.setattr(i18n, "_language", ["zh"])
    assert Start(folder).read == ALL


def test_where_nothing_can_be_written_files_are_read_every_time(folder: Path, home: Path) -> None:
    (home / ".cache").write_text("no folder", encoding="utf-8")
    first, second = Start(folder), Start(folder)
    assert (second.read, second.told) == (ALL, first.told)


def test_a_file_whose_name_is_no_text_is_read_every_time(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.csv")).write_text("date,close\n2026-01-09,1\n")
    first, second = Start(folder), Start(folder)
    assert second.read >= ALL
    assert second.told == first.told


def test_what_can_be_neither_read_nor_replaced_is_left_alone(folder: Path) -> None:
    kept = the_file(folder)
    kept.mkdir(parents=True)
    first, second = Start(folder), Start(folder)
    assert (second.read, second.told) == (ALL, first.told)
    assert list(kept.parent.iterdir()) == [kept]


def test_nobody_else_may_read_it(folder: Path) -> None:
    Start(folder)
    assert the_file(folder).stat().st_mode & 0o077 == 0


def test_no_more_is_kept_than_is_allowed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_kept, "LARGEST", 3 * files_kept.ROW)
    Start(folder)
    assert not the_file(folder).exists()
    monkeypatch.setattr(files_kept, "LARGEST", 4 * files_kept.ROW)
    Start(folder)
    assert the_file(folder).exists()


def test_the_oldest_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_kept, "MOST", 2)
    paths = [tmp_path / f"{number}.csv" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_text(LONG)
        Start(path)
        os.utime(the_file(path), ns=(number, number))
    Start(paths[0])
    assert [the_file(path).exists() for path in paths] == [True, False, True]


def test_other_paths_are_other_files(folder: Path) -> None:
    assert the_file(folder) != the_file(folder / "SPY.csv") != the_file(folder, folder / "SPY.csv")


def test_relative_paths_and_users_without_a_home_keep_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept_file([Path("prices.csv")]) is None
    monkeypatch.setattr(files_kept, "user_cache_path", lambda *_args, **_options: Path("~/.cache/tapeboard"))
    assert kept_file([Path("/prices.csv")]) is None


def test_many_starts_at_once_all_tell_the_same(folder: Path) -> None:
    program = (
        "from pathlib import Path; from core.feeds import files_kept; from core.feeds.files import FilesFeed\n"
        "files_kept.SETTLED = -10**12\n"
        "for number in range(20):\n"
        f"    assert FilesFeed([Path({str(folder)!r})]).known() == {{'SPY', 'QQQ', 'IWM'}}\n"
        "    if number % 5 == 0: Path(files_kept.kept_file([Path("
        f"{str(folder)!r})])).unlink(missing_ok=True)"
    )
    running = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(3)]
    assert [process.wait() for process in running] == [0] * 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(documents(("symbol", "Date", "Open", "High", "Close", "Adj Close", "Volume")))
def test_whatever_is_recalled_is_what_was_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    feed = FilesFeed([path])
    with suppress(DataFileError):
        feed.known()
    _stamp, read = feed._read[path]
    if isinstance(read, Table):
        _same, recalled = files_kept.recall(the_file(path))[path]
        assert isinstance(recalled, Table)
        assert bits(recalled) == bits(read)
