"""The emulator by hand: one command a line.

FAULT [endpoints=chart,quote] [symbols=AAPL,SPY] [after=3] [times=1]     switch a fault on
off [FAULT]                      switch it, or all, off
faults                           the faults there are, and what those that are on have done
latency SECONDS                  before every answer
clock 2025-11-28T12:59 | system  New York time, running on from there
live SYMBOL PRICE                a trade now; needs a session in progress
log                              how many requests came until now
"""

from __future__ import annotations

from datetime import datetime

from core.sessions import NEW_YORK
from tests.emulator.catalogue import CATALOGUE
from tests.emulator.server import Emulator


def obey(emulator: Emulator, line: str) -> str:
    """Do what `line` says, and tell the outcome; raises `ValueError` where it makes no sense."""
    match line.split():
        case []:
            return ""
        case ["help"]:
            return __doc__ or ""
        case ["off", *names]:
            emulator.faults.clear(names[0] if names else None)
        case ["faults"]:
            return "\n".join([" ".join(CATALOGUE), *_active(emulator)])
        case ["latency", seconds]:
            emulator.latency = float(seconds)
        case ["clock", "system"]:
            emulator.clock.follow_system()
        case ["clock", instant]:
            emulator.clock.set(datetime.fromisoformat(instant).replace(tzinfo=NEW_YORK), running=True)
        case ["live", symbol, price]:
            emulator.market.set_live(symbol.upper(), float(price))
        case ["log"]:
            counts = ", ".join(f"{name} {count}" for name, count in emulator.log.by_endpoint().items())
            return f"{emulator.log.connections} connections; {counts or 'no requests'}"
        case [name, *options]:
            return _set(emulator, name, options)
    return f"{emulator.clock.now():%Y-%m-%d %H:%M:%S} New York; {', '.join(_active(emulator)) or 'no faults'}"


def _set(emulator: Emulator, name: str, options: list[str]) -> str:
    given = dict(option.split("=", 1) for option in options if "=" in option)
    if len(given) < len(options) or not given.keys() <= {"endpoints", "symbols", "after", "times"}:
        raise ValueError("the options are: endpoints=..., symbols=..., after=N, times=N")
    listed = {key: given[key].split(",") for key in ("endpoints", "symbols") if key in given}
    emulator.faults.set(
        name,
        endpoints=listed.get("endpoints", ()),
        symbols=listed.get("symbols", ()),
        after=int(given.get("after", 0)),
        times=int(given["times"]) if "times" in given else None,
    )
    return ", ".join(_active(emulator))


def _active(emulator: Emulator) -> list[str]:
    return [f"{fault.name} on, played {fault.played} times" for fault in emulator.faults.active]
