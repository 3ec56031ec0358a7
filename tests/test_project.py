"""The project as it is delivered: its lock, its wheel and its change log agree with its sources."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import core

ROOT = Path(__file__).parents[1]

LOCKED = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)( ; [^\\]+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+",
    re.MULTILINE,
)
"""One package of the lock: its version, perhaps a marker, and at least one hash."""


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=["requirements.lock", "requirements-dev.lock"])
def lock(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def whole_lock() -> str:
    return (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_lock_holds_pinned_versions_and_hashes_and_nothing_else(lock: str) -> None:
    assert LOCKED.sub("", lock) == ""


def test_the_lock_names_no_registry(lock: str) -> None:
    for word in ("http:", "https:", "://", "--index", "--extra-index", "--find-links"):
        assert word not in lock


def versions_of(lock: str) -> dict[str, str]:
    return {match["name"]: match["version"] for match in LOCKED.finditer(lock)}


def test_what_runs_is_what_is_tested(whole_lock: str) -> None:
    run = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert versions_of(run).items() <= versions_of(whole_lock).items()


def test_every_dependency_is_locked_at_a_version_it_allows(project: dict[str, Any], whole_lock: str) -> None:
    extras = project["project"]["optional-dependencies"].values()
    groups = project["dependency-groups"].values()
    lines = chain(project["project"]["dependencies"], *extras, *groups)
    declared = [Requirement(line) for line in lines if isinstance(line, str)]
    versions = versions_of(whole_lock)
    wrong = [str(wanted) for wanted in declared if not allows(wanted, versions.get(canonicalize_name(wanted.name)))]
    assert wrong == [], "run `make lock`"


def allows(wanted: Requirement, version: str | None) -> bool:
    return version is not None and wanted.specifier.contains(version)


def test_the_build_backend_is_locked(project: dict[str, Any], lock: str) -> None:
    versions = versions_of(lock)
    for line in project["build-system"]["requires"]:
        wanted = Requirement(line)
        assert allows(wanted, versions.get(wanted.name))


def test_the_wheel_holds_the_packages_and_the_defaults(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        assert archive.read("core/config.toml") == (ROOT / "config.toml").read_bytes()
    sources = {
        path.relative_to(ROOT).as_posix()
        for package in ("core", "tui")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packaged = {name for name in names if ".dist-info/" not in name}
    assert packaged == sources | {"core/config.toml"}


def test_an_installed_tapeboard_works_without_the_repository(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    program = f"""
import sys
sys.path.insert(0, {str(tmp_path / "site")!r})
import core
assert core.__file__.startswith({str(tmp_path)!r}), core.__file__
from tui.cli import main
sys.exit(main(["config"]))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "misfire_grace" in ended.stdout


def test_the_change_log_begins_with_this_version() -> None:
    versions = re.findall(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert versions[:1] == [core.__version__]
