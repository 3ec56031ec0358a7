"""Whether the keys of `[keys]` exist, stay out of the way of the panes, and have one command each, however spelt."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from core.errors import SettingsError
from core.i18n import _
from core.text import clean
from tui.commands import registry, split

MODIFIERS: Final = ("ctrl", "shift", "alt", "super", "hyper", "meta")
MOVES: Final = frozenset(
    ("up", "k", "down", "j", "left", "h", "right", "l", "pageup", "pagedown", "home", "end", "enter", "escape")
)
"""Keys that panes, pages and dialogs have for themselves: a command on one of them would never run."""

NAMED: Final = frozenset(key.value for key in Keys if key.value[0] != "<" and "+" not in key.value)


def check(keys: Mapping[str, str]) -> None:
    """Raise SettingsError for the first key that does not exist, moves in a pane, or has two commands."""
    taken: dict[str, str] = {}
    for command in registry():
        for name in split(keys.get(command.id, "")):
            where = f"keys.{command.id}"
            key = _canonical(name)
            if not _exists(key):
                message = _('{where}: expected a key by its name, found "{name}"').format(
                    where=where, name=clean(name, 40)
                )
                raise SettingsError(message, _mend(name))
            if key in MOVES:
                message = _('{where}: "{name}" moves in the panes').format(where=where, name=clean(name, 40))
                raise SettingsError(message, _("give another key"))
            other = taken.setdefault(key, command.id)
            if other != command.id:
                message = _('{where}: "{name}" is the key of {other} too').format(
                    where=where, name=clean(name, 40), other=other
                )
                raise SettingsError(message, _("give one of them another key"))


def _canonical(name: str) -> str:
    """The name that the terminal's key arrives under: "slash" for "/" as well."""
    (binding,) = Binding.make_bindings([Binding(name, "")])
    return binding.key


def _exists(key: str) -> bool:
    *modifiers, last = key.split("+")
    if any(modifier not in MODIFIERS for modifier in modifiers) or len(set(modifiers)) < len(modifiers):
        return False
    if len(last) == 1:  # a letter with Shift is another letter, and Control makes no difference between the two
        return "shift" not in modifiers and not (modifiers and last.isupper())
    return last in NAMED or last in _signs()


def _signs() -> frozenset[str]:
    """The names of the signs of a keyboard."""
    return frozenset(_sign_names())


def _sign_names() -> Iterator[str]:
    for code in (*range(0x21, 0x7F), *range(0xA1, 0x100)):
        sign = chr(code)
        if not sign.isalnum():
            name = unicodedata.name(sign, "").lower().replace("-", "_").replace(" ", "_")
            yield KEY_NAME_REPLACEMENTS.get(name, name)


def _mend(name: str) -> str:
    """The key that was probably meant."""
    *modifiers, last = name.split("+")
    if modifiers == ["shift"] and len(last) == 1:
        near = last.upper()
    else:
        known = [*NAMED, *_signs()]
        found = difflib.get_close_matches(last.lower(), known, 1, 0.5) if len(last) > 1 else [last.lower()]
        held = [difflib.get_close_matches(modifier.lower(), MODIFIERS, 1, 0.5) for modifier in modifiers]
        near = "+".join([*(part[0] for part in held if part), *found])
    return _('did you mean "{near}"?').format(near=clean(near, 40)) if near else _("see the names in config.toml")
