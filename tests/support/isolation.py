"""A pytest plugin: every test runs without a network, in a home of its own.

A denied connection fails the test even where the program catches the error, and also in programs a test starts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.offline import sitecustomize as offline

NO_PROXY_LISTENS = "http://127.0.0.1:9"  # the discard port: refused at once

HOME_VARIABLES = {
    "HOME": "",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CACHE_HOME": ".cache",
}


class Attempts:
    """The hosts outside the loopback that a test, or a program it started, tried to reach."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def take(self) -> list[str]:
        """The attempts until now, which then no longer fail the test."""
        if not self.path.exists():
            return []
        hosts = self.path.read_text(encoding="utf-8").split()
        self.path.unlink()
        return hosts


@pytest.fixture(scope="session", autouse=True)
def _offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attempts]:
    attempts = Attempts(tmp_path_factory.mktemp("offline") / "attempts")
    folder = str(Path(offline.__file__).parent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(offline.ATTEMPTS, str(attempts.path))
        patch.setenv("PYTHONPATH", folder, prepend=os.pathsep)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patch.setenv(name, NO_PROXY_LISTENS)
            patch.setenv(name.lower(), NO_PROXY_LISTENS)
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, "127.0.0.1,localhost,::1")
        yield attempts


@pytest.fixture(autouse=True)
def attempts(_offline: Attempts) -> Iterator[Attempts]:
    """What tried to leave the loopback; a test that expects attempts takes them."""
    yield _offline
    if hosts := _offline.take():
        pytest.fail(f"tried to leave the loopback: {', '.join(hosts)}")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory, which the program finds by every variable it looks at."""
    path = tmp_path_factory.mktemp("home")
    for name, below in HOME_VARIABLES.items():
        monkeypatch.setenv(name, str(path / below))
    return path
