"""The numbers of warnings.md C.4 for the course of one rule: pure functions of its states and its target's closes.

An entry is known at the close of its session, from data up to it; only what is measured after it looks ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.backtest.bootstrap import CircularBlocks, bounds
from core.backtest.result import Falls, Window
from core.panel import Floats
from core.periods import YEAR
from core.rules.base_rates import FALL, HORIZON, Ahead, look_ahead
from core.rules.course import CLEAR, RAISED, Course
from core.rules.machine import State

HORIZONS = (21, HORIZON)
FALLS = (FALL, 0.10)
DRAWDOWN = 0.10
"""A drawdown this deep is what a rule may miss ..."""

BEFORE = 21
"""... if it was CLEAR on so many sessions up to the high it begins at."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What lies ahead of every close of one symbol, and the highs its drawdowns begin at."""

    ahead: tuple[Ahead, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, closes: Floats) -> Target:
        """From the finished closes, (T,)."""
        return cls(tuple(look_ahead(closes, horizon) for horizon in HORIZONS), drawdown_starts(closes))


def drawdown_starts(closes: Floats) -> tuple[int, ...]:
    """The rows of the highs from which the close fell by `DRAWDOWN` or more before it was as high again."""
    starts: list[int] = []
    high, at, counted = -np.inf, 0, False
    for t, close in enumerate(closes.tolist()):
        if close >= high:
            high, at, counted = close, t, False
        elif close <= (1 - DRAWDOWN) * high and not counted:
            starts.append(at)
            counted = True
    return tuple(starts)


def frequency(course: Course) -> dict[str, Any]:
    """How often and how long: fields of `RuleResult`."""
    evaluated = course.levels >= CLEAR
    sessions = int(evaluated.sum())
    raised = int((course.levels >= RAISED).sum())
    entries, exits = course.entries, _exits(course)
    lengths = [int(evaluated[begin:end].sum()) for begin, end in zip(entries, exits, strict=False)]
    return {
        "sessions": sessions,
        "years": sessions / YEAR,
        "warnings": _warned(course),
        "per_year": YEAR * len(entries) / sessions if sessions else None,
        "active": raised / sessions if sessions else None,
        "mean_length": raised / len(entries) if len(entries) else None,
        "exits": len(exits),
        "time_to_exit": float(np.median(lengths)) if lengths else None,
    }


def misses(course: Course, target: Target) -> dict[str, int]:
    """Drawdowns the rule could have been raised before, and those it was not."""
    before = [course.levels[start + 1 - BEFORE : start + 1] for start in target.starts if start + 1 >= BEFORE]
    judged = [levels for levels in before if (levels >= CLEAR).all()]
    return {"drawdowns": len(judged), "missed": sum(bool((levels == CLEAR).all()) for levels in judged)}


def windows(course: Course, target: Target) -> tuple[Window, ...]:
    """What followed the entries within each horizon, against any day, with bounds."""
    evaluated = course.levels >= CLEAR
    entered = np.zeros(len(evaluated), dtype=np.bool_)
    entered[course.entries] = True
    return tuple(_window(ahead, evaluated, entered) for ahead in target.ahead)


def headline(course: Course, target: Target) -> tuple[int, float | None]:
    """Entries with a whole window ahead, and the share of them that the headline event followed."""
    low = target.ahead[-1].low[course.entries]
    low = low[np.isfinite(low)]
    return len(low), float((low <= -FALL).mean()) if len(low) else None


def _window(ahead: Ahead, evaluated: Flags, entered: Flags) -> Window:
    whole = evaluated & np.isfinite(ahead.low)
    ret, low, entry = ahead.ret[whole], ahead.low[whole], entered[whole].astype(np.float64)
    days, n = len(ret), int(entry.sum())
    blocks = CircularBlocks.drawn(days) if n else None
    any_day = np.ones(days)

    def falls(fall: float) -> Falls:
        fell = (low <= -fall).astype(np.float64)
        drawn = None if blocks is None else blocks.mean(fell, entry)
        return Falls(
            fall=fall,
            entry=_mean(fell, entry),
            base=_mean(fell, any_day),
            bounds=None if drawn is None else bounds(drawn),
            excess_bounds=None if blocks is None or drawn is None else bounds(drawn - blocks.mean(fell, any_day)),
        )

    return Window(
        horizon=ahead.horizon,
        n=n,
        cut=int(entered.sum()) - n,
        days=days,
        ret=_mean(ret, entry),
        ret_base=_mean(ret, any_day),
        ret_bounds=None if blocks is None else bounds(blocks.mean(ret, entry)),
        falls=tuple(falls(fall) for fall in FALLS),
    )


def _mean(values: Floats, chosen: Floats) -> float | None:
    return float(values @ chosen / chosen.sum()) if chosen.any() else None


def _exits(course: Course) -> list[int]:
    """The rows of the returns to CLEAR, one for each entry but perhaps the last."""
    return [step.t for step in course.transitions if step.new is State.CLEAR]


def _warned(course: Course) -> int:
    """Episodes that were a WARNING at some time."""
    count, counted = 0, True
    for step in course.transitions:
        if step.old is State.CLEAR:
            counted = False
        if step.new is State.WARNING and not counted:
            count, counted = count + 1, True
    return count


def as_fields(course: Course, target: Target) -> dict[str, Any]:
    """All of it, as fields of `RuleResult`."""
    found = windows(course, target)
    entry = found[-1].falls[0].entry
    false_alarms = None if entry is None else 1.0 - entry
    return {**frequency(course), **misses(course, target), "windows": found, "false_alarms": false_alarms}
