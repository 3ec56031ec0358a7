"""The one function every visible string passes, in `core` and `tui` alike.

English is the source language; a catalogue can be installed once at start, before anything is shown.
"""

from __future__ import annotations

import gettext as _gettext

_installed = [_gettext.NullTranslations()]


def install(catalogue: _gettext.NullTranslations) -> None:
    """Use `catalogue` for every string from now on."""
    _installed[0] = catalogue


def _(message: str) -> str:
    """`message` in the language of the user."""
    return _installed[0].gettext(message)
