"""warnings.md C.4 for one rule, written from there: plain loops over a table of states and one series of closes.

Entry = CLEAR to WATCH, WARNING or INFO; forward windows start at the close of entry, on closes with dividends; the
base is every evaluated session; a window the end of the data cuts short does not count, on either side.
"""

from __future__ import annotations

import pandas as pd

from tests.reference.machine import StateRow

RAISED = {"WATCH", "WARNING", "INFO"}


def measured(states: list[StateRow], closes: pd.Series[float]) -> dict[str, float]:
    """Every number of C.4 but those of chance."""
    told = [row.state for row in states]
    evaluated = [t for t, state in enumerate(told) if state != "NOT_EVALUATED"]
    entries, exits, warned = _steps(told)
    found: dict[str, float] = {
        "episodes": len(entries),
        "per_year": len(entries) / (len(evaluated) / 252),
        "active": sum(told[t] in RAISED for t in evaluated) / len(evaluated),
        "mean_length": sum(told[t] in RAISED for t in evaluated) / len(entries),
        "warnings": warned,
    }
    lengths = pd.Series([sum(told[t] in RAISED for t in range(a, b)) for a, b in zip(entries, exits, strict=False)])
    found["time_to_exit"] = float(lengths.median())
    for horizon in (21, 63):
        whole = [t for t in evaluated if t + horizon < len(closes)]
        cases = [t for t in entries if t + horizon < len(closes)]
        found[f"n_{horizon}"] = len(cases)
        for name, rows in (("entry", cases), ("base", whole)):
            ahead = [closes.iloc[t + 1 : t + horizon + 1] / closes.iloc[t] - 1 for t in rows]
            found[f"ret_{horizon}_{name}"] = float(pd.Series([window.iloc[-1] for window in ahead]).mean())
            lowest = pd.Series([window.min() for window in ahead])
            for fall in (5, 10):
                found[f"p{fall}_{horizon}_{name}"] = float((lowest <= -fall / 100).mean())
    found["false_alarms"] = 1 - found["p5_63_entry"]
    return found | _misses(told, closes)


def _steps(told: list[str]) -> tuple[list[int], list[int], int]:
    """Entries, exits and how many episodes saw a WARNING; a session that is not evaluated changes nothing."""
    entries, exits, warned = [], [], 0
    state, seen = "CLEAR", False
    for t, now in enumerate(told):
        if now == "NOT_EVALUATED":
            continue
        if state == "CLEAR" and now in RAISED:
            entries.append(t)
            seen = False
        if state in RAISED and now == "CLEAR":
            exits.append(t)
        if now == "WARNING" and not seen:
            warned += 1
            seen = True
        state = now
    return entries, exits, warned


def _misses(told: list[str], closes: pd.Series[float]) -> dict[str, float]:
    """Highs before a fall of 10 % or more, and how many came after 21 sessions of CLEAR, the high's among them."""
    highs = closes.cummax()
    at = pd.Series(range(len(closes)), closes.index).where(closes == highs).ffill()
    drawdowns, missed, counted = 0, 0, set()
    for t in range(len(closes)):
        if closes.iloc[t] > 0.9 * highs.iloc[t]:
            continue
        start = int(at.iloc[t])
        if start in counted:
            continue
        counted.add(start)
        before = told[start - 20 : start + 1] if start >= 20 else []
        if before and "NOT_EVALUATED" not in before:
            drawdowns += 1
            missed += set(before) == {"CLEAR"}
    return {"drawdowns": drawdowns, "missed": missed}
