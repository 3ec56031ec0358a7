"""The market note on the screen, its file, and the one that is written by itself."""

from __future__ import annotations

from pathlib import Path

import msgspec
from textual.pilot import Pilot

from core.settings import Settings
from core.settings_load import defaults
from core.snapshot import Snapshot
from tests.tui import builders
from tests.tui.script import Script, shown, text, until
from tui.app import TapeboardApp


def settings(folder: Path, at: str = "") -> Settings:
    loaded = defaults().settings
    return msgspec.structs.replace(loaded, report=msgspec.structs.replace(loaded.report, folder=str(folder), at=at))


def note_app(folder: Path, *steps: Snapshot, at: str = "") -> TapeboardApp:
    return TapeboardApp(settings(folder, at), lambda: Script(*steps))


def notes(folder: Path) -> dict[str, int]:
    """The files of a folder and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


async def opened(pilot: Pilot[None], snapshot: Snapshot) -> None:
    await shown(pilot, snapshot)
    await pilot.press("n")
    await until(pilot, lambda: "Market note of" in text(pilot))


async def test_the_key_opens_the_note_of_what_is_in_view_and_closes_it(tmp_path: Path) -> None:
    snapshot = builders.rich()
    async with note_app(tmp_path, snapshot).run_test(size=(120, 35)) as pilot:
        await opened(pilot, snapshot)
        assert "Headline" in text(pilot)
        await pilot.press("n")
        await until(pilot, lambda: "Leadership" in text(pilot) and "Headline" not in text(pilot))


async def test_it_is_written_to_the_folder_of_the_notes(tmp_path: Path) -> None:
    snapshot = builders.rich()
    folder = tmp_path / "notes"
    async with note_app(folder, snapshot).run_test(size=(120, 35)) as pilot:
        await opened(pilot, snapshot)
        await pilot.press("s")
        await until(pilot, lambda: "written: " in text(pilot))
    (file,) = folder.iterdir()
    assert file.name == f"tapeboard-{snapshot.session}.md"
    assert file.read_text(encoding="utf-8").startswith("# Market note of ")


async def test_a_folder_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    snapshot = builders.rich()
    blocked = tmp_path / "file"
    blocked.write_text("no folder", encoding="utf-8")
    async with note_app(blocked / "notes", snapshot).run_test(size=(120, 35)) as pilot:
        await opened(pilot, snapshot)
        await pilot.press("s")
        await until(pilot, lambda: "cannot be made" in text(pilot))


async def test_a_narrow_terminal_breaks_its_lines(tmp_path: Path) -> None:
    snapshot = builders.rich()
    async with note_app(tmp_path, snapshot).run_test(size=(80, 24)) as pilot:
        await opened(pilot, snapshot)
        bullets = [line for line in text(pilot).splitlines() if line.strip().startswith("- ")]
        assert bullets
        assert all(len(line.rstrip()) <= 80 for line in bullets)


async def test_the_note_of_the_day_is_written_once_its_hour_has_come(tmp_path: Path) -> None:
    final = msgspec.structs.replace(builders.rich(), session_status="final")
    async with note_app(tmp_path, final, at="00:00").run_test(size=(120, 35)) as pilot:
        await until(pilot, lambda: any(name.endswith(".md") for name in notes(tmp_path)))
        written = notes(tmp_path)
        await pilot.press("r")
        await until(pilot, lambda: pilot.app._bridge._source.refreshes >= 2)  # type: ignore[attr-defined] # nothing shows it
        assert notes(tmp_path) == written


async def test_in_the_past_it_is_the_note_of_that_evening(tmp_path: Path) -> None:
    snapshot = builders.rich()
    async with note_app(tmp_path, snapshot).run_test(size=(120, 35)) as pilot:
        await shown(pilot, snapshot)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "PAST" in text(pilot))
        await pilot.press("n")
        await until(pilot, lambda: "Market note of" in text(pilot))
        assert str(pilot.app._status.snapshot.session) in text(pilot)  # type: ignore[attr-defined] # what is in view
        assert pilot.app._status.snapshot is not snapshot  # type: ignore[attr-defined] # likewise
