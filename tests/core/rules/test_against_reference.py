"""On the real market every rule says at every session what the independent reference says: state, since, evidence.

The reference (`tests/reference/catalogue.py`) reads the same files and warnings.md, and nothing of `core`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.rules import catalogue
from core.rules.board import RuleBoard
from core.rules.machine import Judgement
from tests.core import builders
from tests.reference.catalogue import Market, Rules, load_market, rules
from tests.reference.data import SCHEMES, SECTORS
from tests.reference.judged import Evidence, Rule

CLOSE = 1e-9

ENGINE_RULES = {rule.id: rule for rule in catalogue.rules(builders.settings().warnings) if rule.id != "W20"}
INSTANCES = [(rule.id, subject) for rule in ENGINE_RULES.values() for subject in rule.subjects]

LEAD = {
    "5s": "r5",
    "21s": "r21",
    "42s": "r42",
    "63s": "r63",
    "126s": "r126",
    "252s": "r252",
    "z21": "z21",
    "ratio_vs_sma50": "from_sma50",
    "share63": "share",
    "lead_sessions": "streak",
    "band_low": "low",
    "band_high": "high",
    "agree": "agree",
    "t63": "t",
}
NAMES: dict[str, dict[str, str]] = {
    "W01": LEAD,
    "W01b": LEAD,
    "W02": LEAD,
    "W03": {
        "vol_ratio": "v4",
        "vol_ratio_pr": "percentile",
        "vol_ratio_median": "median",
        "sigma20_iwm": "sigma20_small",
        "sigma20_spy": "sigma20_large",
        "annual_vol_iwm": "annual_small",
        "annual_vol_spy": "annual_large",
    },
    "W04": {
        "vix": "vix",
        "sigma20": "sigma20",
        "sigma20_pr": "percentile",
        "annual_vol": "annual",
        "ewma_vol": "ewma",
        "implied_less_realised": "v7",
    },
    "W05": {"vix_term": "v8", "vix": "vix", "vix3m": "vix3m", "days_inverted": "days_inverted"},
    "W06": {
        "rsi14": "rsi",
        "pct_b": "pct_b",
        "pr_dist_sma50": "stretch",
        "pr_ret_63s": "momentum",
        "points": "points",
    },
    "W07": {"dist_high_close_252": "from_high", "extension": "t6", "days_since_high": "t7"},
    "W08": {
        "dist_high_close_252": "from_high",
        "index_high_63": "at_high",
        "above_sma20": "above20",
        "above_sma50": "above50",
        "above_sma200": "above200",
        "new_highs": "new_highs",
        "new_lows": "new_lows",
        "line_gap": "line_gap",
        "line_below": "line_below",
        "coverage": "coverage",
    },
    "W09": {
        "high_share": "high_share",
        "low_share": "low_share",
        "new_highs": "new_highs",
        "new_lows": "new_lows",
        "highs_per_low": "ratio",
        "mcclellan": "mcclellan",
        "active_2.8": "active28",
        "active_2.2": "active22",
        "firings_2.8": "firings28",
        "firings_2.2": "firings22",
        "coverage": "coverage",
    },
    "W10": {
        "c1": "c1",
        "c2_63s": "share",
        "c2_contribution_63s": "c2",
        "c3": "c3",
        "ret_63s": "r63",
        "equal_less_cap_63s": "r5",
    },
    "W11": {},
    "W12": {},
    "W13": {
        "t": "t",
        "gamma": "gamma",
        "b": "b",
        "r2": "r2",
        "tlt_21s": "tlt_21",
        "rate_5s_bp": "d10y_5",
        "rate_21s_bp": "d10y_21",
        "xlre_21s": "xlre_21",
        "iwm_21s": "iwm_21",
    },
    "W14": {
        "credit_z": "z",
        "hyg_21s": "hyg_21",
        "hyg_less_ief_21s": "hyg_less_ief",
        "spy_drawdown_252": "spy_drawdown",
    },
    "W15": {
        "z21": "z",
        **{f"{scheme}_{n}s": f"{scheme}_{n}" for scheme in SCHEMES for n in (5, 21, 63)},
        "xly_xlp": "xly_xlp_21",
        "appetite": "y1",
    },
    "W16": {
        "avg_corr": "x3",
        "absorption": "ar",
        "delta_ar": "ar_shift",
        "dispersion": "v10",
        "sector_dispersion": "of_sectors",
    },
    "W17": {
        "turbulent_sessions": "count",
        "turbulence": "x11",
        "turbulence_pr": "percentile",
        **{f"z_{fund}": f"z_{fund}" for fund in SECTORS},
    },
    "W18": {
        f"corr{n}_iwm_{other.lower()}": f"{other}_{n}" for n in (63, 252) for other in ("QQQ", "SPY", "MAGS", "TLT")
    },
    "W19": {"drawdown_252": "from_high"},
    "W19b": {"dist_sma200": "from_sma200", "slope_sma200": "sma200_20"},
}
"""The engine's names of evidence, and the reference's."""

PERCENT = {
    *(("W08", name) for name in ("above_sma20", "above_sma50", "above_sma200")),
    *(("W09", name) for name in ("high_share", "low_share")),
}
"""What the reference has in percent and the engine as a fraction: rule and the engine's name."""


@cache
def reference() -> tuple[Market, Rules]:
    """The reference's rules; worked out once, in some 15 s."""
    market = load_market()
    return market, rules(market)


def of_reference(rule_id: str, subject: str) -> Rule:
    """The same instance of the reference, which names a subject only where a rule has several."""
    found = reference()[1]
    return found.get((rule_id, subject)) or found[rule_id, ""]


def differences(rule_id: str, judgement: Judgement, evidence: Evidence) -> Iterator[str]:
    """Evidence that is not the reference's."""
    for name, theirs in NAMES[rule_id].items():
        factor = 100 if (rule_id, name) in PERCENT else 1
        found, expected = judgement.evidence.get(name), evidence[theirs]
        if found is None or expected is None:
            same = found is expected
        else:
            assert not isinstance(found, str)
            same = math.isclose(factor * found, expected, rel_tol=CLOSE, abs_tol=CLOSE)
        if not same:
            yield f"{name}: {found}, expected {expected}"


def test_the_two_have_the_same_rules(market: Path) -> None:
    assert market.is_dir()
    assert set(ENGINE_RULES) == {rule_id for rule_id, _subject in reference()[1]}
    assert len(INSTANCES) == len(reference()[1])


@pytest.mark.parametrize(("rule_id", "subject"), INSTANCES)
def test_every_state_of_every_session(rule_id: str, subject: str, real_board: RuleBoard) -> None:
    sessions = reference()[0].data.sessions
    found = builders.states(real_board, real_board._history.sessions, ENGINE_RULES[rule_id], subject)
    expected = [tuple(row[1:]) for row in of_reference(rule_id, subject).states(sessions)]
    wrong = [(day, f, e) for day, f, e in zip(sessions, found, expected, strict=True) if f != e]
    assert wrong == []


@pytest.mark.parametrize(("rule_id", "subject"), INSTANCES)
def test_all_evidence_of_every_session(rule_id: str, subject: str, real_board: RuleBoard) -> None:
    """And the inputs a rule lacks: required ones on the same sessions, optional ones too."""
    sessions = reference()[0].data.sessions
    expected = of_reference(rule_id, subject).judged
    course = real_board.course(ENGINE_RULES[rule_id], subject)
    wrong: list[tuple[object, str]] = []
    told: set[str] = set()
    for day, (judgement, _machine), judged in zip(sessions, course, expected, strict=True):
        told |= {name for name, value in judgement.evidence.items() if isinstance(value, float | int)}
        if (bool(judgement.missing), bool(judgement.partial)) != (bool(judged.missing), bool(judged.partial)):
            wrong.append((day, f"lacks {judgement.missing}, {judgement.partial}, expected {judged}"))
        elif not judged.missing:
            wrong += [(day, text) for text in differences(rule_id, judgement, judged.evidence)]
    assert wrong == []
    assert told <= set(NAMES[rule_id])  # no number goes unproved
