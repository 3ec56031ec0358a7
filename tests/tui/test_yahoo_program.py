"""The shipped program, unmodified, before an emulated Yahoo that its environment alone leads it to.

The program has this computer's clock, and the emulator follows it: what is looked at is the market as it is now.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bench.terminal import Terminal
from core.glance import last_snapshot
from core.snapshot import Snapshot
from tests.core.fakes import rows
from tests.emulator import Emulator

PROGRAM = str(Path(sys.executable).with_name("tapeboard"))
PATIENCE = 60.0
QUICK = """
[metrics]
years = 2
[feed.yahoo]
budget_per_minute = 1000
[feed.yahoo.breaker]
first = 0.1
most = 0.1
"""
ENDLESS = """
[refresh]
timeout = 3600
[feed.yahoo]
cookie_timeout = 3600
timeout = 3600
deadline = 3600
"""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Yahoo on the loopback."""
    with Emulator() as running:
        yield running


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.sqlite3"


@pytest.fixture
def argv(tmp_path: Path, url: str) -> list[str]:
    """The program with a quick configuration and a store of its own."""
    config = tmp_path / "config.toml"
    config.write_text(QUICK, encoding="utf-8")
    return [PROGRAM, "--config", str(config), "--store", url]


def environment(emulator: Emulator) -> dict[str, str]:
    return {**os.environ, **emulator.environment()}


def run(emulator: Emulator, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, env=environment(emulator), capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def prices(document: dict[str, Any]) -> dict[str, float]:
    return {row["symbol"]: row["last"] for row in (*document["leadership"], *document["sectors"])}


def ended(terminal: Terminal) -> None:
    """Return when the program has ended by itself."""
    with suppress(EOFError):
        while terminal.read(PATIENCE):
            pass
        pytest.fail("the program neither ends nor writes")


def test_a_snapshot_and_the_same_without_a_network(emulator: Emulator, argv: list[str]) -> None:
    first = run(emulator, *argv, "--feed", "yahoo", "snapshot")
    assert (first.returncode, first.stderr) == (0, "")
    given = json.loads(first.stdout)
    assert (given["source"]["feed"], given["source"]["simulated"]) == ("yahoo", False)
    assert given["source"]["problems"] == []
    emulator.faults.set("unreachable")
    again = run(emulator, *argv, "--feed", "yahoo", "snapshot")
    kept = json.loads(again.stdout)
    assert prices(kept) == prices(given)
    assert (kept["session"], kept["source"]["asof"]) == (given["session"], given["source"]["asof"])


def test_commands_ask_for_fundamentals_once_a_session(emulator: Emulator, argv: list[str], tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[metrics]\nyears = 2\n", encoding="utf-8")  # the shipped budget
    for asked in (True, False):
        emulator.log.clear()
        given = json.loads(run(emulator, *argv, "--feed", "yahoo", "snapshot").stdout)
        assert set(given["valuation"]["funds"]) == {"IWM", "IJR", "SPY"}
        assert (emulator.log.count("summary") > 0) == asked


def test_a_command_that_is_refused_says_what_can_be_done(emulator: Emulator, argv: list[str]) -> None:
    emulator.faults.set("429")
    ended = run(emulator, *argv, "--feed", "yahoo", "snapshot")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert re.fullmatch(
        r"tapeboard: Yahoo refuses \(429\); next try \d\d:\d\d: run it again later; 'tapeboard doctor' tells why\n",
        ended.stderr.rpartition("\r")[2],
    )


def test_the_screen_survives_a_kill_and_a_network_that_is_gone(emulator: Emulator, argv: list[str], url: str) -> None:
    with Terminal([*argv, "--feed", "yahoo"], environment(emulator)) as terminal:  # which ends it with SIGKILL
        for shown in ("yahoo", "Leadership", "Sectors", "Warnings", "Russell 2000", "Technology"):
            terminal.seconds_to(shown)
        stored: Snapshot | None = None
        while stored is None:
            terminal.read(0.1)
            stored = last_snapshot(url)
    emulator.faults.set("unreachable")
    with Terminal([*argv, "--feed", "yahoo"], environment(emulator)) as terminal:
        for symbol in ("SPY", "IWM", "QQQ"):
            last = rows(stored)[symbol].last
            assert last is not None
            terminal.seconds_to(f"{last:,.2f}")
        assert b"SIMULATED" not in terminal.written


def test_the_screen_ends_while_everything_stalls(emulator: Emulator, argv: list[str], tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(ENDLESS, encoding="utf-8")
    emulator.faults.set("stall")
    with Terminal([*argv, "--feed", "yahoo"], environment(emulator)) as terminal:
        terminal.seconds_to("Opening the data")
        emulator.log.wait(lambda log: log.in_flight >= 4, PATIENCE)
        terminal.type("q")
        ended(terminal)  # long before any of the requests


def test_auto_begins_simulated_and_goes_live_by_itself(emulator: Emulator, argv: list[str]) -> None:
    emulator.faults.set("503")
    with Terminal(argv, environment(emulator)) as terminal:
        terminal.seconds_to("SIMULATED")
        emulator.log.wait(lambda log: log.count("chart") >= 4, PATIENCE)
        emulator.faults.clear()
        terminal.seconds_to("yahoo")
        terminal.type("q")
        ended(terminal)


def test_a_fill_that_is_interrupted_loses_nothing_and_is_resumed(emulator: Emulator, argv: list[str]) -> None:
    emulator.latency = 0.2
    fill = [*argv, "--feed", "yahoo", "fetch", "--quiet"]
    filling = subprocess.Popen(fill, env=environment(emulator), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    emulator.log.wait(lambda log: log.count("chart") >= 20, PATIENCE)
    filling.send_signal(signal.SIGINT)
    assert filling.communicate(timeout=PATIENCE) == (b"", b"")
    assert filling.returncode == 130
    emulator.log.clear()
    again = run(emulator, *fill)
    assert (again.returncode, again.stderr) == (0, "")
    assert "complete already: " in again.stdout
    complete = int(again.stdout.rpartition(" ")[2])
    assert complete >= 8
    assert emulator.log.count("chart") == 56 - complete
    assert run(emulator, *fill).stdout == "symbols stored: 0, daily bars: 0; complete already: 56\n"


def test_a_terminal_and_a_fill_share_a_store(emulator: Emulator, argv: list[str], url: str) -> None:
    with Terminal([*argv, "--feed", "yahoo"], environment(emulator)) as terminal:
        filled = run(emulator, *argv, "--feed", "yahoo", "fetch", "--quiet")
        assert (filled.returncode, filled.stderr) == (0, "")
        terminal.seconds_to("Technology")
        terminal.type("q")
        ended(terminal)
    snapshot = last_snapshot(url)
    assert snapshot is not None
    assert [note.text for note in snapshot.source.problems] == []
