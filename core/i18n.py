"""The one function every visible string passes, in `core` and `tui` alike, and the choice of the language.

English is the source language; a catalogue is installed at start, before anything is shown. The catalogues are
made by `make catalogue`.
"""

from __future__ import annotations

import gettext as _gettext
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SOURCE: Final = "en"
"""The language the strings are written in."""

LANGUAGES: Final = (SOURCE, "zh")
"""What can be shown."""

AUTO: Final = "auto"
"""Follow the locale."""

DOMAIN: Final = "tapeboard"
LOCALES: Final = Path(__file__).with_name("locale")

_installed = [_gettext.NullTranslations()]
_language = [SOURCE]


def install(catalogue: _gettext.NullTranslations) -> None:
    """Use `catalogue` for every string from now on."""
    _installed[0] = catalogue


def use(language: str) -> None:
    """Show everything in one of `LANGUAGES` from now on."""
    _language[0] = language
    if language == SOURCE:
        install(_gettext.NullTranslations())
        return
    with (LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        install(_gettext.GNUTranslations(file))


def language() -> str:
    """The language in force."""
    return _language[0]


def preferred(env: Mapping[str, str] = os.environ) -> str:
    """The language of the user's locale, as gettext reads it; English where that is none of ours."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := env.get(name, ""):
            found = value.split(":")[0].split("_")[0].split(".")[0].split("-")[0].lower()
            return found if found in LANGUAGES else SOURCE
    return SOURCE


def use_chosen(choice: str) -> None:
    """Show everything in the language chosen, with `AUTO` in that of the locale."""
    use(preferred() if choice == AUTO else choice)


def _(message: str) -> str:
    """`message` in the language of the user."""
    return _installed[0].gettext(message) if message else ""
