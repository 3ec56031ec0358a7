"""The effective configuration as frozen, typed values. What each key means stands in `config.toml`.

`core.settings_load` reads the files; everything else receives a `Settings` and never sees TOML.
A key that is not declared here does not exist: loading refuses it with file, key and nearest name.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias

import msgspec

from core.model import SymbolClass

FeedName: TypeAlias = Literal["auto", "yahoo", "files", "simulated"]
Basis: TypeAlias = Literal["tr", "px"]
Window: TypeAlias = Literal["1s", "5s", "21s", "63s", "126s", "252s"]


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of `config.toml`."""


class SimulatedSettings(_Section, kw_only=True, frozen=True):
    """`[feed.simulated]`."""

    seed: int
    sessions: int


class FeedSettings(_Section, kw_only=True, frozen=True):
    """`[feed]`."""

    name: FeedName
    data: tuple[str, ...]
    simulated: SimulatedSettings


class StoreSettings(_Section, kw_only=True, frozen=True):
    """`[store]`."""

    url: str


class SessionSettings(_Section, kw_only=True, frozen=True):
    """`[sessions]`."""

    extra_closures: tuple[date, ...]


class RefreshSettings(_Section, kw_only=True, frozen=True):
    """`[refresh]`, all in seconds."""

    open: float
    simulated: float
    timeout: float
    misfire_grace: float


class GroupSettings(_Section, kw_only=True, frozen=True):
    """`[universe.groups.ID]`: `symbols` maps a symbol to its name, in the order of the screen."""

    title: str
    cls: SymbolClass = msgspec.field(name="class")
    ranked: bool
    symbols: dict[str, str]


class SchemeSettings(_Section, kw_only=True, frozen=True):
    """`[universe.schemes.ID]`."""

    cyclical: tuple[str, ...]
    sensitive: tuple[str, ...]
    defensive: tuple[str, ...]


class UniverseSettings(_Section, kw_only=True, frozen=True):
    """`[universe]`."""

    show: tuple[str, ...]
    groups: dict[str, GroupSettings]
    schemes: dict[str, SchemeSettings]


class WatchGroup(_Section, kw_only=True, frozen=True):
    """A table under `[watchlist]`; a bare list of symbols is the short form."""

    symbols: tuple[str, ...]
    title: str = ""
    cls: SymbolClass = msgspec.field(name="class", default=SymbolClass.STOCK)


class MetricSettings(_Section, kw_only=True, frozen=True):
    """`[metrics]`."""

    basis: Basis
    window: Window
    scheme: str
    years: int


class W01Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W01]`."""

    watch_z: float
    warning_z: float
    exit_z: float
    share: float


class W02Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W02]`."""

    exit_sessions: int


class W06Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W06]`."""

    rsi: float
    pct_b: float
    percentile: float
    watch_points: int
    warning_points: int
    exit_points: int
    exit_rsi: float


class W07Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W07]`."""

    near_high: float
    watch_extension: float
    warning_extension: float
    exit_distance: float
    exit_extension: float


class W19Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W19]`."""

    watch: float
    warning: float
    bear: float
    exit: float


class W20Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W20]`."""

    grace_hours: float
    watch_coverage: float
    warning_coverage: float
    suspect_share: float
    fetch_age_hours: float


class WarningSettings(_Section, kw_only=True, frozen=True):
    """`[warnings]`."""

    version: int
    W01: W01Settings
    W02: W02Settings
    W06: W06Settings
    W07: W07Settings
    W19: W19Settings
    W20: W20Settings


class ScreenSettings(_Section, kw_only=True, frozen=True):
    """`[screen]`."""

    theme: str
    flash: bool
    up_is: Literal["green", "red"]


class Settings(_Section, kw_only=True, frozen=True):
    """Everything that can be configured; `watchlist` maps a group id to its symbols, `keys` a command to keys."""

    feed: FeedSettings
    store: StoreSettings
    sessions: SessionSettings
    refresh: RefreshSettings
    universe: UniverseSettings
    metrics: MetricSettings
    warnings: WarningSettings
    screen: ScreenSettings
    keys: dict[str, str]
    watchlist: dict[str, tuple[str, ...] | WatchGroup]
