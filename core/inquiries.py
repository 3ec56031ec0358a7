"""What commands ask besides snapshots: the feed is asked for the bars they need, which are kept like all others."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

import msgspec

from core import intake, universe
from core.backtest.ground import Ground
from core.chronicle import Chronicle
from core.errors import NoDataError, UsageError
from core.feeds.base import Feed, Quotes
from core.feeds.stored import StoredFeed
from core.folding import Folder
from core.gathering import Gatherer
from core.i18n import _
from core.journal import Journal
from core.model import Instrument, Session
from core.moment import Moment
from core.panel import Panel, align
from core.period import Base, Period, period_table
from core.sessions import FIRST_YEAR, Calendar, Clock
from core.settings import Basis, Settings
from core.universe import Universe

if TYPE_CHECKING:
    from core.backtest.result import RuleResult
    from core.engine import Engine
    from core.snapshot import Snapshot

T = TypeVar("T")

_AT_HAND = (StoredFeed.name, "files", "simulated")
"""Feeds that answer from this computer."""

PERIOD_LEAD = 14
"""Days before a period in which the close before it is looked for; no closure of the exchange lasted as long."""


class Inquiries(ABC):
    """That part of a `core.pipeline.Pipeline`."""

    _settings: Settings
    _universe: Universe
    _wanted: tuple[Instrument, ...]
    _clock: Clock
    _calendar: Calendar
    _feed: Feed
    _gatherer: Gatherer
    _chronicle: Chronicle
    _folder: Folder

    @abstractmethod
    def refresh(self) -> Snapshot:
        """Bring all up to date."""

    @abstractmethod
    def _answer(self, question: Callable[[Engine], T]) -> T: ...

    @abstractmethod
    def _moment(self) -> Moment: ...

    @abstractmethod
    def _first(self, last: Session) -> date: ...

    def period(self, first: date, last: date, *, base: Base, basis: Basis, ddof: int) -> Period:
        """Return, volatility and volume of every symbol from `first` to `last`. Raises FeedError, NoDataError."""
        moment = self._moment()
        before = max(first - timedelta(days=PERIOD_LEAD), date(FIRST_YEAR, 1, 1)) if first.year >= FIRST_YEAR else first
        end = max(min(last, moment.finished), before)
        days = self._calendar.sessions(before, end)
        # An invented market hangs on its last session: it is asked up to there, and told as everywhere.
        reach = moment.finished if self._feed.simulated else end
        history = self._gatherer.history(self._universe.instruments, before, reach, moment.now)
        panel = align(history.bars, self._universe.symbols, days)
        table = period_table(panel, self._universe.instruments, first, last, base=base, basis=basis, ddof=ddof)
        if table is None:
            raise NoDataError(
                _("no session has finished from {first} to {last}").format(first=first, last=last),
                _("give a period with at least one session"),
            )
        if all(row.last is None for row in table.rows):
            ends = max((series.sessions[-1] for series in history.bars.values()), default=None)
            message = _("there is no price on {day}").format(day=table.last_session)
            raise NoDataError(message, _("the prices end on {day}").format(day=ends) if ends else _("give other files"))
        return msgspec.structs.replace(table, feed=self._feed.name, simulated=self._feed.simulated)

    def panel(self, symbols: Sequence[str], first: date, last: date) -> Panel:
        """The finished bars of any symbols from `first` to `last`. Raises FeedError, UsageError where invented."""
        if self._feed.simulated:
            raise UsageError(_("a claim is not judged by invented prices"), _("give --feed files --data PATH"))
        moment = self._moment()
        end = min(last, moment.finished)
        asked = [universe.instrument(self._universe, symbol) for symbol in symbols]
        history = self._gatherer.history(asked, first, end, moment.now)
        return align(history.bars, symbols, self._calendar.sessions(first, end))

    def ground(self) -> Ground:
        """All finished sessions the feed holds at hand, for a backtest. Raises FeedError, NoDataError."""
        moment = self._moment()
        remote = self._feed.name not in _AT_HAND  # which is asked for no more than the screen would
        first = self._first(moment.finished) if remote else date(FIRST_YEAR, 1, 1)
        history = self._gatherer.history(self._wanted, first, moment.finished, moment.now)
        percent, _quotes = intake.in_percent(history, Quotes(), self._wanted)
        return self._folder.ground(percent.bars, moment, self._feed.known)

    def keep_backtests(self, results: Sequence[RuleResult]) -> None:
        """Keep results to be shown beside their rules; nothing where the feed is not stored. Raises StoreWriteError."""
        self._chronicle.keep(results, self._clock.now())

    def journal(self, since: date | None) -> Journal:
        """Every step of the warnings from session `since` on, brought up to date. Raises what `refresh` does."""
        self.refresh()
        return Journal(
            feed=self._feed.name,
            simulated=self._feed.simulated,
            derived=not self._chronicle.keeps,
            universe=self._settings.universe.breadth,
            entries=self._answer(lambda engine: self._chronicle.entries(engine.board, engine.panels, since)),
        )
