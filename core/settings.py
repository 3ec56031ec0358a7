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

CORE = "core"
"""The universe without members: the watched funds and indices alone."""

FeedName: TypeAlias = Literal["auto", "yahoo", "alpaca", "files", "simulated"]
Basis: TypeAlias = Literal["tr", "px"]
Window: TypeAlias = Literal["1s", "5s", "21s", "63s", "126s", "252s"]
ThemeName: TypeAlias = Literal[
    "tapeboard-dark", "tapeboard-light", "tapeboard-contrast", "tapeboard-colorblind", "tapeboard-red-up"
]
Seconds: TypeAlias = Annotated[float, Meta(gt=0, le=86_400)]
Hours: TypeAlias = Annotated[float, Meta(ge=0, le=8_760)]
Count: TypeAlias = Annotated[int, Meta(ge=1, le=10_000)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Fall: TypeAlias = Annotated[float, Meta(ge=-1, le=0)]  # a loss as a fraction, never positive
Points: TypeAlias = Annotated[int, Meta(ge=0, le=4)]
OfFive: TypeAlias = Annotated[int, Meta(ge=0, le=5)]
Positive: TypeAlias = Annotated[float, Meta(gt=0, le=1_000)]
Correlation: TypeAlias = Annotated[float, Meta(ge=-1, le=1)]
BasisPoints: TypeAlias = Annotated[float, Meta(ge=-1_000, le=1_000)]
Oscillator: TypeAlias = Annotated[float, Meta(ge=0, le=100)]
Ticker: TypeAlias = Annotated[str, Meta(pattern=r"^\S+$", description="a symbol without spaces")]
Address: TypeAlias = Annotated[
    str,
    Meta(
        # Keys travel there: in the clear to this computer only, and none stands in the address.
        pattern=r"^(https://|http://(127\.0\.0\.1|localhost)(?=[:/]|$))[^@\s]*$",
        description="an address that begins with https://",
    ),
]


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of `config.toml`."""


class SimulatedSettings(_Section, kw_only=True, frozen=True):
    """`[feed.simulated]`."""

    seed: Annotated[int, Meta(ge=0)]
    sessions: Annotated[int, Meta(ge=300, le=10_000)]


class BreakerSettings(_Section, kw_only=True, frozen=True):
    """`[feed.yahoo.breaker]`, times in seconds."""

    failures: Annotated[int, Meta(ge=1, le=100)]
    first: Seconds
    most: Seconds


class YahooSettings(_Section, kw_only=True, frozen=True):
    """`[feed.yahoo]`, times in seconds."""

    budget_per_minute: Count
    threads: Annotated[int, Meta(ge=1, le=16)]
    batch: Annotated[int, Meta(ge=1, le=200)]
    cookie_timeout: Seconds
    timeout: Seconds
    deadline: Seconds
    stream: bool
    breaker: BreakerSettings


class AlpacaSettings(_Section, kw_only=True, frozen=True):
    """`[feed.alpaca]`."""

    feed: Literal["iex", "sip", "delayed_sip"]
    budget_per_minute: Count
    timeout: Seconds
    batch: Annotated[int, Meta(ge=1, le=500)]
    url: Address


class FeedSettings(_Section, kw_only=True, frozen=True):
    """`[feed]`. Relative paths in `data` start at the folder of the file that names them; here all are absolute."""

    name: FeedName
    data: tuple[str, ...]
    yahoo: YahooSettings
    alpaca: AlpacaSettings
    simulated: SimulatedSettings


class StoreSettings(_Section, kw_only=True, frozen=True):
    """`[store]`: `url` is "none" or "sqlite:///PATH"; "" in a file has become that of the user's data folder."""

    url: str


class SessionSettings(_Section, kw_only=True, frozen=True):
    """`[sessions]`."""

    extra_closures: tuple[date, ...]


class RefreshSettings(_Section, kw_only=True, frozen=True):
    """`[refresh]`, all in seconds."""

    open: Seconds
    simulated: Seconds
    timeout: Seconds
    misfire_grace: Seconds


class GroupSettings(_Section, kw_only=True, frozen=True):
    """`[universe.groups.ID]`: `symbols` maps a symbol to its name, in the order of the screen."""

    title: str
    cls: SymbolClass = msgspec.field(name="class")
    ranked: bool
    symbols: dict[Ticker, str]


class SchemeSettings(_Section, kw_only=True, frozen=True):
    """`[universe.schemes.ID]`."""

    cyclical: tuple[Ticker, ...]
    sensitive: tuple[Ticker, ...]
    defensive: tuple[Ticker, ...]


class UniverseSettings(_Section, kw_only=True, frozen=True):
    """`[universe]`."""

    show: tuple[str, ...]
    breadth: str
    groups: dict[str, GroupSettings]
    schemes: dict[str, SchemeSettings]


class WatchGroup(_Section, kw_only=True, frozen=True):
    """A table under `[watchlist]`; a bare list of symbols is the short form."""

    symbols: tuple[Ticker, ...]
    title: str = ""
    cls: SymbolClass = msgspec.field(name="class", default=SymbolClass.STOCK)


class MemberListSettings(_Section, kw_only=True, frozen=True):
    """`[universes.ID]`: either `symbols` or `file`, the path of a list."""

    symbols: tuple[Ticker, ...] = ()
    file: str = ""
    title: str = ""


class HoldingSettings(_Section, kw_only=True, frozen=True):
    """`[holdings]`: by fund, the path of its holdings file, "" for none."""

    SPY: str
    IWM: str


class MetricSettings(_Section, kw_only=True, frozen=True):
    """`[metrics]`."""

    basis: Basis
    window: Window
    scheme: str
    years: Annotated[int, Meta(ge=1, le=100)]


class W01Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W01]`."""

    watch_z: float
    warning_z: float
    exit_z: float
    share: Share


class W02Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W02]`."""

    exit_sessions: Count


class W03Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W03]`."""

    watch_ratio: Positive
    warning_ratio: Positive
    exit_ratio: Positive
    watch_percentile: Share
    warning_percentile: Share
    exit_percentile: Share


class W04Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W04]`, the index in points."""

    watch_vix: Positive
    warning_vix: Positive
    exit_vix: Positive
    watch_percentile: Share
    warning_percentile: Share
    exit_percentile: Share


class W05Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W05]`."""

    watch: Positive
    warning: Positive
    exit: Positive


class W06Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W06]`."""

    rsi: Oscillator
    pct_b: float
    percentile: Share
    watch_points: Points
    warning_points: Points
    exit_points: Points
    exit_rsi: Oscillator


class W07Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W07]`."""

    near_high: Share
    watch_extension: float
    warning_extension: float
    exit_distance: Share
    exit_extension: float


class W08Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W08]`."""

    near_high: Share
    watch_above: Share
    warning_above: Share
    exit_above: Share
    exit_distance: Share
    line_sessions: Count
    coverage: Share


class W09Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W09]`."""

    variant: Literal["2.8", "2.2"]


class W10Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W10]`."""

    watch_weight: Share
    warning_weight: Share
    exit_weight: Share
    watch_share: float
    warning_share: float
    exit_share: float
    least_return: Share
    watch_equal: Fall
    exit_equal: Fall


class W11Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W11]`."""

    watch_share: float
    warning_share: float
    exit_share: float
    least_return: Share
    watch_beating: Share
    warning_beating: Share
    exit_beating: Share


class W12Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W12]`."""

    watch_percentile: Share
    warning_percentile: Share
    exit_percentile: Share
    snapshots: Count
    gap: Annotated[float, Meta(ge=-1, le=1)]


class W13Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W13]`, changes of the yield in basis points."""

    watch_t: float
    exit_t: float
    watch_bonds: Fall
    warning_bonds: Fall
    exit_bonds: Fall
    watch_bp: BasisPoints
    warning_bp: BasisPoints
    exit_bp: BasisPoints


class W14Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W14]`, changes of the option-adjusted spread in basis points."""

    watch_z: float
    warning_z: float
    exit_z: float
    watch_bp: BasisPoints
    warning_bp: BasisPoints
    exit_bp: BasisPoints


class W15Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W15]`."""

    watch_z: float
    warning_z: float
    exit_z: float


class W16Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W16]`."""

    watch_correlation: Correlation
    warning_correlation: Correlation
    exit_correlation: Correlation
    watch_shift: float
    warning_shift: float
    exit_shift: float


class W17Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W17]`: sessions of the last five."""

    percentile: Share
    watch_sessions: OfFive
    warning_sessions: OfFive
    exit_sessions: OfFive


class W18Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W18]`."""

    watch: Correlation
    warning: Correlation
    exit: Correlation


class W19Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W19]`."""

    watch: Fall
    warning: Fall
    bear: Fall
    exit: Fall


class W20Settings(_Section, kw_only=True, frozen=True):
    """`[warnings.W20]`."""

    grace_hours: Hours
    watch_coverage: Share
    warning_coverage: Share
    suspect_share: Share
    fetch_age_hours: Hours


class WarningSettings(_Section, kw_only=True, frozen=True):
    """`[warnings]`."""

    version: Count
    W01: W01Settings
    W02: W02Settings
    W03: W03Settings
    W04: W04Settings
    W05: W05Settings
    W06: W06Settings
    W07: W07Settings
    W08: W08Settings
    W09: W09Settings
    W10: W10Settings
    W11: W11Settings
    W12: W12Settings
    W13: W13Settings
    W14: W14Settings
    W15: W15Settings
    W16: W16Settings
    W17: W17Settings
    W18: W18Settings
    W19: W19Settings
    W20: W20Settings


class NotifySettings(_Section, kw_only=True, frozen=True):
    """`[notify]`; `urls` are addresses of apprise, which hold secrets and are never shown."""

    bell: bool
    toast: bool
    least: Literal["watch", "warning"]
    provisional: bool
    urls: Annotated[
        tuple[str, ...], Meta(description="a list of addresses of apprise in quotes", extra={"secret": True})
    ]


class ReportSettings(_Section, kw_only=True, frozen=True):
    """`[report]`: `events` is the path of a file of dated events, "" for none; `folder` "" means the user's own.

    `at` is a time in New York, "" for never.
    """

    at: Annotated[str, Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$", description='a time of day such as "16:15"')]
    format: Literal["md", "html", "text"]
    folder: str
    events: str


class OwnRuleSettings(_Section, kw_only=True, frozen=True):
    """`[rules.ID]`: a rule of the user's own; `severity` is the highest state it can have."""

    metric: str
    subjects: tuple[Ticker, ...] = ()
    comparison: Literal["above", "below"]
    enter: float
    leave: float
    warning: float | None = None
    min_in: Count = 2
    min_out: Count = 3
    severity: Literal["info", "watch", "warning"] = "watch"
    title: str = ""
    text: str = ""


class ScreenSettings(_Section, kw_only=True, frozen=True):
    """`[screen]`."""

    language: Literal["auto", "en", "zh"]
    theme: ThemeName
    flash: bool
    up_is: Literal["green", "red"]


class Settings(_Section, kw_only=True, frozen=True):
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
    notify: NotifySettings
    report: ReportSettings
    screen: ScreenSettings
    keys: dict[str, str]
    watchlist: dict[str, tuple[Ticker, ...] | WatchGroup]
