"""2,000 refreshes under faults by chance in one process: what they cost, and whether any price went back."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.feed.soak import MOST_SOCKETS, WARM, Soak

REFRESHES: Final = 2000
SEED: Final = 61074
GROWTH: Final = 5.0  # MB


def main() -> bool:
    """Print the figures; whether the floors hold."""
    logging.captureWarnings(capture=True)
    begun = time.monotonic()
    with TemporaryDirectory() as folder:
        figures = Soak(Path(folder) / "store.sqlite3", SEED).run(REFRESHES)
    for line in figures.wrong:
        print(line)
    print(
        f"{figures.refreshes} refreshes under {figures.faults} faults, {figures.raised} of them failed,"
        f" {figures.fresh} live prices shown  ({time.monotonic() - begun:.0f} s)"
    )
    print(f"after {WARM} refreshes and at each quarter: {[round(size, 1) for size in figures.megabytes]} MB,")
    print(f"    {figures.threads} threads, {figures.descriptors} descriptors, {figures.sockets} of them sockets")
    print(
        f"threads and other descriptors constant, sockets {max(figures.sockets)}  (floor {MOST_SOCKETS})"
        f"  {'ok' if figures.steady else 'MISSED'}"
    )
    kept = figures.growth < GROWTH and figures.steady and not figures.wrong
    print(
        f"memory grew by {figures.growth:.1f} MB after the first quarter  (floor {GROWTH:g}; from refresh {WARM} to"
        f" there by {figures.warming:.1f}), {len(figures.wrong)} prices went back or wrong  (floor 0)"
        f"  {'ok' if kept else 'MISSED'}"
    )
    return kept
