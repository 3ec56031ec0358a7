"""Small charts made of block characters. Pure: numbers in, a text of exactly `width` cells out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

STEPS: Final = "▁▂▃▄▅▆▇█"
FLAT: Final = "▄"
EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
FULL: Final = "█"


def sparkline(values: Sequence[float | None], width: int) -> str:
    """The course of `values`, the newest at the right end, from its own lowest to its own highest.

    More values than cells: the last one of each bin stands for it. Fewer: the line begins with spaces. A
    missing value (None, NaN, infinite) is a space; where all are equal the line runs at half height.
    """
    shown = [v if v is not None and math.isfinite(v) else None for v in _resample(values, width)]
    known = [v for v in shown if v is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return "".join(" " if v is None else _step(v, low, high) for v in shown).rjust(width)


def bar(value: float, maximum: float, width: int) -> str:
    """`value` as a bar from the left, `width` cells long at `maximum`, in eighths; empty if not positive."""
    eighths = round(8 * width * _share(value, maximum))
    full, part = divmod(eighths, 8)
    return (FULL * full + (EIGHTHS[part] if part else "")).ljust(width)


def diverging_bar(value: float, maximum: float, width: int) -> str:
    """`value` as a bar from the middle, to the right if positive, to the left if negative, in half cells.

    Either side is `width // 2` long at `maximum`; an odd cell stays blank at the left.
    """
    side = width // 2
    full, half = divmod(round(2 * side * _share(abs(value), maximum)), 2)
    if value < 0:
        return ("▐" * half + FULL * full).rjust(width - side) + " " * side
    return " " * (width - side) + (FULL * full + "▌" * half).ljust(side)


def _resample(values: Sequence[float | None], width: int) -> Sequence[float | None]:
    count = len(values)
    return values if count <= width else [values[(i + 1) * count // width - 1] for i in range(width)]


def _step(value: float, low: float, high: float) -> str:
    return FLAT if low == high else STEPS[round((len(STEPS) - 1) * ((value - low) / (high - low)))]


def _share(value: float, maximum: float) -> float:
    """`value` as a part of `maximum`, within 0 and 1; 0 where that makes no sense."""
    return min(1.0, value / maximum) if maximum > 0 and value > 0 else 0.0
