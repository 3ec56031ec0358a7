"""Round numbers on an axis; pure."""

from __future__ import annotations

import math

from tui import format as fmt


def ticks(low: float, high: float, count: int) -> list[tuple[float, str]]:
    """At most about `count` round values from `low` to `high` (steps of 1, 2 or 5), each with its text.

    Empty where there is no span, or no room.
    """
    if count < 1 or not low < high:
        return []
    step, digits = _step((high - low) / count)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [(k * step, fmt.number(k * step, digits, sign=False)) for k in range(first, last + 1)]


def _step(least: float) -> tuple[float, int]:
    """The smallest round step that is not below `least`, and the decimals it needs."""
    power = math.floor(math.log10(least))
    factor = next(f for f in (1, 2, 5, 10) if f * 10.0**power >= least * (1 - 1e-9))
    return factor * 10.0**power, max(0, -power - (factor == 10))
