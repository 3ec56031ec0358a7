"""The program itself with the feed alpaca: a process of its own, real HTTP, an emulated Alpaca."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from core.feeds.alpaca_keys import VARIABLES
from core.sessions import Calendar
from core.settings_load import defaults
from tests.core.feeds import alpaca_server
from tests.core.feeds.alpaca_server import KEY_ID, SECRET, AlpacaServer, Reply, serving, steady

FUNDS = ("index_funds", "sectors")
AS_OF = ("--as-of", "2026-01-12")
PROGRAM = "import sys; from tui.cli import main; sys.exit(main())"
WITHOUT = "import sys; sys.modules['alpaca'] = None; from tui.cli import main; sys.exit(main())"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def server() -> Iterator[AlpacaServer]:
    """It has every stock and fund of the shipped universe."""
    days = Calendar().sessions(date(2025, 1, 1), date(2026, 1, 12)).tolist()
    groups = defaults().settings.universe.groups.values()
    symbols = [symbol for group in groups for symbol in group.symbols if not symbol.startswith("^")]
    with serving() as server:
        server.stocks = {symbol: steady(days, 50 + n) for n, symbol in enumerate(symbols)}
        yield server


@pytest.fixture
def run(server: AlpacaServer, tmp_path: Path) -> Run:
    """Run the program with a key; give its exit code and its two outputs, which must not hold the key."""
    config = tmp_path / "config.toml"
    server.every = None
    server.take()

    def run(
        *argv: str, groups: tuple[str, ...] = FUNDS, timeout: float = 60, program: str = PROGRAM, **env: str
    ) -> tuple[int, str, str]:
        config.write_text(
            f"[metrics]\nyears = 1\n[universe]\nshow = {json.dumps(groups)}\n"
            f'[feed.alpaca]\nurl = "{server.url}"\ntimeout = {timeout}\n'
        )
        ended = subprocess.run(
            [sys.executable, "-c", program, "--feed", "alpaca", "--config", str(config), *argv],
            env={**os.environ, **dict(zip(VARIABLES, (KEY_ID, SECRET), strict=True)), **NO_KEYRING, **env},
            capture_output=True,
            text=True,
            check=False,
        )
        assert SECRET not in ended.stdout + ended.stderr
        assert KEY_ID not in ended.stdout + ended.stderr
        return ended.returncode, ended.stdout, ended.stderr

    return run


NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
NO_KEY = dict.fromkeys(VARIABLES, "")


def test_a_snapshot(server: AlpacaServer, run: Run) -> None:
    code, out, err = run("snapshot", *AS_OF)
    assert (code, err) == (0, "")
    snapshot = json.loads(out)
    assert (snapshot["session"], snapshot["session_status"]) == ("2026-01-12", "final")
    assert (snapshot["source"]["feed"], snapshot["source"]["simulated"]) == ("alpaca", False)
    assert snapshot["source"]["problems"] == []
    last = server.stocks["SPY"].bars[date(2026, 1, 12)][3]
    (spy,) = (row for row in snapshot["leadership"] if row["symbol"] == "SPY")
    assert spy["last"] == last
    assert len(server.take()) == 2


def test_indices_are_named(run: Run) -> None:
    code, out, err = run("snapshot", *AS_OF, groups=(*FUNDS, "indices"))
    assert code == 4
    assert err.startswith("tapeboard: failed or stale: 5 (^GSPC, ^DJI, ^IXIC, ^NDX, ^RUT)")
    told = {problem["symbol"]: problem["text"] for problem in json.loads(out)["source"]["problems"]}
    assert told["^GSPC"] == "^GSPC: Alpaca has no index levels"


def test_a_fetch_fills_the_store(run: Run, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/store.sqlite3"
    code, out, err = run("fetch", "--since", "2025-11-03", "--store", store, "--quiet")
    assert out.startswith("symbols stored: 15, daily bars: ")
    assert code == 4, err  # the emulator's history ends before the last session that has finished
    assert (tmp_path / "store.sqlite3").exists()


@pytest.mark.parametrize(
    ("fault", "timeout", "told"),
    [
        (alpaca_server.refuse(401, f"{KEY_ID} {SECRET}"), 60, "refuses the key, or the plan does not permit it (401"),
        (alpaca_server.refuse(429), 60, "Alpaca refuses (429); next try "),
        (alpaca_server.refuse(503), 60, "Alpaca fails (503)"),
        (alpaca_server.stall, 0.5, "Alpaca does not answer in time"),
        (alpaca_server.reset, 60, "Alpaca cannot be reached"),
        (alpaca_server.body(SECRET.encode()), 60, "Alpaca gave an unusable answer"),
    ],
    ids=["401", "429", "503", "stall", "reset", "garbage"],
)
def test_a_failure_is_one_line(server: AlpacaServer, run: Run, fault: Reply, timeout: float, told: str) -> None:
    server.every = fault
    code, out, err = run("snapshot", *AS_OF, timeout=timeout)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert told in err
    code, out, err = run("snapshot", *AS_OF, "--debug", timeout=timeout)
    assert (code, out) == (3, "")
    assert told in err


def test_no_key(server: AlpacaServer, run: Run) -> None:
    code, out, err = run("snapshot", *AS_OF, **NO_KEY)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("tapeboard: the feed 'alpaca' needs a key, and there is none: set APCA_API_KEY_ID and ")
    assert server.take() == []


def test_a_key_in_the_keyring(run: Run, tmp_path: Path) -> None:
    (tmp_path / "given.py").write_text(
        "from keyring.backends import null\n"
        "class Keyring(null.Keyring):\n"
        "    def get_password(self, service, username):\n"
        f"        return {{'alpaca_key_id': {KEY_ID!r}, 'alpaca_secret_key': {SECRET!r}}}.get(username)\n"
    )
    path = os.pathsep.join((os.environ["PYTHONPATH"], str(tmp_path)))
    code, _out, err = run("snapshot", *AS_OF, **NO_KEY, PYTHONPATH=path, PYTHON_KEYRING_BACKEND="given.Keyring")
    assert (code, err) == (0, "")


def test_without_the_extra_the_mend_is_told(run: Run) -> None:
    assert run("snapshot", *AS_OF, program=WITHOUT) == (
        2,
        "",
        "tapeboard: the feed 'alpaca' lacks the package alpaca: pip install 'tapeboard[alpaca]'\n",
    )


@pytest.mark.parametrize("command", ["config", "doctor"])
def test_no_command_shows_the_key(run: Run, command: str) -> None:
    _code, out, _err = run(command)
    assert "alpaca" in out
