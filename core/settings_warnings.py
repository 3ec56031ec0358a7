"""The thresholds of the rules, `[warnings]`, and the rules of the user's own, `[rules]`; see `core.settings`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from core.settings_types import (
    BasisPoints,
    Correlation,
    Count,
    Fall,
    Hours,
    OfFive,
    Oscillator,
    Points,
    Positive,
    Section,
    Share,
    Ticker,
)


class W01Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W01]`."""

    watch_z: float
    warning_z: float
    exit_z: float
    share: Share


class W02Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W02]`."""

    exit_sessions: Count


class W03Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W03]`."""

    watch_ratio: Positive
    warning_ratio: Positive
    exit_ratio: Positive
    watch_percentile: Share
    warning_percentile: Share
    exit_percentile: Share


class W04Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W04]`, the index in points."""

    watch_vix: Positive
    warning_vix: Positive
    exit_vix: Positive
    watch_percentile: Share
    warning_percentile: Share
    exit_percentile: Share


class W05Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W05]`."""

    watch: Positive
    warning: Positive
    exit: Positive


class W06Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W06]`."""

    rsi: Oscillator
    pct_b: float
    percentile: Share
    watch_points: Points
    warning_points: Points
    exit_points: Points
    exit_rsi: Oscillator


class W07Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W07]`."""

    near_high: Share
    watch_extension: float
    warning_extension: float
    exit_distance: Share
    exit_extension: float


class W08Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W08]`."""

    near_high: Share
    watch_above: Share
    warning_above: Share
    exit_above: Share
    exit_distance: Share
    line_sessions: Count
    coverage: Share


class W09Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W09]`."""

    variant: Literal["2.8", "2.2"]


class W10Settings(Section, kw_only=True, frozen=True):
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


class W11Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W11]`."""

    watch_share: float
    warning_share: float
    exit_share: float
    least_return: Share
    watch_beating: Share
    warning_beating: Share
    exit_beating: Share


class W12Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W12]`."""

    watch_percentile: Share
    warning_percentile: Share
    exit_percentile: Share
    snapshots: Count
    gap: Annotated[float, Meta(ge=-1, le=1)]


class W13Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W13]`, changes of the yield in basis points."""

    watch_t: float
    exit_t: float
    watch_bonds: Fall
    warning_bonds: Fall
    exit_bonds: Fall
    watch_bp: BasisPoints
    warning_bp: BasisPoints
    exit_bp: BasisPoints


class W14Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W14]`, changes of the option-adjusted spread in basis points."""

    watch_z: float
    warning_z: float
    exit_z: float
    watch_bp: BasisPoints
    warning_bp: BasisPoints
    exit_bp: BasisPoints


class W15Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W15]`."""

    watch_z: float
    warning_z: float
    exit_z: float


class W16Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W16]`."""

    watch_correlation: Correlation
    warning_correlation: Correlation
    exit_correlation: Correlation
    watch_shift: float
    warning_shift: float
    exit_shift: float


class W17Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W17]`: sessions of the last five."""

    percentile: Share
    watch_sessions: OfFive
    warning_sessions: OfFive
    exit_sessions: OfFive


class W18Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W18]`."""

    watch: Correlation
    warning: Correlation
    exit: Correlation


class W19Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W19]`."""

    watch: Fall
    warning: Fall
    bear: Fall
    exit: Fall


class W20Settings(Section, kw_only=True, frozen=True):
    """`[warnings.W20]`."""

    grace_hours: Hours
    watch_coverage: Share
    warning_coverage: Share
    suspect_share: Share
    fetch_age_hours: Hours


class WarningSettings(Section, kw_only=True, frozen=True):
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


class OwnRuleSettings(Section, kw_only=True, frozen=True):
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
