"""The pictures of the note as inline SVG, drawn by matplotlib from frozen series.

A picture has no colours of its own: it is drawn in stand-ins that become variables of the page's style, so that it is
right in light, dark and print. Words in any language stand beside it in the page; in it are symbols, dates and
numbers only. Made from the same series it is the same text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure

from core.series import Lines, Timeline
from core.snapshot import SectorRow, Snapshot

COLOURS: Final = (
    "text",
    "dim",
    "rule",
    "ground",
    "up",
    "down",
    "watch",
    "alarm",
    "info",
    "s1",
    "s2",
    "s3",
    "s4",
    "s5",
    "s6",
)
"""The variables of the page that pictures use."""

_STAND_IN: Final = {name: f"#0badc{place:01x}" for place, name in enumerate(COLOURS)}
_SETTINGS: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "tapeboard",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _STAND_IN["rule"],
    "axes.labelcolor": _STAND_IN["dim"],
    "xtick.color": _STAND_IN["dim"],
    "ytick.color": _STAND_IN["dim"],
    "text.color": _STAND_IN["text"],
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
}
_WIDTH: Final = 7.2
_QUADRANTS: Final = {"Leading": "up", "Improving": "info", "Weakening": "watch", "Lagging": "down"}
_LEVELS: Final = {1: "watch", 2: "alarm"}


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
    with mpl.rc_context(_SETTINGS):
        if source.lines.values:
            made["lines"] = _drawn(2.6, lambda axes: _lines(axes, source.lines))
        sectors = [row for row in snapshot.sectors if row.chg_1s is not None]
        if sectors:
            made["sectors"] = _two(3.0, sectors)
        tails = [row for row in snapshot.sectors if any(None not in point for point in row.tail)]
        if tails:
            made["rotation"] = _drawn(4.4, lambda axes: _rotation(axes, tails))
        shares = {
            n: snapshot.breadth.course[f"above_sma{n}"].spark
            for n in (50, 200)
            if f"above_sma{n}" in snapshot.breadth.course
        }
        if shares:
            made["breadth"] = _drawn(2.2, lambda axes: _breadth(axes, shares))
        if source.timeline.courses:
            height = 0.5 + 0.19 * len(source.timeline.courses)
            made["timeline"] = _drawn(height, lambda axes: _timeline(axes, source.timeline))
    return made


def _drawn(height: float, draw: Callable[[Axes], None]) -> str:
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    draw(figure.add_subplot())
    return _svg(figure)


def _svg(figure: Figure) -> str:
    """The picture as an element of a page, its colours as variables of that page."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    for name, colour in _STAND_IN.items():
        text = text.replace(colour, f"var(--{name})")
    return text.strip()


def _lines(axes: Axes, lines: Lines) -> None:
    """One line for each symbol, named at its end."""
    days = date2num(lines.sessions)
    ends = []
    for place, (symbol, values) in enumerate(lines.values.items()):
        known = _array(values)
        colour = _STAND_IN[f"s{place % 6 + 1}"]
        axes.plot(days, known, color=colour)
        ends.append((float(known[np.isfinite(known)][-1]), symbol, colour))
    _name_ends(axes, float(days[-1]), ends)
    axes.axhline(100, color=_STAND_IN["rule"], linewidth=0.8, zorder=0)
    _dates(axes)


def _name_ends(axes: Axes, x: float, ends: Sequence[tuple[float, str, str]]) -> None:
    """Symbols beside the ends of their lines, moved apart where they would overlap."""
    low, high = axes.get_ylim()
    least = (high - low) * 0.08
    ordered = sorted(ends)
    heights = [value for value, _symbol, _colour in ordered]
    for place in range(1, len(heights)):
        heights[place] = max(heights[place], heights[place - 1] + least)
    for place in reversed(range(len(heights))):
        heights[place] = min(heights[place], high - least * (len(heights) - 1 - place))
    for at, (_value, symbol, colour) in zip(heights, ordered, strict=True):
        axes.annotate(symbol, (x, at), xytext=(5, 0), textcoords="offset points", va="center", color=colour)


def _two(height: float, rows: Sequence[SectorRow]) -> str:
    """The day and the quarter beside each other, in the order of the quarter."""
    ordered = sorted(rows, key=lambda row: _ret(row, "63s"))
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    for axes, span in zip(figure.subplots(1, 2, sharey=True), ("1s", "63s"), strict=True):
        values = np.array([100 * (row.chg_1s or 0.0) if span == "1s" else 100 * _ret(row, span) for row in ordered])
        colours = [_STAND_IN["up" if value >= 0 else "down"] for value in values]
        axes.barh(range(len(ordered)), values, color=colours, height=0.66)
        axes.axvline(0, color=_STAND_IN["dim"], linewidth=0.8)
        axes.set_yticks(range(len(ordered)), [row.symbol for row in ordered])
        axes.set_title(f"{span} %", loc="left", fontsize=9, color=_STAND_IN["dim"])
        axes.tick_params(length=0)
        reach = max(np.nanmax(np.abs(values)), 0.1) * 1.35
        axes.set_xlim(-reach, reach)
        for place, value in enumerate(values):
            side = "left" if value >= 0 else "right"
            axes.annotate(
                f"{value:+.2f}",
                (value, place),
                xytext=(3 if value >= 0 else -3, 0),
                textcoords="offset points",
                va="center",
                ha=side,
                fontsize=8,
            )
    return _svg(figure)


def _rotation(axes: Axes, rows: Sequence[SectorRow]) -> None:
    """Heads with their tails; both scales symmetric about 100."""
    reach = 0.5
    for row in rows:
        tail = np.array([point for point in row.tail if None not in point], dtype=float)
        colour = _STAND_IN[_QUADRANTS.get(row.quadrant or "", "dim")]
        axes.plot(tail[:, 0], tail[:, 1], color=colour, alpha=0.55, linewidth=1.2)
        axes.plot(*tail[-1], "o", color=colour, markersize=5)
        axes.annotate(row.symbol, tuple(tail[-1]), xytext=(5, 4), textcoords="offset points", fontsize=8)
        reach = max(reach, float(np.abs(tail - 100).max()))
    axes.axhline(100, color=_STAND_IN["rule"], linewidth=0.8, zorder=0)
    axes.axvline(100, color=_STAND_IN["rule"], linewidth=0.8, zorder=0)
    span = (100 - 1.08 * reach, 100 + 1.08 * reach)
    axes.set(xlim=span, ylim=span, xlabel="RS-ratio", ylabel="RS-momentum")


def _breadth(axes: Axes, shares: dict[int, tuple[float | None, ...]]) -> None:
    """Shares above their averages over the year, in percent."""
    for place, (n, values) in enumerate(shares.items()):
        known = 100 * _array(values)
        axes.plot(range(-len(known) + 1, 1), known, color=_STAND_IN[f"s{place + 1}"])
        axes.annotate(
            f"> {n}d",
            (0, known[-1]),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=_STAND_IN[f"s{place + 1}"],
        )
    axes.axhline(50, color=_STAND_IN["rule"], linewidth=0.8, zorder=0)
    axes.set_ylim(0, 100)
    axes.set_xticks([])


def _timeline(axes: Axes, timeline: Timeline) -> None:
    """A strip for each rule: raised, warned, not evaluated."""
    days = date2num(timeline.sessions)
    width = float(np.median(np.diff(days))) if len(days) > 1 else 1.0
    for row, course in enumerate(reversed(timeline.courses)):
        for level, name in _LEVELS.items():
            for first, last in _runs(course.levels, level):
                axes.broken_barh(
                    [(days[first], days[last] - days[first] + width)], (row - 0.36, 0.72), color=_STAND_IN[name]
                )
    names = [f"{course.id} {course.subject}" for course in reversed(timeline.courses)]
    axes.set_yticks(range(len(names)), names, fontsize=7.5)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_xlim(days[0], days[-1] + width)
    axes.tick_params(axis="y", length=0)
    _dates(axes)


def _runs(levels: Sequence[int], level: int) -> list[tuple[int, int]]:
    """First and last place of each stretch of `level`."""
    found: list[tuple[int, int]] = []
    for place, value in enumerate(levels):
        if value == level:
            found = (
                [*found[:-1], (found[-1][0], place)]
                if found and found[-1][1] == place - 1
                else [*found, (place, place)]
            )
    return found


def _dates(axes: Axes) -> None:
    locator = AutoDateLocator(minticks=4, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(locator, formats=["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%S"])
    )


def _ret(row: SectorRow, span: str) -> float:
    value = row.ret.get(span) if isinstance(row.ret, dict) else None
    return np.nan if value is None else value


def _array(values: Sequence[float | None]) -> Any:
    return np.array([np.nan if value is None else value for value in values])
