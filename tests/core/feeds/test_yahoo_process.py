"""The feed in a program of its own: what it writes, what it says, and that nothing holds its end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator import Emulator

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0

ASK = """
from datetime import date
from core.feeds.yahoo import YahooFeed
from core.model import Instrument, SymbolClass
from core.sessions import Calendar, SystemClock
from core.settings_load import defaults
import msgspec, sys, threading

settings = msgspec.structs.replace(defaults().settings.feed.yahoo, timeout=3600, deadline=3600)
feed = YahooFeed(settings, SystemClock(), Calendar())
wanted = [Instrument(f"F{n}", "", SymbolClass.FUND, "funds") for n in range(9)]

def history():
    return feed.history(wanted, date(2025, 7, 1), date(2026, 1, 9))
"""
PRINT = ASK + "print(len(history().bars))"
LEAVE = (
    ASK
    + """
threading.Thread(target=history, daemon=True).start()
sys.stdin.read()
feed.close()
"""
)
FAIL = (
    ASK
    + """
from core.errors import FeedError
try:
    history()
except FeedError as error:
    print(error)
"""
)


def run(program: str, emulator: Emulator, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "default", "-c", program],
        env=os.environ | emulator.environment() | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_it_writes_no_file_and_says_nothing(emulator: Emulator, home: Path) -> None:
    ended = run(PRINT, emulator)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("9\n", "", 0)
    written = [path.relative_to(home) for path in home.rglob("*") if path.is_file()]
    assert [path for path in written if "yfinance" in str(path)] == []


@pytest.mark.parametrize("read_only", [False, True])
def test_spoilt_files_of_yfinance_change_nothing(emulator: Emulator, home: Path, *, read_only: bool) -> None:
    folder = home / ".cache" / "py-yfinance"
    folder.mkdir(parents=True)
    files = [folder / name for name in ("tkr-tz.db", "cookies.db", "isin-tkr.db")]
    for file in files:
        file.write_bytes(b"this is no database")
        file.chmod(0o400 if read_only else 0o600)
    ended = run(PRINT, emulator)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("9\n", "", 0)
    assert {file.read_bytes() for file in files} == {b"this is no database"}
    assert sorted(folder.iterdir()) == sorted(files)


def test_it_ends_while_yahoo_stalls(emulator: Emulator) -> None:
    emulator.faults.set("stall")
    environment = os.environ | emulator.environment()
    program = subprocess.Popen(
        [sys.executable, "-c", LEAVE], env=environment, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    emulator.log.wait(lambda log: log.in_flight >= 4, PATIENCE)
    _output, errors = program.communicate(timeout=PATIENCE)  # closes its input; a request may take an hour there
    assert (program.returncode, errors) == (0, b"")


def test_a_failure_is_one_line_and_tells_no_secret(emulator: Emulator) -> None:
    proxy = emulator.proxy.replace("http://", "http://somebody:opensesame@")
    emulator.faults.set("unreachable")
    ended = run(FAIL, emulator, HTTPS_PROXY=proxy, https_proxy=proxy)
    assert ended.stdout.startswith("Yahoo cannot be reached; next try ")
    assert (ended.stdout.count("\n"), ended.stderr) == (1, "")
    assert "opensesame" not in ended.stdout


def test_neither_yfinance_nor_curl_is_loaded_before_something_is_asked_for() -> None:
    program = ASK + "print({'yfinance', 'curl_cffi', 'requests', 'sqlalchemy'} & sys.modules.keys())"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("set()\n", "")
