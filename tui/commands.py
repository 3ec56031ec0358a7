"""Every command of the screen, in one registry: it feeds the key bindings, the footer, the palette and the help.

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
PANES: Final = "panes"
VIEW: Final = "view"
SYMBOLS: Final = "symbols"
ALERTS: Final = "warnings"
TIME: Final = "time"
TAKE: Final = "take"
PROGRAM: Final = "program"
"""The groups of commands, in the order of the help and the palette."""

WINDOWED: Final = (BOARD, OVER_TIME, MEMBERS)
LIVE: Final = (BOARD, OVER_TIME, SYMBOL, MEMBERS, NOTE, WARNING, PROBLEMS, PAGE)
ATTENDED: Final = (BOARD, WARNING)
TIMED: Final = (BOARD, OVER_TIME, SYMBOL, MEMBERS, WARNING)
EVERYWHERE: Final = (OPENING, *LIVE, HELP)

WINDOWS: Final = ("window_next", "window_previous")
"""Commands that change the window everywhere."""
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

    `group` is where help and palette list it, `title` its word in the footer (neighbours that share one share an entry
    there, "" has none), `help` its line in help and palette, `weight` its claim to a place in a footer too narrow for
    all, `where` the screens it works on.
    """

    id: str
    group: str
    title: str
    help: str
    weight: int
    where: tuple[str, ...] = (BOARD,)


@dataclass(frozen=True, slots=True)
class Move:
    """Keys that a screen has for itself, whatever the configuration says, and what they do there."""

    keys: str
    group: str
    help: str
    where: tuple[str, ...]


def groups() -> dict[str, str]:
    """The titles of the groups, in their order."""
    return {
        PANES: _("Panes"),
        VIEW: _("View"),
        SYMBOLS: _("Rows and symbols"),
        ALERTS: _("Warnings"),
        TIME: _("Time"),
        TAKE: _("Take away"),
        PROGRAM: _("Program"),
    }


def registry() -> tuple[Command, ...]:
    """All commands, in the order of footer, help and palette."""
    return (*_panes(), *_view(), *_symbols(), *_alerts(), *_time(), *_take(), *_program())


def _panes() -> tuple[Command, ...]:
    return (
        Command("pane_leadership", PANES, _("pane"), _("go to Leadership"), 7),
        Command("pane_sectors", PANES, _("pane"), _("go to Sectors"), 7),
        Command("pane_warnings", PANES, _("pane"), _("go to Warnings"), 7),
        Command("pane_breadth", PANES, _("pane"), _("go to Breadth"), 7),
        Command("pane_rotation", PANES, _("pane"), _("go to Rotation"), 7),
        Command("pane_cross_asset", PANES, _("pane"), _("go to Cross-asset"), 7),
        Command("focus_next", PANES, _("next"), _("go to the next pane in view"), 1),
        Command("focus_previous", PANES, "", _("go to the previous pane"), 1),
        Command("zoom", PANES, _("zoom"), _("show this pane alone, or all again"), 4),
    )


def _view() -> tuple[Command, ...]:
    ordered = (BOARD, MEMBERS)
    return (
        Command("window_next", VIEW, _("window"), _("rank by a longer window, everywhere"), 6, WINDOWED),
        Command("window_previous", VIEW, _("window"), _("rank by a shorter window, everywhere"), 6, WINDOWED),
        Command("sort_next", VIEW, _("sort"), _("sort by the next column"), 5, ordered),
        Command("sort_reverse", VIEW, _("sort"), _("turn the order round"), 5, ordered),
        Command("filter", VIEW, _("filter"), _("only the rows that have these words"), 6),
        Command("columns", VIEW, _("columns"), _("choose the columns and their order"), 3),
        Command("basis", VIEW, _("basis"), _("with dividends (tr) or without (px)"), 3, (*WINDOWED, SYMBOL)),
        Command("universe", VIEW, _("universe"), _("the index whose members are counted"), 3),
    )


def _symbols() -> tuple[Command, ...]:
    return (
        Command("explain", SYMBOLS, _("formula"), _("the formula of the metric at the cursor"), 8, (SYMBOL,)),
        Command("price_range", SYMBOLS, _("sessions"), _("63, 126, 252 or 504 sessions"), 6, (SYMBOL,)),
        Command("price_style", SYMBOLS, _("candles"), _("candles, or a line"), 5, (SYMBOL,)),
        Command("price_scale", SYMBOLS, _("scale"), _("a linear or a logarithmic scale"), 5, (SYMBOL,)),
    )


def _alerts() -> tuple[Command, ...]:
    acknowledge = _("mark the warning as known, or as new")
    return (
        Command("acknowledge", ALERTS, _("ack"), acknowledge, 3, ATTENDED),
        Command("mute", ALERTS, _("mute"), _("mute its rule till a day, or no longer"), 3, ATTENDED),
    )


def _time() -> tuple[Command, ...]:
    return (
        Command("over_time", TIME, _("over time"), _("who led over the past year; any ratio"), 4, (BOARD, OVER_TIME)),
        Command("session_back", TIME, _("session"), _("an evening of the past: a session back"), 4, TIMED),
        Command("session_on", TIME, _("session"), _("in the past: a session on"), 4, TIMED),
        Command("month_back", TIME, _("month"), _("a month back"), 2, TIMED),
        Command("month_on", TIME, _("month"), _("in the past: a month on"), 2, TIMED),
        Command("go_to_date", TIME, _("date"), _("go to a date of the past"), 3, TIMED),
        Command("play", TIME, _("play"), _("play on from there, or stop"), 2, TIMED),
        Command("live", TIME, _("live"), _("from the past back to now"), 2, TIMED),
    )


def _take() -> tuple[Command, ...]:
    return (
        Command("note", TAKE, _("note"), _("the market note of this session"), 5, (BOARD, NOTE)),
        Command("export", TAKE, _("export"), _("this pane as CSV, JSON or Markdown"), 3),
        Command("export_screen", TAKE, _("export"), _("the screen as a picture or as text"), 3, (*LIVE, HELP)),
    )


def _program() -> tuple[Command, ...]:
    fetch = _("fetch: fill the store with history, in the background")
    backtest = _("backtest: what followed each warning, in the background")
    theme = _("next theme: light, high contrast, colour-blind, red for a rise, dark")
    everywhere = (*EVERYWHERE, DIALOG, MUTE, DATE)
    return (
        Command("palette", PROGRAM, _("palette"), _("any command, symbol, theme or universe"), 7, EVERYWHERE),
        Command("fetch", PROGRAM, "", fetch, 1),
        Command("backtest", PROGRAM, "", backtest, 1),
        Command("refresh", PROGRAM, _("refresh"), _("refresh now"), 3, (OPENING, *LIVE)),
        Command("pause", PROGRAM, _("pause"), _("hold the display, or let it go on"), 3),
        Command("faster", PROGRAM, _("pace"), _("refresh, or play the past, more often"), 2),
        Command("slower", PROGRAM, _("pace"), _("refresh, or play the past, less often"), 2),
        Command("theme_next", PROGRAM, _("theme"), theme, 1, EVERYWHERE),
        Command("problems", PROGRAM, _("problems"), _("what is wrong, and what was not believed"), 1, LIVE),
        Command("help", PROGRAM, _("help"), _("this help"), 9, EVERYWHERE),
        Command("quit", PROGRAM, _("quit"), _("quit at once"), 9, everywhere),
    )


def moves() -> tuple[Move, ...]:
    """The keys that screens bind themselves."""
    lists, pages = (BOARD, MEMBERS), (NOTE, PROBLEMS, PAGE)
    return (
        Move("↑ ↓ k j", SYMBOLS, _("row up, row down"), lists),
        Move("← → h l", SYMBOLS, _("to the columns that do not fit"), lists),
        Move("pgup pgdn", SYMBOLS, _("a page up, a page down"), lists),
        Move("home end", SYMBOLS, _("to the first row, to the last"), lists),
        Move("enter", SYMBOLS, _("open the symbol, sector or warning"), (BOARD,)),
        Move("enter", SYMBOLS, _("open the symbol"), (MEMBERS,)),
        Move("d", SYMBOLS, _("in Rotation: tails by week, day, none"), (BOARD,)),
        Move("d", SYMBOLS, _("the fund of the sector itself"), (MEMBERS,)),
        Move("← → h l", SYMBOLS, _("the symbol before, the next one"), (SYMBOL,)),
        Move("↑ ↓ k j", SYMBOLS, _("metric up, metric down"), (SYMBOL,)),
        Move("tab", SYMBOLS, _("where only one fits: chart or metrics"), (SYMBOL,)),
        Move("← → h l", TIME, _("another first symbol of the ratio"), (OVER_TIME,)),
        Move("↑ ↓ k j", TIME, _("another second symbol of the ratio"), (OVER_TIME,)),
        Move("space", TIME, _("the next of the usual pairs"), (OVER_TIME,)),
        Move("tab", TIME, _("the next group of leaders"), (OVER_TIME,)),
        Move("← → h l", ALERTS, _("the warning before, the next one"), (WARNING,)),
        Move("↑ ↓ k j", ALERTS, _("scroll"), (WARNING,)),
        Move("s", TAKE, _("write the note to a file"), (NOTE,)),
        Move("↑ ↓", VIEW, _("scroll"), pages),
        Move("esc", PROGRAM, _("stop the work under way; else show all rows"), (BOARD,)),
        Move("esc", PROGRAM, _("leave this screen"), (OVER_TIME, SYMBOL, MEMBERS, NOTE, WARNING, PROBLEMS, PAGE)),
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
    return _read(next(iter(split(keys.get(command, ""))), ""))


def all_keys(command: Command, keys: Mapping[str, str]) -> str:
    """Every key of a command as people read them, with a blank between two."""
    return " ".join(map(_read, split(keys.get(command.id, ""))))


def _read(key: str) -> str:
    return key if len(key) <= 1 or "+" in key else format_key(key)


def split(keys: str) -> list[str]:
    """The single keys of one entry of `[keys]`."""
    return [key for key in (part.strip() for part in keys.split(",")) if key]
