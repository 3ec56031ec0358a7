"""Claims as they were printed, and the files that hold them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.claims import load_claims, printed
from core.errors import TapeboardError

GROUP = 'title = "T"\n[[group]]\ntitle = "G"\nto = 2026-01-09\n'
CLAIM = '[[group.claim]]\nsubject = "IWM"\nmetric = "close"\nvalue = "260.2"\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "claims.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "plain", "digits"),
    [
        ("6.6 %", 0.066, 1),
        ("+5.970%", 0.0597, 3),
        ("-1.59 %", -0.0159, 2),
        ("−1.59 %", -0.0159, 2),
        ("35.66 million", 35_660_000, 2),
        ("6,966.28", 6966.28, 2),
        ("25 bp", 0.0025, 0),
        ("1", 1, 0),
    ],
)
def test_a_number_is_read_as_it_was_printed(text: str, plain: float, digits: int) -> None:
    read = printed(text)
    assert read.value * read.scale == pytest.approx(plain, rel=1e-12)
    assert read.digits == digits


@pytest.mark.parametrize("text", ["", "about 6 %", "6.6 parsecs", "6.6.6", "nan", "1e5"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        printed(text)


@given(st.decimals(min_value=-99, max_value=99, places=4))
def test_a_number_fits_what_it_was_rounded_to_and_nothing_a_unit_away(exact: object) -> None:
    measured = float(str(exact))
    read = printed(f"{measured:.2f} %")
    assert read.fits(measured / 100)
    assert not read.fits((measured + 0.0101) / 100)


def test_a_file_is_read_with_its_groups_and_claims(tmp_path: Path) -> None:
    claims = load_claims(written(tmp_path, GROUP + CLAIM))
    assert claims.symbols == ("IWM",)
    assert claims.group[0].claim[0].value == "260.2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = 1", "title: expected"),
        (GROUP + CLAIM.replace("metric", "metrik"), "group.1.claim.1.metrik: expected a known key (subject, metric"),
        (GROUP + CLAIM.replace('"close"', '"closes"'), 'did you mean "close"?'),
        (GROUP + CLAIM.replace('"260.2"', '"high"'), "group.1.claim.1.value: expected a number as printed"),
        (GROUP + CLAIM.replace('"close"', '"return"'), "expected from or window in its group, which a return needs"),
        (GROUP + "from = 2026-01-12\n" + CLAIM, "expected from before to"),
        (GROUP + 'from = 2026-01-02\nwindow = "5s"\n' + CLAIM, "found both"),
        (GROUP + "claim = []\n", "expected at least one claim"),
        (GROUP + 'window = "5s"\n' + CLAIM.replace('"close"', '"rank"'), "among: expected the symbols that are ranked"),
        ("title = ", "invalid TOML"),
    ],
)
def test_each_mistake_is_one_line_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(TapeboardError) as caught:
        load_claims(file)
    lines = str(caught.value).splitlines()
    assert said in lines[0]
    assert caught.value.exit_code == 2
    assert all(line.startswith(f"{file}: ") for line in lines)


def test_an_absent_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(TapeboardError, match="cannot be read"):
        load_claims(tmp_path / "none.toml")
