from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.tui import builders
from tests.tui.hands import SIZE, ready
from tests.tui.script import app, text, until
from tui.screens.board import BoardScreen


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files go where the program was started."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize(("downs", "ending"), [(0, "csv"), (2, "json"), (4, "md")])
async def test_a_pane_goes_to_a_file_with_its_session(folder: Path, downs: int, ending: str) -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("2", "e", *["down"] * downs, "enter")
        path = folder / f"tapeboard-sectors-2026-01-09.{ending}"
        await until(pilot, path.is_file)
        await until(pilot, lambda: "written: " in text(pilot))
        told = path.read_text(encoding="utf-8")
        assert "XLK" in told
        assert "SIMULATED" not in told


async def test_numbers_are_raw_and_invented_ones_say_so(folder: Path) -> None:
    snapshot = builders.simulated(1)
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("2", "e", "enter")
        path = folder / "tapeboard-simulated-sectors-2026-01-09.csv"
        await until(pilot, path.is_file)
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["symbol"]: row for row in csv.DictReader(file)}
    assert len(rows) == 11
    sector = next(row for row in snapshot.sectors if row.symbol == "XLK")
    assert float(rows["XLK"]["1s [fraction]"]) == sector.chg_1s
    assert all(row["source"].startswith("SIMULATED") for row in rows.values())
    assert "spark" not in rows["XLK"]


async def test_no_file_is_written_over(folder: Path) -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("e", "enter", "e", "enter")
        await until(pilot, (folder / "tapeboard-leadership-2026-01-09-2.csv").is_file)


async def test_a_pane_goes_to_the_clipboard_filtered_as_it_stands() -> None:
    snapshot = builders.rich()
    running = app(snapshot)
    async with running.run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("2", "slash", *"tech", "enter", "e", "down", "down", "down", "enter")
        await until(pilot, lambda: "copied" in text(pilot))
        found = json.loads(running.clipboard)
    assert [row["symbol"] for row in found["rows"]] == ["XLK"]
    assert (found["filter"], found["pane"], found["simulated"]) == ("filter: tech", "Sectors", False)


async def test_every_pane_can_be_exported(folder: Path) -> None:
    snapshot = builders.rich()
    names = ("leadership", "sectors", "warnings", "breadth", "rotation", "cross_asset")
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        for key, name in enumerate(names, 1):
            await pilot.press(str(key), "e", "enter")
            await until(pilot, (folder / f"tapeboard-{name}-2026-01-09.csv").is_file)


async def test_a_folder_that_takes_nothing_is_one_line(folder: Path) -> None:
    snapshot = builders.rich()
    gone = folder / "gone"
    gone.mkdir()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "cwd", lambda: gone / "further")
            await pilot.press("e", "enter")
            await until(pilot, lambda: "cannot be written" in text(pilot))
    assert files(gone) == []


async def test_the_screen_goes_to_a_picture_without_the_dialog(folder: Path) -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("E", "enter")
        path = folder / "tapeboard-screen-2026-01-09.svg"
        await until(pilot, path.is_file)
        told = path.read_text(encoding="utf-8")
        assert told.startswith("<svg")
        assert "Sectors" in told
        assert "Export" not in told


async def test_the_screen_goes_to_text(folder: Path) -> None:
    snapshot = builders.rich()
    running = app(snapshot)
    async with running.run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("question_mark", "E", "down", "enter")
        path = folder / "tapeboard-screen-2026-01-09.txt"
        await until(pilot, path.is_file)
        assert "go to Leadership" in path.read_text(encoding="utf-8")
        await pilot.press("escape", "E", "down", "down", "enter")
        await until(pilot, lambda: "TAPEBOARD" in running.clipboard)


async def test_escape_exports_nothing(folder: Path) -> None:
    snapshot = builders.rich()
    async with app(snapshot).run_test(size=SIZE) as pilot:
        await ready(pilot, snapshot)
        await pilot.press("e", "escape", "E", "escape")
        assert isinstance(pilot.app.screen, BoardScreen)
    assert files(folder) == []
