"""What is asked besides snapshots: answered from the last refresh, under its lock; the feed is not asked.

Every question looks from a session: `at`, or the newest one, which may be in progress. All raise NoDataError where
nothing has been computed yet, and where there is no such session or symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from core import charts, detail
from core.constituents import GROUP, Constituents
from core.errors import NoDataError
from core.i18n import _
from core.membership import SECTOR_FUNDS
from core.model import Instrument, SymbolClass
from core.universe import Universe

if TYPE_CHECKING:
    from core.engine import Engine
    from core.evenings import Evenings
    from core.folding import Folder
    from core.metrics.members import Members
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
    from core.snapshot import Snapshot

T = TypeVar("T")


class Answers:
    """That part of a `core.pipeline.Pipeline`, which holds the lock while it changes what `folder` has folded."""

    def __init__(self, universe: Universe, constituents: Constituents, folder: Folder, evenings: Evenings) -> None:
        self._universe = universe
        self._constituents = constituents
        self._folder = folder
        self._evenings = evenings
        self._lock = Lock()  # a refresh that was given up may still be at work when the next one begins

    def evenings(self) -> tuple[date, ...]:
        """The finished sessions whose evenings can be looked back at, oldest first."""
        return self._answer(self._evenings.sessions)

    def past(self, day: date) -> Snapshot:
        """The evening of the last finished session up to `day`, or of the first one (`core.evenings`)."""
        return self._answer(lambda e: self._evenings.snapshot(e, day))

    def leaders(self, window: str, at: date | None = None) -> tuple[Leaders, ...]:
        """Who led each ranked group by `window` over the year up to `at`, one result for each."""
        ranked = [group for group in self._universe.groups if group.ranked]
        return self._answer(
            lambda e: tuple(charts.leaders(e.shown, _row(e, at), e.columns, group, window) for group in ranked)
        )

    def ratio(self, above: str, below: str, at: date | None = None) -> RatioSeries:
        """The ratio of two watched symbols over the year up to `at`."""
        self._watched(above, below)
        return self._answer(lambda e: charts.ratio_series(e.shown, _row(e, at), e.columns, above, below))

    def prices(self, symbol: str, at: date | None = None) -> PriceSeries:
        """The bars of one watched symbol over the year up to `at`."""
        self._watched(symbol)
        return self._answer(lambda e: charts.price_series(e.history, _row(e, at), e.panel, symbol))

    def lines(self, symbols: Sequence[str], at: date | None = None) -> Lines:
        """Watched symbols over the year up to `at`, from one base."""
        return self._answer(lambda e: charts.lines(e.shown, _row(e, at), e.columns, symbols))

    def timeline(self, at: date | None = None) -> Timeline:
        """The states of the rules over the year of finished sessions up to `at`."""
        return self._answer(lambda e: charts.timeline(e.board, _row(e, at)))

    def gauge(self, rule_id: str, subject: str, at: date | None = None) -> GaugeSeries | None:
        """The number that decides a rule over the year up to `at`; None where no single one does."""
        return self._answer(lambda e: e.board.gauge_series(rule_id, subject, _row(e, at)))

    def rule(self, rule_id: str, subject: str, at: date | None = None) -> RuleDetail:
        """One rule on one subject over all finished sessions up to `at`."""
        found = self._answer(lambda e: charts.rule_detail(e.board, rule_id, subject, _row(e, at)))
        if found is None:
            raise NoDataError(_("there is no rule {rule} of {subject}").format(rule=rule_id, subject=subject))
        return found

    def detail(self, symbol: str, at: date | None = None) -> SymbolDetail:
        """Two years of one symbol, watched or a member of the universe, up to `at`; of a member all its metrics."""
        if symbol in self._universe.symbols:
            return self._answer(lambda e: detail.of_watched(e.shown, _row(e, at), e.panel, symbol))
        labels = self._constituents.membership
        member = None if labels is None else next((m for m in labels.members if m.symbol == symbol), None)
        if member is None:
            message = _("{symbol} is neither watched nor a member of the universe").format(symbol=symbol)
            raise NoDataError(message, _("add it under [watchlist]"))
        bars = self._answer(lambda e: detail.laid_out(e, _members(e), _row(e, at), symbol))
        return detail.of_member(Instrument(symbol, member.name, SymbolClass.STOCK, GROUP), bars)

    def members(self, fund: str, at: date | None = None) -> SectorMembers:
        """The members of the universe in the sector of a fund, at `at`."""
        labels = self._constituents.membership
        if labels is None:
            raise _no_universe()
        if fund not in SECTOR_FUNDS:
            raise NoDataError(_("{symbol} is not the fund of a sector").format(symbol=fund), ", ".join(SECTOR_FUNDS))
        return self._answer(lambda e: detail.of_sector(e, _members(e), _row(e, at), labels, fund))

    def _answer(self, question: Callable[[Engine], T]) -> T:
        """What the engine of the last refresh knows."""
        with self._lock:
            if self._folder.latest is None:
                raise NoDataError(_("nothing has been computed yet"), _("wait for the first refresh"))
            return question(self._folder.latest.engine)

    def _watched(self, *symbols: str) -> None:
        for symbol in set(symbols).difference(self._universe.symbols):
            raise NoDataError(_("{symbol} is not watched").format(symbol=symbol), _("add it under [watchlist]"))


def _members(engine: Engine) -> Members:
    if engine.members is None:
        raise _no_universe()
    return engine.members


def _no_universe() -> NoDataError:
    return NoDataError(_("no breadth universe is chosen"), _("start with --universe sp500"))


def _row(engine: Engine, at: date | None) -> int:
    """The row of a session in every history of the engine, the newest one for None."""
    sessions = engine.history.sessions
    if at is None:
        return len(sessions) - 1
    t = int(np.searchsorted(sessions, np.datetime64(at, "D")))
    if t == len(sessions) or sessions[t].item() != at:
        message = _("{day} is no session from {first} to {last}")
        first, last = sessions[0].item(), sessions[-1].item()
        raise NoDataError(message.format(day=at, first=first, last=last), _("give another day"))
    return t
