"""Every language has every string, with the same placeholders, and the program reads what the translators wrote."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support import catalogue
from tests.support.catalogue import as_text, compiled, path_of, strings_of, template, translations, updated, wrong

MEND = "run `make catalogue`, translate what it names, and run it again"


@pytest.mark.parametrize("language", translations())
class TestLanguage:
    def test_it_has_every_string_and_no_other(self, language: str) -> None:
        assert as_text(updated(language)) == path_of(language).read_bytes(), MEND

    def test_every_string_is_translated_with_its_placeholders(self, language: str) -> None:
        assert list(wrong(updated(language))) == [], MEND

    def test_the_program_reads_what_is_written(self, language: str) -> None:
        path = path_of(language)
        assert compiled(path.read_bytes()) == path.with_suffix(".mo").read_bytes(), MEND

    def test_cells_of_one_line_stay_on_one_line(self, language: str) -> None:
        broken = [m.id for m in updated(language) if m.id and ("\n" in str(m.id)) != ("\n" in str(m.string))]
        assert broken == []


def test_names_of_the_configuration_are_strings_too() -> None:
    ids = {message.id for message in template()}
    assert {"Materials", "Index funds", "Fed meeting (FOMC)"} <= ids


def test_a_placeholder_that_is_lost_is_found() -> None:
    made = updated(translations()[0])
    message = next(m for m in made if m.id and re.search(r"{\w+}", str(m.id)))
    message.string = "nothing"
    assert any("other placeholders" in line for line in wrong(made))
    assert catalogue.placeholders("{a} {b:pp} {a}") == ["{a}", "{a}", "{b:pp}"]


def test_a_string_inside_an_f_string_is_found(tmp_path: Path) -> None:
    """Babel finds it from Python 3.12 on only."""
    (tmp_path / "code.py").write_text("def f(n): return f'{n} · {_(\"{n} s\").format(n=n)}' + _('a ' 'b')\n")
    assert list(strings_of(tmp_path)) == ["a b", "{n} s"]


def test_both_forms_of_a_count_are_found(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("plural('{n} day', '{n} days', 2)")
    assert list(strings_of(tmp_path)) == [("{n} day", "{n} days")]
    made = updated(translations()[0])
    message = next(m for m in made if isinstance(m.id, tuple))
    message.string = ("without its number",)
    assert any("other placeholders" in line for line in wrong(made))
