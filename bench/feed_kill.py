"""Fills that are killed at 200 moments by chance: whether anything stored is lost, and what each ends in."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.emulator import Emulator
from tests.feed.fill import Filling

KILLS: Final = 200
SEED: Final = 61074
SHOWN: Final = ("index_funds", "size", "style", "sectors", "small_caps", "cross_asset", "indices", "rates")


def main() -> bool:
    """Print what was found; whether nothing was wrong."""
    begun = time.monotonic()
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, Emulator() as emulator:
        found = Filling(emulator, Path(folder), SHOWN).kill_at_random(KILLS, SEED)
    for line in found.wrong:
        print(line)
    print(
        f"{found.kills} kills in {found.fills} fills, {found.midway} of them with a part stored: "
        f"{len(found.wrong)} wrong  ({time.monotonic() - begun:.0f} s)  {'MISSED' if found.wrong else 'ok'}"
    )
    return not found.wrong
