"""`python -m tests.emulator --fault 429`: print what leads a program here, and obey commands until the input ends."""

from __future__ import annotations

import argparse
import shlex
import sys

from tests.emulator import console
from tests.emulator.server import Emulator


def main() -> None:
    """Run one emulator for as long as the standard input lasts."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", epilog="Type 'help' for the commands.")
    parser.add_argument("--port", type=int, default=0, help="of the proxy on 127.0.0.1 (default: a free one)")
    parser.add_argument("--fault", action="append", default=[], metavar="COMMAND", help="as '429 after=3'; repeatable")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="before every answer")
    options = parser.parse_args()
    with Emulator(options.port) as emulator:
        emulator.latency = options.latency
        for name, value in emulator.environment().items():
            _say(f"export {name}={shlex.quote(value)}")
        for line in options.fault:
            _obey(emulator, line)
        try:
            for line in sys.stdin:
                _obey(emulator, line)
        except KeyboardInterrupt:
            return


def _obey(emulator: Emulator, line: str) -> None:
    try:
        _say(console.obey(emulator, line))
    except ValueError as error:
        _say(f"{error} ('help' lists the commands)")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
