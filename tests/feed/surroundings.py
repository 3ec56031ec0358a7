"""Trouble around a program instead of at Yahoo: spoilt caches of yfinance, and no network at all.

The caches are those that a good `yf.download` has left, before they are spoilt. That a file cannot be written, and
that there is no network, holds for a user of any rank: util-linux takes that power from the program.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from tests.emulator import Emulator

FOLDER: Final = "py-yfinance"
ZONES: Final = "tkr-tz.db"
COOKIES: Final = "cookies.db"

OFFLINE: Final = "offline"

HUMBLE: Final = ("setpriv", "--bounding-set=-dac_override") if os.geteuid() == 0 else ()
"""Begins a command that may not write what nobody may."""
ALONE: Final = ("unshare", "--map-root-user", "--net")
"""Begins a command that has no network, not even the loopback."""


def prefix(around: str) -> tuple[str, ...]:
    """What begins the command of a program with this trouble around it."""
    return ALONE if around == OFFLINE else HUMBLE


def environment(around: str, emulator: Emulator) -> dict[str, str]:
    """What leads a program to the emulator; without a network there is no proxy either, so that names are looked up."""
    nowhere = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), "") if around == OFFLINE else {}
    return emulator.environment() | nowhere


def keep_caches(left: Path, kept: Path) -> None:
    """Copy the caches that yfinance has `left` in its folder; what still stands in their logs comes into the files."""
    for name in (ZONES, COOKIES):
        with closing(sqlite3.connect(left / name)) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(left, kept)


@contextmanager
def laid(around: str, caches: Path, home: Path) -> Iterator[None]:
    """While this trouble (a name of `SPOILT`, or another one) is laid into `home`; `caches` are good ones."""
    with ExitStack() as held:
        if around in SPOILT:
            folder = home / "cache" / FOLDER
            shutil.copytree(caches, folder)
            SPOILT[around](folder, held)
        yield


def _garble(name: str) -> Callable[[Path, ExitStack], None]:
    def spoil(folder: Path, _held: ExitStack) -> None:
        (folder / name).write_bytes(b"this is no database")

    return spoil


def _no_pickle(folder: Path, _held: ExitStack) -> None:
    with closing(sqlite3.connect(folder / COOKIES)) as cookies, cookies:
        changed = cookies.execute("UPDATE _cookieschema SET cookie_bytes = x'00'").rowcount
    if changed == 0:
        raise RuntimeError("yfinance has left no cookie to be spoilt")


def _read_only(folder: Path, _held: ExitStack) -> None:
    for file in folder.iterdir():
        file.chmod(0o400)


def _locked(folder: Path, held: ExitStack) -> None:
    for name in (ZONES, COOKIES):
        other = held.enter_context(closing(sqlite3.connect(folder / name, check_same_thread=False)))
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")


def _no_folder(folder: Path, _held: ExitStack) -> None:
    shutil.rmtree(folder.parent)
    folder.parent.touch()


def _unwritable(folder: Path, held: ExitStack) -> None:
    folder.chmod(0o500)
    held.callback(folder.chmod, 0o700)


def _file(folder: Path, _held: ExitStack) -> None:
    shutil.rmtree(folder)
    folder.touch()


SPOILT: Final[Mapping[str, Callable[[Path, ExitStack], None]]] = {
    "corrupt_zones": _garble(ZONES),
    "corrupt_cookies": _garble(COOKIES),
    "bad_pickle": _no_pickle,
    "read_only": _read_only,
    "locked": _locked,
    "no_folder": _no_folder,
    "unwritable": _unwritable,
    "file": _file,
}
