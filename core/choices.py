"""What the user chose on the screen last time: layout, order, columns, theme, universe, basis, and the like.

One small JSON file in the user's state folder. It never hinders a start: one that cannot be read is told in a line
and counts as none. A choice in place of a setting holds while the configuration says what it said then, so that
whoever edits `config.toml` sees the edit; what the command line says stands above both.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec
from platformdirs import user_state_path

from core.errors import TapeboardError
from core.files import shown, write_whole
from core.i18n import _

MOST_BYTES = 65_536
"""A larger file is none of ours."""


class Instead(msgspec.Struct, frozen=True):
    """A setting as it was `configured`, and what was `chosen` in its place."""

    configured: str
    chosen: str


class Order(msgspec.Struct, frozen=True):
    """The column that a pane is sorted by, None for the order given, and whether its greatest value stands first."""

    column: str | None
    reverse: bool = False


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """Everything remembered; panes go by their commands ("pane_sectors"), settings by their dotted keys.

    `columns` are those of a pane in their order, where they are not the usual ones; `looks` whatever else of its look
    it remembers.
    """

    active: str = ""
    zoomed: bool = False
    pair: tuple[str, str] | None = None
    orders: dict[str, Order] = {}
    columns: dict[str, tuple[str, ...]] = {}
    looks: dict[str, str] = {}
    settings: dict[str, Instead] = {}

    def setting(self, key: str, configured: str, known: Collection[str]) -> str:
        """What was chosen in place of a setting, if that is `known` and the setting is as it was; else the setting."""
        instead = self.settings.get(key)
        if instead is None or instead.configured != configured or instead.chosen not in known:
            return configured
        return instead.chosen


def choices_file(env: Mapping[str, str] = os.environ) -> Path:
    """Where the choices of this user are kept; the file need not exist."""
    base = Path(env.get("XDG_STATE_HOME", ""))
    folder = base / "tapeboard" if base.is_absolute() else user_state_path("tapeboard", appauthor=False)
    return folder / "screen.json"


def load_choices(path: Path) -> tuple[Choices, str]:
    """The choices kept at `path`, and in one line what is wrong with them; none where there is no file."""
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Choices(), ""
    except OSError as error:
        return Choices(), _untold(path, error.strerror or str(error))
    try:
        if len(content) > MOST_BYTES:
            return Choices(), _untold(path, _("it is too large"))
        return msgspec.json.decode(content, type=Choices), ""
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Choices(), _untold(path, _("it is damaged"))


def save_choices(choices: Choices, path: Path) -> None:
    """Keep the choices. Raises TapeboardError where the disk does not take them."""
    mend = _("check the rights of the folder, or start with --fresh")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = _("{folder}: cannot be made ({reason})")
        told = message.format(folder=shown(path.parent), reason=error.strerror or str(error))
        raise TapeboardError(told, mend) from error
    write_whole(msgspec.json.format(msgspec.json.encode(choices), indent=2) + b"\n", path, mend=mend)


def _untold(path: Path, reason: str) -> str:
    message = _("the last layout is not known: {file}: {reason}")
    return message.format(file=shown(path), reason=reason)
