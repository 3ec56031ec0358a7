"""The one function every visible string passes, in `core` and `tui` alike.

English is the source language; a catalogue is installed at start by `core.language`, before anything is shown.
"""

from __future__ import annotations

import gettext as _gettext
from typing import Final

SOURCE: Final = "en"
"""The language the strings are written in."""

_installed = [_gettext.NullTranslations()]
_language = [SOURCE]


def install(catalogue: _gettext.NullTranslations, language: str = SOURCE) -> None:
    """Use `catalogue`, of this language, for every string from now on."""
    _installed[0] = catalogue
    _language[0] = language


def language() -> str:
    """The language in force."""
    return _language[0]


def _(message: str) -> str:
    """`message` in the language of the user."""
    return _installed[0].gettext(message) if message else ""
