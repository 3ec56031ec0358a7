"""What the import contracts of pyproject.toml cannot see: what a fresh process has really loaded.

Each of the heavy libraries costs 0.3 to 0.7 s of a start.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = frozenset({"apscheduler", "exchange_calendars", "numpy", "pandas", "pyarrow", "sqlalchemy", "yfinance"})
SCREEN = frozenset({"textual"})


def loaded_by(program: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after running `program`."""
    report = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    ended = subprocess.run(
        [sys.executable, "-c", f"{program}\n{report}"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert ended.returncode == 0, ended.stderr
    modules: list[str] = json.loads(ended.stdout.splitlines()[-1])
    return set(modules)


def test_the_probe_sees_what_is_loaded() -> None:
    assert {"json", "core", "sqlalchemy"} <= loaded_by("import core.store")


@pytest.mark.parametrize("module", ["tui.cli", "core.snapshot", "core.model", "core.settings", "core.glance"])
def test_what_every_command_imports_is_light(module: str) -> None:
    assert loaded_by(f"import {module}") & (HEAVY | SCREEN) == set()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_and_version_load_nothing_heavy(arguments: list[str]) -> None:
    assert loaded_by(f"from tui.cli import main\nassert main({arguments!r}) == 0") & (HEAVY | SCREEN) == set()


def test_all_that_the_first_paint_needs_is_light() -> None:
    shown = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for folder in ("panes", "screens", "widgets")
        for path in sorted((ROOT / "tui" / folder).glob("*.py"))
    ]
    modules = loaded_by(
        f"import tui.cli_screen, tui.launch, tui.app, tui.bridge, core.settings_load, core.glance, {', '.join(shown)}"
    )
    assert "textual" in modules
    assert modules & HEAVY == set()


def test_a_snapshot_never_loads_textual() -> None:
    arguments = ["snapshot", "--feed", "simulated", "--store", "none", "--format", "json"]
    modules = loaded_by(f"from tui.cli import main\nassert main({arguments!r}) == 0")
    assert "numpy" in modules
    assert modules & SCREEN == set()


PURE = sorted(
    [*(ROOT / "core" / "metrics").glob("*.py"), *(ROOT / "core" / "rules").glob("*.py"), ROOT / "core" / "engine.py"]
)


@pytest.mark.parametrize("path", PURE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_engine_asks_no_clock(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    assert {"now", "today", "utcnow", "localtime", "monotonic", "perf_counter"}.isdisjoint(asked)
