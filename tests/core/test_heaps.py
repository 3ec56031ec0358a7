from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from core import heaps

PROGRAM = """
import ctypes, threading
from core import heaps
heaps.keep_few()
together = threading.Barrier(8)
def work():
    kept = [bytearray(300) for _ in range(1000)]
    together.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc = ctypes.CDLL(None)
libc.malloc_stats()
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_stats"), reason="no glibc")
def test_threads_share_a_few_heaps() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    arenas = [line for line in ended.stderr.splitlines() if line.startswith("Arena ")]
    assert 1 <= len(arenas) <= heaps.ARENAS
