"""The engine over the finished sessions: folded once, and anew only when a session was finished or a series changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from core import intake
from core.backtest.ground import Ground
from core.breadth_board import BreadthUniverse
from core.constituents import Constituents
from core.daily import Beside
from core.engine import Engine
from core.errors import NoDataError
from core.fund_lines import FundLines
from core.i18n import _
from core.model import Session
from core.moment import Moment
from core.panel import Bars, Panel, align
from core.rules.base_rates import Record
from core.rules.board import RuleBoard
from core.sessions import Calendar
from core.settings import Basis, Settings
from core.universe import Universe

MEMBERS = "members"


@dataclass(frozen=True, slots=True, eq=False)
class Folding:
    """An engine, the session it shows, what it was folded from, and the panels behind the funds by their names.

    `beside` is what was known besides the bars.
    """

    engine: Engine
    session: Session
    finished: Session
    live: bool
    bars: Mapping[str, Bars]
    behind: Mapping[str, Panel]
    beside: Beside

    @property
    def state(self) -> tuple[Session, bool, Beside]:
        """All but bars and basis that another folding would differ by."""
        return self.finished, self.live, self.beside


class Folder:
    """Folds the bars of one configuration. `records` gives the results of backtests to show beside the rules."""

    def __init__(
        self,
        settings: Settings,
        universe: Universe,
        constituents: Constituents,
        calendar: Calendar,
        records: Callable[[], Mapping[tuple[str, str], Record]],
    ) -> None:
        self._settings = settings
        self._universe = universe
        self._constituents = constituents
        self._calendar = calendar
        self._records = records
        self.beside = Beside()
        """What is known besides the bars, for every folding from now on."""
        self.latest: Folding | None = None

    def show_basis(self, basis: Basis) -> None:
        """Show returns on this basis in every folding from now on."""
        metrics = msgspec.structs.replace(self._settings.metrics, basis=basis)
        self._settings = msgspec.structs.replace(self._settings, metrics=metrics)

    def folded(
        self, bars: Mapping[str, Bars], moment: Moment, *, live: bool, known: Callable[[], Collection[str]]
    ) -> Folding:
        """The folding of these bars, the latest one where nothing is new; `known` are the symbols the feed can name.

        Raises NoDataError where no watched symbol has a price.
        """
        kept = self.latest
        basis = self._settings.metrics.basis
        if kept and kept.state == (moment.finished, live, self.beside) and intake.same(kept.bars, bars):
            if kept.engine.basis != basis:
                self.latest = kept = replace(kept, engine=kept.engine.on(basis))
            return kept
        panel, members, lines = self._laid_out(bars, moment, live=live, known=known)
        session = moment.session if live else panel.sessions[-1].item()
        engine = Engine(
            self._universe,
            self._settings,
            panel,
            members,
            lines,
            kept=self._records(),
            fundamentals=self.beside.fundamentals,
        )
        behind = {fund: part.panel for fund, part in lines.items()} | ({MEMBERS: members.panel} if members else {})
        self.latest = Folding(engine, session, moment.finished, live, dict(bars), behind, self.beside)
        return self.latest

    def ground(self, bars: Mapping[str, Bars], moment: Moment, known: Callable[[], Collection[str]]) -> Ground:
        """The finished sessions of these bars as a backtest takes them. Raises NoDataError."""
        panel, members, lines = self._laid_out(bars, moment, live=False, known=known)
        classes = {i.symbol: i.cls for i in self._universe.instruments}
        levels = np.array([not classes[symbol].has_returns for symbol in panel.symbols], dtype=np.bool_)
        return Ground(panel, members, lines, levels, self._board)

    def _board(self, panel: Panel, members: BreadthUniverse | None, lines: Mapping[str, FundLines]) -> RuleBoard:
        snapshots = self.beside.fundamentals
        return Engine(self._universe, self._settings, panel, members, lines, fundamentals=snapshots).board

    def _laid_out(
        self, bars: Mapping[str, Bars], moment: Moment, *, live: bool, known: Callable[[], Collection[str]]
    ) -> tuple[Panel, BreadthUniverse | None, dict[str, FundLines]]:
        """The watched symbols on the finished sessions, up to the newest one that most have, and who is behind them."""
        first = intake.first_session(bars.values())
        days = self._calendar.sessions(first or moment.finished, moment.finished)
        panel = align(bars, self._universe.symbols, days)
        newest = intake.newest_row(panel.px)
        if newest is None:
            message = _("there is no price of a watched symbol up to {day}").format(day=moment.finished)
            others = len(set(known()) - set(self._universe.symbols))
            mend = _("the feed has {n} others: watch them under [watchlist], or give other files").format(n=others)
            raise NoDataError(message, mend if others else _("give other files, or a later --as-of"))
        if not live:  # under a live row every session must stand, or the bases n sessions back would slip
            panel = align(bars, self._universe.symbols, days[: newest + 1])
        members = self._constituents.universe(bars, panel.sessions)
        return panel, members, self._constituents.lines(bars, panel.sessions, members, self.beside.weights)
