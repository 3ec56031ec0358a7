"""Each adjective and each claim appears only where its rule holds: a word list written by hand, not from the grammar.

The rules are worked out from the JSON of the snapshot, as any reader of it could.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.core.report.notes import SESSIONS, Written, written

Rule = Callable[[dict[str, Any]], bool]


def spread(snapshot: dict[str, Any], pair: str) -> dict[str, Any]:
    found: dict[str, Any] = next(s for s in snapshot["spreads"] if s["id"] == pair)
    return found


def state(snapshot: dict[str, Any], rule: str, *states: str) -> bool:
    return any(w["id"] == rule and w["state"] in states for w in snapshot["warnings"])


def fragile(s: dict[str, Any]) -> bool:
    lead = spread(s, "IWM-SPY")
    low, high = lead["band63"]
    return bool(lead["63s"] > 0 and (low < 0 < high or lead["agree"][0] <= 3))


WORDS: dict[str, Rule] = {
    r"\bBROADENING\b": lambda s: s["verdict"]["state"] == "BROADENING" and s["verdict"]["score"] >= 2,
    r"\bNARROWING\b": lambda s: s["verdict"]["state"] == "NARROWING",
    r"\bMIXED\b": lambda s: s["verdict"]["state"] == "MIXED",
    r"Small caps are ahead": lambda s: spread(s, "IWM-SPY")["63s"] > 0,
    r"Small caps are not ahead": lambda s: spread(s, "IWM-SPY")["63s"] <= 0,
    r"Equal weight is ahead": lambda s: spread(s, "RSP-SPY")["63s"] > 0,
    r"Equal weight is not ahead": lambda s: spread(s, "RSP-SPY")["63s"] <= 0,
    r"Cyclical sectors are ahead": lambda s: s["rotation"]["cyc_minus_def"]["21s"] > 0,
    r"Cyclical sectors are not ahead": lambda s: s["rotation"]["cyc_minus_def"]["21s"] <= 0,
    r"\bfragile\b": fragile,
    r"IWM-SPY: [^:]*the sign turns": lambda s: (
        spread(s, "IWM-SPY")["band63"][0] < 0 < spread(s, "IWM-SPY")["band63"][1]
    ),
    r"RSP-SPY: [^:]*of one sign": lambda s: spread(s, "RSP-SPY")["band63"][0] * spread(s, "RSP-SPY")["band63"][1] > 0,
    r"IWM-SPY: [^:]*not told apart from noise": lambda s: abs(spread(s, "IWM-SPY")["t63"]) < 2,
    r"IWM-SPY: [^:]*difference is told apart": lambda s: abs(spread(s, "IWM-SPY")["t63"]) >= 2,
    r"S&P 500 closed at a record": lambda s: any(r["symbol"] == "^GSPC" and r["record_close"] for r in s["leadership"]),
    r"Nasdaq 100 closed at a record": lambda s: any(
        r["symbol"] == "^NDX" and r["record_close"] for r in s["leadership"]
    ),
    r"Volatility regime SPY: WATCH": lambda s: state(s, "W04", "WATCH"),
    r"Volatility regime SPY: WARNING": lambda s: state(s, "W04", "WARNING"),
    r"Overbought \w+: (WATCH|WARNING)": lambda s: state(s, "W06", "WATCH", "WARNING"),
    r"VIX term inversion [^:]*: (WATCH|WARNING)": lambda s: state(s, "W05", "WATCH", "WARNING"),
    r"Credit stress [^:]*: (WATCH|WARNING)": lambda s: state(s, "W14", "WATCH", "WARNING"),
    r"Drawdown \w+: WARNING": lambda s: state(s, "W19", "WARNING"),
    r"state risk-on": lambda s: s["risk"]["appetite"]["state"] == "risk-on",
    r"state risk-off": lambda s: s["risk"]["appetite"]["state"] == "risk-off",
    r"was not a session": lambda s: s["viewed_at"][:10] != s["session"],
    r"No warnings": lambda s: not any(w["state"] in ("INFO", "WATCH", "WARNING") for w in s["warnings"]),
    r"No warnings: all": lambda s: s["evaluated"]["rules"] == s["evaluated"]["of"],
    r"leading: [^.]*Real estate": lambda s: any(
        r["symbol"] == "XLRE" and r["quadrant"] == "Leading" for r in s["sectors"]
    ),
    r"lagging: [^.]*Technology": lambda s: any(
        r["symbol"] == "XLK" and r["quadrant"] == "Lagging" for r in s["sectors"]
    ),
}

NEVER = (
    *(
        r"\bwill\b",
        r"\bexpect",
        r"\bshould\b",
        r"\bcould rise",
        r"\blikely to\b",
        r"\bforecasts?\b(?! and no)",
        r"\bbuy\b",
    ),
    *(r"\bsell\b", r"\bstrong\b", r"\bsignificant", r"\bhealthy\b", r"\bsolid\b", r"\bbullish\b", r"\bbearish\b"),
    *(r"\bsurge", r"\bplunge", r"\bsoar", r"\bmay rally\b", r"\bopportunit", r"\brecommend"),
)
"""Forecasts, advice, and adjectives without a rule."""


@pytest.mark.parametrize("day", SESSIONS, ids=str)
def test_each_word_appears_only_where_its_rule_holds(market: Path, day: date) -> None:
    found = written(market, day)
    wrong = [word for word, rule in WORDS.items() if re.search(word, found.text) and not rule(found.snapshot)]
    assert wrong == []


def test_the_list_meets_most_of_its_words(market: Path) -> None:
    """A list whose words never appear proves nothing."""
    texts = [written(market, day).text for day in SESSIONS]
    met = {word for word in WORDS if any(re.search(word, text) for text in texts)}
    assert len(met) >= len(WORDS) - 8, sorted(set(WORDS) - met)


@pytest.mark.parametrize("day", SESSIONS, ids=str)
def test_no_forecast_no_advice_and_no_adjective_without_a_rule(market: Path, day: date) -> None:
    found = written(market, day)
    own = remove_rules(found)
    assert [word for word in NEVER if re.search(word, own, re.IGNORECASE)] == []
    assert "It is no forecast and no investment advice." in found.text


def remove_rules(found: Written) -> str:
    """The text without what rules and problems say in words of their own."""
    text = found.text
    for warning in found.snapshot["warnings"]:
        text = text.replace(warning["condition"], "")
    return text
