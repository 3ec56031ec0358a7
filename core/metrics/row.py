"""One session of all symbols, as the metric families see it: what `Family.read` and `Family.advance` are given."""

from __future__ import annotations

from dataclasses import dataclass

from core.panel import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Arrays of shape (N,) for session t; NaN where the symbol has no bar.

    `r` is the simple return of `tr` since the last present bar, `move` the change of `px` since then in the
    quote currency: over a gap both are one multi-session change of the day the symbol resumes (B.10).
    """

    t: int
    high: Floats
    low: Floats
    px: Floats
    tr: Floats
    volume: Floats
    r: Floats
    move: Floats
