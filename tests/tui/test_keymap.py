from __future__ import annotations

import pytest

from core.errors import SettingsError
from core.settings_load import defaults
from tui import commands
from tui.keymap import MOVES, check

KEYS = defaults().settings.keys


def test_the_shipped_keys_are_sound() -> None:
    check(KEYS)


@pytest.mark.parametrize(
    "key", ["f5", "ctrl+r", "alt+x", "shift+tab", "é", "section_sign", "Z", "ctrl+f12", "space", "comma", "%", "ctrl+@"]
)
def test_any_key_of_a_keyboard_will_do(key: str) -> None:
    check({"refresh": key})


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("cntrl+r", "ctrl+r"),
        ("Ctrl+R", "ctrl+r"),
        ("qestion_mark", "question_mark"),
        ("F5", "f5"),
        ("page_up", "pageup"),
        ("shift+s", "S"),
        ("slahs", "slash"),
    ],
)
def test_a_key_that_does_not_exist_is_refused_with_the_nearest(key: str, meant: str) -> None:
    with pytest.raises(SettingsError, match=rf"keys\.refresh: expected a key.*{key}".replace("+", r"\+")) as refused:
        check({"refresh": key})
    assert f'"{meant}"' in str(refused.value)


def test_nonsense_is_refused_without_a_guess() -> None:
    with pytest.raises(SettingsError, match=r"config\.toml"):
        check({"refresh": "§§§§§§§§"})


@pytest.mark.parametrize("key", sorted(MOVES))
def test_a_key_that_moves_in_the_panes_is_refused(key: str) -> None:
    with pytest.raises(SettingsError, match=rf'keys\.refresh: "{key}" moves'):
        check({"refresh": key})


@pytest.mark.parametrize(("one", "other"), [("x", "x"), ("/", "slash"), ("?", "question_mark"), ("f5, x", "y,x")])
def test_two_commands_of_one_key_are_refused_by_both_names_however_spelt(one: str, other: str) -> None:
    with pytest.raises(SettingsError, match=r"keys\.pause: .* is the key of refresh too"):
        check({"refresh": one, "pause": other})


def test_help_and_footer_show_the_keys_of_the_user() -> None:
    keys = {**KEYS, "filter": "ctrl+f", "zoom": ""}
    shown = {command.id: commands.shown(command, keys) for command in commands.registry()}
    assert (shown["filter"], shown["zoom"]) == ("ctrl+f", "")
