"""A screen that is told to go gives the terminal back as it was."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from bench.terminal import Terminal

LEAVES = b"\x1b[?1049l"
"""The end of the alternate screen."""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT"])
def test_a_signal_ends_the_screen_like_q(name: str) -> None:
    program = str(Path(sys.executable).with_name("tapeboard"))
    with Terminal([program, "--feed", "simulated"], dict(os.environ)) as terminal:
        terminal.seconds_to("SIMULATED")
        os.kill(terminal.pid, getattr(signal, name))
        with pytest.raises(EOFError):  # the program has ended by itself
            read_on(terminal)
        assert LEAVES in terminal.written


def read_on(terminal: Terminal) -> None:
    while True:
        terminal.read(20.0)
