from __future__ import annotations

from textual.binding import Binding

from core.settings_load import defaults
from tui import commands
from tui.commands import BOARD, HELP, MEMBERS, OVER_TIME, PROBLEMS, SYMBOL, WARNING
from tui.widgets.footer import footer_pieces
from tui.widgets.line import fit, measure

KEYS = defaults().settings.keys


def footer(width: int, screen: str = BOARD) -> str:
    return " ".join(one.text for one in fit(footer_pieces(screen, KEYS), width) if one.text)


def test_every_command_has_its_key_in_the_configuration_and_no_key_lacks_its_command() -> None:
    assert [command.id for command in commands.registry()] == list(dict.fromkeys(c.id for c in commands.registry()))
    assert {command.id for command in commands.registry()} == set(KEYS)


def test_bindings_come_from_the_configuration() -> None:
    bound = {binding.key: binding.action for binding in commands.bindings({"refresh": "f5, r", "zoom": ""})}
    assert bound["f5,r"] == "command('refresh')"
    assert "command('zoom')" not in bound.values()


def test_no_keymap_can_lock_anybody_in() -> None:
    (binding,) = commands.bindings({"quit": ""})
    assert set(binding.key.split(",")) == {"ctrl+c", "ctrl+q"}


def test_textual_understands_every_default_key() -> None:
    bound = [keys for keys in KEYS.values() if keys]
    assert len(list(Binding.make_bindings(commands.bindings(KEYS)))) == len(bound) + 2


def test_keys_are_shown_as_people_read_them() -> None:
    shown = {command.id: commands.shown(command, KEYS) for command in commands.registry()}
    assert shown["help"] == "?"
    assert shown["faster"] == "+"
    assert shown["focus_previous"] == "shift+tab"
    assert shown["sort_reverse"] == "S"


def test_the_footer_tells_what_works_here() -> None:
    wide = footer(300)
    for words in ("1 2 3 4 5 6 pane", "w W window", "s S sort", "+ - pace", "ctrl+t theme", "? help", "q quit"):
        assert words in wide
    assert footer(160, HELP).endswith("ctrl+t theme ? help q quit")
    assert "a ack" in footer(160, WARNING)


def test_escape_stands_first_where_it_leaves() -> None:
    for screen in (HELP, OVER_TIME, SYMBOL, MEMBERS, WARNING, PROBLEMS):
        for width in (40, 79, 160):
            assert footer(width, screen).startswith("esc back")
    assert "esc" not in footer(300)


def test_among_warnings_the_footer_tells_what_can_be_done_about_one() -> None:
    pieces = fit(footer_pieces(BOARD, KEYS, warnings=True), 79)
    told = " ".join(one.text for one in pieces if one.text)
    assert "a ack m mute" in told
    assert "a ack" not in footer(79)


def test_in_the_past_the_footer_tells_how_to_go_on_and_back() -> None:
    pieces = fit(footer_pieces(BOARD, KEYS, past=True), 79)
    assert " ".join(one.text for one in pieces if one.text).startswith("[ ] session { } month g date t play T live")
    whole = {one.group for one in footer_pieces(BOARD, KEYS, past=True)}
    assert not whole & {"refresh", "pause"}
    assert "note" in whole


def test_a_narrow_footer_keeps_help_and_quit_and_whole_entries() -> None:
    for width in range(18, 160):
        pieces = fit(footer_pieces(BOARD, KEYS), width)
        assert measure(pieces) <= width
        words = {one.group for one in pieces if one.text}
        assert words >= {"help", "quit"}
        assert all(one.text for one in pieces if one.group in words)
    assert "pane" in footer(79)
