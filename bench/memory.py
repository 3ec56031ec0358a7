"""What the screen with the 500 members of an index holds in memory, beside a process that only imports its libraries.

Once over Yahoo (emulated on the loopback) with four years in the store, and once over simulated data, which holds the
market it invents as well; both as on every day but the first, which has to compute the calendar of the exchange.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.terminal import Terminal
from tests.emulator import Emulator

QUIET: Final = 6.0
"""Seconds without a byte after which the start, with all that follows the first numbers, is over."""
FLOOR: Final = 1.7

IMPORTS: Final = """
import textual.app, textual.widgets, pandas, yfinance
print("ready", flush=True)
input()
"""
CONFIG: Final = """
[metrics]
years = 4
[feed.yahoo]
budget_per_minute = 10000
[refresh]
open = 3600
simulated = 3600
"""


def main() -> bool:
    """Print the ratios; whether they hold."""
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        home = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")} | {"HOME": folder}
        base = _resident([sys.executable, "-c", IMPORTS], home, "ready")
        print(f"a process that only imports textual, pandas and yfinance: {base:.0f} MB")
        config = Path(folder) / "config.toml"
        config.write_text(CONFIG, encoding="utf-8")
        program = [str(Path(sys.executable).with_name("tapeboard")), "--config", str(config), "--universe", "sp500"]
        yahoo = [*program, "--store", f"sqlite:///{folder}/store.sqlite3", "--feed", "yahoo"]
        env = home | emulator.environment()
        subprocess.run([*yahoo, "fetch", "--quiet"], env=env, check=True, capture_output=True)
        held = _line("yahoo", _resident(yahoo, env, "Technology"), base)
        simulated = [*program, "--store", "none", "--feed", "simulated"]
        return _line("simulated", _resident(simulated, home, "Technology"), base) and held


def _line(name: str, ours: float, base: float) -> bool:
    kept = ours <= FLOOR * base
    print(
        f"{name:10} 500 members: {ours:.0f} MB   ratio {ours / base:.2f}  (floor {FLOOR})  {'ok' if kept else 'MISSED'}"
    )
    return kept


def _resident(command: Sequence[str], env: Mapping[str, str], marker: str) -> float:
    """Megabytes in memory of a program that has written `marker` and then come to rest."""
    with Terminal(command, env) as terminal:
        terminal.seconds_to(marker)
        terminal.settle(QUIET)
        return terminal.resident()
