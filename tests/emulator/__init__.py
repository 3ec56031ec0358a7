"""Yahoo on the loopback: a CONNECT proxy with a throw-away CA in front of a market that tests control.

    with Emulator() as emulator:
        emulator.clock.set(datetime(2025, 11, 28, 12, 59, tzinfo=NEW_YORK))
        emulator.faults.set("429", endpoints=["chart"], after=3)
        subprocess.run([...], env={**os.environ, **emulator.environment()})
        assert emulator.log.count("chart") <= 6

The road of a request: `server` (listens) -> `connection` (tunnel, TLS, requests) -> `endpoints` (what Yahoo says,
from `chart`, `quote` and `summary` about the `market`) -> `faults` (what goes wrong on purpose).
"""

from __future__ import annotations

from tests.emulator.server import Emulator

__all__ = ["Emulator"]
