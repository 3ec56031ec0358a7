"""`make shots`: every pane and every state as a picture in docs/pictures, and docs/screens.md that shows them.

On simulated data with a fixed seed and a clock that stands still, so that a picture changes only with the screen.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple
from unittest import mock

from rich.segment import Segment
from textual.color import Color
from textual.pilot import Pilot
from textual.strip import Strip

from core.errors import NoDataError
from core.snapshot import ProblemNote, Snapshot
from tests.support import picture
from tests.tui import builders, script, world
from tests.tui.script import Script, until
from tui.app import TapeboardApp
from tui.commands import split

ROOT: Final = Path(__file__).parents[2]
PICTURES: Final = ROOT / "docs" / "pictures"
GALLERY: Final = ROOT / "docs" / "screens.md"
WIDE, MEDIUM, NARROW, VAST = (160, 45), (120, 35), (80, 24), (250, 70)
KEYS: Final = world.settings().keys


class Shot(NamedTuple):
    """A picture: what it is called and shows, from where to start, and what is pressed (commands, or plain keys)."""

    name: str
    title: str
    size: tuple[int, int] = MEDIUM
    press: tuple[str, ...] = ()
    start: Callable[[], TapeboardApp] = world.still
    color: bool = True


def _theme(name: str) -> Callable[[], TapeboardApp]:
    return lambda: world.still(theme=f"tapeboard-{name}")


def _members() -> TapeboardApp:
    return world.still("sp500")


def _script(*steps: script.Step, glance: Callable[[], Snapshot | None] = lambda: None) -> Callable[[], TapeboardApp]:
    return lambda: TapeboardApp(builders.settings(), lambda: Script(*steps), glance=glance, frozen=True)


def _late() -> Snapshot:
    """Two symbols lag behind."""
    notes = [
        ProblemNote(kind="stale", symbol=symbol, text=f"{symbol} has no price of today") for symbol in ("IWC", "VLUE")
    ]
    return builders.rich(source=builders.source(problems=tuple(notes)))


_NEVER = threading.Event()
_NOTHING = NoDataError("there is no price up to 2026-01-09", "give files, or a later --as-of")
_BROKEN = NoDataError("the feed gave nothing")

SECTIONS: Final[dict[str, tuple[Shot, ...]]] = {
    "The board": (
        Shot("dark-160x45", "160 x 45: Leadership, Sectors and Warnings", WIDE),
        Shot("dark-250x70", "250 x 70: all six panes", VAST, start=_members),
        Shot("dark-120x35", "120 x 35"),
        Shot("dark-80x24", "80 x 24: one pane at a time", NARROW),
    ),
    "The panes": (
        Shot("leadership", "Leadership, zoomed", press=("zoom",)),
        Shot("sectors", "Sectors, zoomed", press=("pane_sectors", "zoom")),
        Shot("warnings", "Warnings, zoomed", press=("pane_warnings", "zoom")),
        Shot("breadth", "Breadth of the members of the S&P 500", press=("pane_breadth", "zoom"), start=_members),
        Shot("rotation", "Rotation with tails", press=("pane_rotation", "zoom", "down", "down", "down")),
        Shot("cross-asset", "Cross-asset", press=("pane_cross_asset", "zoom")),
    ),
    "In full": (
        Shot("over-time", "Who led over the past year, over the ratio of two symbols", press=("over_time",)),
        Shot("symbol", "A symbol: prices and all its metrics", WIDE, press=("down", "enter")),
        Shot("formula", "The formula and the basis of a metric", press=("down", "enter", "explain")),
        Shot("members", "The members of a sector", press=("pane_sectors", "enter"), start=_members),
        Shot("warning", "A warning with its past", press=("pane_warnings", "enter")),
        Shot("note", "The market note of the session", press=("note",)),
        Shot("problems", "All that is wrong, and what was not believed", press=("problems",), start=_script(_late())),
        Shot("help", "The keys of a screen, and what its signs mean", press=("help",)),
    ),
    "By hand": (
        Shot("palette", "Every command by its words", press=("palette", *"sect")),
        Shot("filter", "Only the rows with these words", press=("filter", *"small", "enter")),
        Shot("columns", "The columns of a pane", press=("columns",)),
        Shot("export", "A pane as CSV, JSON or Markdown", press=("export",)),
        Shot("date", "The way to an evening of the past", press=("go_to_date",)),
    ),
    "States": (
        Shot("past", "An evening of the past", press=("month_back", "session_back")),
        Shot("paused", "The display held", press=("pause",)),
        Shot("loading", "Before the first numbers", NARROW, start=_script(_NEVER)),
        Shot("stored", "The last stored numbers at first", NARROW, start=_script(_NEVER, glance=builders.rich)),
        Shot("no-data", "Nothing to compute from", NARROW, start=_script(_NOTHING)),
        Shot("failed", "A refresh that failed", NARROW, press=("refresh",), start=_script(builders.rich(), _BROKEN)),
        Shot("stale", "Prices that lag behind", NARROW, start=_script(_late())),
    ),
    "Themes": (
        Shot("light", "Light", start=_theme("light")),
        Shot("contrast", "High contrast", start=_theme("contrast")),
        Shot("colorblind", "Blue and orange, for the colour-blind", start=_theme("colorblind")),
        Shot("red-up", "A rise in red, as in East Asia", start=_theme("red-up")),
        Shot("no-color", "With NO_COLOR: signs, arrows, marks and a heavy rule tell all", color=False),
    ),
}  # fmt: skip


def main() -> int:
    """Take all pictures, or those that are named, and write the gallery."""
    named = sys.argv[1:]
    PICTURES.mkdir(exist_ok=True)
    with mock.patch("textual.constants.COLOR_SYSTEM", "truecolor"):  # there is no terminal to ask
        for shot in (shot for shots in SECTIONS.values() for shot in shots):
            if not named or shot.name in named:
                asyncio.run(_take(shot))
    GALLERY.write_text(gallery(), encoding="utf-8")
    return 0


def gallery() -> str:
    """The page with all pictures."""
    lines = ["# Screens", "", "Simulated data, taken by `make shots`."]
    for section, shots in SECTIONS.items():
        lines += ["", f"## {section}"]
        for shot in shots:
            lines += ["", f"{shot.title}:", "", f"![{shot.title}](pictures/{shot.name}.png)"]
    return "\n".join(lines) + "\n"


async def _take(shot: Shot) -> None:
    os.environ.pop("NO_COLOR", None)
    if not shot.color:
        os.environ["NO_COLOR"] = "1"
    running = shot.start()
    async with running.run_test(size=shot.size) as pilot:
        await _still(pilot)
        for step in shot.press:
            await pilot.press(next(iter(split(KEYS.get(step, step)))))
            await _still(pilot)
        variables = running.theme_variables
        ground, text = (Color.parse(variables[name]) for name in ("background", "foreground"))
        strips = _filtered(running, ground)
        picture.save(strips, shot.size, ground.rgb, text.rgb, PICTURES / f"{shot.name}.png")


def _filtered(running: TapeboardApp, ground: Color) -> list[Strip]:
    """What the terminal would get."""
    lines = [list(strip) for strip in running.screen._compositor.render_strips()]
    for line_filter in running.get_line_filters():
        lines = [line_filter.apply(line, ground) for line in lines]
    return [Strip(Segment.simplify(line)) for line in lines]


async def _still(pilot: Pilot[None]) -> None:
    """Wait until all that was asked is answered, and nothing is painted any more."""
    running = pilot.app
    assert isinstance(running, TapeboardApp)
    before: object = None
    for _turn in range(10):
        await pilot.pause()
    await until(pilot, lambda: not running._bridge._desk._tasks)
    while before != (before := [list(strip) for strip in running.screen._compositor.render_strips()]):
        await pilot.pause(0.2)


if __name__ == "__main__":
    raise SystemExit(main())
