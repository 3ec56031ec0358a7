"""Text from outside is data: what a feed or a file says is cleaned before anything can show it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def clean(text: str, limit: int = 200) -> str:
    """`text` on one line without control, format, surrogate or private characters, at most `limit` long.

    Escape sequences lose their ESC and so their power; markup brackets stay, because nothing in Tapeboard
    parses markup in data (every widget draws `Segment`s or `Text`, never markup strings).
    """
    kept = (" " if c in "\t\n\r" else c for c in text if c in "\t\n\r" or unicodedata.category(c)[0] != "C")
    line = " ".join("".join(kept).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def some(names: Sequence[str], most: int = 8) -> str:
    """The first of many names, in a line about all of them."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
