"""The functions every visible string passes, in `core` and `tui` alike.

English is the source language; a catalogue is installed at start by `core.language`, before anything is shown.

In Chinese a space stands between Chinese and Latin characters or digits, none before a percent sign or inside a date.
The catalogue keeps to that; where a placeholder meets its template, only the filled template can.
"""

from __future__ import annotations

import gettext as _gettext
import re
from typing import Final

SOURCE: Final = "en"
"""The language the strings are written in."""

_CHINESE: Final = "\u3400-\u9fff"
_MEETING: Final = re.compile(
    rf"(?<=[{_CHINESE}])(?=[+-]?[A-Za-z0-9^≥≤≈σ]|—(?!—))|(?<=[A-Za-z0-9%σ])(?=[{_CHINESE}])|(?<=[^—]—)(?=[{_CHINESE}])"
)
_DATE: Final = re.compile(r"(\d{4}) 年 (\d+) 月 (\d+) 日")
_BEFORE_PERCENT: Final = re.compile(r"(?<=\d) %")

_installed = [_gettext.NullTranslations()]
_language = [SOURCE]


def install(catalogue: _gettext.NullTranslations, language: str = SOURCE) -> None:
    """Use `catalogue`, of this language, for every string from now on."""
    _installed[0] = catalogue
    _language[0] = language


def language() -> str:
    """The language in force."""
    return _language[0]


def spaced(text: str) -> str:
    """A Chinese text with its spaces as the convention above has them; any other text as it is."""
    if text.isascii() or _language[0] == SOURCE:
        return text
    return _DATE.sub(r"\1年\2月\3日", _MEETING.sub(" ", _BEFORE_PERCENT.sub("%", text)))


class _Template(str):
    """A translated text with placeholders."""

    __slots__ = ()

    def format(self, *values: object, **named: object) -> str:
        """As `str.format`, spaced."""
        return spaced(super().format(*values, **named))


def _(message: str) -> str:
    """`message` in the language of the user."""
    return _filled(_installed[0].gettext(message)) if message else ""


def plural(one: str, many: str, n: float) -> str:
    """`one` where `n` is 1, else `many`, in the language of the user; some languages know one form only."""
    return _filled(_installed[0].ngettext(one, many, 1 if n == 1 else 2))


def _filled(text: str) -> str:
    return _Template(text) if _language[0] != SOURCE and "{" in text else text
