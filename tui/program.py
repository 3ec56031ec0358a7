"""The entry of the `tapeboard` command: what has to be settled before anything else is imported."""

from __future__ import annotations

from tui import garbage


def main() -> int:
    """Run the command line of the process, and return the exit code."""
    garbage.put_off()
    from tui.cli import main as run  # noqa: PLC0415 - its imports are a good part of the start

    return run()
