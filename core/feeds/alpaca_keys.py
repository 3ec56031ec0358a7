"""The key of an Alpaca account: found in the environment or in the keyring, and shown nowhere.

A key never stands in a configuration file, a log, a traceback, an error or a snapshot: `repr` leaves both
parts out, whatever the other side says passes `Keys.hide`, and no function has a part as a plain local variable.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.errors import FeedUnavailable
from core.i18n import _

if TYPE_CHECKING:
    from requests import PreparedRequest

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

    def sendable(self) -> bool:
        """Whether both can stand in an HTTP header."""
        return all("!" <= character <= "~" for character in self.id + self.secret)

    def sign(self, request: PreparedRequest) -> PreparedRequest:
        """Put both into `request`."""
        request.headers["APCA-API-KEY-ID"] = self.id
        request.headers["APCA-API-SECRET-KEY"] = self.secret
        return request


def find_keys() -> Keys:
    """The key of the environment, or else that of the keyring. Raises FeedUnavailable where there is none.

    Both parts come from one place: half a key of each would be refused for no visible reason.
    """
    names, keys = VARIABLES, Keys(*(os.environ.get(name, "").strip() for name in VARIABLES))
    if not (keys.id or keys.secret):
        names, keys = ENTRIES, Keys(*(_in_keyring(name).strip() for name in ENTRIES))
    if not (keys.id or keys.secret):
        raise _unusable(_("the feed 'alpaca' needs a key, and there is none"))
    if not (keys.id and keys.secret):
        missing = names[1] if keys.id else names[0]
        raise _unusable(_("one half of the key for 'alpaca' is missing: {name}").format(name=missing))
    if not keys.sendable():
        raise _unusable(_("{name} or {other} holds a character that no key has").format(name=names[0], other=names[1]))
    return keys


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
