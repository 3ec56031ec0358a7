"""What fundamentals say: relative P/E (L2), earnings-yield gap (L3), flows (F1). Ratios and yields as fractions."""

from __future__ import annotations

import numpy as np

from core.metrics.statistics import PERCENTILE_WINDOW, percentile_rank
from core.panel import Floats

SPLIT = 1.2
"""Shares outstanding do not change by more between two snapshots, unless the shares were split."""


def relative_pe(small: Floats, large: Floats) -> Floats:
    """L2: the P/E of the small caps over that of the large ones, element by element."""
    return small / large


def relative_pe_percentile(relative: Floats, minimum: int) -> float:
    """The percentile rank of the last of own daily snapshots; NaN before there are `minimum`."""
    return percentile_rank(relative[-PERCENTILE_WINDOW:], minimum) if len(relative) else np.nan


def earnings_yield_gap(pe: float, yield_10y: float) -> float:
    """L3: the earnings yield less that of the 10-year Treasury, both as fractions."""
    return 1.0 / pe - yield_10y


def flow(before: float, now: float, nav: float) -> float:
    """F1 in dollars: the change of shares outstanding at the net asset value; NaN where the shares were split."""
    return np.nan if max(now / before, before / now) > SPLIT else (now - before) * nav
