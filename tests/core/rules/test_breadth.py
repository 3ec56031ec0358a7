"""W08 and W09: where their thresholds lie, every state they reach, and what they do without their inputs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.panel import Panel
from core.rules.board import RuleBoard
from core.rules.machine import Judgement
from core.rules.market import Behind
from core.rules.rule import Rule
from tests.core import builders
from tests.core.rules.reading import Reading, judged

NAN = math.nan
QUIET = {
    **dict.fromkeys(("coverage", "average_coverage", "highs_coverage"), 0.97),
    "above_sma20": 0.6,
    "above_sma50": 0.6,
    "above_sma200": 0.7,
    "line_gap": 0.0,
    "line_below": 0.0,
    "index_high": 0.0,
    "new_highs": 5.0,
    "new_lows": 5.0,
    "high_share": 0.01,
    "low_share": 0.01,
    "mcclellan": -3.0,
    "mcclellan_rows": 100.0,
    "active_2.8": 0.0,
    "firings_2.8": 1.0,
    "active_2.2": 0.0,
    "firings_2.2": 2.0,
}


class Counted(Reading):
    """A market with members that are as the test says, and as `QUIET` elsewhere."""

    def __init__(self, members: Mapping[str, float], *, distance: float = 0.0, px: float = 100.0) -> None:
        super().__init__({"dist_high_close_252": distance, "px": px})
        self._members = {**QUIET, **members}
        self.behind = Behind(universe="mine")

    def breadth(self, name: str, t: int) -> float:
        return self._members[name]


@pytest.mark.parametrize(
    ("distance", "above", "expected"),
    [
        (-0.02, 0.599, "watch"),
        (-0.02, 0.60, "between"),
        (-0.0201, 0.40, "between"),
        (0.0, 0.50, "watch"),
        (0.0, 0.499, "warn"),
        (-0.0201, 0.499, "between"),
        (0.0, 0.649, "between"),
        (0.0, 0.65, "exit"),
        (-0.05, 0.40, "between"),
        (-0.0501, 0.40, "exit"),
    ],
)
def test_w08_by_the_share_of_the_members(distance: float, above: float, expected: str) -> None:
    assert judged("W08", Counted({"above_sma200": above}, distance=distance)) == expected


@pytest.mark.parametrize(
    ("high", "below", "distance", "expected"),
    [
        (1.0, 10.0, 0.0, "watch"),
        (1.0, 9.0, 0.0, "exit"),
        (0.0, 10.0, 0.0, "exit"),
        (1.0, 10.0, -0.06, "watch"),  # a high of 63 sessions far below that of 252: no exit all the same
    ],
)
def test_w08_by_the_line(high: float, below: float, distance: float, expected: str) -> None:
    """The second trigger is a WATCH of its own, and never a warning."""
    members = {"index_high": high, "line_below": below, "line_gap": -40.0}
    assert judged("W08", Counted(members, distance=distance)) == expected


def test_w08_names_universe_and_coverage_and_says_that_history_contradicts() -> None:
    rule, market = builders.rule("W08"), Counted({"above_sma200": 0.669, "line_gap": -62.0})
    judgement = rule.judge(market, "SPY", 0)
    assert (judgement.evidence["universe"], judgement.evidence["coverage"]) == ("mine", 0.97)
    assert {"above_sma20", "above_sma50", "new_highs", "new_lows", "line_gap"} <= set(judgement.evidence)
    text = rule.text("SPY", judgement)
    assert "66.9 % of mine > 200d" in text
    assert "97 % of the members priced" in text
    assert "false alarms" in text
    assert "false alarms" in rule.condition("SPY")


@pytest.mark.parametrize(
    ("members", "distance", "needs"),
    [
        ({"coverage": 0.949}, 0.0, "95 % of the members of mine"),
        ({"coverage": NAN}, 0.0, "there are 0 %"),
        ({"average_coverage": 0.5}, 0.0, "there are 50 %"),
        ({"above_sma200": NAN}, 0.0, "full history of the members of mine"),
        ({"line_below": NAN}, 0.0, "full history of the members of mine"),
        ({}, NAN, "full history of SPY"),
    ],
)
def test_w08_is_not_evaluated_without_an_input(members: dict[str, float], distance: float, needs: str) -> None:
    lacking = builders.rule("W08").judge(Counted(members, distance=distance), "SPY", 0).missing
    assert len(lacking) == 1
    assert needs in lacking[0]


@pytest.mark.parametrize(("active", "expected"), [(30.0, "watch"), (1.0, "watch"), (0.0, "exit")])
def test_w09_informs_while_it_is_active(active: float, expected: str) -> None:
    assert builders.rule("W09").informs
    assert judged("W09", Counted({"active_2.8": active, "active_2.2": 9.0})) == expected


def test_w09_tells_both_variants_and_how_often_it_fired() -> None:
    rule = builders.rule("W09")
    judgement = rule.judge(Counted({"active_2.8": 12.0, "new_lows": 0.0}), "SPY", 0)
    counts = {name: judgement.evidence[name] for name in ("active_2.8", "firings_2.8", "active_2.2", "firings_2.2")}
    assert counts == {"active_2.8": 12, "firings_2.8": 1, "active_2.2": 0, "firings_2.2": 2}
    assert judgement.evidence["highs_per_low"] is None  # nothing to divide by
    assert "firings in our history: 1   12 sessions left" in rule.text("SPY", judgement)


@pytest.mark.parametrize(
    ("members", "px", "needs"),
    [
        ({"highs_coverage": 0.799}, 100.0, "80 % of the members of mine"),
        ({"high_share": NAN}, 100.0, "full history of the members of mine"),
        ({"mcclellan_rows": 99.0}, 100.0, "full history of the members of mine"),
        ({}, NAN, "SPY"),
    ],
)
def test_w09_is_not_evaluated_without_an_input(members: dict[str, float], px: float, needs: str) -> None:
    lacking = builders.rule("W09").judge(Counted(members, px=px), "SPY", 0).missing
    assert len(lacking) == 1
    assert needs in lacking[0]


@pytest.mark.parametrize(("coverage", "partial"), [(0.95, False), (0.949, True), (0.80, True)])
def test_w09_of_most_members_is_partial(coverage: float, partial: bool) -> None:
    judgement = builders.rule("W09").judge(Counted({"highs_coverage": coverage}), "SPY", 0)
    assert (judgement.missing, bool(judgement.partial)) == ((), partial)


# --- every state ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def divergent() -> Panel:
    """420 sessions on which SPY rises, in small steps up and down."""
    return builders.priced(builders.panel(3, 420), "SPY", 100.0 * 1.001 ** np.arange(420))


def sinking(back: int) -> Panel:
    """20 members that fall until row `back` and then win more than all of it back."""
    fall = np.minimum(np.arange(420), back)
    rise = np.maximum(np.arange(420) - back, 0)
    prices = 100.0 * 0.999**fall * 1.01**rise
    return builders.members({f"M{k:02}": prices * (1 + k / 100) for k in range(20)})


def test_w08_reaches_every_state(divergent: Panel) -> None:
    board = builders.engine_with_members(divergent, sinking(330)).board
    found = [state for state, _since, _sessions in builders.states(board, divergent.sessions, w08(), "SPY")]
    assert found[:252] == ["NOT_EVALUATED"] * 251 + ["CLEAR"]
    assert found[252:331] == ["WARNING"] * 79
    assert list(dict.fromkeys(found)) == ["NOT_EVALUATED", "CLEAR", "WARNING", "WATCH"]
    assert found[-1] == "CLEAR"


def w08() -> Rule:
    return builders.rule("W08")


@pytest.mark.parametrize("size", [20, 21, 22])
def test_w08_needs_most_of_its_universe(size: int, divergent: Panel) -> None:
    """20 members of 21 are 95 %, of 22 fewer: then nothing is said, least of all CLEAR."""
    seen = builders.look(builders.engine_with_members(divergent, sinking(330), size=size), divergent)
    warning = next(w for w in seen.warnings if w.id == "W08")
    assert warning.state == ("CLEAR" if size < 22 else "NOT_EVALUATED")
    assert not warning.partial


def test_neither_is_evaluated_without_a_universe(divergent: Panel) -> None:
    found = {w.id: w for w in builders.look(builders.engine(divergent), divergent).warnings}
    for rule in ("W08", "W09"):
        assert (found[rule].state, found[rule].missing) == ("NOT_EVALUATED", ("members of a breadth universe",))
        assert found[rule].text == "needs members of a breadth universe"


def test_neither_is_evaluated_where_the_index_is_missing(divergent: Panel) -> None:
    whole = builders.without(divergent, "SPY", rows=slice(410, None))
    found = {w.id: w for w in builders.look(builders.engine_with_members(whole, sinking(330)), whole).warnings}
    for rule in ("W08", "W09"):
        assert found[rule].state == "NOT_EVALUATED"
        assert "SPY" in found[rule].missing


def test_a_provisional_session_is_judged_like_a_final_one(divergent: Panel) -> None:
    """On the session that raises it, twice over, and the one before is as it was afterwards."""
    t, members = 253, sinking(330)
    before, after = builders.part(divergent, slice(t)), builders.part(divergent, slice(t + 1))
    engine = builders.engine_with_members(before, builders.part(members, slice(t)))
    final = builders.look(builders.engine_with_members(after, builders.part(members, slice(t + 1))), after)
    live, quoted = builders.live_row(divergent, t), builders.live_row(members, t)
    expected = next(w for w in final.warnings if w.id == "W08")
    assert expected.state == "WARNING"
    for _again in range(2):
        seen = engine.snapshot(live, builders.view(live.session), quoted)
        found = next(w for w in seen.warnings if w.id == "W08")
        assert (found.state, found.since, found.evidence) == (expected.state, expected.since, expected.evidence)
    unquoted = engine.snapshot(live, builders.view(live.session))
    assert next(w for w in unquoted.warnings if w.id == "W08").state == "NOT_EVALUATED"
    yesterday = engine.snapshot(None, builders.view(builders.last_day(before)))
    assert next(w for w in yesterday.warnings if w.id == "W08").state == "WARNING"


# --- on real sessions -----------------------------------------------------------------------------------------------


def real_states(board: RuleBoard, rule_id: str) -> dict[date, builders.StateAt]:
    rule, days = builders.rule(rule_id), board.market.history.sessions
    return dict(zip(days.astype(object).tolist(), builders.states(board, days, rule, "SPY"), strict=True))


def real_judgement(board: RuleBoard, rule_id: str, day: str) -> Judgement:
    t = int(np.searchsorted(board.market.history.sessions, np.datetime64(day)))
    return builders.rule(rule_id).judge(board.market, "SPY", t)


def test_w08_on_the_session_of_the_article(real_board: RuleBoard) -> None:
    """What it is left at holds that day (C.5); by C.1 it is left on the third such session in a row."""
    judgement = real_judgement(real_board, "W08", "2026-01-09")
    assert judgement.evidence["above_sma200"] == pytest.approx(326 / 487, abs=1e-12)
    assert (judgement.watch, judgement.exit) == (False, True)
    states = real_states(real_board, "W08")
    assert states[date(2026, 1, 9)] == ("WATCH", date(2025, 10, 30), 49)
    assert states[date(2026, 1, 15)] == ("CLEAR", date(2026, 1, 15), 1)


def test_w09_on_real_sessions(real_board: RuleBoard) -> None:
    states = [state for state, _since, _sessions in real_states(real_board, "W09").values()]
    assert set(states) == {"NOT_EVALUATED", "CLEAR", "INFO"}


def test_a_replay_of_members_needs_no_more_than_they_have(divergent: Panel) -> None:
    """Without bars of its own at the start, a universe says nothing there, and the same as ever afterwards."""
    late = builders.without(sinking(330), *(f"M{k:02}" for k in range(20)), rows=slice(0, 60))
    board = builders.engine_with_members(divergent, replace(late)).board
    found = [state for state, _since, _sessions in builders.states(board, divergent.sessions, w08(), "SPY")]
    assert found[258:260] == ["NOT_EVALUATED", "CLEAR"]  # 200 sessions of their own
    assert found[-1] == "CLEAR"
