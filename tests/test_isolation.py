"""The tests cannot reach a network, the home of the developer, or a green end with an unexcused skip."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest
from curl_cffi import requests as curl

from tests.support.isolation import Attempts
from tests.support.offline.sitecustomize import ConnectionDenied

ROOT = Path(__file__).parents[1]
OUTSIDE = "192.0.2.1"  # reserved for documentation: nobody answers there


def connect(kind: socket.SocketKind, call: Callable[[socket.socket], object]) -> Callable[[], object]:
    def attempt() -> None:
        with socket.socket(socket.AF_INET, kind) as outward:
            outward.settimeout(0.01)
            call(outward)

    return attempt


@pytest.mark.parametrize(
    "attempt",
    [
        connect(socket.SOCK_STREAM, lambda s: s.connect((OUTSIDE, 443))),
        connect(socket.SOCK_STREAM, lambda s: s.connect_ex((OUTSIDE, 443))),
        connect(socket.SOCK_DGRAM, lambda s: s.sendto(b"x", (OUTSIDE, 53))),
        connect(socket.SOCK_DGRAM, lambda s: s.sendmsg([b"x"], [], 0, (OUTSIDE, 53))),
        lambda: socket.create_connection((OUTSIDE, 443), timeout=0.01),
        lambda: socket.getaddrinfo(OUTSIDE, 443),
        lambda: socket.gethostbyname(OUTSIDE),
        lambda: asyncio.run(asyncio.open_connection(OUTSIDE, 443)),
    ],
    ids=["connect", "connect_ex", "sendto", "sendmsg", "create_connection", "getaddrinfo", "gethostbyname", "asyncio"],
)
def test_no_socket_leaves_the_loopback(attempt: Callable[[], object], attempts: Attempts) -> None:
    with pytest.raises(ConnectionDenied, match=OUTSIDE):
        attempt()
    assert attempts.take() == [OUTSIDE]


def test_a_name_is_not_even_looked_up(attempts: Attempts) -> None:
    for name in ("query1.finance.yahoo.com", "127.example.com"):
        with pytest.raises(ConnectionDenied):
            socket.getaddrinfo(name, 443)
    assert attempts.take() == ["query1.finance.yahoo.com", "127.example.com"]


def test_the_loopback_is_open(attempts: Attempts) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, port)).close()
    assert attempts.take() == []


def test_libcurl_is_held_back_by_a_proxy_that_does_not_listen() -> None:
    with pytest.raises(curl.exceptions.RequestException, match=r"over proxy 127\.0\.0\.1"):
        curl.get(f"https://{OUTSIDE}/", timeout=30)


def test_a_program_that_a_test_starts_is_denied_too(attempts: Attempts) -> None:
    program = f"import socket; socket.create_connection(({OUTSIDE!r}, 443))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "ConnectionDenied" in ended.stderr
    assert attempts.take() == [OUTSIDE]


def test_home_is_an_empty_folder_of_the_test(home: Path) -> None:
    assert Path.home() == home
    assert list(home.iterdir()) == []
    for directory in (platformdirs.user_config_path, platformdirs.user_data_path, platformdirs.user_cache_path):
        assert directory("tapeboard").is_relative_to(home)


def run_pytest(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    """A pytest run of its own over one test file, with our two plugins and nothing else of ours."""
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "test_it.py").write_text(source, encoding="utf-8")
    plugins = ["-p", "tests.support.isolation", "-p", "tests.support.skip_policy", "-p", "no:cacheprovider"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, "-c", str(folder / "pytest.ini"), str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        check=False,
    )


def test_an_attempt_fails_the_test_even_when_its_error_is_caught(tmp_path: Path) -> None:
    ended = run_pytest(
        tmp_path,
        f"""
import contextlib, socket

def test_quiet():
    with contextlib.suppress(Exception):
        socket.getaddrinfo({OUTSIDE!r}, 443)
""",
    )
    assert ended.returncode == pytest.ExitCode.TESTS_FAILED
    assert f"tried to leave the loopback: {OUTSIDE}" in ended.stdout


@pytest.mark.parametrize(
    "skip",
    [
        "def test_it(): pytest.skip('not today')",
        "@pytest.mark.skip(reason='not today')\ndef test_it(): pass",
        "pytest.skip('not today', allow_module_level=True)",
        "@pytest.fixture\ndef absent(): pytest.skip('not today')\ndef test_it(absent): pass",
    ],
    ids=["in the test", "marked", "whole module", "in a fixture"],
)
def test_a_skip_without_an_excuse_fails_the_run(tmp_path: Path, skip: str) -> None:
    ended = run_pytest(tmp_path, f"import pytest\n{skip}\n")
    assert ended.returncode in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
    assert "skips that are not excused" in ended.stdout
    assert "not today" in ended.stdout


@pytest.mark.parametrize("reason", ["market data absent: ../shared/market", "no browser found"])
def test_an_excused_skip_does_not(tmp_path: Path, reason: str) -> None:
    ended = run_pytest(tmp_path, f"import pytest\ndef test_it(): pytest.skip({reason!r})\n")
    assert ended.returncode == pytest.ExitCode.OK
    assert "not excused" not in ended.stdout
