"""W03 to W05 and W13 to W18 without an input, and what they tell as evidence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest

from core.metrics.risk_series import RiskSeries
from core.panel import Floats, LiveRow, Panel
from core.rules.board import RuleBoard
from core.rules.machine import Judgement
from core.rules.market import Behind, Health, Market, SectorFunds
from tests.core import builders
from tests.core.metrics.test_risk_properties import SYMBOLS, assets
from tests.core.rules.reading import Reading
from tests.core.rules.test_risk_rules import ARTICLE, RULES, SPREAD
from tests.reference.data import SCHEMES, SECTORS

NAN = math.nan

# --- without inputs -------------------------------------------------------------------------------------------------

SESSIONS = 780
WATCHED = (*SYMBOLS, SPREAD)
REQUIRED = {
    "W03": ("IWM", "SPY"),
    "W04": ("^VIX", "SPY"),
    "W05": ("^VIX", "^VIX3M"),
    "W13": ("IWM", "SPY", "IEF"),
    "W14": (),
    "W15": tuple(SECTORS),
    "W16": tuple(SECTORS),
    "W17": tuple(SECTORS),
    "W18": ("IWM", "QQQ"),
}
PARTS = {"W13": ("TLT", "^TNX"), "W14": ("HYG", SPREAD)}
"""Inputs that stand for each other: without one a rule is partial, without all it is not evaluated."""
OF_MEMBERS = {"W16": {"dispersion"}, "W18": {"corr63_iwm_mags", "corr252_iwm_mags"}}
"""Evidence that only the members of a universe give, which this market has not."""


class Latest:
    """A market whose last session is provisional, so that any quote of it can be taken away."""

    def __init__(self) -> None:
        whole = builders.panel(3, SESSIONS, WATCHED)
        self._live: LiveRow = builders.live_row(whole, SESSIONS - 1)
        before = builders.part(whole, slice(SESSIONS - 1))
        self._fold, self._history = builders.folded(before)
        self._columns = {symbol: column for column, symbol in enumerate(WATCHED)}
        self._series = RiskSeries(self._history, assets(WATCHED))

    def judge(self, rule_id: str, *absent: str) -> Judgement:
        """The last session without these quotes."""
        px = self._live.px.copy()
        px[[self._columns[symbol] for symbol in absent]] = NAN
        live = replace(self._live, px=px)
        self._history.put_live(live.session, self._fold.read(self._fold.live_row(live)))
        rule = builders.rule(rule_id)
        judgement = rule.judge(self._market(self._columns), rule.subjects[0], SESSIONS - 1)
        dict(judgement.evidence)  # gathered before the next quote
        return judgement

    def judge_unwatched(self, rule_id: str, absent: str) -> Judgement:
        """The last finished session where a symbol was never watched."""
        columns = {symbol: column for symbol, column in self._columns.items() if symbol != absent}
        rule = builders.rule(rule_id)
        return rule.judge(self._market(columns), rule.subjects[0], SESSIONS - 2)

    def _market(self, columns: Mapping[str, int]) -> Market:
        funds = SectorFunds(tuple(SECTORS), "msci", builders.settings().universe.schemes)
        return Market(
            self._history,
            columns,
            lambda _t: Health((), (), 1.0),
            Behind(risk=self._series, sectors=funds),
        )


@pytest.fixture(scope="module")
def latest() -> Latest:
    return Latest()


@pytest.mark.parametrize("rule_id", RULES)
def test_with_all_inputs_every_rule_is_judged_whole(rule_id: str, latest: Latest) -> None:
    judgement = latest.judge(rule_id)
    assert (judgement.missing, judgement.partial) == ((), ())
    text = builders.rule(rule_id).text(builders.rule(rule_id).subjects[0], judgement)
    assert "nan" not in text
    evidence = dict(judgement.evidence)
    assert evidence
    assert {name for name, value in evidence.items() if value is None} == OF_MEMBERS.get(rule_id, set())
    assert not any(isinstance(value, float) and math.isnan(value) for value in evidence.values())


@pytest.mark.parametrize(("rule_id", "symbol"), [(rule, symbol) for rule in RULES for symbol in REQUIRED[rule]])
def test_without_a_required_input_a_rule_is_not_evaluated(rule_id: str, symbol: str, latest: Latest) -> None:
    judgement = latest.judge(rule_id, symbol)
    assert judgement.missing == (symbol,)
    assert not any((judgement.watch, judgement.warn, judgement.exit))


@pytest.mark.parametrize(("rule_id", "symbol"), [(rule, symbol) for rule in PARTS for symbol in PARTS[rule]])
def test_without_an_optional_input_a_rule_is_partial(rule_id: str, symbol: str, latest: Latest) -> None:
    judgement = latest.judge(rule_id, symbol)
    assert (judgement.missing, judgement.partial) == ((), (symbol,))
    text = builders.rule(rule_id).text(builders.rule(rule_id).subjects[0], judgement)
    assert "nan" not in text


def test_without_both_parts_a_rule_is_not_evaluated(latest: Latest) -> None:
    assert latest.judge("W13", "TLT", "^TNX").missing == ("TLT", "^TNX")
    assert latest.judge("W14", "HYG", SPREAD).missing == ("HYG",)


@pytest.mark.parametrize(("rule_id", "symbol"), [("W13", "XLRE"), ("W14", "SPY"), ("W14", "IEF"), ("W18", "TLT")])
def test_what_is_evidence_only_is_told_as_absent(rule_id: str, symbol: str, latest: Latest) -> None:
    judgement = latest.judge(rule_id, symbol)
    assert (judgement.missing, judgement.partial) == ((), ())
    assert None in judgement.evidence.values()
    text = builders.rule(rule_id).text(builders.rule(rule_id).subjects[0], judgement)
    assert "—" in text
    assert "nan" not in text


def test_a_scheme_of_which_a_fund_is_not_watched_is_not_judged(latest: Latest) -> None:
    assert latest.judge_unwatched("W15", "XLK").missing == ("XLK",)
    assert latest.judge_unwatched("W15", "XLE").missing == ("XLE",)


# --- evidence -------------------------------------------------------------------------------------------------------


def on_article(board: RuleBoard, rule_id: str) -> tuple[Judgement, str]:
    rule, t = builders.rule(rule_id), int(np.searchsorted(board._history.sessions, ARTICLE))
    judgement = rule.judge(board.market, rule.subjects[0], t)
    return judgement, rule.text(rule.subjects[0], judgement)


def test_the_evidence_of_the_articles_session(real_board: RuleBoard) -> None:
    """article.md A.1 has these figures; all evidence is held against the reference elsewhere."""
    found, text = on_article(real_board, "W13")
    assert [round(float(found.evidence[name] or 0), 2) for name in ("gamma", "t")] == [0.43, 1.79]
    assert "slope on IEF 0.43 (t 1.79)" in text
    found, text = on_article(real_board, "W18")
    assert "QQQ 0.72 / 0.83" in text
    found, text = on_article(real_board, "W15")
    assert (found.label, found.evidence["scheme"]) == ("msci", "msci")
    assert {f"{scheme}_{n}s" for scheme in SCHEMES for n in (5, 21, 63)} <= found.evidence.keys()


def test_w05_says_what_an_inversion_was_followed_by(latest: Latest) -> None:
    """C.2 asks for this sentence."""
    text = builders.rule("W05").text("VIX-VIX3M", latest.judge("W05"))
    assert "stress now; historically followed by above-average SPY returns" in text


@pytest.mark.parametrize(
    ("rise", "t", "said"), [(25.0, 1.99, True), (25.0, 2.0, False), (24.9, 1.0, False), (None, 1.0, False)]
)
def test_w13_says_that_small_caps_do_not_care(rise: float | None, t: float, said: bool) -> None:
    names = ("gamma", "b", "r2", "tlt_21s", "rate_5s_bp", "xlre_21s", "iwm_21s")
    judgement = Judgement(evidence={**dict.fromkeys(names, 0.0), "t": t, "rate_21s_bp": rise})
    text = builders.rule("W13").text("IWM", judgement)
    assert ("rates rose; no measurable extra small-cap sensitivity" in text) is said


@pytest.mark.parametrize(("inverted", "expected"), [((), 0), ((3,), 0), ((3, 4), 2), ((0, 1, 2, 3, 4), 5)])
def test_days_inverted_count_back_from_today(inverted: tuple[int, ...], expected: int) -> None:
    whole = builders.panel(2, 5, SYMBOLS)
    whole = builders.priced(whole, "^VIX", [21.0 if t in inverted else 15.0 for t in range(5)])
    whole = builders.priced(whole, "^VIX3M", [20.0] * 5)
    market = builders.board(whole).market
    assert builders.rule("W05").judge(market, "VIX-VIX3M", 4).evidence["days_inverted"] == expected


def crises() -> Iterator[tuple[str, Floats]]:
    """Every sector by name, with its moves of 400 sessions: XLK takes a blow on the last one."""
    rng = np.random.default_rng(8)
    for symbol in SECTORS:
        moves = rng.normal(0, 0.01, 400)
        if symbol == "XLK":
            moves[-1] = -0.12
        yield symbol, moves


def test_w17_names_the_sectors_that_moved_most() -> None:
    whole: Panel = builders.panel(2, 400)
    for symbol, moves in crises():
        whole = builders.priced(whole, symbol, 50.0 * np.cumprod(1.0 + moves))
    board = builders.board(whole)
    market = Reading(series={"turbulence_pr": [0.5] * 5, "turbulence": 9.0})
    market.history, market.columns = board.market.history, board.market.columns
    market.value = board.market.value  # type: ignore[method-assign] # the moves are those of the panel
    found = dict(builders.rule("W17").judge(market, "sectors", 399).evidence)
    largest = [name for name in found if name.startswith("z_")]
    assert len(largest) == 3
    assert largest[0] == "z_XLK"
    moves = dict(crises())["XLK"]
    assert found["z_XLK"] == pytest.approx(moves[-1] / moves[-61:-1].std(ddof=1), rel=1e-9)
