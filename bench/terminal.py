"""A program on a pseudo-terminal: what it writes and when, and what it costs while it is left alone."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

COLUMNS: Final = 160
ROWS: Final = 45
PATIENCE: Final = 60.0
"""Seconds after which a marker that does not come is a failure of the bench."""


class Terminal:
    """Runs `command` on a terminal of 160 x 45; `started` is when it was forked (time.perf_counter)."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.written = b""
        self.started = time.perf_counter()
        # pytest-xdist tells its workers 80 x 24 in the environment, which would be believed before the terminal.
        own = {name: value for name, value in env.items() if name not in ("COLUMNS", "LINES")}
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            # The command is one of ours, from a list of words: there is no shell to be fooled.
            os.execvpe(command[0], list(command), {**own, "TERM": "xterm-256color", "COLORTERM": "truecolor"})  # noqa: S606
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)

    def seconds_to(self, marker: str) -> float:
        """Seconds from the start until `marker` was written."""
        while marker.encode() not in self.written:
            if time.perf_counter() - self.started > PATIENCE:
                raise TimeoutError(f"{marker!r} was not written; the end of what was: {self.written[-400:]!r}")
            self.read(1.0)
        return time.perf_counter() - self.started

    def read(self, seconds: float) -> bytes:
        """What is written next, if anything is within `seconds`."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return b""
        try:
            new = os.read(self._fd, 1 << 16)
        except OSError as error:  # Linux says EIO when the program has ended
            raise EOFError(f"the program ended; the end of what it wrote: {self.written[-400:]!r}") from error
        self.written += new
        return new

    def settle(self, quiet: float) -> None:
        """Read on until nothing was written for `quiet` seconds."""
        while self.read(quiet):
            pass

    def idle(self, seconds: float) -> tuple[int, float]:
        """Bytes written in `seconds`, and the share of one core used meanwhile."""
        before, begun, count = self._cpu(), time.perf_counter(), 0
        while (left := begun + seconds - time.perf_counter()) > 0:
            count += len(self.read(left))
        return count, (self._cpu() - before) / (time.perf_counter() - begun)

    def type(self, keys: str) -> None:
        """Send `keys` to the program."""
        os.write(self._fd, keys.encode())

    def resident(self) -> float:
        """Megabytes of memory that the program has in use."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _cpu(self) -> float:
        """Seconds of processor time of the program so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
