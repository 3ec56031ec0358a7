"""The choice of the language."""

from __future__ import annotations

import gettext
from collections.abc import Iterator

import pytest

from core import i18n, language
from core.i18n import _, plural
from tui.cli import main


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    i18n.install(gettext.NullTranslations())


@pytest.mark.parametrize(
    ("env", "chosen"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "de_DE.UTF-8"}, "zh"),
        ({"LANGUAGE": "zh:en", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({}, "en"),
    ],
)
def test_the_locale_chooses_as_gettext_reads_it(env: dict[str, str], chosen: str) -> None:
    assert language.preferred(env) == chosen


def test_a_language_is_in_force_until_another_is() -> None:
    language.use("zh")
    assert i18n.language() == "zh"
    assert _("not a string of the program") == "not a string of the program"
    language.use("en")
    assert i18n.language() == "en"


@pytest.mark.parametrize(
    ("chosen", "n", "told"),
    [("en", 1, "1 session"), ("en", 2, "2 sessions"), ("en", 0, "0 sessions"), ("zh", 1, "1 个交易日")],
)
def test_a_count_has_its_form(chosen: str, n: int, told: str) -> None:
    language.use(chosen)
    assert plural("{n} session", "{n} sessions", n).format(n=n) == told


def test_no_string_is_the_head_of_the_catalogue() -> None:
    language.use("zh")
    assert _("") == ""


def test_the_option_wins_over_locale_and_configuration(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert main(["config", "--lang", "en"]) == 0
    assert 'language = "en"  # from --lang' in capsys.readouterr().out
    assert i18n.language() == "en"
