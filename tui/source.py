"""What the screen is fed from: the one form in which it knows the engine.

Everything here blocks, and is therefore called from a daemon thread. In the program it is `core.pipeline.Pipeline`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from core.attention import Attention
    from core.model import FeedHealth
    from core.notices import Notices
    from core.series import (
        GaugeSeries,
        Leaders,
        Lines,
        PriceSeries,
        RatioSeries,
        RuleDetail,
        SectorMembers,
        SymbolDetail,
        Timeline,
    )
    from core.settings import Basis
    from core.snapshot import Snapshot


class SnapshotSource(Protocol):
    """What gives snapshots and answers questions; in the program it is `core.pipeline.Pipeline`.

    Everything here blocks, and raises `TapeboardError` where there is no answer. Answers come from the last refresh.
    """

    def refresh(self) -> Snapshot:
        """One refresh."""
        ...

    @property
    def latest(self) -> Snapshot | None:
        """The newest snapshot, which may be newer than that of the last refresh; asks nobody."""
        ...

    def follow(self, publish: Callable[[], None]) -> None:
        """Call `publish`, from any thread, whenever `latest` is new between two refreshes."""
        ...

    def evenings(self) -> tuple[date, ...]:
        """The finished sessions whose evenings can be looked back at, oldest first."""
        ...

    def past(self, day: date) -> Snapshot:
        """The evening of a finished session."""
        ...

    def leaders(self, window: str, at: date | None) -> tuple[Leaders, ...]:
        """Who led each ranked group by `window` over the year up to `at`; None is the newest session, as below."""
        ...

    def ratio(self, above: str, below: str, at: date | None) -> RatioSeries:
        """The ratio of two watched symbols over the year up to `at`."""
        ...

    def prices(self, symbol: str) -> PriceSeries:
        """The bars of one watched symbol over the past year."""
        ...

    def lines(self, symbols: Sequence[str], at: date | None) -> Lines:
        """Watched symbols over the past year from one base."""
        ...

    def timeline(self, at: date | None) -> Timeline:
        """The states of the rules over the past year."""
        ...

    def detail(self, symbol: str, at: date | None) -> SymbolDetail:
        """Two years of one symbol, watched or a member of the universe, up to `at`."""
        ...

    def members(self, fund: str, at: date | None) -> SectorMembers:
        """The members of the universe in the sector of a fund, at `at`."""
        ...

    def rule(self, rule_id: str, subject: str, at: date | None) -> RuleDetail:
        """One rule on one subject over all finished sessions up to `at`."""
        ...

    def gauge(self, rule_id: str, subject: str, at: date | None) -> GaugeSeries | None:
        """The number that decides a rule over the year up to `at`; None where no single one does."""
        ...

    @property
    def attention(self) -> Attention:
        """What the user says of the warnings."""
        ...

    @property
    def notices(self) -> Notices:
        """What is told of new warnings."""
        ...

    def feed_health(self) -> FeedHealth:
        """How much the feed asks, and what it did not believe."""
        ...

    def show_basis(self, basis: Basis) -> None:
        """Show returns on this basis from now on."""
        ...

    def close(self) -> None:
        """Let go of the feed and the store."""
        ...


OpenSource: TypeAlias = Callable[[], SnapshotSource]
"""Opens the source; called in a daemon thread. Raises `TapeboardError` where that is impossible."""

AwaitSource: TypeAlias = Callable[[], SnapshotSource | None]
"""Waits in a daemon thread for the source that takes the place of the first; None where none ever will."""
