from __future__ import annotations

import stat
from pathlib import Path

import pytest

from core.errors import TapeboardError
from core.files import unused, write_whole


def test_a_document_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    write_whole(b"old", path)
    write_whole(b"new", path)
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_document_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    (usual := tmp_path / "usual").touch()
    path = tmp_path / "note.md"
    write_whole(b"", path)
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)


def test_what_fails_is_one_line_with_its_mend(tmp_path: Path) -> None:
    with pytest.raises(TapeboardError, match=r"cannot be written \(No such file or directory\): elsewhere"):
        write_whole(b"", tmp_path / "absent" / "note.md", mend="elsewhere")


def test_no_file_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "board.csv"
    assert unused(path) == path
    path.touch()
    assert unused(path) == tmp_path / "board-2.csv"
    (tmp_path / "board-2.csv").touch()
    assert unused(path) == tmp_path / "board-3.csv"
