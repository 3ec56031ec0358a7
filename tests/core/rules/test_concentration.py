"""W10 and W11: where their thresholds lie, every state they reach, and what they do without their inputs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from core import universe
from core.engine import Engine
from core.fund_lines import FundLines
from core.metrics.concentration import MAG7
from core.panel import Floats, Panel
from core.rules.board import RuleBoard
from core.rules.machine import Judgement, Machine
from core.rules.market import Behind
from core.snapshot import RiskWarning
from core.weights import Weights
from tests.core import builders
from tests.core.rules.reading import Reading, judged

NAN = math.nan
ROWS = 140
NO_WEIGHTS = dict.fromkeys(("c1", "c2_63s", "c2_contribution_63s", "c3", "c5", "c6_skew", "c6_index_less_equal"), NAN)


class Held(Reading):
    """A market whose funds hold what the test says; `ret` by fund over 63 sessions."""

    def __init__(self, group_c: Mapping[str, float], ret: Mapping[str, float]) -> None:
        super().__init__()
        self._group_c = {**NO_WEIGHTS, "c7": NAN, **group_c}
        self._ret = ret
        self.behind = Behind()

    def value(self, field: str, symbol: str, t: int) -> float:
        return self._ret[symbol] if field == "ret_63s" else 100.0

    def concentration(self, name: str, t: int) -> float:
        return self._group_c[name]


@pytest.mark.parametrize(
    ("weight", "brought", "fund", "equal", "expected"),
    [
        (0.33, 0.40, 0.05, 0.05, "watch"),
        (0.329, 0.40, 0.05, 0.05, "between"),
        (0.31, 0.40, 0.05, 0.05, "between"),
        (0.309, 0.40, 0.05, 0.05, "exit"),
        (0.30, 0.60, 0.02, 0.02, "watch"),
        (0.30, 0.599, 0.05, 0.05, "between"),
        (0.30, 0.75, 0.02, 0.02, "warn"),
        (0.30, 0.749, 0.05, 0.05, "watch"),
        (0.30, 0.90, -0.05, -0.05, "between"),  # a share of a fall raises nothing, and does not end it
        (0.30, NAN, 0.0199, 0.0199, "exit"),  # n/m is no part
        (0.30, 0.50, 0.05, 0.05, "between"),
        (0.30, 0.499, 0.05, 0.05, "exit"),
        (0.30, 0.40, 0.05, 0.0, "watch"),
        (0.30, 0.40, 0.05, 0.0001, "between"),
        (0.30, 0.40, 0.05, 0.03, "between"),
        (0.30, 0.40, 0.05, 0.0301, "exit"),
        (0.36, 0.40, 0.05, 0.0, "warn"),
        (0.359, 0.40, 0.05, 0.0, "watch"),
        (0.36, 0.40, 0.05, 0.0001, "watch"),
        (NAN, NAN, 0.05, 0.05, "exit"),
        (NAN, NAN, 0.05, 0.0, "watch"),
        (0.34, NAN, NAN, NAN, "watch"),
        (0.30, NAN, NAN, NAN, "exit"),
    ],
)
def test_w10(weight: float, brought: float, fund: float, equal: float, expected: str) -> None:
    """`equal` is the return of RSP, `fund` that of SPY."""
    assert judged("W10", Held({"c1": weight, "c2_63s": brought}, {"SPY": fund, "RSP": equal})) == expected


@pytest.mark.parametrize(
    ("top", "beating", "fund", "expected"),
    [
        (0.30, 0.50, 0.03, "watch"),
        (0.299, 0.50, 0.03, "between"),
        (0.30, 0.50, 0.0299, "between"),
        (0.45, 0.50, 0.03, "warn"),
        (0.449, 0.50, 0.03, "watch"),
        (0.10, 0.40, 0.03, "between"),
        (0.10, 0.399, 0.03, "watch"),
        (0.10, 0.329, 0.03, "warn"),
        (0.10, 0.33, 0.03, "watch"),
        (0.10, 0.449, 0.03, "between"),
        (0.249, 0.45, 0.03, "exit"),
        (0.25, 0.45, 0.03, "between"),
        (NAN, 0.45, 0.01, "exit"),  # n/m, or only a universe: what is known decides
        (NAN, 0.32, 0.01, "warn"),
    ],
)
def test_w11(top: float, beating: float, fund: float, expected: str) -> None:
    assert judged("W11", Held({"c5": top, "c7": beating}, {"IWM": fund}), "IWM") == expected


# --- a market with holdings -----------------------------------------------------------------------------------------


def dated(row: int) -> date:
    day: date = builders.days(ROWS)[row].item()
    return day


def holdings(fund: str, symbols: tuple[str, ...], heavy: float, row: int, coverage: float = 1.0) -> Weights:
    """The first eight lines weigh `heavy` together, all others the rest."""
    others = len(symbols) - 8
    fractions = [heavy / 8] * 8 + [(1 - heavy) / others] * others
    return Weights(fund, dated(row), dict(zip(symbols, fractions, strict=True)), coverage, "fund.csv")


def large(heavy: float = 0.30, row: int = 120, coverage: float = 1.0) -> FundLines:
    """The lines of SPY: seven companies in eight lines and twelve others, all without a move."""
    symbols = (*MAG7, *(f"L{k:02}" for k in range(12)))
    flat = builders.members(dict.fromkeys(symbols, np.full(ROWS, 50.0)))
    return FundLines(flat, holdings("SPY", symbols, heavy, row, coverage))


def screen(*, spy: Floats | float = 0.0, rsp: Floats | float = 0.0, iwm: Floats | float = 0.0) -> Panel:
    """The usual screen, these funds with the moves of each day given."""
    whole = builders.panel(0, ROWS)
    for symbol, moves in {"SPY": spy, "RSP": rsp, "IWM": iwm}.items():
        whole = builders.priced(whole, symbol, 100.0 * np.cumprod(1 + np.zeros(ROWS) + moves))
    return whole


def engine_of(whole: Panel, **lines: FundLines) -> Engine:
    return Engine(universe.build(builders.settings()), builders.settings(), whole, None, lines)


def warning_of(engine: Engine, whole: Panel, rule_id: str) -> RiskWarning:
    return next(w for w in builders.look(engine, whole).warnings if w.id == rule_id)


def course(board: RuleBoard, rule_id: str, subject: str) -> list[str]:
    sessions = board.market.history.sessions
    return [s for s, _since, _sessions in builders.states(board, sessions, builders.rule(rule_id), subject)]


def test_w10_reaches_every_state() -> None:
    """Equal weight falls behind for a while, and the seven weigh 40 %; then 20 %."""
    moves = np.where((np.arange(ROWS) >= 70) & (np.arange(ROWS) < 90), -0.004, 0.0)
    whole = screen(rsp=moves)
    heavy = course(engine_of(whole, SPY=large(0.40)).board, "W10", "SPY")
    assert set(heavy) == {"NOT_EVALUATED", "CLEAR", "WATCH", "WARNING"}
    light = course(engine_of(whole, SPY=large(0.20)).board, "W10", "SPY")
    assert {"CLEAR", "WATCH"} <= set(light)
    assert "WARNING" not in light
    alone = course(engine_of(whole).board, "W10", "SPY")
    assert alone[:64] == ["NOT_EVALUATED"] * 63 + ["CLEAR"]


def test_w11_reaches_every_state() -> None:
    """Eight of a hundred lines rise at first, the ninety-two others later on."""
    names = tuple(f"S{k:02}" for k in range(100))
    early = np.arange(ROWS) < 70
    moves = [np.where(early, 0.002, -0.001)] * 8 + [np.where(early, -0.001, 0.002)] * 92
    prices = {name: 20.0 * np.cumprod(1 + move) for name, move in zip(names, moves, strict=True)}
    lines = FundLines(builders.members(prices), holdings("IWM", names, 0.5, 100))
    found = course(engine_of(screen(iwm=0.0006), IWM=lines).board, "W11", "IWM")
    assert found[:63] == ["NOT_EVALUATED"] * 63
    assert list(dict.fromkeys(found)) == ["NOT_EVALUATED", "CLEAR", "WARNING", "WATCH"]
    assert found[-1] == "CLEAR"


def test_w10_is_partial_without_weights_and_says_so() -> None:
    whole = screen()
    found = warning_of(engine_of(whole), whole, "W10")
    assert (found.state, found.partial, found.missing) == ("CLEAR", True, ("holdings of SPY",))
    assert found.text == "equal vs cap 0.0 pp / 63s   partial: weights missing"


def test_w10_is_partial_without_equal_weight() -> None:
    whole = builders.without(screen(), "RSP")
    found = warning_of(engine_of(whole, SPY=large()), whole, "W10")
    assert (found.state, found.partial, found.missing) == ("CLEAR", True, ("RSP",))
    assert "equal vs cap —" in found.text


def test_w10_is_partial_without_the_prices_of_the_seven() -> None:
    whole, lines = screen(), large()
    lacking = replace(lines, panel=builders.without(lines.panel, "NVDA", rows=slice(0, 100)))
    found = warning_of(engine_of(whole, SPY=lacking), whole, "W10")
    assert (found.state, found.missing) == ("CLEAR", ("63 sessions of all seven companies",))


def test_w10_is_not_evaluated_without_all_of_them() -> None:
    whole = builders.without(screen(), "RSP", "SPY")
    found = warning_of(engine_of(whole), whole, "W10")
    assert (found.state, found.missing) == ("NOT_EVALUATED", ("RSP", "SPY", "holdings of SPY"))
    known = warning_of(engine_of(whole, SPY=large(0.40)), whole, "W10")
    assert (known.state, known.partial) == ("WATCH", True)  # the weights alone are enough


@pytest.mark.parametrize(
    ("row", "coverage", "state", "missing"),
    [
        (ROWS - 20, 1.0, "WATCH", ()),
        (ROWS - 20, 0.94, "WATCH", ("fresh and whole holdings of SPY (there are those of {dated})",)),
        (ROWS - 40, 1.0, "WATCH", ("fresh and whole holdings of SPY (there are those of {dated})",)),
        (ROWS - 80, 1.0, "CLEAR", ("holdings of SPY within 92 days (there are those of {dated})",)),
        (ROWS - 20, 0.79, "CLEAR", ("fresh and whole holdings of SPY (there are those of {dated})",)),
    ],
)
def test_weights_serve_for_a_time(row: int, coverage: float, state: str, missing: tuple[str, ...]) -> None:
    """Up to 45 days fresh, up to 92 partial, then no longer; and no weights at all below 80 % of the fund."""
    whole = screen()
    found = warning_of(engine_of(whole, SPY=large(0.40, row, coverage)), whole, "W10")
    shown = {"CLEAR": ("CLEAR", "WATCH"), "WATCH": ("WATCH",)}[state]
    assert found.state in shown
    assert found.missing == tuple(text.format(dated=dated(row)) for text in missing)
    assert (found.evidence["c1"] is None) is (state == "CLEAR")


def small(*, unpriced: int = 0, stands_in: bool = False) -> FundLines:
    names = tuple(f"S{k:02}" for k in range(30))
    panel = builders.members({name: 20.0 * 1.001 ** np.arange(ROWS) for name in names})
    panel = builders.without(panel, *names[30 - unpriced :]) if unpriced else panel
    if stands_in:
        return FundLines(panel, None, stands_in="sp600")
    return FundLines(panel, holdings("IWM", names, 8 / 30, 120))


def test_w11_tells_names_and_yardstick() -> None:
    whole = screen(iwm=0.0009)
    found = warning_of(engine_of(whole, IWM=small()), whole, "W11")
    assert (found.state, found.partial, found.evidence["c7"]) == ("WATCH", False, 1.0)
    assert str(found.evidence["top10"]).count("pp") == 10
    assert "about 15 % in the long run, 29 % in 3 years to June 2025" in found.text


def test_w11_is_partial_where_a_universe_stands_in() -> None:
    whole = screen()
    found = warning_of(engine_of(whole, IWM=small(stands_in=True)), whole, "W11")
    assert (found.state, found.missing) == ("CLEAR", ("holdings of IWM (sp600 stands in)",))
    assert "partial: holdings missing, members of sp600" in found.text


@pytest.mark.parametrize(
    ("lines", "absent", "missing"),
    [
        ({}, (), ("holdings of IWM",)),
        ({"IWM": small(unpriced=7)}, (), ("prices for 80 % of the weight of IWM",)),
        ({"IWM": small()}, ("IWM",), ("IWM", "prices for 80 % of the weight of IWM")),
    ],
)
def test_w11_is_not_evaluated_without_an_input(
    lines: dict[str, FundLines], absent: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    whole = builders.without(screen(), *absent) if absent else screen()
    found = warning_of(engine_of(whole, **lines), whole, "W11")
    assert (found.state, found.missing) == ("NOT_EVALUATED", missing)


def test_a_provisional_session_is_judged_like_a_final_one() -> None:
    t = ROWS - 1
    whole, lines = screen(rsp=-0.0009), large(0.40)
    before = replace(lines, panel=builders.part(lines.panel, slice(t)))
    engine = engine_of(builders.part(whole, slice(t)), SPY=before)
    expected = warning_of(engine_of(whole, SPY=lines), whole, "W10")
    live = builders.live_row(whole, t)
    for _again in range(2):
        seen = engine.snapshot(live, builders.view(live.session), None, {"SPY": builders.live_row(lines.panel, t)})
        found = next(w for w in seen.warnings if w.id == "W10")
        assert (found.state, found.since, found.sessions) == (expected.state, expected.since, expected.sessions)
        assert found.evidence == pytest.approx(expected.evidence)


# --- on real sessions -----------------------------------------------------------------------------------------------


def at(board: RuleBoard, day: str) -> int:
    return int(np.searchsorted(board.market.history.sessions, np.datetime64(day)))


def test_w10_on_the_session_of_the_article(real_board: RuleBoard) -> None:
    """C.5: WATCH by the weights, confirmed on two sessions; the part of equal weight alone is CLEAR."""
    t, rule = at(real_board, "2026-01-09"), builders.rule("W10")
    steps: list[tuple[Judgement, Machine]] = list(real_board.course(rule, "SPY"))
    judgement, machine = steps[t]
    weight = judgement.evidence["c1"]
    assert isinstance(weight, float)
    assert 0.344 <= weight <= 0.353
    assert judgement.evidence["c2_63s"] == pytest.approx(0.253, abs=5e-4)
    assert (machine.state.value, judgement.watch, bool(judgement.partial)) == ("WATCH", True, True)  # 52 days old
    states = {m.state.value for j, m in steps if not j.missing}
    assert states == {"CLEAR", "WATCH"}
    alone = Machine(rule.hysteresis)
    market = copy(real_board.market)
    market.behind = replace(market.behind, concentration=None)
    for row in range(t + 1):
        alone = alone.step(rule.judge(market, "SPY", row), row)
    assert alone.state.value == "CLEAR"
    assert rule.judge(market, "SPY", t).partial == ("holdings of SPY",)


def test_w11_lacks_prices_on_the_real_market(real_board: RuleBoard) -> None:
    """41 of 1,957 lines are priced."""
    t, rule = at(real_board, "2026-01-09"), builders.rule("W11")
    assert rule.judge(real_board.market, "IWM", t).missing == ("prices for 80 % of the weight of IWM",)
    day = real_board.market.history.sessions[t].item() - timedelta(days=200)
    stale = rule.judge(real_board.market, "IWM", at(real_board, str(day))).missing
    assert stale == ("holdings of IWM within 92 days (there are those of 2025-11-11)",)
