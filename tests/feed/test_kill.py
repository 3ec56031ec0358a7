"""A fill that is killed loses nothing that was stored, and goes on from there."""

from __future__ import annotations

from pathlib import Path

from tests.emulator import Emulator
from tests.feed.fill import Filling

KILLS = 6
SEED = 20260109


def test_a_fill_survives_kills_at_any_moment(emulator: Emulator, tmp_path: Path) -> None:
    filling = Filling(emulator, tmp_path, ("index_funds", "size", "sectors", "cross_asset"))
    found = filling.kill_at_random(KILLS, SEED)
    assert found.wrong == []
    assert found.kills == KILLS
