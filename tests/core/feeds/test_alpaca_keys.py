"""Where the key of Alpaca comes from, and that nobody sees it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import keyring
import pytest
from keyring.errors import KeyringLocked, NoKeyringError

from core.errors import FeedUnavailable
from core.feeds.alpaca_keys import ENTRIES, SERVICE, VARIABLES, Keys, find_keys

MEND = (
    ": set APCA_API_KEY_ID and APCA_API_SECRET_KEY, or run 'keyring set tapeboard alpaca_key_id' and "
    "'keyring set tapeboard alpaca_secret_key'; a key is free at https://alpaca.markets"
)

Set = Callable[..., None]


class Ring:
    """The user's keyring: its entries, or the error it answers with."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.error: Exception | None = None

    def fill(self, *values: str) -> None:
        self.entries = dict(zip(ENTRIES, values, strict=True))

    def get_password(self, service: str, name: str) -> str | None:
        if self.error is not None:
            raise self.error
        return self.entries.get(name) if service == SERVICE else None


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    """An empty keyring, and no variables."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    ring = Ring()
    monkeypatch.setattr(keyring, "get_password", ring.get_password)
    return ring


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> Set:
    def variables(*values: str) -> None:
        for name, value in zip(VARIABLES, values, strict=True):
            monkeypatch.setenv(name, value)

    return variables


def test_the_environment_comes_first(ring: Ring, variables: Set) -> None:
    ring.fill("other", "other")
    variables(" ID ", "secret\n")
    assert find_keys() == Keys("ID", "secret")


def test_the_keyring_comes_second(ring: Ring, variables: Set) -> None:
    ring.fill("ID", "secret")
    variables("", "")
    assert find_keys() == Keys("ID", "secret")


@pytest.mark.parametrize("error", [None, NoKeyringError("no backend")])
def test_without_a_key_the_mend_is_told(ring: Ring, error: Exception | None) -> None:
    ring.error = error
    with pytest.raises(FeedUnavailable) as raised:
        find_keys()
    assert str(raised.value) == "the feed 'alpaca' needs a key, and there is none" + MEND


def test_without_the_package_there_is_no_keyring(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    ring.fill("ID", "secret")
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(FeedUnavailable, match="there is none"):
        find_keys()


def test_a_locked_keyring_is_told(ring: Ring) -> None:
    ring.error = KeyringLocked("no prompt")
    with pytest.raises(FeedUnavailable) as raised:
        find_keys()
    assert str(raised.value) == "the keyring does not open (KeyringLocked)" + MEND


@pytest.mark.parametrize(("parts", "missing"), [(("ID", ""), 1), (("", "secret"), 0)])
def test_half_a_key_is_none(ring: Ring, variables: Set, parts: tuple[str, str], missing: int) -> None:
    ring.fill(*parts)
    with pytest.raises(FeedUnavailable, match=f"is missing: {ENTRIES[missing]}"):
        find_keys()
    ring.fill("ID", "secret")
    variables(*parts)
    with pytest.raises(FeedUnavailable, match=f"is missing: {VARIABLES[missing]}"):
        find_keys()


@pytest.mark.parametrize("secret", ["two\nlines", "se cret", "sécret", "se\x00cret"])
def test_what_no_header_can_hold_is_refused_unseen(ring: Ring, secret: str) -> None:
    ring.fill("ID", secret)
    with pytest.raises(FeedUnavailable) as raised:
        find_keys()
    assert str(raised.value) == "alpaca_key_id or alpaca_secret_key holds a character that no key has" + MEND


def test_a_key_is_not_shown() -> None:
    keys = Keys("IDENTIFIER", "SECRET")
    assert repr(keys) == str(keys) == "Keys()"
    assert keys.hide("IDENTIFIER and SECRET and SECRET") == "*** and *** and ***"
