"""Reads `config.toml`: the shipped defaults, the user's file over them key by key, the command line on top.

Tables are merged, lists and values replaced. A file with mistakes is refused by one `SettingsError` with a line for
each: file, key, what was expected, what was found, and the nearest spelling. Imports neither numpy nor pandas.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias

import msgspec
from platformdirs import user_config_path

from core.errors import SettingsError
from core.files import shown
from core.i18n import _
from core.settings import FeedName, Settings
from core.settings_check import Mistake, against_types, dotted
from core.settings_rules import own_rules
from core.settings_sense import against_itself
from core.store_file import default_url
from core.text import clean

DEFAULT = "default"
"""The origin of a key that only the shipped file sets."""

_MOST_TOLD = 20
"""A list of thousands in the wrong form is one misunderstanding, and must not push the first line off the screen."""

Table: TypeAlias = dict[str, object]
Origin: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The effective settings; `origin` maps a dotted key to `DEFAULT`, a file, or the option that set it.

    `user_file` is the user's file that was read, None where there is none.
    """

    settings: Settings
    origin: Mapping[str, str]
    user_file: Path | None

    def with_overrides(
        self,
        *,
        feed: FeedName | None = None,
        data: Sequence[str] = (),
        store: str | None = None,
        universe: str | None = None,
        language: str | None = None,
    ) -> Loaded:
        """These settings with what the command line says instead; a relative path starts at the current folder."""
        settings, origin = self.settings, dict(self.origin)
        if feed is not None:
            settings = _replaced(settings, feed=_replaced(settings.feed, name=feed))
            origin["feed.name"] = "--feed"
        if data:
            settings = _replaced(
                settings, feed=_replaced(settings.feed, data=tuple(str(Path(path).absolute()) for path in data))
            )
            origin["feed.data"] = "--data"
        if store is not None:
            settings = _replaced(settings, store=_replaced(settings.store, url=store))
            origin["store.url"] = "--store"
        if universe is not None:
            settings = _replaced(settings, universe=_replaced(settings.universe, breadth=universe))
            origin["universe.breadth"] = "--universe"
        if language is not None:
            settings = _replaced(settings, screen=_replaced(settings.screen, language=language))
            origin["screen.language"] = "--lang"
        return replace(self, settings=settings, origin=origin)


_replaced = msgspec.structs.replace


def default_file() -> Path:
    """The shipped defaults: inside the installed package, or at the top of a checkout."""
    packaged = Path(__file__).with_name("config.toml")
    return packaged if packaged.is_file() else Path(__file__).parent.with_name("config.toml")


def user_config_file(env: Mapping[str, str] = os.environ) -> Path:
    """Where the user's own file is looked for; it need not exist."""
    base = Path(env.get("XDG_CONFIG_HOME", ""))
    if base.is_absolute():
        return base / "tapeboard" / "config.toml"
    return user_config_path("tapeboard", appauthor=False) / "config.toml"


def defaults() -> Loaded:
    """The shipped settings alone, whatever the user's file says."""
    return _load(None, {})


def load(user_file: Path | None = None, env: Mapping[str, str] = os.environ) -> Loaded:
    """The effective settings: the defaults and over them `user_file`, or else the user's own file if there is one.

    Raises `SettingsError` for a file that cannot be read, and for the mistakes in it: those of its keys and types, or
    where there are none, those of its sense.
    """
    path = user_config_file(env) if user_file is None else user_file
    content = _content(path, required=user_file is not None)
    return defaults() if content is None else _load(path, parsed(path, content))


def _load(user_file: Path | None, user: Table) -> Loaded:
    shipped = default_file()
    base = parsed(shipped, shipped.read_bytes())
    origin: Origin = {}
    merged = _merge(_merge({}, base, origin, DEFAULT), user, origin, str(user_file))
    file = user_file or shipped
    if user:  # what is shipped is without mistakes: a test says so, not every start
        refuse(against_types(merged), file)
    settings = msgspec.convert(merged, Settings)
    if user:
        commands = msgspec.convert(base["keys"], dict[str, str])
        refuse(chain(against_itself(settings, commands), own_rules(settings)), file)
    return Loaded(_resolved(settings, file), origin, user_file)


def _resolved(settings: Settings, file: Path) -> Settings:
    """The settings with what depends on the place filled in: paths named in `file`, and the user's own store."""
    data = tuple(_anchored(path, file, "feed.data") for path in settings.feed.data)
    return _replaced(
        settings,
        feed=_replaced(settings.feed, data=data),
        store=_replaced(settings.store, url=settings.store.url or default_url()),
        universes={
            name: _replaced(entry, file=_optional(entry.file, file, dotted(("universes", name, "file"))))
            for name, entry in settings.universes.items()
        },
        report=_replaced(
            settings.report,
            events=_optional(settings.report.events, file, "report.events"),
            folder=_optional(settings.report.folder, file, "report.folder"),
        ),
        holdings=_replaced(
            settings.holdings,
            SPY=_optional(settings.holdings.SPY, file, "holdings.SPY"),
            IWM=_optional(settings.holdings.IWM, file, "holdings.IWM"),
        ),
    )


def _merge(base: Table, over: Table, origin: Origin, source: str, path: tuple[str, ...] = ()) -> Table:
    """`base` with `over` laid on it; writes down in `origin` that the values of `over` come from `source`."""
    merged = dict(base)
    for key, value in over.items():
        below = (*path, key)
        if isinstance(value, dict):
            under = base.get(key)
            merged[key] = _merge(under if isinstance(under, dict) else {}, value, origin, source, below)
        else:
            merged[key] = value
            origin[dotted(below)] = source
    return merged


def refuse(mistakes: Iterable[Mistake], file: Path) -> None:
    """Raise a `SettingsError` that tells the mistakes in `file`, `_MOST_TOLD` of them at most, if there are any."""
    errors = [_refusal(mistake, file) for mistake in islice(mistakes, _MOST_TOLD)]
    if errors:
        first, *others = errors
        raise SettingsError(first.message, first.mend, others)


def _refusal(mistake: Mistake, file: Path) -> SettingsError:
    message = _("{file}: {key}: expected {expected}, found {found}").format(
        file=shown(file), key=clean(dotted(mistake.path)), expected=mistake.expected, found=mistake.found
    )
    mend = _('did you mean "{nearest}"?').format(nearest=clean(mistake.nearest)) if mistake.nearest else ""
    return SettingsError(message, mend)


def _content(path: Path, *, required: bool) -> bytes | None:
    """The bytes of `path`; None where it is absent and need not exist."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if not required:
            return None
        raise _unreadable(path, _("nothing"), _("check the path given to --config")) from None
    except IsADirectoryError:
        raise _unreadable(path, _("a folder"), _("name the file inside it")) from None
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error), _("check the rights and the disk")) from None


def parsed(path: Path, content: bytes, what: str = "") -> Table:
    """The TOML document `content` of `path`, which may begin with a byte order mark.

    Raises `SettingsError`, which says that `what` was expected: a configuration file, unless it is something else.
    """
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = _("a byte that is not UTF-8 in line {line}").format(line=line)
        raise _unreadable(path, found, _("save the file as UTF-8"), what) from None
    except ValueError as error:  # TOMLDecodeError, and a number with too many digits
        raise _unreadable(path, _("invalid TOML"), clean(str(error)), what) from None
    except RecursionError:
        raise _unreadable(path, _("tables or lists nested too deeply"), _("write it flatter"), what) from None


def _unreadable(path: Path, found: str, mend: str, what: str = "") -> SettingsError:
    expected = _("{file}: expected {what}, found {found}")
    return SettingsError(expected.format(file=shown(path), what=what or _("a configuration file"), found=found), mend)


def _optional(path: str, file: Path, key: str) -> str:
    """`_anchored`, or "" where there is no path."""
    return _anchored(path, file, key) if path else ""


def _anchored(path: str, file: Path, key: str) -> str:
    """`path` as `key` of the configuration file `file` means it: relative to its folder, `~` the home folder."""
    try:
        return str(file.absolute().parent / Path(path).expanduser())
    except RuntimeError:
        message = _('{file}: {key}: expected a path, found "{path}", whose home folder is unknown').format(
            file=shown(file), key=clean(key), path=clean(path)
        )
        raise SettingsError(message, _("write the whole path")) from None
