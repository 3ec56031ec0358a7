"""The effective configuration as frozen, typed values. What each key means stands in `config.toml`.

`core.settings_load` reads the files; everything else receives a `Settings` and never sees TOML.
A key that is not declared here does not exist: loading refuses it with file, key and nearest name.
The ranges stand in the types, so that a value out of range is refused in the same way.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from core.model import SymbolClass
from core.settings_types import Address, Count, Seconds, Section, Ticker
from core.settings_warnings import OwnRuleSettings, WarningSettings

CORE = "core"
"""The universe without members: the watched funds and indices alone."""

FeedName: TypeAlias = Literal["auto", "yahoo", "alpaca", "files", "simulated"]
Basis: TypeAlias = Literal["tr", "px"]
Window: TypeAlias = Literal["1s", "5s", "21s", "63s", "126s", "252s"]
ThemeName: TypeAlias = Literal[
    "tapeboard-dark", "tapeboard-light", "tapeboard-contrast", "tapeboard-colorblind", "tapeboard-red-up"
]


class SimulatedSettings(Section, kw_only=True, frozen=True):
    """`[feed.simulated]`."""

    seed: Annotated[int, Meta(ge=0)]
    sessions: Annotated[int, Meta(ge=300, le=10_000)]


class BreakerSettings(Section, kw_only=True, frozen=True):
    """`[feed.yahoo.breaker]`, times in seconds."""

    failures: Annotated[int, Meta(ge=1, le=100)]
    first: Seconds
    most: Seconds


class YahooSettings(Section, kw_only=True, frozen=True):
    """`[feed.yahoo]`, times in seconds."""

    budget_per_minute: Count
    threads: Annotated[int, Meta(ge=1, le=16)]
    batch: Annotated[int, Meta(ge=1, le=200)]
    cookie_timeout: Seconds
    timeout: Seconds
    deadline: Seconds
    stream: bool
    breaker: BreakerSettings


class AlpacaSettings(Section, kw_only=True, frozen=True):
    """`[feed.alpaca]`."""

    feed: Literal["iex", "sip", "delayed_sip"]
    budget_per_minute: Count
    timeout: Seconds
    batch: Annotated[int, Meta(ge=1, le=500)]
    url: Address


class FeedSettings(Section, kw_only=True, frozen=True):
    """`[feed]`. Relative paths in `data` start at the folder of the file that names them; here all are absolute."""

    name: FeedName
    data: tuple[str, ...]
    yahoo: YahooSettings
    alpaca: AlpacaSettings
    simulated: SimulatedSettings


class StoreSettings(Section, kw_only=True, frozen=True):
    """`[store]`: `url` is "none" or "sqlite:///PATH"; "" in a file has become that of the user's data folder."""

    url: str


class SessionSettings(Section, kw_only=True, frozen=True):
    """`[sessions]`."""

    extra_closures: tuple[date, ...]


class RefreshSettings(Section, kw_only=True, frozen=True):
    """`[refresh]`, all in seconds."""

    open: Seconds
    simulated: Seconds
    timeout: Seconds
    misfire_grace: Seconds


class GroupSettings(Section, kw_only=True, frozen=True):
    """`[universe.groups.ID]`: `symbols` maps a symbol to its name, in the order of the screen."""

    title: str
    cls: SymbolClass = msgspec.field(name="class")
    ranked: bool
    symbols: dict[Ticker, str]


class SchemeSettings(Section, kw_only=True, frozen=True):
    """`[universe.schemes.ID]`."""

    cyclical: tuple[Ticker, ...]
    sensitive: tuple[Ticker, ...]
    defensive: tuple[Ticker, ...]


class UniverseSettings(Section, kw_only=True, frozen=True):
    """`[universe]`."""

    show: tuple[str, ...]
    breadth: str
    groups: dict[str, GroupSettings]
    schemes: dict[str, SchemeSettings]


class WatchGroup(Section, kw_only=True, frozen=True):
    """A table under `[watchlist]`; a bare list of symbols is the short form."""

    symbols: tuple[Ticker, ...]
    title: str = ""
    cls: SymbolClass = msgspec.field(name="class", default=SymbolClass.STOCK)


class MemberListSettings(Section, kw_only=True, frozen=True):
    """`[universes.ID]`: either `symbols` or `file`, the path of a list."""

    symbols: tuple[Ticker, ...] = ()
    file: str = ""
    title: str = ""


class HoldingSettings(Section, kw_only=True, frozen=True):
    """`[holdings]`: by fund, the path of its holdings file, "" for none."""

    SPY: str
    IWM: str


class MetricSettings(Section, kw_only=True, frozen=True):
    """`[metrics]`."""

    basis: Basis
    window: Window
    scheme: str
    years: Annotated[int, Meta(ge=1, le=100)]


class NotifySettings(Section, kw_only=True, frozen=True):
    """`[notify]`; `urls` are addresses of apprise, which hold secrets and are never shown.

    Nor is any other value here when it is wrong: it may be an address in the wrong place.
    """

    bell: bool
    toast: bool
    least: Literal["watch", "warning"]
    provisional: bool
    urls: Annotated[tuple[str, ...], Meta(description="a list of addresses of apprise in quotes")]


class ReportSettings(Section, kw_only=True, frozen=True):
    """`[report]`: `events` is the path of a file of dated events, "" for none; `folder` "" means the user's own.

    `at` is a time in New York, "" for never.
    """

    at: Annotated[str, Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$", description='a time of day such as "16:15"')]
    format: Literal["md", "html", "text"]
    folder: str
    events: str


class ScreenSettings(Section, kw_only=True, frozen=True):
    """`[screen]`."""

    language: Literal["auto", "en", "zh"]
    theme: ThemeName
    flash: bool
    up_is: Literal["green", "red"]


class Settings(Section, kw_only=True, frozen=True):
    """Everything that can be configured; `watchlist` maps a group id to its symbols, `keys` a command to keys."""

    feed: FeedSettings
    store: StoreSettings
    sessions: SessionSettings
    refresh: RefreshSettings
    universe: UniverseSettings
    universes: dict[str, MemberListSettings]
    holdings: HoldingSettings
    metrics: MetricSettings
    warnings: WarningSettings
    rules: dict[str, OwnRuleSettings]
    notify: Annotated[NotifySettings, Meta(extra={"secret": True})]
    report: ReportSettings
    screen: ScreenSettings
    keys: dict[str, str]
    watchlist: dict[str, tuple[Ticker, ...] | WatchGroup]
