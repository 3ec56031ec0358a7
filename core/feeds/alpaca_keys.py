"""The key of an Alpaca account: found in the environment or in the keyring, and shown nowhere.

A key never stands in a configuration file, a log, a traceback, an error or a snapshot: `repr` leaves both
parts out, and whatever the other side says passes `Keys.hide` before anybody sees it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import FeedUnavailable
from core.i18n import _

VARIABLES = ("APCA_API_KEY_ID", "APCA_API_SECRET_KEY")
SERVICE = "tapeboard"
ENTRIES = ("alpaca_key_id", "alpaca_secret_key")
"""The names in the keyring, under `SERVICE`."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Both parts of one key."""

    id: str = field(repr=False)
    secret: str = field(repr=False)

    def hide(self, text: str) -> str:
        """`text` without either part."""
        return text.replace(self.secret, "***").replace(self.id, "***")


def find_keys(env: Mapping[str, str] = os.environ) -> Keys:
    """The key of the environment, or else that of the keyring. Raises FeedUnavailable where there is none.

    Both parts come from one place: half a key of each would be refused for no visible reason.
    """
    names, parts = VARIABLES, [env.get(name, "").strip() for name in VARIABLES]
    if not any(parts):
        names, parts = ENTRIES, [_in_keyring(name).strip() for name in ENTRIES]
    if not any(parts):
        raise _unusable(_("the feed 'alpaca' needs a key, and there is none"))
    for name, part in zip(names, parts, strict=True):
        if not part:
            raise _unusable(_("one half of the key for 'alpaca' is missing: {name}").format(name=name))
        if not all("!" <= character <= "~" for character in part):  # an HTTP library would quote it in its complaint
            raise _unusable(_("{name} holds a character that no key has").format(name=name))
    return Keys(*parts)


def _in_keyring(name: str) -> str:
    """The entry `name`; nothing where it or any keyring is absent. Raises FeedUnavailable if it does not open."""
    try:
        import keyring  # noqa: PLC0415 - only who has no variables needs it
        from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415 - likewise
    except ModuleNotFoundError:
        return ""
    try:
        return keyring.get_password(SERVICE, name) or ""
    except NoKeyringError:
        return ""
    except KeyringError as error:
        raise _unusable(_("the keyring does not open ({kind})").format(kind=type(error).__name__)) from error


def _unusable(message: str) -> FeedUnavailable:
    mend = _(
        "set APCA_API_KEY_ID and APCA_API_SECRET_KEY, or run 'keyring set tapeboard alpaca_key_id' and "
        "'keyring set tapeboard alpaca_secret_key'; a key is free at https://alpaca.markets"
    )
    return FeedUnavailable(message, mend)
