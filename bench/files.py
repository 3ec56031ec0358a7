"""Reading 500 symbols x 500 sessions: what a start costs cold and warm, beside `pandas.read_csv` of the same files.

Every figure is the processor time of a fresh process from its first line to the last bar, imports of libraries
included, for that is what a start pays. Plain pandas checks nothing, so the cold start has a right to be slower. The
numbers are compared too: a warm start must give what a cold one gives, to the bit.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

SYMBOLS: Final = 500
SESSIONS: Final = 500
ROUNDS: Final = 5

COLD: Final = {"a folder of files": 1.4, "one long file": 2.0}
WARM: Final = {"a folder of files": 0.55, "one long file": 0.75}
"""Times that of pandas, a third above what was measured. A folder read file by file takes three times it."""

_HEADER: Final = "date,open,high,low,close,adj_close,volume"

_PANDAS: Final = """
import sys, time
begun = time.process_time()
from pathlib import Path
import pandas
path = Path(sys.argv[1])
for file in sorted(path.iterdir()) if path.is_dir() else [path]:
    pandas.read_csv(file)
print(time.process_time() - begun)
"""

_TAPEBOARD: Final = """
import sys, time
begun = time.process_time()
from pathlib import Path
from core.feeds import files, files_kept
files_kept.SETTLED = 0  # the files were written a moment ago
feed = files.FilesFeed([Path(sys.argv[1])])
feed.known()
seconds = time.process_time() - begun
import hashlib
sha = hashlib.sha256()
for path, (_stamp, table) in sorted(feed._read.items()):
    for symbol, one in sorted(table.series.items()):
        bars = one.bars
        for array in (bars.sessions, bars.open, bars.high, bars.low, bars.close, bars.adj_close, bars.volume):
            sha.update(array.tobytes())
print(seconds, sha.hexdigest())
"""


def main() -> bool:
    """Print the ratios; whether all floors hold."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        env = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")} | {"HOME": folder}
        places = {"a folder of files": home / "many", "one long file": home / "long.csv"}
        _write(*places.values())
        held = [_compare(name, path, env) for name, path in places.items()]
    return all(held)


def _compare(name: str, path: Path, env: Mapping[str, str]) -> bool:
    pandas: list[float] = []
    cold: list[float] = []
    warm: list[float] = []
    found: set[str] = set()
    for _round in range(ROUNDS):
        shutil.rmtree(Path(env["HOME"]) / ".cache", ignore_errors=True)
        pandas.append(float(_run(_PANDAS, path, env)[0]))
        for seconds in (cold, warm):
            taken, digest = _run(_TAPEBOARD, path, env)
            seconds.append(float(taken))
            found.add(digest)
    base = statistics.median(pandas)
    print(f"{name}: pandas.read_csv {1e3 * base:.0f} ms")
    held = [_line("cold", statistics.median(cold), base, COLD[name])]
    held.append(_line("warm", statistics.median(warm), base, WARM[name]))
    same = len(found) == 1
    print(f"  every start gave the same bars: {'ok' if same else 'MISSED'}")
    return all(held) and same


def _run(program: str, path: Path, env: Mapping[str, str]) -> list[str]:
    ended = subprocess.run(
        [sys.executable, "-c", program, str(path)], env=env, check=True, capture_output=True, text=True
    )
    return ended.stdout.split()


def _line(name: str, seconds: float, base: float, floor: float) -> bool:
    ratio = seconds / base
    print(f"  {name}  {1e3 * seconds:5.0f} ms   {ratio:.2f} x  (floor {floor})  {'ok' if ratio <= floor else 'MISSED'}")
    return ratio <= floor


def _write(folder: Path, long_file: Path) -> None:
    """The same invented prices as a folder of `SYMBOL.csv` and as one table with a column `symbol`."""
    rng = np.random.default_rng(20260111)
    first = np.datetime64("2024-01-02", "D")
    days = np.busday_offset(first, np.arange(SESSIONS), roll="forward").astype(str)
    folder.mkdir()
    with long_file.open("w", encoding="utf-8") as together:
        together.write(f"symbol,{_HEADER}\n")
        for number in range(SYMBOLS):
            close = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.015, SESSIONS))), 2)
            volume = rng.integers(10**5, 10**8, SESSIONS)
            rows = [
                f"{day},{c:.2f},{1.01 * c:.2f},{0.99 * c:.2f},{c:.2f},{0.97 * c:.6f},{v}\n"
                for day, c, v in zip(days, close.tolist(), volume.tolist(), strict=True)
            ]
            (folder / f"S{number}.csv").write_text(f"{_HEADER}\n" + "".join(rows), encoding="utf-8")
            together.writelines(f"S{number},{row}" for row in rows)
