"""`tapeboard report` from the command line."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tui.cli import main

SIMULATED = ("--feed", "simulated", "--store", "none")


def test_a_note_of_an_invented_market_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", *SIMULATED]) == 0
    made = capsys.readouterr().out
    assert made.startswith("# Market note of ")
    assert "Every number of this note is invented" in made


def test_every_form_holds_the_same_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    forms = {}
    for form in ("md", "text", "json"):
        assert main(["report", *SIMULATED, "--as-of", "2026-01-09", "--format", form]) == 0
        forms[form] = capsys.readouterr().out
    sentences = [s["text"] for section in json.loads(forms["json"])["sections"] for s in section["sentences"]]
    assert len(sentences) > 30
    joined = " ".join(forms["text"].split())
    assert all(" ".join(sentence.split()) in joined for sentence in sentences)
    assert forms["md"].count("\n- ") == len(sentences)


def test_a_period_has_a_section_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    dates = ("--from", "2025-12-01", "--to", "2026-01-09")
    assert main(["report", *SIMULATED, "--as-of", "2026-01-09", *dates, "--format", "text"]) == 0
    made = capsys.readouterr().out
    assert "The period asked for" in made
    assert "Mon 2025-12-01 to Fri 2026-01-09, 28 sessions; returns from the close of Fri 2025-11-28" in made


def test_the_note_of_a_period_is_that_of_its_last_session(capsys: pytest.CaptureFixture[str]) -> None:
    dates = ("--from", "2025-12-01", "--to", "2026-01-10")
    assert main(["report", *SIMULATED, *dates]) == 0
    assert capsys.readouterr().out.startswith("# Market note of Fri 2026-01-09\n")
    assert main(["report", *SIMULATED, *dates, "--as-of", "2026-01-12"]) == 0
    assert capsys.readouterr().out.startswith("# Market note of Mon 2026-01-12\n")


def test_a_note_is_saved_whole_with_the_usual_rights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "note.md"
    file.write_text("the one before", encoding="utf-8")
    assert main(["report", *SIMULATED, "-o", str(file)]) == 0
    assert capsys.readouterr().out == ""
    assert file.read_text(encoding="utf-8").startswith("# Market note of ")
    assert [path.name for path in tmp_path.iterdir()] == ["note.md"]
    assert stat.S_IMODE(file.stat().st_mode) & stat.S_IRUSR


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-o", "/nowhere/note.md"), "/nowhere: there is no such folder"),
        (("--from", "2025-12-01"), "a period needs both its ends"),
        (("--format", "pdf"), 'found "pdf"'),
    ],
)
def test_each_mistake_is_one_line(options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", *SIMULATED, *options]) in (1, 2)
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
