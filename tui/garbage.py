"""When garbage is collected: seldom, and never over what the start has made.

A full collection looks at every object there is: after the start the better part of a million, of modules, styles,
calendar and history, none of which is garbage. It took 120 ms, in the middle of a key as often as not.
"""

from __future__ import annotations

import gc
from typing import Final

YOUNG: Final = 50_000
"""New objects between two looks at them; a refresh makes some ten thousand, and drops nearly all without help."""

START: Final = 500_000
"""The same during the start, which makes fewer: looking at them in between took 4 of its 250 ms."""


def put_off() -> None:
    """Collect nothing during the start. The garbage of a command that runs on is collected later, in larger heaps."""
    gc.set_threshold(START, 20, 20)


def set_aside() -> None:
    """Leave all that is there now out of every later collection. Called once, when the first numbers are there."""
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
