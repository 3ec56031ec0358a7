"""The price of one symbol over the year: candles or a line, averages, volume, and the ends of the 52-week range.

A candle takes a cell and stands for as many sessions as it takes to show all of them. Half a cell is the finest step
of a candle: a thin stroke for its range, a thick one from open to close.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final

from core.i18n import _
from core.series import PriceSeries, Values
from core.snapshot import Value
from tui import format as fmt
from tui.widgets.canvas import Canvas
from tui.widgets.chart import Chart
from tui.widgets.frame import (
    LEAST,
    Frame,
    Tag,
    draw_course,
    draw_grid,
    draw_months,
    draw_tags,
    draw_words,
    gutters,
    last,
    span,
)

AVERAGES: Final = (("20d", "sma20", "info"), ("50d", "sma50", "watch"), ("200d", "sma200", "alarm"))
STROKES: Final = " ╷╻╵│╽╹╿┃"
"""Candles by their upper half (times three) and lower half: 0 nothing, 1 the range, 2 open to close."""
BLOCKS: Final = " ╷▄╵│▄▀▀█"
"""The same for a fall where there are no colours."""
EIGHTHS: Final = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class PriceLook:
    """How prices are drawn. `colours`: a fall is told by its colour, else by its shape."""

    candles: bool = True
    log: bool = False
    colours: bool = True


class PriceChart(Chart):
    """Draws a `PriceSeries`, or says in a line why there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._series: PriceSeries | None = None
        self._look_of_prices = PriceLook()
        self._words = ""

    def show(self, series: PriceSeries | None, look: PriceLook, words: str = "") -> None:
        """Show this series in this look, or `words` where there is none."""
        self._series, self._look_of_prices, self._words = series, look, words
        self.redraw()

    def draw(self, canvas: Canvas) -> None:
        """See `Chart`."""
        if self._series is None or last(self._series.close) is None:
            draw_words(canvas, self._words or _("no prices"))
        else:
            draw_prices(canvas, self._series, replace(self._look_of_prices, colours=not self.app.no_color))


def draw_prices(canvas: Canvas, series: PriceSeries, look: PriceLook) -> None:
    """Draw the series on any canvas."""
    now = last(series.close)
    if now is None or canvas.width < LEAST[0] or canvas.height < LEAST[1]:
        draw_words(canvas, f"{series.symbol} {fmt.level(now)}", "strong")
        return
    left, right = gutters(canvas.width, canvas.height)
    width = canvas.width - left - right
    shown = gathered(series, per_candle(series, canvas.width, canvas.height)) if look.candles else series
    under = canvas.height // 6 if canvas.height >= 12 else 0
    low, high = span(
        (shown.high, shown.low, *(getattr(shown, field) for _title, field, _style in AVERAGES)), log=look.log
    )
    frame = Frame(left, 0, width, canvas.height - 1 - under, len(shown.sessions), low, high, look.log)
    if look.candles:  # one cell each, the newest at the right end
        frame = frame._replace(x=left + width - len(shown.sessions), width=len(shown.sessions))
    draw_grid(canvas, frame)
    _draw_range(canvas, frame, series)
    draw_months(canvas, frame, shown.sessions, canvas.height - 1)
    for _title, field, style in AVERAGES:
        draw_course(canvas, frame, getattr(shown, field), style)
    if look.candles:
        _draw_candles(canvas, frame, shown, look)
    else:
        draw_course(canvas, frame, shown.close, "accent")
    _draw_volume(canvas, frame, shown, under)
    draw_tags(canvas, frame, _tags(series, now))


def per_candle(series: PriceSeries, width: int, height: int) -> int:
    """For how many sessions a candle stands on a canvas of this size; 1 where there is none."""
    room = width - sum(gutters(width, height))
    return max(1, math.ceil(len(series.sessions) / max(room, 1)))


def gathered(series: PriceSeries, per: int) -> PriceSeries:
    """`per` sessions each as one, up to the newest: first open, extremes, last close and averages, most volume."""
    if per == 1:
        return series
    count = len(series.sessions)
    parts = [slice(max(end - per, 0), end) for end in range(count, 0, -per)][::-1]

    def each(values: Values, pick: Callable[[list[float]], float]) -> Values:
        known = ([value for value in values[part] if value is not None] for part in parts)
        return tuple(pick(found) if found else None for found in known)

    return replace(
        series,
        sessions=tuple(series.sessions[part][-1] for part in parts),
        open=each(series.open, itemgetter(0)),
        high=each(series.high, max),
        low=each(series.low, min),
        close=each(series.close, itemgetter(-1)),
        volume=each(series.volume, max),
        sma20=each(series.sma20, itemgetter(-1)),
        sma50=each(series.sma50, itemgetter(-1)),
        sma200=each(series.sma200, itemgetter(-1)),
    )


def newest(series: PriceSeries, count: int) -> PriceSeries:
    """The last `count` sessions of a series."""
    return replace(
        series,
        sessions=series.sessions[-count:],
        open=series.open[-count:],
        high=series.high[-count:],
        low=series.low[-count:],
        close=series.close[-count:],
        volume=series.volume[-count:],
        sma20=series.sma20[-count:],
        sma50=series.sma50[-count:],
        sma200=series.sma200[-count:],
    )


def _tags(series: PriceSeries, now: float) -> list[Tag]:
    tags = [Tag(now, fmt.level(now), "accent")]
    for title, field, style in AVERAGES:
        level = last(getattr(series, field))
        if level is not None:
            tags.append(Tag(level, f"{title} {fmt.percent(now / level - 1, 1)}", style))
    return tags


def _draw_range(canvas: Canvas, frame: Frame, series: PriceSeries) -> None:
    """Marks at the ends of the 52-week range, where they lie in the plot."""
    for level, name in ((series.high_252, _("52w high")), (series.low_252, _("52w low"))):
        if level is not None and frame.low <= level <= frame.high:
            y = frame.line_of(level)
            canvas.under(frame.x, y, "╌" * frame.width, "dim")
            canvas.put(frame.x + 1, y, f"{name} {fmt.level(level)}", "dim")


def _draw_candles(canvas: Canvas, frame: Frame, series: PriceSeries, look: PriceLook) -> None:
    bars = zip(series.open, series.high, series.low, series.close, strict=True)
    for session, (first, high, low, close) in enumerate(bars):
        if high is None or low is None or close is None:
            continue
        begin = close if first is None else first  # a session in progress has no open
        fall = close < begin
        shapes = BLOCKS if fall and not look.colours else STROKES
        halves = [round(frame.depth(value, 2)) for value in (high, max(begin, close), min(begin, close), low)]
        for line in range(halves[0] // 2, halves[3] // 2 + 1):
            upper, lower = (_part(2 * line + half, halves) for half in (0, 1))
            canvas.put(frame.x + session, frame.y + line, shapes[3 * upper + lower], "down" if fall else "up")


def _part(half: int, halves: list[int]) -> int:
    """What a half of a cell shows of a candle with these ends: 0 nothing, 1 the range, 2 open to close."""
    if halves[1] <= half <= halves[2]:
        return 2
    return 1 if halves[0] <= half <= halves[3] else 0


def _draw_volume(canvas: Canvas, frame: Frame, series: PriceSeries, height: int) -> None:
    """Volumes as columns below the plot, the greatest of the sessions of a cell."""
    top: Value = max((v for v in series.volume if v is not None), default=None)
    if not height or not top:
        return
    columns: dict[int, float] = {}
    for session, volume in enumerate(series.volume):
        if volume is not None:
            x = frame.column_of(session)
            columns[x] = max(volume, columns.get(x, 0.0))
    bottom = frame.y + frame.height + height - 1
    for x, volume in columns.items():
        full, part = divmod(round(8 * (height - 0.25) * volume / top), 8)  # a gap under the plot
        for line in range(full):
            canvas.put(x, bottom - line, EIGHTHS[-1], "volume")
        if part:
            canvas.put(x, bottom - full, EIGHTHS[part - 1], "volume")
    if frame.x:
        canvas.put(max(0, frame.x - 1 - len(volume_text(top))), bottom - height + 1, volume_text(top), "dim")


def volume_text(volume: float) -> str:
    """A volume in millions or thousands: "62M"."""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if volume >= size:
            return f"{fmt.number(volume / size, 0, sign=False)}{unit}"
    return fmt.number(volume, 0, sign=False)
