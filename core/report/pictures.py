"""The pictures of the note, drawn from frozen series; in them are symbols, dates, numbers and few words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from core.courses import POINTS
from core.i18n import _
from core.labels import Cell, place_labels
from core.model import Session
from core.periods import YEAR
from core.report.drawing import NARROW, SETTINGS, STAND_IN, WIDE, Drawing, apart, dates
from core.series import Lines, RuleCourse, Timeline
from core.snapshot import SectorRow, Snapshot

_QUADRANTS: Final = {"Leading": "up", "Improving": "info", "Weakening": "watch", "Lagging": "down"}
_LEVELS: Final = {-1: ("dim", 0.1), 1: ("watch", 0.4), 2: ("alarm", 0.8)}
"""Of each level of a rule the colour and, in rows, the height of its strip: told apart without colour, too."""
_SHARES: Final = {"above_sma50": 50, "above_sma200": 200}
"""Shares of a universe, and the sessions of their averages."""
_CELL: Final = (5.8, 9.0)
"""Width and height of a letter of a label, in points."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What the pictures are drawn from."""

    snapshot: Snapshot
    lines: Lines
    timeline: Timeline


def pictures(source: Source) -> dict[str, str]:
    """By name the pictures that there is something to draw for: lines, sectors, rotation, breadth, timeline."""
    snapshot = source.snapshot
    made: dict[str, str] = {}
    with mpl.rc_context(SETTINGS):
        if source.lines.values:
            made["lines"] = _lines(source.lines)
        if sectors := [row for row in snapshot.sectors if row.chg_1s is not None]:
            made["sectors"] = _sectors(sectors)
        if tails := [row for row in snapshot.sectors if any(None not in point for point in row.tail)]:
            made["rotation"] = _rotation(tails)
        if source.lines.sessions and any(name in snapshot.breadth.course for name in _SHARES):
            made["breadth"] = _breadth(snapshot, source.lines.sessions)
        if source.timeline.courses:
            made["timeline"] = _timeline(source.timeline)
    return made


def _lines(lines: Lines) -> str:
    """One line for each symbol, named at its end."""
    drawing = Drawing(WIDE, 1.75)
    (axes,) = drawing.panels
    days = date2num(lines.sessions)
    ends = []
    for place, (symbol, values) in enumerate(lines.values.items()):
        known = _array(values)
        colour = STAND_IN[f"s{place % 6 + 1}"]
        axes.plot(days, known, color=colour)
        ends.append((float(known[np.isfinite(known)][-1]), symbol, colour))
    _name_ends(axes, float(days[-1]), ends)
    axes.axhline(100, color=STAND_IN["rule"], linewidth=0.8, zorder=0)
    dates(axes)
    return drawing.svg()


def _breadth(snapshot: Snapshot, sessions: Sequence[Session]) -> str:
    """Shares above their averages in percent, at every so many of the year's sessions."""
    drawing = Drawing(WIDE, 1.25)
    (axes,) = drawing.panels
    days = date2num(sessions[:: -YEAR // POINTS][::-1])
    ends = []
    for place, (name, n) in enumerate(_SHARES.items()):
        if name in snapshot.breadth.course:
            known = 100 * _array(snapshot.breadth.course[name].spark)[-len(days) :]
            colour = STAND_IN[f"s{place + 1}"]
            axes.plot(days[-len(known) :], known, color=colour)
            ends.append((float(known[-1]), drawing.words(_("> {n}d").format(n=n)), colour))
    axes.axhline(50, color=STAND_IN["rule"], linewidth=0.8, zorder=0)
    axes.set_ylim(0, 100)
    _name_ends(axes, float(days[-1]), [end for end in ends if np.isfinite(end[0])])
    dates(axes)
    return drawing.svg()


def _name_ends(axes: Axes, x: float, ends: Sequence[tuple[float, str, str]]) -> None:
    """Names beside the ends of their lines, moved apart where they would overlap; of each height, name and colour."""
    low, high = axes.get_ylim()
    inches = axes.get_figure(root=True).get_figheight()  # type: ignore[union-attr]  # axes of a figure have one
    least = (high - low) * 0.17 / inches
    ordered = sorted(ends)
    heights = apart((height for height, _name, _colour in ordered), least, high)
    for at, (_height, name, colour) in zip(heights, ordered, strict=True):
        axes.annotate(name, (x, at), xytext=(5, 0), textcoords="offset points", va="center", color=colour)


def _sectors(rows: Sequence[SectorRow]) -> str:
    """The day and the quarter beside each other, in the order of the quarter."""
    ordered = sorted(rows, key=lambda row: _ret(row, "63s"))
    drawing = Drawing(NARROW, 2.8, panels=2)
    changes = (
        (_("1s %"), [100 * (row.chg_1s or 0.0) for row in ordered]),
        (_("63s %"), [100 * _ret(row, "63s") for row in ordered]),
    )
    for axes, (title, values) in zip(drawing.panels, changes, strict=True):
        axes.set_yticks(range(len(ordered)), [row.symbol for row in ordered])
        axes.set_title(drawing.words(title), loc="left", fontsize=8.5, color=STAND_IN["dim"])
        _bars(axes, np.array(values))
    return drawing.svg()


def _bars(axes: Axes, values: Any) -> None:
    """One bar for each value, which stands at its end."""
    axes.barh(range(len(values)), values, color=[STAND_IN["up" if v >= 0 else "down"] for v in values], height=0.66)
    axes.axvline(0, color=STAND_IN["dim"], linewidth=0.8)
    axes.set_xticks([])
    axes.spines.bottom.set_visible(False)
    axes.tick_params(length=0)
    reach = max(np.nanmax(np.abs(values)), 0.1)
    axes.set_xlim(min(np.nanmin(values), 0) - 0.75 * reach, max(np.nanmax(values), 0) + 0.75 * reach)
    for place, value in enumerate(values):
        side, aside = ("left", 3) if value >= 0 else ("right", -3)
        text = f"{value:+.2f}"
        axes.annotate(text, (value, place), (aside, 0), textcoords="offset points", va="center", ha=side, fontsize=8)


def _rotation(rows: Sequence[SectorRow]) -> str:
    """Heads with their tails and symbols; both scales symmetric about 100."""
    drawing = Drawing(NARROW, 2.8)
    (axes,) = drawing.panels
    tails = [np.array([point for point in row.tail if None not in point], dtype=float) for row in rows]
    for row, tail in zip(rows, tails, strict=True):
        colour = STAND_IN[_QUADRANTS.get(row.quadrant or "", "dim")]
        axes.plot(tail[:, 0], tail[:, 1], color=colour, alpha=0.55, linewidth=1.1)
        axes.plot(*tail[-1], "o", color=colour, markersize=4.5)
    axes.axhline(100, color=STAND_IN["rule"], linewidth=0.8, zorder=0)
    axes.axvline(100, color=STAND_IN["rule"], linewidth=0.8, zorder=0)
    reach = 1.08 * max(0.5, *(float(np.abs(tail - 100).max()) for tail in tails))
    axes.set(xlim=(100 - reach, 100 + reach), ylim=(100 - reach, 100 + reach))
    axes.set_xlabel(drawing.words(_("RS-ratio →")))
    axes.set_ylabel(drawing.words(_("RS-momentum →")))
    _name_heads(axes, drawing.size(), {row.symbol: tail for row, tail in zip(rows, tails, strict=True)})
    return drawing.svg()


def _name_heads(axes: Axes, size: tuple[float, float], tails: dict[str, Any]) -> None:
    """The symbols near the heads of their tails, none over another, a line to it where it is not beside."""
    across, down = (int(points // cell) for points, cell in zip(size, _CELL, strict=True))

    def cell(point: Any) -> Cell:
        x, y = axes.transLimits.transform(point)
        return Cell(min(int(x * across), across - 1), min(int((1 - y) * down), down - 1))

    points = [(cell(tail[-1]), len(symbol) + 1) for symbol, tail in tails.items()]
    steps = np.linspace(0, 1, 20)[:, None]
    drawn = {cell(a + (b - a) * k) for tail in tails.values() for a, b in pairwise(tail) for k in steps}
    for (symbol, tail), label in zip(tails.items(), place_labels(points, (across, down), drawn), strict=True):
        if label is not None:
            axes.annotate(
                symbol,
                tuple(tail[-1]),
                xytext=((label.x + label.width / 2) / across, 1 - (label.y + 0.5) / down),
                textcoords="axes fraction",
                ha="center",
                va="center",
                fontsize=8,
                arrowprops={"arrowstyle": "-", "color": STAND_IN["dim"], "linewidth": 0.5} if label.leader else None,
            )


def _timeline(timeline: Timeline) -> str:
    """A strip for each rule: high where it warned, lower where it was raised, a line where it was not evaluated."""
    courses = timeline.courses[::-1]
    drawing = Drawing(WIDE, 0.4 + 0.14 * len(courses))
    (axes,) = drawing.panels
    days = date2num(timeline.sessions)
    width = float(np.median(np.diff(days))) if len(days) > 1 else 1.0
    for row, course in enumerate(courses):
        for level, (colour, height) in _LEVELS.items():
            spans = [(days[a], days[b] - days[a] + width) for a, b in _runs(course.levels, level)]
            axes.broken_barh(spans, (row - height / 2, height), color=STAND_IN[colour])
    names = [drawing.words(_named(course)) for course in courses]
    axes.set_yticks(range(len(names)), names, fontsize=7.5)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_xlim(days[0], days[-1] + width)
    axes.tick_params(axis="y", length=0)
    dates(axes)
    return drawing.svg()


def _named(course: RuleCourse) -> str:
    """The rule by id and title, and its subject where that is more than a word for the whole market."""
    named = course.subject != course.subject.lower()
    return f"{course.id} {course.title}" + (f" {course.subject}" if named else "")


def _runs(levels: Sequence[int], level: int) -> list[tuple[int, int]]:
    """First and last place of each stretch of `level`."""
    at = np.flatnonzero(np.diff(np.array([False, *(value == level for value in levels), False], dtype=int)))
    return [(int(first), int(end) - 1) for first, end in zip(at[::2], at[1::2], strict=True)]


def _ret(row: SectorRow, span: str) -> float:
    value = row.ret.get(span) if isinstance(row.ret, dict) else None
    return np.nan if value is None else value


def _array(values: Sequence[float | None]) -> Any:
    return np.array([np.nan if value is None else value for value in values])
