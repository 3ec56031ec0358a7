"""Plain yfinance, unmodified, in a process of its own: what any program gets that knows nothing of its weaknesses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

_PROGRAM = Path(__file__).with_name("plain_yfinance_process.py")


class PlainYfinance:
    """The process; `environment` is laid over that of the test, `home` / "cache" takes yfinance's caches.

    `prefix` begins its command.
    """

    def __init__(self, environment: dict[str, str], home: Path, prefix: Sequence[str] = ()) -> None:
        homes = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
        self._process = subprocess.Popen(
            [*prefix, sys.executable, "-P", str(_PROGRAM)],  # -P: the modules beside it are none of its business
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment, **homes},
        )

    def __enter__(self) -> PlainYfinance:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        with self._process:  # which closes the pipes and waits for its end
            pass

    def ask(self, what: str, *arguments: object, **options: object) -> Json:
        """Call the function `what` of the process.

        The answer is what it returned, or the name of the `error` it raised and its `text`, and always `seconds`.
        Raises EOFError where the process has ended instead.
        """
        written, read = self._process.stdin, self._process.stdout
        assert written is not None
        assert read is not None
        written.write(json.dumps([what, arguments, options]) + "\n")
        written.flush()
        line = read.readline()
        if not line:
            raise EOFError
        answer: Json = json.loads(line)
        return answer

    def stand_still(self, *, still: bool) -> None:
        """Do nothing at all, or go on."""
        self._process.send_signal(signal.SIGSTOP if still else signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, from any thread."""
        self._process.kill()
