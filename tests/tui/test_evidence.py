from __future__ import annotations

import pytest

from tui.evidence import EvidenceValue, name_of, named, written


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("z21", 0.5649, "0.56 σ"),
        ("ratio_vs_sma50", 0.0326, "+3.26 %"),
        ("share63", 0.6831, "68.3 %"),
        ("band_low", -0.0035, "-0.35 pp"),
        ("63s", 0.028, "+2.80 pp"),
        ("rate_21s_bp", 11.1, "+11 bp"),
        ("agree", 5, "5"),
        ("vix", 17.44, "17.44 points"),
        ("index_high_63", True, "yes"),
        ("index_high_63", False, "no"),
        ("oas", None, "—"),
        ("scheme", "msci\x1b[1m", "msci[1m"),
        ("corr63_iwm_qqq", 0.69, "0.69"),
        ("z_XLP", 2.296, "2.30 σ"),
        ("my_own", 1234.5, "1,234.5"),
        ("ret_21s", 0.0034356, "+0.34 %"),
        ("sigma20", 0.0123, "1.2 %"),
        ("spread.63s", -0.0114, "-1.14 pp"),
        ("risk.rate_21s_bp", -31.2, "-31 bp"),
        ("breadth.high_low_index", 84.13, "84.13 %"),
    ],
)
def test_each_value_has_its_unit(key: str, value: EvidenceValue, text: str) -> None:
    assert written(key, value) == text


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("21s", "small less large caps over 21 sessions"),
        ("corr252_iwm_tlt", "correlation of IWM and TLT, 252 sessions"),
        ("msci_21s", "cyclicals less defensives by msci, 21 sessions"),
        ("ret_63s", "return of the fund over 63 sessions"),
        ("ret_21s", "ret_21s"),
        ("z_XLK", "move of XLK today"),
        ("active_2.8", "sessions left at 2.8 %"),
        ("firings_2.2", "firings so far at 2.2 %"),
        ("spread.z21", "spread.z21"),
        ("some_metric", "some metric"),
    ],
)
def test_each_name_is_told_in_words(key: str, words: str) -> None:
    assert name_of(key).text == words


def test_a_text_that_is_empty_is_left_out() -> None:
    assert named({"coverage": 1.0, "missing": "", "stale": "SPY"}) == [("coverage", "100.0 %"), ("stale", "SPY")]
