"""Every command of the screen, in one registry: it feeds the key bindings, the footer and the help.

A command has no key of its own: `[keys]` of the configuration maps its id to one or more keys, separated by
commas, in Textual's spelling ("shift+tab", "plus"). Widgets keep the keys that move inside them (`moves`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding
from textual.keys import format_key

from core.i18n import _

OPENING: Final = "opening"
BOARD: Final = "board"
HELP: Final = "help"
OVER_TIME: Final = "over_time"
SYMBOL: Final = "symbol"
MEMBERS: Final = "members"
NOTE: Final = "note"
WARNING: Final = "warning"
PROBLEMS: Final = "problems"
MUTE: Final = "mute"
DIALOG: Final = "dialog"
PAGE: Final = "page"
DATE: Final = "date"
WINDOWED: Final = (BOARD, OVER_TIME, MEMBERS)
LIVE: Final = (BOARD, OVER_TIME, SYMBOL, MEMBERS, NOTE, WARNING, PROBLEMS, PAGE)
ATTENDED: Final = (BOARD, WARNING)
TIMED: Final = (BOARD, OVER_TIME, SYMBOL, MEMBERS, WARNING)
EVERYWHERE: Final = (OPENING, *LIVE, HELP)

TRAVEL: Final = ("session_back", "session_on", "month_back", "month_on", "go_to_date", "play", "live")
"""Commands about the evening that is shown."""
ATTENTION: Final = ("acknowledge", "mute")
"""Commands about the warning at the cursor."""
PRESENT: Final = ("refresh", "pause", *ATTENTION)
"""Commands that do nothing in the past."""

ALWAYS_QUIT: Final = "ctrl+c,ctrl+q"
"""Keys that quit whatever the configuration says, so that no keymap can lock anybody in."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something the user can ask for.

    `title` is its word in the footer (neighbours that share one share an entry there, "" has none), `help` its
    line in the help, `weight` its claim to a place in a footer too narrow for all, `where` the screens it works on.
    """

    id: str
    title: str
    help: str
    weight: int
    where: tuple[str, ...] = (BOARD,)


def registry() -> tuple[Command, ...]:
    """All commands, in the order of the footer and the help."""
    return (
        Command("pane_leadership", _("pane"), _("go to Leadership"), 7),
        Command("pane_sectors", _("pane"), _("go to Sectors"), 7),
        Command("pane_warnings", _("pane"), _("go to Warnings"), 7),
        Command("pane_breadth", _("pane"), _("go to Breadth"), 7),
        Command("pane_rotation", _("pane"), _("go to Rotation"), 7),
        Command("pane_cross_asset", _("pane"), _("go to Cross-asset"), 7),
        Command("focus_next", _("next"), _("go to the next pane"), 1),
        Command("focus_previous", "", _("go to the previous pane"), 1),
        Command("zoom", _("zoom"), _("show this pane alone, or all again"), 4),
        Command("window_next", _("window"), _("rank by the next longer window, everywhere"), 6, WINDOWED),
        Command("window_previous", _("window"), _("rank by the next shorter window, everywhere"), 6, WINDOWED),
        Command("sort_next", _("sort"), _("sort this pane by its next column"), 5, (BOARD, MEMBERS)),
        Command("sort_reverse", _("sort"), _("turn the order round"), 5, (BOARD, MEMBERS)),
        Command("filter", _("filter"), _("show only the rows that have these words; escape clears them"), 6),
        Command("columns", _("columns"), _("choose the columns of this pane, and their order"), 3),
        Command("basis", _("basis"), _("returns with dividends (tr) or without (px), everywhere"), 3, WINDOWED),
        Command("universe", _("universe"), _("whose members are counted"), 3),
        Command("explain", _("formula"), _("in a detail: the formula of the metric at the cursor"), 8, (SYMBOL,)),
        Command("price_range", _("sessions"), _("in a detail: 63, 126, 252 or 504 sessions"), 6, (SYMBOL,)),
        Command("price_style", _("candles"), _("in a detail: candles, or a line"), 5, (SYMBOL,)),
        Command("price_scale", _("scale"), _("in a detail: linear, or logarithmic"), 5, (SYMBOL,)),
        Command("acknowledge", _("ack"), _("acknowledge the warning at the cursor, or take that back"), 3, ATTENDED),
        Command("mute", _("mute"), _("mute its rule till a day, or no longer"), 3, ATTENDED),
        Command(
            "over_time", _("over time"), _("who led over the past year, any ratio, and back"), 4, (BOARD, OVER_TIME)
        ),
        Command("note", _("note"), _("the market note of this session, and back"), 4, (BOARD, NOTE)),
        Command("session_back", _("session"), _("an evening of the past: a session back"), 4, TIMED),
        Command("session_on", _("session"), _("in the past: a session on"), 4, TIMED),
        Command("month_back", _("month"), _("a month back"), 2, TIMED),
        Command("month_on", _("month"), _("in the past: a month on"), 2, TIMED),
        Command("go_to_date", _("date"), _("go to a date of the past, or so many sessions or months back"), 3, TIMED),
        Command("play", _("play"), _("play the sessions from there on, or the past month; and stop"), 2, TIMED),
        Command("live", _("live"), _("from the past back to now"), 2, TIMED),
        Command("export", _("export"), _("this pane as CSV, JSON or Markdown, to a file or the clipboard"), 3),
        Command("export_screen", _("export"), _("the screen as a picture or as text"), 3, (*LIVE, HELP)),
        Command("palette", _("palette"), _("every command, symbol, theme and universe by its words"), 7, EVERYWHERE),
        Command("fetch", "", _("fetch: fill the store with history from the feed, in the background"), 1),
        Command("backtest", "", _("backtest: how often each warning fired and what followed, in the background"), 1),
        Command("refresh", _("refresh"), _("refresh now"), 3, (OPENING, *LIVE)),
        Command("pause", _("pause"), _("hold the display, or let it go on"), 3),
        Command("faster", _("pace"), _("refresh more often; in the past play faster"), 2),
        Command("slower", _("pace"), _("refresh less often; in the past play slower"), 2),
        Command(
            "theme_next",
            _("theme"),
            _("next theme: dark, light, high contrast, colour-blind, red for a rise"),
            1,
            EVERYWHERE,
        ),
        Command("problems", _("problems"), _("all that is wrong, what was not believed and why, and back"), 1, LIVE),
        Command("help", _("help"), _("this help, and back"), 9, EVERYWHERE),
        Command("quit", _("quit"), _("quit at once"), 9, (*EVERYWHERE, DIALOG, MUTE, DATE)),
    )


def moves() -> tuple[tuple[str, str], ...]:
    """Keys that move inside a pane, and what they do; the tables bind them themselves."""
    return (
        ("↑ ↓ k j", _("row up, row down")),
        ("← → h l", _("to the columns that do not fit; in a detail to the next symbol")),
        ("enter", _("open the symbol: prices, all metrics; of a sector its members; a warning: its past")),
        ("tab", _("in a narrow detail: chart or metrics")),
        ("pgup pgdn home end", _("a page, the ends")),
        ("esc", _("stop the work that the header shows; clear the filter; leave a page or a dialog")),
        ("d", _("in Rotation: tails by week, by day, none; among members: the fund")),
    )


def bindings(keys: Mapping[str, str]) -> Iterator[Binding]:
    """The bindings of all commands, for the application; each runs `action_command(id)`."""
    for command in registry():
        bound = split(keys.get(command.id, ""))
        if command.id == "quit":
            bound += split(ALWAYS_QUIT)
        if bound:
            yield Binding(",".join(bound), f"command('{command.id}')", command.help, show=False)


def shown(command: Command, keys: Mapping[str, str]) -> str:
    """The first key of a command as people read it: "?", "S", "shift+tab"; "" for a command without one."""
    return key_of(command.id, keys)


def key_of(command: str, keys: Mapping[str, str]) -> str:
    """The same by its id."""
    first = next(iter(split(keys.get(command, ""))), "")
    return first if len(first) <= 1 or "+" in first else format_key(first)


def split(keys: str) -> list[str]:
    """The single keys of one entry of `[keys]`."""
    return [key for key in (part.strip() for part in keys.split(",")) if key]
