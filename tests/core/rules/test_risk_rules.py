"""W03 to W05 and W13 to W18: where their thresholds lie, and the states they reach."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from core.rules.board import RuleBoard
from core.rules.machine import Judgement, Machine
from tests.core import builders
from tests.core.rules.reading import Reading, judged
from tests.reference.data import SECTORS

NAN = math.nan
SPREAD = "BAMLH0A0HYM2"
ARTICLE = np.datetime64("2026-01-09")
RULES = ("W03", "W04", "W05", "W13", "W14", "W15", "W16", "W17", "W18")

# --- thresholds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratio", "rank", "expected"),
    [
        (1.5, 0.90, "watch"),
        (1.499, 0.99, "between"),
        (1.9, 0.899, "between"),
        (1.75, 0.97, "warn"),
        (1.749, 0.99, "watch"),
        (1.9, 0.969, "watch"),
        (1.4, 0.75, "between"),
        (1.399, 0.99, "exit"),
        (1.9, 0.749, "exit"),
    ],
)
def test_w03(ratio: float, rank: float, expected: str) -> None:
    assert judged("W03", Reading({"vol_ratio": ratio}, series={"vol_ratio_pr": rank})) == expected


@pytest.mark.parametrize(
    ("vix", "rank", "expected"),
    [
        (22.0, 0.85, "watch"),
        (21.99, 0.99, "between"),
        (40.0, 0.849, "between"),
        (30.0, 0.95, "warn"),
        (29.99, 0.99, "watch"),
        (40.0, 0.949, "watch"),
        (20.0, 0.75, "between"),
        (19.99, 0.99, "exit"),
        (40.0, 0.749, "exit"),
    ],
)
def test_w04(vix: float, rank: float, expected: str) -> None:
    assert judged("W04", Reading(series={"vix": vix, "sigma20_pr": rank})) == expected


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(0.95, "exit"), (0.951, "between"), (0.999, "between"), (1.0, "watch"), (1.079, "watch"), (1.08, "warn")],
)
def test_w05(ratio: float, expected: str) -> None:
    assert judged("W05", Reading(series={"vix_term": ratio})) == expected


@pytest.mark.parametrize(
    ("t", "bonds", "rise", "expected"),
    [
        (2.0, -0.04, 0.0, "watch"),
        (2.0, 0.0, 25.0, "watch"),
        (2.0, -0.0399, 24.9, "between"),
        (1.99, -0.10, 90.0, "between"),
        (2.0, -0.065, 0.0, "warn"),
        (2.0, 0.0, 40.0, "warn"),
        (2.0, -0.0649, 39.9, "watch"),
        (2.0, -0.0199, 9.9, "exit"),
        (2.0, -0.02, 9.9, "between"),
        (2.0, -0.0199, 10.0, "between"),
        (1.0, -0.10, 90.0, "between"),
        (0.99, -0.10, 90.0, "exit"),
        (2.0, NAN, 25.0, "watch"),
        (2.0, NAN, 9.9, "exit"),
        (2.0, NAN, 10.0, "between"),
        (2.0, -0.065, NAN, "warn"),
        (2.0, -0.0199, NAN, "exit"),
        (2.0, -0.02, NAN, "between"),
    ],
)
def test_w13(t: float, bonds: float, rise: float, expected: str) -> None:
    """Either move raises it, both must be calm to end it; of one alone that one decides."""
    assert judged("W13", Reading({"ret_21s": bonds}, series={"rate_t_ief": t, "rate_21s_bp": rise})) == expected


@pytest.mark.parametrize(
    ("z", "wider", "expected"),
    [
        (-1.5, NAN, "watch"),
        (-1.49, NAN, "between"),
        (-2.49, NAN, "watch"),
        (-2.5, NAN, "warn"),
        (-0.5, NAN, "between"),
        (-0.49, NAN, "exit"),
        (0.0, 75.0, "watch"),
        (0.0, 74.9, "between"),
        (0.0, 150.0, "warn"),
        (-1.5, 149.9, "watch"),
        (0.0, 25.0, "between"),
        (0.0, 24.9, "exit"),
        (-0.5, 24.9, "between"),
        (NAN, 75.0, "watch"),
        (NAN, 24.9, "exit"),
    ],
)
def test_w14(z: float, wider: float, expected: str) -> None:
    """`wider` is the change of the option-adjusted spread in basis points; its level is in percent."""
    assert judged("W14", Reading({f"{SPREAD} 21s": wider / 100}, series={"credit_z": z})) == expected


@pytest.mark.parametrize(
    ("z", "expected"),
    [(-1.5, "watch"), (-1.49, "between"), (-2.24, "watch"), (-2.25, "warn"), (-0.5, "between"), (-0.49, "exit")],
)
def test_w15(z: float, expected: str) -> None:
    assert judged("W15", Reading(series={"rotation_z": z})) == expected


@pytest.mark.parametrize(
    ("together", "shift", "expected"),
    [
        (0.75, 0.0, "watch"),
        (0.749, 1.99, "between"),
        (0.0, 2.0, "watch"),
        (0.85, 0.0, "warn"),
        (0.0, 3.0, "warn"),
        (0.849, 2.99, "watch"),
        (0.699, 1.49, "exit"),
        (0.70, 1.49, "between"),
        (0.699, 1.5, "between"),
    ],
)
def test_w16(together: float, shift: float, expected: str) -> None:
    assert judged("W16", Reading(series={"avg_corr": together, "delta_ar": shift})) == expected


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [
        ((0.1, 0.949, 0.949, 0.2, 0.949), "exit"),
        ((0.95, 0.1, 0.1, 0.1, 0.1), "between"),
        ((0.95, 0.1, 0.1, 0.1, 0.95), "watch"),
        ((0.95, 0.99, 0.1, 0.1, 0.95), "warn"),
        ((0.95, 0.99, 0.96, 0.97, 0.95), "warn"),
    ],
)
def test_w17(ranks: Sequence[float], expected: str) -> None:
    assert judged("W17", Reading(series={"turbulence_pr": ranks})) == expected


@pytest.mark.parametrize("ranks", [(0.5, 0.5, 0.5, 0.5), (NAN, 0.5, 0.5, 0.5, 0.5)])
def test_w17_needs_five_sessions(ranks: Sequence[float]) -> None:
    judgement = builders.rule("W17").judge(Reading(series={"turbulence_pr": ranks}), "sectors", 0)
    assert len(judgement.missing) == len(SECTORS)


@pytest.mark.parametrize(
    ("together", "expected"),
    [(0.889, "exit"), (0.89, "between"), (0.919, "between"), (0.92, "watch"), (0.959, "watch"), (0.96, "warn")],
)
def test_w18(together: float, expected: str) -> None:
    assert judged("W18", Reading(series={"corr63_iwm_qqq": together})) == expected


# --- states ---------------------------------------------------------------------------------------------------------

WATCH, WARN, QUIET = Judgement(watch=True), Judgement(watch=True, warn=True), Judgement(exit=True)


@pytest.mark.parametrize(
    ("rule_id", "watch_in", "warn_in", "out"),
    [(rule, 2, 2, 3) for rule in RULES if rule not in ("W05", "W17")] + [("W05", 1, 2, 2), ("W17", 1, 1, 1)],
)
def test_so_many_sessions_raise_and_end_each_rule(rule_id: str, watch_in: int, warn_in: int, out: int) -> None:
    machine = Machine(builders.rule(rule_id).hysteresis)
    course = [QUIET, *[WATCH] * watch_in, *[WARN] * warn_in, *[QUIET] * (out + 1)]
    told = []
    for t, judgement in enumerate(course):
        machine = machine.step(judgement, t)
        told.append(machine.state.value)
    raised = ["CLEAR"] * watch_in + ["WATCH"] * warn_in
    assert told == [*raised, *["WARNING"] * out, "WATCH", "CLEAR"]


SEEN = [
    *(("W03", day, state) for day, state in (("2021-03-26", "WATCH"), ("2021-03-30", "WARNING"))),
    *(("W04", day, state) for day, state in (("2025-04-04", "WATCH"), ("2025-04-07", "WARNING"))),
    *(("W05", day, state) for day, state in (("2025-10-16", "WATCH"), ("2025-04-08", "WARNING"))),
    *(("W13", day, state) for day, state in (("2023-02-14", "WATCH"), ("2023-02-17", "WARNING"))),
    *(("W14", day, state) for day, state in (("2025-04-07", "WATCH"), ("2025-04-08", "WARNING"))),
    *(("W15", day, state) for day, state in (("2025-03-11", "WATCH"), ("2020-04-23", "WARNING"))),
    *(("W16", day, state) for day, state in (("2025-04-17", "WATCH"), ("2025-04-25", "WARNING"))),
    *(("W17", day, state) for day, state in (("2025-04-04", "WATCH"), ("2025-04-09", "WARNING"))),
    ("W18", "2022-05-10", "WATCH"),
]


@pytest.mark.parametrize(("rule_id", "day", "state"), SEEN)
def test_each_raised_state_is_reached_on_a_real_session(
    rule_id: str, day: str, state: str, real_board: RuleBoard
) -> None:
    """All but a WARNING of W18, which these years do not have."""
    assert told_on(real_board, rule_id, np.datetime64(day)) == state


@pytest.mark.parametrize("rule_id", RULES)
def test_all_are_clear_on_the_articles_session(rule_id: str, real_board: RuleBoard) -> None:
    """warnings.md C.5."""
    assert told_on(real_board, rule_id, ARTICLE) == "CLEAR"


@pytest.mark.parametrize("rule_id", [rule for rule in RULES if rule != "W05"])
def test_none_is_evaluated_on_the_first_real_session(rule_id: str, real_board: RuleBoard) -> None:
    """W05 alone needs no history."""
    assert told_on(real_board, rule_id, np.datetime64("2019-01-02")) == "NOT_EVALUATED"


def told_on(board: RuleBoard, rule_id: str, day: np.datetime64) -> str:
    rule, sessions = builders.rule(rule_id), board._history.sessions
    return builders.states(board, sessions, rule, rule.subjects[0])[int(np.searchsorted(sessions, day))][0]


def test_a_warning_of_w18_is_reached_when_the_two_move_as_one() -> None:
    whole = builders.panel(11, 70)
    small = whole.px[:, whole.symbols.index("IWM")]
    whole = builders.priced(whole, "QQQ", 3.0 * small)
    whole = builders.priced(whole, "IWM", small)
    states = builders.states(builders.board(whole), whole.sessions, builders.rule("W18"), "IWM-QQQ")
    assert [state for state, _since, _sessions in states][62:66] == ["NOT_EVALUATED", "CLEAR", "WARNING", "WARNING"]


def test_the_day_a_rule_can_first_be_judged(real_board: RuleBoard) -> None:
    """0.3: percentiles from 504 values on, full windows for the rest; the file begins on 2019-01-02."""
    first = {}
    for rule_id in RULES:
        rule = builders.rule(rule_id)
        judgements = [judgement for judgement, _machine in real_board.course(rule, rule.subjects[0])]
        t = next(t for t, judgement in enumerate(judgements) if not judgement.missing)
        first[rule_id] = real_board._history.sessions[t].astype(date)
    rows = {
        rule_id: int(np.searchsorted(real_board._history.sessions, np.datetime64(day)))
        for rule_id, day in first.items()
    }
    assert rows == {
        "W03": 20 + 503,
        "W04": 20 + 503,
        "W05": 0,
        "W13": 126,
        "W14": 252,
        "W15": 252,
        "W16": 252 + 251,
        "W17": 253 + 503 + 4,
        "W18": 63,
    }
