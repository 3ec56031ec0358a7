"""The effective settings as a TOML document that loads to the same settings, with the origin of each key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from core import __version__
from core.files import shown
from core.i18n import _
from core.messenger import masked
from core.settings_check import dotted, quoted
from core.settings_load import DEFAULT, Loaded, default_file, user_config_file
from core.text import clean


def to_toml(loaded: Loaded) -> str:
    """One line per key; a key that differs from the shipped default says in a comment who set it.

    Of the addresses of `[notify]` only the kind is shown.
    """
    notify = loaded.settings.notify
    shown = msgspec.structs.replace(notify, urls=tuple(map(masked, notify.urls)))
    table = msgspec.to_builtins(msgspec.structs.replace(loaded.settings, notify=shown), builtin_types=(date,))
    return "\n".join([*_head(loaded), *_table(table, loaded.origin, ())]) + "\n"


def _head(loaded: Loaded) -> Iterator[str]:
    yield _("# The settings in force (Tapeboard {version}); a key without a remark has its default.").format(
        version=__version__
    )
    yield _("# defaults: {path}").format(path=shown(default_file()))
    if loaded.user_file is None:
        yield _("# yours: none; it would be {path}").format(path=shown(user_config_file()))
    else:
        yield _("# yours: {path}").format(path=shown(loaded.user_file))


def _table(table: Mapping[str, object], origin: Mapping[str, str], path: tuple[str, ...]) -> Iterator[str]:
    """The plain keys of `table`, then the tables in it: what follows a table's heading belongs to that table."""
    plain = {key: value for key, value in table.items() if value is not None and not isinstance(value, Mapping)}
    if path and (plain or not table):
        yield ""
        yield f"[{dotted(path)}]"
    for key, value in plain.items():
        source = origin.get(dotted((*path, key)), DEFAULT)
        remark = "" if source == DEFAULT else _("  # from {source}").format(source=clean(source))
        yield f"{dotted((key,))} = {_value(value)}{remark}"
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _table(value, origin, (*path, key))


def _value(value: object) -> str:
    match value:
        case list() | tuple():
            return f"[{', '.join(_value(item) for item in value)}]"
        case str():
            return quoted(value)
        case date():
            return value.isoformat()
        case _:
            return json.dumps(value)  # numbers, true and false are the same in both
