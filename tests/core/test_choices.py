from __future__ import annotations

from pathlib import Path

import pytest

from core.choices import MOST_BYTES, Choices, Instead, Order, choices_file, load_choices, save_choices
from core.errors import TapeboardError

CHOICES = Choices(
    active="pane_sectors",
    zoomed=True,
    pair=("QQQ", "DIA"),
    orders={"pane_sectors": Order("21s", reverse=True), "pane_leadership": Order(None)},
    columns={"pane_leadership": ("symbol", "ytd")},
    looks={"pane_rotation": "days"},
    settings={"screen.theme": Instead("tapeboard-dark", "tapeboard-light")},
)


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "state" / "tapeboard" / "screen.json"
    save_choices(CHOICES, path)
    assert load_choices(path) == (CHOICES, "")
    assert [file.name for file in path.parent.iterdir()] == ["screen.json"]


def test_nothing_kept_is_no_problem(tmp_path: Path) -> None:
    assert load_choices(tmp_path / "absent" / "screen.json") == (Choices(), "")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"active": 3}', b'{"orders": {"pane_sectors": 1}}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "cut", "a list", "a number", "no order", "no text", "brackets without end"],
)
def test_a_spoilt_file_counts_as_none_and_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "screen.json"
    path.write_bytes(content[:MOST_BYTES])
    choices, problem = load_choices(path)
    assert choices == Choices()
    assert problem == f"the last layout is not known: {path}: it is damaged"


def test_a_file_without_end_is_not_read_as_ours(tmp_path: Path) -> None:
    path = tmp_path / "screen.json"
    path.write_bytes(b" " * (MOST_BYTES + 1))
    assert "too large" in load_choices(path)[1]


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    choices, problem = load_choices(tmp_path)
    assert choices == Choices()
    assert "Is a directory" in problem
    assert "\n" not in problem


def test_what_a_later_version_adds_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "screen.json"
    path.write_text('{"active": "pane_breadth", "sound": "off"}', encoding="utf-8")
    assert load_choices(path) == (Choices(active="pane_breadth"), "")


def test_a_folder_that_cannot_be_made_is_told_with_its_mend(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    with pytest.raises(TapeboardError, match=r"state.*cannot be made.*--fresh"):
        save_choices(CHOICES, tmp_path / "state" / "tapeboard" / "screen.json")


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "screen.json"
    path.mkdir()
    with pytest.raises(TapeboardError, match="cannot be written"):
        save_choices(CHOICES, path)
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_stands_in_the_state_folder(home: Path) -> None:
    assert choices_file().is_relative_to(home)
    assert choices_file({"XDG_STATE_HOME": "/elsewhere"}) == Path("/elsewhere/tapeboard/screen.json")
    assert choices_file({"XDG_STATE_HOME": "not/absolute"}) == choices_file({})


def test_a_choice_holds_until_the_configuration_says_something_else() -> None:
    known = ("tapeboard-dark", "tapeboard-light", "tapeboard-contrast")
    assert CHOICES.setting("screen.theme", "tapeboard-dark", known) == "tapeboard-light"
    assert CHOICES.setting("screen.theme", "tapeboard-contrast", known) == "tapeboard-contrast"
    assert CHOICES.setting("screen.theme", "tapeboard-dark", known[:1]) == "tapeboard-dark"
    assert CHOICES.setting("metrics.window", "63s", ("63s",)) == "63s"
