"""The real program in a real terminal: typed at by tmux, at the smallest size and at the usual one."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from time import monotonic

import pytest

TMUX = shutil.which("tmux")
PATIENCE = 30.0
"""Seconds until a text that is waited for counts as never coming."""
PROGRAM = (sys.executable, "-c", "import sys; from tui.cli import main; sys.exit(main())")


class Terminal:
    """A tmux server of its own with one window; what is typed goes to it, what stands there can be read."""

    def __init__(self, size: tuple[int, int], command: str) -> None:
        self._name = f"tapeboard-{uuid.uuid4().hex[:8]}"
        columns, lines = map(str, size)
        self._run("new-session", "-d", "-x", columns, "-y", lines, f"{command}; echo left with $?; read -r _")
        self._run("set", "-g", "status", "off")

    def type(self, *keys: str) -> None:
        """Press keys, in the spelling of tmux."""
        self._run("send-keys", *keys)

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the window while the program runs."""
        self._run("resize-window", "-x", str(columns), "-y", str(lines))

    def wait_for(self, *words: str, without: str = "") -> str:
        """The text of the screen, as soon as all these words stand there, and those of `without` do not."""
        end = monotonic() + PATIENCE
        while monotonic() < end:
            text = self._run("capture-pane", "-p")
            if all(word in text for word in words) and not (without and without in text):
                return text
        pytest.fail(f"not all of {words} without {without!r} in\n{text}")

    def close(self) -> None:
        """End the server and what runs in it."""
        self._run("kill-server")

    def _run(self, *words: str) -> str:
        assert TMUX is not None
        command = [TMUX, "-u", "-L", self._name, "-f", "/dev/null", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(params=[(80, 24), (160, 45)], ids=["80x24", "160x45"])
def terminal(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    if TMUX is None:
        pytest.skip("no tmux")
    program = shlex.join([*PROGRAM, "--feed", "simulated", "--store", "none"])
    opened = Terminal(request.param, program)
    try:
        yield opened
    finally:
        opened.close()


def test_a_user_goes_round_and_leaves(terminal: Terminal) -> None:
    terminal.wait_for("SIMULATED", "Leadership", "quit")
    terminal.type("5")
    terminal.wait_for("RS-ratio", "Lagging")
    terminal.type("3", "z")
    terminal.wait_for("WATCH", "rules", without="RS-ratio")
    terminal.type("1")
    terminal.wait_for("Index funds", "63s")
    terminal.type("/")
    terminal.wait_for("enter keeps")
    terminal.type("-l", "small")
    terminal.type("Enter")
    terminal.wait_for("small", without="Nasdaq 100")
    terminal.type("Escape")
    terminal.wait_for("Nasdaq 100")
    terminal.type("[")
    terminal.wait_for("PAST")
    terminal.type("T")
    terminal.wait_for("SIMULATED", without="PAST")
    terminal.type("?")
    terminal.wait_for("Keys", "go to Leadership")
    terminal.type("Escape")
    terminal.wait_for("Index funds")
    terminal.resize(100, 30)
    text = terminal.wait_for("Index funds", "Name")
    assert max(map(len, text.splitlines())) <= 100
    terminal.type("q")
    terminal.wait_for("left with 0", without="Leadership")


def test_control_c_gives_the_terminal_back(terminal: Terminal) -> None:
    terminal.wait_for("SIMULATED", "Leadership")
    terminal.type("C-c")
    terminal.wait_for("left with 0", without="Leadership")
