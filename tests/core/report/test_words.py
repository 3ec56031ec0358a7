"""Each adjective and each claim appears only where its rule holds: a word list written by hand, not from the grammar.

The rules are worked out from the JSON of the snapshot, as any reader of it could; a state that a rule remembers from
earlier sessions, by the reference (`tests/reference`), which reads the files and the written rules and nothing of
`core`. Both languages have their words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.core.report.notes import SESSIONS, Written, written
from tests.reference.cross_asset import appetite
from tests.reference.data import LEADERS, Data, load, past
from tests.reference.machine import replay
from tests.reference.risk_rules import w04, w05, w14
from tests.reference.rules import w06, w19
from tests.reference.verdict import verdicts


@dataclass(frozen=True)
class Day:
    """A session: the JSON of its snapshot, and the states of the reference by what they are of."""

    snapshot: dict[str, Any]
    states: dict[str, str]

    def spread(self, pair: str) -> dict[str, Any]:
        found: dict[str, Any] = next(s for s in self.snapshot["spreads"] if s["id"] == pair)
        return found

    def row(self, symbol: str) -> dict[str, Any]:
        rows = self.snapshot["leadership"] + self.snapshot["sectors"]
        found: dict[str, Any] = next(row for row in rows if row["symbol"] == symbol)
        return found


Rule = Callable[[Day], bool]


def is_(of: str, *states: str) -> Rule:
    return lambda day: day.states[of] in states


def fragile(day: Day) -> bool:
    lead = day.spread("IWM-SPY")
    low, high = lead["band63"]
    return bool(lead["63s"] > 0 and (low < 0 < high or lead["agree"][0] <= 3))


def cyclical(day: Day) -> float:
    return float(day.snapshot["rotation"]["cyc_minus_def"]["21s"])


def no_session(day: Day) -> bool:
    return bool(day.snapshot["viewed_at"][:10] != day.snapshot["session"])


def nothing_raised(day: Day) -> bool:
    return not any(w["state"] in ("INFO", "WATCH", "WARNING") for w in day.snapshot["warnings"])


def record(symbol: str) -> Rule:
    return lambda day: bool(day.row(symbol)["record_close"])


RAISED = ("WATCH", "WARNING")

ENGLISH: dict[str, Rule] = {
    r"\bBROADENING\b": is_("verdict", "BROADENING"),
    r"\bNARROWING\b": is_("verdict", "NARROWING"),
    r"\bMIXED\b": is_("verdict", "MIXED"),
    r"Small caps are ahead": lambda day: day.spread("IWM-SPY")["63s"] > 0,
    r"Small caps are not ahead": lambda day: day.spread("IWM-SPY")["63s"] <= 0,
    r"Equal weight is ahead": lambda day: day.spread("RSP-SPY")["63s"] > 0,
    r"Equal weight is not ahead": lambda day: day.spread("RSP-SPY")["63s"] <= 0,
    r"Cyclical sectors are ahead": lambda day: cyclical(day) > 0,
    r"Cyclical sectors are not ahead": lambda day: cyclical(day) <= 0,
    r"\bfragile\b": fragile,
    r"IWM-SPY: [^:]*the sign turns": lambda day: (
        day.spread("IWM-SPY")["band63"][0] < 0 < day.spread("IWM-SPY")["band63"][1]
    ),
    r"RSP-SPY: [^:]*of one sign": lambda day: (
        day.spread("RSP-SPY")["band63"][0] * day.spread("RSP-SPY")["band63"][1] > 0
    ),
    r"IWM-SPY: [^:]*not told apart from noise": lambda day: abs(day.spread("IWM-SPY")["t63"]) < 2,
    r"IWM-SPY: [^:]*difference is told apart": lambda day: abs(day.spread("IWM-SPY")["t63"]) >= 2,
    r"S&P 500 closed at a record": record("^GSPC"),
    r"Nasdaq 100 closed at a record": record("^NDX"),
    r"Volatility regime SPY: WATCH": is_("W04", "WATCH"),
    r"Volatility regime SPY: WARNING": is_("W04", "WARNING"),
    r"VIX term inversion VIX-VIX3M: W": is_("W05", *RAISED),
    r"Credit stress: WATCH": is_("W14", "WATCH"),
    r"Credit stress: WARNING": is_("W14", "WARNING"),
    **{rf"Overbought {fund}: W": is_(f"W06 {fund}", *RAISED) for fund in LEADERS},
    **{rf"Drawdown {fund}: WATCH": is_(f"W19 {fund}", "WATCH") for fund in LEADERS},
    **{rf"Drawdown {fund}: WARNING": is_(f"W19 {fund}", "WARNING") for fund in LEADERS},
    r"state risk-on": is_("appetite", "risk-on"),
    r"state neutral": is_("appetite", "neutral"),
    r"state risk-off": is_("appetite", "risk-off"),
    r"was not a session": no_session,
    r"No warnings": nothing_raised,
    r"No warnings: all": lambda day: day.snapshot["evaluated"]["rules"] == day.snapshot["evaluated"]["of"],
    r"leading: [^.]*Real estate": lambda day: day.row("XLRE")["quadrant"] == "Leading",
    r"lagging: [^.]*Technology": lambda day: day.row("XLK")["quadrant"] == "Lagging",
}

CHINESE: dict[str, Rule] = {
    r"上涨扩散：": ENGLISH[r"\bBROADENING\b"],
    r"上涨收窄：": ENGLISH[r"\bNARROWING\b"],
    r"小盘股领先大盘股：": ENGLISH["Small caps are ahead"],
    r"小盘股未领先大盘股：": ENGLISH["Small caps are not ahead"],
    r"等权领先市值加权：": ENGLISH["Equal weight is ahead"],
    r"周期板块领先防御板块：": ENGLISH["Cyclical sectors are ahead"],
    r"领先并不稳固：": fragile,
    r"IWM-SPY：t = [^。]*无法与噪声区分": ENGLISH["IWM-SPY: [^:]*not told apart from noise"],
    r"标普 500 ?收于已载入历史的最高收盘": record("^GSPC"),
    r"波动率状态 SPY：警告": is_("W04", "WARNING"),
    r"信用压力：警告": is_("W14", "WARNING"),
    **{rf"超买 {fund}：(关注|警告)": is_(f"W06 {fund}", *RAISED) for fund in LEADERS},
    **{rf"回撤 {fund}：警告": is_(f"W19 {fund}", "WARNING") for fund in LEADERS},
    r"状态：偏好风险": is_("appetite", "risk-on"),
    r"状态：中性": is_("appetite", "neutral"),
    r"状态：规避风险": is_("appetite", "risk-off"),
    r"不是交易日": no_session,
    r"没有预警": nothing_raised,
}

WORDS = {"en": ENGLISH, "zh": CHINESE}

NEVER = {
    "en": (
        *(r"\bwill\b", r"\bexpect", r"\bshould\b", r"\bcould rise", r"\blikely to\b", r"\bforecasts?\b(?! and no)"),
        *(r"\bbuy\b", r"\bsell\b", r"\bstrong\b", r"\bsignificant", r"\bhealthy\b", r"\bsolid\b", r"\bbullish\b"),
        *(r"\bbearish\b", r"\bsurge", r"\bplunge", r"\bsoar", r"\bmay rally\b", r"\bopportunit", r"\brecommend"),
    ),
    "zh": (
        *("将会", "预计", "预期", "有望", "料将", "应当", "应该", "可能", "(?<!不作)预测", "(?<!亦非投资)建议", "推荐"),
        *("买入", "卖出", "加仓", "减仓", "看涨", "看跌", "看好", "看空", "牛市", "熊市", "机会", "强劲", "疲软"),
        *("显著", "(?<!数据)健康", "稳健", "大涨", "大跌", "暴涨", "暴跌", "飙升", "跳水"),
    ),
}
"""Forecasts, advice, and adjectives without a rule; what is denied by name is not meant."""

DENIED = {"en": "It is no forecast and no investment advice.", "zh": "不作预测，亦非投资建议"}

NOTES = [(day, language) for day in SESSIONS for language in WORDS]


@cache
def by_the_written_rules() -> dict[date, dict[str, str]]:
    """What the reference says of every session: the verdict, risk appetite, and each rule with its subject."""
    data = load()
    found = {"verdict": [row.state for row in verdicts(data)], "appetite": appetite_states(data)}
    for rule in (w04(data), w05(data), w14(data)):
        found[rule.id] = [row.state for row in rule.states(data.sessions)]
    for fund in LEADERS:
        px, tr = (past(prices, fund, len(data.sessions) - 1) for prices in (data.px, data.tr))
        fallen = [w19(px[: t + 1]) for t in range(len(px))]
        found[f"W06 {fund}"] = [row.state for row in replay(data.sessions, w06(px, tr))]
        found[f"W19 {fund}"] = [row.state for row in replay(data.sessions, fallen)]
    return {day: {of: states[t] for of, states in found.items()} for t, day in enumerate(data.sessions)}


def appetite_states(data: Data) -> list[str]:
    """Y1: risk-on from +25 on, left below +10, risk-off mirrored; a new state must hold two sessions."""
    states, state, before = [], "neutral", "neutral"
    for t in range(len(data.sessions)):
        score = appetite(data, t)
        asked = before
        if score == score:  # noqa: PLR0124 - a score that is there
            asked = "risk-on" if score >= (10 if state == "risk-on" else 25) else "neutral"
            asked = "risk-off" if score <= (-10 if state == "risk-off" else -25) else asked
            state = asked if asked == before else state
        before = asked
        states.append(state)
    return states


def day_of(found: Written) -> Day:
    return Day(found.snapshot, by_the_written_rules()[date.fromisoformat(found.snapshot["session"])])


@pytest.mark.parametrize(("day", "language"), NOTES)
def test_each_word_appears_only_where_its_rule_holds(market: Path, day: date, language: str) -> None:
    found = written(market, day, language=language)
    there = {word for word in WORDS[language] if re.search(word, found.text)}
    assert [word for word in there if not WORDS[language][word](day_of(found))] == []


@pytest.mark.parametrize("day", SESSIONS, ids=str)
def test_appetite_has_its_state_since_the_session_that_confirmed_it(market: Path, day: date) -> None:
    told = written(market, day).snapshot
    session, states = date.fromisoformat(told["session"]), by_the_written_rules()
    earlier = [
        other for other in states if other <= session and states[other]["appetite"] != states[session]["appetite"]
    ]
    since = min(other for other in states if not earlier or other > max(earlier))
    assert told["risk"]["appetite"]["since"] == since.isoformat()


@pytest.mark.parametrize("language", WORDS)
def test_the_list_meets_most_of_its_words(market: Path, language: str) -> None:
    """A list whose words never appear proves nothing."""
    texts = [written(market, day, language=language).text for day in SESSIONS]
    met = {word for word in WORDS[language] if any(re.search(word, text) for text in texts)}
    assert len(met) >= 0.6 * len(WORDS[language]), sorted(set(WORDS[language]) - met)


@pytest.mark.parametrize(("day", "language"), NOTES)
def test_no_forecast_no_advice_and_no_adjective_without_a_rule(market: Path, day: date, language: str) -> None:
    found = written(market, day, language=language)
    own = remove_rules(found)
    assert [word for word in NEVER[language] if re.search(word, own, re.IGNORECASE)] == []
    assert DENIED[language] in found.text


def remove_rules(found: Written) -> str:
    """The text without what rules and problems say in words of their own."""
    text = found.text
    for warning in found.snapshot["warnings"]:
        text = text.replace(warning["condition"], "")
    return text
